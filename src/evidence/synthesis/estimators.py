"""Estimators of the variance between studies, for many analyses in one call.

Vocabulary: `y` estimates and `v` sampling variances of shape (..., k); a study that does not take part in an analysis
is NaN in both. Every function returns one tau2 an analysis, shape (...), never below zero. `w` are weights 1/(v + tau2),
zero for absent studies; `n` is the number of studies that take part.

The likelihood of REML and ML can have two humps, and its slope alone leads to the nearer one: both are looked at on a grid
first and refined by bisection inside the best cell. Plain Fisher scoring stops on the lower hump for some subsets of the
BCG vaccine trials (viechtbauer2005 describes the estimators; the subsets are in the tests).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Slope = Callable[[Array, Array, Array], Array]

# Points at which a likelihood is looked at before it is refined, evenly spaced on the log scale over this range
# relative to the largest variance in the data.
GRID, LOWEST, HIGHEST = 96, 1e-7, 1e4
# Halvings of the best cell: the cell is about a quarter of a decade wide, so that this settles 15 digits.
HALVINGS = 50


def weights(v: Array, tau2: Array) -> Array:
    """Inverse-variance weights of shape (..., k); zero where a study is absent."""
    found = 1 / (v + np.asarray(tau2)[..., None])
    return np.where(np.isnan(found), 0.0, found)


def weighted_mean(y: Array, w: Array) -> Array:
    """Mean of each analysis."""
    return np.asarray((w * np.where(w > 0, y, 0.0)).sum(-1) / w.sum(-1))


def generalised_q(y: Array, v: Array, tau2: Array) -> Array:
    """The generalised Q statistic; Cochran's Q where tau2 is zero."""
    w = weights(v, tau2)
    return np.asarray((w * _squares(y, w)).sum(-1))


def tau2(y: Array, v: Array, method: str = "REML") -> Array:
    """Variance between studies by one of `METHODS`.

    Parameters
    ----------
    y, v
        Shape (..., k); NaN where a study does not take part.
    method
        DL (dersimonian1986), HE and HS (viechtbauer2005), SJ (sidik2005), PM (paule1982), and by likelihood ML and REML
        (viechtbauer2005). EB, the empirical Bayes estimator, is the solution of PM.

    Returns
    -------
    ndarray
        Shape (...).
    """
    return np.maximum(METHODS[method](np.asarray(y, float), np.asarray(v, float)), 0.0)


def _squares(y: Array, w: Array) -> Array:
    return np.asarray(np.where(w > 0, (y - weighted_mean(y, w)[..., None]) ** 2, 0.0))


def _count(v: Array) -> Array:
    return np.asarray((~np.isnan(v)).sum(-1), float)


def _none(v: Array) -> Array:
    return np.zeros(v.shape[:-1])


def _dl(y: Array, v: Array) -> Array:
    w = weights(v, _none(v))
    total = w.sum(-1)
    return np.asarray((generalised_q(y, v, _none(v)) - (_count(v) - 1)) / (total - (w**2).sum(-1) / total))


def _he(y: Array, v: Array) -> Array:
    equal = np.where(np.isnan(v), 0.0, 1.0)
    return np.asarray(_squares(y, equal).sum(-1) / (_count(v) - 1) - np.nansum(v, -1) / _count(v))


def _hs(y: Array, v: Array) -> Array:
    total = weights(v, _none(v)).sum(-1)
    return np.asarray((generalised_q(y, v, _none(v)) - _count(v)) / total)


def _sj(y: Array, v: Array) -> Array:
    equal = np.where(np.isnan(v), 0.0, 1.0)
    crude = _squares(y, equal).sum(-1) / _count(v)
    flat = crude <= np.finfo(float).tiny  # estimates that are all the same leave nothing between studies
    scale = np.where(flat, 1.0, crude)
    w = np.where(equal > 0, 1 / (np.nan_to_num(v) / scale[..., None] + 1), 0.0)
    return np.where(flat, 0.0, (w * _squares(y, w)).sum(-1) / (_count(v) - 1))


def _pm(y: Array, v: Array) -> Array:
    """Where the generalised Q equals its expectation: Q falls steadily in tau2, so one bisection finds it."""
    excess: Slope = lambda x, y, v: generalised_q(y, v, x) - (_count(v) - 1)  # noqa: E731
    low, high = _none(v), np.nanmax(v, -1) + _spread(y, v)
    while (excess(high, y, v) > 0).any():
        high = np.where(excess(high, y, v) > 0, 4 * high, high)
    return np.where(excess(low, y, v) <= 0, 0.0, bisect(excess, low, high, y, v))


def _reml(y: Array, v: Array) -> Array:
    return maximum(_reml_likelihood, _reml_slope, y, v)


def _ml(y: Array, v: Array) -> Array:
    return maximum(_ml_likelihood, _ml_slope, y, v)


def _ml_likelihood(x: Array, y: Array, v: Array) -> Array:
    return _height(y, weights(v, x))


def _ml_slope(x: Array, y: Array, v: Array) -> Array:
    return _rise(y, weights(v, x))


def _reml_likelihood(x: Array, y: Array, v: Array) -> Array:
    w = weights(v, x)
    return np.asarray(_height(y, w) - 0.5 * np.log(w.sum(-1)))


def _reml_slope(x: Array, y: Array, v: Array) -> Array:
    w = weights(v, x)
    return np.asarray(_rise(y, w) + 0.5 * (w**2).sum(-1) / w.sum(-1))


def _height(y: Array, w: Array) -> Array:
    return np.asarray(0.5 * (np.log(np.where(w > 0, w, 1.0)).sum(-1) - (w * _squares(y, w)).sum(-1)))


def _rise(y: Array, w: Array) -> Array:
    return np.asarray(0.5 * (-w.sum(-1) + (w**2 * _squares(y, w)).sum(-1)))


def _spread(y: Array, v: Array) -> Array:
    equal = np.where(np.isnan(v), 0.0, 1.0)
    return np.asarray(_squares(y, equal).sum(-1) / np.maximum(_count(v) - 1, 1))


def maximum(likelihood: Slope, slope: Slope, y: Array, v: Array) -> Array:
    """The highest point of each likelihood: the best cell of a grid, then bisection of the slope inside it."""
    scale = np.maximum(np.nanmax(v, -1), _spread(y, v))
    steps = np.concatenate([[0.0], np.geomspace(LOWEST, HIGHEST, GRID)])
    best, top = np.zeros(scale.shape, int), np.full(scale.shape, -np.inf)
    for place, step in enumerate(steps):
        height = likelihood(step * scale, y, v)
        better = height > top
        best, top = np.where(better, place, best), np.where(better, height, top)
    low = steps[np.maximum(best - 1, 0)] * scale
    high = steps[np.minimum(best + 1, GRID)] * scale
    return np.where(slope(low, y, v) <= 0, low, bisect(slope, low, high, y, v))


def bisect(falling: Slope, low: Array, high: Array, y: Array, v: Array) -> Array:
    """Where a function that is positive at `low` and not at `high` crosses zero."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = falling(middle, y, v) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


METHODS: dict[str, Callable[[Array, Array], Any]] = {
    "REML": _reml, "DL": _dl, "PM": _pm, "ML": _ml, "EB": _pm, "SJ": _sj, "HE": _he, "HS": _hs,
}  # fmt: skip
