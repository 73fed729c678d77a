"""What a question would say with and without a report under a retraction or an expression of concern."""

import re
from dataclasses import replace
from datetime import date

import pytest

from evidence import EvidenceBase, answer, answers
from evidence.display.flagged import DRILL, compare, flagged, with_and_without
from evidence.synthesis.what_if import losses

DAY = date(2020, 6, 30)
QUESTION = "sleep-onset"


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def retracted(workspace, *keys, status="proposed", kind="retraction"):
    """The invented topic after notices about some of its reports."""
    path = workspace.table("corrections")
    rows = [f"{key}-notice,{key},{kind},Invented notice.,{status},https://example.org/notice/{key},2020-01-05,2020-06-30\n"
            for key in keys]  # fmt: skip
    path.write_text(path.read_text() + "".join(rows))
    return EvidenceBase.load(workspace)


def row_of(shown, words):
    return next(plain(row) for row in shown.split("<tr>") if words in row)


@pytest.mark.parametrize("kind", ["retraction", "expression of concern"])
def test_a_proposed_notice_moves_nothing_and_is_shown_with_what_it_would_move(moonwort, kind):
    before = answer(EvidenceBase.load(moonwort), QUESTION)
    base = retracted(moonwort, "kestrel2019", kind=kind)
    now = answer(base, QUESTION)
    assert now.verdict == before.verdict
    assert now.deciding.samples == 3
    found = compare(base, QUESTION, ("kestrel2019",))
    assert found.speaking.verdict == before.verdict
    assert found.silent.verdict == answer(EvidenceBase.load(moonwort).without(["kestrel2019-1"]), QUESTION).verdict
    shown = row_of(flagged(base, DAY), "kestrel2019")
    assert f"{kind}, 2020-01-05; proposed by a check and not looked at yet, so the report speaks here" in shown
    assert found.words in shown
    assert found.words in plain(with_and_without(now))


def test_an_applied_notice_silences_the_report_and_both_sides_are_still_shown(moonwort):
    before = answer(EvidenceBase.load(moonwort), QUESTION)
    base = retracted(moonwort, "kestrel2019", status="applied")
    found = compare(base, QUESTION, ("kestrel2019",))
    assert found.speaking.verdict == before.verdict
    assert found.silent.verdict == answer(base, QUESTION).verdict
    assert "settled (applied), so the report does not speak here" in row_of(flagged(base, DAY), "kestrel2019")


@pytest.mark.parametrize("status", ["proposed", "applied"])
def test_proposed_and_applied_compare_the_same_two_answers(moonwort, status):
    base = retracted(moonwort, "ivory2013", "jasper2016", "kestrel2019", status=status)
    keys = ("ivory2013", "jasper2016", "kestrel2019")
    together = compare(base, QUESTION, keys)
    assert (together.speaking.verdict.name, together.silent.verdict.name) == ("KNOWN", "UNSTUDIED")
    words = "Moves the verdict, from KNOWN to UNSTUDIED"
    assert together.words.startswith(words)
    shown = flagged(base, DAY)
    assert words in row_of(shown, "All 3 of them together")
    assert "the certainty, from" in row_of(shown, "All 3 of them together")
    assert "All 3 of them together" in plain(with_and_without(answer(base, QUESTION)))


def test_a_question_without_a_flagged_report_shows_nothing_and_only_its_own_questions_are_listed(moonwort):
    base = retracted(moonwort, "kestrel2019")
    assert [item.question.question for item in answers(base) if with_and_without(item)] == [QUESTION]
    assert re.findall(r'href="question-([^"]+)\.html"', flagged(base, DAY)) == [QUESTION]


def test_an_erratum_is_no_flag(moonwort):
    base = retracted(moonwort, "kestrel2019", kind="erratum")
    assert with_and_without(answer(base, QUESTION)) == ""
    assert "<table" not in flagged(base, DAY)


def test_a_flagged_report_on_which_no_finding_rests_is_listed_as_such(moonwort):
    base = retracted(moonwort, "rook2011")
    assert "none: no finding rests on it" in row_of(flagged(base, DAY), "Rook 2011")


def test_where_nothing_is_flagged_that_is_said_and_a_check_only_where_one_is_recorded(moonwort_base):
    none = "No report here is known to be retracted or under an expression of concern"
    assert plain(flagged(moonwort_base, DAY)) == f"{none}; no check is recorded."
    some = next(iter(moonwort_base.searches.values()))
    drill = replace(some, search=DRILL, ran_on=date(2020, 6, 12))
    checked = replace(moonwort_base, searches={**moonwort_base.searches, DRILL: drill})
    assert plain(flagged(checked, DAY)) == f"{none}; last checked 2020-06-12."
    assert "no check is recorded" in flagged(checked, date(2020, 5, 31))


def test_without_a_flagged_report_is_the_same_as_leaving_its_only_findings_out(moonwort):
    """The comparison and the page's own 'without one study' are two ways to one verdict."""
    base = retracted(moonwort, "ivory2013")
    lost = {item.study: item.verdict for item in losses(base, QUESTION)}
    silent = compare(base, QUESTION, ("ivory2013",)).silent
    assert silent.verdict.computed == lost.get("ivory2013", answer(base, QUESTION).verdict.computed)
