"""How fast are our pages against named baselines? Prints ratios of one run; times alone mean little on a shared machine.

Baselines, on the same pages of this repository, one after another on one core:

- ``papermill API``: `papermill.execute_notebook` with the stock kernel engine, then the same HTML exporter.
- ``papermill API, two at a time``: the same in two processes.

Run with ``make bench``; PAGES=12 sets how many question pages are rendered.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import tempfile
import time
from functools import partial
from pathlib import Path

import papermill

from evidence import EvidenceBase
from evidence.editions.edition import _warm
from evidence.editions.forked import run_all
from evidence.editions.pages import Page, pages
from evidence.editions.runner import page_html, run_page

COUNT = int(os.environ.get("PAGES", "12"))
ROUNDS = 3


def stock(base: EvidenceBase, page: Page, folder: Path) -> None:
    """One page with the stock kernel engine."""
    notebook = base.workspace.notebooks / f"{page.notebook}.ipynb"
    node = papermill.execute_notebook(str(notebook), str(folder / f"{page.file}.ipynb"), parameters=dict(page.parameters),
                                      progress_bar=False, cwd=str(base.workspace.notebooks), log_output=False)  # fmt: skip
    (folder / page.file).write_text(page_html(node, topic=base.schema.topic, title=page.title))


def ours(base: EvidenceBase, page: Page, folder: Path) -> None:
    """One page with the in-process engine."""
    run_page(base.workspace.notebooks / f"{page.notebook}.ipynb", dict(page.parameters), folder / page.file,
             topic=base.schema.topic, title=page.title, executed=folder / f"{page.file}.ipynb")  # fmt: skip


def seconds(make: object, base: EvidenceBase, chosen: list[Page], workers: int) -> float:
    """Wall time to render the pages."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        failures = run_all({page.file: partial(make, base, page, Path(folder)) for page in chosen},  # type: ignore[arg-type]
                           workers=workers, timeout=600, done=lambda name: None)  # fmt: skip
        if failures:
            raise SystemExit(f"a page failed: {failures}")
        return time.perf_counter() - start


def main() -> None:
    """Render the same pages in turn, and print the median of each way and its ratio to ours."""
    base = EvidenceBase.load()
    chosen = [page for page in pages(base, "bench") if page.notebook == "10-question"][:COUNT]
    _warm(base)
    ways = {"papermill API": (stock, 1), "papermill API, two at a time": (stock, 2), "ours, one at a time": (ours, 1),
            "ours, two at a time": (ours, 2)}  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (make, workers) in ways.items():
            times[name].append(seconds(make, base, chosen, workers))
    medians = {name: sorted(found)[len(found) // 2] for name, found in times.items()}
    fastest = medians["ours, two at a time"]
    print(f"{len(chosen)} question pages, median of {ROUNDS} rounds in turn")
    for name, found in medians.items():
        print(f"  {name:30} {found:7.2f} s   {found / fastest:6.1f} x ours, two at a time")


if __name__ == "__main__":
    main()
