"""Every number that decides something, with its value from the code that uses it and its source.

For the methods page, docs/methods.md, and the road of a question page, which links each step to its threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.synthesis import certainty as c
from evidence.synthesis import imprecision as i
from evidence.synthesis.described import MIN_POOLED
from evidence.synthesis.pooling import PREDICTION
from evidence.synthesis.registered import DUE_DAYS
from evidence.synthesis.small_studies import MIN_STUDIES

OURS = "ours"


@dataclass(frozen=True)
class Threshold:
    """One number that decides.

    Attributes
    ----------
    name
        What a concern calls it by.
    what
        What it decides.
    value
        The number.
    source
        Keys in references/methods.bib, and what of it is ours.
    """

    name: str
    what: str
    value: str
    source: str


_MEDIUM = f"People needed to see a standardised difference of {i.MEDIUM_DIFFERENCE} (alpha {i.ALPHA}, power {i.POWER})"
_PART = "Part of these sizes under which imprecision counts"
_SHARE = "Points from a share to the farther end of its interval from which imprecision counts once, twice, three times"

THRESHOLDS = (
    Threshold("split", "Samples on the smaller side from which evidence is contested", f"{c.SPLIT:.0%}", OURS),
    Threshold("information-size", _MEDIUM, str(i.information_size()), "guyatt2011a, higgins2011, kce, clarityresearch"),
    Threshold(
        "seen-harm", "People in whom a harm of 1 in 100 is seen", str(i.seen_harm()), "arithmetic; the 1 in 100 is ours"
    ),
    Threshold("far-below", f"{_PART} twice", f"{i.FAR_BELOW:.0%}", "zeng2022; the quarter is ours"),
    Threshold("hardly-anyone", f"{_PART} three times", f"{i.HARDLY_ANYONE:.0%}", "zeng2022; the tenth is ours"),
    Threshold("sizes", "Named sizes inside an interval: a step each, at most", str(i.MOST_STEPS), "zeng2022"),
    Threshold(
        "no-difference", "An interval that includes no difference, where no source names sizes", "1 step", "guyatt2011a"
    ),
    Threshold(
        "wide-shares",
        _SHARE,
        f"{', '.join(f'{limit:g}' for limit in i.WIDE_SHARES)} points",
        "wilson1927; the points are ours",
    ),
    Threshold("apart", "Distance from which shares are inconsistent", f"{c.SHARES_APART:g} points", OURS),
    Threshold("fold", "Ratio from which other numbers are inconsistent", f"{c.FOLD_APART:g}-fold", OURS),
    Threshold(
        "half", "Part of the studies from which a concern about them is one about the body", f"{c.HALF:.0%}", OURS
    ),
    Threshold(
        "overdue",
        "Days after primary completion at which results are overdue",
        str(DUE_DAYS),
        "schunemann2019 for the reason; the days are ours",
    ),
    Threshold("one-sample", "A finding nobody repeated, but for surveys drawn by chance", "1 step", OURS),
    Threshold("comparison", "What people say of themselves, or cases, without a comparison group", "1 step", OURS),
    Threshold(
        "by-chance",
        "People or products recruited by choice; half of them by chance, or only what was reported",
        "2 steps; 1 step",
        "munn2015 for the reason; the steps are ours",
    ),
    Threshold("depth", "Nothing seen beyond excerpts; a trial of which no full text was seen", "1 step", OURS),
    Threshold("reviews", "Reviews needed without a step down", str(c.MIN_REVIEWS), OURS),
    Threshold("reviews-start", "Where reviews by others start", c.LEVELS[c.WHERE_EFFECTS_START[c.REVIEWS]], OURS),
    Threshold("pooled", "Samples needed before anything is pooled", str(MIN_POOLED), "rover2015"),
    Threshold(
        "small-studies",
        "Studies needed before small ones are compared with large ones",
        str(MIN_STUDIES),
        "the usual floor; its source was not seen",
    ),
    Threshold("prediction", "Prediction interval", PREDICTION, "higgins2009"),
)


def starts() -> tuple[tuple[str, str, str], ...]:
    """Where certainty starts for each kind of evidence: in a question of effect, and of mechanism."""
    effects, mechanism = c.WHERE_EFFECTS_START, c.WHERE_MECHANISM_STARTS
    kinds = dict.fromkeys((*effects, *mechanism))
    return tuple((kind, _level(effects.get(kind)), _level(mechanism.get(kind))) for kind in kinds)


def _level(level: int | None) -> str:
    return "indirect" if level is None else c.LEVELS[level]
