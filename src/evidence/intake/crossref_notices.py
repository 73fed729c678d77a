"""What Crossref knows of notices about the works that are cited.

A record names notices about its work in ``updated-by``, the works that it is a notice about in ``update-to``, and some of
both in ``relation``. The retractions of Retraction Watch are among them since January 2025. Written after
https://github.com/CrossRef/rest-api-doc (api_format.md, README.md) and https://crossref.gitlab.io/tutorials/get-rw-metadata/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from evidence.intake.normalise import clean_doi
from evidence.intake.notices import KINDS, YEARS, Cited, Found, Notice, resolved, type_of
from evidence.intake.polite import Client, DownError, ServiceError
from evidence.intake.services.crossref import SERVICE

# Updates that say nothing about what was wrong.
NO_NOTICE = ("new edition", "new version")
# What is read of a record; the rest of it (references, authors) would be a hundred times as much.
SELECTED = "DOI,updated-by,update-to,relation"
# DOIs in one question (ours): the address stays under 2,000 characters, which every server takes. The same filter
# several times means any of them ("Multiple filters" in Crossref's guide).
BATCH = 20
# How the client tells of a DOI that Crossref does not hold.
NOT_FOUND = "(404 "

Work = Mapping[str, Any]


@dataclass(frozen=True)
class Answered:
    """What came of asking about every cited DOI.

    Attributes
    ----------
    found
        The notices.
    checked
        How many DOIs Crossref answered for.
    unknown
        Those that it does not hold.
    down
        What gave no answer, and why.
    """

    found: Found
    checked: int
    unknown: tuple[str, ...]
    down: tuple[str, ...]


def ask(client: Client, cited: Cited) -> Answered:
    """Ask about every cited DOI, several in one question; one by one about those that such an answer does not hold."""
    works: dict[str, Work] = {}
    unknown: list[str] = []
    down: list[str] = []
    # A comma parts filters, so a DOI that holds one is asked alone.
    together = [doi for doi in cited.dois if "," not in doi]
    alone = [doi for doi in cited.dois if "," in doi]
    try:
        for start in range(0, len(together), BATCH):
            batch = together[start : start + BATCH]
            held = _together(client, batch, down)
            works |= held or {}
            alone += [doi for doi in batch if doi not in held] if held is not None else []
        for doi in alone:
            _alone(client, doi, works, unknown, down)
    except DownError as error:
        down.append(error.message)
    if down:
        client.keep()
    else:
        client.forget()
    found = [of_work(work, doi, cited) for doi, work in works.items()]
    notices = Found(
        tuple(n for part in found for n in part.notices), tuple(text for part in found for text in part.unread)
    )
    return Answered(notices, len(works) + len(unknown), tuple(unknown), tuple(dict.fromkeys(down)))


def _together(client: Client, dois: list[str], down: list[str]) -> dict[str, Work] | None:
    """Records by DOI; None where Crossref answered, but not in its documented form, or refused."""
    params = {"filter": ",".join(f"doi:{doi}" for doi in dois), "select": SELECTED, "rows": str(len(dois)),
              "mailto": client.contact}  # fmt: skip
    try:
        items = client.get_json(SERVICE, "/works", params, _records)
    except DownError:
        raise
    except ServiceError as error:
        down.append(error.message)
        return None
    return {doi: work for work in items if (doi := clean_doi(work["DOI"])) in dois}


def _alone(client: Client, doi: str, works: dict[str, Work], unknown: list[str], down: list[str]) -> None:
    params = {"mailto": client.contact}
    path = f"/works/{quote(doi, safe='')}"
    try:
        works[doi] = client.get_json(SERVICE, path, params, lambda data: _record(data["message"]))
    except DownError:
        raise
    except ServiceError as error:
        if NOT_FOUND in error.message:
            unknown.append(doi)
        else:
            down.append(error.message)


def _records(data: Any) -> list[Work]:
    items = data["message"]["items"]
    if not isinstance(items, list):
        raise TypeError("items is not a list")
    return [_record(item) for item in items]


def _record(item: Any) -> Work:
    """One record, which names its DOI as text; anything else the client takes for an answer in another form."""
    if not isinstance(item["DOI"], str):
        raise TypeError("DOI is not text")
    return {name: item.get(name) for name in SELECTED.split(",")}


def of_work(work: Work, doi: str, cited: Cited) -> Found:
    """What Crossref's record of a cited work says about notices.

    Parameters
    ----------
    work
        The record: ``message`` of ``/works/{doi}``, or one of the items of a list.
    doi
        The cited DOI.
    cited
        All cited entries, since a cited notice may concern another cited work.
    """
    notices: list[Notice] = []
    unread: list[str] = []
    for other, said, day, is_notice in (*_updates(work), *_relations(work)):
        kind = KINDS.get(said)
        if not kind and said not in NO_NOTICE:
            unread.append(f"{cited.dois[doi]}: Crossref gives an update of the type {said!r} ({other or 'no DOI'})")
        if kind:
            notices += _both_ways(
                doi, other, is_notice, cited, kind=kind, said=said, source=SERVICE.name, public_on=day
            )
    return Found(tuple(notices), tuple(unread))


def _both_ways(doi: str, other: str, is_notice: bool, cited: Cited, **told: str) -> Iterator[Notice]:
    """The notice as it touches the cited work, and the cited work that it is about, if it is another."""
    if not is_notice or other in ("", doi):
        seen = other or doi
        yield Notice(citekey=cited.dois[doi], doi=seen, address=resolved(seen), **told)
        return
    yield Notice(citekey=cited.dois[doi], about=other, doi=doi, address=resolved(doi), **told)
    if other in cited.dois:
        yield Notice(citekey=cited.dois[other], doi=doi, address=resolved(doi), **told)


def _updates(work: Work) -> Iterator[tuple[str, str, str, bool]]:
    """Other DOI, type, day, and whether the work itself is the notice."""
    for field, is_notice in (("updated-by", False), ("update-to", True)):
        for item in _objects(work.get(field)):
            yield (
                clean_doi(str(item.get("DOI") or "")),
                type_of(str(item.get("type") or "")),
                _day(item.get("updated")),
                is_notice,
            )


def _relations(work: Work) -> Iterator[tuple[str, str, str, bool]]:
    """Relations that name a type of notice; ``asserted-by: object`` means that the other work says so, as a notice does."""
    relation = work.get("relation")
    for name, items in relation.items() if isinstance(relation, dict) else ():
        said = re.sub(r"^(is|has) | (of|for|to)$", "", type_of(name))
        if said not in KINDS:
            continue
        for item in _objects(items):
            is_notice = name.startswith("is-") or (not name.startswith("has-") and item.get("asserted-by") == "subject")
            yield clean_doi(str(item.get("id") or "")), said, "", is_notice


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _day(value: Any) -> str:
    """Crossref's partial date, as far as it is one."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    numbers = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    for length in range(min(len(numbers), 3), 0, -1):
        try:
            day = date(*(int(number) for number in (*numbers[:length], 1, 1)[:3]))
        except (TypeError, ValueError):
            continue
        return day.isoformat()[: (4, 7, 10)[length - 1]] if day.year in YEARS else ""
    return ""
