"""Random-effects pooling: REML, Knapp-Hartung with a guard, and a named prediction interval.

Vocabulary: `y` estimates and `v` sampling variances, both of shape (k,), on the scale of analysis;
`tau2` the variance between studies; `w` the weights 1 / (v + tau2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, t

from evidence.errors import PoolingError

Array = NDArray[np.float64]

# Below two there is nothing to combine.
MIN_STUDIES = 2
# Points at which the restricted likelihood is looked at before it is refined: it can have two humps, and a
# search from one starting point then stops on the lower one.
GRID = 400
PREDICTION = "Knapp-Hartung standard error, t with k - 1 degrees of freedom"


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate on the scale of analysis.

    Attributes
    ----------
    k
        Number of estimates.
    y, se, low, high
        Estimate, its Knapp-Hartung standard error (guarded) and 95% interval.
    tau2, tau2_low, tau2_high
        Variance between studies (REML) and its Q-profile interval.
    i2
        Percent of variance due to tau2, relative to the typical sampling variance.
    q, q_p
        Cochran's Q and its p value.
    pi_low, pi_high
        95% prediction interval as defined by `PREDICTION`; None under three studies.
    weights
        Percent, in the order of the estimates.
    guarded
        True when the Knapp-Hartung factor was below one and was set to one.
    """

    k: int
    y: float
    se: float
    low: float
    high: float
    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    q: float
    q_p: float
    pi_low: float | None
    pi_high: float | None
    weights: tuple[float, ...]
    guarded: bool


def pool(y: Array, v: Array, *, guard: bool = True) -> Pooled:
    """Combine independent estimates by a random-effects model.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape (k,), on one scale.
    guard
        Keep the interval no narrower than the Wald one by setting a Knapp-Hartung factor below one to one.

    Raises
    ------
    PoolingError
        If there are fewer than two estimates, or one is not finite, or a variance is not positive.

    Notes
    -----
    tau2 by restricted maximum likelihood (viechtbauer2005), its interval by Q-profile (viechtbauer2007),
    the interval of the mean by Knapp and Hartung (hartung2001) with the guard that rover2015 recommends
    for few and unequal studies, I2 from tau2 (higgins2002), prediction interval after higgins2009.
    """
    y, v = np.asarray(y, float), np.asarray(v, float)
    _refuse_unusable(y, v)
    k = len(y)
    tau2 = reml(y, v)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    factor = float(w @ (y - mean) ** 2 / (k - 1))
    guarded = guard and factor < 1
    se = float(np.sqrt((1.0 if guarded else factor) / w.sum()))
    quantile = float(t.ppf(0.975, k - 1))
    spread = float(np.sqrt(tau2 + se**2))
    q = _q(y, v, 0.0)
    tau2_low, tau2_high = q_profile(y, v)
    three = k > MIN_STUDIES
    return Pooled(
        k=k, y=mean, se=se, low=mean - quantile * se, high=mean + quantile * se,
        tau2=tau2, tau2_low=tau2_low, tau2_high=tau2_high,
        i2=100 * tau2 / (tau2 + typical_variance(v)), q=q, q_p=float(chi2.sf(q, k - 1)),
        pi_low=mean - quantile * spread if three else None, pi_high=mean + quantile * spread if three else None,
        weights=tuple(float(x) for x in 100 * w / w.sum()), guarded=guarded,
    )  # fmt: skip


def _refuse_unusable(y: Array, v: Array) -> None:
    if y.shape != v.shape or y.ndim != 1:
        raise PoolingError(f"estimates and variances differ in shape: {y.shape} and {v.shape}")
    if len(y) < MIN_STUDIES:
        raise PoolingError(f"at least {MIN_STUDIES} estimates are needed, got {len(y)}")
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise PoolingError("an estimate is not finite or a variance is not positive")


def reml(y: Array, v: Array) -> float:
    """Restricted maximum likelihood estimate of tau2, never below zero (viechtbauer2005).

    The likelihood is looked at on a grid, then its slope is solved inside the best cell.
    """
    top = max(float(np.var(y, ddof=1)), float(v.max())) * 100
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-10, top, GRID)])
    best = int(np.argmax([_restricted_likelihood(x, y, v) for x in grid]))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID)])
    if _slope(low, y, v) <= 0:
        return low if best <= 1 else float(grid[best])
    return float(brentq(_slope, low, high, args=(y, v), xtol=1e-14, rtol=1e-14))


def _restricted_likelihood(tau2: float, y: Array, v: Array) -> float:
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2))


def _slope(tau2: float, y: Array, v: Array) -> float:
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(0.5 * (-w.sum() + (w**2).sum() / w.sum() + w**2 @ (y - mean) ** 2))


def _q(y: Array, v: Array, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def q_profile(y: Array, v: Array, level: float = 0.95) -> tuple[float, float]:
    """Interval of tau2 by inverting the generalised Q statistic (viechtbauer2007)."""
    k = len(y)
    ends = (chi2.ppf(0.5 + level / 2, k - 1), chi2.ppf(0.5 - level / 2, k - 1))
    return _where_q_is(ends[0], y, v), _where_q_is(ends[1], y, v)


def _where_q_is(target: float, y: Array, v: Array) -> float:
    if _q(y, v, 0.0) <= target:
        return 0.0
    high = float(v.max())
    while _q(y, v, high) > target:
        high *= 2
    return float(brentq(lambda x: _q(y, v, x) - target, 0.0, high, xtol=1e-14, rtol=1e-14))


def typical_variance(v: Array) -> float:
    """The sampling variance that I2 is relative to (higgins2002)."""
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum()))
