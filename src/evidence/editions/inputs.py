"""What an edition is made from, by digest: data, references, notebooks, library, and the edition before."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version

from evidence.display.methods_page import SHOWN_VERSIONS
from evidence.editions.files import digests
from evidence.records.base import EvidenceBase, package_folder
from evidence.records.digests import digest
from evidence.workspace import Workspace

# The part of the inputs that is code.
CODE = ("library", "notebooks")


def previous_edition(workspace: Workspace, edition: str) -> str:
    """Label of the newest published edition before `edition`; empty when there is none."""
    labels = [path.parent.name for path in workspace.reports.glob("*/edition.json") if path.parent.name < edition]
    return max(labels, default="")


def same_as_newest(base: EvidenceBase, edition: str) -> str:
    """Label of an earlier edition that was made from just what is here now; empty when something changed since, or none is."""
    since = previous_edition(base.workspace, edition)
    if not since:
        return ""
    made_from = json.loads((base.workspace.edition(since) / "edition.json").read_text(encoding="utf-8"))["inputs"]
    now = input_digests(base, edition)
    return since if all(now[name] == made_from.get(name) for name in ("data", "references", *CODE, "as of")) else ""


def input_digests(base: EvidenceBase, label: str) -> dict[str, str]:
    """Digest of everything an edition is made from, by group."""
    workspace = base.workspace
    groups = {
        "data": digests(workspace.root, (workspace.root / "data").glob("*.*")),
        "references": digests(workspace.root, (workspace.root / "references").glob("*.bib")),
        **code_digests(workspace),
    }
    found = {name: digest(json.dumps(content, sort_keys=True).encode()) for name, content in groups.items()}
    since = previous_edition(workspace, label)
    before = workspace.edition(since) / "edition.json" if since else None
    found["previous edition"] = digest(before.read_bytes()) if before else ""
    found["as of"] = base.day
    return found


def code_digests(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Digests of the files of `CODE`."""
    package = package_folder()
    return {
        "notebooks": digests(workspace.root, workspace.notebooks.glob("*.ipynb")),
        "library": digests(package, (p for p in package.rglob("*") if p.is_file() and p.suffix != ".pyc")),
    }


def versions() -> dict[str, str]:
    """Versions that decide the bytes of a page."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: version(name) for name in SHOWN_VERSIONS}}
