"""Files of every format, whole and broken: what is read, what is named, and that nothing goes missing in silence."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.intake import readers
from evidence.intake.normalise import author, author_from, clean_doi, clean_text
from evidence.intake.readers import read_file

FILES = Path(__file__).with_name("files")
ENDINGS = (".ris", ".nbib", ".bib", ".xml", ".json", ".txt")
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def said(read):
    return [str(problem) for problem in read.problems]


@pytest.mark.parametrize(("name", "form", "read", "lost"), [
    ("scopus-like.ris", "RIS", 3, 2), ("pubmed-like.nbib", "PubMed", 2, 1), ("manager.bib", "BibTeX", 4, 1),
    ("endnote.xml", "EndNote XML", 2, 1), ("crossref.json", "Crossref JSON", 2, 2), ("crossref-one.json", "Crossref JSON", 1, 0),
    ("trials.json", "ClinicalTrials.gov JSON", 1, 1), ("trial-one.json", "ClinicalTrials.gov JSON", 1, 0)])  # fmt: skip
def test_every_record_of_a_file_is_read_or_named(name, form, read, lost):
    found = read_file(FILES / name)
    assert (found.format, len(found.records), found.found) == (form, read, read + lost)


def test_ris_is_made_uniform():
    first, preprint, poster = read_file(FILES / "scopus-like.ris").records
    assert first.title == "Invented: Botrychium tea and time to fall asleep, part 1 & 2"
    assert (first.authors, first.year, first.doi) == ("Fernleaf, A. B.; Ivory, C.", 2018, "10.5555/moon.2018.1")
    assert (preprint.title, preprint.kind) == ("Invented: a tea before it is judged", "preprint")
    assert poster.kind == "conference abstract"


def test_broken_ris_records_are_named_with_their_line():
    problems = said(read_file(FILES / "scopus-like.ris"))
    assert "record 4 (line 20): ends without an ER line; it was read up to where the next begins" in problems
    assert any(line.startswith("record 6 (line 27): begins without a TY line") for line in problems)
    assert any("“not a doi” is not a DOI" in line for line in problems)


def test_a_record_without_a_title_is_named():
    assert "record 5 (line 23): has no title and was left out (“Ivory, C., 2015”)" in said(
        read_file(FILES / "scopus-like.ris")
    )


def test_pubmed_gives_doi_registration_and_retraction():
    first = read_file(FILES / "pubmed-like.nbib").records[0]
    assert (first.doi, first.pmid, first.registration) == ("10.5555/moon.2019.7", "99999901", "NCT00000000")
    assert first.retracted
    assert first.authors == "Fernleaf, A. B.; Ivory, C.; Moonwort Study Group"


def test_bibtex_reads_macros_latex_and_keys_used_twice():
    first, thesis, preprint, _ = read_file(FILES / "manager.bib").records
    assert (first.title, first.venue) == ("Invented: Moonwort tea and naïve sleepers", "Invented Journal of Sleep")
    assert first.authors == "Fernleaf, A. B.; von Ivory, C.; Moonwort Study Group"
    assert (thesis.title, thesis.authors, thesis.kind) == (
        "Invented: a thesis under a key used twice",
        "Ivory, C.",
        "thesis",
    )
    assert preprint.kind == "preprint"


def test_crossref_tells_preprints_and_retractions():
    article, preprint = read_file(FILES / "crossref.json").records
    assert (article.title, article.retracted) == ("Invented: moonwort tea: A trial", True)
    assert (preprint.kind, preprint.year) == ("preprint", 2017)


def test_a_registration_is_read():
    found = read_file(FILES / "trials.json").records[0]
    assert (found.registration, found.kind, found.year) == ("NCT00000000", "registration", 2016)
    assert found.address == "https://clinicaltrials.gov/study/NCT00000000"


def test_the_bibliography_of_this_repository_is_read_whole(repository):
    for name in ("studies", "set-aside", "methods"):
        path = repository.bibliography(name)
        assert read_file(path).found == path.read_text(encoding="utf-8").count("\n@") + 1


def test_entity_bombs_are_refused():
    with pytest.raises(EvidenceError, match="defines entities"):
        read_file(FILES / "entities.xml")


def put(tmp_path, content, name="export.ris"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("content", "words"), [
    (b"", "is empty"), (b" \n", "is empty"), (b"\x89PNG\x00\x01", "not a text file"), (b"TY  - JOUR\nTI  - \xef", "line 2"),
    (b"\xff\xfeT\x00", "UTF-16"), (b"\x1f\x8b\x08", "gzip"), (b"<html><body/></html>", "no EndNote records"),
    (b"<xml><records>", "The XML is broken"), (b'{"a": 1}', "no answer of Crossref"), (b"{", "The JSON is broken"),
    (b"[" * 100_000, "The JSON is broken")])  # fmt: skip
def test_a_file_that_cannot_be_used_gets_one_sentence(tmp_path, content, words):
    with pytest.raises(EvidenceError, match=words) as error:
        read_file(put(tmp_path, content))
    assert "\n" not in str(error.value)


def test_zip_unknown_missing_and_folder_get_one_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("export.ris", "TY  - JOUR")
    (tmp_path / "notes.txt").write_text("only words")
    for name, words in (
        ("export.zip", "a zip file"),
        ("notes.txt", "no known format"),
        ("gone.ris", "cannot be read"),
        (".", "cannot be read"),
    ):
        with pytest.raises(EvidenceError, match=words):
            read_file(tmp_path / name)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LARGEST", 10)
    with pytest.raises(EvidenceError, match="more than the 10"):
        read_file(put(tmp_path, b"TY  - JOUR\n"))


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    found = read_file(put(tmp_path, b"\xef\xbb\xbfTY  - JOUR\r\nTI  - Invented\r\nER  - \r\n", "export.txt"))
    assert [(record.title, record.kind) for record in found.records] == [("Invented", "article")]
    assert not found.problems


def test_names_are_written_one_way():
    names = ("Fernleaf, Ada Bella", "Fernleaf AB", "Fernleaf, A.B.", "Fernleaf, A B")
    assert {author_from(name) for name in names} == {"Fernleaf, A. B."}
    assert author_from("World Health Organization") == "World Health Organization"
    assert author("O; Ivory", "clea") == "O Ivory, C."


@pytest.mark.parametrize(
    "given", ["10.5555/ABC", "doi:10.5555/abc", "https://doi.org/10.5555/abc", "http://dx.doi.org/10.5555%2FABC."]
)
def test_dois_are_written_one_way(given):
    assert clean_doi(given) == "10.5555/abc"


def test_text_loses_markup_and_what_deceives_the_eye_but_no_formula():
    assert clean_text("=1+1 <jats:p>H<sub>2</sub>O</jats:p> p&lt;0.05\x07\u202e\ud800\nx") == "=1+1 H2O p<0.05 x"


MARKS = st.sampled_from(
    [
        "TY  - ",
        "ER  - ",
        "TI  - ",
        "AU  - ",
        "PY  - ",
        "DO  - ",
        "\n",
        "      ",
        "PMID- 1",
        "FAU - ",
        "LID - ",
        "@a{k,",
        "title = {",
        "}",
        "{",
        '"',
        "=",
        "#",
        ",",
        "@string{",
        "author={",
        " and ",
        "\\'",
        "$",
        "<xml>",
        "<record>",
        "</record>",
        "</xml>",
        "<title>",
    ]
)
NAMES = st.sampled_from(
    [
        "message",
        "items",
        "title",
        "DOI",
        "author",
        "family",
        "issued",
        "date-parts",
        "type",
        "studies",
        "protocolSection",
        "identificationModule",
        "nctId",
        "briefTitle",
        "updated-by",
    ]
)
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=25,
)


def only_a_sentence(path):
    """Reads a file; the only way to fail is one sentence for people."""
    try:
        found = read_file(path)
    except EvidenceError as error:
        assert "\n" not in error.message
    else:
        assert found.found == len(found.records) + sum(problem.lost for problem in found.problems)
        assert all(record.title for record in found.records)


@pytest.mark.parametrize("ending", ENDINGS)
@MANY
@given(content=st.binary(max_size=300))
def test_no_bytes_give_a_traceback(tmp_path, ending, content):
    only_a_sentence(put(tmp_path, content, f"any{ending}"))


@pytest.mark.parametrize("ending", ENDINGS)
@MANY
@given(text=st.lists(MARKS | st.text(max_size=12), max_size=40).map("".join))
def test_no_text_gives_a_traceback(tmp_path, ending, text):
    only_a_sentence(put(tmp_path, text.encode("utf-8", "ignore"), f"any{ending}"))


@MANY
@given(value=JSON)
def test_json_of_any_shape_gives_no_traceback(tmp_path, value):
    only_a_sentence(put(tmp_path, json.dumps(value).encode(), "any.json"))


@MANY
@given(titles=st.lists(st.from_regex(r"[A-Za-z]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True), min_size=1, max_size=8))
def test_as_many_ris_records_come_out_as_went_in(tmp_path, titles):
    text = "\n".join(f"TY  - JOUR\nTI  - {title}\nER  - \n" for title in titles)
    assert [record.title for record in read_file(put(tmp_path, text.encode())).records] == titles
