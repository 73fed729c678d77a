"""OpenAlex, route /works, with cursor paging.

Written after "Page through results", "Authentication & pricing" and "Error handling"
(https://developers.openalex.org/guides/page-through-results, …/api-reference/authentication, …/api-reference/errors) and the
Work object (https://docs.openalex.org/api-entities/works/work-object). Since February 2026 OpenAlex asks for a key, which is
free; without one a few pages a day are answered, or none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import author_from, clean_doi, clean_pmid, clean_text
from evidence.intake.polite import Client, Service
from evidence.intake.services.pages import Page, all_pages

KEY = "EVIDENCE_OPENALEX_KEY"
# Ten requests a second, as long documented for its polite pool; the newer pages allow more.
INTERVAL = 1 / 10
PER_PAGE = 100  # the most it gives ("Page through results")
# The day a record was made can be asked for on paid plans only, so the day of publication stands in; works come in late: ours.
LATE = timedelta(days=365)
KINDS = {
    "article": "article", "review": "review", "preprint": "preprint", "dissertation": "thesis", "book": "book",
    "book-chapter": "book", "letter": "article", "editorial": "article",
}  # fmt: skip

SERVICE = Service(
    "openalex",
    "OpenAlex",
    "https://api.openalex.org",
    INTERVAL,
    f"If it asks for a key: get a free one at https://openalex.org/settings/api and set {KEY}.",
)


def search(client: Client, query: str, since: date | None) -> Iterator[Incoming]:
    """Every work for some words in title, abstract or full text, published since a year before `since`."""
    asked = {
        "search": query,
        "per-page": str(PER_PAGE),
        "mailto": client.contact,
        "api_key": os.environ.get(KEY, "").strip(),
    }
    dates = {"filter": f"from_publication_date:{(since - LATE).isoformat()}"} if since else {}

    def ask(cursor: str) -> Page:
        return client.get_json(SERVICE, "/works", {**asked, **dates, "cursor": cursor}, _read)

    yield from all_pages(client, SERVICE, ask, "*")


def _read(data: Any) -> Page:
    meta = data["meta"]
    return Page(int(meta["count"]), tuple(map(_work, data["results"])), meta.get("next_cursor") or "")


def _work(item: dict[str, Any]) -> Incoming:
    place = (item.get("primary_location") or {}).get("source") or {}
    return Incoming(
        title=clean_text(item.get("title") or ""),
        authors="; ".join(_author(one) for one in item.get("authorships", ())),
        year=item.get("publication_year"),
        venue=clean_text(place.get("display_name") or ""),
        doi=clean_doi(item.get("doi") or ""),
        pmid=clean_pmid((item.get("ids") or {}).get("pmid", "").rstrip("/").rpartition("/")[2]),
        kind=KINDS.get(item.get("type") or "", ""),
        address=item["id"],
        retracted=bool(item.get("is_retracted")),
    )


def _author(one: dict[str, Any]) -> str:
    """As displayed: "Ann van Fern" cannot be parted into family and given names safely."""
    return author_from((one.get("author") or {}).get("display_name") or "")
