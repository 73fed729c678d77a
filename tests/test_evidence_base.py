"""The real base: as wide as it says, and every number of it traceable."""

import json
from collections import Counter

from evidence import answers, check
from evidence.records.dates import last_day
from evidence.synthesis.grouping import primary
from evidence.workspace import STUDY_TABLES
from tests.conftest import ROOT


def test_the_committed_base_has_no_problem(repository):
    assert [str(problem) for problem in check(repository)] == []


def test_it_is_as_wide_as_the_notebook_promises(base):
    """The floors of the second round; a row may go, a table may not quietly empty."""
    reviews = ("systematic review", "guideline")
    of_people = [
        s for s in base.studies.values() if s.table != "laboratory" and getattr(s, "design", "") not in reviews
    ]
    assert len(base.questions) >= 80
    assert len(of_people) >= 180
    assert len(base.findings) >= 1_000
    assert sum(entry.bibliography == "studies" for entry in base.references.values()) >= 300
    assert len(base.jurisdictions) >= 60
    assert len(base.registrations) >= 10
    assert len(base.claims) >= 35
    assert {study.table for study in base.studies.values()} == set(STUDY_TABLES)


def test_every_section_has_questions_and_each_says_what_would_settle_it(base):
    assert set(Counter(q.section for q in base.questions.values())) == set(base.schema.topic.sections)
    assert all(len(question.settle) > 20 for question in base.questions.values())


def test_every_question_has_evidence_or_honestly_has_none(base):
    for item in answers(base):
        empty = not item.findings and not item.entries
        if empty:
            assert item.verdict.name == "UNSTUDIED", item.question.question


def test_every_finding_has_a_locator_a_depth_an_address_and_an_entry(base):
    for finding in base.findings.values():
        assert finding.locator
        assert finding.depth_seen
        assert finding.seen_at.startswith(("http://", "https://")), finding.finding
        assert finding.citekey in base.references


def test_every_record_has_a_fate_an_entry_and_a_reason(base):
    settled = [record for record in base.records.values() if record.fate not in ("awaiting", "duplicate")]
    assert len(settled) > 800
    for record in settled:
        assert record.reason
        place = base.references[record.citekey].bibliography
        assert place == "set-aside" if record.fate == "set aside" else place in ("studies", "methods"), record.record


def test_nothing_is_said_to_be_public_after_it_was_recorded(base):
    for finding in base.findings.values():
        assert finding.public_on[:4] <= str(finding.recorded_on.year)
        assert last_day(finding.public_on).year >= 1900


def test_no_verdict_rests_on_what_was_read_once(base):
    """And nearly everything that was seen first-hand was read twice: the few others are shown, and do not speak."""
    resting = {f.finding for item in answers(base) if item.deciding for f in primary(base, item.deciding.findings)}
    assert resting <= base.second_extractions.keys()
    seen = [f.finding for f in base.findings.values() if f.depth_seen != "secondary"]
    assert len(base.second_extractions.keys() & set(seen)) / len(seen) > 0.95


def test_every_study_of_people_is_judged_in_words(base):
    for study in base.studies.values():
        judged = base.appraisals_by_study.get(study.study, ())
        assert judged, study.study
        assert all(item.support for item in judged), study.study


def test_known_traps_stand_as_rows(base):
    cited = {key for item in base.discrepancies for key in (item.first, item.second)}
    assert "bath2020" in base.studies["grundmann2017"].other_reports  # one set of 8,049 answers, two reports
    assert {"vicknasingamabstract", "nct07204171", "prevete2025", "singh2023"} <= cited | {
        item.citekey for item in base.corrections}  # fmt: skip
    assert "wright2021" in {item.citekey for item in base.corrections}
    assert len(base.untraceable) >= 19


def test_every_lead_of_the_first_list_has_a_record(base):
    """333 leads were handed over; where the list itself is at hand, each is looked for by name, number or title."""
    leads = [record for record in base.records.values() if record.search == "leads-1"]
    assert len(leads) == base.searches["leads-1"].found == 333
    handed_over = ROOT.parent / "shared" / "dossier" / "sources.jsonl"
    if not handed_over.exists():
        return
    dois, numbers = {r.doi.lower() for r in leads if r.doi}, {r.pmid for r in leads if r.pmid}
    titles = {r.title.lower() for r in leads}
    for line in handed_over.read_text(encoding="utf-8").splitlines():
        source = json.loads(line)
        title = " ".join((source["title"] or "title not seen").split()).lower()
        found = (source["doi"] or "").lower() in dois or str(source["pmid"] or "") in numbers or title in titles
        assert found, source["key"]
