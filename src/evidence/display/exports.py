"""An entry in the forms that other tools read: BibTeX as it stands, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import rispy

from evidence.display.references import csl_item
from evidence.display.tables import Html
from evidence.records.bibliography import Entry

# What our bibliographies write where a source shows no author.
NO_AUTHOR = "Authors not shown"
PAGE_RANGE = re.compile(r"(\w+)[-–]+(\w+)")
RIS_TYPES = {"article-journal": "JOUR", "report": "RPRT", "thesis": "THES", "webpage": "ELEC"}
RIS_FIELDS = {"title": "title", "container-title": "journal_name", "volume": "volume", "issue": "number", "DOI": "doi",
              "publisher": "publisher"}  # fmt: skip


def ris(entry: Entry) -> str:
    """An entry as RIS."""
    item = item_of(entry)
    record: dict[str, Any] = {"type_of_reference": RIS_TYPES.get(item["type"], "GEN"), "id": entry.key}
    record |= {theirs: item[ours] for ours, theirs in RIS_FIELDS.items() if ours in item}
    record |= _pages(item.get("page", ""))
    if "author" in item:
        record["authors"] = [_author(author) for author in item["author"]]
    if "issued" in item:
        record["year"] = str(item["issued"]["date-parts"][0][0])
    if "URL" in item:
        record["urls"] = [item["URL"]]
    if entry.get("pmid"):
        record["accession_number"] = entry.get("pmid")
    return str(rispy.dumps([record], implementation=_Plain)).strip() + "\n"


class _Plain(rispy.RisWriter):  # type: ignore[misc] # rispy's base class is untyped
    """rispy's writer without the number it puts before each record, which the format does not know."""

    def set_header(self, count: int) -> str:
        """No header."""
        return ""


def _pages(pages: str) -> dict[str, str]:
    parts = PAGE_RANGE.fullmatch(pages)
    if not parts:
        return {"start_page": pages} if pages else {}
    return {"start_page": parts[1], "end_page": parts[2]}


def item_of(entry: Entry) -> dict[str, Any]:
    """An entry as CSL, without what stands for an author that was not seen."""
    item = csl_item(entry)
    seen = [author for author in item.get("author", ()) if author.get("literal") != NO_AUTHOR]
    return {**{name: value for name, value in item.items() if name != "author"}, **({"author": seen} if seen else {})}


def _author(author: dict[str, str]) -> str:
    return author.get("literal") or f"{author['family']}, {author['given']}"


def csl_json(entry: Entry) -> str:
    """An entry as CSL-JSON, in a list as reference managers import it."""
    return json.dumps([item_of(entry)], ensure_ascii=False, indent=1) + "\n"


def forms(entry: Entry) -> Html:
    """The three forms, folded; the script of the edition adds a button that copies each."""
    made = (("BibTeX", entry.raw), ("RIS", ris(entry)), ("CSL-JSON", csl_json(entry)))
    return Html("".join(f"<details><summary>{name}</summary><pre class=entry>{escape(text.strip())}</pre></details>"
                        for name, text in made))  # fmt: skip
