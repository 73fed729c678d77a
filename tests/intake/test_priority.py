"""The order of the queue: learned from past decisions, explained word by word, measured on the real base, never deciding."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import EvidenceBase
from evidence.errors import EvidenceError
from evidence.intake import priority as module
from evidence.intake.priority import NEVER_DECIDES, learn, measure_order, measured, measured_text, priority
from evidence.intake.screening import queue
from evidence.intake.screening_text import queue_text

HEADER = (
    "record,title,authors,year,venue,doi,pmid,registration,kind,search,seen_at,fate,same_as,citekey,reason,recorded_on"
)


@pytest.fixture
def decided(moonwort):
    """Sixty invented records of each fate, whose titles tell them apart, and two that await."""
    rows = [
        f"kept{i},Invented: trial of sleep {i},,,,,,,,all,,included,,ivory2013,rows rest on it,2020-06-30"
        for i in range(60)
    ]
    rows += [
        f"left{i},Invented: poem of the moon {i},,,,,,,,all,,set aside,,rook2011,a poem,2020-06-30" for i in range(60)
    ]
    rows += ["anew,Invented: a poem of the garden,,,,,,,,all,,awaiting,,,found,2020-06-29",
             "bnew,Invented: a trial of sleep in the garden,,,,,,,,all,,awaiting,,,found,2020-06-30"]  # fmt: skip
    moonwort.table("records").write_text("\n".join([HEADER, *rows]) + "\n")
    return EvidenceBase.load(moonwort)


def test_few_past_decisions_give_the_order_of_arrival_and_say_so(moonwort_base):
    found = priority(moonwort_base)
    assert found.scores == {}
    assert "too few to learn from (50 of each)" in found.told
    with pytest.raises(EvidenceError, match="Nothing to measure"):
        measured(moonwort_base)


def test_what_looks_like_the_kept_records_comes_first(decided):
    order = priority(decided)
    assert [record.record for record in queue(decided, order=order.scores)] == ["bnew", "anew"]
    assert order.scores["bnew"] > 0.5 > order.scores["anew"]


def test_the_words_that_raised_and_lowered_a_record_are_told(decided):
    why = learn(decided).explain(decided.records["bnew"])
    assert set(why.raised[:2]) == {"trial", "sleep"}
    assert "the" in why.lowered
    told = queue_text(decided, "AB", priority(decided))
    assert "raised by: " in told
    assert "lowered by: " in told
    assert NEVER_DECIDES in told


def test_a_record_of_unknown_words_is_told_to_be_one(decided, moonwort):
    path = moonwort.table("records")
    path.write_text(path.read_text() + "cnew,Xyzzy,,,,,,,,all,,awaiting,,,found,2020-06-30\n")
    base = EvidenceBase.load(moonwort)
    assert "no word of it is known" in queue_text(base, "", priority(base))


def test_priority_leaves_every_awaiting_record_in_the_queue_and_changes_no_file(decided):
    before = decided.workspace.table("records").read_bytes()
    assert {record.record for record in queue(decided, order=priority(decided).scores)} == {"anew", "bnew"}
    assert decided.workspace.table("records").read_bytes() == before


def test_the_same_base_gives_the_same_order(decided):
    first = priority(decided).scores
    learn.cache_clear()
    assert priority(decided).scores == first
    assert measured(decided) == measured(decided)


def test_without_scikit_learn_the_queue_is_in_order_of_arrival(decided, monkeypatch):
    learn.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    found = priority(decided)
    assert found.scores == {}
    assert found.told == "In order of arrival. Ordering the queue needs the intake extra: run `make intake`."
    with pytest.raises(EvidenceError, match="make intake"):
        measured(decided)


def test_on_the_real_base_the_order_is_better_than_chance_and_far_from_perfect(base):
    """What was found when it was made: 1.2% saved of 15.7% at best; set aside pile up at the end, twice as thick."""
    found = measured(base)
    past = [record for record in base.records.values() if record.fate in ("included", "background", "set aside")]
    assert found.records == len(past)
    assert 0 < found.saved < found.best
    assert all(share > part for part, share in zip(module.READ, found.recall, strict=True))
    assert found.aside_in_last_tenth > 1.5 * (found.records - found.relevant) / found.records
    assert "Work saved over sampling at 95% recall:" in measured_text(found)


def test_the_measure_of_a_perfect_and_of_the_worst_order():
    perfect = measure_order([True] * 20 + [False] * 80)
    assert (perfect.read, perfect.saved, perfect.recall) == (19, pytest.approx(0.76), (0.5, 1.0, 1.0))
    assert perfect.saved == perfect.best
    worst = measure_order([False] * 80 + [True] * 20)
    assert (worst.read, worst.saved, worst.recall) == (99, pytest.approx(-0.04), (0.0, 0.0, 0.0))
    assert (perfect.aside_in_last_tenth, worst.aside_in_last_tenth) == (1.0, 0.0)


@given(st.lists(st.booleans(), min_size=1).filter(any))
def test_no_order_saves_more_than_the_best(relevant):
    found = measure_order(relevant)
    assert found.saved <= found.best
    assert sum(relevant[: found.read]) >= 0.95 * sum(relevant) - 1e-9
    assert sorted(found.recall) == list(found.recall)
