"""An edition is complete or not at all, says when nothing changed, and comes out the same twice."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from evidence import EvidenceBase, build_edition
from evidence.editions.edition import EQUAL, PUBLISHED, UNCHANGED, verify
from evidence.editions.files import folder_digests, publish_folder, recover, write_whole
from evidence.editions.forked import run_all
from evidence.editions.pages import pages
from evidence.errors import EvidenceError, PageError
from tests.conftest import EDITION


@pytest.fixture
def edited(moonwort_edition, tmp_path):
    """A copy of the rendered invented topic that a test may change."""
    folder = tmp_path / "copy"
    shutil.copytree(moonwort_edition.root, folder)
    return type(moonwort_edition)(folder.resolve())


def test_an_edition_has_every_page_with_trace_and_record(moonwort_edition):
    base = EvidenceBase.load(moonwort_edition)
    folder = moonwort_edition.edition(EDITION)
    assert {page.file for page in pages(base, EDITION)} == {path.name for path in folder.glob("*.html")}
    record = json.loads((folder / "edition.json").read_text())
    digests = folder_digests(folder)
    assert record["files"] == {name: value for name, value in digests.items() if name != "edition.json"}
    assert record["questions"]["sleep-onset"]["rests_on"] == ["ivory2013-1", "jasper2016-1", "kestrel2019-1"]
    assert {"index.html", "latest.html"} <= {path.name for path in moonwort_edition.reports.iterdir()}


def test_every_sentence_on_a_page_has_an_id_that_the_trace_knows(moonwort_edition):
    folder = moonwort_edition.edition(EDITION)
    with (folder / "trace.csv").open() as stream:
        known = {row["statement"] for row in csv.DictReader(stream)}
    shown = set()
    for page in folder.glob("question-*.html"):
        shown |= set(re.findall(r'class="statement [a-z]+" id="([^"]+)"', page.read_text()))
    assert shown
    assert shown <= known
    assert {name for name in known if "." in name} == shown


def test_every_link_within_an_edition_leads_somewhere(moonwort_edition):
    folder = moonwort_edition.edition(EDITION)
    texts = {path.name: path.read_text() for path in folder.glob("*.html")}
    ids = {name: set(re.findall(r' id="([^"]+)"', text)) for name, text in texts.items()}
    for name, text in texts.items():
        for address in re.findall(r' href="([^"]+)"', text):
            if address.startswith(("https:", "../", "assets/")):
                continue
            file, _, mark = address.partition("#")
            assert (file or name) in texts, (name, address)
            assert not mark or mark in ids[file or name], (name, address)


def test_ids_are_unique_within_a_page(moonwort_edition):
    for path in moonwort_edition.edition(EDITION).glob("*.html"):
        found = re.findall(r' id="([^"]+)"', re.sub(r"<svg.*?</svg>", "", path.read_text(), flags=re.DOTALL))
        assert len(found) == len(set(found)), path.name


def test_no_page_asks_for_anything_outside_and_each_carries_the_disclaimer(moonwort_edition):
    topic = EvidenceBase.load(moonwort_edition).schema.topic
    for path in moonwort_edition.reports.rglob("*.html"):
        text = path.read_text()
        assert topic.disclaimer in text, path
        for source in re.findall(r'(?:src|srcset|poster|data)="([^"]*)"', text) + re.findall(
            r'<link[^>]* href="([^"]*)"', text
        ):
            assert not source.startswith(("http", "//")), (path, source)
    style = (moonwort_edition.edition(EDITION) / "assets" / "style.css").read_text()
    assert "url(" not in style
    assert "@import" not in style


def test_a_second_run_does_no_work_and_force_gives_the_same_bytes(edited):
    base = EvidenceBase.load(edited)
    seen = []
    shutil.rmtree(edited.build, ignore_errors=True)
    first = build_edition(base, EDITION, progress=seen.append)
    assert first.outcome == EQUAL
    assert len(seen) == first.pages
    seen.clear()
    assert build_edition(base, EDITION, progress=seen.append).outcome == UNCHANGED
    assert seen == []
    assert build_edition(base, EDITION, force=True, progress=seen.append).outcome == EQUAL
    assert len(seen) == first.pages


def test_verify_finds_no_difference_and_finds_one_when_there_is_one(edited):
    base = EvidenceBase.load(edited)
    assert verify(base).differing == ()
    page = edited.edition(EDITION) / "index.html"
    page.write_text(page.read_text().replace("KNOWN", "KNOWM", 1))
    assert verify(base).differing == ("index.html",)


def test_a_page_that_fails_publishes_nothing_and_is_kept(edited):
    before = folder_digests(edited.reports)
    notebook = edited.notebooks / "20-study.ipynb"
    notebook.write_text(
        notebook.read_text().replace('"show.study(base, study_id)"', "\"assert study_id != 'ivory2013'\"")
    )
    with pytest.raises(PageError, match=r"1 of 32 pages failed; nothing was published") as error:
        build_edition(EvidenceBase.load(edited), EDITION)
    assert "study-ivory2013.html: cell" in str(error.value)
    assert [path.name for path in edited.failed.iterdir()] == ["study-ivory2013.ipynb"]
    assert folder_digests(edited.reports) == before
    assert not list(edited.build.glob("edition-*"))


def test_a_changed_row_changes_its_pages_and_is_published(edited):
    table = edited.table("findings")
    table.write_text(table.read_text().replace("differed by -8 minutes", "differed by minus eight minutes"))
    made = build_edition(EvidenceBase.load(edited), EDITION)
    assert made.outcome == PUBLISHED
    assert {"question-sleep-onset.html", "study-ivory2013.html", "edition.json", "trace.csv"} <= set(made.differing)
    assert "question-law.html" not in made.differing


def test_an_edition_is_closed_once_a_later_one_exists(edited):
    base = EvidenceBase.load(edited)
    build_edition(base, "2020-07")
    with pytest.raises(EvidenceError, match="closed, since 2020-07 exists"):
        build_edition(base, EDITION)
    changes = (edited.edition("2020-07") / "changes.html").read_text()
    assert "Nothing: no verdict moved" in changes


def test_an_edition_as_of_a_day_says_so_and_holds_less(edited):
    build_edition(EvidenceBase.load(edited).as_of("2015-12-31"), "2020-07")
    folder = edited.edition("2020-07")
    assert "It shows what was public up to 2015-12-31" in (folder / "index.html").read_text()
    assert not (folder / "study-kestrel2019.html").exists()
    lost = (folder / "changes.html").read_text()
    assert lost.index("Lost") < lost.index("Verdicts")


def test_a_hanging_task_is_stopped_a_dying_one_is_named_and_the_others_run(tmp_path):
    import os
    import time

    done = []
    tasks = {
        "hangs": lambda: time.sleep(60),
        "dies": lambda: os._exit(9),
        "raises": lambda: (_ for _ in ()).throw(EvidenceError("a sentence")),
        "works": lambda: (tmp_path / "ok").write_text("x") and None,
    }
    failures = run_all(tasks, workers=2, timeout=1.0, done=done.append)
    assert failures == {
        "hangs": "stopped after 1 seconds",
        "dies": "its process died (wait status 2304)",
        "raises": "a sentence",
    }
    assert sorted(done) == sorted(tasks)
    assert (tmp_path / "ok").read_text() == "x"


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    write_whole(path, "old")
    monkeypatch.setattr("os.fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["x.csv"]


def test_a_folder_replaces_another_in_one_step_and_without_it_can_be_recovered(tmp_path, monkeypatch):
    def folder(name: str, text: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(text)
        return tmp_path / name

    place = folder("place", "old")
    publish_folder(folder("made", "new"), place)
    assert (place / "page").read_text() == "new"
    monkeypatch.setattr("evidence.editions.files._exchange", lambda one, two: False)
    publish_folder(folder("made2", "newer"), place)
    assert (place / "page").read_text() == "newer"
    place.rename(tmp_path / ".place.old")  # as if the process died between the two renames
    recover(place)
    assert (place / "page").read_text() == "newer"


def test_what_killed_runs_left_is_swept_and_what_runs_is_not(tmp_path):
    import os
    import subprocess

    from evidence.editions.files import sweep_unfinished

    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (f"edition-2020-06-{gone.pid}", f"edition-2020-06-{os.getpid()}", "preview"):
        (tmp_path / name).mkdir()
    sweep_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"edition-2020-06-{os.getpid()}", "preview"]


def test_a_killed_report_leaves_the_old_edition_whole_and_the_next_run_just_works(edited):
    import os
    import signal
    import subprocess
    import sys
    import time

    before = folder_digests(edited.reports)
    table = edited.table("findings")
    table.write_text(table.read_text().replace("differed by -8 minutes", "differed by minus eight minutes"))
    command = [sys.executable, "-m", "evidence.cli", "edition", "--edition", EDITION]
    for _ in range(2):
        run = subprocess.Popen(
            command, cwd=edited.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not list(edited.build.glob("edition-*/*.html")) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert folder_digests(edited.reports) == before
    done = subprocess.run(command, cwd=edited.root, capture_output=True, text=True, check=True)
    assert "Published edition 2020-06" in done.stdout
    assert not list(edited.build.glob("edition-*"))
