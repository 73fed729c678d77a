"""Pooled or described: one number where it is honest, else the range, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidence.records.studies import Survey
from evidence.synthesis.effects import Effect, effect
from evidence.synthesis.grouping import DRAWN_BY_CHANCE, Group
from evidence.synthesis.pooling import Pooled, pool

# Two or three estimates give an interval that says nothing (rover2015): from three on a pooled line is shown.
MIN_POOLED = 3
# A group of surveys is pooled only if every sample was drawn by chance: a mean of self-selected
# crowds estimates nothing that can be named (munn2015, domains 1 and 2).


@dataclass(frozen=True)
class Described:
    """The range of what the voices report, and why they were not pooled."""

    k: int
    low: float | None
    high: float | None
    reason: str


@dataclass(frozen=True)
class PooledGroup:
    """A pooled result with the effects behind it, each bound to its finding."""

    pooled: Pooled
    effects: tuple[Effect, ...]
    scale: str


Summary = PooledGroup | Described


def summarise(group: Group) -> Summary:
    """Pool a group where that is honest; otherwise describe its range and say why."""
    effects = [effect(voice.finding) for voice in group.voices]
    reason = _reason_not_to_pool(group, effects)
    if reason:
        values = [value for voice in group.voices for value in _ends(voice.finding.value, voice.finding)]
        return Described(len(group.voices), min(values, default=None), max(values, default=None), reason)
    whole = tuple(item for item in effects if item is not None)
    y, v = np.array([item.y for item in whole]), np.array([item.v for item in whole])
    return PooledGroup(pool(y, v), whole, whole[0].scale)


def _ends(value: float | None, finding: object) -> list[float]:
    if value is not None:
        return [value]
    ends = (getattr(finding, "low", None), getattr(finding, "high", None))
    return [end for end in ends if end is not None]


def _reason_not_to_pool(group: Group, effects: list[Effect | None]) -> str:
    if len(group.voices) < MIN_POOLED:
        count = len(group.voices)
        return "only one sample" if count == 1 else f"only {count} independent samples"
    if any(item is None for item in effects):
        return "some samples give neither counts nor an interval"
    if any(isinstance(v.study, Survey) and v.study.recruitment != DRAWN_BY_CHANCE for v in group.voices):
        return "the samples were recruited in unlike ways, not drawn by chance"
    if any(not isinstance(v.study, Survey) and group.measure in ("proportion", "mean") for v in group.voices):
        return "the samples are series of unlike cases, not drawn from one population"
    return ""
