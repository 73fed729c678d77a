"""Do our estimators give what R metafor gives? A failure means a pooled number in a report would be wrong."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import PoolingError
from evidence.synthesis.pooling import HK_PLAIN, WALD, pool, q_profile
from tests.conftest import ROOT

SETS = json.loads((ROOT / "tests" / "reference" / "metafor.json").read_text())["sets"]
# metafor itself stops iterating at 1e-5 of a step in tau2 by default; estimates agree far closer.
RELATIVE = 1e-6


@pytest.mark.parametrize("name", SETS)
def test_reml_with_knapp_hartung_equals_metafor(name):
    data = SETS[name]
    expected = data["fits"]["REML_knha"]
    found = pool(np.array(data["yi"]), np.array(data["vi"]), interval=HK_PLAIN)
    close = lambda value: pytest.approx(value, rel=RELATIVE, abs=1e-8)  # noqa: E731
    assert found.y == close(expected["coefficients"]["intrcpt"])
    assert found.se == close(expected["se"])
    assert (found.low, found.high) == close((expected["ci_lb"], expected["ci_ub"]))
    assert found.tau2 == close(expected["tau2"])
    assert found.q == close(expected["QE"])
    assert found.q_p == close(expected["QEp"])
    assert found.i2 == close(expected["I2"])
    assert list(found.weights) == close(expected["weights"])
    if found.k > 2 and "pi_default" in expected:
        assert (found.pi_low, found.pi_high) == close(tuple(expected["pi_default"]))


@pytest.mark.parametrize("name", [name for name in SETS if "REML_adhoc" in SETS[name]["fits"]])
def test_the_guard_equals_metafors_adhoc_interval(name):
    data = SETS[name]
    expected = data["fits"]["REML_adhoc"]
    found = pool(np.array(data["yi"]), np.array(data["vi"]))
    assert (found.low, found.high) == pytest.approx((expected["ci_lb"], expected["ci_ub"]), rel=RELATIVE)


@pytest.mark.parametrize("name", [name for name in SETS if "tau2_ci_qprofile" in SETS[name]["fits"]["REML_knha"]])
def test_the_q_profile_interval_equals_metafor(name):
    data = SETS[name]
    expected = data["fits"]["REML_knha"]["tau2_ci_qprofile"]["tau2"]
    assert q_profile(np.array(data["yi"]), np.array(data["vi"])) == pytest.approx(tuple(expected), rel=1e-4, abs=1e-4)


def test_bcg_vaccine_as_printed_by_metafor_and_pymare():
    data = SETS["bcg/RR"]
    found = pool(np.array(data["yi"]), np.array(data["vi"]))
    assert np.exp([found.y, found.low, found.high]) == pytest.approx([0.489421, 0.330072, 0.725698], abs=5e-7)
    assert (found.pi_low, found.pi_high) == pytest.approx((-1.996017, 0.566952), abs=5e-7)


def test_first_trials_of_bcg_show_how_little_few_studies_say():
    """k = 2, 3 and 4 as printed by metafor: plain Knapp-Hartung at four is narrower than Wald, guarded it is not."""
    data = SETS["bcg/RR"]
    y, v = np.array(data["yi"]), np.array(data["vi"])
    two = pool(y[:2], v[:2], interval=HK_PLAIN)
    assert (two.low, two.high) == pytest.approx((-5.6047, 2.9547), abs=5e-5)
    assert two.pi_low is None
    three = pool(y[:3], v[:3])
    assert (three.low, three.high) == pytest.approx((-2.6507, -0.0098), abs=5e-5)
    plain, guarded = pool(y[:4], v[:4], interval=HK_PLAIN), pool(y[:4], v[:4])
    assert (plain.low, plain.high) == pytest.approx((-1.6629, -1.1812), abs=5e-5)
    assert (guarded.low, guarded.high) == pytest.approx((-1.8309, -1.0132), abs=5e-5)
    assert guarded.guarded
    assert not plain.guarded


@pytest.mark.parametrize("method", ["REML", "DL", "PM", "ML", "HE", "HS", "SJ"])
@pytest.mark.parametrize("name", ["bcg/RR", "bcg/OR", "normand1999/MD", "normand1999/SMD"])
def test_wald_and_knapp_hartung_intervals_of_every_estimator_equal_metafor(name, method):
    data = SETS[name]
    for interval, label in ((WALD, "z"), (HK_PLAIN, "knha")):
        expected = data["fits"][f"{method}_{label}"]
        found = pool(np.array(data["yi"]), np.array(data["vi"]), method=method, interval=interval)
        assert (found.low, found.high) == pytest.approx((expected["ci_lb"], expected["ci_ub"]), rel=RELATIVE)
        assert (found.pi_low, found.pi_high) == pytest.approx(tuple(expected["pi_default"]), rel=RELATIVE)


def test_the_common_effect_equals_metafor_and_has_no_prediction_interval():
    data = SETS["bcg/RR"]
    expected = data["fits"]["FE_z"]
    found = pool(np.array(data["yi"]), np.array(data["vi"]), method="CE", interval=WALD)
    assert (found.y, found.low, found.high) == pytest.approx((-0.430285, -0.509661, -0.350909), abs=5e-7)
    assert list(found.weights) == pytest.approx(expected["weights"])
    assert found.pi_low is None


def test_the_estimator_can_change_the_conclusion():
    """Normand 1999, mean difference: DL excludes no difference, REML does not (as printed by metafor)."""
    data = SETS["normand1999/MD"]
    y, v = np.array(data["yi"]), np.array(data["vi"])
    dl, reml = pool(y, v, method="DL", interval=WALD), pool(y, v, interval=WALD)
    assert dl.high < 0 < reml.high


@pytest.mark.parametrize(
    ("y", "v", "words"),
    [([1.0], [1.0], "at least 2"), ([1.0, 2.0], [1.0, 0.0], "not positive"), ([1.0, np.nan], [1.0, 1.0], "not finite"),
     ([1.0, 2.0], [1.0], "differ in shape")],
)  # fmt: skip
def test_what_cannot_be_pooled_is_refused_with_a_sentence(y, v, words):
    with pytest.raises(PoolingError, match=words):
        pool(np.array(y), np.array(v))


numbers = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.001, 10)), min_size=2, max_size=12)


@settings(max_examples=150, deadline=None)
@given(numbers, st.floats(-3, 3))
def test_a_shift_of_all_estimates_shifts_the_mean_and_nothing_else(pairs, shift):
    y, v = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    one, two = pool(y, v), pool(y + shift, v)
    assert two.y - one.y == pytest.approx(shift, abs=1e-6)
    assert two.tau2 == pytest.approx(one.tau2, rel=1e-5, abs=1e-7)
    assert one.low <= one.y <= one.high
    assert sum(one.weights) == pytest.approx(100)
