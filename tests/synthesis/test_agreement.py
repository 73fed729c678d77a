from dataclasses import replace

import pytest

from evidence.display.overviews import standing
from evidence.synthesis.agreement import agreement, kappa
from evidence.synthesis.answers import answer


def test_kappa_of_the_textbook_table():
    """Two readers, 50 things: 20 both yes, 15 both no, 5 and 10 apart; observed .70, by chance .50, kappa .40."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(pairs) == pytest.approx(0.40)


def test_kappa_is_one_for_full_agreement_and_none_where_chance_explains_everything():
    assert kappa([("yes", "yes"), ("no", "no")]) == 1
    assert kappa([("yes", "yes")] * 3) is None
    assert kappa([]) is None


def test_numbers_of_two_readings_are_compared_one_by_one(moonwort_base):
    found = agreement(moonwort_base)
    assert (found.findings, found.numbers, found.same_numbers) == (2, 8, 7)


def test_a_claim_stands_by_the_verdict_and_its_direction(moonwort_base):
    claim = moonwort_base.claims[0]
    assert standing(claim, answer(moonwort_base, "sleep-onset")) == "supported"
    assert standing(replace(claim, asserts="no"), answer(moonwort_base, "sleep-onset")) == "not supported"
    assert standing(claim, answer(moonwort_base, "headache")) == "partly: contested"
    assert standing(claim, answer(moonwort_base, "dreams")) == "not studied"
    assert standing(claim, answer(moonwort_base, "use-adults")) == "compare with the sentence"
