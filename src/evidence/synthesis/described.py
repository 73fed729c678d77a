"""Pooled or described: one number where it is honest, else the range, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evidence.records.studies import DRAWN_BY_CHANCE, Survey
from evidence.synthesis.choices import OURS, Choices
from evidence.synthesis.effects import Effect, effect
from evidence.synthesis.grouping import REVIEWS, SHARE, Group, strand_of
from evidence.synthesis.onestage import pool_shares
from evidence.synthesis.pooling import MIN_STUDIES, ONE_STAGE, T_INTERVAL, Pooled, pool, typical_variance

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


def summarise(group: Group, choices: Choices = OURS) -> Summary:
    """Pool a group where that is honest; otherwise describe its range and say why."""
    effects = [effect(voice.finding, choices.shares) for voice in group.voices]
    reason = _why_not(group, effects, anyway=choices.anyway)
    if reason:
        values = [value for voice in group.voices for value in _ends(voice.finding.value, voice.finding)]
        return Described(len(group.voices), min(values, default=None), max(values, default=None), reason)
    whole = tuple(item for item in effects if item is not None)
    y, v = np.array([item.y for item in whole]), np.array([item.v for item in whole])
    two_step = pool(y, v, method=choices.method, interval=choices.interval)
    pooled = _one_stage(group, two_step, v) if choices.combines_as_ours else two_step
    return PooledGroup(pooled, whole, whole[0].scale)


def _one_stage(group: Group, two_step: Pooled, v: NDArray[np.float64]) -> Pooled:
    """Shares with counts are pooled in one stage (stijnen2010); Q and the tau2 interval stay those of the two-step model."""
    counts = [(voice.finding.events, voice.finding.denominator) for voice in group.voices]
    x, n = (np.array([float(pair[i] or 0) for pair in counts]) for i in (0, 1))
    if group.measure != SHARE or any(None in pair for pair in counts) or x.sum() in (0.0, n.sum()):
        return two_step
    found = pool_shares(x, n)
    return replace(
        two_step, y=found.mu, se=found.se, low=found.low, high=found.high, tau2=found.tau2, pi_low=found.pi_low,
        pi_high=found.pi_high, i2=100 * found.tau2 / (found.tau2 + typical_variance(v)), guarded=False,
        method=ONE_STAGE, interval=T_INTERVAL,
    )  # fmt: skip


def _ends(value: float | None, finding: object) -> list[float]:
    if value is not None:
        return [value]
    ends = (getattr(finding, "low", None), getattr(finding, "high", None))
    return [end for end in ends if end is not None]


def _why_not(group: Group, effects: list[Effect | None], *, anyway: bool) -> str:
    """Why a group is not averaged; empty where it is. `anyway` passes over what is unwise, never over what is impossible."""
    if any(strand_of(voice.study) == REVIEWS for voice in group.voices):
        return "reviews share their trials, and an average would count these again"
    count = len(group.voices)
    if count < (MIN_STUDIES if anyway else MIN_POOLED):
        return "only one sample" if count == 1 else f"only {count} independent samples"
    if any(item is None for item in effects):
        return "some samples give neither counts nor an interval"
    return "" if anyway else _unlike(group)


def _unlike(group: Group) -> str:
    """Why the samples of a group have no mean that can be named."""
    if any(isinstance(v.study, Survey) and v.study.recruitment != DRAWN_BY_CHANCE for v in group.voices):
        return "the samples were recruited in unlike ways, not drawn by chance"
    if any(not isinstance(v.study, Survey) and group.measure in ("proportion", "mean") for v in group.voices):
        return "the samples are series of unlike cases, not drawn from one population"
    return ""
