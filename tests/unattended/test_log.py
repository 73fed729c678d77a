"""The log: whole lines, whatever killed the run that wrote the last one."""

import json
import os
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evidence.unattended import log as log_module
from evidence.unattended.log import KEPT_RUNS, RunLog, append, log_folder, read_lines

NOON = datetime(2020, 6, 30, 12, 0, 0, 7000, UTC)
entries = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1), min_size=1, max_size=5)


@given(before=entries, after=entries, cut=st.integers(min_value=1, max_value=40))
def test_lines_before_a_torn_one_and_after_it_are_all_read(tmp_path_factory, before, after, cut):
    path = tmp_path_factory.mktemp("log") / "runs.jsonl"
    for entry in before:
        append(path, entry)
    whole = path.read_bytes()
    last = len(whole.splitlines(keepends=True)[-1]) if len(before) > 1 else len(whole)
    path.write_bytes(whole[: len(whole) - min(cut, last)])
    kept = read_lines(path)
    assert kept in (before, before[:-1])
    for entry in after:
        append(path, entry)
    assert read_lines(path)[-len(after) :] == after
    assert read_lines(path)[: len(before) - 1] == before[:-1]


def test_a_step_has_time_level_step_message_and_fields(tmp_path):
    log = RunLog.named(tmp_path, NOON)
    log.step("edition", "published", pages=32)
    assert log.path.name == "run-2020-06-30T120000-007.jsonl"
    (line,) = read_lines(log.path)
    assert line.pop("time").endswith("Z")
    assert line == {"level": "info", "step": "edition", "message": "published", "fields": {"pages": 32}}


def test_the_newest_logs_are_kept_and_other_files_are_left_alone(tmp_path):
    logs = [RunLog.named(tmp_path, NOON + timedelta(hours=hour)) for hour in range(KEPT_RUNS + 5)]
    (tmp_path / "runs.jsonl").write_text("")
    for log in logs:
        log.prune()
        log.step("run", "begun")
    assert sorted(path.name for path in tmp_path.glob("run-*")) == [log.path.name for log in logs[-KEPT_RUNS:]]
    assert (tmp_path / "runs.jsonl").exists()


def test_lines_of_two_processes_do_not_mix(tmp_path):
    path = tmp_path / "runs.jsonl"
    children = []
    for name in ("one", "two"):
        child = os.fork()
        if not child:
            for number in range(200):
                append(path, {"name": name, "number": number, "long": name * 500})
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    found = read_lines(path)
    written = [
        line for line in path.read_text().splitlines() if line
    ]  # a guard against torn lines may leave an empty one
    assert len(found) == len(written) == 400
    assert [line["number"] for line in found if line["name"] == "one"] == list(range(200))


def test_a_log_that_cannot_be_written_goes_to_standard_error_and_stops_nothing(tmp_path, capsys):
    (tmp_path / "in the way").write_text("")
    append(tmp_path / "in the way" / "runs.jsonl", {"outcome": "published"})
    told = capsys.readouterr().err
    assert told.startswith("The log cannot be written (")
    assert json.loads(told[told.index("{") :]) == {"outcome": "published"}


def test_the_folder_is_under_build_unless_the_environment_names_another(moonwort, monkeypatch, tmp_path):
    monkeypatch.delenv(log_module.FOLDER_VARIABLE, raising=False)
    assert log_folder(moonwort) == moonwort.build / "log"
    monkeypatch.setenv(log_module.FOLDER_VARIABLE, "logs")
    assert log_folder(moonwort) == moonwort.root / "logs"
    monkeypatch.setenv(log_module.FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
    assert log_folder(moonwort) == tmp_path / "elsewhere"
