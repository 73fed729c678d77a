"""Reading CSV as a spreadsheet really saves it, keeping the line of every row.

Harmless differences are read (byte order mark, CRLF, a trailing empty column, empty last lines).
What a spreadsheet has ruined is refused with a word on how to mend it: nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import Location
from evidence.records.problems import Problem
from evidence.records.schema import TableSchema

LIST_SEPARATOR = "; "
CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
# What spreadsheets turn "1-5" or "Mar-12" into: day and month names in place of a range or a number.
SPREADSHEET_DATE = re.compile(
    r"^(\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-\d{1,4}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})$",
    re.IGNORECASE,
)
DECIMAL_COMMA = re.compile(r"^-?\d+,\d+$")
SPREADSHEET_ERROR = re.compile(r"^#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!)$|^#+$")


@dataclass(frozen=True)
class Row:
    """One row: where it stands, and its cells by column."""

    where: Location
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table as text, with the problems met while reading it."""

    schema: TableSchema
    file: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The table's name in the schema."""
        return self.schema.name


def read_table(path: Path, file: str, schema: TableSchema) -> Table:
    """Read one CSV file; every difficulty becomes a problem, none is raised.

    Parameters
    ----------
    path, file
        The file, and its name as shown to people.
    schema
        Its columns.
    """
    if not path.is_file():
        return _refused(
            schema, file, "T001", 1, "the file is missing", "Create it with the header of docs/codebook.md."
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return _refused(
            schema,
            file,
            "T002",
            line,
            "this line is not UTF-8 (it may be Latin-1)",
            "Save the file again as CSV with the character set UTF-8.",
        )
    return _parse(text, file, schema)


def _refused(schema: TableSchema, file: str, code: str, line: int, message: str, advice: str) -> Table:
    return Table(schema, file, (), (Problem(Location(file, line), code, message, advice),))


def _parse(text: str, file: str, schema: TableSchema) -> Table:
    first = text.split("\n", 1)[0]
    if "," not in first and (";" in first or "\t" in first):
        return _refused(
            schema,
            file,
            "T003",
            1,
            "the columns are separated by ';' or tabs, not by ','",
            "Save the file again as CSV with a comma as field delimiter.",
        )
    lines = list(_numbered_rows(text))
    if not lines:
        return _refused(schema, file, "T001", 1, "the file is empty", "Give it the header of docs/codebook.md.")
    header = _without_empty_tail(lines[0][1])
    if header != schema.header:
        return _refused(
            schema,
            file,
            "T004",
            1,
            _header_difference(header, schema.header),
            "Keep the columns and their order as in docs/codebook.md.",
        )
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in lines[1:]:
        where = Location(file, line)
        found = list(_row_problems(where, cells, schema, len(lines[0][1])))
        problems += found
        if not any(problem.code in ("T005", "T006") for problem in found):
            rows.append(Row(where, dict(zip(header, cells, strict=False))))  # cells beyond the header are empty
    return Table(schema, file, tuple(rows), tuple(problems))


def _numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Non-empty rows with the line on which each begins (a quoted cell may span lines)."""
    reader = csv.reader(io.StringIO(text, newline=""))
    start = 1
    for cells in reader:
        if any(cells):
            yield start, cells
        start = reader.line_num + 1


def _without_empty_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _header_difference(header: list[str], wanted: list[str]) -> str:
    missing = [name for name in wanted if name not in header]
    unknown = [name for name in header if name not in wanted]
    parts = []
    if missing:
        parts.append(f"missing: {', '.join(missing)}")
    if unknown:
        parts.append(f"unknown: {', '.join(unknown)}")
    return f"the columns differ ({'; '.join(parts) or 'another order'})"


def _row_problems(where: Location, cells: list[str], schema: TableSchema, widest: int) -> Iterator[Problem]:
    """Problems of one row; wider than the header line as it stands in the file, it holds a comma too many."""
    if cells[0].startswith(CONFLICT_MARKS):
        yield Problem(
            where, "T006", "a merge conflict mark stands here", "Decide which side stands and delete the marks."
        )
        return
    width = len(schema.fields)
    if not width <= len(cells) <= widest or any(cell.strip() for cell in cells[width:]):
        yield Problem(
            where,
            "T005",
            f"the row has {len(cells)} cells where {width} are wanted",
            "Put a text that holds a comma in double quotes; leave no cell out.",
        )
        return
    for column, cell in zip(schema.fields, cells, strict=False):
        yield from _cell_problems(where, column.name, column.type, cell)


def _cell_problems(where: Location, name: str, kind: str, cell: str) -> Iterator[Problem]:
    if SPREADSHEET_DATE.match(cell):
        yield Problem(
            where,
            "T007",
            f"{name}: {cell!r} looks like a date that a spreadsheet made of a number or range",
            "Type the value again in a column formatted as text; dates are written 2026-11-24.",
            name,
        )
    elif kind in ("number", "integer") and DECIMAL_COMMA.match(cell):
        yield Problem(
            where,
            "T008",
            f"{name}: {cell!r} has a decimal or thousands comma",
            "Write a decimal point, and no separator of thousands.",
            name,
        )
    elif SPREADSHEET_ERROR.match(cell):
        yield Problem(
            where,
            "T009",
            f"{name}: {cell!r} is an error left by a spreadsheet",
            "Type the value from the source again.",
            name,
        )
    elif cell != cell.strip():
        yield Problem(where, "T010", f"{name}: the cell begins or ends with a space", "Run `make tidy`.", name)
