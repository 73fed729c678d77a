"""One page at a time, for the person who is editing."""

from __future__ import annotations

import json
from pathlib import Path

from evidence.editions.index import labels
from evidence.editions.pages import Page, pages
from evidence.editions.runner import run_page
from evidence.editions.shared_files import write_shared
from evidence.errors import UnknownIdError
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import answer

LABEL = "preview"


def preview(base: EvidenceBase, *, question: str = "", study: str = "") -> str:
    """Render the page of a question or a study into build/preview/ and say what moved.

    Returns
    -------
    str
        One line: where the page is and, for a question, whether its verdict moved since the newest edition.

    Raises
    ------
    UnknownIdError
        If there is no such question or study.
    """
    page = _page(base, question or study)
    folder = base.workspace.build / LABEL
    folder.mkdir(parents=True, exist_ok=True)
    write_shared(folder)
    out = folder / page.file
    run_page(base.workspace.notebooks / f"{page.notebook}.ipynb", dict(page.parameters), out,
             topic=base.schema.topic, title=page.title, executed=folder / "executed" / f"{out.stem}.ipynb")  # fmt: skip
    place = base.workspace.relative(out)
    return f"{place}: {_moved(base, question)}" if question else place


def _page(base: EvidenceBase, name: str) -> Page:
    wanted = {f"question-{name}.html", f"study-{name}.html"}
    found = [page for page in pages(base, LABEL) if page.file in wanted]
    if not found:
        raise UnknownIdError(f"No question or study is called {name!r}.")
    return found[0]


def _moved(base: EvidenceBase, question: str) -> str:
    now = answer(base, question).verdict.name
    label = next(iter(labels(base.workspace)), "")
    if not label:
        return f"{now} (no edition to compare with)"
    content = json.loads(Path(base.workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
    before = content["questions"].get(question, {}).get("verdict", "not asked")
    return f"still {now}, as in edition {label}" if before == now else f"moved from {before} ({label}) to {now}"
