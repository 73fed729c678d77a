import re
from html import unescape

from evidence import answer
from evidence.display.forest import forest
from evidence.display.references import reference
from evidence.display.tables import Html, cell, outside, table


def figure(base, question):
    strand = answer(base, question).deciding
    return forest(base, strand, strand.groups[0], strand.summaries[0])


def test_a_figure_says_in_words_what_it_shows(moonwort_base):
    spoken = re.search(r'aria-label="([^"]*)"', figure(moonwort_base, "use-adults")).group(1)
    assert "3 samples from 3% (Ember and Frost 2014) to 4.1% (Ember and Frost 2018)" in spoken
    assert "The average is 3.6%" in spoken


def test_a_figure_is_the_same_bytes_each_time_and_has_real_text(moonwort_base):
    one, two = figure(moonwort_base, "use-adults"), figure(moonwort_base, "use-adults")
    assert one == two
    assert "<text" in one
    assert "<dc:date>" not in one
    assert len(one) < 20_000


def test_one_number_gets_no_figure(moonwort_base):
    assert figure(moonwort_base, "lunarine-content") == ""


def test_a_reference_is_formatted_through_csl_with_what_was_seen(moonwort_base):
    text = reference(moonwort_base, "ember2014")
    assert text.startswith("Ember A, Frost B.")
    assert "Annals of Nowhere" in text
    assert "seen: full text" in text
    assert "references/studies.bib:1]" in text


def test_every_real_entry_can_be_formatted(base):
    for key in base.references:
        shown = unescape(re.sub("<[^>]+>", "", reference(base, key)))
        first_word = re.findall(r"\w+", base.references[key].get("title"))[:1]
        assert all(word.lower() in shown.lower() for word in first_word), (key, shown)


def test_cells_are_escaped_unless_they_are_markup():
    assert cell("<b>") == "&lt;b&gt;"
    assert cell(Html("<b>")) == "<b>"
    assert "&lt;script&gt;" in table("<script>", ("a",), [["<script>"]])


def test_only_https_becomes_a_link():
    assert "<a" not in outside("javascript:alert(1)")
    assert "<a" in outside("https://example.org/?a=1&b=2")
    assert "&amp;" in outside("https://example.org/?a=1&b=2")
