"""Every page of an edition, held against what a reader needs: run whole by `make audit`, and on a sample by the tests.

Static: links and anchors that lead somewhere, nothing from outside, pages and assets within their budgets. In Chromium, at
390 and 1280 px, light, dark and on paper: no console error, no request, no overflow, no violation of WCAG 2.2 AA that
axe-core can see; and the panel and the index do what they are for.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from evidence.editions.paper import FLAGS, PROGRAMS

PAGE_BYTES, ASSET_BYTES = 300_000, 600_000
WIDTHS, SCHEMES = (390, 1280), ("light", "dark")
SHEET, HEIGHT = 695, 900  # px between the margins of A4; of a window
READ_BY_AXE = ((390, "light"), (1280, "dark"))
OWN = ("file:", "data:", "blob:")
KINDS = ("question", "study", "evidence")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Page(HTMLParser):
    """Ids, links and loaded files of a page."""

    def __init__(self, text: str) -> None:
        """Read the whole page."""
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names, links to or loads."""
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.loads += [
            found[name]
            for name in ("src", "href", "data")
            if name in found and tag in ("script", "link", "img", "iframe")
        ]


@cache
def read(path: Path) -> Page:
    """A page, read once."""
    return Page(path.read_text(encoding="utf-8"))


def broken(folder: Path) -> Iterator[str]:
    """Links and anchors that lead nowhere, and files from outside."""
    for path in sorted(folder.glob("*.html")):
        page = read(path)
        yield from (f"{path.name}: loads {name} from outside" for name in page.loads if "//" in name)
        yield from (f"{path.name}: {why}" for link in page.links if (why := _broken(path, link)))


def overweight(folder: Path) -> Iterator[str]:
    """Pages and assets beyond their budgets."""
    for path in sorted(folder.glob("*.html")):
        if path.stat().st_size > PAGE_BYTES:
            yield f"{path.name}: {path.stat().st_size:,} bytes, more than {PAGE_BYTES:,}"
    weight = sum(path.stat().st_size for path in (folder / "assets").iterdir())
    if weight > ASSET_BYTES:
        yield f"assets: {weight:,} bytes, more than {ASSET_BYTES:,}"


def _broken(path: Path, link: str) -> str:
    if link.startswith(("https://", "mailto:")):
        return ""
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return f"{link} leads nowhere"
    known = read(target.resolve()).ids if target.suffix == ".html" else set()
    return f"{link}: no such anchor" if anchor and unquote(anchor) not in known and "=" not in anchor else ""


def chromium(playwright: Any) -> Any:
    """The Chromium of this machine without a window; it starts without asking the network."""
    return playwright.chromium.launch(executable_path=program(), args=list(FLAGS))


def program() -> str | None:
    """Where Chromium is; None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@dataclass
class View:
    """One open page of the browser at one width in one scheme, and what it complained of since it was last asked."""

    width: int
    scheme: str
    page: Any
    seen: list[str]


def views(browser: Any) -> list[View]:
    """A page at each width in each scheme; they stay open, since a new one costs more than a visit."""
    made = []
    for width, scheme in product(WIDTHS, SCHEMES):
        page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
        made.append(View(width, scheme, page, _listen(page)))
    return made


def faults_of(opened: Iterable[View], path: Path) -> list[str]:
    """What a page shows at each width, in each scheme, and on paper; axe reads a phone in light, a desk in dark."""
    return [
        f"{path.name} at {view.width} px, {view.scheme}: {fault}" for view in opened for fault in _visit(view, path)
    ]


def _visit(view: View, path: Path) -> list[str]:
    page, found = view.page, view.seen
    found.clear()
    page.goto(path.as_uri())
    found += ["wider than the screen"] if _overflows(page, view.width) else []
    if (view.width, view.scheme) in READ_BY_AXE:
        found += _violations(page) + _weighed(page) + _filtered(page)
    if view.scheme == "light" and view.width == min(WIDTHS):
        page.emulate_media(media="print")
        page.set_viewport_size({"width": SHEET, "height": HEIGHT})
        found += ["wider than the sheet on paper"] if _overflows(page, SHEET) else []
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": view.width, "height": HEIGHT})
    return list(found)


def _listen(page: Any) -> list[str]:
    """A list that grows by what the page complains of and asks for."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(OWN) else seen.append(f"asks for {asked.url}"))
    return seen


def _weighed(page: Any) -> list[str]:
    """Faults of the panel in which a question is weighed again, where there is one: it starts at the answer of the edition,
    a report left out stands in the address, and the address brings it back."""
    if not page.locator("#weighing-data").count():
        return []
    status, box = page.locator("#weighing [role=status]"), page.locator("#weighing input[type=checkbox]").first
    chip = page.locator("p.chips .chip").inner_text()
    before = status.inner_text()
    found = (
        [] if before.startswith(chip) and "The same as in the edition." in before else ["weighs other than the edition"]
    )
    page.evaluate("document.querySelector('#weighing details').open = true")
    box.uncheck()
    left, address = status.inner_text(), page.evaluate("location.href")
    found += [] if "#weigh?without=" in address else ["a report left out does not stand in the address"]
    page.goto(address.split("#")[0])
    page.goto(address)
    back = status.inner_text() == left and not box.is_checked()
    return found if back else [*found, "the address does not bring the weighing back"]


def _filtered(page: Any) -> list[str]:
    """Faults of the index of findings, where there is one: a filter shortens it, and the address brings it back."""
    if not page.locator("#findings-data").count():
        return []
    status = page.locator("#findings [role=status]")
    page.evaluate("document.querySelector('#findings details').open = true")
    page.locator("#findings select").first.select_option(index=1)
    told, address = status.inner_text(), page.evaluate("location.href")
    shown, whole = (int(number.replace(",", "")) for number in told.split(" findings")[0].split(" of "))
    page.goto(address.split("#")[0])
    page.goto(address)
    return [] if 0 < shown < whole and status.inner_text() == told else ["the filter or its address does not work"]


def _overflows(page: Any, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


def _violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES, "preload": False}).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found]


def kinds(folder: Path) -> dict[str, list[Path]]:
    """Pages by kind: each overview is one of its own."""
    made: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.html")):
        kind = path.stem.split("-")[0]
        made.setdefault(kind if kind in KINDS and "-" in path.stem else path.stem, []).append(path)
    return made


def sample(folder: Path, each: int, seed: int) -> list[Path]:
    """Some pages of every kind, drawn with a seed."""
    draw = random.Random(seed)
    return [path for paths in kinds(folder).values() for path in draw.sample(paths, min(each, len(paths)))]


def _some(paths: list[Path]) -> list[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = views(chromium(playwright))
        return [fault for path in paths for fault in faults_of(opened, path)]


def audit(folder: Path, paths: Iterable[Path]) -> list[str]:
    """All faults of an edition, the pages visited on every core."""
    workers = os.cpu_count() or 1
    listed = list(paths)
    with ProcessPoolExecutor(workers) as pool:
        visited = pool.map(_some, [listed[start::workers] for start in range(workers)])
        links = (fault for place in sorted({path.parent for path in listed}) for fault in broken(place))
        return [*links, *overweight(folder), *(fault for faults in visited for fault in faults)]


def main() -> None:
    """Audit the newest edition whole."""
    reports = Path(__file__).parent.parent / "reports"
    folder = max(reports.glob("*/edition.json")).parent
    doors = [reports / "index.html"]  # latest.html leads on to an edition at once
    pages = [*sorted(folder.glob("*.html")), *doors, *sorted(reports.glob("history/*/*.html"))]
    faults = audit(folder, pages)
    print("\n".join(faults[:50]))
    print(
        f"{len(pages)} pages of {folder.name}, {len(WIDTHS)} widths, {len(SCHEMES)} schemes and paper: {len(faults)} faults"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
