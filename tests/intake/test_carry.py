"""Carrying a record into the tables: all of it or nothing, and nothing invented."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence import EvidenceBase
from evidence.editions.files import write_whole
from evidence.errors import EvidenceError, RecordError, UnknownIdError
from evidence.intake.carry import carry
from evidence.intake.rewriting import entry_of, free_key, with_entry
from evidence.records.sources import read_sources
from evidence.records.tables import read_table

DAY = date(2020, 7, 1)
NEW = (
    'teal,Invented: moonwort & dreams,"Teal, I.; Wren, J.; et al.",2020,Annals of Nowhere,10.5555/teal_1,77,INV-9,article,'
    "all,https://example.org/teal,awaiting,,,found by a search,2020-06-30",
    "bare,Invented: only a title,,,,,,,,all,,awaiting,,,found by a search,2020-06-30",
    "again,Invented: moonwort & dreams,,,,,,,,all,,awaiting,teal,,looks like a repeat,2020-06-30",
    "thesis,Invented: a thesis,\"Umber, K.\",2019,University of Noland,,,,thesis,all,,awaiting,,,found,2020-06-30",
)  # fmt: skip


@pytest.fixture
def workspace(moonwort):
    path = moonwort.table("records")
    path.write_text(path.read_text() + "\n".join(NEW) + "\n")
    return moonwort


def carried(workspace, record, kind="trial", key="teal2020", given=None):
    texts = carry(workspace, record, kind, key, DAY, given)
    for file, text in texts.items():
        write_whole(workspace.root / file, text)
    return read_sources(workspace)


def cells(sources, table, column, value):
    return next(row.cells for row in sources.tables[table].rows if row.cells[column] == value)


def test_a_record_becomes_an_entry_a_row_a_finding_and_is_included(workspace):
    sources = carried(workspace, "teal")
    entry = sources.bibliography.entries["teal2020"]
    assert entry.fields == {
        "author": "Teal, I. and Wren, J. and others", "title": r"Invented: moonwort \& dreams", "journal": "Annals of Nowhere",
        "year": "2020", "volume": "", "pages": "", "doi": "10.5555/teal_1", "pmid": "77", "url": "https://example.org/teal",
        "seen": "", "incomplete": "volume, pages not seen"}  # fmt: skip
    assert entry.get("title") == "Invented: moonwort & dreams"
    study = {name: cell for name, cell in cells(sources, "trials", "study", "teal2020").items() if cell}
    assert study == {"study": "teal2020", "citekey": "teal2020", "sample": "teal2020", "registration": "INV-9",
                     "seen_at": "https://example.org/teal", "public_on": "2020", "recorded_on": "2020-07-01"}  # fmt: skip
    assert cells(sources, "findings", "finding", "teal2020-1")["citekey"] == "teal2020"
    record = cells(sources, "records", "record", "teal")
    assert (record["fate"], record["citekey"], record["reason"]) == ("included", "teal2020", "carried into trials.csv")


def test_what_the_record_does_not_say_stays_empty_and_is_named(workspace):
    entry = carried(workspace, "bare", "survey", "bare2020").bibliography.entries["bare2020"]
    assert {name for name, value in entry.fields.items() if value} == {"title", "incomplete"}
    assert entry.get("incomplete") == "author, journal, year, volume, pages, doi not seen"


def test_a_thesis_has_a_school(workspace):
    entry = carried(workspace, "thesis", "observational", "umber2019").bibliography.entries["umber2019"]
    assert (entry.type, entry.get("school"), "incomplete" in entry.fields) == (
        "phdthesis",
        "University of Noland",
        False,
    )


def test_what_a_person_gives_goes_before_what_the_record_says(workspace):
    row = cells(carried(workspace, "teal", given={"country": "Noland", "public_on": "2020-05", "registration": ""}),
                "trials", "study", "teal2020")  # fmt: skip
    assert (row["country"], row["public_on"], row["registration"]) == ("Noland", "2020-05", "INV-9")


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (("nosuch", "trial", "teal2020"), UnknownIdError, "No record is called 'nosuch'"),
        (("ivory", "trial", "teal2020"), EvidenceError, "ivory is included already"),
        (("again", "trial", "teal2020"), EvidenceError, "again may repeat teal: settle that first"),
        (("teal", "trial", "Teal 2020"), EvidenceError, "is not a key"),
        (("teal", "trial", "jasper2016"), EvidenceError, "jasper2016 exists already"),
    ],
)
def test_what_cannot_be_carried_is_refused_with_a_word(workspace, words, kind, message):
    with pytest.raises(kind, match=message):
        carry(workspace, *words, DAY)


def test_a_report_that_has_an_entry_is_not_carried_again(workspace):
    bib = workspace.bibliography("studies")
    bib.write_text(bib.read_text().replace("@article{ivory2013,", "@article{ivory2013,\n  pmid = {77},"))
    with pytest.raises(EvidenceError, match="pmid 77 stands in the entry ivory2013 already"):
        carry(workspace, "teal", "trial", "teal2020", DAY)


def test_what_two_screeners_agreed_to_exclude_is_not_carried(workspace):
    path = workspace.table("screening")
    path.write_text(path.read_text() + "teal,AB,exclude,no data,2020-06-30\nteal,CD,exclude,no data,2020-06-30\n")
    with pytest.raises(EvidenceError, match="agreed to exclude it"):
        carry(workspace, "teal", "trial", "teal2020", DAY)


def test_every_other_row_and_entry_stays(workspace):
    before = read_sources(workspace)
    after = carried(workspace, "teal")
    for name, table in before.tables.items():
        kept = [row.cells for row in after.tables[name].rows]
        assert all(row.cells in kept for row in table.rows if row.cells.get("record") != "teal"), name
        grown = {"trials": 1, "findings": 1}.get(name, 0)
        assert len(kept) == len(table.rows) + grown
    for key, entry in before.bibliography.entries.items():
        assert after.bibliography.entries[key].fields == entry.fields


def test_nothing_is_carried_into_tables_that_cannot_be_read_whole(workspace):
    path = workspace.table("findings")
    path.write_text(path.read_text() + "too,few\n")
    with pytest.raises(RecordError, match="nothing was changed"):
        carry(workspace, "teal", "trial", "teal2020", DAY)


@pytest.mark.parametrize(
    ("record", "key"),
    [("teal", "teal2020"), ("bare", "inventednd"), ("thesis", "umber2019"), ("ivory", "invented2013a")],
)
def test_an_entry_is_named_after_its_author_or_its_title(workspace, record, key):
    assert free_key(EvidenceBase.load(workspace).records[record], {"Invented2013"}) == key


FREE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=FREE, venue=FREE)
def test_any_title_and_venue_come_back_from_the_entry_as_they_went_in(workspace, title, venue):
    from dataclasses import replace

    record = replace(EvidenceBase.load(workspace).records["teal"], title=title, venue=venue)
    text = with_entry(read_sources(workspace), entry_of(record, "teal2020", "studies"))
    before = workspace.bibliography("studies").read_text(encoding="utf-8")
    write_whole(workspace.bibliography("studies"), text)
    after = read_sources(workspace).bibliography
    write_whole(workspace.bibliography("studies"), before)
    assert after.problems == ()
    entry = after.entries["teal2020"]
    assert entry.get("title") == " ".join(title.replace("{", "").replace("}", "").split())
    assert entry.get("journal") == " ".join(venue.replace("{", "").replace("}", "").split())


def test_the_tables_are_written_in_the_canonical_form(workspace):
    texts = carry(workspace, "teal", "trial", "teal2020", DAY)
    for file, text in texts.items():
        write_whole(workspace.root / file, text)
    schema = read_sources(workspace).schema.tables["records"]
    assert read_table(workspace.table("records"), "data/records.csv", schema).problems == ()
    assert [text[-1] for text in texts.values()] == ["\n"] * len(texts)
