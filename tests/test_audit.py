"""An edition holds what a reader needs: every kind of page and a seeded sample here, every page in `make audit`."""

import shutil

import pytest

from evidence.editions.index import labels
from evidence.editions.pages import pages
from evidence.editions.runner import run_page
from evidence.records.base import package_folder
from tests.audit import ASSET_BYTES, PAGE_BYTES, broken, faults_of, kinds, overweight, sample, views
from tests.conftest import EDITION

SEED = 20261124


@pytest.fixture(scope="module")
def newest(repository):
    """The newest committed edition of the real topic."""
    return repository.edition(labels(repository)[0])


@pytest.fixture(scope="module")
def opened(browser):
    """The browser's pages at each width and in each scheme."""
    made = views(browser)
    yield made
    for view in made:
        view.page.close()


def test_no_link_of_an_edition_leads_nowhere(newest, moonwort_edition):
    assert list(broken(newest)) == []
    assert list(broken(moonwort_edition.edition(EDITION))) == []


def test_the_heaviest_pages_of_the_real_base_keep_their_budget(base, tmp_path):
    """Rendered here, so that the budget holds before an edition is committed."""
    heavy = (
        "evidence.html",
        "evidence-harms.html",
        "maps.html",
        "methods.html",
        "claims.html",
        "question-status-us-states.html",
    )
    for page in pages(base, "2026-11"):
        if page.file in heavy:
            run_page(base.workspace.notebooks / f"{page.notebook}.ipynb", dict(page.parameters), tmp_path / page.file,
                     topic=base.schema.topic, title=page.title, executed=tmp_path / "executed" / f"{page.file}.ipynb")  # fmt: skip
    shutil.copytree(package_folder() / "editions" / "assets", tmp_path / "assets")
    assert {path.name for path in tmp_path.glob("*.html")} == set(heavy)
    assert list(overweight(tmp_path)) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "evidence", "maps", "gaps", "claims", "changes", "methods", "question-sleep-onset",
                                  "question-law", "study-ember2014", "evidence-effects"])  # fmt: skip
def test_a_page_of_each_kind_has_no_fault_in_light_dark_and_on_paper(opened, moonwort_edition, name):
    assert faults_of(opened, moonwort_edition.edition(EDITION) / f"{name}.html") == []


@pytest.mark.browser
@pytest.mark.parametrize("part", range(4))
def test_a_seeded_sample_of_the_real_edition_has_no_fault(opened, newest, part):
    paths = sample(newest, 2, SEED)[part::4]
    assert paths
    assert [fault for path in paths for fault in faults_of(opened, path)] == []


@pytest.mark.browser
def test_the_board_is_painted_within_a_second(browser, newest):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto((newest / "index.html").as_uri())
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    assert page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") < 1000
    page.close()


def lay_out(folder, body):
    (folder / "assets").mkdir()
    (folder / "assets" / "a.css").write_text("")
    path = folder / "page.html"
    path.write_text(
        f'<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><main><h1>h</h1>{body}</main></body></html>'
    )
    return path


@pytest.mark.parametrize(
    ("body", "told"),
    [('<a href="gone.html">x</a>', "gone.html leads nowhere"), ('<a href="#gone">x</a>', "#gone: no such anchor"),
     ('<img alt="" src="https://example.org/x.png">', "from outside"), ("x" * PAGE_BYTES, "more than")],
)  # fmt: skip
def test_a_planted_fault_is_seen_without_a_browser(tmp_path, body, told):
    lay_out(tmp_path, body)
    assert any(told in fault for fault in (*broken(tmp_path), *overweight(tmp_path)))


def test_heavy_assets_are_seen(tmp_path):
    lay_out(tmp_path, "x")
    (tmp_path / "assets" / "b.js").write_text("x" * (ASSET_BYTES + 1))
    assert any(fault.startswith("assets:") for fault in overweight(tmp_path))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "told"),
    [('<p style="color:#bbb">faint</p>', "color-contrast"), ('<div style="width:2000px">wide</div>', "wider than the screen"),
     ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
     ("<script>throw Error('planted')</script>", "planted")],
)  # fmt: skip
def test_a_planted_fault_is_seen_in_the_browser(opened, tmp_path, body, told):
    assert any(told in fault for fault in faults_of(opened, lay_out(tmp_path, body)))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("file", "told"), [("weighing.js", "weighs other than the edition"), ("reanalysis.js", "weighs other")]
)
def test_a_panel_that_weighs_otherwise_is_seen(opened, moonwort_edition, tmp_path, file, told):
    folder = shutil.copytree(moonwort_edition.edition(EDITION), tmp_path / "edition")
    script = folder / "assets" / file
    script.write_text(script.read_text().replace('"KNOWN"', '"LIKELY"').replace("The same as", "Other than"))
    assert any(told in fault for fault in faults_of(opened, folder / "question-sleep-onset.html"))


def test_a_sample_holds_every_kind_and_is_the_same_for_the_same_seed(newest):
    drawn = sample(newest, 2, SEED)
    assert drawn == sample(newest, 2, SEED)
    assert {path.stem.split("-")[0] for path in drawn} == {path.stem.split("-")[0] for path in newest.glob("*.html")}
    assert all(len(paths) >= 1 for paths in kinds(newest).values())
