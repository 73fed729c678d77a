"""What would move a verdict: losing a study, or gaining one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.dates import last_day
from evidence.records.model import Appraisal, Finding, SecondExtraction
from evidence.records.studies import DRAWN_BY_CHANCE, LaboratoryStudy, Study, Survey, Trial
from evidence.rules.tools import OVERALL
from evidence.synthesis.answers import Answer, answer, compute
from evidence.synthesis.grouping import REVIEWS
from evidence.synthesis.verdicts import KNOWN, UNCERTAIN, UNSTUDIED

# Sizes that are tried for a new study (ours).
SIZES = (10, 20, 30, 40, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 2000, 5000)
IMAGINED = "imagined0000"
Imagined = tuple[Study, Finding, tuple[Appraisal, ...]]


@dataclass(frozen=True)
class Loss:
    """A study without which the verdict would be another."""

    study: str
    verdict: str


@dataclass(frozen=True)
class Gain:
    """What one more study of a design would do.

    Attributes
    ----------
    design
        In words.
    points
        ``yes`` or ``no``; empty for a question of how much, where it finds what the others found.
    steps
        The sizes from which the verdict would be another, with that verdict, smallest first. A verdict that is no firmer
        than very uncertain is not a step.
    """

    design: str
    points: str
    steps: tuple[tuple[int, str], ...]


def losses(base: EvidenceBase, question: str) -> tuple[Loss, ...]:
    """Studies without which the verdict would be another, in the order of the page: each is left out in turn."""
    ours = answer(base, question)
    found = []
    for study in dict.fromkeys(finding.study for finding in ours.findings):
        then = compute(base.without(f.finding for f in base.findings_by_study[study]), question)
        if then.verdict.computed != ours.verdict.computed:
            found.append(Loss(study, then.verdict.computed))
    return tuple(found)


def gains(base: EvidenceBase, question: str) -> tuple[Gain, ...]:
    """What one more study of each design would do to a verdict below KNOWN, by size, through the same rules."""
    ours = answer(base, question)
    if ours.verdict.computed == KNOWN or ours.question.kind not in DESIGNS or _by_reviews(ours):
        return ()
    return tuple(
        Gain(design, points, _steps(ours, points, imagine)) for design, points, imagine in DESIGNS[ours.question.kind]
    )


def _by_reviews(ours: Answer) -> bool:
    """Where reviews by others decide, one trial more would stand beside all those that they hold: nothing to imagine."""
    return ours.deciding is not None and ours.deciding.name == REVIEWS


def _steps(ours: Answer, points: str, imagine: Callable[[Answer, str, int], Imagined]) -> tuple[tuple[int, str], ...]:
    steps: list[tuple[int, str]] = []
    here = ours.verdict.computed
    for size in SIZES:
        then = compute(_with(ours.base, *imagine(ours, points, size)), ours.question.question).verdict.computed
        if then != here and then not in (UNSTUDIED, UNCERTAIN):
            steps.append((size, then))
        here = then
    return tuple(steps)


def _with(base: EvidenceBase, study: Study, finding: Finding, appraisals: tuple[Appraisal, ...]) -> EvidenceBase:
    return replace(
        base,
        studies={**base.studies, study.study: study},
        findings={**base.findings, finding.finding: finding},
        second_extractions={
            **base.second_extractions,
            finding.finding: _blank(SecondExtraction, finding=finding.finding),
        },
        appraisals=(*base.appraisals, *appraisals),
    )


def _trial(ours: Answer, points: str, size: int) -> Imagined:
    """A randomised trial at low risk of bias, read in full."""
    study = _blank(Trial, table="trials", n=size, allocation="randomised", design="parallel randomised")
    judged = _blank(Appraisal, study=IMAGINED, tool="RoB 2", domain=OVERALL, judgement="low")
    return study, _finding(ours, points, size), (judged,)


def _survey(ours: Answer, points: str, size: int) -> Imagined:
    """A sample drawn by chance that finds what the deciding evidence found."""
    study = _blank(Survey, table="surveys", n=size, recruitment=DRAWN_BY_CHANCE)
    return study, _finding(ours, points, size), ()


def _products(ours: Answer, points: str, size: int) -> Imagined:
    """Products drawn at random, that show what the others showed."""
    study = _blank(LaboratoryStudy, table="laboratory", n=size, level="products")
    judged = _blank(Appraisal, study=IMAGINED, tool="product set", domain="products chosen at random", judgement="yes")
    return study, _finding(ours, points, size), (judged,)


Design = tuple[str, str, Callable[[Answer, str, int], Imagined]]
TRIAL, SURVEY = (
    "a randomised trial at low risk of bias",
    "a survey of a sample drawn by chance",
)
PRODUCTS = "an analysis of products drawn at random"
DESIGNS: dict[str, tuple[Design, ...]] = {
    "effect": ((TRIAL, "yes", _trial), (TRIAL, "no", _trial)),
    "mechanism": ((TRIAL, "yes", _trial), (TRIAL, "no", _trial)),
    "frequency": ((SURVEY, "", _survey),),
    "quality": ((PRODUCTS, "", _products),),
}


def _finding(ours: Answer, points: str, size: int) -> Finding:
    """A finding on the main outcome; a number where the others have one, at their middle."""
    voices = [v.finding for v in ours.deciding.groups[0].voices if v.finding.value is not None] if ours.deciding else []
    middle = sorted(voices, key=lambda finding: finding.value or 0)[len(voices) // 2] if voices else None
    known = (
        {}
        if points or middle is None
        else {"outcome": middle.outcome, "measure": middle.measure, "value": middle.value}
    )
    if not points and middle is None:
        known = {"outcome": ours.question.main_outcome, "measure": "proportion", "value": 50.0}
    return _blank(
        Finding, question=ours.question.question, citekey=IMAGINED, finding=f"{IMAGINED}-1", denominator=size,
        answers=points or (middle.answers if middle else "descriptive"), depth_seen="full text",
        public_on=_newest(ours), recorded_on=ours.base.today, **({"outcome": "imagined", "measure": "direction only"} | known),
    )  # fmt: skip


def _newest(ours: Answer) -> str:
    return max((finding.public_on for finding in ours.findings), key=last_day, default="2000")


def _blank(kind: type[Any], **known: Any) -> Any:
    """A record with nothing in it but what is said."""
    empty = {"study": IMAGINED, "sample": IMAGINED, "citekey": IMAGINED, "other_reports": (), "where": Location("", 0)}
    values = {item.name: (empty | known).get(item.name, _nothing(str(item.type))) for item in fields(kind)}
    return kind(**values)


def _nothing(annotation: str) -> object:
    return None if "None" in annotation else ""
