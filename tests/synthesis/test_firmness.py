"""How firm a verdict is: the same rules run on other days, other choices, one study less, one study more."""

import re
from dataclasses import replace
from datetime import date

import pytest

from evidence import answer, answers
from evidence.display.firmness import firmness, whole_history
from evidence.synthesis.answers import compute
from evidence.synthesis.choices import FIRST, LARGEST, NEWEST, Choices
from evidence.synthesis.grouping import CASES, strand_of
from evidence.synthesis.history import FIRST_YEAR, history
from evidence.synthesis.multiverse import INCLUSION, multiverse
from evidence.synthesis.pooling import WALD
from evidence.synthesis.verdicts import KNOWN, UNCERTAIN, UNSTUDIED
from evidence.synthesis.what_if import IMAGINED, SIZES, gains, losses


def test_every_year_end_is_the_base_as_of_that_day(base):
    years = history(base, "use-us-adults", date(2026, 11, 24))
    assert [item.year for item in years] == [str(year) for year in range(FIRST_YEAR, 2027)]
    for item in years:
        then = answer(base.as_of(item.day), "use-us-adults")
        assert (item.verdict, item.rows) == (then.verdict.computed, len(then.findings))
    assert years[0].verdict == UNSTUDIED
    assert years[-1].verdict == answer(base, "use-us-adults").verdict.computed


def test_rows_only_grow_with_the_years(base):
    for name in base.questions:
        rows = [item.rows for item in history(base, name, base.today)]
        assert rows == sorted(rows), name


def test_our_own_path_is_one_of_the_multiverse_and_holds(base):
    for item in answers(base):
        universe = multiverse(base, item.question.question)
        if universe is None:
            assert item.question.kind == "status" or item.deciding is None
            continue
        assert universe.paths[0].choices == ()
        assert (universe.paths[0].verdict, universe.paths[0].lean) == (item.verdict.computed, item.lean)
        assert 1 <= universe.holds <= len(universe.paths)


def test_the_shortest_way_elsewhere_ends_elsewhere_and_no_shorter_one_does(base):
    for item in answers(base):
        universe = multiverse(base, item.question.question)
        if universe is None or universe.shortest is None:
            continue
        ours = (item.verdict.computed, item.lean)
        assert (universe.shortest.verdict, universe.shortest.lean) != ours
        for path in universe.paths:
            if len(path.choices) < len(universe.shortest.choices):
                assert (path.verdict, path.lean) == ours or path.verdict == UNSTUDIED


def test_a_path_of_inclusion_leaves_out_what_it_says(base):
    leave = INCLUSION[3]["leave out case reports and series"]
    kept = [finding for finding in base.findings.values() if not leave(base, finding)]
    assert 0 < len(kept) < len(base.findings)
    assert all(strand_of(base.studies[finding.study]) != CASES for finding in kept)


def test_paths_differ_only_where_a_choice_can_matter(base):
    """Ways to pool are tried only where something is pooled, voices only where a sample is shared."""
    sizes = {len(found.paths) for name in base.questions if (found := multiverse(base, name))}
    assert sizes <= {32, 96, 192, 384, 576}


def test_another_report_speaks_for_a_shared_sample_when_asked(moonwort_base):
    voices = {}
    for rule in (LARGEST, FIRST, NEWEST):
        found = compute(moonwort_base, "use-adults", Choices(voice=rule))
        voices[rule] = {v.sample: v.finding.finding for s in found.strands for g in s.groups for v in g.voices}
    assert all(set(voices[rule]) == set(voices[LARGEST]) for rule in voices)


def test_another_estimator_gives_another_interval(moonwort_base):
    def pooled(choices):
        item = compute(moonwort_base, "use-adults", choices)
        return next(s.pooled for strand in item.strands for s in strand.summaries if hasattr(s, "pooled"))

    ours, other = pooled(Choices()), pooled(Choices("DL", WALD))
    assert other.method == "DL"
    assert (ours.low, ours.high) != (other.low, other.high)


def test_a_study_named_as_a_loss_changes_the_verdict_when_it_goes(base):
    found = {name: losses(base, name) for name in base.questions}
    assert any(found.values())
    for name, lost in found.items():
        for item in lost:
            gone = base.without(f.finding for f in base.findings_by_study[item.study])
            assert item.study not in gone.studies
            assert compute(gone, name).verdict.computed == item.verdict != answer(base, name).verdict.computed


def test_what_is_known_needs_no_further_study(base):
    known = [item.question.question for item in answers(base) if item.verdict.computed == KNOWN]
    assert all(gains(base, name) == () for name in known)


def test_ten_people_never_settle_a_question_of_effect(base):
    """A trial of ten is hardly any evidence, however well it was done."""
    for item in answers(base):
        if item.question.kind != "effect" or item.verdict.computed not in (UNSTUDIED, UNCERTAIN):
            continue
        for gain in gains(base, item.question.question):
            assert all(size > SIZES[0] for size, verdict in gain.steps if verdict == KNOWN), item.question.question


def test_an_unstudied_effect_needs_a_trial_of_the_size_that_the_rules_name(base):
    """126 people see a medium difference; a harm of 1 in 100 needs 300."""
    assert answer(base, "chronic-pain").verdict.computed == UNSTUDIED
    for gain in gains(base, "chronic-pain"):
        assert gain.steps == ((40, "LIKELY"), (150, KNOWN))


def test_the_imagined_study_never_stays_in_the_base(base):
    gains(base, "chronic-pain")
    assert IMAGINED not in base.studies
    assert all(finding.study != IMAGINED for finding in base.findings.values())


def test_an_overdue_registered_trial_weighs_against_the_trials_that_reported(moonwort_base):
    trial = next(s for s in moonwort_base.studies.values() if s.table == "trials")
    name = next(f.question for f in moonwort_base.findings.values() if f.study == trial.study)
    some = next(iter(moonwort_base.registrations.values()))
    silent = replace(some, question=name, results="none seen", primary_completion="2018-01", planned_n=10_000)
    changed = replace(moonwort_base, registrations={silent.registration: silent})
    concerns = next(s for s in answer(changed, name).strands if s.name == "randomised trials").certainty.concerns
    found = next(item for item in concerns if item.domain == "publication bias")
    assert found.steps == 1
    assert silent.registration in found.because
    reported = replace(silent, results="published")
    fine = replace(moonwort_base, registrations={reported.registration: reported})
    concerns = next(s for s in answer(fine, name).strands if s.name == "randomised trials").certainty.concerns
    assert all(item.domain != "publication bias" for item in concerns)


@pytest.mark.parametrize("name", ["heart-rhythm", "chronic-pain", "use-us-adults", "status-fda"])
def test_the_page_says_how_firm_each_verdict_is(base, name):
    shown = firmness(answer(base, name))
    assert "How firm is this?" in shown
    assert "Since when" in shown
    assert ("paths" in shown) == (multiverse(base, name) is not None)
    assert not re.search(r"\b1 paths|\b1 rows|None", shown)


def test_the_whole_history_has_a_row_for_each_question(base):
    assert whole_history(base).count("<tr") == len(base.questions) + 1
