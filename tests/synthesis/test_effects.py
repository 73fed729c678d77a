from dataclasses import replace

import pytest

from evidence.synthesis.effects import back, effect


@pytest.fixture
def finding(moonwort_base):
    return moonwort_base.findings["ember2014-1"]


def test_a_share_with_counts_goes_to_the_logit_scale(finding):
    found = effect(finding)
    assert found.scale == "logit"
    assert back("logit", found.y) == pytest.approx(3.0)
    assert found.v == pytest.approx(1 / 30 + 1 / 970)


def test_logit_of_one_tenth_is_the_value_metafor_prints(finding):
    """logit(.1) = -2.197225 in metafor's own tests."""
    assert effect(replace(finding, events=1, denominator=10, value=10.0)).y == pytest.approx(-2.197225, abs=5e-7)


def test_half_an_event_is_added_only_where_nobody_or_everybody_had_it(finding):
    none = effect(replace(finding, events=0, value=0.0))
    assert "half an event" in none.conversion
    assert none.v == pytest.approx(1 / 0.5 + 1 / 1000.5)
    assert "half" not in effect(finding).conversion


def test_a_ratio_takes_its_standard_error_from_the_interval(moonwort_base):
    """exp(log(1.6) ± 1.96 se) = 1.1 to 2.33, so se is 0.1914."""
    found = effect(moonwort_base.findings["larch2017-1"])
    assert found.scale == "log"
    assert found.v**0.5 == pytest.approx(0.1914, abs=2e-4)


def test_a_ratio_without_an_interval_gives_no_effect(moonwort_base):
    assert effect(replace(moonwort_base.findings["larch2017-1"], interval="range")) is None


def test_a_mean_takes_its_standard_error_from_sd_and_size(finding):
    mean = replace(finding, measure="mean", value=5.0, sd=2.0, denominator=16, events=None)
    assert effect(mean).v == pytest.approx(0.25)


def test_words_and_affinities_are_not_put_on_a_scale(moonwort_base):
    assert effect(moonwort_base.findings["nettle2012-1"]) is None
    assert effect(moonwort_base.findings["otter2015-1"]) is None
