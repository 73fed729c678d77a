"""Notices of retraction, concern and correction, in one form whatever source they come from.

Both directions count: a cited entry that a notice concerns, and a cited entry that is itself a notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.intake.normalise import clean_doi, clean_pmid
from evidence.records.bibliography import Entry

RETRACTION, CONCERN, ERRATUM = "retraction", "expression of concern", "erratum"
# Takes a retraction back; never a row of the table of corrections.
REINSTATEMENT = "reinstatement"

# Crossref's types of update and Retraction Watch's natures of a notice, by the kind of correction they become here.
KINDS = {
    "retraction": RETRACTION, "partial retraction": RETRACTION, "withdrawal": RETRACTION, "removal": RETRACTION,
    "expression of concern": CONCERN,
    "correction": ERRATUM, "corrigendum": ERRATUM, "erratum": ERRATUM, "addendum": ERRATUM, "clarification": ERRATUM,
    "reinstatement": REINSTATEMENT,
}  # fmt: skip
# What the schema takes for a year of publication.
YEARS = range(1800, 2100)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice that touches a cited entry.

    Attributes
    ----------
    citekey
        The cited entry.
    kind
        Of the table of corrections, or `REINSTATEMENT`.
    said
        The type in the source's own word.
    source
        Who lists it.
    about
        DOI of the work it concerns, where that is another one than the cited entry: then the entry is the notice.
    doi
        Of the notice; empty where it has none.
    address
        Where the notice can be seen.
    public_on
        As far as the source gives it.
    reason
        As the source gives it.
    """

    citekey: str
    kind: str
    said: str
    source: str
    about: str = ""
    doi: str = ""
    address: str = ""
    public_on: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Found:
    """Notices, and what could not be read as one, in words."""

    notices: tuple[Notice, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cited:
    """Keys of the cited entries by DOI (lower case) and by PubMed number."""

    dois: Mapping[str, str]
    pmids: Mapping[str, str]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Cited:
        """The entries that have one of the two numbers."""
        entries = list(entries)
        dois = {clean_doi(entry.get("doi")): entry.key for entry in entries}
        pmids = {clean_pmid(entry.get("pmid")): entry.key for entry in entries}
        return cls({doi: key for doi, key in dois.items() if doi}, {pmid: key for pmid, key in pmids.items() if pmid})

    def key(self, doi: str, pmid: str) -> str:
        """The entry of one of the two numbers; empty when neither is cited."""
        return self.dois.get(doi, "") or self.pmids.get(pmid, "")


def resolved(doi: str) -> str:
    """The address of a DOI."""
    return f"https://doi.org/{doi}"


def type_of(text: str) -> str:
    """A type as the key of `KINDS`: ``expression_of_concern`` and ``Expression of concern`` are one."""
    return re.sub(r"[\s_-]+", " ", text).strip().lower()
