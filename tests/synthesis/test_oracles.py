"""Do other people's estimators agree with ours? statsmodels and PyMARE share no line with this project or with metafor.

Where they are known to differ (statsmodels lets tau2 of DerSimonian and Laird go below nought; both take another variance
of a standardised difference), they are not asked.
"""

import json
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evidence.synthesis.estimators import tau2
from evidence.synthesis.pooling import COMMON, HK_PLAIN, WALD, pool
from evidence.synthesis.regression import design, regress
from evidence.synthesis.sparse import mantel_haenszel
from tests.conftest import ROOT

SETS = json.loads((ROOT / "tests" / "reference" / "metafor.json").read_text())["sets"]
PYMARE = {"DL": "DerSimonianLaird", "HE": "Hedges", "ML": "ML", "REML": "REML"}

tables = st.integers(3, 12).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-3, 3), min_size=k, max_size=k), st.lists(st.floats(0.01, 2), min_size=k, max_size=k)
    )
)


def combine_effects(y, v, **options):
    from statsmodels.stats import meta_analysis

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return meta_analysis.combine_effects(y, v, **options)


def pymare_fit(y, v, x, method):
    from pymare import Dataset, estimators

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        named = {"ML": "ML", "REML": "REML"}.get(method)
        estimator = (
            estimators.VarianceBasedLikelihoodEstimator(method=named)
            if named
            else getattr(estimators, PYMARE[method])()
        )
        return estimator.fit_dataset(Dataset(y, v, X=x, add_intercept=True)).summary()


@pytest.mark.parametrize("name", SETS)
def test_statsmodels_gives_our_common_effect_and_our_paule_mandel_and_knapp_hartung(name):
    y, v = np.array(SETS[name]["yi"]), np.array(SETS[name]["vi"])
    other = combine_effects(y, v, method_re="iterated", use_t=True, atol=1e-13)
    ours, common = pool(y, v, method="PM", interval=HK_PLAIN), pool(y, v, method=COMMON, interval=WALD)
    assert other.mean_effect_fe == pytest.approx(common.y, rel=1e-9, abs=1e-12)
    assert other.sd_eff_w_fe == pytest.approx(common.se, rel=1e-9)
    assert other.q == pytest.approx(common.q, rel=1e-9)
    if other.tau2 > 0:
        assert other.tau2 == pytest.approx(ours.tau2, rel=1e-6)
        assert other.mean_effect_re == pytest.approx(ours.y, rel=1e-6)
        assert other.sd_eff_w_re_hksj == pytest.approx(ours.se, rel=1e-6)
    else:
        # Nought, or given up: statsmodels starts at nought and stops there on one of these tables, where metafor goes on.
        assert ours.tau2 == pytest.approx(SETS[name]["fits"].get("PM_z", {"tau2": 0.0})["tau2"], rel=1e-4, abs=1e-6)


@given(tables)
@settings(max_examples=60, deadline=None)
def test_statsmodels_gives_our_dersimonian_laird_on_any_table_with_variance_between(table):
    y, v = map(np.array, table)
    assume(np.ptp(y) > 1e-3)
    other, ours = combine_effects(y, v, method_re="chi2"), float(tau2(y, v, "DL"))
    assert max(other.tau2, 0.0) == pytest.approx(ours, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("method", PYMARE)
@pytest.mark.parametrize("name", SETS)
def test_pymare_gives_our_tau2(name, method):
    y, v = np.array(SETS[name]["yi"]), np.array(SETS[name]["vi"])
    other = pymare_fit(y, v, None, method)
    assert float(np.ravel(other.tau2)[0]) == pytest.approx(float(tau2(y, v, method)), rel=1e-4, abs=1e-6)


def test_pymare_gives_our_regression_on_latitude():
    y, v = np.array(SETS["bcg/RR"]["yi"]), np.array(SETS["bcg/RR"]["vi"])
    latitude = np.array([44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33], float)
    other = pymare_fit(y, v, latitude[:, None], "REML")
    x, names = design({"latitude": list(latitude)})
    ours = regress(y, v, x, names)
    assert np.ravel(other.fe_params) == pytest.approx(ours.b, rel=1e-4)


def test_statsmodels_gives_our_mantel_haenszel_odds_ratio():
    from statsmodels.stats.contingency_tables import StratifiedTable

    a, n1 = np.array([4, 6, 3.0]), np.array([123, 306, 231.0])
    c, n2 = np.array([11, 29, 11.0]), np.array([139, 303, 220.0])
    other = StratifiedTable([np.array([[w, x - w], [y, z - y]]) for w, x, y, z in zip(a, n1, c, n2, strict=True)])
    ours = mantel_haenszel(a, n1, c, n2, "OR")
    assert (np.log(other.oddsratio_pooled), other.logodds_pooled_se) == pytest.approx((ours.y, ours.se), rel=1e-9)
