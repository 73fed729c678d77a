"""Marks: small links from a sentence to its rows and references, and from a row to its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from evidence.display.wording import RowName, Statement
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Answer

# More marks than this behind one sentence are folded away, so that the sentence can still be read on a phone.
OPEN_MARKS = 6

# Which page shows a row, and what leads to its reference. Tables that are not named stand on the question's own page.
ENTRY_FIELDS = {"findings": "citekey", "jurisdictions": "citekey", "registrations": "citekey", "discrepancies": "first"}


def page_of_question(name: str) -> str:
    """File name of a question's page."""
    return f"question-{name}.html"


def page_of_study(name: str) -> str:
    """File name of a study's page."""
    return f"study-{name}.html"


def page_of_section(name: str) -> str:
    """File name of the plain tables of a section."""
    return f"evidence-{anchor(name)}.html"


def row_link(base: EvidenceBase, row: RowName) -> str:
    """Address of a row within the edition."""
    table, name = row
    if table == "findings":
        return f"{page_of_study(base.findings[name].study)}#{name}"
    if table == "questions":
        return f"{page_of_question(name)}#row"
    if table == "registrations":
        return f"{page_of_question(base.registrations[name].question)}#{anchor(name)}"
    if table == "jurisdictions":
        return f"{page_of_question(base.jurisdictions[name].question)}#{name}"
    question = next(item.question for item in base.discrepancies if item.discrepancy == name)
    return f"{page_of_question(question)}#{name}"


def row_citekey(base: EvidenceBase, row: RowName) -> str:
    """The entry behind a row; empty for a row without one."""
    table, name = row
    if table == "discrepancies":
        return next(item.first for item in base.discrepancies if item.discrepancy == name)
    if table not in ENTRY_FIELDS:
        return ""
    return str(getattr(base, table)[name].citekey)


def row_place(base: EvidenceBase, row: RowName) -> str:
    """File and line of a row, as `data/findings.csv:132`."""
    table, name = row
    if table == "discrepancies":
        return str(next(item.where for item in base.discrepancies if item.discrepancy == name))
    return str(getattr(base, table)[name].where)


def anchor(text: str) -> str:
    """A name as an HTML id."""
    return text.lower().replace(" ", "-")


def reference_numbers(answer: Answer) -> dict[str, int]:
    """Number of each entry on a question's page, in the order of the evidence."""
    keys = [finding.citekey for finding in answer.findings]
    keys += [entry.citekey for entry in answer.entries] + [item.citekey for item in answer.registrations]
    keys += [key for item in answer.discrepancies for key in (item.first, item.second)]
    keys += [answer.question.threshold_source] if answer.question.threshold_source else []
    keys += [key for key in (answer.base.outcomes[f.outcome].sizes_source for f in answer.findings) if key]
    return {key: number for number, key in enumerate(dict.fromkeys(keys), 1)}


def marks(base: EvidenceBase, rows: Iterable[RowName], numbers: dict[str, int]) -> str:
    """Small numbered links, one for each report, each to the first row behind the sentence."""
    first: dict[int, RowName] = {}
    for row in rows:
        number = numbers.get(row_citekey(base, row))
        if number:
            first.setdefault(number, row)
    links = [_mark(base, number, row) for number, row in sorted(first.items())]
    if not links:
        return ""
    if len(links) <= OPEN_MARKS:
        return f'<span class="marks">{" ".join(links)}</span>'
    folded = " ".join(links)
    return f'<details class="marks"><summary>{len(links)} sources</summary>{folded}</details>'


def _mark(base: EvidenceBase, number: int, row: RowName) -> str:
    label = base.references[row_citekey(base, row)].label
    return f'<a class="mark" href="{escape(row_link(base, row))}" title="{escape(label)}">{number}</a>'


def statement(base: EvidenceBase, said: Statement, numbers: dict[str, int], tag: str = "p") -> str:
    """A sentence with its id, a link to itself, and its marks."""
    return (
        f'<{tag} class="statement {said.role}" id="{escape(said.id)}">{escape(said.text)} '
        f"{marks(base, said.rows, numbers)}"
        f'<a class="self" href="#{escape(said.id)}" aria-label="Link to this sentence">¶</a></{tag}>'
    )
