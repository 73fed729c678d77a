"""Findings put on one scale: an estimate and its variance, with the conversion that made it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import expit, logit
from scipy.stats import norm

from evidence.records.model import Finding
from evidence.synthesis.choices import ARCSINE, LOGIT

RATIO_MEASURES = ("risk ratio", "relative risk ratio", "odds ratio", "hazard ratio", "rate ratio", "ratio of means")
DIFFERENCE_MEASURES = ("mean difference", "standardised mean difference")
CONFIDENCE_LEVEL = {"95% CI": 0.95, "90% CI": 0.90, "99% CI": 0.99, "95% CrI": 0.95}
# Half an event is added where nobody or everybody had it (Cochrane Handbook, chapter 10), in those samples only.
CONTINUITY = 0.5


@dataclass(frozen=True)
class Effect:
    """An estimate `y` with variance `v` on a scale: ``logit``, ``arcsine``, ``log`` or ``identity``."""

    finding: str
    y: float
    v: float
    scale: str
    conversion: str


def back(scale: str, y: float) -> float:
    """From the scale of analysis to the scale of the finding (shares in percent)."""
    if scale == LOGIT:
        return float(100 * expit(y))
    if scale == ARCSINE:
        return 100 * math.sin(min(max(y, 0.0), math.pi / 2)) ** 2
    return math.exp(y) if scale == "log" else y


def no_effect(measure: str) -> float | None:
    """The value that means no difference, on the scale of analysis; None where there is none."""
    return 0.0 if measure in RATIO_MEASURES + DIFFERENCE_MEASURES else None


def effect(finding: Finding, shares: str = LOGIT) -> Effect | None:
    """Put a finding on the scale on which it can be combined; None when it gives too little.

    Notes
    -----
    Shares go to the logit scale (or the arcsine scale, where asked), ratios to the log scale, means and differences
    stay (viechtbauer2010). A standard error is taken from counts, from a standard deviation, or from
    a printed confidence interval, in this order; nothing is taken from a p value.
    """
    if finding.measure == "proportion":
        return _share(finding) if shares == LOGIT else _arcsine_share(finding)
    if finding.measure in RATIO_MEASURES:
        return _from_interval(finding, "log")
    if finding.measure in DIFFERENCE_MEASURES:
        return _from_interval(finding, "identity")
    if finding.measure == "mean":
        return _mean(finding)
    return None


def _share(finding: Finding) -> Effect | None:
    n = finding.denominator
    if not n:
        return None
    if finding.events is not None:
        events, rest = float(finding.events), float(n - finding.events)
        how = "counts"
        if events == 0 or rest == 0:
            events, rest, how = events + CONTINUITY, rest + CONTINUITY, "counts, half an event added"
        return Effect(finding.finding, math.log(events / rest), 1 / events + 1 / rest, LOGIT, how)
    if finding.value is None or not 0 < finding.value < 100:
        return None
    p = finding.value / 100
    return Effect(finding.finding, float(logit(p)), 1 / (n * p * (1 - p)), LOGIT, "printed percentage and size")


def _arcsine_share(finding: Finding) -> Effect | None:
    """Arcsine of the root of a share: its variance needs the size only, so that nothing is added where nobody had it."""
    n = finding.denominator
    if not n or (finding.events is None and finding.value is None):
        return None
    p = finding.events / n if finding.events is not None else (finding.value or 0.0) / 100
    return Effect(finding.finding, math.asin(math.sqrt(p)), 1 / (4 * n), ARCSINE, "counts or percentage, arcsine")


def _from_interval(finding: Finding, scale: str) -> Effect | None:
    level = CONFIDENCE_LEVEL.get(finding.interval)
    if level is None or finding.value is None or finding.low is None or finding.high is None:
        return None
    numbers = (finding.value, finding.low, finding.high)
    if scale == "log":
        if min(numbers) <= 0:
            return None
        numbers = (math.log(numbers[0]), math.log(numbers[1]), math.log(numbers[2]))
    y, low, high = numbers
    se = (high - low) / (2 * norm.ppf(0.5 + level / 2))
    return Effect(finding.finding, y, float(se**2), scale, f"printed {finding.interval}") if se > 0 else None


def _mean(finding: Finding) -> Effect | None:
    if finding.value is not None and finding.sd and finding.denominator:
        return Effect(
            finding.finding,
            finding.value,
            finding.sd**2 / finding.denominator,
            "identity",
            "standard deviation and size",
        )
    return _from_interval(finding, "identity")
