"""Imprecision: whether there are people enough to see what is asked about, and how closely a share is known."""

from __future__ import annotations

import math
from bisect import bisect_left

from scipy.stats import norm

from evidence.synthesis.body import Body, Concern
from evidence.synthesis.described import PooledGroup, Summary
from evidence.synthesis.effects import effect, no_effect
from evidence.synthesis.grouping import Group
from evidence.synthesis.sizes import bounds, crossed, size

# The size a trial needs to see a standardised difference of 0.5 (higgins2011 calls it moderate; kce names it as the
# fall-back threshold), at the usual alpha and power (clarityresearch). guyatt2011a asks for such an information size.
MEDIUM_DIFFERENCE, ALPHA, POWER = 0.5, 0.05, 0.80
# Far below that size is more than one level (zeng2022); that a quarter is far below is ours (docs/methods.md).
FAR_BELOW = 0.25
# Under a tenth of it is three levels, GRADE's extremely serious imprecision (zeng2022); that it is a tenth is ours.
HARDLY_ANYONE = 0.1
# Points from a share to the farther end of its interval, each of which that is exceeded is a step: no better than five
# points is imprecise, ten very much so, twenty says hardly anything (ours: docs/methods.md).
WIDE_SHARES = (5.0, 10.0, 20.0)
# No sample needs more people than this to know a share to five points.
MOST_PEOPLE = 10_000
# Imprecision takes away three levels at most (zeng2022).
MOST_STEPS = 3
# With n people and no event, a risk under 3/n still fits at 95% (arithmetic): a harm of 1 in 100 needs 300.
RULE_OF_THREE, HARM_IN_100 = 3, 1.0


def information_size(difference: float = MEDIUM_DIFFERENCE) -> int:
    """People in both groups together that a trial needs to see a standardised difference."""
    z = norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER)
    return 2 * math.ceil(2 * z**2 / difference**2)


def seen_harm(in_100: float = HARM_IN_100) -> int:
    """People in whom a harm of that many in 100 is seen at least once, at 95%."""
    return math.ceil(RULE_OF_THREE * 100 / in_100)


def _people(body: Body) -> str:
    return f"{body.people:,} {'person' if body.people == 1 else 'people'}"


def imprecise_effect(body: Body) -> Concern | None:
    """The interval against the sizes that matter, and the people against the information size: the worse of the two.

    The interval is looked at first, each bound inside it being a step (zeng2022); an interval that crosses none may still
    come from too few people (guyatt2011a).
    """
    found = [concern for concern in (_wide_interval(body), _few_people(body)) if concern]
    return max(found, key=lambda concern: concern.steps, default=None)


def _few_people(body: Body) -> Concern | None:
    matters = body.choices.matters
    wanted = seen_harm(HARM_IN_100 * matters) if body.harm else information_size(MEDIUM_DIFFERENCE * matters)
    harm, difference = f"{HARM_IN_100 * matters:g} in 100", f"{MEDIUM_DIFFERENCE * matters:g} standard deviations"
    what = f"a harm of {harm}" if body.harm else f"a difference of {difference}"
    limits = ((HARDLY_ANYONE, "under a tenth of"), (FAR_BELOW, "under a quarter of"), (1.0, "fewer than"))
    for place, (part, words) in enumerate(limits):
        if body.people < wanted * part:
            because = f"{_people(body)} in all, {words} the {wanted} that {what} needs"
            size_named = "seen-harm" if body.harm else "information-size"
            relief = f"from {math.ceil(wanted * part)} people on"
            return Concern("imprecision", len(limits) - place, because, size_named, relief)
    return None


def _wide_interval(body: Body) -> Concern | None:
    """The interval of the first group that has one: pooled, or the one its only sample printed."""
    for group, summary in zip(body.groups, body.summaries, strict=True):
        null, ends = no_effect(group.measure), _interval(group, summary)
        if null is None or ends is None:
            continue
        steps = bounds(body.base.outcomes[group.outcome], group.measure, body.choices.matters)
        return _crossing(*ends, steps) if steps else _no_difference(*ends, null)
    return None


def _interval(group: Group, summary: Summary) -> tuple[float, float] | None:
    """Ends of the 95% interval on the scale of analysis."""
    if isinstance(summary, PooledGroup):
        return summary.pooled.low, summary.pooled.high
    only = effect(group.voices[0].finding) if len(group.voices) == 1 else None
    half = float(norm.ppf(0.975)) * math.sqrt(only.v) if only else 0.0
    return (only.y - half, only.y + half) if only else None


def _no_difference(low: float, high: float, null: float) -> Concern | None:
    return (
        Concern("imprecision", 1, "the interval includes no difference", "no-difference") if low < null < high else None
    )


def _crossing(low: float, high: float, steps: tuple[float, ...]) -> Concern | None:
    inside = crossed(low, high, steps)
    if not inside:
        return None
    because = f"the interval runs from {low:.3g} ({size(low, steps)}) to {high:.3g} ({size(high, steps)})"
    nearest = min(inside, key=lambda bound: min(bound - low, high - bound))
    return Concern("imprecision", min(len(inside), MOST_STEPS), because, "sizes", f"if it stopped at {nearest:g}")


def imprecise_share(body: Body) -> Concern | None:
    """How far from its share the interval of the largest sample reaches, against `WIDE_SHARES`."""
    group = body.groups[0]
    if group.measure != "proportion":
        return None
    best = max(group.voices, key=lambda voice: voice.size)
    if best.finding.value is None or not best.size:
        return Concern("imprecision", 1, "the size of the largest sample was not seen", "wide-shares")
    share, n = best.finding.value / 100, best.size
    far = _reach(share, n)
    steps = sum(far > limit for limit in WIDE_SHARES)
    if not steps:
        return None
    limit = WIDE_SHARES[steps - 1]
    enough = bisect_left(range(n, MOST_PEOPLE), -limit, key=lambda size: -_reach(share, size)) + n
    return Concern("imprecision", steps, f"the largest sample ({n}) knows the share only to {far:.0f} points", "wide-shares",
                   f"from {enough} people on")  # fmt: skip


def _reach(share: float, n: int) -> float:
    """Points from a share to the farther end of its 95% interval (wilson1927), which stays within 0 and 100%."""
    z = float(norm.ppf(0.975))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return 100 * max(share - middle + half, middle + half - share)
