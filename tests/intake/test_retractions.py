"""The retraction drill against a server that speaks Crossref's format, and a table in the layout of Retraction Watch."""

import csv
import json
import threading
import urllib.parse
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st

from evidence import EvidenceBase, answer, check
from evidence.display.flagged import DRILL
from evidence.editions.files import write_whole
from evidence.errors import EvidenceError
from evidence.intake import crossref_notices
from evidence.intake.crossref_notices import of_work
from evidence.intake.notices import Cited
from evidence.intake.polite import Client
from evidence.intake.retractions import drill_text, retractions
from evidence.records.tidy import tidy

TODAY = date(2020, 7, 1)
DOIS = {"ivory2013": "10.5555/Ivory.2013", "jasper2016": "10.5555/jasper.2016", "kestrel2019": "10.5555/kestrel(2019)"}
RW_HEADER = ["Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS", "ArticleType",
             "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI",
             "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes"]  # fmt: skip


class Crossref(BaseHTTPRequestHandler):
    """``/works?filter=doi:...`` and ``/works/{doi}``, over the records of the server."""

    def do_GET(self):
        self.server.asked.append(self.path)
        where = urllib.parse.urlsplit(self.path)
        asked = urllib.parse.parse_qs(where.query)
        broken = self.server.broken_after is not None and len(self.server.asked) > self.server.broken_after
        if self.server.broken or broken:
            self.send(*(self.server.broken or (503, "")))
        elif self.server.refused and self.server.refused in self.path:
            self.send(400, "Bad Request")
        elif "filter" in asked:
            wanted = {part.removeprefix("doi:").lower() for part in asked["filter"][0].split(",")}
            fields = asked["select"][0].split(",")
            items = [
                {f: work[f] for f in fields if f in work} for doi, work in self.server.works.items() if doi in wanted
            ]
            self.send(
                200, {"status": "ok", "message-type": "work-list", "message": {"total-results": 1, "items": items}}
            )
        else:
            work = self.server.works.get(urllib.parse.unquote(where.path.removeprefix("/works/")))
            self.send(200, {"status": "ok", "message-type": "work", "message": work}) if work else self.send(
                404, "Resource not found."
            )

    def send(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def crossref(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Crossref)
    server.broken, server.broken_after, server.refused, server.asked = None, None, "", []
    server.works = {doi.lower(): {"DOI": doi, "reference": [{"key": "1"}]} for doi in DOIS.values()}
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("EVIDENCE_CROSSREF_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.delenv("EVIDENCE_CONTACT", raising=False)
    with stamina.set_testing(True):
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cited(moonwort):
    """The invented topic with a DOI on each of its trials and a PubMed number on a cohort."""
    numbers = {**{key: f"doi = {{{doi}}}" for key, doi in DOIS.items()}, "larch2017": "pmid = {90000001}"}
    path = moonwort.bibliography("studies")
    text = path.read_text()
    for key, number in numbers.items():
        text = text.replace(f"{{{key},\n", f"{{{key},\n  {number},\n")
    path.write_text(text)
    return moonwort


def notice(doi, kind="retraction", day=(2020, 2, 3), source="publisher"):
    """One item of ``updated-by`` or ``update-to`` as Crossref gives it."""
    return {"DOI": doi, "type": kind, "label": kind.title(), "source": source, "updated": {"date-parts": [list(day)]}}


def concern(server, key, **fields):
    server.works[DOIS[key].lower()] |= {name.replace("_", "-"): value for name, value in fields.items()}


def run(workspace, csv=None):
    return retractions(workspace, TODAY, Client(workspace.build / "fetched", sleep=lambda seconds: None), csv)


def keep(workspace, result):
    for file, text in result.texts.items():
        write_whole(workspace.root / file, text)
    return EvidenceBase.load(workspace)


def watch_file(folder, *rows):
    path = folder / "retraction_watch.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, RW_HEADER, restval="")
        writer.writeheader()
        writer.writerows({"Title": "Invented: randomised trial", "RetractionPubMedID": "0", "OriginalPaperPubMedID": "0",
                          "Author": "Kestrel, Eve", "RetractionDOI": "unavailable", **row} for row in rows)  # fmt: skip
    return path


def test_a_base_without_notices_gets_no_proposal_and_a_record_of_the_check(cited, crossref):
    result = run(cited)
    assert (result.checked, result.asked, result.proposals, result.down, result.unknown) == (3, 3, (), (), ())
    assert drill_text(result) == "Checked 3 of 3 DOIs.\nNo new notice."
    assert list(result.texts) == ["data/searches.csv"]
    assert keep(cited, result).searches[DRILL].ran_on == TODAY


def test_a_notice_about_a_cited_report_becomes_a_proposal_that_moves_nothing(cited, crossref):
    before = answer(EvidenceBase.load(cited), "sleep-onset").verdict
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/notice.1", source="retraction-watch")])
    result = run(cited)
    base = keep(cited, result)
    row = next(item for item in base.corrections if item.citekey == "ivory2013")
    assert (row.correction, row.kind, row.status) == ("ivory2013-retraction-2020-02-03", "retraction", "proposed")
    assert (row.seen_at, row.public_on, row.recorded_on) == ("https://doi.org/10.5555/notice.1", "2020-02-03", TODAY)
    assert "not read yet" in row.what
    assert answer(base, "sleep-onset").verdict == before
    assert check(cited) == []
    assert not [file for file in tidy(cited) if file.startswith("data/")]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("retraction", "retraction"), ("withdrawal", "retraction"), ("removal", "retraction"), ("Retraction", "retraction"),
     ("partial_retraction", "retraction"), ("expression_of_concern", "expression of concern"), ("correction", "erratum"),
     ("corrigendum", "erratum"), ("erratum", "erratum"), ("addendum", "erratum")],
)  # fmt: skip
def test_every_type_of_notice_has_its_kind(cited, crossref, said, kind):
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/notice.1", said)])
    assert [row["kind"] for row in run(cited).proposals] == [kind]


def test_a_new_version_is_no_notice_and_an_unknown_type_is_told(cited, crossref):
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/v2", "new_version"), notice("10.5555/n", "annulment")])
    result = run(cited)
    assert result.proposals == ()
    assert result.unread == ("ivory2013: Crossref gives an update of the type 'annulment' (10.5555/n)",)
    assert "Not understood (1;" in drill_text(result)


def test_a_cited_entry_that_is_itself_a_notice_is_named_and_so_is_the_cited_report_it_is_about(cited, crossref):
    concern(crossref, "jasper2016", update_to=[notice("10.5555/IVORY.2013", "expression_of_concern")])
    found = {row["citekey"]: row for row in run(cited).proposals}
    assert set(found) == {"jasper2016", "ivory2013"}
    assert (
        "itself a notice (expression of concern) about https://doi.org/10.5555/ivory.2013"
        in found["jasper2016"]["what"]
    )
    assert found["ivory2013"]["seen_at"] == "https://doi.org/10.5555/jasper.2016"


def test_a_relation_without_a_day_is_dated_by_the_check_and_says_so(cited, crossref):
    related = {"has-preprint": [{"id": "10.5555/p", "id-type": "doi", "asserted-by": "object"}],
               "correction": [{"id": "10.5555/c", "id-type": "doi", "asserted-by": "object"}]}  # fmt: skip
    concern(crossref, "ivory2013", relation=related)
    (row,) = run(cited).proposals
    assert (row["kind"], row["public_on"], row["seen_at"]) == (
        "erratum",
        TODAY.isoformat(),
        "https://doi.org/10.5555/c",
    )
    assert "the day of the check stands for it" in row["what"]


def test_a_notice_named_twice_is_proposed_once_with_its_day(cited, crossref):
    related = {"retraction": [{"id": "10.5555/notice.1", "id-type": "doi", "asserted-by": "object"}]}
    twice = [notice("10.5555/notice.1"), notice("10.5555/NOTICE.1", source="retraction-watch")]
    concern(crossref, "ivory2013", updated_by=twice, relation=related)
    assert [row["public_on"] for row in run(cited).proposals] == ["2020-02-03"]


def test_a_second_drill_adds_nothing_whatever_status_a_person_gave(cited, crossref):
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/notice.1"), notice("10.5555/notice.2", "erratum")])
    keep(cited, run(cited))
    path = cited.table("corrections")
    path.write_text(path.read_text().replace(",proposed,", ",applied,", 1))
    again = run(cited)
    assert (again.proposals, again.known, dict(again.texts)) == ((), 2, {})
    assert "Known already: 2." in drill_text(again)


def test_a_row_written_by_hand_is_known_by_the_doi_in_its_words(cited, crossref):
    path = cited.table("corrections")
    path.write_text(path.read_text().replace("A misprint (invented)", "A misprint (invented; doi 10.5555/err.1)"))
    concern(
        crossref,
        "jasper2016",
        updated_by=[notice("10.5555/err.1", "erratum"), notice("10.5555/err.12", "erratum", (2019,))],
    )
    assert [row["seen_at"] for row in run(cited).proposals] == ["https://doi.org/10.5555/err.12"]


def test_two_notices_of_one_year_get_two_names(cited, crossref):
    concern(crossref, "ivory2013", updated_by=[notice(f"10.5555/n{n}", "erratum", (2019,)) for n in (1, 2)])
    names = [row["correction"] for row in run(cited).proposals]
    assert names == ["ivory2013-erratum-2019", "ivory2013-erratum-2019-2"]


def test_a_doi_that_crossref_does_not_know_is_told_and_is_no_failure(cited, crossref):
    del crossref.works[DOIS["kestrel2019"]]
    result = run(cited)
    assert result.unknown == ("kestrel2019: 10.5555/kestrel(2019)",)
    assert (result.checked, result.down) == (3, ())
    assert "Crossref holds 2 of 3 DOIs" in keep(cited, result).searches[DRILL].note


def test_several_dois_are_asked_in_one_question_and_one_with_a_comma_alone(cited, crossref, monkeypatch):
    path = cited.bibliography("studies")
    path.write_text(path.read_text().replace("{10.5555/jasper.2016}", "{10.5555/jasper,2016}"))
    crossref.works["10.5555/jasper,2016"] = {"DOI": "10.5555/jasper,2016", "updated-by": [notice("10.5555/n")]}
    assert [row["citekey"] for row in run(cited).proposals] == ["jasper2016"]
    together, alone = crossref.asked
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(together).query)
    assert asked["filter"] == ["doi:10.5555/ivory.2013,doi:10.5555/kestrel(2019)"]
    assert asked["rows"] == ["2"]
    assert alone == "/works/10.5555%2Fjasper%2C2016"
    monkeypatch.setattr(crossref_notices, "BATCH", 1)
    crossref.asked.clear()
    assert run(cited).checked == 3
    assert len(crossref.asked) == 3


@pytest.mark.parametrize(
    ("broken", "why"),
    [((500, "Internal Server Error"), "answers 500"), ((200, '{"status": "ok", "mess'), "cannot be read whole"),
     ((200, {"status": "ok"}), "another form"), ((200, "[]"), "another form"),
     ((200, {"message": {"items": {}}}), "another form")],
)  # fmt: skip
def test_a_service_that_is_down_is_told_the_csv_still_counts_and_no_check_is_recorded(
    cited, crossref, tmp_path, broken, why
):
    crossref.broken = broken
    path = watch_file(tmp_path, {"Record ID": "1", "OriginalPaperDOI": DOIS["ivory2013"], "RetractionNature": "Retraction",
                                 "RetractionDate": "2/3/2020 0:00", "RetractionDOI": "10.5555/notice.1"})  # fmt: skip
    result = run(cited, path)
    assert result.checked == 0
    assert why in result.down[0]
    assert [row["citekey"] for row in result.proposals] == ["ivory2013"]
    assert list(result.texts) == ["data/corrections.csv"]
    assert drill_text(result).startswith("Checked 0 of 3 DOIs.\nDown (1;")


def test_a_service_that_is_down_is_left_alone_and_a_later_drill_goes_on_where_it_stopped(cited, crossref, monkeypatch):
    monkeypatch.setattr(crossref_notices, "BATCH", 1)
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/notice.1")])
    crossref.broken_after = 1
    first = run(cited)
    assert (first.checked, len(first.down), len(first.proposals)) == (1, 1, 1)
    assert len(crossref.asked) == 2
    crossref.broken_after = None
    assert run(cited).checked == 3
    assert len(crossref.asked) == 4


def test_one_question_that_is_refused_does_not_stop_the_others(cited, crossref, monkeypatch):
    monkeypatch.setattr(crossref_notices, "BATCH", 1)
    crossref.refused = "jasper"
    result = run(cited)
    assert result.checked == 2
    assert "refuses the question (400 Bad Request)" in result.down[0]


def test_retraction_watch_is_matched_by_doi_and_by_pubmed_number_and_gives_its_reasons(cited, crossref, tmp_path):
    path = watch_file(
        tmp_path,
        {"Record ID": "7", "OriginalPaperPubMedID": "90000001", "RetractionNature": "Expression of concern",
         "RetractionDate": "3/14/2019 0:00", "RetractionPubMedID": "90000002",
         "Reason": "+Concerns/Issues About Data;+Investigation by Journal/Publisher;"},
        {"Record ID": "8", "OriginalPaperDOI": "https://doi.org/10.5555/JASPER.2016", "RetractionNature": "Correction",
         "RetractionDate": "2019-05-06", "URLS": "https://example.org/note;"},
        {"Record ID": "9", "OriginalPaperDOI": "10.5555/not-cited", "RetractionNature": "Retraction"},
    )  # fmt: skip
    result = run(cited, path)
    one, two = sorted(result.proposals, key=lambda row: row["correction"], reverse=True)
    assert (one["citekey"], one["kind"], one["public_on"]) == ("larch2017", "expression of concern", "2019-03-14")
    assert one["seen_at"] == "https://pubmed.ncbi.nlm.nih.gov/90000002/"
    assert "Reasons given there: Concerns/Issues About Data; Investigation by Journal/Publisher." in one["what"]
    assert (two["citekey"], two["kind"], two["seen_at"]) == ("jasper2016", "erratum", "https://example.org/note")
    keep(cited, result)
    assert check(cited) == []
    assert run(cited, path).proposals == ()


def test_both_sources_on_one_notice_give_one_proposal(cited, crossref, tmp_path):
    concern(crossref, "ivory2013", updated_by=[notice("10.5555/notice.1")])
    path = watch_file(tmp_path, {"Record ID": "1", "OriginalPaperDOI": DOIS["ivory2013"], "RetractionNature": "Retraction",
                                 "RetractionDate": "2/4/2020 0:00", "RetractionDOI": "10.5555/notice.1"})  # fmt: skip
    assert len(run(cited, path).proposals) == 1


def test_a_cited_notice_is_found_in_retraction_watch_too(cited, crossref, tmp_path):
    path = watch_file(tmp_path, {"Record ID": "1", "OriginalPaperDOI": "10.5555/not-cited", "RetractionNature": "Retraction",
                                 "RetractionDate": "2/4/2020 0:00", "RetractionDOI": DOIS["jasper2016"]})  # fmt: skip
    (row,) = run(cited, path).proposals
    assert row["citekey"] == "jasper2016"
    assert "itself a notice (retraction) about https://doi.org/10.5555/not-cited" in row["what"]


def test_a_reinstatement_takes_an_earlier_retraction_back_and_leaves_a_later_one(cited, crossref, tmp_path):
    told = {"OriginalPaperDOI": DOIS["ivory2013"], "RetractionNature": "Retraction"}
    earlier = {**told, "Record ID": "1", "RetractionDate": "1/5/2019 0:00", "RetractionDOI": "10.5555/notice.1"}
    back = {**told, "Record ID": "2", "RetractionDate": "6/5/2019 0:00", "RetractionNature": "Reinstatement",
            "RetractionDOI": "10.5555/notice.2"}  # fmt: skip
    later = {**told, "Record ID": "3", "RetractionDate": "1/5/2020 0:00", "RetractionDOI": "10.5555/notice.3"}
    keep(cited, run(cited, watch_file(tmp_path, earlier)))
    again = run(cited, watch_file(tmp_path, earlier, back, later))
    assert [row["public_on"] for row in again.proposals] == ["2020-01-05"]
    assert again.reinstated == (
        "ivory2013: reinstated 2019-06-05 (https://doi.org/10.5555/notice.2); look at ivory2013-retraction-2019-01-05 in "
        "data/corrections.csv",
    )
    assert "Taken back (1;" in drill_text(again)


def test_a_data_set_with_a_quote_that_never_closes_is_refused_with_its_line(cited, crossref, tmp_path):
    path = watch_file(tmp_path, {"Record ID": "1", "Reason": "x" * 2000})
    before = csv.field_size_limit(1000)  # such a quote swallows the rest of the file into one cell
    try:
        with pytest.raises(EvidenceError, match="after line 1: field larger than field limit"):
            run(cited, path)
    finally:
        csv.field_size_limit(before)


def test_a_cited_notice_of_reinstatement_takes_nothing_back(cited, crossref, tmp_path):
    concern(crossref, "jasper2016", updated_by=[notice("10.5555/notice.1")])
    path = watch_file(tmp_path, {"Record ID": "1", "OriginalPaperDOI": "10.5555/not-cited", "RetractionDate": "6/5/2020 0:00",
                                 "RetractionNature": "Reinstatement", "RetractionDOI": DOIS["jasper2016"]})  # fmt: skip
    result = run(cited, path)
    assert (len(result.proposals), result.reinstated) == (1, ())


def test_a_row_of_the_same_day_is_known_and_stray_bytes_in_the_data_set_do_no_harm(cited, crossref, tmp_path):
    table = cited.table("corrections")
    table.write_text(table.read_text().replace(",2017,", ",2017-05-06,"))
    path = watch_file(tmp_path, {"Record ID": "1", "OriginalPaperDOI": DOIS["jasper2016"], "RetractionNature": "Correction",
                                 "RetractionDate": "5/6/2017 0:00", "Author": "Kestrél, Eve"})  # fmt: skip
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    result = run(cited, path)
    assert (result.proposals, result.known) == ((), 1)


def test_a_nature_that_is_not_known_is_told(cited, crossref, tmp_path):
    path = watch_file(
        tmp_path, {"Record ID": "5", "OriginalPaperDOI": DOIS["ivory2013"], "RetractionNature": "Annulment"}
    )
    assert run(cited, path).unread == ("ivory2013: Retraction Watch record 5 is of the nature 'Annulment'",)


def test_a_file_that_is_not_the_data_set_is_refused_and_so_is_one_that_is_not_there(cited, crossref, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("Record ID,Title\n1,Invented\n")
    with pytest.raises(EvidenceError, match="no column URLS, RetractionDate"):
        run(cited, other)
    with pytest.raises(EvidenceError, match="there is no such file"):
        run(cited, tmp_path / "none.csv")


LEAF = (
    st.none()
    | st.integers()
    | st.sampled_from(["", "10.5555/x", "10.5555/y", "retraction", "object", "subject", "is-"])
)
ITEM = st.dictionaries(st.sampled_from(["DOI", "id", "type", "asserted-by"]), LEAF) | LEAF
DAY = st.dictionaries(st.just("date-parts"), st.lists(st.lists(LEAF, max_size=4), max_size=2) | LEAF) | LEAF
UPDATE = st.builds(lambda item, day: {**item, "updated": day} if isinstance(item, dict) else item, ITEM, DAY)
RELATION = (
    st.dictionaries(st.sampled_from(["correction", "has-erratum", "is-retraction-of"]), st.lists(ITEM) | LEAF) | LEAF
)
WORK = st.fixed_dictionaries({}, optional={"updated-by": st.lists(UPDATE) | LEAF, "update-to": st.lists(UPDATE) | LEAF,
                                           "relation": RELATION})  # fmt: skip


@given(WORK)
def test_no_form_of_a_record_stops_the_reading_and_every_date_is_one_of_the_schema(work):
    found = of_work(work, "10.5555/x", Cited({"10.5555/x": "smith2020"}, {}))
    for item in found.notices:
        assert item.citekey == "smith2020"
        assert item.public_on == "" or 1800 <= int(item.public_on[:4]) < 2100
