"""Files that all pages of an edition share: one style sheet and the scripts, none from outside."""

from __future__ import annotations

from pathlib import Path

from evidence.editions.files import write_whole
from evidence.records.base import package_folder

ASSETS = "assets"
# The rules in the browser, in the order in which they need each other.
RULES = ("pooling.js", "shares.js", "grouping.js", "weighing.js")
SHARED = ("style.css", "page.js", "findings.js", "table-core.js", "table-core.LICENSE.txt", *RULES, "reanalysis.js")


def read_shared(name: str) -> str:
    """One of the `SHARED` files."""
    return (package_folder() / "editions" / ASSETS / name).read_text(encoding="utf-8")


def write_shared(folder: Path) -> None:
    """Put all of them below the folder of an edition."""
    for name in SHARED:
        write_whole(folder / ASSETS / name, read_shared(name))
