"""How large a difference is, by the sizes that a source names for its outcome (santesso2020 asks for size beside certainty).

The sizes and their source are columns of `outcomes.csv`: what is large depends on what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.records.base import EvidenceBase
from evidence.records.model import Outcome
from evidence.synthesis.described import PooledGroup, Summary
from evidence.synthesis.effects import DIFFERENCE_MEASURES
from evidence.synthesis.grouping import Group

# A number that does not bear on the question (another treatment, another outcome) says nothing of the size asked about.
POINTING = ("yes", "no")
SIZES = ("very small", "small", "moderate", "large")


@dataclass(frozen=True)
class SizedGroup:
    """The differences of a group whose outcome has sizes.

    Attributes
    ----------
    steps
        Distances from no difference from which a difference is small, moderate and large, in the unit of the outcome.
    values
        The average where there is one, else what each sample reports; the least good first.
    rows
        Findings behind them.
    """

    outcome: Outcome
    steps: tuple[float, ...]
    values: tuple[float, ...]
    rows: tuple[str, ...]

    def named(self, value: float) -> str:
        """The size of a difference in words; one on the bad side says so unless it is very small."""
        name = size(value, self.steps)
        return f"{name}, the other way" if _good(value, self.outcome) < 0 and name != SIZES[0] else name


def bounds(outcome: Outcome, measure: str, matters: float = 1.0) -> tuple[float, ...]:
    """Distances from no difference at which the size changes its name; empty where no source gives them.

    `matters` is a reader's multiple of them.
    """
    found = (outcome.small, outcome.moderate, outcome.large)
    return tuple(bound * matters for bound in found if bound is not None) if measure in DIFFERENCE_MEASURES else ()


def size(value: float, steps: tuple[float, ...]) -> str:
    """The name of the size of a difference."""
    return SIZES[sum(abs(value) >= step for step in steps)]


def crossed(low: float, high: float, steps: tuple[float, ...]) -> tuple[float, ...]:
    """Bounds, on both sides of no difference, that lie inside an interval."""
    return tuple(bound for bound in sorted([-step for step in steps] + list(steps)) if low < bound < high)


def sized_groups(base: EvidenceBase, groups: Sequence[Group], summaries: Sequence[Summary]) -> Iterator[SizedGroup]:
    """The groups of a strand that have sizes and numbers that point, in their order."""
    for group, summary in zip(groups, summaries, strict=True):
        outcome = base.outcomes[group.outcome]
        steps = bounds(outcome, group.measure)
        heard = [voice.finding for voice in group.voices if voice.finding.answers in POINTING]
        values = [finding.value for finding in heard if finding.value is not None]
        if isinstance(summary, PooledGroup):
            values = [summary.pooled.y]
        if steps and values:
            ordered = sorted(values, key=lambda value: _good(value, outcome))
            yield SizedGroup(outcome, steps, tuple(ordered), tuple(finding.finding for finding in heard))


def _good(value: float, outcome: Outcome) -> float:
    """A difference with the good side up."""
    return {"lower": -value, "higher": value}.get(outcome.better, abs(value))
