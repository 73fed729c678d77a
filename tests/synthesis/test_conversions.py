"""Printed summaries become means and errors as the methods' authors print them, and skewed ones are refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from evidence.errors import PoolingError
from evidence.synthesis.conversions import (
    UNREPORTED,
    fisher_z,
    mean_from_summary,
    paired_difference,
    paired_range,
    se_from_interval,
    se_from_p,
)


@pytest.mark.parametrize(
    ("given_", "mean", "sd"),
    [
        ({"extremes": (2, 14)}, 6.594468, 3.211576),
        ({"quartiles": (4, 10)}, 6.719500, 4.787076),
        ({"extremes": (2, 14), "quartiles": (4, 10)}, 6.938841, 3.679435),
    ],
)
def test_five_numbers_as_metafor_prints_them(given_, mean, sd):
    found = mean_from_summary(20, 6, **given_)
    assert (found.mean, found.sd) == pytest.approx((mean, sd), abs=5e-7)
    assert "median" in found.conversion


def test_skewed_numbers_are_refused_with_the_test_that_refused_them():
    with pytest.raises(PoolingError, match=r"0\.818, limit 0\.666"):
        mean_from_summary(20, 6, quartiles=(4, 14), extremes=(2, 20))


@pytest.mark.parametrize(
    ("median", "given_", "words"),
    [
        (6, {}, "median alone"),
        (11, {"quartiles": (4, 10)}, "not in order"),
        (6, {"quartiles": (4, 10), "extremes": (5, 14)}, "not in order"),
        (6, {"extremes": (6, 6)}, "not in order"),
    ],
)
def test_numbers_out_of_order_are_refused(median, given_, words):
    with pytest.raises(PoolingError, match=words):
        mean_from_summary(20, median, **given_)


@given(st.floats(0.01, 50), st.floats(-100, 100), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_standard_error_comes_back_from_its_own_interval(se, mean, level):
    reach = norm.ppf(0.5 + level / 2) * se
    assert se_from_interval(mean - reach, mean + reach, level) == pytest.approx(se)


def test_a_small_samples_interval_is_one_of_student():
    reach = float(t.ppf(0.975, 9)) * 2
    assert se_from_interval(5 - reach, 5 + reach, df=9) == pytest.approx(2)


@given(st.floats(0.1, 10), st.floats(0.1, 3))
def test_a_standard_error_comes_back_from_its_own_p_value(se, z):
    assert se_from_p(z * se, float(2 * norm.sf(z))) == pytest.approx(se)


@pytest.mark.parametrize(("estimate", "p"), [(1.0, 0.0), (1.0, 1.0), (0.0, 0.5)])
def test_a_p_value_that_says_nothing_is_refused(estimate, p):
    with pytest.raises(PoolingError, match="no standard error"):
        se_from_p(estimate, p)


def test_a_crossover_contrast_narrows_with_the_correlation():
    """With a correlation of 1 and equal spread nothing is left to chance; with none the variances add."""
    assert paired_difference(5, 2, 3, 2, 16, 1.0) == (2, 0)
    assert paired_difference(5, 2, 3, 2, 16, 0.0) == (2, 0.5)
    spread = [v for _, v in paired_range(5, 2, 3, 2, 16).values()]
    assert spread == sorted(spread, reverse=True)
    assert len(spread) == len(UNREPORTED)


def test_fishers_z_of_a_half():
    assert fisher_z(0.5, 28) == (pytest.approx(math.log(3) / 2), 0.04)
    with pytest.raises(PoolingError):
        fisher_z(1.0, 28)
