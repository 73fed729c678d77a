"""From a sentence to its rows and entries, and from an entry or a row to every sentence that rests on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields

from evidence.display.marks import row_citekey, row_place
from evidence.display.wording import say
from evidence.errors import UnknownIdError
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import answers


@dataclass(frozen=True)
class Thread:
    """One sentence bound to one row: a line of trace.csv."""

    statement: str
    role: str
    text: str
    table: str
    row: str
    study: str
    citekey: str
    file: str
    line: int


def threads(base: EvidenceBase) -> Iterator[Thread]:
    """Every sentence with every row it rests on, and every finding's own sentence."""
    for item in answers(base):
        for said in say(item):
            for row in said.rows:
                yield _thread(base, said.id, said.role, said.text, *row)
    for name, finding in base.findings.items():
        yield _thread(base, name, "finding", finding.sentence, "findings", name)


def _thread(base: EvidenceBase, statement: str, role: str, text: str, table: str, row: str) -> Thread:
    file, line = row_place(base, (table, row)).rsplit(":", 1)
    study = base.findings[row].study if table == "findings" else ""
    return Thread(statement, role, text, table, row, study, row_citekey(base, (table, row)), file, int(line))


def trace(base: EvidenceBase, name: str) -> list[Thread]:
    """Threads that touch a statement, a row, a study or an entry of that name.

    Raises
    ------
    UnknownIdError
        If nothing bears the name.
    """
    found = [thread for thread in threads(base) if name in (thread.statement, thread.row, thread.study, thread.citekey)]
    if not found:
        known = name in base.references or name in base.questions
        why = "no sentence rests on it." if known else "no statement, row, study or entry is called that."
        raise UnknownIdError(f"{name}: {why}")
    return found


def trace_csv(base: EvidenceBase) -> str:
    """All threads as a CSV file."""
    return _csv(threads(base))


def _csv(found: Iterable[Thread]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([item.name for item in fields(Thread)])
    writer.writerows(astuple(thread) for thread in found)
    return buffer.getvalue()


def trace_text(base: EvidenceBase, found: list[Thread]) -> str:
    """Threads as people read them on a terminal: each sentence once, its rows and entries below it."""
    lines: list[str] = []
    last = ""
    for thread in found:
        if thread.statement != last:
            lines += ["", f"{thread.statement}  [{thread.role}]", f"  {thread.text}"]
            last = thread.statement
        entry = base.references.get(thread.citekey)
        source = f"  ← {thread.citekey} ({entry.where})" if entry else ""
        lines.append(f"  {thread.file}:{thread.line}  {thread.row}{source}")
    return "\n".join(lines).strip()
