"""Every folder of tests/problems/ plants one mistake in the invented topic and is named after the rule that finds it."""

import tomllib

import pytest

from evidence import check
from evidence.rules.rule import RULES
from evidence.rules.structure import STRUCTURE
from tests.conftest import ROOT

PROBLEMS = sorted(path.parent for path in (ROOT / "tests" / "problems").glob("*/edit.toml"))


def plant(workspace, edit):
    """Apply one edit; return the file and the line at which the problem has to be reported."""
    path = workspace.root / edit["file"]
    if edit.get("remove"):
        path.unlink()
        return edit["file"], 1
    if edit.get("empty"):
        path.write_text("")
        return edit["file"], 1
    text = path.read_text(encoding="utf-8")
    for find, replace in (("find", "replace"), ("also_find", "also_replace")):
        if find in edit:
            assert text.count(edit[find]) == 1, f"{edit[find]!r} stands {text.count(edit[find])} times"
            text = text.replace(edit[find], edit[replace])
    path.write_bytes(text.encode(edit.get("encoding", "utf-8")))
    place = edit.get("elsewhere", edit["file"])
    shown = (workspace.root / place).read_bytes().decode(edit.get("encoding", "utf-8"))
    mark = edit.get("at", edit.get("replace"))
    return place, shown[: shown.index(mark)].count("\n") + 1


@pytest.mark.parametrize("folder", PROBLEMS, ids=lambda folder: folder.name)
def test_a_planted_mistake_is_reported_at_its_place(folder, moonwort):
    edit = tomllib.loads((folder / "edit.toml").read_text())
    file, line = plant(moonwort, edit)
    code = folder.name.split("-")[0]
    found = [problem for problem in check(moonwort) if problem.code == code]
    assert found, [str(problem) for problem in check(moonwort)]
    reach = 3 if edit.get("near") or edit.get("anywhere") else 0
    assert any(p.where.file == file and abs(p.where.line - line) <= reach for p in found), [str(p) for p in found]
    assert all(problem.message and problem.advice for problem in found)


def test_the_invented_topic_has_no_problem_before_anything_is_planted(moonwort):
    assert check(moonwort) == []


def test_every_code_has_a_failing_example():
    shown = {folder.name.split("-")[0] for folder in PROBLEMS}
    assert shown == {*RULES, *STRUCTURE}


def test_check_changes_nothing(moonwort):
    before = {path: path.read_bytes() for path in moonwort.root.rglob("*") if path.is_file()}
    check(moonwort)
    assert before == {path: path.read_bytes() for path in moonwort.root.rglob("*") if path.is_file()}


def test_all_problems_are_reported_at_once(moonwort):
    for name in ("N001-interval-misses-value", "B005-missing-comma", "T010-outer-space"):
        plant(moonwort, tomllib.loads((ROOT / "tests" / "problems" / name / "edit.toml").read_text()))
    codes = {problem.code for problem in check(moonwort)}
    assert {"N001", "B005", "T010"} <= codes
