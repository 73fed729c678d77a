"""Why an answer moved: parts that sum to the move, whatever the order of causes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.synthesis import certainty
from evidence.synthesis.answers import compute
from evidence.synthesis.attribution import (
    ADDED,
    CAUSES,
    CODE,
    CORRECTED,
    LOST,
    METHOD,
    WITHDRAWALS,
    Reading,
    _shapley,
    attribute,
)
from evidence.synthesis.constants import constants, under

TRIALS = ("ivory2013", "jasper2016", "kestrel2019")


def without(base, *studies):
    """The base before these studies were added."""
    return base.without(f.finding for f in base.findings.values() if f.study in studies)


def with_finding(base, name, **new):
    return replace(base, findings={**base.findings, name: replace(base.findings[name], **new)})


def parts(found, what):
    return next(dict(move.parts) for move in found.moves if move.what == what)


def sums(found):
    return [(sum(part for _, part in move.parts), move.after - move.before) for move in found.moves]


def retracted(base, key):
    notice = replace(base.corrections[0], correction="withdrawn", citekey=key, kind="retraction", status="applied")
    return replace(base, corrections=(*base.corrections, notice))


def test_nothing_moved_is_no_attribution(moonwort_base):
    assert attribute("sleep-onset", moonwort_base, moonwort_base) is None


def test_an_added_study_alone_takes_the_whole_move(moonwort_base):
    found = attribute("sleep-onset", without(moonwort_base, "ivory2013", "jasper2016"), moonwort_base)
    assert (found.before.verdict, found.after.verdict) != ("KNOWN", "KNOWN")
    assert all(set(dict(move.parts)) == {ADDED} for move in found.moves)
    assert all(part == pytest.approx(whole) for part, whole in sums(found))


def test_a_lost_study_is_the_same_move_the_other_way(moonwort_base):
    less = without(moonwort_base, "ivory2013", "jasper2016")
    lost, added = attribute("sleep-onset", moonwort_base, less), attribute("sleep-onset", less, moonwort_base)
    assert parts(lost, "certainty") == {LOST: -parts(added, "certainty")[ADDED]}


def test_four_causes_at_once_sum_exactly(moonwort_base):
    before = without(moonwort_base, "kestrel2019")
    key = moonwort_base.studies["jasper2016"].citekey
    finding = next(f for f in moonwort_base.findings.values() if f.study == "ivory2013")
    after = retracted(
        with_finding(
            moonwort_base, finding.finding, value=finding.value - 2, low=finding.low - 2, high=finding.high - 2
        ),
        key,
    )
    found = attribute("sleep-onset", before, after, {**constants(), "MIN_POOLED": 2})
    assert found is not None
    assert all(part == pytest.approx(whole, abs=1e-12) for part, whole in sums(found))
    causes = {cause for move in found.moves for cause, _ in move.parts}
    assert {ADDED, WITHDRAWALS} <= causes <= {*CAUSES, CODE}


def test_an_average_that_moves_is_split_into_its_correction_and_its_new_study(moonwort_base):
    names = [f.finding for f in moonwort_base.findings.values() if f.study == "ivory2013"]
    before = with_finding(without(moonwort_base, "kestrel2019"), names[0], value=-1.0, low=-3.0, high=1.0)
    with under({"MIN_POOLED": 2}):
        found = attribute("sleep-onset", before, moonwort_base, {**constants(), "MIN_POOLED": 2})
        split = parts(found, "estimate")
        assert set(split) == {ADDED, CORRECTED}
        now, then = (compute(base, "sleep-onset").strands[0].summaries[0].pooled.y for base in (moonwort_base, before))
        assert sum(split.values()) == pytest.approx(now - then, abs=1e-12)


def test_an_average_that_was_not_made_before_is_not_split(moonwort_base):
    found = attribute("sleep-onset", without(moonwort_base, "kestrel2019"), moonwort_base)
    assert found is None or all(move.what not in ("estimate", "low", "high") for move in found.moves)


def test_a_number_of_the_method_is_a_cause(moonwort_base):
    """Under a split of a hundredth nothing in two directions would ever agree."""
    found = attribute(
        "sleep-onset", moonwort_base, moonwort_base, {**constants(), "MIN_REVIEWS": 2, "MEDIUM_DIFFERENCE": 0.05}
    )
    assert set(parts(found, "certainty")) == {METHOD}


def test_what_an_edition_printed_otherwise_is_put_down_to_code(moonwort_base):
    found = attribute("sleep-onset", moonwort_base, moonwort_base, None, Reading("LIKELY", 1))
    assert parts(found, "verdict") == {CODE: 1.0}
    assert (found.before.verdict, found.after.verdict) == ("LIKELY", "KNOWN")


def test_numbers_are_put_back_even_after_an_error():
    with pytest.raises(RuntimeError), under({"SPLIT": 0.9, "no longer there": 1}):
        assert certainty.SPLIT == 0.9
        raise RuntimeError
    assert certainty.SPLIT == 1 / 3


@given(st.lists(st.floats(-5, 5), min_size=2 ** len(CAUSES), max_size=2 ** len(CAUSES)))
@settings(max_examples=50)
def test_shapley_parts_sum_to_the_move_for_any_values(numbers):
    coalitions = [
        frozenset(cause for i, cause in enumerate(CAUSES) if mask >> i & 1) for mask in range(2 ** len(CAUSES))
    ]
    values = dict(zip(coalitions, numbers, strict=True))
    total = sum(_shapley(cause, values) for cause in CAUSES)
    assert total == pytest.approx(values[frozenset(CAUSES)] - values[frozenset()], abs=1e-9)
