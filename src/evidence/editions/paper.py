"""An edition on paper: the board and the question pages printed through Chromium into one PDF."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from evidence.display.marks import page_of_question
from evidence.editions.files import publish_file
from evidence.editions.index import labels
from evidence.errors import EvidenceError
from evidence.records.base import EvidenceBase

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MARGIN = "13mm"


def print_edition(base: EvidenceBase, label: str = "") -> Path:
    """Print an edition into ``build/<label>.pdf``.

    Raises
    ------
    EvidenceError
        If there is no such edition, no Chromium, or the packages that drive it are not installed.
    """
    label = label or next(iter(labels(base.workspace)), "")
    folder = base.workspace.edition(label)
    names = ["index.html", *(page_of_question(name) for name in base.questions)]
    pages = [folder / name for name in names if (folder / name).exists()]
    if not label or not pages:
        raise EvidenceError("There is no edition to print; run `make report` first.")
    with tempfile.TemporaryDirectory() as beside:
        _join(_printed(pages, Path(beside)), Path(beside) / "whole.pdf")
        return publish_file(Path(beside) / "whole.pdf", base.workspace.build / f"{label}.pdf")


def _printed(pages: Iterable[Path], folder: Path) -> list[Path]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise EvidenceError("No Chromium was found; install it (on Debian: apt install chromium).")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise EvidenceError("Printing needs the test tools; run `make pdf`, which installs them.") from None
    made = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        page = browser.new_page()
        for path in pages:
            page.goto(path.as_uri())
            made.append(folder / f"{path.stem}.pdf")
            page.pdf(
                path=str(made[-1]),
                format="A4",
                margin={"top": MARGIN, "bottom": MARGIN, "left": MARGIN, "right": MARGIN},
            )
        browser.close()
    return made


def _join(parts: Iterable[Path], out: Path) -> None:
    from pypdf import PdfWriter

    whole = PdfWriter()
    for part in parts:
        whole.append(str(part), outline_item=part.stem)
    whole.write(str(out))
