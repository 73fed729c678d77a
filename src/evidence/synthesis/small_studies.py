"""Do small studies differ from large ones? Tests and trim-and-fill, only where there are studies enough to ask.

Asymmetry is not proof of missing studies: small studies may differ for other reasons, and trim-and-fill is never the
answer, only a question put to it (sterne2011 on the first; the second is ours).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau, t

from evidence.errors import PoolingError
from evidence.synthesis.estimators import tau2
from evidence.synthesis.pooling import COMMON, LEVEL, WALD, Pooled, pool

Array = NDArray[np.float64]

# Under ten studies the tests are withheld: the field's usual floor, whose own source was not seen.
MIN_STUDIES = 10
# Numbers that differ by less than this part of the largest are the same: what floating point leaves.
SAME = 1e-12
L0, R0 = "L0", "R0"
MAX_ROUNDS = 100


@dataclass(frozen=True)
class Egger:
    """Egger's regression test: slope of the estimates on their standard errors, and the estimate at a standard error of 0."""

    t: float
    df: int
    p: float
    limit: float
    limit_low: float
    limit_high: float


@dataclass(frozen=True)
class Begg:
    """Rank correlation of estimates and variances."""

    tau: float
    p: float


@dataclass(frozen=True)
class Filled:
    """Trim-and-fill: how many studies it would add, on which side, and what the pooled estimate would be."""

    added: int
    side: str
    estimator: str
    pooled: Pooled


def _enough(y: Array, v: Array) -> None:
    if len(y) < MIN_STUDIES:
        raise PoolingError(f"not tested under {MIN_STUDIES} studies; there are {len(y)}.")
    if np.ptp(v) <= SAME * v.max():
        raise PoolingError("not tested, because all studies are equally precise.")
    if np.ptp(y) <= SAME * np.abs(y).max():
        raise PoolingError("not tested, because all estimates are equal.")


def egger(y: Array, v: Array) -> Egger:
    """Egger's test (egger1997): weighted regression with a multiplicative dispersion.

    Raises
    ------
    PoolingError
        Under `MIN_STUDIES` studies, or where all are equally precise or alike.
    """
    _enough(y, v)
    x = np.column_stack([np.ones(len(y)), np.sqrt(v)])
    m = np.linalg.inv(x.T / v @ x)
    b = m @ (x.T / v @ y)
    df = len(y) - 2
    se = np.sqrt(np.diag(m) * ((y - x @ b) ** 2 / v).sum() / df)
    reach = float(t.ppf(0.5 + LEVEL / 2, df) * se[0])
    statistic = float(b[1] / se[1])
    return Egger(
        statistic, df, float(2 * t.sf(abs(statistic), df)), float(b[0]), float(b[0]) - reach, float(b[0]) + reach
    )


def begg(y: Array, v: Array) -> Begg:
    """Begg and Mazumdar's rank test (begg1994): Kendall's tau, exact where no ranks are tied.

    Raises
    ------
    PoolingError
        Under `MIN_STUDIES` studies, or where all are equally precise or alike.
    """
    _enough(y, v)
    w = 1 / v
    # Never below zero but for rounding, where one study carries nearly all the weight.
    left = np.maximum(v * (1 - w / w.sum()), SAME * v)
    deviates = (y - w @ y / w.sum()) / np.sqrt(left)
    tied = len(set(deviates)) < len(y) or len(set(v)) < len(y)
    found = kendalltau(deviates, v, method="asymptotic" if tied else "exact")
    return Begg(float(found.statistic), float(found.pvalue))


def trim_and_fill(y: Array, v: Array, *, method: str = "REML", estimator: str = L0, interval: str = WALD) -> Filled:
    """Mirror the studies that have no counterpart, and pool again (duval2000).

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape (k,).
    method, interval
        As in `pooling.pool`; used in every round.
    estimator
        L0 or R0: how the number of missing studies is estimated.

    Raises
    ------
    PoolingError
        Under `MIN_STUDIES` studies, where all are equally precise or alike, or if the rounds do not settle.
    """
    _enough(y, v)
    y, v = np.asarray(y, float), np.asarray(v, float)
    sign = -1.0 if _slope_on_se(y, v, method) < 0 else 1.0
    order = np.argsort(sign * y, kind="stable")
    turned, variances = (sign * y)[order], v[order]
    added, mean = _missing(turned, variances, method, estimator)
    mirrored = 2 * mean - turned[len(turned) - added :]
    whole = np.concatenate([turned, mirrored]), np.concatenate([variances, variances[len(turned) - added :]])
    return Filled(
        added,
        "right" if sign < 0 else "left",
        estimator,
        pool(sign * whole[0], whole[1], method=method, interval=interval),
    )


def _slope_on_se(y: Array, v: Array, method: str) -> float:
    from evidence.synthesis.regression import regress

    x = np.column_stack([np.ones(len(y)), np.sqrt(v)])
    return regress(y, v, x, ("intercept", "standard error"), method=method, interval=WALD).b[1]


def _missing(y: Array, v: Array, method: str, estimator: str) -> tuple[int, float]:
    """How many on the right have no counterpart on the left, and the mean without them; `y` in rising order."""
    k, missing = len(y), -1
    found = 0
    for _ in range(MAX_ROUNDS):
        mean = _mean(y[: k - found], v[: k - found], method)
        if found == missing:
            return found, mean
        missing = found
        centred = y - mean
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
        found = max(0, _estimate(ranks * np.sign(centred), k, estimator))
    raise PoolingError("trim-and-fill does not settle on these studies.")


def _estimate(signed: Array, k: int, estimator: str) -> int:
    positive = signed[signed > 0].sum()
    if estimator == L0:
        return round(float((4 * positive - k * (k + 1)) / (2 * k - 1)))
    lowest = signed[signed < 0]
    return round(float(k - (-lowest.min() if len(lowest) else 0) - 1))


def _mean(y: Array, v: Array, method: str) -> float:
    between = 0.0 if method == COMMON else float(tau2(y, v, method))
    w = 1 / (v + between)
    return float(w @ y / w.sum())
