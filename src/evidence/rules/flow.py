"""F: from search to evidence, every record is accounted for, and the counts of the flow add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.model import Record, Screening
from evidence.rules.citations import cited_keys
from evidence.rules.rule import rule

Found = Iterator[tuple[Location, str]]

INCLUDED, BACKGROUND, SET_ASIDE, DUPLICATE, AWAITING = "included", "background", "set aside", "duplicate", "awaiting"
FATES = (INCLUDED, BACKGROUND, SET_ASIDE, DUPLICATE, AWAITING)
INCLUDE, EXCLUDE, UNSURE = "include", "exclude", "unsure"
# Fewer than two independent screeners cannot agree (ours).
SCREENERS_TO_AGREE = 2
# How the reason of a fate begins that goes against what the screeners agreed.
AGAINST = "against the screeners: "
OPPOSITE = {INCLUDE: (SET_ASIDE,), EXCLUDE: (INCLUDED, BACKGROUND)}


@dataclass(frozen=True)
class Flow:
    """How many records were found, and how many came to each fate."""

    identified: int
    fates: Mapping[str, int]

    @property
    def adds_up(self) -> bool:
        """Whether every record has exactly one known fate."""
        return self.identified == sum(self.fates[fate] for fate in FATES)


def flow(base: EvidenceBase) -> Flow:
    """Count rows of records.csv against fates of distinct records: one named twice, or without a known fate, is missing."""
    from evidence.records.sources import read_sources

    fates = Counter(record.fate for record in base.records.values())
    rows = read_sources(base.workspace).tables["records"].rows
    return Flow(len(rows), {fate: fates[fate] for fate in FATES})


def evidence_keys(base: EvidenceBase) -> dict[str, Location]:
    """Entries that evidence rests on, each with the first row that says so."""
    keys: dict[str, Location] = {}
    cited = [(key, study.where) for study in base.studies.values() for key in study.reports]
    cited += [(finding.citekey, finding.where) for finding in base.findings.values()]
    cited += [(key, r.where) for r in base.registrations.values() for key in (r.citekey, r.results_citekey) if key]
    cited += [(entry.citekey, entry.where) for entry in base.jurisdictions.values()]
    for key, where in cited:
        keys.setdefault(key, where)
    return keys


def citekeys_by_fate(base: EvidenceBase) -> dict[str, set[str]]:
    """Entries of the records of each fate."""
    keys: dict[str, set[str]] = {fate: set() for fate in FATES}
    for record in base.records.values():
        keys.setdefault(record.fate, set()).add(record.citekey)
    return keys


def decisions_by_record(base: EvidenceBase) -> dict[str, tuple[Screening, ...]]:
    """What each record's screeners decided, in the order of the table."""
    decided: dict[str, list[Screening]] = defaultdict(list)
    for item in base.screening:
        decided[item.record].append(item)
    return {record: tuple(items) for record, items in decided.items()}


def agreed(decisions: Iterable[Screening]) -> str:
    """The decision that all screeners of a record share; empty when they differ or when fewer than two decided."""
    given = list(decisions)
    words = {item.decision for item in given}
    return words.pop() if len(words) == 1 and len(given) >= SCREENERS_TO_AGREE else ""


@rule("F001", "The fates add up to the records found", "Give every record one name of its own and one fate.")
def flow_adds_up(base: EvidenceBase) -> Found:
    """A flow diagram whose boxes do not add up has lost a record (page2021)."""
    counted = flow(base)
    if not counted.adds_up:
        parts = " + ".join(f"{counted.fates[fate]} {fate}" for fate in FATES)
        yield Location("data/records.csv", 1), f"{counted.identified} records were found, but {parts} is another number"


@rule("F002", "A search found at least the records that name it", "Correct `found`, or the record's search.")
def search_found_fewer(base: EvidenceBase) -> Found:
    """The first box of the flow is the sum of what the searches found."""
    named = Counter(record.search for record in base.records.values())
    for search in base.searches.values():
        if search.found is not None and named[search.search] > search.found:
            yield search.where, f"{search.search} found {search.found}, but {named[search.search]} records name it"


@rule("F003", "What evidence rests on has a record that is included", "Add the record it came from to records.csv.")
def evidence_without_record(base: EvidenceBase) -> Found:
    """A study that nobody is said to have found is missing from the flow."""
    included = citekeys_by_fate(base)[INCLUDED]
    for key, where in evidence_keys(base).items():
        if key not in included:
            yield where, f"{key}: no record of records.csv says that it was included"


@rule("F004", "An included record is evidence", "Carry it into the tables, or give it another fate.")
def included_without_evidence(base: EvidenceBase) -> Found:
    """Included means: a study, a finding, a registration or a legal entry rests on it."""
    evidence = evidence_keys(base)
    for record in _of_fate(base, INCLUDED):
        if record.citekey not in evidence:
            yield record.where, f"{record.record}: nothing rests on {record.citekey or 'it, and it has no citekey'}"


@rule("F005", "Background is cited, and is no evidence", "Cite it, correct its citekey, or give it another fate.")
def background_misplaced(base: EvidenceBase) -> Found:
    """Background means: a discrepancy, a correction or a threshold names it, and no number of it counts."""
    evidence, cited = evidence_keys(base), cited_keys(base)
    for record in _of_fate(base, BACKGROUND):
        if record.citekey in evidence:
            yield record.where, f"{record.record}: evidence rests on {record.citekey}, so it is included"
        elif not record.citekey or record.citekey not in cited:
            yield record.where, f"{record.record}: no row cites {record.citekey or 'it, and it has no citekey'}"


@rule(
    "F006",
    "Records set aside and entries of set-aside.bib are the same",
    "Move the entry, or correct the record's fate or citekey.",
)
def set_aside_differs(base: EvidenceBase) -> Found:
    """What was read and not used is told once in the flow and once in the list of sources, and both agree."""
    aside = citekeys_by_fate(base)[SET_ASIDE]
    for entry in base.references.values():
        if entry.bibliography == "set-aside" and entry.key not in aside:
            yield entry.where, f"{entry.key}: no record of records.csv says that it was set aside"
    for record in _of_fate(base, SET_ASIDE):
        known = base.references.get(record.citekey)
        if known is None or known.bibliography != "set-aside":
            yield record.where, f"{record.record} was set aside, but {record.citekey or 'it'} is not in set-aside.bib"


@rule("F007", "Every entry of studies.bib has a record", "Add the record it came from to records.csv.")
def entry_without_record(base: EvidenceBase) -> Found:
    """Nothing comes into the bibliography past the flow."""
    fates = citekeys_by_fate(base)
    for entry in base.references.values():
        if entry.bibliography == "studies" and entry.key not in fates[INCLUDED] | fates[BACKGROUND]:
            yield entry.where, f"{entry.key}: no record of records.csv says that it was found"


@rule(
    "F008",
    "A duplicate names the record that stands for it",
    "Name in `same_as` another record that is no duplicate; empty it elsewhere.",
)
def duplicate_of_nothing(base: EvidenceBase) -> Found:
    """A repeat of a repeat, or of itself, would leave nobody to count."""
    for record in base.records.values():
        twin = base.records.get(record.same_as)
        if record.same_as == record.record:
            yield record.where, f"{record.record} is said to repeat itself"
        elif record.fate == DUPLICATE and twin is None:
            yield record.where, f"{record.record} is a duplicate of no known record"
        elif twin is not None and twin.fate == DUPLICATE:
            yield record.where, f"{record.record} repeats {twin.record}, which repeats {twin.same_as or 'another'}"
        elif record.same_as and record.fate not in (DUPLICATE, AWAITING):
            yield record.where, f"{record.record} is {record.fate}, and still proposed as a repeat of {record.same_as}"


@rule("F009", "An exclusion has a reason", "Ask the screener why, and fill `reason`.")
def exclusion_without_reason(base: EvidenceBase) -> Found:
    """What is left out is left out for a reason that others can doubt."""
    for item in base.screening:
        if item.decision == EXCLUDE and not item.reason:
            yield item.where, f"{item.screener} excluded {item.record} without a reason"


@rule("F010", "A fate against agreeing screeners says why", f"Begin the record's reason with {AGAINST.strip()!r}.")
def against_the_screeners(base: EvidenceBase) -> Found:
    """Two people who agree are overruled in writing or not at all."""
    decided = decisions_by_record(base)
    for record in base.records.values():
        word = agreed(decided.get(record.record, ()))
        why = record.reason.removeprefix(AGAINST).strip()
        if record.fate in OPPOSITE.get(word, ()) and (why == record.reason.strip() or not why):
            yield record.where, f"{record.record} is {record.fate}, but its screeners agreed on {word}"


def _of_fate(base: EvidenceBase, fate: str) -> Iterator[Record]:
    return (record for record in base.records.values() if record.fate == fate)
