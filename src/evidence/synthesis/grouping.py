"""Choosing comparable findings: strands by kind of evidence, groups by outcome, one voice per sample.

Vocabulary: a *strand* is evidence of one kind (surveys never stand in a strand with trials); a *group*
holds findings of one outcome and measure; a *voice* is the one finding by which a sample is heard in a group.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scipy.stats import binomtest

from evidence.records.base import EvidenceBase
from evidence.records.dates import last_day
from evidence.records.model import Finding
from evidence.records.studies import DRAWN_BY_CHANCE, LaboratoryStudy, ObservationalStudy, Study, Survey, Trial
from evidence.synthesis.choices import FIRST, LARGEST, NEWEST

RANDOMISED = "randomised trials"
UNRANDOMISED = "uncontrolled or non-randomised trials"
OBSERVATIONAL = "observational studies"
CASES = "case reports and case series"
PROBABILITY = "probability surveys (self-report)"
SURVEYS = "surveys of volunteers (self-report)"
REVIEWS = "reviews and guidelines by others"
ANIMALS = "animal studies"
CELLS = "studies in cells and enzymes"
BINDING = "binding and computation studies"
PRODUCTS = "product analyses"
STRANDS = (
    RANDOMISED, UNRANDOMISED, OBSERVATIONAL, CASES, PROBABILITY, SURVEYS, REVIEWS, ANIMALS, CELLS, BINDING, PRODUCTS,
)  # fmt: skip

CASE_DESIGNS = ("case series", "case report")
REVIEW_DESIGNS = ("systematic review", "guideline")
LEVELS = {"animals": ANIMALS, "cells or enzymes": CELLS, "binding or computation": BINDING, "products": PRODUCTS}
SAME_SYSTEM = "same system"
SHARE = "proportion"
# What was seen only as another page quotes it is shown, but it is no primary evidence and does not speak.
SECOND_HAND = "secondary"
# A part of a surveillance system with under a tenth of its largest reading is a region, not the system
# (ours: docs/methods.md).
REGION = 0.1
# How much of a source was seen, from most to least.
DEPTHS = ("full text", "registry", "abstract", "excerpt", "secondary")


@dataclass(frozen=True)
class LeftOut:
    """A finding that does not speak in its group, and why."""

    finding: str
    reason: str


@dataclass(frozen=True)
class Voice:
    """The finding by which one sample is heard in one group."""

    sample: str
    finding: Finding
    study: Study

    @property
    def size(self) -> int:
        """People (or products) behind the number, as far as known."""
        return self.finding.denominator or self.study.n or 0


@dataclass(frozen=True)
class Group:
    """Voices on one outcome and measure in one class of people, and the findings left out."""

    outcome: str
    measure: str
    people: str
    voices: tuple[Voice, ...]
    left_out: tuple[LeftOut, ...]

    def holds(self, base: EvidenceBase, finding: Finding) -> bool:
        """Whether a finding is of this outcome and measure, in this class of people."""
        key = (finding.outcome, finding.measure, people_of(base.studies[finding.study]))
        return key == (self.outcome, self.measure, self.people)

    @property
    def size(self) -> int:
        """People (or products) behind all voices."""
        return sum(voice.size for voice in self.voices)


@dataclass(frozen=True)
class Directions:
    """How many samples point to yes, to no, to both, or nowhere."""

    yes: int = 0
    no: int = 0
    both: int = 0
    unclear: int = 0

    @property
    def pointing(self) -> int:
        """Samples that point somewhere."""
        return self.yes + self.no + self.both

    @property
    def minority_share(self) -> float:
        """Share of pointing samples on the smaller side; a sample that points both ways counts half to each."""
        return (min(self.yes, self.no) + self.both / 2) / self.pointing if self.pointing else 0.0

    @property
    def lean(self) -> str:
        """``yes``, ``no``, or ``neither``."""
        return "yes" if self.yes > self.no else "no" if self.no > self.yes else "neither"


def exact_interval(ways: Directions) -> tuple[float, float, float] | None:
    """Percent of samples that point to yes among those that point one way, with its exact 95% interval (clopper1934).

    None when fewer than two samples point one way. Samples are counted, never p values (mckenzie2022).
    """
    n = ways.yes + ways.no
    if n < 2:
        return None
    found = binomtest(ways.yes, n).proportion_ci(0.95, method="exact")
    return 100 * ways.yes / n, 100 * float(found.low), 100 * float(found.high)


def strand_of(study: Study) -> str:
    """The kind of evidence a study is."""
    if isinstance(study, Survey):
        return PROBABILITY if study.recruitment == DRAWN_BY_CHANCE else SURVEYS
    if isinstance(study, Trial):
        return RANDOMISED if study.allocation == "randomised" else UNRANDOMISED
    if isinstance(study, ObservationalStudy):
        return CASES if study.design in CASE_DESIGNS else REVIEWS if study.design in REVIEW_DESIGNS else OBSERVATIONAL
    return LEVELS[study.level] if isinstance(study, LaboratoryStudy) else OBSERVATIONAL


def strands(base: EvidenceBase, question: str) -> dict[str, list[Finding]]:
    """Findings of a question by kind of evidence, in the order of `STRANDS`."""
    found: dict[str, list[Finding]] = {name: [] for name in STRANDS}
    for finding in base.findings_by_question.get(question, ()):
        found[strand_of(base.studies[finding.study])].append(finding)
    return {name: findings for name, findings in found.items() if findings}


def groups(base: EvidenceBase, findings: Iterable[Finding], main: str = "", voice: str = LARGEST) -> tuple[Group, ...]:
    """Groups of one strand: the main outcome first, then numbers before words, shares, most samples, most people."""
    members: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        members[finding.outcome, finding.measure, people_of(base.studies[finding.study])].append(finding)
    members = {key: found for key, found in members.items() if primary(base, found)} or members
    made = [_group(base, *key, found, voice) for key, found in members.items()]
    return tuple(sorted(made, key=lambda group: _group_rank(group, main)))


def primary(base: EvidenceBase, findings: Iterable[Finding]) -> list[Finding]:
    """Findings that may speak: seen in the report itself, read twice where the topic asks for it, and not withdrawn."""
    return [finding for finding in findings if not why_silent(base, finding)]


def why_silent(base: EvidenceBase, finding: Finding) -> str:
    """Why a finding is shown but does not speak; empty when it does."""
    if finding.citekey in base.withdrawn:
        return "its report was retracted or is under an expression of concern"
    if finding.depth_seen == SECOND_HAND:
        return "seen only as others quote it"
    unread = base.schema.topic.two_readings and finding.finding not in base.second_extractions
    return "read by one pair of eyes only" if unread else ""


def _group_rank(group: Group, main: str) -> tuple[bool, bool, bool, int, int, str, str, str]:
    numbered = any(has_number(voice.finding) for voice in group.voices)
    share = group.measure == SHARE
    return (
        group.outcome != main,
        not numbered,
        not share,
        -len(group.voices),
        -group.size,
        group.outcome,
        group.measure,
        group.people,
    )


def has_number(finding: Finding) -> bool:
    """Whether a finding gives a value or a range."""
    return finding.value is not None or finding.low is not None or finding.high is not None


def people_of(study: Study) -> str:
    """The class of people that a study's numbers stand for, as its row declares it; empty where nobody took part."""
    return "" if isinstance(study, LaboratoryStudy) else str(getattr(study, "people", ""))


def _group(base: EvidenceBase, outcome: str, measure: str, people: str, findings: list[Finding], voice: str) -> Group:
    by_sample: dict[str, list[Finding]] = defaultdict(list)
    seen = primary(base, findings) or findings
    for finding in seen:
        by_sample[base.studies[finding.study].sample].append(finding)
    voices: list[Voice] = []
    heard = {finding.finding for finding in seen}
    left_out = [LeftOut(f.finding, why_silent(base, f)) for f in findings if f.finding not in heard]
    for sample, found in by_sample.items():
        shared = base.samples.get(sample)
        system = shared is not None and shared.basis == SAME_SYSTEM
        chosen = min(_whole_system(base, found), key=rank_in_system) if system else min(found, key=VOICES[voice])
        voices.append(Voice(sample, chosen, base.studies[chosen.study]))
        left_out += [LeftOut(f.finding, _why(chosen, f)) for f in found if f is not chosen]
    return Group(outcome, measure, people, tuple(voices), tuple(left_out))


def _rank(finding: Finding) -> tuple[int, int, str]:
    """The largest group speaks for a sample, then the deepest reading, then the row that stands first."""
    number = f"{int(finding.finding.rsplit('-', 1)[1]):06d}" if finding.finding[-1].isdigit() else finding.finding
    return (-(finding.denominator or 0), DEPTHS.index(finding.depth_seen), finding.citekey + number)


def _first(finding: Finding) -> tuple[int, tuple[int, int, str]]:
    return (last_day(finding.public_on).toordinal(), _rank(finding))


def _latest(finding: Finding) -> tuple[int, tuple[int, int, str]]:
    return (-last_day(finding.public_on).toordinal(), _rank(finding))


VOICES: dict[str, Callable[[Finding], tuple[Any, ...]]] = {LARGEST: _rank, FIRST: _first, NEWEST: _latest}


def _whole_system(base: EvidenceBase, findings: list[Finding]) -> list[Finding]:
    sizes = {f.finding: f.denominator or base.studies[f.study].n or 0 for f in findings}
    return [f for f in findings if sizes[f.finding] >= REGION * max(sizes.values())]


def rank_in_system(finding: Finding) -> tuple[int, int, tuple[int, int, str]]:
    """A surveillance system speaks by its newest reading."""
    return (-measured_year(finding), -last_day(finding.public_on).toordinal(), _rank(finding))


def measured_year(finding: Finding) -> int:
    """The last year that a finding names for itself, else the year in which it became public."""
    named = [int(year) for year in re.findall(r"\b(?:19|20)\d{2}\b", f"{finding.timepoint} {finding.group}")]
    return max(named, default=last_day(finding.public_on).year)


def _why(chosen: Finding, other: Finding) -> str:
    if chosen.study == other.study:
        return f"another group or time of the same study; {chosen.finding} speaks for it"
    return f"shares its sample with {chosen.finding}, which speaks for both"


def directions(base: EvidenceBase, findings: Iterable[Finding]) -> Directions:
    """Count samples by the way they point, each sample once; what was seen second-hand or was withdrawn does not point."""
    ways: dict[str, set[str]] = defaultdict(set)
    for finding in primary(base, findings):
        ways[base.studies[finding.study].sample].add(finding.answers)
    counts = {"yes": 0, "no": 0, "both": 0, "unclear": 0}
    for answers in ways.values():
        pointing = answers & {"yes", "no"}
        counts["both" if len(pointing) > 1 else next(iter(pointing), "unclear")] += 1
    return Directions(**counts)
