"""Fixtures: the repository itself, the invented topic in a folder of its own, and a real browser."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: pages are forked from one thread

import shutil
from pathlib import Path

import pytest

from evidence import EvidenceBase, Workspace
from tests.audit import chromium, program

ROOT = Path(__file__).resolve().parent.parent
MOONWORT = ROOT / "tests" / "topics" / "moonwort"
EDITION = "2020-06"


def lay_out(folder: Path) -> Workspace:
    """The invented topic as a fork would have it: its own tables, our notebooks and methods.bib."""
    shutil.copytree(MOONWORT, folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("images"))
    shutil.copy(ROOT / "references" / "methods.bib", folder / "references" / "methods.bib")
    return Workspace(folder.resolve())


@pytest.fixture(scope="session")
def repository() -> Workspace:
    return Workspace(ROOT)


@pytest.fixture(scope="session")
def base(repository) -> EvidenceBase:
    return EvidenceBase.load(repository)


@pytest.fixture
def moonwort(tmp_path) -> Workspace:
    return lay_out(tmp_path / "moonwort")


@pytest.fixture
def moonwort_base(moonwort) -> EvidenceBase:
    return EvidenceBase.load(moonwort)


@pytest.fixture(scope="session")
def moonwort_edition(tmp_path_factory) -> Workspace:
    """The invented topic with one rendered edition; read it, do not change it."""
    from evidence import build_edition

    workspace = lay_out(tmp_path_factory.mktemp("edition") / "moonwort")
    build_edition(EvidenceBase.load(workspace), EDITION)
    return workspace


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window; skipped where there is none, unless EVIDENCE_BROWSER=required."""
    if program() is None:
        if os.environ.get("EVIDENCE_BROWSER") == "required":
            pytest.fail("Chromium is required here and was not found")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = chromium(play)
        yield started
        started.close()
