"""Pages in a real Chromium: they fit a phone, ask for nothing, and their tables sort and filter."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import EDITION

pytestmark = pytest.mark.browser
PAGES = ("index.html", "question-sleep-onset.html", "question-law.html", "study-ember2014.html", "evidence.html",
         "evidence-effects.html", "maps.html", "gaps.html", "claims.html", "changes.html", "methods.html")  # fmt: skip


@pytest.fixture
def open_page(browser, moonwort_edition):
    opened = []

    def go(name, width, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.requests, page.faults = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto((moonwort_edition.edition(EDITION) / name).as_uri())
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_asks_for_nothing_and_has_no_fault(open_page, name, width):
    page = open_page(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []
    assert all(url.startswith("file:") for url in page.requests)
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


ROWS = "[...document.querySelectorAll('#findings tbody tr')]"


def column(page, label):
    return page.evaluate(f"{ROWS}.map(row => row.querySelector('[data-label=\"{label}\"]').textContent)")


def test_the_index_of_findings_filters_by_words_and_by_list_and_says_how_many(open_page):
    page = open_page("evidence.html", 1280)
    everything = len(column(page, "Year"))
    assert everything == page.evaluate("JSON.parse(document.getElementById('findings-data').textContent).rows.length")
    page.get_by_role("searchbox").fill("nights moonwort")
    words = column(page, "Report")
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Kind of evidence").select_option("randomised trials")
    kinds = column(page, "Kind of evidence")
    assert set(kinds) == {"randomised trials"} and 0 < len(kinds) < everything
    assert len(words) < everything
    assert page.get_by_role("status").inner_text() == f"{len(kinds)} of {everything} findings"
    offered = page.get_by_label("Kind of evidence").locator("option").all_inner_texts()
    assert f"randomised trials ({len(kinds)})" in offered


def test_the_state_of_the_index_stands_in_the_address_and_comes_back_from_it(open_page, moonwort_edition):
    page = open_page("evidence.html", 1280)
    page.get_by_label("Kind of evidence").select_option("randomised trials")
    page.get_by_role("button", name="Year").click()
    page.get_by_role("button", name="Year").click()
    page.get_by_role("searchbox").fill("moonwort")
    address, rows = page.evaluate("location.href"), column(page, "Report")
    assert address.endswith("#q=moonwort&kind=randomised+trials&sort=year.down")
    years = column(page, "Year")
    assert years == sorted(years, reverse=True)
    other = open_page("evidence.html", 390)
    other.goto(address)
    other.reload()
    assert column(other, "Report") == rows
    assert other.get_by_role("searchbox").input_value() == "moonwort"
    other.get_by_role("button", name="Clear all filters").click()
    assert other.evaluate("location.href").endswith("evidence.html")
    assert len(column(other, "Report")) > len(rows)


def test_what_is_shown_is_saved_as_a_csv_that_holds_the_rows_and_runs_nothing(open_page):
    page = open_page("evidence.html", 1280)
    page.get_by_label("Kind of evidence").select_option("randomised trials")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save these rows as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(caught.value.path()).read_text(encoding="utf-8"))))
    assert [row["report"] for row in rows] == column(page, "Report")
    assert all(row["row"].startswith("data/findings.csv:") and row["finding"] for row in rows)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_without_script_every_finding_still_reads_in_the_tables_of_the_sections(browser, moonwort_edition):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    folder = moonwort_edition.edition(EDITION)
    page.goto((folder / "evidence.html").as_uri())
    links = page.locator("h2 ~ ul a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    read = 0
    for name in links:
        page.goto((folder / name).as_uri())
        read += page.locator("table.plain tbody tr").count()
    data = re.search(
        r'id="findings-data">(.*?)</script>', (folder / "evidence.html").read_text(encoding="utf-8")
    ).group(1)
    assert read == len(json.loads(data)["rows"])
    context.close()


def test_a_mark_leads_from_the_sentence_to_the_finding(open_page):
    page = open_page("question-sleep-onset.html", 390)
    page.locator(".statement.verdict .mark").first.click()
    assert "#ivory2013-1" in page.url
    assert "data/findings.csv:8" in page.locator("article:target").inner_text()


def test_dark_and_light_differ_and_text_keeps_its_contrast(open_page):
    def contrast(page):
        return page.evaluate("""() => {
          const style = getComputedStyle(document.body);
          const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map((x) => { const c = x / 255;
            return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const [a, b] = [light(style.color), light(style.backgroundColor)];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }""")

    light, dark = open_page("index.html", 390), open_page("index.html", 390, "dark")
    assert contrast(light) > 7
    assert contrast(dark) > 7
    colour = "getComputedStyle(document.body).backgroundColor"
    assert light.evaluate(colour) != dark.evaluate(colour)


def test_on_a_phone_the_board_folds_its_sections_and_a_link_opens_the_one_it_names(open_page, moonwort_edition):
    opened = "[...document.querySelectorAll('details.section')].map(section => section.open)"
    assert set(open_page("index.html", 1280).evaluate(opened)) == {True}
    phone = open_page("index.html", 390)
    assert set(phone.evaluate(opened)) == {False}
    phone.goto((moonwort_edition.edition(EDITION) / "index.html").as_uri() + "#law")
    phone.wait_for_function("document.getElementById('law').open")
    assert phone.evaluate(opened).count(True) == 1


def test_links_that_a_thumb_must_hit_are_large_enough(open_page):
    page = open_page("question-sleep-onset.html", 390)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.mark, .self')].map(link => Math.min(link.offsetWidth, link.offsetHeight))"
    )
    assert sizes
    assert min(sizes) >= 24


def test_a_statement_opens_an_issue_with_its_name_edition_and_rows_filled_in(open_page):
    page = open_page("question-sleep-onset.html", 1280)
    address = page.locator(".statement.verdict .report").get_attribute("href")
    told = parse_qs(urlsplit(address).query)
    assert address.startswith("https://example.org/issues/new?")
    assert told["title"] == [f"sleep-onset.1 (edition {EDITION})"]
    assert "study-ivory2013.html#ivory2013-1" in told["body"][0]


def test_an_entry_can_be_copied(open_page):
    page = open_page("study-ember2014.html", 1280)
    page.get_by_text("RIS", exact=True).click()
    page.locator("details[open] .copy").click()
    assert page.evaluate("getSelection().toString()").startswith("TY  - ")
