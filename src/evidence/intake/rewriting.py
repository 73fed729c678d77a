"""Changing one row or one entry and keeping every other as it stands: the small steps of screening and carrying."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import product
from string import ascii_lowercase

from evidence.errors import EvidenceError, Location, RecordError
from evidence.records.bibliography import Entry
from evidence.records.model import Record
from evidence.records.sources import Sources, read_sources
from evidence.records.tables import Row, Table
from evidence.records.tidy import HARMLESS, bibliography_text
from evidence.rules.citations import USUAL_FIELDS
from evidence.workspace import Workspace

# Kinds of a record that are not articles, with the type of their entry; what holds the venue depends on the type.
TYPES = {"thesis": "phdthesis", "book": "book", "registration": "misc", "page": "misc", "preprint": "misc"}
VENUES = {"article": "journal", "phdthesis": "school", "book": "publisher", "misc": "howpublished"}
ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
           **{sign: f"\\{sign}" for sign in "&%$#_"}}  # fmt: skip
# Two of these in a row, or a mark before a tick, would be read as one typographic sign.
LIGATURE = re.compile(r"(?<=[-'`,<>!?])(?=[-'`,<>])")
# A name for an entry without an author is its first word that is not an article or preposition (ours).
LONG_WORD = 5


def read_whole(workspace: Workspace) -> Sources:
    """Tables and bibliography, if nothing of them would be lost by writing them again.

    Raises
    ------
    RecordError
        If a table or .bib file cannot be read whole.
    """
    sources = read_sources(workspace)
    blocking = [problem for problem in sources.problems if problem.code not in HARMLESS]
    if blocking:
        first = blocking[0]
        raise RecordError(f"{first.code}  {first.message}. Mend this first; nothing was changed.", first.where)
    return sources


def with_row(table: Table, cells: Mapping[str, str]) -> Table:
    """The table with one row more; columns that are not given stay empty."""
    row = Row(Location(table.file, 0), {name: one_line(cells.get(name, "")) for name in table.schema.header})
    return replace(table, rows=(*table.rows, row))


def without_row(table: Table, match: Mapping[str, str]) -> Table:
    """The table without the rows that hold these cells."""
    return replace(table, rows=tuple(row for row in table.rows if not _holds(row, match)))


def with_cells(table: Table, match: Mapping[str, str], cells: Mapping[str, str]) -> Table:
    """The table with other cells in the rows that hold `match`."""
    new = {name: one_line(cell) for name, cell in cells.items()}
    rows = (replace(row, cells={**row.cells, **new}) if _holds(row, match) else row for row in table.rows)
    return replace(table, rows=tuple(rows))


def with_entry(sources: Sources, entry: Entry) -> str:
    """Text of the entry's .bib file with it among the others.

    Raises
    ------
    EvidenceError
        If another entry has the same DOI or PubMed number.
    """
    for name in ("doi", "pmid"):
        for other in sources.bibliography.entries.values():
            if entry.get(name) and other.get(name).lower() == entry.get(name).lower():
                raise EvidenceError(
                    f"{name} {entry.get(name)} stands in the entry {other.key} already: settle the record as a "
                    "duplicate of the record of that entry. Nothing was changed.", other.where)  # fmt: skip
    return _bibliography(sources, {**sources.bibliography.entries, entry.key: entry}, entry.bibliography)


def without_entry(sources: Sources, key: str) -> str:
    """Text of the .bib file of an entry with it taken out."""
    others = {name: entry for name, entry in sources.bibliography.entries.items() if name != key}
    return _bibliography(sources, others, sources.bibliography.entries[key].bibliography)


def entry_of(record: Record, key: str, name: str, reason: str = "") -> Entry:
    """An entry that says what the record says, and names in `incomplete` what it does not.

    In studies.bib the gaps stand as empty fields, for a person to fill.

    Parameters
    ----------
    record, key
        What was found, and the key of its entry.
    name
        The .bib file: studies or set-aside.
    reason
        Why it was set aside.
    """
    kind = TYPES.get(record.kind, "article")
    seen = {"author": _authors(record.authors), "title": _latex(record.title), VENUES[kind]: _latex(record.venue),
            "year": str(record.year or ""), "doi": _bare(record.doi), "pmid": record.pmid,
            "url": _bare(record.seen_at)}  # fmt: skip
    fields = {field: value for field, value in seen.items() if value}
    gaps = [field for field in USUAL_FIELDS.get(kind, ()) if field not in fields]
    if gaps:
        fields["incomplete"] = f"{', '.join(gaps)} not seen"
    if name == "studies":
        fields |= dict.fromkeys((*gaps, "seen"), "")
    if reason:
        fields["reason"] = _latex(reason)
    return Entry(key, kind, fields, Location(f"references/{name}.bib", 0), "")


def free_key(record: Record, taken: Collection[str]) -> str:
    """First author's family name and the year, a letter added on a clash; the title's first long word without an author."""
    who = _letters(record.authors.split(";")[0].split(",")[0])
    words = (_letters(word) for word in record.title.split())
    stem = (who or next((word for word in words if len(word) >= LONG_WORD), "record")) + str(record.year or "nd")
    used = {key.lower() for key in taken}
    return next(key for key in _lettered(stem) if key not in used)


def one_line(text: str) -> str:
    """Text as a cell holds it."""
    return " ".join(text.split())


def _lettered(stem: str) -> Iterator[str]:
    yield stem
    for length in (1, 2):
        yield from (stem + "".join(letters) for letters in product(ascii_lowercase, repeat=length))


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower())


def _holds(row: Row, match: Mapping[str, str]) -> bool:
    return all(row.cells[name].strip() == cell for name, cell in match.items())


def _bibliography(sources: Sources, entries: dict[str, Entry], name: str) -> str:
    return bibliography_text(replace(sources, bibliography=replace(sources.bibliography, entries=entries)), name)


def _authors(text: str) -> str:
    names = [one_line(name) for name in text.split(";") if name.strip()]
    return " and ".join(_person(name) for name in names)


def _person(name: str) -> str:
    if name.lower() in ("et al", "et al.", "others"):
        return "others"
    return f"{{{_latex(name)}}}" if re.search(r"\band\b", name) else _latex(name)  # an organisation's own "and"


def _latex(text: str) -> str:
    """Text as a field holds it; without a sign that means something to BibTeX it stays as it is."""
    text = _bare(text)
    if not any(sign in text for sign in ESCAPES):
        return text
    return LIGATURE.sub("{}", "".join(ESCAPES.get(sign, sign) for sign in text))


def _bare(text: str) -> str:
    """Without braces, which would end the field."""
    return one_line(text.replace("{", "").replace("}", ""))
