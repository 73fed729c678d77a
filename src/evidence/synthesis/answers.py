"""The answer to a question: strands of evidence, the one that decides, certainty and verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from evidence.records.base import EvidenceBase
from evidence.records.model import Discrepancy, Finding, Jurisdiction, Question, Registration
from evidence.synthesis.body import Body
from evidence.synthesis.certainty import Certainty, certainty
from evidence.synthesis.choices import OURS, Choices
from evidence.synthesis.described import Summary, summarise
from evidence.synthesis.grouping import (
    ANIMALS,
    BINDING,
    CASES,
    CELLS,
    OBSERVATIONAL,
    PROBABILITY,
    PRODUCTS,
    RANDOMISED,
    REVIEWS,
    SURVEYS,
    UNRANDOMISED,
    Directions,
    Group,
    directions,
    groups,
    primary,
    strands,
)
from evidence.synthesis.imprecision import HARM_IN_100, seen_harm
from evidence.synthesis.status import judge_status
from evidence.synthesis.verdicts import CONTESTED, UNSTUDIED, Verdict, judge

# Which strand decides, by kind of question: the first that has evidence and can decide (see `_decides`). A kind of
# evidence that is not named is indirect.
ORDER = {
    "effect": (RANDOMISED, OBSERVATIONAL, PROBABILITY, UNRANDOMISED, CASES, SURVEYS, REVIEWS),
    "frequency": (PROBABILITY, SURVEYS, OBSERVATIONAL, UNRANDOMISED, RANDOMISED, CASES, REVIEWS),
    "mechanism": (RANDOMISED, UNRANDOMISED, OBSERVATIONAL, ANIMALS, CELLS, BINDING, CASES),
    "quality": (PRODUCTS, OBSERVATIONAL, PROBABILITY, SURVEYS, CASES, REVIEWS),
}
DAYS_PER_MONTH = 30.44


@dataclass(frozen=True)
class Strand:
    """Evidence of one kind on one question."""

    name: str
    findings: tuple[Finding, ...]
    groups: tuple[Group, ...]
    summaries: tuple[Summary, ...]
    directions: Directions
    certainty: Certainty | None
    samples: int
    people: int

    @property
    def direct(self) -> bool:
        """Whether this kind of evidence can answer the question at all."""
        return self.certainty is not None


@dataclass(frozen=True)
class Answer:
    """What the evidence says about a question.

    Attributes
    ----------
    strands
        By kind of evidence, the deciding one first, indirect ones last.
    deciding
        The strand whose certainty and agreement gave the verdict; None when nothing direct was seen.
    entries
        Legal entries, for questions of status.
    """

    base: EvidenceBase
    question: Question
    strands: tuple[Strand, ...]
    deciding: Strand | None
    entries: tuple[Jurisdiction, ...]
    verdict: Verdict
    registrations: tuple[Registration, ...]
    discrepancies: tuple[Discrepancy, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding on the question, used or left out."""
        return tuple(finding for strand in self.strands for finding in strand.findings)

    @property
    def lean(self) -> str:
        """Where the computed verdict points: ``yes``, ``no`` or ``neither``; empty where there is nothing to point with."""
        if self.deciding is None or not self.question.directed or self.verdict.computed in (CONTESTED, UNSTUDIED):
            return ""
        return self.deciding.directions.lean

    @property
    def last_looked(self) -> date:
        """The newest day on which something was recorded or checked for this question."""
        days = [finding.recorded_on for finding in self.findings] + [entry.checked_on for entry in self.entries]
        return max(days, default=self.question.recorded_on)

    def is_stale(self, day: date) -> bool:
        """Whether the last look is longer ago than the question allows."""
        return (day - self.last_looked).days > self.question.review_months * DAYS_PER_MONTH


@lru_cache(maxsize=4096)
def answer(base: EvidenceBase, question: str) -> Answer:
    """Answer one question from the base.

    Raises
    ------
    UnknownIdError
        If there is no such question.
    """
    return compute(base, question)


def compute(base: EvidenceBase, question: str, choices: Choices = OURS) -> Answer:
    """Answer one question under stated choices; `answer` keeps the answers under ours."""
    asked = base.question(question)
    entries = tuple(entry for entry in base.jurisdictions.values() if entry.question == question)
    made = _strands(base, asked, choices)
    deciding = made[0] if made and made[0].direct else None
    return Answer(
        base=base,
        question=asked,
        strands=made,
        deciding=deciding,
        entries=entries,
        verdict=_verdict(base, asked, deciding, entries),
        registrations=tuple(item for item in base.registrations.values() if item.question == question),
        discrepancies=tuple(item for item in base.discrepancies if item.question == question),
    )


def answers(base: EvidenceBase) -> tuple[Answer, ...]:
    """All answers, in the order of the table of questions."""
    return tuple(answer(base, name) for name in base.questions)


def _strands(base: EvidenceBase, question: Question, choices: Choices) -> tuple[Strand, ...]:
    """All strands, the deciding one first, direct ones before indirect ones."""
    found = strands(base, question.question)
    order = ORDER.get(question.kind, ())
    names = [name for name in order if name in found] + [name for name in found if name not in order]
    made = [_strand(base, question, name, found[name], choices) for name in names]
    direct = [strand for strand in made if strand.direct]
    pointing = [strand for strand in direct if strand.directions.pointing]
    first: Strand | None
    if question.kind == "mechanism" and pointing:
        # Kinds of evidence on a mechanism complete each other: the most certain decides, the first in order among equals.
        first = max(pointing, key=_level)
    else:
        first = next(
            (strand for strand in direct if _decides(question, strand, choices)), next(iter(pointing or direct), None)
        )
    return tuple(sorted(made, key=lambda strand: (strand is not first, not strand.direct, names.index(strand.name))))


def _level(strand: Strand) -> int:
    return strand.certainty.level if strand.certainty else -1


def _decides(question: Question, strand: Strand, choices: Choices) -> bool:
    """Whether a strand can decide, or the next kind of evidence has to be asked.

    A strand that points nowhere decides nothing while another points somewhere. Studies that saw no harm in fewer people
    than a harm of 1 in 100 needs do not decide against it while others point to it.
    A question of how much is decided where its main outcome is.
    """
    if not question.directed:
        return not question.main_outcome or strand.groups[0].outcome == question.main_outcome
    small = question.valence == "harm" and strand.people < seen_harm(HARM_IN_100 * choices.matters)
    return strand.directions.pointing > 0 and not (small and strand.directions.lean == "no")


def _strand(base: EvidenceBase, question: Question, name: str, findings: list[Finding], choices: Choices) -> Strand:
    made = groups(base, findings, question.main_outcome, choices.voice)
    summaries = tuple(summarise(group, choices) for group in made)
    ways = directions(base, findings)
    seen = primary(base, findings) or findings
    everyone = [base.studies[key] for key in dict.fromkeys(finding.study for finding in seen)]
    counted = not question.directed
    heard = [voice.study for voice in made[0].voices] if counted else everyone
    depths = (
        frozenset(voice.finding.depth_seen for voice in made[0].voices)
        if counted
        else frozenset(f.depth_seen for f in seen)
    )
    body = Body(base, question.question, name, question.valence == "harm", tuple(heard), made, summaries, ways, depths,
                choices)  # fmt: skip
    silent_review = name == REVIEWS and not counted and not ways.pointing
    direct = name in ORDER.get(question.kind, ()) and bool(primary(base, findings)) and not silent_review
    level = certainty(question.kind, body) if direct else None
    whole = replace(body, studies=tuple(everyone))
    return Strand(name, tuple(findings), made, summaries, ways, level, whole.samples, whole.people)


def _verdict(
    base: EvidenceBase, question: Question, deciding: Strand | None, entries: tuple[Jurisdiction, ...]
) -> Verdict:
    if question.kind == "status":
        computed = judge_status(entries)
    else:
        ways = deciding.directions if deciding else Directions()
        computed = judge(deciding.certainty if deciding else None, ways, directed=question.directed)
    override = base.overrides.get(question.question)
    if override and override.expected == computed.name:
        return replace(computed, name=override.chosen, override=override.reason)
    return computed
