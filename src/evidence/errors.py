"""One family of errors, each a sentence a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Location:
    """Where a fact stands in the repository: a file and a line, counted from one."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class EvidenceError(Exception):
    """Something a person has to mend; printed without a traceback.

    Parameters
    ----------
    message
        What is wrong, and what to do about it.
    place
        The row or entry it concerns, when there is one.
    """

    def __init__(self, message: str, place: Location | None = None) -> None:
        self.message = message
        self.place = place
        super().__init__(f"{place}  {message}" if place else message)


class RecordError(EvidenceError):
    """The tables or the bibliography cannot be used as they stand."""


class UnknownIdError(EvidenceError):
    """A question, study, finding, entry or statement of that name does not exist."""


class ParameterError(EvidenceError):
    """A notebook was given a parameter it does not have, or of another type."""


class PageError(EvidenceError):
    """A page failed; the executed notebook is kept for the person who must mend it."""


class PoolingError(EvidenceError):
    """The effects cannot be combined: too few, not finite, or without variance."""
