"""The workflows, held without a network: valid, pinned, with as few rights as they need, and closed to injected scripts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
# Rights beyond reading, by job: a new one has to be written here too.
RIGHTS = {
    ("check", "test"): {},
    ("edition", "render"): {},
    ("edition", "propose"): {"contents": "write", "pull-requests": "write"},
    ("pages", "deploy"): {"pages": "write", "id-token": "write"},
}


def jobs():
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield path.stem, name, job


def steps():
    return [(workflow, name, step) for workflow, name, job in jobs() for step in job["steps"]]


def test_they_are_valid_workflows():
    found = subprocess.run([TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_audit_finds_nothing():
    found = subprocess.run([TOOLS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS],
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(path):
    used = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_one_action_has_one_commit():
    pins = {}
    for _, _, step in steps():
        if "uses" in step:
            action, commit = step["uses"].split("@")
            pins.setdefault(action, set()).add(commit)
    assert [action for action, commits in pins.items() if len(commits) > 1] == []


def test_rights_are_none_at_the_top_and_named_for_each_job():
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text())["permissions"] == {}, path.name
    beyond = {
        (workflow, name): {key: value for key, value in job["permissions"].items() if value != "read"}
        for workflow, name, job in jobs()
    }
    assert beyond == RIGHTS


def test_no_expression_stands_in_a_script():
    assert [(name, step["run"]) for _, name, step in steps() if "${{" in step.get("run", "")] == []


def test_the_job_that_may_write_runs_no_code_of_packages():
    run = "\n".join(step.get("run", "") for _, name, step in steps() if name == "propose")
    assert "git apply" in run
    assert not re.search(r"\b(make|pip|python|evidence )\b", run)


def test_no_checkout_leaves_its_token_behind():
    checkouts = [step for _, _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == 4
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_job_ends_and_no_secret_but_the_tokens_is_used():
    assert all(0 < job["timeout-minutes"] <= 60 for _, _, job in jobs())
    assert all("secrets." not in path.read_text() for path in WORKFLOWS)


def test_runs_of_a_workflow_do_not_overlap():
    assert all(yaml.safe_load(path.read_text())["concurrency"]["group"] for path in WORKFLOWS)


def test_every_make_target_of_the_workflows_exists():
    made = {target for _, _, step in steps() for line in step.get("run", "").splitlines() if line.startswith("make ")
            for target in line.split()[1:]}  # fmt: skip
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert made <= targets, made - targets
