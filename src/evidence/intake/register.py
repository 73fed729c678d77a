"""Entering the records of a file: awaiting a decision, each under a name of its own, nothing merged without a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from evidence.editions.files import write_whole
from evidence.errors import EvidenceError, Location
from evidence.intake.duplicates import Named, Pair, find_pairs, title_likeness
from evidence.intake.incoming import Incoming
from evidence.intake.normalise import author_from, clean_doi, clean_text
from evidence.intake.readers import read_file
from evidence.intake.reading import ReadFile, ReadProblem, shown
from evidence.intake.rewriting import read_whole
from evidence.records.bibliography import Entry
from evidence.records.sources import Sources
from evidence.records.tables import SPREADSHEET_DATE, SPREADSHEET_ERROR, Row, Table
from evidence.records.tidy import table_text
from evidence.workspace import Workspace

SEARCH_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
FAMILY_LENGTH = 20  # letters of a family name that a record's name keeps (ours)
LETTERS = "bcdefghijklmnopqrstuvwxyz"
DOUBTFUL = (
    40  # titles less alike than this, of 100, under one number are told (ours; some titles here are descriptions)
)
AWAITING = "awaiting"
UNSCREENED = "new, not yet screened"
VENUES = ("journal", "booktitle", "school", "institution", "howpublished")


@dataclass(frozen=True)
class Intake:
    """What a file brought, before anything is written.

    Attributes
    ----------
    new
        Records that are entered, by the names they get.
    repeated
        Records that are not entered, each with the known record whose number it carries.
    alike
        New records that resemble another one; the proposal stands in `same_as`.
    texts
        New text of the tables by path from the root, in the order in which they are to be written.
    """

    format: str
    found: int
    new: tuple[Named, ...]
    repeated: tuple[Pair, ...]
    alike: tuple[Pair, ...]
    problems: tuple[ReadProblem, ...]
    texts: dict[str, str]


def intake(workspace: Workspace, path: Path, search: str, today: date) -> Intake:
    """Read a file and prepare its records for the tables; writes nothing.

    Parameters
    ----------
    workspace, path
        Where, and which file.
    search
        The search that found the records; entered as new if the table does not have it.
    today
        The day of recording.

    Raises
    ------
    EvidenceError
        If the file as a whole cannot be read, or the name of the search is none.
    RecordError
        If the tables cannot be read whole; nothing is entered then.
    """
    if not SEARCH_NAME.match(search):
        raise EvidenceError(
            f"{search!r} is not the name of a search: use lower-case letters, digits and hyphens, as pubmed-2026."
        )
    read = read_file(path)
    sources = read_whole(workspace)
    entered = _enter(sources, read.records, search, today)
    texts = _search_text(sources, _search_row(read, path, search, today)) | entered.texts
    return replace(
        entered, format=read.format, found=read.found, problems=(*read.problems, *entered.problems), texts=texts
    )


@dataclass(frozen=True)
class Added:
    """How many records of an answer were new, and how many known already."""

    new: int
    repeated: int


def add_records(workspace: Workspace, records: Sequence[Incoming], search: str, today: date) -> Added:
    """Enter the records that a service found for a search of the table, and write the table.

    Raises
    ------
    RecordError
        If the tables cannot be read whole; nothing is entered then.
    """
    result = _enter(read_whole(workspace), records, search, today)
    for file, text in result.texts.items():
        write_whole(workspace.root / file, text)
    return Added(len(result.new), len(result.repeated))


def _enter(sources: Sources, records: Sequence[Incoming], search: str, today: date) -> Intake:
    known = known_records(sources)
    named = _under_names([_tamed(record) for record in records], {item.name.casefold() for item in known})
    pairs = find_pairs(named, known) if named else ()
    exact = _best(pair for pair in pairs if pair.exact)
    new = tuple(item for item in named if item.name not in exact)
    alike = _best(_to_entered(pair, exact) for pair in pairs if not pair.exact and pair.new not in exact)
    cells = [_cells(item, alike.get(item.name), search, today) for item in new]
    titles = {item.name: item.record.title for item in (*known, *named)}
    problems = (*_spoiled(records), *_doubtful((pair for pair in pairs if pair.exact), titles))
    return Intake(
        "", len(records), new, tuple(exact.values()), tuple(alike.values()), problems, _record_text(sources, cells)
    )


def known_records(sources: Sources) -> list[Named]:
    """The records of the table; what the table leaves open is taken from the entry and the registration they stand for."""
    registered = {row.cells["citekey"]: row.cells["registration"] for row in sources.tables["registrations"].rows}
    entries = sources.bibliography.entries
    return [Named(row.cells["record"], _known(row.cells, entries.get(row.cells["citekey"]), registered))
            for row in sources.tables["records"].rows]  # fmt: skip


def _known(cells: Mapping[str, str], entry: Entry | None, registered: Mapping[str, str]) -> Incoming:
    def seen(field: str) -> str:
        return entry.get(field) if entry else ""

    people = "; ".join(author_from(name) for name in re.split(r"\s+and\s+", seen("author")) if name)
    year = cells["year"] or seen("year")
    registration = cells["registration"] or registered.get(cells["citekey"], "")
    return Incoming(title=cells["title"], authors=cells["authors"] or people, year=int(year) if year.isdecimal() else None,
                    venue=cells["venue"] or next(filter(None, map(seen, VENUES)), ""),
                    doi=clean_doi(cells["doi"] or seen("doi")), pmid=cells["pmid"] or seen("pmid"), registration=registration,
                    kind=cells["kind"] or ("registration" if registered.get(cells["citekey"]) else ""))  # fmt: skip


def _under_names(records: Sequence[Incoming], taken: set[str]) -> list[Named]:
    """Each record under the first author's family name (else the first word) and the year, a letter added on a clash."""
    named = []
    for record in records:
        stem = _stem(record)
        name, number = stem, 0
        while name.casefold() in taken:
            name = stem + (LETTERS[number] if number < len(LETTERS) else f"-{number + 2}")
            number += 1
        taken.add(name.casefold())
        named.append(Named(name, record))
    return named


def _stem(record: Incoming) -> str:
    family = re.split(r"[,;]", record.authors)[0]
    words = [_plain_letters(family), *(_plain_letters(word) for word in record.title.split())]
    return f"{next(filter(None, words), 'record')[:FAMILY_LENGTH]}{record.year or 'nd'}"


def _plain_letters(text: str) -> str:
    return re.sub(r"[^A-Za-z]", "", unicodedata.normalize("NFKD", text))


def _best(pairs: Iterable[Pair]) -> dict[str, Pair]:
    """The first pair of each new record; pairs come best first."""
    best: dict[str, Pair] = {}
    for pair in pairs:
        best.setdefault(pair.new, pair)
    return best


def _to_entered(pair: Pair, exact: Mapping[str, Pair]) -> Pair:
    """The same proposal, naming the record that stands in the table where the file's own record is not entered."""
    while pair.known in exact:
        pair = replace(pair, known=exact[pair.known].known)
    return pair


def _cells(item: Named, pair: Pair | None, search: str, today: date) -> dict[str, str]:
    record = item.record
    cells = {"title": record.title, "authors": record.authors, "year": str(record.year or ""), "venue": record.venue,
             "doi": record.doi, "pmid": record.pmid, "registration": record.registration, "kind": record.kind,
             "seen_at": record.address}  # fmt: skip
    reason = f"{pair.why} ({pair.known})" if pair else UNSCREENED
    return {**cells, "record": item.name, "search": search, "fate": AWAITING, "same_as": pair.known if pair else "",
            "reason": reason, "recorded_on": today.isoformat()}  # fmt: skip


def _is_spoiled(text: str) -> bool:
    """Whether the check of tables would take it for the work of a spreadsheet."""
    return bool(SPREADSHEET_DATE.match(text) or SPREADSHEET_ERROR.match(text))


def _tamed(record: Incoming) -> Incoming:
    """The record with what the check of tables would take for the work of a spreadsheet put in brackets, or left out."""
    return replace(
        record,
        title=f"[{record.title}]" if _is_spoiled(record.title) else record.title,
        authors="" if _is_spoiled(record.authors) else record.authors,
        venue="" if _is_spoiled(record.venue) else record.venue,
        address="" if _is_spoiled(record.address) else record.address,
    )


def _spoiled(records: Iterable[Incoming]) -> Iterable[ReadProblem]:
    for record in records:
        spoiled = [text for text in (record.title, record.authors, record.venue, record.address) if _is_spoiled(text)]
        if spoiled:
            yield ReadProblem(shown(record.title), f"{shown(spoiled[0])} looks like a date or an error left by a spreadsheet; a "
                                                   "title is kept in square brackets, anything else was left out")  # fmt: skip


def _doubtful(pairs: Iterable[Pair], titles: Mapping[str, str]) -> Iterable[ReadProblem]:
    """A number wrongly given joins what is not the same: two titles of one number, or one record of two known ones."""
    first: dict[str, str] = {}
    for pair in pairs:
        if first.setdefault(pair.new, pair.known) != pair.known:
            yield ReadProblem(
                pair.known, f"{pair.why} as a record in the file that was taken for {first[pair.new]}. Look at both"
            )
        elif title_likeness(titles[pair.new], titles[pair.known]) < DOUBTFUL:
            yield ReadProblem(pair.known, f"{pair.why}, but in the file the title is {shown(titles[pair.new])}. "
                                          "It was not entered; look at both")  # fmt: skip


def _search_row(read: ReadFile, path: Path, search: str, today: date) -> dict[str, str]:
    return {"search": search, "source": f"{read.format} file", "query": clean_text(path.name) or "a file",
            "ran_on": today.isoformat(), "found": str(read.found), "note": "Entered from a file."}  # fmt: skip


def _search_text(sources: Sources, search: dict[str, str]) -> dict[str, str]:
    """Written before the records that name it, so that a run that is killed between the two leaves a sound base."""
    table = sources.tables["searches"]
    known = any(row.cells["search"] == search["search"] for row in table.rows)
    return {} if known else {table.file: table_text(_with_rows(table, [search]))}


def _record_text(sources: Sources, records: list[dict[str, str]]) -> dict[str, str]:
    table = sources.tables["records"]
    return {table.file: table_text(_with_rows(table, records))} if records else {}


def _with_rows(table: Table, rows: list[dict[str, str]]) -> Table:
    added = (
        Row(Location(table.file, 0), {name: cells.get(name, "") for name in table.schema.header}) for cells in rows
    )
    return Table(table.schema, table.file, (*table.rows, *added), table.problems)


def intake_text(result: Intake) -> str:
    """For the terminal: counts, then what looks like what, then problems."""
    lost = sum(problem.lost for problem in result.problems)
    lines = [f"{result.found} records in the file ({result.format}): {len(result.new)} new, {len(result.repeated)} known already, "
             f"{lost} not readable. {len(result.alike)} of the new ones look like another record."]  # fmt: skip
    titles = {item.name: item.record.title for item in result.new}
    for heading, pairs in (
        ("Known already, not entered:", result.repeated),
        ("Proposals, for a person to settle:", result.alike),
    ):
        lines += ["", heading] if pairs else []
        lines += [f"  {titles.get(pair.new, pair.new)}  →  {pair.known}: {pair.why}" for pair in pairs]
    lines += ["", "Problems:"] if result.problems else []
    return "\n".join([*lines, *(f"  {problem}" for problem in result.problems)])
