"""Reference lists through CSL: citeproc-py reads our entries as CSL items and formats them."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from importlib.resources import as_file, files
from typing import Any

from evidence.display.tables import Html, outside
from evidence.records.base import EvidenceBase
from evidence.records.bibliography import Entry, plain

CSL_TYPES = {"article": "article-journal", "techreport": "report", "phdthesis": "thesis", "misc": "webpage"}
CSL_FIELDS = {"title": "title", "volume": "volume", "number": "issue", "pages": "page", "doi": "DOI", "url": "URL",
              "institution": "publisher", "school": "publisher"}  # fmt: skip
STYLE = "nlm-citation-sequence.csl"


def csl_item(entry: Entry) -> dict[str, Any]:
    """An entry as a CSL-JSON item."""
    item: dict[str, Any] = {"id": entry.key, "type": CSL_TYPES.get(entry.type, "document")}
    for ours, theirs in CSL_FIELDS.items():
        if entry.get(ours):
            item[theirs] = entry.get(ours).replace("--", "–")
    container = entry.get("journal") or entry.get("howpublished")
    if container:
        item["container-title"] = container
    if entry.get("year").isdigit():
        item["issued"] = {"date-parts": [[int(entry.get("year"))]]}
    authors = [_name(name) for name in re.split(r"\s+and\s+", entry.fields.get("author", "")) if name.strip()]
    if authors:
        item["author"] = authors
    return item


def _name(name: str) -> dict[str, str]:
    if name.strip() == "others":
        return {"literal": "et al."}
    if name.strip().startswith("{") or "," not in name:
        return {"literal": plain(name)}
    family, given = plain(name).split(",", 1)
    return {"family": family.strip(), "given": given.strip()}


@lru_cache(maxsize=2048)
def _formatted(base: EvidenceBase, key: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    with as_file(files("evidence.display") / STYLE) as style:
        source = CiteProcJSON([_escaped(csl_item(base.references[key]))])
        made = CitationStylesBibliography(CitationStylesStyle(str(style), validate=False), source, formatter.html)
        made.register(Citation([CitationItem(key)]))
        return re.sub(r"^\s*\d+\.\s*", "", str(made.bibliography()[0])).replace("..", ".")


def _escaped(item: dict[str, Any]) -> dict[str, Any]:
    """citeproc-py's HTML formatter escapes text itself, except names given whole."""
    for author in item.get("author", ()):
        if "literal" in author:
            author["literal"] = escape(author["literal"], quote=False)
    return item


def reference(base: EvidenceBase, key: str) -> Html:
    """One entry in the style of the edition, with its identifiers and what was seen of it."""
    entry = base.references[key]
    parts = [_formatted(base, key)]
    if entry.get("doi"):
        parts.append(str(outside(f"https://doi.org/{entry.get('doi')}")))
    elif entry.get("url"):
        parts.append(str(outside(entry.get("url"))))
    if entry.get("pmid"):
        parts.append(f"PubMed {escape(entry.get('pmid'))}.")
    seen = [f"seen: {entry.get('seen')}"] if entry.get("seen") else []
    seen += [f"incomplete: {entry.get('incomplete')}"] if entry.get("incomplete") else []
    seen.append(str(entry.where))
    parts.append(f'<span class="seen">[{escape("; ".join(seen))}]</span>')
    return Html(" ".join(parts))


def reference_list(base: EvidenceBase, numbers: dict[str, int]) -> Html:
    """The numbered list of a page."""
    items = "".join(
        f'<li id="ref-{escape(key)}" value="{number}">{reference(base, key)}</li>'
        for key, number in numbers.items() if key in base.references
    )  # fmt: skip
    return Html(f'<ol class="references">{items}</ol>') if items else Html("<p>No reference.</p>")
