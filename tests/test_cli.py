"""The commands as people and schedulers use them: exit codes, one sentence, nothing half done."""

import json
import os
import subprocess
import sys

import pytest

from evidence.editions.files import folder_digests


def run(workspace, *words, stdin=None):
    return subprocess.run([sys.executable, "-m", "evidence.cli", *words], cwd=workspace.root, capture_output=True, text=True,
                          env={**os.environ, "COLUMNS": "200"}, input=stdin, check=False)  # fmt: skip


def test_check_of_a_good_base_exits_0(moonwort):
    found = run(moonwort, "check")
    assert (found.returncode, found.stdout) == (0, "No problem found.\n")


def spoil(workspace):
    path = workspace.table("findings")
    path.write_text(path.read_text().replace("mean difference,-8.0,-14.0,-2.0", "mean difference,8.0,-14.0,-2.0"))


def test_check_names_file_line_code_and_advice_and_exits_1(moonwort):
    spoil(moonwort)
    found = run(moonwort, "check")
    assert found.returncode == 1
    lines = found.stdout.splitlines()
    assert lines[0].startswith(
        "data/findings.csv:8  N001  ivory2013-1 (sleep-latency): the interval -14 to -2 does not hold"
    )
    assert lines[1].strip() == "Read value, low and high again in the source."


def test_check_speaks_json_and_sarif(moonwort):
    spoil(moonwort)
    found = json.loads(run(moonwort, "check", "--format", "json").stdout)
    assert {"file": "data/findings.csv", "line": 8, "code": "N001"}.items() <= found[0].items()
    sarif = json.loads(run(moonwort, "check", "--format", "sarif").stdout)
    result = sarif["runs"][0]["results"][0]
    assert sarif["version"] == "2.1.0"
    assert result["ruleId"] == "N001"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 8


def test_a_report_from_a_spoiled_base_exits_non_zero_names_the_rule_and_leaves_the_edition(moonwort_edition, tmp_path):
    import shutil

    copy = type(moonwort_edition)((tmp_path / "copy").resolve())
    shutil.copytree(moonwort_edition.root, copy.root)
    before = folder_digests(copy.reports)
    spoil(copy)
    found = run(copy, "edition", "--edition", "2020-06")
    assert found.returncode == 1
    assert "data/findings.csv:8  N001" in found.stderr
    assert "Nothing was rendered" in found.stderr
    assert "Traceback" not in found.stderr
    assert folder_digests(copy.reports) == before


def test_report_says_published_then_unchanged_then_equal(moonwort):
    first = run(moonwort, "edition", "--edition", "2020-06")
    assert first.stdout.splitlines()[-1] == (
        "Published edition 2020-06: 32 pages in reports/2020-06/. Open reports/2020-06/index.html")  # fmt: skip
    assert "Nothing changed" in run(moonwort, "edition", "--edition", "2020-06").stdout
    (moonwort.build / "stamp-2020-06.json").unlink()
    assert (
        "every byte equals the edition in reports/2020-06/" in run(moonwort, "edition", "--edition", "2020-06").stdout
    )
    assert run(moonwort, "verify").stdout == "Edition 2020-06: no difference.\n"
    assert run(moonwort, "changes").stdout == "Nothing moved since 2020-06.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("edition", "--edition", "June"), "edition: 'June' is not a month; write it as 2026-11."),
     (("edition", "--edition", "2020-06", "--as-of", "soon"), "as_of: 'soon' is not a day; write it as 2026-11-24."),
     (("trace", "nosuch"), "nosuch: no statement, row, study or entry is called that."),
     (("preview", "--question", "nosuch"), "No question or study is called 'nosuch'."),
     (("preview",), "Name one page: --question withdrawal, or --study vicknasingam2020."),
     (("verify",), "There is no edition to verify. Run `make report` first.")],
)  # fmt: skip
def test_bad_input_gets_one_sentence_and_exit_1(moonwort, words, sentence):
    found = run(moonwort, *words)
    assert (found.returncode, found.stderr.strip()) == (1, sentence)


def test_outside_a_notebook_it_says_where_to_go(tmp_path):
    found = subprocess.run(
        [sys.executable, "-m", "evidence.cli", "check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert "Go to the root of the repository" in found.stderr


def test_trace_prints_the_thread_of_a_statement(moonwort):
    found = run(moonwort, "trace", "sleep-onset.1").stdout
    assert "data/findings.csv:8  ivory2013-1  ← ivory2013 (references/studies.bib:" in found


def test_preview_renders_one_page_and_says_whether_the_verdict_moved(moonwort_edition):
    found = run(moonwort_edition, "preview", "--question", "sleep-onset")
    assert found.stdout == "build/preview/question-sleep-onset.html: still KNOWN, as in edition 2020-06\n"
    assert "Does moonwort shorten" in (moonwort_edition.build / "preview" / "question-sleep-onset.html").read_text()


def test_a_new_study_is_drafted_and_the_check_names_what_is_missing(moonwort):
    found = run(moonwort, "new", "survey", "smith2026")
    assert found.returncode == 0
    assert "smith2026,smith2026,,smith2026" in moonwort.table("surveys").read_text()
    assert "@article{smith2026," in moonwort.bibliography("studies").read_text()
    problems = run(moonwort, "check")
    assert problems.returncode == 1
    assert "T013  recruitment is empty" in problems.stdout
    assert "Traceback" not in problems.stderr
    again = run(moonwort, "new", "survey", "smith2026")
    assert (again.returncode, again.stderr.strip()) == (1, "smith2026 exists already. Add a letter: smith2026a.")
    assert run(moonwort, "tidy").returncode == 0
