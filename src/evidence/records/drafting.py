"""Starting a new study: an entry and two rows in their places, with everything still to be filled left empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evidence.errors import EvidenceError, Location
from evidence.records.bibliography import KEY
from evidence.records.schema import Field, TableSchema
from evidence.records.sources import read_sources
from evidence.records.tables import Row, Table
from evidence.records.tidy import table_text
from evidence.workspace import STUDY_TABLES, Workspace

KINDS = {"survey": "surveys", "observational": "observational", "trial": "trials", "laboratory": "laboratory"}
STUB_FIELDS = ("author", "title", "journal", "year", "volume", "pages", "doi", "url", "seen", "incomplete")
FILLED_HERE = ("study", "citekey", "sample", "recorded_on", "finding")


def to_ask(table: TableSchema) -> list[Field]:
    """The columns a person fills, in the order of the table, which is the order of a paper."""
    return [column for column in table.fields if column.name not in FILLED_HERE]


def draft(workspace: Workspace, kind: str, key: str, today: date, given: Mapping[str, str]) -> dict[str, str]:
    """New text of the files that a new study touches, by path from the root.

    Parameters
    ----------
    workspace, kind, key
        Where, what (survey, observational, trial, laboratory), and the citekey of its main report.
    today
        The day of recording.
    given
        Cells of the study's row that are known already.

    Raises
    ------
    EvidenceError
        If the key is not a key, or is taken.
    """
    if not KEY.match(key):
        raise EvidenceError(f"{key!r} is not a key: use the first author's family name and the year, as smith2026.")
    sources = read_sources(workspace)
    taken = key in sources.bibliography.entries
    if taken or any(row.cells["study"] == key for name in STUDY_TABLES for row in sources.tables[name].rows):
        raise EvidenceError(f"{key} exists already. Add a letter: {key}a.")
    ours = {"study": key, "citekey": key, "sample": key, "recorded_on": today.isoformat(), "finding": f"{key}-1"}
    bib = workspace.bibliography("studies")
    stub = f"@article{{{key},\n" + "".join(f"  {field} = {{}},\n" for field in STUB_FIELDS) + "}\n"
    table, findings = sources.tables[KINDS[kind]], sources.tables["findings"]
    return {
        workspace.relative(bib): bib.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + stub,
        table.file: table_text(_with_row(table, {**given, **ours})),
        findings.file: table_text(_with_row(findings, ours)),
    }


def _with_row(table: Table, cells: Mapping[str, str]) -> Table:
    row = Row(Location(table.file, 0), {name: cells.get(name, "") for name in table.schema.header})
    return Table(table.schema, table.file, (*table.rows, row), table.problems)
