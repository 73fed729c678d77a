"""Europe PMC's Articles RESTful API, module search, with cursorMark.

Written after https://europepmc.org/RestfulWebService, the search syntax reference (https://europepmc.org/searchsyntax) and the
announcement of version 6.6: where nextCursorMark is absent, the end is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import author, author_from, clean_doi, clean_pmid, clean_text, year_in
from evidence.intake.polite import Client, Service
from evidence.intake.services.pages import Page, all_pages

# Ours: no limit is documented; guides name ten a second.
INTERVAL = 1 / 5
PAGE_SIZE = 100  # of at most 1,000; core records hold abstracts, affiliations and links
RETRACTED = "retracted publication"
# Where a record comes from, where that says what it is: PPR preprints, ETH theses.
SOURCES = {"PPR": "preprint", "ETH": "thesis"}
REVIEWS = frozenset({"review", "review-article", "systematic review", "systematic-review", "meta-analysis"})
ARTICLES = frozenset(
    {"journal article", "research-article", "case reports", "case-report", "letter", "editorial", "comment"}
)

SERVICE = Service("europepmc", "Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", INTERVAL)


def search(client: Client, query: str, since: date | None) -> Iterator[Incoming]:
    """Every record for a query in Europe PMC's own syntax; `since` is the day it was first indexed."""
    words = f"({query}) AND (FIRST_IDATE:[{since.isoformat()} TO 3000-01-01])" if since else query
    asked = {"query": words, "format": "json", "resultType": "core", "pageSize": str(PAGE_SIZE)}

    def ask(cursor: str) -> Page:
        return client.get_json(SERVICE, "/search", {**asked, "cursorMark": cursor}, _read)

    yield from all_pages(client, SERVICE, ask, "*")


def _read(data: Any) -> Page:
    return Page(
        int(data["hitCount"]), tuple(map(_result, data["resultList"]["result"])), data.get("nextCursorMark") or ""
    )


def _result(item: dict[str, Any]) -> Incoming:
    types = _types(item)
    return Incoming(
        title=clean_text(item.get("title") or ""),
        authors="; ".join(_author(one) for one in (item.get("authorList") or {}).get("author", ())),
        year=year_in(str(item.get("pubYear", ""))),
        venue=clean_text(((item.get("journalInfo") or {}).get("journal") or {}).get("title") or ""),
        doi=clean_doi(item.get("doi") or ""),
        pmid=clean_pmid(item.get("pmid", "")),
        kind=SOURCES.get(item["source"], "review" if types & REVIEWS else "article" if types & ARTICLES else ""),
        address=f"https://europepmc.org/article/{item['source']}/{item['id']}",
        retracted=RETRACTED in types,
    )


def _types(item: dict[str, Any]) -> set[str]:
    """Its publication types in lower case: a list, or one text for a record of one type."""
    given = (item.get("pubTypeList") or {}).get("pubType", [])
    return {kind.lower() for kind in ([given] if isinstance(given, str) else given)}


def _author(one: dict[str, Any]) -> str:
    if one.get("lastName"):
        return author(one["lastName"], one.get("initials") or "")
    return author_from(one.get("collectiveName") or one.get("fullName") or "")
