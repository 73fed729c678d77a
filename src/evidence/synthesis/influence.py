"""Many random-effects means in one call: leaving out each study, adding one at a time, every path of a multiverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from evidence.synthesis.estimators import tau2, weighted_mean, weights
from evidence.synthesis.pooling import COMMON, HK, LEVEL, WALD

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Means:
    """Means, 95% intervals and variances between studies of many analyses, each of shape (...)."""

    y: Array
    low: Array
    high: Array
    tau2: Array


def means(y: Array, v: Array, *, method: str = "REML", interval: str = HK) -> Means:
    """Pool many analyses at once.

    Parameters
    ----------
    y, v
        Shape (..., k); NaN where a study does not take part. An analysis of one study is that study, with its own Wald
        interval.
    method, interval
        As in `pooling.pool`.
    """
    count = np.asarray((~np.isnan(v)).sum(-1), float)
    several = count > 1
    between = np.zeros(count.shape)
    if method != COMMON and several.any():
        between[several] = tau2(y[several], v[several], method)
    w = weights(v, between)
    mean = weighted_mean(y, w)
    se = np.sqrt(1 / w.sum(-1))
    z = np.full(count.shape, norm.ppf(0.5 + LEVEL / 2))
    if interval != WALD:
        spread = (w * np.where(w > 0, (np.nan_to_num(y) - mean[..., None]) ** 2, 0.0)).sum(-1)
        factor = np.where(several, spread / np.maximum(count - 1, 1), 1.0)
        se = se * np.sqrt(np.maximum(factor, 1.0) if interval == HK else factor)
        z = np.where(several, t.ppf(0.5 + LEVEL / 2, np.maximum(count - 1, 1)), z)
    return Means(mean, mean - z * se, mean + z * se, between)


def leave_one_out(y: Array, v: Array, *, method: str = "REML", interval: str = HK) -> Means:
    """The mean without each study in turn; shape (k,)."""
    out = np.eye(len(y), dtype=bool)
    return means(np.where(out, np.nan, y), np.where(out, np.nan, v), method=method, interval=interval)


def cumulative(y: Array, v: Array, *, method: str = "REML", interval: str = HK) -> Means:
    """The mean after each study, in the order given; shape (k,)."""
    out = np.triu(np.ones((len(y), len(y)), dtype=bool), 1)
    return means(np.where(out, np.nan, y), np.where(out, np.nan, v), method=method, interval=interval)
