"""A researcher's own table turned into estimates and variances, as metafor's `escalc` does it (viechtbauer2010).

Columns bear metafor's names or plain ones; each measure says which columns it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from evidence.errors import PoolingError

Array = NDArray[np.float64]
Columns = dict[str, Array]

# Added to all four cells of a table that holds a zero, and to no other table (Cochrane Handbook, chapter 10: deeks2019).
CONTINUITY = 0.5


@dataclass(frozen=True)
class Measure:
    """How a kind of table becomes estimates.

    Attributes
    ----------
    columns
        Names it takes, in order; `ALIASES` gives the plain ones.
    scale
        Scale of the estimate: ``log``, ``logit``, ``arcsine``, ``fisher`` (z) or ``identity``.
    words
        What the pooled number is.
    make
        From columns to estimates and variances.
    """

    columns: tuple[str, ...]
    scale: str
    words: str
    make: Callable[..., tuple[Array, Array]]


ALIASES = {"events": "xi", "total": "ni", "events1": "ai", "total1": "n1i", "events2": "ci", "total2": "n2i",
           "mean1": "m1i", "sd1": "sd1i", "n1": "n1i", "mean2": "m2i", "sd2": "sd2i", "n2": "n2i", "n": "ni",
           "time": "ti", "time1": "t1i", "time2": "t2i", "correlation": "ri", "x1i": "ai", "x2i": "ci", "m1": "m1i", "m2": "m2i",
           "estimate": "yi", "variance": "vi"}  # fmt: skip


def _two_by_two(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array, Array, Array]:
    b, d = n1 - a, n2 - c
    add = np.where((a == 0) | (b == 0) | (c == 0) | (d == 0), CONTINUITY, 0.0)
    return a + add, b + add, c + add, d + add


def _risk_ratio(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array]:
    a, b, c, d = _two_by_two(a, n1, c, n2)
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def _odds_ratio(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array]:
    a, b, c, d = _two_by_two(a, n1, c, n2)
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def _risk_difference(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array]:
    a, b, c, d = _two_by_two(a, n1, c, n2)
    p1, p2 = a / (a + b), c / (c + d)
    return p1 - p2, p1 * (1 - p1) / (a + b) + p2 * (1 - p2) / (c + d)


def _peto(a: Array, n1: Array, c: Array, n2: Array) -> tuple[Array, Array]:
    """Peto's log odds ratio: observed minus expected over the hypergeometric variance; no continuity correction."""
    n, events = n1 + n2, a + c
    variance = n1 * n2 * events * (n - events) / (n**2 * (n - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (a - n1 * events / n) / variance, 1 / variance


def _mean_difference(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> tuple[Array, Array]:
    return m1 - m2, s1**2 / n1 + s2**2 / n2


def _standardised(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> tuple[Array, Array]:
    """Hedges' g with the exact correction (hedges1981) and its large-sample variance."""
    df = n1 + n2 - 2
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    g = _exact_correction(df) * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def _exact_correction(df: Array) -> Array:
    """What takes the bias from a standardised difference with that many degrees of freedom (hedges1981)."""
    return np.asarray(np.exp(gammaln(df / 2) - 0.5 * np.log(df / 2) - gammaln((df - 1) / 2)))


def _ratio_of_means(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> tuple[Array, Array]:
    return np.log(m1 / m2), s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2)


def _rate(x: Array, time: Array) -> tuple[Array, Array]:
    x = np.where(x == 0, CONTINUITY, x)
    return np.log(x / time), 1 / x


def _rate_ratio(x1: Array, t1: Array, x2: Array, t2: Array) -> tuple[Array, Array]:
    add = np.where((x1 == 0) | (x2 == 0), CONTINUITY, 0.0)
    x1, x2 = x1 + add, x2 + add
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


def _correlation(r: Array, n: Array) -> tuple[Array, Array]:
    return r, (1 - r**2) ** 2 / (n - 1)


def _fisher(r: Array, n: Array) -> tuple[Array, Array]:
    return np.arctanh(r), 1 / (n - 3)


def _change(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> tuple[Array, Array]:
    """Mean change of the same people; `r` is the correlation of the two measurements."""
    return m1 - m2, (s1**2 + s2**2 - 2 * r * s1 * s2) / n


def _change_in_change_sd(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> tuple[Array, Array]:
    g = _exact_correction(n - 1) * (m1 - m2) / np.sqrt(s1**2 + s2**2 - 2 * r * s1 * s2)
    return g, 1 / n + g**2 / (2 * n)


def _change_in_raw_sd(m1: Array, s1: Array, m2: Array, s2: Array, n: Array, r: Array) -> tuple[Array, Array]:
    g = _exact_correction(n - 1) * (m1 - m2) / s1
    return g, 2 * (1 - r) / n + g**2 / (2 * n)


def _raw_share(x: Array, n: Array) -> tuple[Array, Array]:
    x, n = _counted(x, n)
    p = x / n
    return p, p * (1 - p) / n


def _logit_share(x: Array, n: Array) -> tuple[Array, Array]:
    x, n = _counted(x, n)
    return np.log(x / (n - x)), 1 / x + 1 / (n - x)


def _arcsine_share(x: Array, n: Array) -> tuple[Array, Array]:
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


def _counted(x: Array, n: Array) -> tuple[Array, Array]:
    extreme = (x == 0) | (x == n)
    return np.where(extreme, x + CONTINUITY, x), np.where(extreme, n + 2 * CONTINUITY, n)


_TWO_ARMS = ("ai", "n1i", "ci", "n2i")
_TWO_MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
_PAIRED = ("m1i", "sd1i", "m2i", "sd2i", "ni", "ri")
MEASURES = {
    "GEN": Measure(("yi", "vi"), "identity", "estimate", lambda y, v: (y, v)),
    "RR": Measure(_TWO_ARMS, "log", "risk ratio", _risk_ratio),
    "OR": Measure(_TWO_ARMS, "log", "odds ratio", _odds_ratio),
    "RD": Measure(_TWO_ARMS, "identity", "risk difference", _risk_difference),
    "PETO": Measure(_TWO_ARMS, "log", "odds ratio (Peto)", _peto),
    "MD": Measure(_TWO_MEANS, "identity", "mean difference", _mean_difference),
    "SMD": Measure(_TWO_MEANS, "identity", "standardised mean difference", _standardised),
    "ROM": Measure(_TWO_MEANS, "log", "ratio of means", _ratio_of_means),
    "MC": Measure(_PAIRED, "identity", "mean change", _change),
    "SMCC": Measure(_PAIRED, "identity", "standardised mean change (SD of the change)", _change_in_change_sd),
    "SMCR": Measure(_PAIRED, "identity", "standardised mean change (first SD)", _change_in_raw_sd),
    "IRR": Measure(("ai", "t1i", "ci", "t2i"), "log", "rate ratio", _rate_ratio),
    "IRLN": Measure(("xi", "ti"), "log", "rate", _rate),
    "COR": Measure(("ri", "ni"), "identity", "correlation", _correlation),
    "ZCOR": Measure(("ri", "ni"), "fisher", "correlation", _fisher),
    "PLO": Measure(("xi", "ni"), "logit", "proportion", _logit_share),
    "PAS": Measure(("xi", "ni"), "arcsine", "proportion", _arcsine_share),
    "PR": Measure(("xi", "ni"), "identity", "proportion", _raw_share),
}
# What is taken when no measure is named: the first whose columns are there.
PREFERRED = ("GEN", "RR", "MD", "MC", "IRR", "PLO", "IRLN", "ZCOR")


def choose(names: set[str], wanted: str = "") -> str:
    """The measure for a table with these columns.

    Raises
    ------
    PoolingError
        If the measure is unknown, or its columns are not there.
    """
    have = {ALIASES.get(name, name) for name in names}
    if wanted and wanted not in MEASURES:
        raise PoolingError(f"there is no measure {wanted!r}; choose one of {', '.join(MEASURES)}.")
    for name in (wanted,) if wanted else PREFERRED:
        if set(MEASURES[name].columns) <= have:
            return name
    needs = f"{wanted} takes {', '.join(MEASURES[wanted].columns)}" if wanted else "; ".join(
        f"{name}: {', '.join(MEASURES[name].columns)}" for name in PREFERRED)  # fmt: skip
    raise PoolingError(f"the columns {', '.join(sorted(names))} do not fit. {needs}.")


def back_transformed(scale: str, value: float) -> float:
    """From the scale of analysis to the scale people read (arcsine and logit give proportions)."""
    if scale == "log":
        return float(np.exp(value))
    if scale == "logit":
        return float(1 / (1 + np.exp(-value)))
    if scale == "fisher":
        return float(np.tanh(value))
    return float(np.sin(np.clip(value, 0, np.pi / 2)) ** 2) if scale == "arcsine" else float(value)
