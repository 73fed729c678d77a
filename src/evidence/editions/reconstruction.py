"""Back editions: what today's tables and today's rules say of what was public on an earlier day. Board and changes only.

They are reconstructions and say so on every page: no such edition was published then, and a table that is filled today knows
which reports would matter later. Their links lead into the newest edition.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

from evidence.editions.edition import PAGE_SECONDS
from evidence.editions.files import publish_folder
from evidence.editions.forked import run_all
from evidence.editions.index import labels, write_index
from evidence.editions.runner import run_page
from evidence.errors import EvidenceError, PageError
from evidence.records.base import EvidenceBase

FOLDER = "history"
PAGES = {"00-what-we-know": ("index.html", "What was known"), "60-changes": ("changes.html", "What changed")}
NOTE = ("This is a reconstruction. It shows what the tables and rules of edition {newest} say of what was public by {day}; no such "
        "edition was published then. Its links lead to edition {newest}.")  # fmt: skip


def reconstruct(base: EvidenceBase, days: Iterable[date]) -> tuple[Path, ...]:
    """Render the back editions of some days, the oldest first, and put them in place of those that were there.

    Raises
    ------
    EvidenceError
        If there is no edition to lead to, or no day is given.
    PageError
        If a page fails; what was there stays.
    """
    newest, ends = next(iter(labels(base.workspace)), ""), sorted(days)
    if not newest or not ends:
        raise EvidenceError(
            "Back editions lead into the newest edition: run `make report` first, and name at least one day."
        )
    folder = base.workspace.build / f"{FOLDER}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        tasks = {}
        for before, day in zip(["", *(end.isoformat() for end in ends)], ends, strict=False):
            for notebook, (file, title) in PAGES.items():
                tasks[f"{day:%Y-%m}/{file}"] = partial(_page, base, folder, notebook, file, title, day, before, newest)
        failures = run_all(tasks, workers=os.cpu_count() or 1, timeout=PAGE_SECONDS, done=lambda name: None)
        if failures:
            raise PageError("\n".join(f"{name}: {why}" for name, why in sorted(failures.items())))
        shutil.rmtree(folder / "executed", ignore_errors=True)
        publish_folder(folder, base.workspace.reports / FOLDER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_index(base.workspace, base.schema.topic)
    return tuple(base.workspace.reports / FOLDER / f"{day:%Y-%m}" for day in ends)


def _page(
    base: EvidenceBase, folder: Path, notebook: str, file: str, title: str, day: date, before: str, newest: str
) -> None:
    label = f"{day:%Y-%m}"
    out = folder / label / file
    out.parent.mkdir(parents=True, exist_ok=True)
    since = {"since": before} if notebook == "60-changes" else {}
    run_page(
        base.workspace.notebooks / f"{notebook}.ipynb", {"edition": label, "as_of": day.isoformat(), **since}, out,
        topic=base.schema.topic, title=f"{title} by {day}", executed=folder / "executed" / f"{label}-{out.stem}.ipynb",
        note=NOTE.format(newest=newest, day=day),
    )  # fmt: skip
    out.write_text(_led(out.read_text(encoding="utf-8"), f"../../{newest}/"), encoding="utf-8")


def _led(text: str, newest: str) -> str:
    """A page whose links to pages that are not here lead into the newest edition."""
    here = {file for file, _ in PAGES.values()}

    def lead(found: re.Match[str]) -> str:
        attribute, address = found.groups()
        if address == "../index.html":
            return f'{attribute}="../../index.html"'
        stays = not address or address.startswith(("#", "http", "../", "data:")) or address.split("#")[0] in here
        return found.group() if stays else f'{attribute}="{newest}{address}"'

    return re.sub(r'\b(href|src)="([^"]*)"', lead, text)
