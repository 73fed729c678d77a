"""Random-effects pooling of one group: estimate, interval, heterogeneity, and a named prediction interval.

Vocabulary: `y` estimates and `v` sampling variances, both of shape (k,), on the scale of analysis;
`tau2` the variance between studies; `w` the weights 1 / (v + tau2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, norm, t

from evidence.errors import PoolingError
from evidence.synthesis.estimators import METHODS, generalised_q, tau2

Array = NDArray[np.float64]

# Below two there is nothing to combine.
MIN_STUDIES = 2
LEVEL = 0.95
# A Knapp-Hartung factor that is one but for rounding (PM and two studies give exactly one) needs no guard.
ROUNDING = 1e-9
COMMON = "CE"
ONE_STAGE, T_INTERVAL = "one-stage logit model", "t with k - 1 degrees of freedom"
HK, HK_PLAIN, WALD = "hk", "hk-plain", "wald"
INTERVALS = {
    HK: "Knapp-Hartung, never narrower than Wald",
    HK_PLAIN: "Knapp-Hartung",
    WALD: "Wald (normal)",
}
PREDICTION = "the interval's standard error, t with k - 1 degrees of freedom (normal for a Wald interval)"


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate on the scale of analysis.

    Attributes
    ----------
    k
        Number of estimates.
    y, se, low, high
        Estimate, its standard error by the chosen interval, and the 95% interval.
    tau2, tau2_low, tau2_high
        Variance between studies and its Q-profile interval.
    i2
        Percent of variance due to tau2, relative to the typical sampling variance.
    q, q_p
        Cochran's Q and its p value.
    pi_low, pi_high
        95% prediction interval as `PREDICTION` defines it; None under three studies and for a common effect.
    weights
        Percent, in the order of the estimates.
    guarded
        True when the Knapp-Hartung factor was below one and was set to one.
    method, interval
        Estimator of tau2 (CE: common effect, none) and kind of interval.
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
    method: str
    interval: str


def pool(y: Array, v: Array, *, method: str = "REML", interval: str = HK) -> Pooled:
    """Combine independent estimates.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape (k,), on one scale.
    method
        Estimator of the variance between studies, one of `estimators.METHODS`, or CE for a common effect.
    interval
        One of `INTERVALS`. The guarded Knapp-Hartung interval is the default.

    Raises
    ------
    PoolingError
        If there are fewer than two estimates, one is not finite, a variance is not positive, or a name is unknown.

    Notes
    -----
    tau2 by restricted maximum likelihood (viechtbauer2005) unless said otherwise, its interval by Q-profile
    (viechtbauer2007), the interval of the mean by Knapp and Hartung (hartung2001) with the guard that rover2015
    recommends for few and unequal studies, I2 from tau2 (higgins2002), prediction interval after higgins2009.
    """
    y, v = np.asarray(y, float), np.asarray(v, float)
    _refuse_unusable(y, v, method, interval)
    between = 0.0 if method == COMMON else float(tau2(y, v, method))
    w = 1 / (v + between)
    mean = float(w @ y / w.sum())
    se, quantile, guarded = _standard_error(y, w, mean, interval)
    q, k = float(generalised_q(y, v, np.array(0.0))), len(y)
    ends = q_profile(y, v)
    spread = float(np.sqrt(between + se**2))
    predicted = k > MIN_STUDIES and method != COMMON
    return Pooled(
        k=k, y=mean, se=se, low=mean - quantile * se, high=mean + quantile * se,
        tau2=between, tau2_low=ends[0], tau2_high=ends[1],
        i2=100 * between / (between + typical_variance(v)), q=q, q_p=float(chi2.sf(q, k - 1)),
        pi_low=mean - quantile * spread if predicted else None, pi_high=mean + quantile * spread if predicted else None,
        weights=tuple(float(x) for x in 100 * w / w.sum()), guarded=guarded, method=method, interval=interval,
    )  # fmt: skip


def _refuse_unusable(y: Array, v: Array, method: str, interval: str) -> None:
    if method != COMMON and method not in METHODS:
        raise PoolingError(f"there is no estimator {method!r}; choose one of {', '.join(METHODS)} or {COMMON}.")
    if interval not in INTERVALS:
        raise PoolingError(f"there is no interval {interval!r}; choose one of {', '.join(INTERVALS)}.")
    if y.shape != v.shape or y.ndim != 1:
        raise PoolingError(f"estimates and variances differ in shape: {y.shape} and {v.shape}")
    if len(y) < MIN_STUDIES:
        raise PoolingError(f"at least {MIN_STUDIES} estimates are needed, got {len(y)}")
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise PoolingError("an estimate is not finite or a variance is not positive")


def _standard_error(y: Array, w: Array, mean: float, interval: str) -> tuple[float, float, bool]:
    """Standard error, quantile, and whether the guard was needed."""
    wald = float(np.sqrt(1 / w.sum()))
    if interval == WALD:
        return wald, float(norm.ppf(0.5 + LEVEL / 2)), False
    factor = float(w @ (y - mean) ** 2 / (len(y) - 1))
    guarded = interval == HK and factor < 1 - ROUNDING
    return wald * float(np.sqrt(1.0 if guarded else factor)), float(t.ppf(0.5 + LEVEL / 2, len(y) - 1)), guarded


def q_profile(y: Array, v: Array, level: float = LEVEL) -> tuple[float, float]:
    """Interval of tau2 by inverting the generalised Q statistic (viechtbauer2007)."""
    k = len(y)
    ends = (chi2.ppf(0.5 + level / 2, k - 1), chi2.ppf(0.5 - level / 2, k - 1))
    return _where_q_is(ends[0], y, v), _where_q_is(ends[1], y, v)


def _where_q_is(target: float, y: Array, v: Array) -> float:
    def excess(x: float) -> float:
        return float(generalised_q(y, v, np.array(x))) - target

    if excess(0.0) <= 0:
        return 0.0
    high = float(v.max())
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-14))


def typical_variance(v: Array) -> float:
    """The sampling variance that I2 is relative to (higgins2002)."""
    w = 1 / v
    return float((len(v) - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum()))
