"""Certainty: where each kind of evidence starts, and every step down with its because.

Levels are GRADE's four. Effects start high for randomised trials and low otherwise (balshem2011);
questions of frequency start high and fall for frame, recruitment and precision (foroutan2020 and iorio2015 for
prognosis; the use for prevalence is our transfer); mechanism climbs a ladder and product quality starts moderate,
both as stated in docs/methods.md. Reasons to go down are GRADE's (schunemann2019). Raising certainty
(guyatt2011d) is left to people, in writing, through overrides.csv.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evidence.records.studies import DRAWN_BY_CHANCE, LaboratoryStudy, Survey
from evidence.rules.tools import OVERALL
from evidence.synthesis.body import Body, Concern
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
)
from evidence.synthesis.imprecision import imprecise_effect, imprecise_share
from evidence.synthesis.registered import is_overdue

LEVELS = ("very low", "low", "moderate", "high")
VERY_LOW, LOW, MODERATE, HIGH = range(4)

# A third or more of the samples on the smaller side is a disagreement, not an exception (ours: docs/methods.md).
SPLIT = 1 / 3
# Shares twenty points apart between samples answer different questions (ours: docs/methods.md).
SHARES_APART = 20.0
# Ratios of the largest to the smallest value from which numbers count as inconsistent (ours: docs/methods.md).
FOLD_APART = 3.0
# Half of the samples: a concern about them is a concern about the body (ours: docs/methods.md).
HALF = 0.5
# Reviews by others start low, since we did not appraise them ourselves; two that agree are the least that is not one
# team's judgement (ours: docs/methods.md).
MIN_REVIEWS = 2

WHERE_EFFECTS_START = {RANDOMISED: HIGH, UNRANDOMISED: LOW, OBSERVATIONAL: LOW, CASES: LOW, PROBABILITY: LOW,
                       SURVEYS: LOW, REVIEWS: LOW}  # fmt: skip
WHERE_MECHANISM_STARTS = {RANDOMISED: HIGH, UNRANDOMISED: HIGH, OBSERVATIONAL: MODERATE, CASES: LOW, PROBABILITY: LOW, SURVEYS: LOW,
                          REVIEWS: LOW, ANIMALS: MODERATE, CELLS: LOW, BINDING: VERY_LOW, PRODUCTS: LOW}  # fmt: skip
PASSIVE_DESIGNS = ("poison-center series", "death registry or post-mortem series", "outbreak or surveillance")
BAD = ("high", "serious", "critical")
PARTS = frozenset({"excerpt", "secondary"})
NO_ANSWER = ("no information", "unclear")
PRODUCTS_AT_RANDOM = "products chosen at random"


@dataclass(frozen=True)
class Certainty:
    """The level, where it started, and the concerns on the way."""

    level: int
    start: int
    concerns: tuple[Concern, ...]

    @property
    def name(self) -> str:
        """The level in GRADE's words."""
        return LEVELS[self.level]


def certainty(kind: str, body: Body) -> Certainty:
    """Certainty of one strand for a kind of question."""
    start, concerns = ROADS[kind](body)
    found = tuple(concern for concern in concerns if concern is not None)
    return Certainty(max(VERY_LOW, start - sum(concern.steps for concern in found)), start, found)


Road = tuple[int, Iterator[Concern | None]]


def _effect(body: Body) -> Road:
    start = WHERE_EFFECTS_START.get(body.strand, VERY_LOW)
    if body.strand == REVIEWS:
        return start, iter((_not_ours(body), _few_reviews(body), _inconsistent_directions(body)))
    return start, iter(
        (
            _no_comparison(body),
            _risk_of_bias(body),
            _inconsistent_directions(body),
            imprecise_effect(body),
            _one_sample(body),
            _unreported(body),
            _seen(body),
        )
    )


def _frequency(body: Body) -> Road:
    return HIGH, iter(
        (_recruitment(body), _inconsistent_values(body), imprecise_share(body), _one_sample(body), _seen(body))
    )


def _mechanism(body: Body) -> Road:
    start = WHERE_MECHANISM_STARTS[body.strand]
    return start, iter((_inconsistent_directions(body), _one_sample(body), _seen(body)))


def _quality(body: Body) -> Road:
    asked = body.base.questions.get(body.question)
    apart = _inconsistent_directions(body)
    if apart is None and asked and not asked.directed:  # how much: numbers far apart are a disagreement too
        apart = _inconsistent_values(body)
    return MODERATE, iter((_chosen(body), _one_sample(body), apart, _seen(body)))


ROADS: dict[str, Callable[[Body], Road]] = {
    "effect": _effect, "frequency": _frequency, "mechanism": _mechanism, "quality": _quality,
}  # fmt: skip


def _not_ours(body: Body) -> Concern | None:
    return Concern(
        "appraisal", 0, "the reviews' own appraisals were not repeated here, for which they start low", "reviews-start"
    )


def _few_reviews(body: Body) -> Concern | None:
    if body.samples < MIN_REVIEWS:
        return Concern(
            "one review",
            1,
            "it rests on a single review or guideline, whose own appraisal we did not repeat",
            "reviews",
        )
    return None


def _no_comparison(body: Body) -> Concern | None:
    if body.strand == CASES:
        return Concern("no comparison", 1, "cases reported one by one have no comparison group", "comparison")
    if body.strand in (SURVEYS, PROBABILITY):
        return Concern(
            "self-report", 1, "it rests on what people say about themselves, without a comparison group", "comparison"
        )
    return None


def _risk_of_bias(body: Body) -> Concern | None:
    overall = {a.study: a.judgement for a in body.base.appraisals if a.domain == OVERALL}
    worst = [overall.get(study.study, "no information") for study in body.studies]
    bad = sum(judgement in BAD for judgement in worst)
    unknown = sum(judgement in NO_ANSWER for judgement in worst)
    if (bad + unknown) / len(worst) < HALF:
        return None
    parts = [f"{bad} of {len(worst)} at high or serious risk of bias"] if bad else []
    parts += (
        [f"{unknown} of {len(worst)} could not be judged from what was seen, or were not appraised"] if unknown else []
    )
    needed = math.floor((bad + unknown) / HALF) - len(worst) + 1
    return Concern("risk of bias", 1, "; ".join(parts), "half", f"with {needed} more at low risk")


def _inconsistent_directions(body: Body) -> Concern | None:
    ways = body.directions
    if ways.pointing > 1 and ways.minority_share >= SPLIT:
        both = f", {ways.both} to both" if ways.both else ""
        return Concern("inconsistency", 1, f"samples point apart: {ways.yes} to yes, {ways.no} to no{both}", "split")
    return None


def _unreported(body: Body) -> Concern | None:
    """Registered studies that ended long ago without results, against the people whose results are there."""
    if body.strand != RANDOMISED:
        return None
    silent = [item for item in body.base.registrations.values()
              if item.question == body.question and is_overdue(item, body.base.today)]  # fmt: skip
    if not silent:
        return None
    planned = sum(item.planned_n or 0 for item in silent)
    names = ", ".join(item.registration for item in silent)
    steps = 1 if planned >= HALF * body.people else 0
    return Concern(
        "publication bias",
        steps,
        f"registered and over for a year without results: {names} ({planned} people)",
        "overdue",
    )


def _seen(body: Body) -> Concern | None:
    """What was seen only in excerpts loses a step, and so do trials of which no full text was seen."""
    if body.depths <= PARTS:
        return Concern("depth seen", 1, "nothing was seen beyond excerpts", "depth", "when an abstract is seen")
    if "full text" not in body.depths:
        step = 1 if body.strand == RANDOMISED else 0
        return Concern("depth seen", step, "no report was seen in full text", "depth", "when one is" if step else "")
    return None


def _recruitment(body: Body) -> Concern | None:
    drawn = sum(isinstance(s, Survey) and s.recruitment == DRAWN_BY_CHANCE for s in body.studies)
    passive = sum(getattr(s, "design", "") in PASSIVE_DESIGNS for s in body.studies)
    if drawn == len(body.studies):
        return None
    if drawn / len(body.studies) >= HALF:
        return Concern(
            "recruitment",
            1,
            f"{len(body.studies) - drawn} of {len(body.studies)} were not drawn by chance",
            "by-chance",
        )
    if passive == len(body.studies):
        return Concern(
            "recruitment",
            1,
            "only what was reported or found is counted; nobody knows how many cases were not",
            "by-chance",
        )
    return Concern("recruitment", 2, f"{len(body.studies) - drawn} of {len(body.studies)} were recruited by choice, not by "
                   "chance, so it is not known whom they stand for", "by-chance")  # fmt: skip


def _inconsistent_values(body: Body) -> Concern | None:
    group = body.groups[0]
    values = [voice.finding.value for voice in group.voices if voice.finding.value is not None]
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    far = group.measure == "proportion" and high - low > SHARES_APART
    if not (far or (low > 0 and high / low > FOLD_APART) or low == 0 < high):
        return None
    return Concern("inconsistency", 1, f"the samples range from {low:g} to {high:g}", "apart" if far else "fold")


def _one_sample(body: Body) -> Concern | None:
    if body.samples > 1:
        return None
    step = 0 if body.strand == PROBABILITY else 1
    return Concern("one sample", step, "it rests on one sample", "one-sample", "with a second sample" if step else "")


def _chosen(body: Body) -> Concern | None:
    random = {a.study for a in body.base.appraisals if a.domain == PRODUCTS_AT_RANDOM and a.judgement == "yes"}
    if any(isinstance(study, LaboratoryStudy) and study.study in random for study in body.studies):
        return None
    return Concern("choice of products", 1, "no analysis is known to have drawn its products by chance", "by-chance")
