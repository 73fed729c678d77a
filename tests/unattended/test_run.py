"""The run nobody watches, as a scheduler starts it: exit codes, one sentence, a log, and the old edition untouched."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from evidence.editions.files import folder_digests
from evidence.errors import EvidenceError
from evidence.unattended.lock import one_run
from evidence.unattended.log import read_lines
from evidence.unattended.outcome import Asked
from evidence.unattended.run import run, unattended
from evidence.unattended.surroundings import settle
from evidence.unattended.tell import FAILURE_VARIABLE, NOTIFIER_SECONDS
from evidence.workspace import Workspace
from tests.test_cli import spoil

LABEL, TODAY = "2020-06", date(2020, 6, 30)
COMMAND = (sys.executable, "-m", "evidence.cli", "run", "--edition", LABEL)
# Takes what it gets on standard input and keeps it.
KEEP = f"{sys.executable} -c \"import sys; open('told.md', 'w').write(sys.stdin.read())\""


@pytest.fixture
def rendered(moonwort_edition, tmp_path) -> Workspace:
    """A copy of the invented topic with its edition, and with the stamp that says nothing has to be done."""
    shutil.copytree(moonwort_edition.root, tmp_path / "copy")
    return Workspace((tmp_path / "copy").resolve())


def nothing_new(workspace, today):
    return Asked("Nothing new.")


def start(workspace, **environment):
    return subprocess.run(COMMAND, cwd=workspace.root, env=environment, capture_output=True, stdin=subprocess.DEVNULL,
                          text=True, encoding="utf-8", check=False)  # fmt: skip


def last_line(workspace):
    return read_lines(workspace.build / "log" / "runs.jsonl")[-1]


def summary(workspace):
    return (workspace.build / "log" / "last-run.md").read_text()


def test_without_environment_and_with_closed_streams_it_publishes(moonwort):
    script = 'exec "$0" "$@" <&- >&- 2>&-'
    found = subprocess.run(["/bin/sh", "-c", script, *COMMAND], cwd=moonwort.root, env={}, check=False)
    assert found.returncode == 0, summary(moonwort)
    assert (moonwort.edition(LABEL) / "index.html").is_file()
    line = last_line(moonwort)
    assert {
        "outcome": "published",
        "edition": LABEL,
        "exit_code": 0,
        "services_down": [],
        "moved": [],
    }.items() <= line.items()
    assert (moonwort.build / "log" / line["log"]).is_file()
    assert (
        sorted(path.name for path in moonwort.root.iterdir() if path.name.startswith(".")) == []
    )  # no ~/.config by another name


def test_without_environment_the_second_run_has_nothing_to_do_and_says_so(rendered):
    found = start(rendered)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(f"Nothing changed: edition {LABEL} stands as it is.")
    assert last_line(rendered)["outcome"] == "unchanged"
    assert "exit code 0" in summary(rendered)


@pytest.mark.parametrize("home", [None, "", "/nowhere/home"])
def test_a_home_that_cannot_be_written_to_is_replaced_by_one_in_build(moonwort, monkeypatch, home):
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    settle(moonwort)
    assert os.environ["HOME"] == str(moonwort.build / "home")


def test_a_home_of_ones_own_stays(moonwort, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    settle(moonwort)
    assert os.environ["HOME"] == str(tmp_path)


def test_a_narrow_encoding_of_the_terminal_stops_nothing(rendered):
    spoil(rendered)
    found = start(rendered, PYTHONIOENCODING="ascii")
    assert found.returncode == 1
    assert "Traceback" not in found.stderr


def test_an_error_in_a_table_ends_with_1_names_the_row_and_leaves_the_edition(rendered):
    before = folder_digests(rendered.reports)
    spoil(rendered)
    found = start(rendered, **{FAILURE_VARIABLE: KEEP})
    assert found.returncode == 1
    assert "data/findings.csv:8  N001" in found.stderr
    assert "Traceback" not in found.stderr
    assert folder_digests(rendered.reports) == before
    assert last_line(rendered)["outcome"] == "failed"
    assert (rendered.root / "told.md").read_text() == summary(rendered)
    assert "    data/findings.csv:8  N001" in summary(rendered)


def test_a_page_that_fails_ends_with_1_and_leaves_the_edition(rendered):
    before = folder_digests(rendered.reports)
    page = rendered.notebooks / "40-gaps.ipynb"
    page.write_text(page.read_text().replace('"from evidence import', '"1 / 0\\n",\n    "from evidence import', 1))
    outcome = run(rendered, LABEL, TODAY, nothing_new)
    assert (outcome.code, outcome.ended.outcome) == (1, "failed")
    assert "gaps.html" in outcome.ended.message
    assert folder_digests(rendered.reports) == before


def test_a_source_that_is_down_is_told_and_blocks_nothing(rendered):
    outcome = run(rendered, LABEL, TODAY, lambda workspace, today: Asked("Nowhere: nothing", ("nowhere",)))
    assert outcome.code == 0
    assert last_line(rendered)["services_down"] == ["nowhere"]
    assert "Did not answer in full: nowhere. The next run asks again." in summary(rendered)


def refuse(workspace, today):
    raise EvidenceError("This needs the intake extra: run `make intake`.")


def break_down(workspace, today):
    raise KeyError("a mistake")


def test_sources_that_cannot_be_asked_are_told_and_block_nothing(rendered):
    assert run(rendered, LABEL, TODAY, refuse).code == 0
    assert "    The sources were not asked: This needs the intake extra" in summary(rendered)


def test_a_mistake_in_asking_costs_no_edition_and_is_told_by_the_exit_code(rendered, capsys):
    outcome = run(rendered, LABEL, TODAY, break_down)
    assert (outcome.code, outcome.ended.outcome) == (4, "unchanged")
    assert "Traceback" not in capsys.readouterr().err
    steps = {line["step"]: line for line in read_lines(outcome.log)}
    assert "KeyError: 'a mistake'" in steps["watch"]["fields"]["traceback"]


def test_the_sources_are_left_alone_when_watching_is_off(rendered, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WATCH", "off")
    assert run(rendered, LABEL, TODAY).asked == Asked("The sources were not asked: EVIDENCE_WATCH is off.")


def test_something_unforeseen_ends_with_4_and_its_traceback_is_in_the_log_only(rendered, monkeypatch, capsys):
    monkeypatch.setattr("evidence.checking.check", break_down)
    outcome = run(rendered, LABEL, TODAY, nothing_new)
    assert (outcome.code, outcome.ended.outcome) == (4, "unexpected")
    assert "Traceback" not in summary(rendered) + capsys.readouterr().err
    assert any("Traceback" in line["fields"].get("traceback", "") for line in read_lines(outcome.log))


def test_a_second_run_ends_with_3_and_leaves_the_summary_of_the_first(rendered):
    with one_run(rendered):
        found = start(rendered)
    assert found.returncode == 3
    assert f"process {os.getpid()} holds build/run.lock since" in found.stderr
    assert {"outcome": "refused", "exit_code": 3, "log": ""}.items() <= last_line(rendered).items()
    assert not (rendered.build / "log" / "last-run.md").exists()


def stop_while_rendering(workspace, number):
    """Start a run that has to render everything, and send it a signal once pages are being made."""
    (workspace.build / f"stamp-{LABEL}.json").unlink()
    child = subprocess.Popen(
        COMMAND, cwd=workspace.root, env={}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not list(workspace.build.glob("edition-*/executed/*.ipynb")) and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(number)
    return child.communicate(timeout=60)[1], child.returncode


def test_a_run_that_is_asked_to_stop_frees_the_lock_says_so_and_leaves_the_edition(rendered):
    before = folder_digests(rendered.reports)
    told, code = stop_while_rendering(rendered, signal.SIGTERM)
    assert code == 143
    assert told.startswith("Stopped by SIGTERM.")
    assert last_line(rendered)["outcome"] == "stopped"
    assert ": stopped" in summary(rendered)
    assert folder_digests(rendered.reports) == before
    with one_run(rendered):
        pass


def test_a_killed_run_leaves_the_edition_and_the_next_run_goes_through(rendered):
    before = folder_digests(rendered.reports)
    _, code = stop_while_rendering(rendered, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert folder_digests(rendered.reports) == before
    assert start(rendered).returncode == 0
    assert folder_digests(rendered.reports) == before


def test_a_full_disk_leaves_the_edition_and_shows_no_traceback(rendered):
    import resource

    before = folder_digests(rendered.reports)
    (rendered.build / f"stamp-{LABEL}.json").unlink()
    small = 4096  # bytes a file may have: less than a page
    found = subprocess.run(COMMAND, cwd=rendered.root, env={}, capture_output=True, text=True, check=False,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (small, small)))  # fmt: skip
    assert found.returncode in (1, 4)
    assert "File too large" in found.stderr
    assert "Traceback" not in found.stderr
    assert folder_digests(rendered.reports) == before
    assert start(rendered).returncode == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [("/nowhere/mail", "No such file"), ("'unclosed", "No closing quotation"), ("false", "exit code 1")],
)
def test_a_notifier_that_fails_is_told_and_changes_no_exit_code(rendered, monkeypatch, capsys, command, told):
    spoil(rendered)
    monkeypatch.setenv(FAILURE_VARIABLE, command)
    monkeypatch.setenv("EVIDENCE_WATCH", "off")
    assert unattended(rendered, LABEL) == 1
    assert f"{FAILURE_VARIABLE} failed, so nobody was told: " in (err := capsys.readouterr().err)
    assert told in err


def test_the_notifier_is_no_shell_and_is_left_alone_when_all_is_well(rendered, monkeypatch):
    monkeypatch.setenv(FAILURE_VARIABLE, f"{sys.executable} -c 'import sys' ; touch told.md")
    monkeypatch.setenv("EVIDENCE_WATCH", "off")
    monkeypatch.chdir(rendered.root)
    assert unattended(rendered, LABEL) == 0
    spoil(rendered)
    assert unattended(rendered, LABEL) == 1
    assert not (rendered.root / "told.md").exists()
    assert NOTIFIER_SECONDS < 90  # systemd kills a stopped unit after 90 s


def test_the_log_goes_where_the_environment_says(rendered, tmp_path):
    assert start(rendered, EVIDENCE_LOG=str(tmp_path / "elsewhere")).returncode == 0
    assert {"runs.jsonl", "last-run.md"} <= {path.name for path in (tmp_path / "elsewhere").iterdir()}
    assert not (rendered.build / "log").exists()


def test_a_new_month_in_which_nothing_changed_makes_no_edition(rendered):
    outcome = run(rendered, "2020-07", TODAY, nothing_new)
    assert (outcome.code, outcome.ended.outcome) == (0, "unchanged")
    assert f"Nothing changed since edition {LABEL}" in summary(rendered)
    assert not rendered.edition("2020-07").exists()


def test_a_new_month_in_which_a_row_changed_makes_one(rendered):
    findings = rendered.table("findings")
    findings.write_text(
        findings.read_text().replace("Invented: time to fall asleep differed by -8", "Invented: it differed by -8")
    )
    assert run(rendered, "2020-07", TODAY, nothing_new).ended.outcome == "published"
    assert (rendered.edition("2020-07") / "changes.html").is_file()
