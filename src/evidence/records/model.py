"""Frozen records, one class per table; `tests/records` holds them to the schema field by field.

Text that was not seen is the empty string; a number that was not seen is None.
Dates of publication stay text, since a source may show only a year or a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evidence.records.studies import Fact, LaboratoryStudy, ObservationalStudy, Survey, Trial


@dataclass(frozen=True, kw_only=True)
class Question(Fact):
    """What we want to know, its kind, and what evidence would settle it."""

    question: str
    section: str
    kind: str
    wording: str
    proposition: str
    subject: str
    population: str
    exposure: str
    comparator: str
    outcome: str
    main_outcome: str
    valence: str
    importance: str
    threshold: float | None
    threshold_unit: str
    threshold_source: str
    settle: str
    review_months: int
    recorded_on: date

    @property
    def directed(self) -> bool:
        """Whether it asks for yes or no; otherwise it asks how much, or what the law says."""
        return self.kind in ("effect", "mechanism") or (self.kind == "quality" and not self.subject)


@dataclass(frozen=True, kw_only=True)
class Outcome(Fact):
    """What a finding measures, with its unit, the direction that is good, and the sizes that a source names for it."""

    outcome: str
    name: str
    unit: str
    better: str
    definition: str
    small: float | None
    moderate: float | None
    large: float | None
    sizes_source: str


@dataclass(frozen=True, kw_only=True)
class Sample(Fact):
    """A sample that several studies share."""

    sample: str
    description: str
    basis: str
    why: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Finding(Fact):
    """One number that a report gives, and where it stands."""

    finding: str
    study: str
    citekey: str
    question: str
    outcome: str
    group: str
    comparator: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    events: int | None
    denominator: int | None
    interval: str
    sd: float | None
    p: str
    timepoint: str
    basis: str
    answers: str
    sentence: str
    locator: str
    depth_seen: str
    seen_at: str
    public_on: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class SecondExtraction(Fact):
    """The same number, read again independently."""

    finding: str
    value: float | None
    low: float | None
    high: float | None
    events: int | None
    denominator: int | None
    answers: str
    first_answers: str
    extractor: str
    source: str
    reconciled: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Appraisal(Fact):
    """One judgement of one study in one domain of a tool."""

    study: str
    tool: str
    domain: str
    judgement: str
    support: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Override(Fact):
    """A verdict that a person set in writing, with the computed verdict it expected."""

    question: str
    expected: str
    chosen: str
    answer: str
    reason: str
    decided_by: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Correction(Fact):
    """An erratum, a retraction, or a slip of the source or of ours."""

    correction: str
    citekey: str
    kind: str
    what: str
    status: str
    seen_at: str
    public_on: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Discrepancy(Fact):
    """Two sources, or one, that contradict each other."""

    discrepancy: str
    question: str
    kind: str
    first: str
    second: str
    what: str
    state: str
    explanation: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Registration(Fact):
    """A registered study: status, dates, size, results."""

    registration: str
    registry: str
    citekey: str
    title: str
    status: str
    started: str
    primary_completion: str
    planned_n: int | None
    population: str
    intervention: str
    comparator: str
    people_with_pain: str
    question: str
    results: str
    results_citekey: str
    seen_at: str
    checked_on: date
    public_on: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Jurisdiction(Fact):
    """Legal status of a product in one place, by one instrument."""

    entry: str
    place: str
    level: str
    product: str
    status: str
    since: str
    instrument: str
    question: str
    citekey: str
    sentence: str
    source_kind: str
    locator: str
    seen_at: str
    checked_on: date
    public_on: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Claim(Fact):
    """What others say in public."""

    claim: str
    says: str
    said_by: str
    outlet: str
    question: str
    asserts: str
    seen_at: str
    public_on: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Untraceable(Fact):
    """A study that is cited and that nobody can find."""

    entry: str
    claim: str
    details: str
    claimed_at: str
    question: str
    searched: str
    why: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Search(Fact):
    """Where and how we looked."""

    search: str
    source: str
    service: str
    query: str
    question: str
    ran_on: date | None
    found: int | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Record(Fact):
    """One record found, and its fate."""

    record: str
    title: str
    authors: str
    year: int | None
    venue: str
    doi: str
    pmid: str
    registration: str
    kind: str
    search: str
    seen_at: str
    fate: str
    same_as: str
    citekey: str
    reason: str
    recorded_on: date


@dataclass(frozen=True, kw_only=True)
class Screening(Fact):
    """What one screener decided about one record."""

    record: str
    screener: str
    decision: str
    reason: str
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class Review(Fact):
    """That somebody reviewed a question or an edition, and a checksum of what was reviewed."""

    subject: str
    reviewer: str
    reviewed_on: date
    checksum: str
    note: str


FACTS: dict[str, type[Fact]] = {
    "surveys": Survey,
    "observational": ObservationalStudy,
    "trials": Trial,
    "laboratory": LaboratoryStudy,
    "questions": Question,
    "outcomes": Outcome,
    "samples": Sample,
    "findings": Finding,
    "second-extraction": SecondExtraction,
    "appraisals": Appraisal,
    "overrides": Override,
    "corrections": Correction,
    "discrepancies": Discrepancy,
    "registrations": Registration,
    "jurisdictions": Jurisdiction,
    "claims": Claim,
    "untraceable": Untraceable,
    "searches": Search,
    "records": Record,
    "screening": Screening,
    "reviews": Review,
}
