"""An entry leaves in the forms that other tools read, and comes back from them as what it was."""

import json
import re

import pytest
import rispy

from evidence.display.exports import NO_AUTHOR, csl_json, forms, ris
from evidence.records.bibliography import plain


def entries(base):
    return [entry for entry in base.references.values() if entry.bibliography == "studies"]


def test_every_entry_comes_back_from_ris_with_its_title_authors_year_and_identifiers(base):
    for entry in entries(base):
        (back,) = rispy.loads(ris(entry))
        assert back["id"] == entry.key
        assert back.get("title", "") == entry.get("title")
        assert back.get("doi", "") == entry.get("doi")
        assert back.get("accession_number", "") == entry.get("pmid")
        assert back.get("year", "") == (entry.get("year") if entry.get("year").isdigit() else "")
        written = entry.fields.get("author", "")
        named = 0 if not written or NO_AUTHOR in written else len(re.split(r"\s+and\s+", written))
        assert len(back.get("authors", [])) == named


def test_pages_are_split_into_first_and_last(base):
    entry = next(e for e in entries(base) if re.fullmatch(r"\d+-\d+", e.get("pages")))
    (back,) = rispy.loads(ris(entry))
    assert f"{back['start_page']}-{back['end_page']}" == entry.get("pages")
    assert ris(entry).startswith("TY  - ")


def test_every_entry_is_valid_csl_json_in_a_list(base):
    for entry in entries(base):
        (item,) = json.loads(csl_json(entry))
        assert item["id"] == entry.key
        assert plain(item.get("title", "")) == plain(entry.get("title"))


@pytest.mark.parametrize("form", ["BibTeX", "RIS", "CSL-JSON"])
def test_a_study_page_folds_each_form_and_keeps_text_as_text(base, form):
    shown = forms(base.reference("garciaromeu2020"))
    assert f"<summary>{form}</summary>" in shown
    assert shown.count("<pre class=entry>") == 3
