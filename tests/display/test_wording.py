"""Sentences: bound to rows, worded by certainty, never mixing surveys with trials, never causal for self-report."""

import re
from dataclasses import replace

from evidence import answer, answers, say
from evidence.display.marks import row_citekey, row_link, row_place
from evidence.display.phrases import amount, finding_value, plural, rounded
from evidence.synthesis.grouping import STRANDS

CAUSAL = re.compile(r"\b(causes|caused|cures|cured|relieves|relieved|heals|healed|reduces|reduced)\b", re.IGNORECASE)
DOSES = re.compile(r"\b(take|use|start with|recommended)\s+\d+(\.\d+)?\s*(g|mg|grams?|milligrams?)\b", re.IGNORECASE)


def test_every_statement_rests_on_rows_that_exist(base):
    for item in answers(base):
        for said in say(item):
            assert said.rows, said.id
            for row in said.rows:
                assert re.fullmatch(r"data/[a-z-]+\.csv:\d+", row_place(base, row))
                assert row_link(base, row)
                key = row_citekey(base, row)
                assert key == "" or key in base.references


def test_statement_ids_are_the_question_and_a_number(base):
    for item in answers(base):
        assert [said.id for said in say(item)] == [
            f"{item.question.question}.{i}" for i in range(1, len(say(item)) + 1)
        ]


def test_a_verdict_sentence_rests_on_one_kind_of_evidence(base):
    from evidence.synthesis.grouping import strand_of

    for item in answers(base):
        first = say(item)[0]
        kinds = {
            strand_of(base.studies[base.findings[name].study]) for table, name in first.rows if table == "findings"
        }
        assert len(kinds) <= 1, first
        text = first.text.lower()
        named = set()
        for name in sorted(STRANDS, key=len, reverse=True):
            if name.rstrip(")") in text:
                named.add(name)
                text = text.replace(name.rstrip(")"), "")
        assert named <= kinds, first


def test_very_low_certainty_is_never_worded_as_knowledge(base):
    for item in answers(base):
        if item.verdict.name == "UNCERTAIN":
            assert say(item)[0].text.lower().startswith(("it is very uncertain", "very uncertain")), say(item)[0]


def test_what_users_say_is_worded_without_causal_verbs(base):
    for finding in base.findings.values():
        if finding.basis == "self-report" and finding.question == "reported-relief":
            assert not CAUSAL.search(finding.sentence) or re.search(
                r"\b(said|say|report|called|told|rated|named|view)", finding.sentence
            ), finding


def test_no_sentence_gives_a_dosing_instruction(base):
    for finding in base.findings.values():
        assert not DOSES.search(finding.sentence), finding.finding
    for item in answers(base):
        for said in say(item):
            assert not DOSES.search(said.text), said


def test_a_pooled_effect_is_said_with_interval_and_prediction_interval(moonwort_base):
    text = say(answer(moonwort_base, "sleep-onset"))[0].text
    assert text.startswith(
        "Randomised trials (3 samples, 240 people) show that moonwort shortens the time to fall asleep"
    )
    assert re.search(r"-7\.08 min on average \(95% CI -14\.3 min to 0\.183 min; 95% prediction interval", text)


def test_numbers_are_written_as_recorded():
    assert amount(8049, "people") == "8,049 people"
    assert amount(0.8, "%") == "0.8%"
    assert amount(2.33, "ratio") == "2.33"
    assert plural(1, "sample") == "1 sample"
    assert plural(1200, "entry", "entries") == "1,200 entries"
    assert rounded(0.123456) == 0.123


def test_the_phrase_of_a_finding_has_value_interval_counts_and_p(moonwort_base):
    finding = replace(moonwort_base.findings["larch2017-1"], p="<.01")
    assert finding_value(moonwort_base, finding) == "1.6 (95% CI 1.1 to 2.33) [n = 900] p <.01"
    assert finding_value(moonwort_base, moonwort_base.findings["ember2014-1"]) == "3% [30/1,000]"
    assert finding_value(moonwort_base, moonwort_base.findings["otter2015-1"]) == "in words only"
