"""What all readers share: the result of reading, what could not be read, and the last step from fields to a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import clean_doi, clean_pmid, clean_text, year_in

# How much of an unreadable text is shown to name it.
SHOWN = 60


@dataclass(frozen=True)
class ReadProblem:
    """Something in the file that could not be read, or not whole.

    Attributes
    ----------
    place
        Which record, and its line where lines mean something.
    message
        What was wrong, and what became of it.
    lost
        Whether a whole record is missing from the result because of it.
    """

    place: str
    message: str
    lost: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


Read = Iterator[Incoming | ReadProblem]


@dataclass(frozen=True)
class ReadFile:
    """All records of one file, with what could not be read."""

    records: tuple[Incoming, ...]
    problems: tuple[ReadProblem, ...]
    format: str

    @property
    def found(self) -> int:
        """How many records the file holds: those read and those lost, each of which a problem names."""
        return len(self.records) + sum(problem.lost for problem in self.problems)


@dataclass(frozen=True, kw_only=True)
class Fields:
    """One record as the format gave it, before anything is made uniform."""

    title: str = ""
    authors: Iterable[str] = ()
    date: str = ""
    venue: str = ""
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    kind: str = ""
    address: str = ""
    retracted: bool = False


def finish(place: str, fields: Fields) -> Read:
    """The record that the fields make, and a problem for each field that could not be used."""
    title = clean_text(fields.title)
    if not title:
        yield ReadProblem(place, f"has no title and was left out ({_named(fields)})", lost=True)
        return
    doi, pmid, year = clean_doi(fields.doi), clean_pmid(fields.pmid), year_in(fields.date)
    for name, given, kept in (
        ("DOI", fields.doi, doi),
        ("PubMed number", fields.pmid, pmid),
        ("date", fields.date, year),
    ):
        if given.strip() and not kept:
            yield ReadProblem(place, f"{shown(given)} is not a {name}; the record was kept without it")
    yield Incoming(title=title, authors="; ".join(name for name in fields.authors if name), year=year,
                   venue=clean_text(fields.venue), doi=doi, pmid=pmid, registration=clean_text(fields.registration),
                   kind=fields.kind, address=clean_text(fields.address), retracted=fields.retracted)  # fmt: skip


def shown(text: str) -> str:
    """The beginning of a text in quotes, fit for a terminal."""
    text = clean_text(text)
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"


def _named(fields: Fields) -> str:
    """What is left to recognise a record by that has no title."""
    known = [
        clean_text(part) for part in (*list(fields.authors)[:1], fields.date, fields.venue, fields.doi, fields.pmid)
    ]
    return shown(", ".join(part for part in known if part)) if any(known) else "nothing else is given either"
