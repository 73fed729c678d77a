"""Screening: decisions become a fate by one written rule, and what was decided can be taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence import EvidenceBase, check
from evidence.editions.files import write_whole
from evidence.errors import EvidenceError, RecordError, UnknownIdError
from evidence.intake import screening_panel
from evidence.intake.priority import Priority
from evidence.intake.screening import decide, queue, settle, to_carry, undo
from evidence.intake.screening_agreement import agreement
from evidence.intake.screening_text import agreement_text, queue_text, record_text
from evidence.records.bibliography import KEY
from evidence.records.sources import read_sources
from evidence.records.tidy import tidy

DAY = date(2020, 7, 1)
ARRIVAL = Priority({}, "In order of arrival.")
NEW = (
    'teal2020,Invented: moonwort & dreams,"Teal, I.; Wren, J.",2020,Annals of Nowhere,10.5555/teal,,,article,all,'
    "https://example.org/teal,awaiting,,,found by a search,2020-06-30",
    "umber2020,Invented: a second poem,,2020,,,,,page,all,,awaiting,,,found by a search,2020-06-29",
    "teal2021,Invented: moonwort and dreams again,,2021,,,,,,all,,awaiting,teal2020,,looks like a repeat,2020-06-30",
)


@pytest.fixture
def workspace(moonwort):
    path = moonwort.table("records")
    path.write_text(path.read_text() + "\n".join(NEW) + "\n")
    write(moonwort, tidy(moonwort))
    return moonwort


def write(workspace, texts):
    for file, text in texts.items():
        write_whole(workspace.root / file, text)


def done(workspace, change):
    write(workspace, change.texts)
    return EvidenceBase.load(workspace)


def say(workspace, record, screener, decision, reason="", day=DAY):
    return done(workspace, decide(workspace, record, screener, decision, reason, day))


def wrong(workspace):
    return sorted((problem.code, problem.message) for problem in check(workspace))


def names(records):
    return [record.record for record in records]


def everything(workspace):
    folders = (workspace.root / "data", workspace.root / "references")
    return {path: path.read_bytes() for folder in folders for path in folder.iterdir()}


def test_a_proposed_repeat_comes_first_and_then_the_order_of_arrival(workspace):
    base = EvidenceBase.load(workspace)
    assert names(queue(base)) == ["teal2021", "umber2020", "teal2020"]
    assert names(queue(base, order={"teal2020": 0.9, "umber2020": 0.1})) == ["teal2021", "teal2020", "umber2020"]


def test_what_a_screener_decided_leaves_that_screeners_queue_only(workspace):
    base = say(workspace, "umber2020", "AB", "include")
    assert "umber2020" not in names(queue(base, "AB"))
    assert "umber2020" in names(queue(base, "CD"))
    assert base.records["umber2020"].fate == "awaiting"


def test_one_exclusion_is_a_proposal_and_two_set_aside_with_an_entry_and_the_reasons(workspace):
    before = wrong(workspace)
    assert say(workspace, "teal2020", "AB", "exclude", "no data").records["teal2020"].fate == "awaiting"
    base = say(workspace, "teal2020", "CD", "exclude", "dreams, not sleep")
    record = base.records["teal2020"]
    assert (record.fate, record.reason, record.citekey) == ("set aside", "no data; dreams, not sleep", "teal2020")
    entry = base.references["teal2020"]
    assert (entry.bibliography, entry.get("reason")) == ("set-aside", record.reason)
    assert entry.get("title") == "Invented: moonwort & dreams"
    assert entry.get("incomplete") == "volume, pages not seen"
    assert wrong(workspace) == before
    assert tidy(workspace).keys() <= {"references/methods.bib"}  # what was written is in canonical form


def test_two_who_include_leave_it_to_be_carried(workspace):
    say(workspace, "umber2020", "AB", "include")
    change = decide(workspace, "umber2020", "CD", "include", "", DAY)
    assert "make study FROM=umber2020" in change.told
    base = done(workspace, change)
    assert names(to_carry(base)) == ["umber2020"]
    assert "umber2020" not in names(queue(base))
    assert "umber2020 is agreed and waits: make study FROM=umber2020" in queue_text(base, "", ARRIVAL)


def test_a_conflict_stays_in_every_queue_with_a_flag(workspace):
    say(workspace, "teal2020", "AB", "include")
    base = say(workspace, "teal2020", "CD", "exclude", "no data")
    assert names(queue(base, "AB")) == ["teal2021", "teal2020", "umber2020"]
    assert "screeners differ: AB include; CD exclude (no data)" in queue_text(base, "AB", ARRIVAL)


def test_two_who_are_unsure_keep_it_in_the_queue(workspace):
    say(workspace, "umber2020", "AB", "unsure")
    base = say(workspace, "umber2020", "CD", "unsure")
    assert "umber2020" in names(queue(base))
    assert "umber2020" in names(queue(base, "AB"))


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (("teal2020", "AB", "exclude", " "), EvidenceError, "An exclusion needs a reason"),
        (("teal2020", " ", "include", ""), EvidenceError, "Who decides"),
        (("teal2020", "AB", "maybe", ""), EvidenceError, "'maybe' is no decision"),
        (
            ("tealish", "AB", "include", ""),
            UnknownIdError,
            "No record is called 'tealish'. Near it: teal2020, teal2021",
        ),
        (("ivory", "AB", "include", ""), EvidenceError, "ivory is included already"),
    ],
)
def test_a_decision_that_cannot_be_made_is_refused_with_a_word(workspace, words, kind, message):
    before = everything(workspace)
    with pytest.raises(kind, match=message):
        decide(workspace, *words, DAY)
    assert everything(workspace) == before


def test_a_second_word_of_the_same_screener_is_refused(workspace):
    say(workspace, "teal2020", "AB", "include")
    with pytest.raises(EvidenceError, match="AB decided include on 2020-07-01"):
        decide(workspace, "teal2020", "AB", "exclude", "no data", DAY)


def test_nothing_is_written_over_a_table_that_cannot_be_read_whole(workspace):
    path = workspace.table("records")
    path.write_text(path.read_text() + "too,few,cells\n")
    with pytest.raises(RecordError, match="T005"):
        decide(workspace, "teal2020", "AB", "include", "", DAY)


def test_undo_takes_back_the_last_decision_and_says_which(workspace):
    say(workspace, "umber2020", "AB", "include", day=DAY)
    say(workspace, "teal2020", "AB", "exclude", "no data", day=DAY + timedelta(days=1))
    change = undo(workspace, "AB")
    assert change.told == "Taken back: AB on teal2020, exclude (no data), of 2020-07-02."
    assert [item.record for item in done(workspace, change).screening] == ["umber2020"]


def test_undo_of_a_named_record_takes_back_that_one(workspace):
    say(workspace, "umber2020", "AB", "include")
    say(workspace, "teal2020", "AB", "include")
    assert [item.record for item in done(workspace, undo(workspace, "AB", "teal2020")).screening] == ["umber2020"]


def test_undo_of_an_agreed_exclusion_brings_the_record_back_and_its_entry_goes(workspace):
    say(workspace, "teal2020", "AB", "exclude", "no data")
    before = everything(workspace)
    say(workspace, "teal2020", "CD", "exclude", "no data")
    base = done(workspace, undo(workspace, "CD"))
    assert base.records["teal2020"].fate == "awaiting"
    assert "teal2020" not in base.references
    changed = [path.name for path, content in everything(workspace).items() if before[path] != content]
    assert changed == ["records.csv"]  # only the reason says that it was set aside for a while


def test_undo_is_refused_once_the_entry_was_edited(workspace):
    say(workspace, "teal2020", "AB", "exclude", "no data")
    say(workspace, "teal2020", "CD", "exclude", "no data")
    bib = workspace.bibliography("set-aside")
    bib.write_text(bib.read_text().replace("volume, pages not seen", "pages not seen"))
    with pytest.raises(EvidenceError, match="teal2020 was edited since"):
        undo(workspace, "CD")


def test_undo_without_a_decision_says_so(workspace):
    with pytest.raises(EvidenceError, match="AB has decided nothing yet"):
        undo(workspace, "AB")


def test_a_repeat_is_settled_with_its_twin(workspace):
    before = wrong(workspace)
    base = done(workspace, settle(workspace, "teal2021", "duplicate", "the same paper online first", DAY))
    assert (base.records["teal2021"].fate, base.records["teal2021"].same_as) == ("duplicate", "teal2020")
    assert wrong(workspace) == before


def test_what_repeats_a_duplicate_repeats_its_twin(workspace):
    base = done(workspace, settle(workspace, "teal2020", "duplicate", "the same poem", DAY, same_as="umber2020"))
    assert base.records["teal2021"].same_as == "umber2020"


def test_of_two_that_repeat_each_other_one_stands(workspace):
    base = done(workspace, settle(workspace, "teal2020", "duplicate", "the later one stands", DAY, same_as="teal2021"))
    assert base.records["teal2021"].same_as == ""
    assert base.records["teal2020"].same_as == "teal2021"


def test_a_proposed_repeat_may_be_none(workspace):
    base = done(workspace, settle(workspace, "teal2021", "awaiting", "another sample", DAY))
    record = base.records["teal2021"]
    assert (record.fate, record.same_as, record.reason) == ("awaiting", "", "no repeat of teal2020: another sample")


def test_a_person_may_set_aside_against_the_screeners_and_the_reason_says_so(workspace):
    before = wrong(workspace)
    say(workspace, "umber2020", "AB", "include")
    say(workspace, "umber2020", "CD", "include")
    base = done(workspace, settle(workspace, "umber2020", "set aside", "withdrawn by its author", DAY))
    assert base.records["umber2020"].reason == "against the screeners: withdrawn by its author"
    assert wrong(workspace) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("teal2020", "set aside", ""), "a fate needs a reason"),
        (("teal2020", "duplicate", "same"), "no record is named that it repeats"),
        (("teal2020", "included", "good"), "make study FROM=teal2020"),
        (("teal2020", "awaiting", "later"), "not a fate to settle here"),
        (("ivory", "set aside", "no"), "ivory is included already"),
    ],
)
def test_a_fate_that_cannot_be_given_is_refused_with_a_word(workspace, words, message):
    with pytest.raises(EvidenceError, match=message):
        settle(workspace, *words, DAY)


def test_setting_aside_what_stands_in_the_bibliography_points_to_the_twin(workspace):
    bib = workspace.bibliography("studies")
    bib.write_text(bib.read_text().replace("@article{ivory2013,", "@article{ivory2013,\n  doi = {10.5555/TEAL},"))
    with pytest.raises(EvidenceError, match=r"doi 10\.5555/teal stands in the entry ivory2013 already"):
        settle(workspace, "teal2020", "set aside", "no data", DAY)


def test_agreement_counts_what_both_decided_and_lists_the_conflicts(workspace):
    for record, one, two in (("teal2020", "include", "exclude"), ("umber2020", "exclude", "exclude"),
                             ("teal2021", "include", "include")):  # fmt: skip
        say(workspace, record, "AB", one, "a poem")
        base = say(workspace, record, "CD", two, "a poem")
    pair = agreement(base)[0]
    assert (pair.screeners, pair.both, pair.same, pair.conflicts) == (("AB", "CD"), 3, 2, ("teal2020",))
    assert pair.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert agreement_text((pair,)) == (
        "AB and CD: 3 records decided by both, 2 alike (67%); kappa 0.40. They differ on teal2020."
    )


def test_agreement_of_one_screener_needs_another(workspace):
    assert "needs two" in agreement_text(agreement(say(workspace, "teal2020", "AB", "include")))


def test_the_queue_reads_well_and_shows_the_twin(workspace):
    told = queue_text(EvidenceBase.load(workspace), "AB", ARRIVAL, shown=2)
    assert told.startswith("3 to decide for AB; 3 of ")
    assert "In order of arrival." in told
    assert "a repeat of teal2020? Invented: moonwort & dreams (Annals of Nowhere, 2020)" in told
    assert told.endswith("1 more follow.")


def test_one_record_is_shown_whole(workspace):
    told = record_text(EvidenceBase.load(workspace), "teal2020")
    assert "Teal, I.; Wren, J." in told
    assert "doi 10.5555/teal" in told
    assert "awaiting: found by a search" in told


def test_an_empty_queue_says_so(moonwort_base):
    assert queue_text(moonwort_base, "", ARRIVAL).startswith("Nothing to decide; 0 of ")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip))
def test_any_reason_survives_the_table_and_the_entry(workspace, reason):
    texts = settle(workspace, "teal2020", "set aside", reason, DAY).texts
    before = {file: (workspace.root / file).read_text(encoding="utf-8") for file in texts}
    write(workspace, texts)
    sources = read_sources(workspace)
    write(workspace, before)
    assert not [problem for problem in sources.problems if problem.code.startswith("B")]
    shown = " ".join(reason.replace("{", "").replace("}", "").split())
    assert sources.bibliography.entries["teal2020"].get("reason") == shown
    row = next(row for row in sources.tables["records"].rows if row.cells["record"] == "teal2020")
    assert row.cells["reason"] == " ".join(reason.split())
    assert KEY.match(row.cells["citekey"])


def test_the_panel_shows_the_queue_as_a_table_and_writes_a_decision(workspace):
    base = EvidenceBase.load(workspace)
    shown = screening_panel.show_queue(base, "AB")
    assert "<caption>3 to decide. In order of arrival" in shown
    assert "Invented: moonwort &amp; dreams" in shown
    assert '<a class="outside" rel="noreferrer nofollow" href="https://example.org/teal">' in shown
    assert screening_panel.decide(base, "umber2020", "AB", "include").startswith("umber2020: AB says include.")
    again = EvidenceBase.load(workspace)
    assert [item.record for item in again.screening] == ["umber2020"]
    assert "Taken back: AB on umber2020" in screening_panel.undo(again, "AB")
    assert EvidenceBase.load(workspace).screening == ()
