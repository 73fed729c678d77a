"""Size beside certainty: named by a source, counted from the rows, and crossed sizes are imprecision."""

import csv
import math
import re
from dataclasses import replace

import pytest

from evidence import answers, say
from evidence.records.model import Finding, Outcome
from evidence.synthesis.certainty import certainty
from evidence.synthesis.choices import ARCSINE, LOGIT, Choices
from evidence.synthesis.described import PooledGroup, summarise
from evidence.synthesis.effects import back, effect
from evidence.synthesis.grouping import RANDOMISED, groups
from evidence.synthesis.sizes import SizedGroup, bounds, crossed, size, sized_groups
from tests.conftest import ROOT
from tests.synthesis.test_rule_tables import Case, blank

COHEN = (0.2, 0.5, 0.8)
PRITZ = list(csv.DictReader((ROOT / "tests" / "reference" / "inputs" / "pritz1997_PAS.csv").open()))


@pytest.mark.parametrize(
    ("value", "name"),
    [(0.0, "very small"), (-0.199, "very small"), (0.2, "small"), (-0.499, "small"), (0.5, "moderate"), (0.799, "moderate"),
     (-0.8, "large"), (3.45, "large")],
)  # fmt: skip
def test_a_size_changes_its_name_at_the_named_distance(value, name):
    assert size(value, COHEN) == name


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [(-0.45, -0.25, ()), (-0.6, -0.1, (-0.5, -0.2)), (-0.1, 0.1, ()), (-0.3, 0.3, (-0.2, 0.2)),
     (-1, 1, (-0.8, -0.5, -0.2, 0.2, 0.5, 0.8)),
     (0.2, 0.5, ())],
)  # fmt: skip
def test_only_sizes_inside_an_interval_are_crossed(low, high, inside):
    assert crossed(low, high, COHEN) == inside


def outcome(better="lower", **sizes):
    return blank(Outcome, outcome="o", name="Pain", unit="SD", better=better, **sizes)


SIZED = {"small": 0.2, "moderate": 0.5, "large": 0.8, "sizes_source": "higgins2011"}


def only_trial(base, low, high, measure="standardised mean difference", **sizes):
    """One large randomised trial with a printed interval, on an outcome with or without sizes."""
    case = Case(base, RANDOMISED, (10_000,))
    printed = {"value": (low + high) / 2, "low": low, "high": high, "interval": "95% CI"}
    found = tuple(replace(item, measure=measure, **printed) for item in case.findings)
    base = replace(case.base, outcomes={"o": outcome(**sizes)}, findings={item.finding: item for item in found})
    made = groups(base, found)
    return replace(case.body, base=base, groups=made, summaries=tuple(summarise(group) for group in made))


@pytest.mark.parametrize(
    ("low", "high", "steps"), [(-0.45, -0.25, 0), (-0.6, -0.3, 1), (-0.6, -0.1, 2), (-0.9, -0.1, 3), (-1.0, 1.0, 3)]
)
def test_each_size_inside_the_interval_is_a_step_and_three_are_the_most(moonwort_base, low, high, steps):
    body = only_trial(moonwort_base, low, high, **SIZED)
    assert sum(c.steps for c in certainty("effect", body).concerns if c.domain == "imprecision") == steps


def test_a_step_says_where_the_interval_would_have_to_stop(moonwort_base):
    (concern,) = [
        c
        for c in certainty("effect", only_trial(moonwort_base, -0.6, -0.3, **SIZED)).concerns
        if c.domain == "imprecision"
    ]
    assert concern.because == "the interval runs from -0.6 (moderate) to -0.3 (small)"
    assert concern.relief == "if it stopped at -0.5"


@pytest.mark.parametrize(("low", "high", "steps"), [(-1.0, 1.0, 1), (0.1, 1.0, 0)])
def test_without_sizes_an_interval_that_includes_no_difference_is_one_step(moonwort_base, low, high, steps):
    body = only_trial(moonwort_base, low, high)
    assert sum(c.steps for c in certainty("effect", body).concerns if c.domain == "imprecision") == steps


def test_the_worse_of_people_and_interval_counts(moonwort_base):
    body = only_trial(moonwort_base, -0.9, -0.1, **SIZED)
    few = replace(body, studies=tuple(replace(study, n=60) for study in body.studies))
    assert [c.steps for c in certainty("effect", few).concerns if c.domain == "imprecision"] == [3]
    narrow = only_trial(moonwort_base, -0.45, -0.25, **SIZED)
    few = replace(narrow, studies=tuple(replace(study, n=60) for study in narrow.studies))
    assert [c.steps for c in certainty("effect", few).concerns if c.domain == "imprecision"] == [1]


def test_a_difference_on_the_bad_side_says_so_unless_it_is_very_small():
    worse = SizedGroup(outcome(), COHEN, (0.3,), ())
    assert (worse.named(0.3), worse.named(0.1), worse.named(-0.3)) == ("small, the other way", "very small", "small")
    assert SizedGroup(outcome("higher"), COHEN, (), ()).named(-0.6) == "moderate, the other way"
    assert SizedGroup(outcome("neither"), COHEN, (), ()).named(-0.6) == "moderate"


def test_ratios_have_no_sizes():
    assert bounds(outcome(**SIZED), "odds ratio") == ()
    assert bounds(outcome(**SIZED), "mean difference") == COHEN


def test_the_sizes_of_the_real_base_are_told_from_its_own_rows(base):
    told = 0
    for item in answers(base):
        if item.deciding is None:
            continue
        spoken = [said for said in say(item) if said.role == "size"]
        sized = list(sized_groups(base, item.deciding.groups, item.deciding.summaries))
        if not item.question.directed:
            assert not spoken
            continue
        assert len(spoken) == len(sized)
        for said, group in zip(spoken, sized, strict=True):
            printed = {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", said.text)}
            own = {base.findings[row].value for _, row in said.rows}
            assert {group.values[0], group.values[-1]} <= own & printed
            assert base.reference(group.outcome.sizes_source).label in said.text
            told += 1
    assert told > 10


def test_findings_of_unlike_people_do_not_stand_in_one_group(base):
    kinds = 0
    for item in answers(base):
        for strand in item.strands:
            for group in strand.groups:
                classes = {getattr(voice.study, "people", "") for voice in group.voices}
                assert classes == {group.people}
                kinds += len({other.people for other in strand.groups}) > 1
    assert kinds > 0


@pytest.mark.parametrize("row", PRITZ, ids=[row["study"] for row in PRITZ])
def test_the_arcsine_scale_equals_metafor_and_comes_back(row):
    events, total = int(row["xi"]), int(row["ni"])
    finding = blank(
        Finding, finding="x-1", measure="proportion", value=100 * events / total, events=events, denominator=total
    )
    found = effect(finding, ARCSINE)
    assert (found.y, found.v) == pytest.approx((float(row["yi"]), float(row["vi"])), rel=1e-12)
    assert back(ARCSINE, found.y) == pytest.approx(100 * events / total)
    percent = replace(finding, events=None)
    assert effect(percent, ARCSINE).y == pytest.approx(found.y)


@pytest.mark.parametrize("events", [0, 20])
def test_the_arcsine_scale_needs_nothing_added_where_nobody_or_everybody_had_it(events):
    finding = blank(Finding, finding="x-1", measure="proportion", value=5.0 * events, events=events, denominator=20)
    found = effect(finding, ARCSINE)
    assert (back(ARCSINE, found.y), found.v) == pytest.approx((5.0 * events, 1 / 80))
    assert "half an event" in effect(finding, LOGIT).conversion
    assert back(ARCSINE, 2.0) == 100.0 and back(ARCSINE, -0.1) == 0.0
    assert effect(replace(finding, denominator=None), ARCSINE) is None


def test_another_scale_for_shares_pools_the_same_voices_elsewhere(moonwort_base):
    """Three surveys drawn by chance: the same k, another average, near the first."""
    (group,) = [g for item in answers(moonwort_base) for s in item.strands for g, m in zip(s.groups, s.summaries, strict=True)
                if isinstance(m, PooledGroup) and m.scale == LOGIT]  # fmt: skip
    logit, arcsine = summarise(group).pooled, summarise(group, Choices(shares=ARCSINE)).pooled
    assert logit.k == arcsine.k == 3
    assert 0 < abs(back(LOGIT, logit.y) - back(ARCSINE, arcsine.y)) < 0.5
    assert math.isfinite(arcsine.low)


def test_a_number_that_does_not_bear_on_the_question_says_nothing_of_its_size(moonwort_base):
    body = only_trial(moonwort_base, -0.9, -0.7, **SIZED)
    assert [group.values for group in sized_groups(body.base, body.groups, body.summaries)] == [(-0.8,)]
    (group,) = body.groups
    aside = replace(
        group, voices=tuple(replace(v, finding=replace(v.finding, answers="unclear")) for v in group.voices)
    )
    assert list(sized_groups(body.base, (aside,), body.summaries)) == []
