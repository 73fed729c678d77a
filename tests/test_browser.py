"""Pages in a real Chromium: they fit a phone, ask for nothing, and their tables sort and filter."""

import pytest

from tests.conftest import EDITION

pytestmark = pytest.mark.browser
PAGES = ("index.html", "question-sleep-onset.html", "question-law.html", "study-ember2014.html", "evidence.html", "gaps.html",
         "claims.html", "changes.html", "methods.html")  # fmt: skip


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


def test_the_index_of_findings_filters_and_sorts_and_keeps_the_words_in_the_address(open_page):
    page = open_page("evidence.html", 1280)
    rows = "[...document.querySelector('table.filterable').tBodies[0].rows].filter(row => !row.hidden)"
    everything = page.evaluate(f"{rows}.length")
    page.get_by_role("searchbox").fill("randomised trials")
    assert 0 < page.evaluate(f"{rows}.length") < everything
    assert page.url.endswith("#q=randomised%20trials")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Year").click()
    years = page.evaluate(f"{rows}.map(row => row.cells[7].textContent)")
    assert years == sorted(years)


def test_without_script_the_table_still_reads(browser, moonwort_edition):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((moonwort_edition.edition(EDITION) / "evidence.html").as_uri())
    assert page.locator("table.filterable tbody tr").count() > 10
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
