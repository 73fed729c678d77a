"""One edition: every page rendered beside the published ones, then put in place by one rename, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from evidence.display.firmness import prepare
from evidence.editions.changes import TABLES
from evidence.editions.feed import write_feed
from evidence.editions.files import (
    folder_digests,
    publish_folder,
    recover,
    sweep_unfinished,
    write_whole,
)
from evidence.editions.forked import run_all
from evidence.editions.index import labels, write_index
from evidence.editions.inputs import input_digests, versions
from evidence.editions.pages import Page, pages
from evidence.editions.runner import run_page
from evidence.editions.shared_files import write_shared
from evidence.editions.state import state
from evidence.editions.trace import trace_csv
from evidence.errors import EvidenceError, PageError
from evidence.records.base import EvidenceBase
from evidence.records.snapshot import pack
from evidence.workspace import Workspace

# A page takes a fraction of a second; one that takes this long hangs.
PAGE_SECONDS = 300.0
# As many failed pages are told on the terminal as one reads; all of them are kept.
MOST_TOLD = 10
PUBLISHED, EQUAL, UNCHANGED = "published", "equal", "unchanged"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Edition:
    """What a build came to.

    Attributes
    ----------
    label
        Its month.
    outcome
        ``published``; ``equal`` when every byte is that of the edition already there; ``unchanged`` when
        nothing had to be rendered.
    pages
        Number of pages.
    differing
        Files that are new or another than before, when something was there before.
    """

    label: str
    outcome: str
    pages: int
    differing: tuple[str, ...] = field(default=())


def build_edition(
    base: EvidenceBase, label: str, *, force: bool = False, progress: Progress = lambda name: None
) -> Edition:
    """Render every page of an edition and publish it whole, or leave the reports as they are.

    Parameters
    ----------
    base
        The evidence, already reduced to a day where one was asked for.
    label
        The month, as 2026-11.
    force
        Render even if nothing changed since the last run.
    progress
        Called with the name of each page that is done.

    Raises
    ------
    PageError
        If a page fails: it is named, its executed notebook is kept in build/failed/, nothing is published.
    EvidenceError
        If a later edition exists: an edition is not rendered again after that.
    """
    workspace = base.workspace
    _refuse_old(workspace, label)
    recover(workspace.edition(label))
    inputs = input_digests(base, label)
    before = folder_digests(workspace.edition(label))
    made = pages(base, label)
    if not force and before and _stamp(workspace, label) == [inputs, before]:
        return Edition(label, UNCHANGED, len(made))
    folder = render(base, label, made, inputs, progress)
    after = folder_digests(folder)
    _write_stamp(workspace, label, [inputs, after])
    if after == before:
        shutil.rmtree(folder)
        _write_doors(base)
        return Edition(label, EQUAL, len(made))
    publish_folder(folder, workspace.edition(label))
    _write_doors(base)
    differing = tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
    return Edition(label, PUBLISHED, len(made), differing if before else ())


def _write_doors(base: EvidenceBase) -> None:
    """What leads to the editions: the list, the newest, and the feed."""
    write_index(base.workspace, base.schema.topic)
    write_feed(base.workspace, base.schema.topic)


def _refuse_old(workspace: Workspace, label: str) -> None:
    newest = labels(workspace)[:1]
    if newest and newest[0] > label and workspace.edition(label).exists():
        raise EvidenceError(
            f"Edition {label} is closed, since {newest[0]} exists. Put a mistake right in the next edition."
        )


def render(base: EvidenceBase, label: str, made: tuple[Page, ...], inputs: dict[str, str], progress: Progress) -> Path:
    """Write all files of an edition into a folder under build/ and return it."""
    workspace = base.workspace
    sweep_unfinished(workspace.build)
    folder = workspace.build / f"edition-{label}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _render_pages(base, folder, made, progress)
        write_shared(folder)
        write_whole(folder / "trace.csv", trace_csv(base))
        (folder / TABLES).write_bytes(pack(workspace))
        write_whole(folder / "edition.json", _edition_json(base, label, folder, inputs))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _render_pages(base: EvidenceBase, folder: Path, made: tuple[Page, ...], progress: Progress) -> None:
    workspace = base.workspace
    shutil.rmtree(workspace.failed, ignore_errors=True)
    executed = folder / "executed"
    _warm(base)
    tasks = {page.file: partial(_render_page, base, page, folder / page.file, executed) for page in made}
    failures = run_all(tasks, workers=os.cpu_count() or 1, timeout=PAGE_SECONDS, done=progress)
    if failures:
        workspace.failed.mkdir(parents=True, exist_ok=True)
        for name in failures:
            kept = executed / f"{Path(name).stem}.ipynb"
            if kept.exists():
                kept.replace(workspace.failed / kept.name)
        told = [f"  {name}: {why}" for name, why in sorted(failures.items())]
        more = [f"  and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
        raise PageError(
            f"{len(failures)} of {len(made)} pages failed; nothing was published. The executed notebooks are in "
            f"{workspace.relative(workspace.failed)}/:\n" + "\n".join(told[:MOST_TOLD] + more)
        )
    shutil.rmtree(executed, ignore_errors=True)


def _render_page(base: EvidenceBase, page: Page, out: Path, executed: Path) -> None:
    run_page(
        base.workspace.notebooks / f"{page.notebook}.ipynb", dict(page.parameters), out,
        topic=base.schema.topic, title=page.title, executed=executed / f"{out.stem}.ipynb",
    )  # fmt: skip


def _warm(base: EvidenceBase) -> None:
    """Import what pages need and compute every answer once, today and at each year-end, so that each child starts with it."""
    import matplotlib.figure  # noqa: F401 (imported for the children)
    import papermill  # noqa: F401

    from evidence.editions.runner import _exporter

    _exporter()
    state(base)
    prepare(base)


def _edition_json(base: EvidenceBase, label: str, folder: Path, inputs: dict[str, str]) -> str:
    content: dict[str, Any] = {
        "edition": label, "as_of": base.day, "title": base.schema.topic.title,
        "versions": versions(), "inputs": inputs, **state(base), "files": folder_digests(folder),
    }  # fmt: skip
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _stamp_file(workspace: Workspace, label: str) -> Path:
    return workspace.build / f"stamp-{label}.json"


def _stamp(workspace: Workspace, label: str) -> Any:
    try:
        return json.loads(_stamp_file(workspace, label).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_stamp(workspace: Workspace, label: str, content: list[dict[str, str]]) -> None:
    write_whole(_stamp_file(workspace, label), json.dumps(content))


@dataclass(frozen=True)
class Verified:
    """What rendering the newest edition again came to."""

    label: str
    differing: tuple[str, ...]
    other_versions: tuple[str, ...]


def verify(base: EvidenceBase, progress: Progress = lambda name: None) -> Verified:
    """Render the newest edition again and compare it file by file; publishes nothing.

    Pages may differ where another version of a library made them; edition.json (but for its versions and page
    digests) and trace.csv have to agree always.
    """
    workspace = base.workspace
    label = next(iter(labels(workspace)), "")
    if not label:
        raise EvidenceError("There is no edition to verify. Run `make report` first.")
    published = json.loads((workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
    base = base.as_of(published["as_of"])
    folder = render(base, label, pages(base, label), input_digests(base, label), progress)
    try:
        return _compare(workspace.edition(label), folder, published)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compare(published: Path, made: Path, recorded: dict[str, Any]) -> Verified:
    now = versions()
    others = tuple(
        f"{name} {was} → {now.get(name)}" for name, was in recorded["versions"].items() if now.get(name) != was
    )
    before, after = folder_digests(published), folder_digests(made)
    names = {*before, *after} if not others else {"trace.csv", "edition.json"}
    differing = [name for name in sorted(names) if before.get(name) != after.get(name)]
    if others and "edition.json" in differing:
        fresh = json.loads((made / "edition.json").read_text(encoding="utf-8"))
        same = all(fresh[key] == recorded[key] for key in recorded if key not in ("versions", "files", "inputs"))
        differing = [name for name in differing if name != "edition.json" or not same]
    return Verified(published.name, tuple(differing), others)
