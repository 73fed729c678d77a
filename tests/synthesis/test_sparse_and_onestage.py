"""Sparse tables and shares in one stage: Mantel-Haenszel and the binomial-normal model against metafor."""

import csv

import numpy as np
import pytest
from scipy.special import expit

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
    """rma.glmm, ML, seven nodes, t: logit 1.376604 (.753582 to 1.999627), tau2 .589331, 79.8445%."""
    found = pool_shares(*pritz())
    assert found.mu == pytest.approx(1.37660438896057, rel=1e-5)
    assert found.se == pytest.approx(0.288387187848756, rel=1e-5)
    assert (found.low, found.high) == pytest.approx((0.753581747406672, 1.99962703051447), rel=1e-5)
    assert found.tau2 == pytest.approx(0.589330901792856, rel=2e-5)
    assert (found.pi_low, found.pi_high) == pytest.approx((-0.395027094553248, 3.14823587247439), rel=2e-5)
    assert float(expit(found.mu)) == pytest.approx(0.798445096529633, rel=1e-6)


def test_more_nodes_change_the_share_in_the_sixth_figure_only(monkeypatch):
    seven = expit(pool_shares(*pritz()).mu)
    monkeypatch.setattr("evidence.synthesis.onestage.NODES", 41)
    assert float(expit(pool_shares(*pritz()).mu)) == pytest.approx(float(seven), abs=2e-6)


def test_equal_shares_give_the_plain_share_and_no_variance_between_samples():
    found = pool_shares(np.array([20.0, 40.0, 60.0]), np.array([100.0, 200.0, 300.0]))
    assert float(expit(found.mu)) == pytest.approx(0.2, abs=1e-6)
    assert found.tau2 < 1e-6
    assert found.se == pytest.approx((1 / 120 + 1 / 480) ** 0.5, rel=1e-3)


def test_a_sample_with_nobody_needs_no_correction():
    found = pool_shares(np.array([0.0, 3.0, 5.0]), np.array([50.0, 60.0, 70.0]))
    assert 0.01 < float(expit(found.mu)) < 0.09


def test_all_or_nothing_is_refused():
    with pytest.raises(PoolingError, match="nobody or everybody"):
        pool_shares(np.zeros(3), np.full(3, 10.0))
