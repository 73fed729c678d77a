"""Meta-regression: does the estimate change with something the studies differ in? Subgroups are its simplest case.

Vocabulary: `x` the design, shape (k, p), intercept first; `r` residuals; `w` weights 1 / (v + tau2); `m` the inverse of
x'wx. tau2 is the variance between studies that the moderators leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f, norm, t

from evidence.errors import PoolingError
from evidence.synthesis import estimators
from evidence.synthesis.pooling import COMMON, HK, INTERVALS, LEVEL, WALD

Array = NDArray[np.float64]
INTERCEPT = "intercept"
# Estimates that differ by less than this part of their size are the same: what floating point leaves.
SAME = 1e-24


@dataclass(frozen=True)
class Regression:
    """A mixed-effects meta-regression.

    Attributes
    ----------
    names, b, se, low, high, p
        Coefficients on the scale of analysis, intercept first.
    tau2, i2
        Variance between studies that is left, and its percentage of the total.
    qe, qe_p
        Test of the heterogeneity that is left, with k - p degrees of freedom.
    qm, qm_p
        Test of all moderators at once: chi-squared for a Wald interval, F otherwise.
    r2
        Percent of the variance between studies that the moderators take up; None for a common effect, or when there
        was none to take up.
    covariance
        Of the coefficients, shape (p, p).
    """

    k: int
    names: tuple[str, ...]
    b: tuple[float, ...]
    se: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    p: tuple[float, ...]
    tau2: float
    i2: float
    qe: float
    qe_p: float
    qm: float
    qm_p: float
    r2: float | None
    covariance: Array
    method: str
    interval: str


@dataclass(frozen=True)
class _Fit:
    b: Array
    m: Array
    r: Array
    w: Array


def design(columns: dict[str, Sequence[object]]) -> tuple[Array, tuple[str, ...]]:
    """Intercept and moderators as numbers; a column of words becomes one column for each level after the first.

    Raises
    ------
    PoolingError
        If a column holds one value only.
    """
    if not columns:
        raise PoolingError("a regression needs at least one column to regress on.")
    k = len(next(iter(columns.values())))
    made, names = [np.ones(k)], [INTERCEPT]
    for name, values in columns.items():
        levels = sorted(set(values), key=str)
        if len(levels) < 2:
            raise PoolingError(f"the column {name} is {levels[0]!r} in every study: nothing can be compared.")
        if all(isinstance(value, int | float) for value in values):
            made.append(np.array(values, float))
            names.append(name)
            continue
        made += [np.array([value == level for value in values], float) for level in levels[1:]]
        names += [f"{name}: {level} against {levels[0]}" for level in levels[1:]]
    return np.column_stack(made), tuple(names)


def regress(
    y: Array, v: Array, x: Array, names: Sequence[str], *, method: str = "REML", interval: str = HK
) -> Regression:
    """Regress estimates on what the studies differ in.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape (k,).
    x, names
        Design of shape (k, p) with the intercept first, and the name of each column; see `design`.
    method, interval
        As in `pooling.pool`.

    Raises
    ------
    PoolingError
        If there are no more studies than coefficients, two columns say the same, or a name is unknown.

    Notes
    -----
    viechtbauer2010 describes the model, knapp2003 the t and F tests; the guard keeps the factor at one or above, as for a
    mean (rover2015).
    """
    y, v, x = np.asarray(y, float), np.asarray(v, float), np.asarray(x, float)
    _refuse_unusable(y, v, x, method, interval)
    k, p = x.shape
    between = 0.0 if method == COMMON else left_over(y, v, x, method)
    fit = _fit(y, v, x, between)
    factor, quantile = _factor(fit, k - p, interval)
    covariance = factor * fit.m
    se = np.sqrt(np.diag(covariance))
    z = fit.b / se
    tail = norm.sf(abs(z)) if interval == WALD else t.sf(abs(z), k - p)
    qm, qm_p = _moderators(fit.b, covariance, k - p, interval)
    plain = _fit(y, v, x, 0.0)
    qe = float(plain.w @ plain.r**2)
    return Regression(
        k=k, names=tuple(names), b=tuple(fit.b), se=tuple(se), low=tuple(fit.b - quantile * se),
        high=tuple(fit.b + quantile * se), p=tuple(2 * tail), tau2=between,
        i2=100 * between / (between + (k - p) / _trace(x, plain)), qe=qe, qe_p=float(chi2.sf(qe, k - p)), qm=qm, qm_p=qm_p,
        r2=_taken_up(y, v, between, method), covariance=covariance, method=method, interval=interval,
    )  # fmt: skip


def _refuse_unusable(y: Array, v: Array, x: Array, method: str, interval: str) -> None:
    if method != COMMON and method not in LEFT_OVER:
        raise PoolingError(f"there is no estimator {method!r}; choose one of {', '.join(LEFT_OVER)} or {COMMON}.")
    if interval not in INTERVALS:
        raise PoolingError(f"there is no interval {interval!r}; choose one of {', '.join(INTERVALS)}.")
    k, p = x.shape
    if k <= p:
        raise PoolingError(f"{k} studies cannot carry {p} coefficients.")
    if np.linalg.matrix_rank(x) < p:
        raise PoolingError("two moderators say the same: leave one out.")
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(v).all() and (v > 0).all()):
        raise PoolingError("a number is missing, or a variance is not positive.")


def _fit(y: Array, v: Array, x: Array, between: float) -> _Fit:
    w = 1 / (v + between)
    m = np.asarray(np.linalg.inv(x.T * w @ x), float)
    b = m @ (x.T * w @ y)
    return _Fit(b, m, y - x @ b, w)


def _trace(x: Array, fit: _Fit) -> float:
    """Trace of the matrix that makes weighted residuals."""
    return float(fit.w.sum() - np.trace(fit.m @ (x.T * fit.w**2 @ x)))


def _factor(fit: _Fit, df: int, interval: str) -> tuple[float, float]:
    """What the covariance is multiplied by, and the quantile."""
    if interval == WALD:
        return 1.0, float(norm.ppf(0.5 + LEVEL / 2))
    factor = float(fit.w @ fit.r**2 / df)
    return max(1.0, factor) if interval == HK else factor, float(t.ppf(0.5 + LEVEL / 2, df))


def _moderators(b: Array, covariance: Array, df: int, interval: str) -> tuple[float, float]:
    tested = b[1:]
    q = float(tested @ np.linalg.solve(covariance[1:, 1:], tested))
    if interval == WALD:
        return q, float(chi2.sf(q, len(tested)))
    return q / len(tested), float(f.sf(q / len(tested), len(tested), df))


def _taken_up(y: Array, v: Array, between: float, method: str) -> float | None:
    if method == COMMON:
        return None
    whole = float(estimators.tau2(y, v, method))
    return max(0.0, 100 * (whole - between) / whole) if whole > 0 else None


def left_over(y: Array, v: Array, x: Array, method: str = "REML") -> float:
    """Variance between studies that the moderators leave; the estimators are those of a mean (viechtbauer2010)."""
    return max(0.0, float(LEFT_OVER[method](y, v, x)))


def _by_likelihood(y: Array, v: Array, x: Array, *, restricted: bool) -> float:
    def height(between: Array, y: Array, v: Array) -> Array:
        fit = _fit(y, v, x, float(between))
        full = 0.5 * (np.log(fit.w).sum() - fit.w @ fit.r**2)
        return np.asarray(full + (0.5 * np.linalg.slogdet(fit.m)[1] if restricted else 0.0))

    def slope(between: Array, y: Array, v: Array) -> Array:
        fit = _fit(y, v, x, float(between))
        return np.asarray(0.5 * (((fit.w * fit.r) ** 2).sum() - (_trace(x, fit) if restricted else fit.w.sum())))

    return float(estimators.maximum(height, slope, y, v))


def _paule_mandel(y: Array, v: Array, x: Array) -> float:
    """Where the generalised Q is its degrees of freedom; it falls steadily."""
    df = x.shape[0] - x.shape[1]

    def excess(between: Array, y: Array, v: Array) -> Array:
        fit = _fit(y, v, x, float(between))
        return np.asarray(fit.w @ fit.r**2 - df)

    if excess(np.array(0.0), y, v) <= 0:
        return 0.0
    high = np.array(v.max())
    while excess(high, y, v) > 0:
        high = 4 * high
    return float(estimators.bisect(excess, np.array(0.0), high, y, v))


def _dersimonian_laird(y: Array, v: Array, x: Array) -> float:
    fit = _fit(y, v, x, 0.0)
    return float((fit.w @ fit.r**2 - (x.shape[0] - x.shape[1])) / _trace(x, fit))


def _hunter_schmidt(y: Array, v: Array, x: Array) -> float:
    fit = _fit(y, v, x, 0.0)
    return float((fit.w @ fit.r**2 - x.shape[0]) / fit.w.sum())


def _hedges(y: Array, v: Array, x: Array) -> float:
    maker = np.eye(x.shape[0]) - x @ np.linalg.pinv(x)
    return float((y @ maker @ y - np.diag(maker) @ v) / (x.shape[0] - x.shape[1]))


def _sidik_jonkman(y: Array, v: Array, x: Array) -> float:
    crude = float(np.var(y))
    if crude <= SAME * float(np.mean(y**2)):
        return 0.0
    fit = _fit(y, v / crude, x, 1.0)
    return float(fit.w @ fit.r**2 / (x.shape[0] - x.shape[1]))


LEFT_OVER: dict[str, Callable[[Array, Array, Array], float]] = {
    "REML": lambda y, v, x: _by_likelihood(y, v, x, restricted=True),
    "ML": lambda y, v, x: _by_likelihood(y, v, x, restricted=False),
    "DL": _dersimonian_laird, "PM": _paule_mandel, "EB": _paule_mandel, "SJ": _sidik_jonkman, "HE": _hedges,
    "HS": _hunter_schmidt,
}  # fmt: skip
