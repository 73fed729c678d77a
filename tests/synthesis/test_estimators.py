"""Variance between studies by eight estimators: does each give metafor's value, for one analysis and for thousands at once?"""

import csv
import json

import numpy as np
import pytest

from evidence.synthesis.estimators import METHODS, _ml_likelihood, tau2
from evidence.synthesis.pooling import WALD, pool
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "reference"
SETS = json.loads((REFERENCE / "metafor.json").read_text())["sets"]
CASES = [(name, method) for name, data in SETS.items() for method in METHODS
         if f"{method}_z" in data["fits"] and len(np.atleast_1d(data["yi"])) > 1]  # fmt: skip


@pytest.mark.parametrize(("name", "method"), CASES)
def test_tau2_equals_metafor(name, method):
    data = SETS[name]
    found = float(tau2(np.array(data["yi"]), np.array(data["vi"]), method))
    assert found == pytest.approx(data["fits"][f"{method}_z"]["tau2"], rel=1e-6, abs=1e-9)


def subsets():
    with (REFERENCE / "bcg_subsets.csv").open() as stream:
        rows = list(csv.reader(line for line in stream if not line.startswith("#")))[1:]
    data = SETS["bcg/RR"]
    y, v = np.full((len(rows), 13), np.nan), np.full((len(rows), 13), np.nan)
    for i, (members, _) in enumerate(rows):
        chosen = [int(number) - 1 for number in members.split("-")]
        y[i, chosen], v[i, chosen] = np.array(data["yi"])[chosen], np.array(data["vi"])[chosen]
    return y, v, np.array([float(value) for _, value in rows])


def test_reml_converges_on_all_8178_subsets_of_the_bcg_trials_in_one_call():
    y, v, expected = subsets()
    assert len(expected) == 8178
    found = tau2(y, v, "REML")
    assert np.isfinite(found).all()
    assert np.abs(found - expected).max() < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_many_analyses_at_once_equal_each_by_itself(method):
    y, v, _ = subsets()
    chosen = slice(0, 8178, 611)
    together = tau2(y[chosen], v[chosen], method)
    alone = [float(tau2(a[~np.isnan(a)], b[~np.isnan(a)], method)) for a, b in zip(y[chosen], v[chosen], strict=True)]
    assert together == pytest.approx(np.array(alone), rel=1e-9, abs=1e-12)


def test_identical_estimates_give_no_variance_between_studies():
    for method in METHODS:
        assert float(tau2(np.full(5, 0.3), np.full(5, 0.1), method)) == pytest.approx(0.0, abs=1e-12)


# tau, mean and its standard error as printed for the six trials of DerSimonian and Kacker 2007.
PRINTED = {"PM": (0.3681, -0.3811, 0.2060), "HE": (0.4410, -0.4035, 0.2327), "DL": (0.2323, -0.3240, 0.1540),
           "REML": (0.1843, -0.2980, 0.1343), "HS": (0.1330, -0.2666, 0.1125), "SJ": (0.4572, -0.4079, 0.2386)}  # fmt: skip


def six_trials():
    from evidence.synthesis.measures import MEASURES

    arms = (
        [5, 5, 12, 69, 9, 313],
        [156, 303, 565, 1570, 103, 4659],
        [8, 17, 9, 94, 11, 352],
        [74, 303, 477, 1565, 105, 4650],
    )
    return MEASURES["OR"].make(*(np.array(arm, float) for arm in arms))


@pytest.mark.parametrize("method", PRINTED)
def test_the_six_trials_of_2007_as_printed(method):
    y, v = six_trials()
    found = pool(y, v, method=method, interval=WALD)
    assert (found.tau2**0.5, found.y, found.se) == pytest.approx(PRINTED[method], abs=6e-5)


def test_maximum_likelihood_of_the_six_trials_is_zero_though_a_package_prints_more():
    """A package that stops early prints tau = .0023; the likelihood is higher at zero, and falls from there."""
    y, v = six_trials()
    assert float(tau2(y, v, "ML")) == 0
    assert _ml_likelihood(np.array(0.0), y, v) > _ml_likelihood(np.array(0.0023**2), y, v)
