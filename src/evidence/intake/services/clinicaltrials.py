"""ClinicalTrials.gov's API v2, route /studies, with page tokens.

Written after https://clinicaltrials.gov/data-api/api (OpenAPI description, version 2.0) and "Study data structure"
(https://clinicaltrials.gov/data-api/about-api/study-data-structure).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import clean_text, year_in
from evidence.intake.polite import Client, Service
from evidence.intake.services.pages import Page, all_pages

# About 50 requests a minute for one address, as guides to the API report; its own pages name no limit.
INTERVAL = 60 / 50
PAGE_SIZE = 100  # of at most 1,000
FIELDS = "NCTId,BriefTitle,OfficialTitle,LeadSponsorName,StudyFirstPostDate"
FIRST = "first"

SERVICE = Service("clinicaltrials", "ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", INTERVAL)


def search(client: Client, query: str, since: date | None) -> Iterator[Incoming]:
    """Every registered study for a query in the registry's own syntax; `since` is the day it was first posted."""
    asked = {"query.term": query, "pageSize": str(PAGE_SIZE), "countTotal": "true", "fields": FIELDS, "format": "json"}
    dates = {"filter.advanced": f"AREA[StudyFirstPostDate]RANGE[{since.isoformat()},MAX]"} if since else {}

    def ask(token: str) -> Page:
        page = {} if token == FIRST else {"pageToken": token}
        return client.get_json(SERVICE, "/studies", {**asked, **dates, **page}, _read)

    yield from all_pages(client, SERVICE, ask, FIRST)


def _read(data: Any) -> Page:
    """The total stands on the first page only."""
    return Page(data.get("totalCount"), tuple(map(_study, data["studies"])), data.get("nextPageToken") or "")


def _study(item: dict[str, Any]) -> Incoming:
    protocol = item["protocolSection"]
    names = protocol["identificationModule"]
    sponsor = (protocol.get("sponsorCollaboratorsModule") or {}).get("leadSponsor") or {}
    posted = (protocol.get("statusModule") or {}).get("studyFirstPostDateStruct") or {}
    return Incoming(
        title=clean_text(names.get("officialTitle") or names.get("briefTitle") or ""),
        authors=clean_text(sponsor.get("name") or ""),
        year=year_in(posted.get("date") or ""),
        venue="ClinicalTrials.gov",
        registration=names["nctId"],
        kind="registration",
        address=f"https://clinicaltrials.gov/study/{names['nctId']}",
    )
