"""What every reader and every service hands over: one record as its source gave it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One record as its source gave it; a field the source did not give is empty.

    Attributes
    ----------
    title
        As given, markup and doubled spaces taken out. Never empty: a reader reports a record without one as a problem.
    authors
        ``Family, I.; Family, I.`` as far as given.
    year
        None where none is given.
    venue
        Journal, meeting or registry.
    doi
        Lower case, without resolver.
    pmid
        Digits.
    registration
        As NCT03414099.
    kind
        One of the schema's kinds of a record; empty where the source does not say.
    address
        Where the record can be seen.
    retracted
        Whether the source itself marks it as retracted.
    """

    title: str
    authors: str = ""
    year: int | None = None
    venue: str = ""
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    kind: str = ""
    address: str = ""
    retracted: bool = False
