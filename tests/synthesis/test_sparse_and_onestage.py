"""Sparse tables and shares in one stage: Mantel-Haenszel and the binomial-normal model against metafor."""

import csv

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import binom, norm

from evidence.errors import PoolingError
from evidence.synthesis.onestage import pool_shares
from evidence.synthesis.sparse import mantel_haenszel
from tests.conftest import ROOT

INPUTS = ROOT / "tests" / "reference" / "inputs"
# metafor 3.8.1, rma.mh on the BCG trials: estimate, standard error.
MH_BCG = {"RR": (-0.453709604683754, 0.0393373668712944), "OR": (-0.473410988388585, 0.0410077784042314),
          "RD": (-0.003288181832613, 0.000286656748527374)}  # fmt: skip


def rows(name):
    with (INPUTS / f"{name}.csv").open() as stream:
        return list(csv.DictReader(stream))


def bcg():
    cells = {
        field: np.array([float(row[field]) for row in rows("bcg_RR")]) for field in ("tpos", "tneg", "cpos", "cneg")
    }
    return cells["tpos"], cells["tpos"] + cells["tneg"], cells["cpos"], cells["cpos"] + cells["cneg"]


@pytest.mark.parametrize("measure", MH_BCG)
def test_mantel_haenszel_of_the_bcg_trials_equals_metafor(measure):
    found = mantel_haenszel(*bcg(), measure)
    assert (found.y, found.se) == pytest.approx(MH_BCG[measure], rel=1e-9)


def test_a_table_without_events_counts_for_nothing_in_a_ratio():
    a, n1, c, n2 = bcg()
    more = [np.append(x, y) for x, y in zip((a, n1, c, n2), (0, 50, 0, 60), strict=True)]
    assert mantel_haenszel(*more, "RR").y == pytest.approx(mantel_haenszel(a, n1, c, n2, "RR").y, rel=1e-12)


def test_no_event_in_one_arm_gives_no_ratio():
    with pytest.raises(PoolingError, match="one arm has no event"):
        mantel_haenszel(np.zeros(2), np.full(2, 10.0), np.ones(2), np.full(2, 10.0), "RR")


def pritz():
    data = rows("pritz1997_PLO")
    return np.array([float(row["xi"]) for row in data]), np.array([float(row["ni"]) for row in data])


def test_the_one_stage_model_of_pritz_equals_metafor_to_what_its_optimiser_leaves():
    """rma.glmm, ML, 51 nodes, t: logit 1.376588 (.753586 to 1.999589), tau2 .589300; seven nodes give 1.376604."""
    found = pool_shares(*pritz())
    assert found.mu == pytest.approx(1.376587521418471, rel=1e-5)
    assert found.se == pytest.approx(0.288377360161921, rel=2e-5)
    assert (found.low, found.high) == pytest.approx((0.753586111291175, 1.999588931545767), rel=1e-5)
    assert found.tau2 == pytest.approx(0.589299893531053, rel=2e-5)
    assert (found.pi_low, found.pi_high) == pytest.approx((-0.394995651050456, 3.148170693887398), rel=3e-5)


def log_likelihood(mu, tau, x, n):
    """The likelihood of the model by scipy's own integration: it knows nothing of our nodes."""

    def of(x, n, z):
        return binom.pmf(x, n, expit(mu + tau * z)) * norm.pdf(z)

    return sum(np.log(quad(lambda z: of(a, b, z), -12, 12, epsabs=0, epsrel=1e-12, limit=400)[0])  # noqa: B023
               for a, b in zip(x, n, strict=True))  # fmt: skip


def test_no_point_nearby_nor_metafors_has_a_higher_likelihood():
    found = pool_shares(*pritz())
    top = log_likelihood(found.mu, found.tau2**0.5, *pritz())
    assert found.log_likelihood == pytest.approx(top, abs=1e-9)
    nearby = [(found.mu + a, found.tau2**0.5 + b) for a, b in ((1e-4, 0), (-1e-4, 0), (0, 1e-4), (0, -1e-4))]
    assert all(
        log_likelihood(*point, *pritz()) < top for point in [*nearby, (1.376587521418471, 0.589299893531053**0.5)]
    )


def test_the_standard_error_is_the_curvature_of_the_likelihood():
    found, step = pool_shares(*pritz()), 0.02
    tau = found.tau2**0.5

    def f(a, b):
        return log_likelihood(found.mu + a * step, tau + b * step, *pritz())

    mm, tt = (f(1, 0) - 2 * f(0, 0) + f(-1, 0), f(0, 1) - 2 * f(0, 0) + f(0, -1))
    mt = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / 4
    assert found.se == pytest.approx(step * np.sqrt(-tt / (mm * tt - mt**2)), rel=2e-3)


def test_more_nodes_change_nothing_in_the_tenth_figure(monkeypatch):
    ours = pool_shares(*pritz()).mu
    monkeypatch.setattr("evidence.synthesis.onestage.NODES", 81)
    assert pool_shares(*pritz()).mu == pytest.approx(ours, rel=1e-11)


def test_equal_shares_give_the_plain_share_and_no_variance_between_samples():
    found = pool_shares(np.array([20.0, 40.0, 60.0]), np.array([100.0, 200.0, 300.0]))
    assert float(expit(found.mu)) == pytest.approx(0.2, abs=1e-6)
    assert found.tau2 == 0
    assert found.se == pytest.approx((1 / 120 + 1 / 480) ** 0.5, rel=1e-9)


def test_a_sample_with_nobody_needs_no_correction():
    found = pool_shares(np.array([0.0, 3.0, 5.0]), np.array([50.0, 60.0, 70.0]))
    assert 0.01 < float(expit(found.mu)) < 0.09


def test_all_or_nothing_is_refused():
    with pytest.raises(PoolingError, match="nobody or everybody"):
        pool_shares(np.zeros(3), np.full(3, 10.0))
