"""Mantel-Haenszel pooling of two-arm tables: a common effect that needs no continuity correction in sparse tables.

Vocabulary: `a` events among `n1` in the first arm, `c` among `n2` in the second, each of shape (k,). A table in which
nobody, or everybody, has the event carries no information on a ratio and counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from evidence.errors import PoolingError
from evidence.synthesis.pooling import LEVEL

Array = NDArray[np.float64]
MH = "MH"


@dataclass(frozen=True)
class MantelHaenszel:
    """Estimate (a log for ratios), its standard error and Wald interval."""

    k: int
    measure: str
    y: float
    se: float
    low: float
    high: float


def mantel_haenszel(a: Array, n1: Array, c: Array, n2: Array, measure: str) -> MantelHaenszel:
    """Pool two-arm tables into a risk ratio, odds ratio or risk difference.

    Raises
    ------
    PoolingError
        If the measure is another, or the tables hold no event in one arm and so give no finite ratio.

    Notes
    -----
    Variances as the Cochrane Handbook and metafor take them: Greenland and Robins for the risk ratio, Robins, Breslow and
    Greenland for the odds ratio, Sato, Greenland and Robins for the risk difference (viechtbauer2010, deeks2019).
    """
    if measure not in _MAKE:
        raise PoolingError(f"Mantel-Haenszel pools {', '.join(_MAKE)}, not {measure}.")
    a, n1, c, n2 = (np.asarray(x, float) for x in (a, n1, c, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        y, se = _MAKE[measure](a, n1, c, n2)
    if not (np.isfinite(y) and np.isfinite(se)):
        raise PoolingError(
            "one arm has no event (or only events) in all tables: there is no finite Mantel-Haenszel estimate."
        )
    half = float(norm.ppf(0.5 + LEVEL / 2)) * se
    return MantelHaenszel(len(a), measure, y, se, y - half, y + half)


def _risk_ratio(a: Array, n1: Array, c: Array, n2: Array) -> tuple[float, float]:
    n = n1 + n2
    r, s = (a * n2 / n).sum(), (c * n1 / n).sum()
    variance = ((n1 * n2 * (a + c) - a * c * n) / n**2).sum() / (r * s)
    return float(np.log(r / s)), float(np.sqrt(variance))


def _odds_ratio(a: Array, n1: Array, c: Array, n2: Array) -> tuple[float, float]:
    b, d, n = n1 - a, n2 - c, n1 + n2
    p, q, r, s = (a + d) / n, (b + c) / n, a * d / n, b * c / n
    total_r, total_s = r.sum(), s.sum()
    variance = 0.5 * (
        (p * r).sum() / total_r**2 + (p * s + q * r).sum() / (total_r * total_s) + (q * s).sum() / total_s**2
    )
    return float(np.log(total_r / total_s)), float(np.sqrt(variance))


def _risk_difference(a: Array, n1: Array, c: Array, n2: Array) -> tuple[float, float]:
    n = n1 + n2
    total = (n1 * n2 / n).sum()
    y = ((a * n2 - c * n1) / n).sum() / total
    first = (c * (n1 / n) ** 2 - a * (n2 / n) ** 2 + (n1 / n) * (n2 / n) * (n2 - n1) / 2).sum()
    second = (a * (n2 - c) / n + c * (n1 - a) / n).sum() / 2
    return float(y), float(np.sqrt((y * first + second) / total**2))


_MAKE = {"RR": _risk_ratio, "OR": _odds_ratio, "RD": _risk_difference}
