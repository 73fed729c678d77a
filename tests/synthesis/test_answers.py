"""What the invented topic must come to, rule by rule, and what must hold of the real base."""

from dataclasses import replace

import pytest

from evidence import answer, answers, say
from evidence.errors import UnknownIdError
from evidence.records.base import EvidenceBase
from evidence.synthesis.described import Described, PooledGroup, summarise
from evidence.synthesis.grouping import (
    PROBABILITY,
    RANDOMISED,
    SURVEYS,
    Directions,
    directions,
    groups,
    primary,
    why_silent,
)
from evidence.synthesis.imprecision import information_size


def test_verdicts_of_the_invented_topic(moonwort_base):
    found = {item.question.question: item.verdict.name for item in answers(moonwort_base)}
    assert found == {
        "sleep-onset": "KNOWN", "headache": "CONTESTED", "dreams": "UNSTUDIED", "use-adults": "KNOWN",
        "why-used": "UNCERTAIN", "receptor": "KNOWN", "lunarine-content": "UNCERTAIN", "law": "KNOWN",
    }  # fmt: skip


def test_probability_surveys_are_pooled_and_volunteers_are_not(moonwort_base):
    drawn = answer(moonwort_base, "use-adults").deciding
    assert drawn.name == PROBABILITY
    assert isinstance(drawn.summaries[0], PooledGroup)
    volunteers = answer(moonwort_base, "why-used").deciding
    assert volunteers.name == SURVEYS
    assert isinstance(volunteers.summaries[0], Described)


def test_a_shared_sample_has_one_voice_and_the_other_is_named(moonwort_base):
    group = answer(moonwort_base, "why-used").deciding.groups[0]
    assert sorted(voice.sample for voice in group.voices) == ["hollow2019", "moon-club"]
    assert [item.finding for item in group.left_out] == ["gale2017-1"]
    assert "shares its sample with gale2015-1" in group.left_out[0].reason


def test_a_pooled_interval_with_no_difference_lowers_certainty(moonwort_base):
    strand = answer(moonwort_base, "sleep-onset").deciding
    assert strand.name == RANDOMISED
    assert [(c.domain, c.steps) for c in strand.certainty.concerns] == [("imprecision", 1)]


def test_second_hand_findings_are_shown_and_do_not_speak(moonwort_base):
    findings = dict(moonwort_base.findings)
    findings["mole2018-1"] = replace(findings["mole2018-1"], depth_seen="secondary")
    base = replace(moonwort_base, findings=findings)
    found = answer(base, "headache")
    assert found.deciding.directions == Directions(yes=1)
    left = [item for group in found.deciding.groups for item in group.left_out]
    assert [(item.finding, item.reason) for item in left] == [("mole2018-1", "seen only as others quote it")]
    assert len(found.findings) == 2


def test_a_retracted_report_does_not_speak(moonwort_base):
    notice = replace(moonwort_base.corrections[0], citekey="mole2018", kind="retraction")
    base = replace(moonwort_base, corrections=(notice,))
    assert [f.finding for f in primary(base, base.findings_by_question["headache"])] == ["larch2017-1"]
    assert answer(base, "headache").deciding.directions == Directions(yes=1)


def test_a_surveillance_system_speaks_by_its_newest_reading(moonwort_base):
    studies = {name: replace(s, sample="moon-club") if name.startswith("ember") else s
               for name, s in moonwort_base.studies.items()}  # fmt: skip
    samples = {"moon-club": replace(moonwort_base.samples["moon-club"], basis="same system")}
    base = replace(moonwort_base, studies=studies, samples=samples)
    group = groups(base, base.findings_by_question["use-adults"], "past-year-share")[0]
    assert [voice.finding.finding for voice in group.voices] == ["ember2018-1"]
    times = [said.text for said in say(answer(base, "use-adults")) if said.role == "time"]
    assert len(times) == 1
    assert times[0].index("2014") < times[0].index("2016") < times[0].index("2018")


def test_small_studies_that_saw_no_harm_do_not_decide_against_it(moonwort_base):
    """A harm of 1 in 100 needs 300 people; here 50 people without it stand against 900 with it."""
    small = replace(moonwort_base.studies["mole2018"], n=50)
    findings = dict(moonwort_base.findings)
    findings["mole2018-1"] = replace(findings["mole2018-1"], denominator=50)
    only_no = {k: f for k, f in findings.items() if k != "larch2017-1"}
    base = replace(moonwort_base, studies={**moonwort_base.studies, "mole2018": small}, findings=only_no)
    assert answer(base, "headache").verdict.name == "UNCERTAIN"


def test_an_override_stands_only_while_it_meets_what_it_expected(moonwort_base):
    from datetime import date

    from evidence.records.model import Override

    row = Override(where=moonwort_base.questions["headache"].where, question="headache", expected="CONTESTED",
                   chosen="LIKELY", answer="yes", reason="Invented.", decided_by="editor",
                   recorded_on=date(2020, 6, 30))  # fmt: skip
    met = answer(replace(moonwort_base, overrides={"headache": row}), "headache")
    assert (met.verdict.name, met.verdict.computed) == ("LIKELY", "CONTESTED")
    assert "set in writing" in say(met)[0].text
    stale = answer(replace(moonwort_base, overrides={"headache": replace(row, expected="KNOWN")}), "headache")
    assert stale.verdict.name == "CONTESTED"


def test_a_sample_that_points_both_ways_counts_half_to_each():
    assert Directions(yes=1, no=0, both=1).minority_share == pytest.approx(0.25)
    assert Directions(yes=2, no=1).minority_share == pytest.approx(1 / 3)
    assert Directions().minority_share == 0


def test_a_medium_difference_needs_two_groups_of_63():
    """62.8 a group for a standardised difference of 0.5 at alpha .05 and power .80."""
    assert information_size(0.5) == 126
    assert information_size(0.2) == 786


def test_an_unknown_question_is_refused_with_what_is_near(moonwort_base):
    with pytest.raises(UnknownIdError, match="sleep-onset"):
        answer(moonwort_base, "sleep-onse")


def test_no_real_verdict_mixes_kinds_of_evidence(base):
    for item in answers(base):
        for strand in item.strands:
            kinds = {type(base.studies[finding.study]).__name__ for finding in strand.findings}
            assert len(kinds) == 1, (item.question.question, strand.name, kinds)


def test_each_real_sample_is_heard_once_in_a_group(base):
    for item in answers(base):
        for strand in item.strands:
            for group in strand.groups:
                heard = [voice.sample for voice in group.voices]
                assert len(heard) == len(set(heard))
                assert {v.finding.finding for v in group.voices}.isdisjoint(left.finding for left in group.left_out)


def test_directions_count_every_real_sample_once(base):
    for item in answers(base):
        for strand in item.strands:
            ways = directions(base, strand.findings)
            heard = {base.studies[f.study].sample for f in primary(base, strand.findings)}
            assert ways.yes + ways.no + ways.both + ways.unclear == len(heard)


def test_as_of_takes_away_what_was_not_yet_public(moonwort_base):
    assert answer(moonwort_base.as_of("2014-12-31"), "use-adults").deciding.samples == 1
    assert answer(moonwort_base.as_of("2014-12-30"), "use-adults").deciding is None
    assert answer(moonwort_base.as_of("2010-01-01"), "law").verdict.name == "UNSTUDIED"
    assert isinstance(moonwort_base.as_of(""), EvidenceBase)


def test_where_two_readings_are_asked_for_a_single_one_does_not_speak(moonwort_base):
    topic = replace(moonwort_base.schema.topic, two_readings=True)
    strict = replace(moonwort_base, schema=replace(moonwort_base.schema, topic=topic), second_extractions={})
    assert answer(moonwort_base, "sleep-onset").verdict.computed != "UNSTUDIED"
    silent = answer(strict, "sleep-onset")
    assert silent.verdict.computed == "UNSTUDIED"
    assert {why_silent(strict, finding) for finding in silent.findings} == {"read by one pair of eyes only"}


def test_counts_beside_differences_do_not_make_them_shares(moonwort_base):
    """A trial may record how many took part in what; a group is pooled as shares only if it holds shares."""
    trials = answer(moonwort_base, "sleep-onset").strands[0]
    group, ours = trials.groups[0], trials.summaries[0]
    counted = tuple(replace(v, finding=replace(v.finding, events=5, denominator=20)) for v in group.voices)
    assert summarise(replace(group, voices=counted)) == ours
