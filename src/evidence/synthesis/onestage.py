"""Shares pooled in one stage: a binomial-normal model on the logit scale, which needs no continuity correction.

Vocabulary: `x` events among `n` people in each of k samples; `mu` the mean logit, `tau2` its variance between samples.
The likelihood of a sample is integrated over its own logit by adaptive Gauss-Hermite quadrature (stijnen2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, gammaln
from scipy.stats import t

from evidence.errors import PoolingError
from evidence.synthesis.pooling import LEVEL, MIN_STUDIES

Array = NDArray[np.float64]

# Seven nodes are metafor's choice; more change the pooled share in the sixth figure only.
NODES = 7
NEWTON_STEPS = 40
STEP = 1e-4  # for the second derivatives of the log likelihood
SMALLEST_LOG_TAU, LARGEST_LOG_TAU = -12.0, 4.0


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
    start = np.array([np.log(x.sum() / (n - x).sum()), np.log(0.5)])
    found = minimize(lambda p: -log_likelihood(p[0], p[1], x, n), start, method="Nelder-Mead",
                     options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000})  # fmt: skip
    mu, log_tau = float(found.x[0]), float(np.clip(found.x[1], SMALLEST_LOG_TAU, LARGEST_LOG_TAU))
    se, tau2, k = _standard_error(mu, log_tau, x, n), float(np.exp(2 * log_tau)), len(x)
    quantile = float(t.ppf(0.5 + LEVEL / 2, k - 1))
    spread = float(np.sqrt(tau2 + se**2))
    three = k > MIN_STUDIES
    return OneStage(
        k=k, mu=mu, se=se, low=mu - quantile * se, high=mu + quantile * se, tau2=tau2,
        pi_low=mu - quantile * spread if three else None, pi_high=mu + quantile * spread if three else None,
        log_likelihood=float(-found.fun),
    )  # fmt: skip


def log_likelihood(mu: float, log_tau: float, x: Array, n: Array) -> float:
    """Log likelihood of the model, integrated by adaptive quadrature."""
    tau = np.exp(np.clip(log_tau, SMALLEST_LOG_TAU, LARGEST_LOG_TAU))
    mode, width = _modes(mu, tau, x, n)
    nodes, node_weights = np.polynomial.hermite.hermgauss(NODES)
    z = mode[:, None] + np.sqrt(2) * width[:, None] * nodes  # standard normal deviate of each sample at each node
    eta = mu + tau * z
    joint = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - z**2 / 2
    peak = joint.max(axis=1)
    inside = (node_weights * np.exp(nodes**2 + joint - peak[:, None])).sum(axis=1)
    constant = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float((constant + peak + np.log(inside * width / np.sqrt(np.pi))).sum())


def _modes(mu: float, tau: float, x: Array, n: Array) -> tuple[Array, Array]:
    """Mode and width of each sample's deviate, by Newton's method (the log density is concave)."""
    z = np.zeros(len(x))
    for _ in range(NEWTON_STEPS):
        p = expit(mu + tau * z)
        step = (tau * (x - n * p) - z) / (tau**2 * n * p * (1 - p) + 1)
        z = z + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-12:
            break
    p = expit(mu + tau * z)
    return z, 1 / np.sqrt(tau**2 * n * p * (1 - p) + 1)


def _standard_error(mu: float, log_tau: float, x: Array, n: Array) -> float:
    """From the curvature of the log likelihood in both parameters; in mu alone where tau is at its floor."""

    def f(a: float, b: float) -> float:
        return log_likelihood(mu + a * STEP, log_tau + b * STEP, x, n)

    centre = f(0, 0)
    aa = (f(1, 0) - 2 * centre + f(-1, 0)) / STEP**2
    bb = (f(0, 1) - 2 * centre + f(0, -1)) / STEP**2
    ab = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * STEP**2)
    determined = bb < 0 and aa * bb - ab**2 > 0
    return float(np.sqrt(-bb / (aa * bb - ab**2))) if determined else float(np.sqrt(-1 / aa))
