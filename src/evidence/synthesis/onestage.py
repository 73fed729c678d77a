"""Shares pooled in one stage: a binomial-normal model on the logit scale, which needs no continuity correction.

Vocabulary: `x` events among `n` people in each of k samples; `mu` the mean logit, `tau` its standard deviation between
samples; `z` a sample's own standard normal deviate, so that its logit is mu + tau z. Whatever is asked of a sample is
averaged over its `z`, given its counts, by adaptive Gauss-Hermite quadrature (stijnen2010). Scores and information are
such averages too (differentiate under the integral), so that nothing rests on differences of nearly equal numbers and
the browser finds the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln
from scipy.stats import t

from evidence.errors import PoolingError
from evidence.synthesis.pooling import LEVEL, MIN_STUDIES

Array = NDArray[np.float64]

# Enough that more change nothing in the eleventh figure.
NODES = 31
NEWTON_STEPS, LARGEST_STEP = 40, 2.0
# Standard deviations at which the likelihood is looked at before the best cell is halved; below the first it is none.
GRID, LOWEST, HIGHEST = 48, 1e-6, 50.0
HALVINGS = 60


@dataclass(frozen=True)
class OneStage:
    """Mean logit, its standard error and interval (t with k - 1), variance between samples, prediction interval."""

    k: int
    mu: float
    se: float
    low: float
    high: float
    tau2: float
    pi_low: float | None
    pi_high: float | None
    log_likelihood: float


@dataclass(frozen=True)
class _Averages:
    """Sums over samples at each of G pairs (mu, tau), shape (G,): log likelihood, scores, observed information."""

    height: Array
    by_mu: Array
    by_tau: Array
    info_mu: Array
    info_tau: Array
    info_both: Array


def quadrature() -> tuple[Array, Array]:
    """Nodes of a standard normal deviate and the logs of their weights, shape (NODES,)."""
    nodes, weights = np.polynomial.hermite.hermgauss(NODES)
    return np.sqrt(2) * nodes, np.log(weights) + nodes**2


def pool_shares(x: Array, n: Array) -> OneStage:
    """Pool shares by maximum likelihood of the binomial-normal model.

    Parameters
    ----------
    x, n
        Events and sizes, shape (k,).

    Raises
    ------
    PoolingError
        If there are fewer than two samples, a count is impossible, or nobody or everybody has it in all samples.
    """
    x, n = np.asarray(x, float), np.asarray(n, float)
    if len(x) < MIN_STUDIES or (x < 0).any() or (x > n).any() or (n <= 0).any():
        raise PoolingError("at least two samples with 0 ≤ events ≤ size are needed")
    if x.sum() in (0.0, n.sum()):
        raise PoolingError("nobody or everybody has it in every sample: the mean logit is not finite")
    tau = _between(x, n)
    mu = _mean(np.array([tau]), x, n)
    found = _average(mu, np.array([tau]), x, n)
    lost = found.info_both**2 / found.info_tau if tau else 0.0
    se, k = float(1 / np.sqrt(found.info_mu - lost)[0]), len(x)
    middle, quantile = float(mu[0]), float(t.ppf(0.5 + LEVEL / 2, k - 1))
    spread = float(np.sqrt(tau**2 + se**2))
    three = k > MIN_STUDIES
    return OneStage(
        k=k, mu=middle, se=se, low=middle - quantile * se, high=middle + quantile * se, tau2=tau**2,
        pi_low=middle - quantile * spread if three else None, pi_high=middle + quantile * spread if three else None,
        log_likelihood=float(found.height[0]),
    )  # fmt: skip


def _between(x: Array, n: Array) -> float:
    """The standard deviation between samples: the best cell of a grid, then bisection of the slope inside it."""
    steps = np.geomspace(LOWEST, HIGHEST, GRID)
    best = int(np.argmax(_average(_mean(steps, x, n), steps, x, n).height))
    low, high = steps[max(best - 1, 0)], steps[min(best + 1, GRID - 1)]
    if _slope(low, x, n) <= 0:
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(middle, x, n) > 0 else (low, middle)
    return float((low + high) / 2)


def _slope(tau: float, x: Array, n: Array) -> float:
    at = np.array([tau])
    return float(_average(_mean(at, x, n), at, x, n).by_tau[0])


def _mean(tau: Array, x: Array, n: Array) -> Array:
    """The best mean logit at each tau, shape (G,), by Newton's method (the log likelihood is concave in it)."""
    mu = np.full(tau.shape, np.log(x.sum() / (n - x).sum()))
    for _ in range(NEWTON_STEPS):
        found = _average(mu, tau, x, n)
        step = np.clip(found.by_mu / found.info_mu, -LARGEST_STEP, LARGEST_STEP)
        mu = mu + step
        if np.abs(step).max() < 1e-13:
            break
    return mu


def _average(mu: Array, tau: Array, x: Array, n: Array) -> _Averages:
    """Everything at once, since all of it needs the same weights."""
    mu, tau = mu[:, None], tau[:, None]
    mode, width = _modes(mu, tau, x, n)
    nodes, log_weights = quadrature()
    z = mode[..., None] + width[..., None] * nodes
    eta = mu[..., None] + tau[..., None] * z
    joint = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - z**2 / 2 + log_weights
    peak = joint.max(axis=-1)
    inside = np.exp(joint - peak[..., None])
    total = inside.sum(-1)
    w = inside / total[..., None]  # how likely each node is, given the counts
    p = expit(eta)
    rest, spread = x[:, None] - n[:, None] * p, n[:, None] * p * (1 - p)

    def mean(value: Array) -> Array:
        return np.asarray((w * value).sum(-1))

    a, b = mean(rest), mean(rest * z)
    constant = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return _Averages(
        height=(constant + peak + np.log(total * width / np.sqrt(np.pi))).sum(-1),
        by_mu=a.sum(-1), by_tau=b.sum(-1),
        info_mu=(mean(spread) - mean(rest**2) + a**2).sum(-1),
        info_tau=(mean(spread * z**2) - mean((rest * z) ** 2) + b**2).sum(-1),
        info_both=(mean(spread * z) - mean(rest**2 * z) + a * b).sum(-1),
    )  # fmt: skip


def _modes(mu: Array, tau: Array, x: Array, n: Array) -> tuple[Array, Array]:
    """Mode and width of each sample's deviate, shape (G, k), by Newton's method (the log density is concave)."""
    z = np.zeros((len(mu), len(x)))
    for _ in range(NEWTON_STEPS):
        p = expit(mu + tau * z)
        step = (tau * (x - n * p) - z) / (tau**2 * n * p * (1 - p) + 1)
        z = z + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        if np.abs(step).max() < 1e-12:
            break
    p = expit(mu + tau * z)
    return z, 1 / np.sqrt(tau**2 * n * p * (1 - p) + 1)
