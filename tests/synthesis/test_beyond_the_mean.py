"""Meta-regression, dependence, small studies and influence give what R metafor and clubSandwich give."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import PoolingError
from evidence.synthesis.dependence import CR1, CR2, cluster_robust, three_level
from evidence.synthesis.influence import cumulative, leave_one_out
from evidence.synthesis.pooling import COMMON, HK, HK_PLAIN, WALD, pool
from evidence.synthesis.regression import design, regress
from evidence.synthesis.small_studies import L0, MIN_STUDIES, R0, begg, egger, trim_and_fill
from tests.conftest import ROOT

PINNED = json.loads((ROOT / "tests" / "reference" / "beyond_the_mean.json").read_text())
BCG = json.loads((ROOT / "tests" / "reference" / "metafor.json").read_text())["sets"]["bcg/RR"]
Y, V = np.array(BCG["yi"]), np.array(BCG["vi"])
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
YEAR = [1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968, 1961, 1974, 1969, 1976]
ALLOCATION = ["random", "random", "random", "random", "alternate", "alternate", "random", "random", "random",
              "systematic", "systematic", "systematic", "systematic"]  # fmt: skip
DESIGNS = {
    "latitude": {"latitude": LATITUDE},
    "latitude_and_year": {"latitude": LATITUDE, "year": YEAR},
    "allocation": {"allocation": ALLOCATION},
}
INTERVALS = {"z": WALD, "knha": HK_PLAIN, "adhoc": HK}
# lme4-like optimisers and metafor's own stop at about this relative distance.
RELATIVE = 1e-6


def near(value, rel=RELATIVE):
    return pytest.approx(value, rel=rel, abs=1e-9)


@pytest.mark.parametrize("name", PINNED["regressions"])
def test_every_meta_regression_equals_metafor(name):
    columns, method, test = name.split("/")
    expected = PINNED["regressions"][name]
    x, names = design(DESIGNS[columns])
    found = regress(Y, V, x, names, method=COMMON if method == "FE" else method, interval=INTERVALS[test])
    assert list(found.b) == near(expected["b"])
    assert list(found.se) == near(expected["se"])
    assert list(found.low) == near(expected["low"])
    assert list(found.high) == near(expected["high"])
    assert list(found.p) == near(expected["p"], 1e-5)
    assert found.tau2 == near(expected["tau2"])
    assert (found.qm, found.qm_p) == near((expected["qm"], expected["qm_p"]), 1e-5)
    assert (found.qe, found.qe_p) == near((expected["qe"], expected["qe_p"]))
    if method != "FE":
        assert found.r2 == near(expected["r2"])
        assert found.i2 == near(expected["i2"])


def test_a_column_of_words_is_compared_with_its_first_level():
    x, names = design({"allocation": ALLOCATION})
    assert names == ("intercept", "allocation: random against alternate", "allocation: systematic against alternate")
    assert x.sum(0).tolist() == [13, 7, 4]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "at least one column"),
        ({"a": [1] * 13}, "in every study"),
        ({"a": LATITUDE, "b": LATITUDE}, "say the same"),
    ],
)
def test_what_cannot_be_regressed_is_refused_with_a_sentence(columns, words):
    with pytest.raises(PoolingError, match=words):
        x, names = design(columns)
        regress(Y, V, x, names)


def test_more_coefficients_than_studies_are_refused():
    x, names = design({"latitude": LATITUDE, "year": YEAR})
    with pytest.raises(PoolingError, match="3 studies cannot carry 3"):
        regress(Y[:3], V[:3], x[:3], names)


@pytest.mark.parametrize("kind", [CR1, CR2])
@pytest.mark.parametrize("name", ["each", "clustered", "regression"])
def test_cluster_robust_inference_equals_clubsandwich(name, kind):
    expected = PINNED["robust"][name]
    x = design({"latitude": LATITUDE})[0] if name == "regression" else np.ones((13, 1))
    between = regress(Y, V, x, ("a", "b")).tau2 if name == "regression" else pool(Y, V).tau2
    found = cluster_robust(Y, x, np.diag(V + between), expected["cluster"], kind)
    for column in ("b", "se", "df", "p"):
        assert list(getattr(found, column)) == near(np.atleast_1d(expected[kind][column]).tolist(), 1e-5)


def test_the_bcg_interval_by_cr2_as_printed_by_metafor():
    """metafor's documentation prints 0.3296 to 0.7267 on 11.04 degrees of freedom."""
    found = cluster_robust(Y, np.ones((13, 1)), np.diag(V + pool(Y, V).tau2), range(13))
    assert found.df[0] == pytest.approx(11.04, abs=0.005)
    assert np.exp([found.low[0], found.high[0]]) == pytest.approx([0.3296, 0.7267], abs=5e-5)
    assert found.trusted


def test_few_clusters_are_not_trusted():
    found = cluster_robust(Y, np.ones((13, 1)), np.diag(V), [1] * 5 + [2] * 4 + [3] * 4)
    assert not found.trusted


@pytest.mark.parametrize(("name", "cluster"), [("three_level", "district"), ("three_level_assink", "study")])
def test_the_three_level_model_equals_metafor(name, cluster):
    expected = PINNED[name]
    found = three_level(np.array(expected["yi"]), np.array(expected["vi"]), expected[cluster])
    # metafor's quasi-Newton search leaves about five digits of the variances (it prints four).
    assert (found.between, found.within) == near(tuple(expected["sigma2"]), 2e-5)
    assert found.y == near(expected["b"])
    assert found.se == near(expected["se"])
    assert found.q == near(expected["q"])
    assert (found.robust.se[0], found.robust.df[0]) == near((expected["CR2"]["se"], expected["CR2"]["df"]), 2e-5)


def test_school_districts_as_printed():
    expected = PINNED["three_level"]
    found = three_level(np.array(expected["yi"]), np.array(expected["vi"]), expected["district"])
    assert (found.between, found.within) == pytest.approx((0.0651, 0.0327), abs=5e-5)


def test_three_levels_need_a_cluster_of_two():
    with pytest.raises(PoolingError, match="one estimate"):
        three_level(Y, V, range(13))
    with pytest.raises(PoolingError, match="at least two clusters"):
        three_level(Y, V, [1] * 13)


@pytest.mark.parametrize("name", PINNED["small_studies"])
def test_small_study_tests_equal_metafor(name):
    data = PINNED["small_studies"][name]
    y, v = np.array(data["y"]), np.array(data["v"])
    asked, ranks = egger(y, v), begg(y, v)
    expected = data["egger"]
    assert (asked.t, asked.p, asked.df) == near((expected["t"], expected["p"], expected["df"]))
    limits = (expected["limit"], expected["limit_low"], expected["limit_high"])
    assert (asked.limit, asked.limit_low, asked.limit_high) == near(limits)
    assert (ranks.tau, ranks.p) == near((data["begg"]["tau"], data["begg"]["p"]))


@pytest.mark.parametrize("estimator", [L0, R0])
@pytest.mark.parametrize("name", PINNED["small_studies"])
def test_trim_and_fill_equals_metafor(name, estimator):
    data = PINNED["small_studies"][name]
    method = COMMON if data["method"] == "FE" else data["method"]
    found = trim_and_fill(np.array(data["y"]), np.array(data["v"]), method=method, estimator=estimator)
    expected = data[estimator]
    assert (found.added, found.side) == (expected["k0"], expected["side"])
    # The rounds of trimfill are fitted with metafor's default tolerance, which moves the mirrored studies a little.
    pinned = (expected["b"], expected["se"], expected["tau2"])
    assert (found.pooled.y, found.pooled.se, found.pooled.tau2) == near(pinned, 1e-5)


def test_the_magnesium_trials_without_the_largest_as_printed():
    data = PINNED["small_studies"]["magnesium_REML"]
    y, v = np.array(data["y"]), np.array(data["v"])
    kept = v > v.min()
    found = egger(y[kept], v[kept])
    assert (found.t, found.df, found.p) == pytest.approx((-3.1783, 13, 0.0073), abs=5e-5)


@pytest.mark.parametrize("test", [egger, begg, trim_and_fill])
def test_nothing_is_asked_of_small_studies_under_ten(test):
    with pytest.raises(PoolingError, match=f"under {MIN_STUDIES}"):
        test(Y[:9], V[:9])


@pytest.mark.parametrize(("name", "make"), [("left_out", leave_one_out), ("cumulative", cumulative)])
def test_leaving_out_and_adding_one_by_one_equal_metafor(name, make):
    expected = PINNED["one_by_one"][name]
    found = make(Y, V, interval=WALD)
    for column in ("y", "low", "high", "tau2"):
        assert getattr(found, column).tolist() == near(expected[column])


def test_many_means_at_once_equal_each_by_itself():
    found = leave_one_out(Y, V)
    for i in range(len(Y)):
        one = pool(np.delete(Y, i), np.delete(V, i))
        assert (found.y[i], found.low[i], found.high[i]) == near((one.y, one.low, one.high), 1e-9)


@given(
    st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.3, 2.0, 1e4]), st.sampled_from([1e-6, 0.1, 0.1, 1.0, 1e6]), st.integers(0, 4)),
             min_size=2, max_size=20),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_table_is_either_modelled_or_refused_in_words(rows):
    """Equal estimates, equal or wildly unlike variances, a single cluster: a number or a sentence, never a crash or a NaN."""
    y, v, cluster = (np.array(column, float) for column in zip(*rows, strict=True))
    asked = {
        "regression": lambda: regress(y, v, *design({"c": cluster.tolist()})).b,
        "levels": lambda: [three_level(y, v, cluster.tolist()).y],
        "egger": lambda: [egger(y, v).t],
        "begg": lambda: [begg(y, v).tau],
        "filled": lambda: [trim_and_fill(y, v).pooled.y],
        "left out": lambda: leave_one_out(y, v).y,
    }
    for name, ask in asked.items():
        try:
            found = ask()
        except PoolingError as refused:
            assert str(refused), name
        else:
            assert np.isfinite(found).all(), name


def test_studies_of_one_precision_cannot_be_told_small_from_large():
    with pytest.raises(PoolingError, match="equally precise"):
        egger(Y, np.full(13, 0.1))
    with pytest.raises(PoolingError, match="all estimates are equal"):
        begg(np.ones(13), V)
