"""Entering a file: counted, named, proposed, never merged, and twice is once."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.checking import check
from evidence.editions.files import write_whole
from evidence.errors import EvidenceError, RecordError
from evidence.intake.incoming import Incoming
from evidence.intake.register import add_records, intake, intake_text

FILES = Path(__file__).with_name("files")
TODAY = date(2020, 7, 1)


def enter(workspace, path, search="file-1"):
    result = intake(workspace, path, search, TODAY)
    for file, text in result.texts.items():
        write_whole(workspace.root / file, text)
    return result


def rows(workspace, name="records"):
    with workspace.table(name).open(encoding="utf-8", newline="") as stream:
        return {row[name.removesuffix("s").replace("searche", "search")]: row for row in csv.DictReader(stream)}


def ris(tmp_path, *records):
    path = tmp_path / "export.ris"
    lines = ("\n".join(["TY  - JOUR", *(f"{tag}  - {value}" for tag, value in record), "ER  - "]) for record in records)
    path.write_text("\n\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name", ["scopus-like.ris", "pubmed-like.nbib", "manager.bib", "endnote.xml", "crossref.json", "trials.json"]
)
def test_tables_with_a_file_entered_pass_the_check(moonwort, name):
    result = enter(moonwort, FILES / name)
    assert result.new
    assert check(moonwort) == []
    assert result.found == len(result.new) + len(result.repeated) + sum(problem.lost for problem in result.problems)


def test_new_records_await_under_a_short_name(moonwort):
    enter(moonwort, FILES / "scopus-like.ris")
    row = rows(moonwort)["Fernleaf2018"]
    assert (row["fate"], row["search"], row["reason"]) == ("awaiting", "file-1", "new, not yet screened")
    assert (row["seen_at"], row["recorded_on"]) == ("https://example.org/moon-2018-1", "2020-07-01")
    search = rows(moonwort, "searches")["file-1"]
    assert (search["source"], search["query"], search["found"]) == ("RIS file", "scopus-like.ris", "5")


def test_the_same_file_twice_adds_nothing_new_by_number(moonwort):
    enter(moonwort, FILES / "crossref.json")
    before = rows(moonwort)
    again = enter(moonwort, FILES / "crossref.json")
    assert (again.new, len(again.repeated), again.texts) == ((), 2, {})
    assert rows(moonwort) == before


def test_the_same_file_twice_adds_nothing_even_without_numbers(moonwort, tmp_path):
    path = ris(
        tmp_path, [("TI", "Invented: moonwort tea without any number"), ("AU", "Fernleaf, A.")], [("TI", "Short")]
    )
    enter(moonwort, path)
    again = enter(moonwort, path)
    assert (again.new, len(again.repeated), again.texts) == ((), 2, {})


def test_one_number_twice_in_a_file_is_entered_once(moonwort, tmp_path):
    twice = [("TI", "Invented: moonwort"), ("DO", "10.5555/a")]
    result = enter(moonwort, ris(tmp_path, twice, twice))
    assert (len(result.new), len(result.repeated)) == (1, 1)


def test_a_likeness_is_proposed_and_not_merged(moonwort, tmp_path):
    title = "Invented: moonwort tea and time to fall asleep"
    first = [("TI", title), ("AU", "Fernleaf, A."), ("PY", "2018"), ("DO", "10.5555/a")]
    second = [("TI", title.upper()), ("AU", "Fernleaf, A."), ("PY", "2018"), ("M3", "Preprint"), ("DO", "10.5555/b")]
    result = enter(moonwort, ris(tmp_path, first, second))
    row = rows(moonwort)["Fernleaf2018b"]
    assert (row["fate"], row["same_as"]) == ("awaiting", "Fernleaf2018")
    assert row["reason"].startswith("another report of the same work (preprint and full report)")
    assert check(moonwort) == []
    assert "1 of the new ones look like another record" in intake_text(result)


def test_a_number_under_another_title_is_told(moonwort, tmp_path):
    enter(moonwort, ris(tmp_path, [("TI", "Invented: moonwort tea and sleep"), ("DO", "10.5555/a")]))
    result = enter(moonwort, ris(tmp_path, [("TI", "Quite 99 other words"), ("DO", "10.5555/a")]))
    assert not result.new
    assert "but in the file the title is “Quite 99 other words”" in intake_text(result)


def test_formulas_stay_text_and_what_a_spreadsheet_seems_to_have_spoiled_passes_the_check(moonwort, tmp_path):
    enter(moonwort, ris(tmp_path, [("TI", "=HYPERLINK(1)\x07")], [("TI", "3-May"), ("T2", "#N/A")]))
    assert {row["title"] for row in rows(moonwort).values()} >= {"=HYPERLINK(1)", "[3-May]"}
    assert check(moonwort) == []


def test_a_table_that_cannot_be_read_whole_stops_everything(moonwort):
    path = moonwort.table("records")
    path.write_text(path.read_text() + "a,b\n")
    with pytest.raises(RecordError, match="nothing was changed"):
        intake(moonwort, FILES / "scopus-like.ris", "file-1", TODAY)


def test_a_search_needs_a_name(moonwort):
    with pytest.raises(EvidenceError, match="not the name of a search"):
        intake(moonwort, FILES / "scopus-like.ris", "My Search", TODAY)


def test_records_of_a_service_are_entered_and_counted(moonwort):
    records = [
        Incoming(title="Invented: by a service", doi="10.5555/s"),
        Incoming(title="Invented: again", doi="10.5555/s"),
    ]
    added = add_records(moonwort, records, "all", TODAY)
    assert (added.new, added.repeated) == (1, 1)
    assert check(moonwort) == []


def test_all_real_records_of_a_bibliography_are_known(repository):
    result = intake(repository, repository.bibliography("studies"), "own-bibliography", TODAY)
    known = len(result.repeated) + len(result.alike)
    # The rest stand in the table under a description of ours, without a number: 29 of 727 on the day of writing.
    assert known / result.found > 0.95


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    titles=st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30), min_size=1, max_size=4)
)
def test_tables_pass_the_check_whatever_the_titles(moonwort, tmp_path, titles):
    before = {name: moonwort.table(name).read_bytes() for name in ("records", "searches")}
    try:
        enter(
            moonwort,
            ris(
                tmp_path, *([("TI", title.encode("utf-8", "ignore").decode()), ("AU", "Ivory, C.")] for title in titles)
            ),
        )
        assert check(moonwort) == []
    finally:
        for name, content in before.items():
            moonwort.table(name).write_bytes(content)
