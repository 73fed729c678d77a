"""Reading .bib files with bibtexparser, and refusing what it would accept in silence.

bibtexparser leaves broken and repeated entries out of ``entries`` and takes a missing comma, an
undefined macro or a ``#`` for text. The raw values show each of these cases, so they are read
first: a value has to be one balanced ``{...}``, one ``"..."`` or digits.
"""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evidence.errors import Location
from evidence.records.problems import Problem

KEY = re.compile(r"^[a-z][a-z0-9]*$")
FIELD_NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
LATEX_MARK = "\\"
# A report without a seen author is named by the beginning of its title.
LABEL_LENGTH = 44


@dataclass(frozen=True)
class Entry:
    """One entry of a .bib file: the fields as text, without their outer braces."""

    key: str
    type: str
    fields: dict[str, str]
    where: Location
    raw: str

    @property
    def bibliography(self) -> str:
        """The name of the file it stands in, without its ending."""
        return Path(self.where.file).stem

    def get(self, name: str) -> str:
        """A field as plain text; empty when the entry does not have it."""
        return plain(self.fields.get(name, ""))

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Family names (or the organisation) in order."""
        names = re.split(r"\s+and\s+", self.fields.get("author", ""))
        return tuple(plain(name).split(",")[0].strip() for name in names if name.strip())

    @property
    def label(self) -> str:
        """Author and year, as a reader names a report."""
        people = [name for name in self.people if name != "others"]
        if not people:
            title = textwrap.shorten(self.get("title"), LABEL_LENGTH, placeholder="…")
            who = f"“{title}”" if title else self.key
        elif len(people) == 2 and "others" not in self.people:
            who = f"{people[0]} and {people[1]}"
        else:
            who = people[0] + (" et al." if len(self.people) > 1 else "")
        return f"{who} {self.get('year') or '(no date seen)'}"


@dataclass(frozen=True)
class Bibliography:
    """All entries by key, in the order of their files, with the problems met while reading."""

    entries: dict[str, Entry]
    problems: tuple[Problem, ...]


def plain(value: str) -> str:
    """Text of a field for people: LaTeX decoded where it occurs, grouping braces removed."""
    if LATEX_MARK in value:
        from pylatexenc.latex2text import LatexNodes2Text

        value = LatexNodes2Text(keep_comments=True).latex_to_text(value)
    return " ".join(value.replace("{", "").replace("}", "").split())


def read_bibliography(files: list[tuple[Path, str]]) -> Bibliography:
    """Read several .bib files into one.

    Parameters
    ----------
    files
        Pairs of a path and the name shown to people.
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    seen: dict[str, Location] = {}
    for path, file in files:
        if not path.is_file():
            problems.append(Problem(Location(file, 1), "B001", "the file is missing", "Create it, empty if need be."))
            continue
        for item in _read_file(path, file):
            if isinstance(item, Problem):
                problems.append(item)
            elif item.key.lower() in seen:
                problems.append(
                    Problem(
                        item.where,
                        "B002",
                        f"the key {item.key} stands at {seen[item.key.lower()]} too",
                        "Give one of the two entries another key, or delete it.",
                    )
                )
            else:
                seen[item.key.lower()] = item.where
                entries[item.key] = item
    return Bibliography(entries, tuple(problems))


def _read_file(path: Path, file: str) -> Iterator[Entry | Problem]:
    import bibtexparser
    from bibtexparser.model import DuplicateBlockKeyBlock
    from bibtexparser.model import Entry as Block

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Problem(Location(file, 1), "B001", "the file is not UTF-8", "Save it again as UTF-8.")
        return
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its words are repeated below, with the place
    library = bibtexparser.parse_string(text.replace("\r\n", "\n"), parse_stack=[])
    for block in library.blocks:
        where = Location(file, (block.start_line or 0) + 1)
        if isinstance(block, DuplicateBlockKeyBlock):
            yield Problem(
                where,
                "B002",
                f"the key {block.key} stands in this file twice",
                "Give one of the two entries another key, or delete it.",
            )
        elif block in library.failed_blocks:
            yield Problem(
                where,
                "B001",
                "an entry cannot be read (unclosed brace, repeated field or missing comma)",
                "Close every { and write one field a line, each ending in a comma.",
            )
        elif isinstance(block, Block):
            found = list(_lint(block, where, file))
            yield from found or (_entry(block, where),)
        elif "@" in (block.raw or "") or "=" in (block.raw or ""):
            yield Problem(
                where,
                "B001",
                "text outside an entry, or an @string or @comment block",
                "Keep only whole entries in this file; write values out instead of macros.",
            )


def _lint(block: object, where: Location, file: str) -> Iterator[Problem]:
    if not KEY.match(block.key):  # type: ignore[attr-defined]
        yield Problem(
            where,
            "B003",
            f"the key {block.key!r} is empty or not of the form smith2026",  # type: ignore[attr-defined]
            "Use the first author's family name and the year, in lower case, a letter added on a clash.",
        )
    for item in block.fields:  # type: ignore[attr-defined]
        place = Location(file, (item.start_line or 0) + 1)
        if not FIELD_NAME.match(item.key):
            yield Problem(
                place,
                "B004",
                f"{item.key.strip()[:40]!r} is not the name of a field",
                "A % does not start a comment inside an entry: delete the remark.",
            )
        elif not _is_whole(item.value.strip()):
            yield Problem(
                place,
                "B005",
                f"{item.key}: the value is not one text in braces",
                "A comma may be missing, or a macro or # is used: write the value out as {...},",
            )


def _is_whole(value: str) -> bool:
    if value.isdigit():
        return True
    if len(value) > 1 and value[0] == value[-1] == '"':
        return '"' not in value[1:-1].replace('{"}', "")
    if not value.startswith("{"):
        return False
    depth = 0
    for position, letter in enumerate(value):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return position == len(value) - 1
    return False


def _entry(block: object, where: Location) -> Entry:
    fields = {item.key: _unwrapped(item.value) for item in block.fields}  # type: ignore[attr-defined]
    return Entry(block.key, block.entry_type, fields, where, block.raw)  # type: ignore[attr-defined]


def _unwrapped(value: str) -> str:
    value = value.strip()
    return value if value.isdigit() else value[1:-1].strip()
