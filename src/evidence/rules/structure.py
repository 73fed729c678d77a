"""Structure: cells against the schema, keys against keys, checked by frictionless.

Problems of reading itself (T001-T010, B001-B005) are found in `evidence.records`; this module
adds types, allowed values and keys, and names every code of the two families for the guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.errors import Location
from evidence.records.problems import Problem
from evidence.records.schema import TableSchema
from evidence.records.sources import Sources
from evidence.workspace import STUDY_TABLES

STRUCTURE = {
    "T001": "A table is there and has its header",
    "T002": "A table is UTF-8",
    "T003": "Columns are separated by commas",
    "T004": "The header is the one of the schema, in its order",
    "T005": "A row has one cell for each column",
    "T006": "No merge conflict mark stands in a table",
    "T007": "No cell holds a date that a spreadsheet made of a range or number",
    "T008": "Numbers have a decimal point and no separator of thousands",
    "T009": "No cell holds an error left by a spreadsheet",
    "T010": "No cell begins or ends with a space",
    "T011": "A cell is of its column's type",
    "T012": "A cell holds a value that its column allows",
    "T013": "A required cell is filled",
    "T014": "No two rows have the same key",
    "T015": "A name that points to another table stands there",
    "B001": "A .bib file parses whole",
    "B002": "No two entries have the same key, in any case of letters",
    "B003": "A key has the form smith2026",
    "B004": "A field name is a name (no % remark inside an entry)",
    "B005": "A value is one text in braces or digits (no missing comma, macro or #)",
}


def structural_problems(sources: Sources) -> Iterator[Problem]:
    """Types, allowed values, primary and foreign keys of every table."""
    from frictionless import Package

    report = Package(resources=[*_resources(sources), *_derived(sources)]).validate()
    for task in report.tasks:
        table = sources.tables.get(task.name)
        if table is None:
            continue
        for error in task.errors:
            number = getattr(error, "row_number", None)
            where = table.rows[number - 2].where if number else Location(table.file, 1)
            yield _problem(where, error, table.schema)


def _resources(sources: Sources) -> Iterator[Any]:
    from frictionless import Resource, Schema

    for table in sources.tables.values():
        rows = [list(row.cells.values()) for row in table.rows]
        schema = Schema.from_descriptor(dict(table.schema.descriptor))
        yield Resource(name=table.name, data=[table.schema.header, *rows], schema=schema)


def _derived(sources: Sources) -> Iterator[Any]:
    """Two tables in memory: entries of the .bib files, and the union of the study tables."""
    studies = [row.cells["study"] for name in STUDY_TABLES for row in sources.tables[name].rows]
    yield _keys("references", "citekey", list(sources.bibliography.entries))
    yield _keys("studies", "study", list(dict.fromkeys(studies)))


def _keys(name: str, column: str, values: list[str]) -> Any:
    from frictionless import Resource, Schema

    schema = Schema.from_descriptor({"fields": [{"name": column, "type": "string"}], "primaryKey": [column]})
    return Resource(name=name, data=[[column], *([value] for value in values)], schema=schema)


def _problem(where: Location, error: Any, schema: TableSchema) -> Problem:
    column = getattr(error, "field_name", "") or ""
    cell = getattr(error, "cell", "")
    if error.type == "type-error":
        kind = error.note.split('"')[1].split("/")[0]
        return Problem(where, "T011", f"{column}: {cell!r} is not of type {kind}", _TYPE_ADVICE, column)
    if error.type == "constraint-error" and '"required"' in error.note:
        return Problem(
            where, "T013", f"{column} is empty", "Fill it, or write what was not seen as the codebook says.", column
        )
    if error.type == "constraint-error":
        limit = error.note.removeprefix("constraint ").replace('"', "")
        return Problem(
            where, "T012", f"{column}: {cell!r} is not allowed ({limit[:160]})", "See docs/codebook.md.", column
        )
    if error.type in ("primary-key", "unique-error"):
        return Problem(
            where,
            "T014",
            f"the key of this row stands in another row too ({error.note})",
            "Give one of the two rows another name, or delete it.",
            column,
        )
    if error.type == "foreign-key":
        names, cells = ", ".join(error.field_names), ", ".join(map(str, error.field_cells))
        targets = ", ".join(link.table for link in schema.foreign_keys if link.field in error.field_names)
        return Problem(
            where,
            "T015",
            f"{names}: {cells!r} does not stand in {targets}",
            "Correct the name, or add the row or entry it points to.",
            names,
        )
    return Problem(where, "T005", error.message, "Compare the row with docs/codebook.md.", column)


_TYPE_ADVICE = "Numbers: digits and a decimal point only. Dates: 2026-11-24."
