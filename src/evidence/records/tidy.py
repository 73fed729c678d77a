"""The canonical form of tables and .bib files: order, quoting and line ends fixed, so that a diff shows only facts.

Nothing is tidied that cannot be read whole: a row or an entry that was not understood would be lost.
"""

from __future__ import annotations

import csv
import io
import re

from evidence.errors import RecordError
from evidence.records.bibliography import Entry
from evidence.records.sources import Sources, read_sources
from evidence.records.tables import Table
from evidence.workspace import BIBLIOGRAPHIES, Workspace

# Questions stand in the order in which people want to read them, decisions in the order in which they were made.
ORDERED_BY_HAND = ("questions", "screening")
FIELD_ORDER = ("author", "title", "journal", "school", "institution", "howpublished", "year", "month", "volume", "number",
               "pages", "doi", "pmid", "pmcid", "url", "seen", "incomplete", "reason", "note")  # fmt: skip
# Mended by tidying itself.
HARMLESS = ("T010",)


def tidy(workspace: Workspace) -> dict[str, str]:
    """Canonical text of every file that differs from what stands on disk, by path from the root.

    Raises
    ------
    RecordError
        If a table or .bib file cannot be read whole.
    """
    sources = read_sources(workspace)
    blocking = [problem for problem in sources.problems if problem.code not in HARMLESS]
    if blocking:
        raise RecordError(
            f"{blocking[0].code}  {blocking[0].message}. Mend this first; nothing was changed.", blocking[0].where
        )
    texts = {table.file: table_text(table) for table in sources.tables.values()}
    texts |= {f"references/{name}.bib": bibliography_text(sources, name) for name in BIBLIOGRAPHIES}
    return {file: text for file, text in texts.items() if (workspace.root / file).read_bytes() != text.encode()}


def table_text(table: Table) -> str:
    """A table as CSV in canonical order."""
    rows = [[cell.strip() for cell in row.cells.values()] for row in table.rows]
    if table.name not in ORDERED_BY_HAND:
        columns = [table.schema.header.index(name) for name in table.schema.key]
        rows.sort(key=lambda row: [natural(row[column]) for column in columns])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([table.schema.header, *rows])
    return buffer.getvalue()


def natural(text: str) -> list[tuple[int, str]]:
    """A key that puts smith2020-2 before smith2020-10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


def bibliography_text(sources: Sources, name: str) -> str:
    """One .bib file with entries by key and fields in a fixed order, one a line."""
    entries = [entry for entry in sources.bibliography.entries.values() if entry.bibliography == name]
    return "\n".join(_entry_text(entry) for entry in sorted(entries, key=lambda entry: natural(entry.key)))


def _entry_text(entry: Entry) -> str:
    def place(field: str) -> tuple[int, str]:
        return (FIELD_ORDER.index(field) if field in FIELD_ORDER else len(FIELD_ORDER), field)

    fields = "".join(
        f"  {field} = {{{' '.join(entry.fields[field].split())}}},\n" for field in sorted(entry.fields, key=place)
    )
    return f"@{entry.type}{{{entry.key},\n{fields}}}\n"
