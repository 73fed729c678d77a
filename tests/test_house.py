"""The house as the design draws it: what is generated is current, what is listed twice agrees, nothing names what it must not."""

import ast
import os
import re
import subprocess
import tomllib

import pytest

from evidence.documents import documents, readme
from evidence.records.schema import read_schema
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "src" / "evidence").rglob("*.py"))
LAYERS = (
    "errors",
    "workspace",
    "records",
    "rules",
    "synthesis",
    "checking",
    "display",
    "editions",
    "intake",
    "unattended",
    "documents",
    "terminal",
    "cli_living",
    "cli",
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def outside_make():
    """The environment without what a make that runs these tests has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def layer(path):
    return path.relative_to(ROOT / "src" / "evidence").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_imports_go_one_way(path):
    here = layer(path)
    if here == "__init__":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("evidence."):
            other = node.module.split(".")[1]
            assert LAYERS.index(other) <= LAYERS.index(here), f"{path.name} imports {node.module}"


def test_modules_stay_small():
    sizes = {path.name: len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > 420} == {}


def test_the_library_names_no_topic(base):
    words = re.compile("|".join(map(re.escape, base.schema.topic.topic_words)), re.IGNORECASE)
    files = [
        path
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and path.suffix in (".py", ".j2", ".css", ".js", ".json")
    ]
    found = [
        f"{path.name}:{i}"
        for path in files
        for i, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


def test_notebooks_name_no_topic_outside_their_default_parameters(base):
    words = re.compile("|".join(map(re.escape, base.schema.topic.topic_words)), re.IGNORECASE)
    assert not any(words.search(path.read_text()) for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_environment_yml_lists_what_pyproject_lists():
    lines = [line.strip().removeprefix("- ") for line in (ROOT / "environment.yml").read_text().splitlines()]
    wanted = {f"python{PROJECT['requires-python']}", *PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]}
    listed = {line for line in lines if re.match(r"^[a-z][\w-]*>=", line)}
    assert listed == wanted


@pytest.mark.parametrize("name", ["report", "dev", "lab"])
def test_a_lock_has_hashes_and_names_no_host_and_holds_every_dependency(name):
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    pins = re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)
    assert text.count("--hash=sha256:") >= len(pins)
    named = [re.match(r"[\w.-]+", item).group(0) for item in PROJECT["dependencies"]]
    assert {item.lower() for item in named} <= {pin.lower() for pin in pins}


def test_generated_documents_are_current(repository):
    stale = [file for file, text in documents(repository).items() if (ROOT / file).read_text() != text]
    assert stale == [], "run `make docs`"


def test_the_readme_opens_with_what_the_newest_edition_says(repository):
    text = (ROOT / "README.md").read_text()
    assert readme(repository, read_schema(repository.schema)) == text
    labels = sorted(path.parent.name for path in (ROOT / "reports").glob("*/edition.json"))
    assert f"Edition **{labels[-1]}**" in text
    assert text.index("<!-- known:begin -->") < text.index("## Two commands") < text.index("## Add a study")


def test_every_method_key_in_the_library_and_the_guides_has_an_entry(base):
    known = {entry.key for entry in base.references.values()}
    shape = re.compile(r"\b[a-z]{3,}(?:19|20)\d{2}[a-z]?\b")
    examples = {"smith2026", "smith2020", "vicknasingam2020", "singh2014"}  # names of studies in help texts
    for path in [*SOURCES, *(ROOT / "docs").glob("*.md")]:
        cited = set(shape.findall(path.read_text())) - examples
        assert cited <= known, (path.name, cited - known)


def test_every_public_name_has_a_docstring():
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        inside = [item for node in tree.body if isinstance(node, ast.ClassDef) for item in node.body]
        for node in (*tree.body, *inside):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                assert ast.get_docstring(node), (path.name, node.name)


def test_no_machine_path_secret_or_open_end_is_in_the_tree():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    bad = re.compile(
        r"/(?:work|home|root)/[a-z]|BEGIN [A-Z ]*PRIVATE KEY|\b(?:TODO|FIXME|XXX)\b|lorem ipsum", re.IGNORECASE
    )
    for name in tracked:
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".yml", ".bib", ".csv", ".json", ".j2")
            and path.is_file()
            and name != "tests/test_house.py"
        ):
            hits = [
                line
                for line in path.read_text(encoding="utf-8").splitlines()
                if bad.search(re.sub(r"https?://\S+", "", line))
            ]
            assert not hits, (name, hits[:3])


def test_the_makefile_introduces_every_target():
    text = (ROOT / "Makefile").read_text()
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True, env=outside_make()).stdout
    named = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE).group(1).split())
    assert {line.split()[1] for line in shown.splitlines()} == named
