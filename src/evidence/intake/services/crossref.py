"""Crossref's REST API, route /works, with a deep paging cursor.

Written after https://api.crossref.org/swagger-ui/index.html, "REST API filters"
(https://www.crossref.org/documentation/retrieve-metadata/rest-api/rest-api-filters/), "Access and authentication" and "Tips
for using the Crossref REST API" in the same place. Crossref takes every work that holds any of the words: a query of one
rare word works, one of five common ones is refused as too wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import author, clean_doi, clean_text
from evidence.intake.polite import Client, Service
from evidence.intake.services.pages import Page, all_pages

# Ours, far below the documented limits ("Access and authentication"); lists of works are what costs Crossref most ("Tips").
INTERVAL = 1.0
ROWS = 100  # ours: works come with their reference lists
# Updates after which a work is no longer to be relied on (Crossmark's types of update).
WITHDRAWALS = frozenset({"retraction", "withdrawal", "removal", "partial_retraction"})
KINDS = {
    "journal-article": "article", "proceedings-article": "article", "posted-content": "preprint", "dissertation": "thesis",
    "book": "book", "monograph": "book", "edited-book": "book", "reference-book": "book", "book-chapter": "book",
}  # fmt: skip

SERVICE = Service("crossref", "Crossref", "https://api.crossref.org", INTERVAL)


def search(client: Client, query: str, since: date | None) -> Iterator[Incoming]:
    """Every work for some words; `since` is the day its record was created."""
    asked = {"query": query, "rows": str(ROWS), "mailto": client.contact}
    dates = {"filter": f"from-created-date:{since.isoformat()}"} if since else {}

    def ask(cursor: str) -> Page:
        return client.get_json(SERVICE, "/works", {**asked, **dates, "cursor": cursor}, _read)

    yield from all_pages(client, SERVICE, ask, "*")


def _read(data: Any) -> Page:
    message = data["message"]
    return Page(int(message["total-results"]), tuple(map(_work, message["items"])), message.get("next-cursor") or "")


def _work(item: dict[str, Any]) -> Incoming:
    doi = clean_doi(item["DOI"])
    return Incoming(
        title=_first(item.get("title")),
        authors="; ".join(_author(one) for one in item.get("author", ())),
        year=_year(item),
        venue=_first(item.get("container-title")),
        doi=doi,
        kind=KINDS.get(item.get("type", ""), ""),
        address=f"https://doi.org/{doi}",
        # "updated-by" stands on the work itself; "update-to" stands on the notice, which is not the retracted work.
        retracted=any(update.get("type") in WITHDRAWALS for update in item.get("updated-by", ())),
    )


def _author(one: dict[str, Any]) -> str:
    return author(one.get("family") or one.get("name") or "", one.get("given") or "")


def _first(texts: list[str] | None) -> str:
    return clean_text(texts[0]) if texts else ""


def _year(item: dict[str, Any]) -> int | None:
    """The earliest day of publication; Crossref writes [[null]] where none was deposited."""
    parts = item.get("issued", {}).get("date-parts", [[None]])
    return parts[0][0] if parts and parts[0] else None
