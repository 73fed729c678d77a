"""Several estimates from one study: three levels, and inference that is robust to the dependence left.

Vocabulary: `cluster` says which study an estimate belongs to; `phi` is the working covariance of the estimates, shape (k, k),
zero between clusters; `between` and `within` are the variances between clusters and between estimates of one cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, t

from evidence.errors import PoolingError
from evidence.synthesis.pooling import LEVEL

Array = NDArray[np.float64]

CR1, CR2 = "CR1", "CR2"
# Below four degrees of freedom the reader is warned: the t approximation is then poor (a rule of thumb; ours here).
FEW_DF = 4.0
# Eigenvalues below this part of the largest count as zero when a matrix is inverted.
ZERO = 1e-12
# Variances, as parts of the variance of the estimates, at which the likelihood is first looked at.
STARTS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
MAX_STEPS, SETTLED = 500, 1e-13


@dataclass(frozen=True)
class Robust:
    """Coefficients with cluster-robust standard errors, Satterthwaite degrees of freedom, intervals and p values."""

    kind: str
    clusters: int
    b: tuple[float, ...]
    se: tuple[float, ...]
    df: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    p: tuple[float, ...]

    @property
    def trusted(self) -> bool:
        """Whether every coefficient has the degrees of freedom that its p value needs."""
        return min(self.df) >= FEW_DF


@dataclass(frozen=True)
class ThreeLevel:
    """A mean over clusters of estimates.

    Attributes
    ----------
    k, clusters
        Estimates and clusters.
    y, se
        Mean and its model-based standard error.
    between, within
        Variance between clusters, and between estimates of one cluster.
    q, q_p
        Cochran's Q with k - 1 degrees of freedom.
    robust
        The same mean with CR2 inference: the one to report.
    """

    k: int
    clusters: int
    y: float
    se: float
    between: float
    within: float
    q: float
    q_p: float
    robust: Robust


def cluster_robust(y: Array, x: Array, phi: Array, cluster: Sequence[object], kind: str = CR2) -> Robust:
    """Cluster-robust inference for a weighted regression with weights inverse to the working covariance.

    Parameters
    ----------
    y, x, phi
        Estimates (k,), design (k, p), working covariance (k, k) that is zero between clusters.
    cluster
        The cluster of each estimate.
    kind
        CR2, the bias-reduced one, or CR1, which only multiplies by m / (m - 1).

    Raises
    ------
    PoolingError
        If there are no more clusters than coefficients.

    Notes
    -----
    pustejovsky2018 gives the adjustment and the degrees of freedom.
    """
    labels = list(cluster)
    names = list(dict.fromkeys(labels))
    if len(names) <= x.shape[1]:
        raise PoolingError(f"{len(names)} clusters cannot carry {x.shape[1]} coefficients.")
    inverse = np.linalg.inv(phi)
    bread = np.asarray(np.linalg.inv(x.T @ inverse @ x), float)
    maker = np.eye(len(y)) - x @ bread @ x.T @ inverse
    residuals = maker @ y
    covariance = np.zeros_like(bread)
    parts: list[Array] = []
    for name in names:
        rows = [i for i, label in enumerate(labels) if label == name]
        adjusted = bread @ x[rows].T @ inverse[np.ix_(rows, rows)] @ _adjust(x[rows], phi[np.ix_(rows, rows)], bread, kind,
                                                                              len(names))  # fmt: skip
        meat = adjusted @ residuals[rows]
        covariance += np.outer(meat, meat)
        parts.append(adjusted @ maker[rows])
    b, se = bread @ x.T @ inverse @ y, np.sqrt(np.diag(covariance))
    df = [_degrees(np.array([part[i] for part in parts]), phi) for i in range(len(b))]
    reach = [float(t.ppf(0.5 + LEVEL / 2, n)) * s for n, s in zip(df, se, strict=True)]
    p = [float(2 * t.sf(abs(value / s), n)) for value, s, n in zip(b, se, df, strict=True)]
    low, high = (tuple(float(value) for value in b + sign * np.array(reach)) for sign in (-1, 1))
    return Robust(kind, len(names), tuple(map(float, b)), tuple(map(float, se)), tuple(df), low, high, tuple(p))


def _adjust(x: Array, phi: Array, bread: Array, kind: str, clusters: int) -> Array:
    """What residuals of one cluster are multiplied by, so that their expected square is right under the working model."""
    if kind == CR1:
        return np.asarray(np.sqrt(clusters / (clusters - 1)) * np.eye(len(phi)))
    root = np.linalg.cholesky(phi).T
    values, vectors = np.linalg.eigh(root @ (phi - x @ bread @ x.T) @ root.T)
    kept = values > ZERO * values.max()
    inverse_root = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    return np.asarray(root.T @ (vectors * inverse_root) @ vectors.T @ root)


def _degrees(parts: Array, phi: Array) -> float:
    """Satterthwaite's degrees of freedom of one coefficient; `parts` of shape (clusters, k)."""
    products = parts @ phi @ parts.T
    return float(np.trace(products) ** 2 / (products**2).sum())


def three_level(y: Array, v: Array, cluster: Sequence[object]) -> ThreeLevel:
    """Mean of estimates that come several from one study (konstantopoulos2011), REML, with CR2 inference.

    Raises
    ------
    PoolingError
        If there are fewer than two clusters, no cluster has two estimates, or all estimates are equal.
    """
    y, v, labels = np.asarray(y, float), np.asarray(v, float), list(cluster)
    if len(set(labels)) < 2:
        raise PoolingError("at least two clusters are needed.")
    if np.ptp(y) <= ZERO * np.abs(y).max():
        raise PoolingError("all estimates are equal: nothing is left to judge the error by.")
    if len(set(labels)) == len(labels):
        raise PoolingError("every cluster has one estimate: pool them without --cluster.")
    same = np.array([[a == b for b in labels] for a in labels], float)
    between, within = _variances(y, v, same)
    phi = np.diag(v + within) + between * same
    robust = cluster_robust(y, np.ones((len(y), 1)), phi, labels)
    w = 1 / v
    q = float(w @ (y - w @ y / w.sum()) ** 2)
    se = float(1 / np.sqrt(np.linalg.inv(phi).sum()))
    return ThreeLevel(
        len(y), robust.clusters, robust.b[0], se, between, within, q, float(chi2.sf(q, len(y) - 1)), robust
    )


def _variances(y: Array, v: Array, same: Array) -> tuple[float, float]:
    """The highest point of the restricted likelihood: the best of a grid of starts, then Fisher scoring with halved steps."""
    scale = float(np.var(y)) or float(v.max())
    starts = [np.array([a, b]) * scale for a in STARTS for b in STARTS]
    found = max(starts, key=lambda s: _likelihood(s, y, v, same))
    for _ in range(MAX_STEPS):
        slope, information = _slope(found, y, v, same)
        free = (found > 0) | (slope > 0)
        if not free.any():
            break
        step = np.zeros(2)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], slope[free])
        moved = _climb(found, step, y, v, same)
        if np.abs(moved - found).max() <= SETTLED * scale:
            break
        found = moved
    return float(found[0]), float(found[1])


def _climb(found: Array, step: Array, y: Array, v: Array, same: Array) -> Array:
    here = _likelihood(found, y, v, same)
    for halving in range(40):
        moved = np.maximum(found + step / 2**halving, 0.0)
        if _likelihood(moved, y, v, same) >= here:
            return np.asarray(moved)
    return found


def _projection(s: Array, v: Array, same: Array) -> tuple[Array, Array, float]:
    phi = np.diag(v + s[1]) + s[0] * same
    inverse = np.linalg.inv(phi)
    ones = inverse.sum(1)
    return inverse - np.outer(ones, ones) / ones.sum(), phi, float(ones.sum())


def _likelihood(s: Array, y: Array, v: Array, same: Array) -> float:
    projection, phi, weight = _projection(s, v, same)
    return float(-0.5 * (np.linalg.slogdet(phi)[1] + np.log(weight) + y @ projection @ y))


def _slope(s: Array, y: Array, v: Array, same: Array) -> tuple[Array, Array]:
    """Slope and expected information of the restricted likelihood in (between, within)."""
    projection, _, _ = _projection(s, v, same)
    projected = projection @ y
    of_between = projection @ same
    slope = 0.5 * np.array([projected @ same @ projected - np.trace(of_between),
                            projected @ projected - np.trace(projection)])  # fmt: skip
    both = float((of_between * projection.T).sum())
    information = 0.5 * np.array([[float((of_between * of_between.T).sum()), both],
                                  [both, float((projection * projection.T).sum())]])  # fmt: skip
    return slope, information
