"""Formats of nested parts: EndNote's XML, Crossref's JSON, the JSON of ClinicalTrials.gov (version 2).

A part of another shape than expected counts as not given: `_at` walks as far as the shape holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from evidence.errors import EvidenceError
from evidence.intake.normalise import author, author_from
from evidence.intake.reading import Fields, Read, ReadProblem, finish, shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ENDNOTE_KINDS = {"journal article": "article", "electronic article": "article", "magazine article": "article",
                 "conference proceedings": "conference abstract", "conference paper": "conference abstract",
                 "thesis": "thesis", "book": "book", "book section": "book", "edited book": "book",
                 "electronic book": "book", "electronic book section": "book", "web page": "page", "blog": "page",
                 "newspaper article": "page"}  # fmt: skip
CROSSREF_KINDS = {"journal-article": "article", "proceedings-article": "conference abstract", "dissertation": "thesis",
                  "book": "book", "monograph": "book", "edited-book": "book", "reference-book": "book",
                  "book-chapter": "book", "book-section": "book", "reference-entry": "book"}  # fmt: skip
CROSSREF_DATES = ("issued", "published", "published-print", "published-online", "posted", "created")


def read_endnote(text: str) -> Read:
    """Every record of an EndNote XML export.

    Raises
    ------
    EvidenceError
        If the XML is not well-formed, defines entities, or is no EndNote export.
    """
    root = _xml_root(text)
    records = list(root.iter("record"))
    if root.tag not in ("xml", "records") or not records:
        raise EvidenceError(f"This XML begins with <{shown(root.tag)[1:-1]}> and holds no EndNote records. "
                            "Export again from EndNote as XML, or as RIS.")  # fmt: skip
    for number, record in enumerate(records, start=1):
        yield from finish(f"record {number}", _endnote_fields(record))


def _xml_root(text: str) -> Element:
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError:
        raise EvidenceError("Reading XML safely needs the intake extra: run `make intake`.") from None
    try:
        root: Element = fromstring(text)
    except DefusedXmlException:
        raise EvidenceError(
            "The XML defines entities of its own, as attacks do and exports do not. It was not read."
        ) from None
    except (ParseError, ValueError) as error:
        raise EvidenceError(f"The XML is broken ({error}). Export the file again.") from None
    return root


def _endnote_fields(record: Element) -> Fields:
    kind = record.find("ref-type")
    accession = _inside(record, "accession-num")
    base = f"{_inside(record, 'remote-database-name')} {_inside(record, 'remote-database-provider')}".lower()
    return Fields(
        title=_inside(record, "titles/title"),
        authors=[author_from("".join(name.itertext())) for name in record.findall("contributors/authors/author")],
        date=_inside(record, "dates/year") or _inside(record, "dates/pub-dates/date"),
        venue=_inside(record, "periodical/full-title") or _inside(record, "titles/secondary-title"),
        doi=_inside(record, "electronic-resource-num"),
        pmid=accession if accession.isdigit() and ("pubmed" in base or "medline" in base or "nlm" in base) else "",
        kind=ENDNOTE_KINDS.get((kind.get("name", "") if kind is not None else "").lower(), ""),
        address=_inside(record, "urls/related-urls/url"),
    )


def _inside(record: Element, path: str) -> str:
    """All text below the first element of that path, its style marks left out."""
    found = record.find(path)
    return "".join(found.itertext()).strip() if found is not None else ""


def read_crossref(items: list[Any]) -> Read:
    """Every work of a Crossref answer."""
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield ReadProblem(f"record {number}", f"{shown(str(item))} is not a work and was left out", lost=True)
        else:
            yield from finish(f"record {number}", _crossref_fields(item))


def _crossref_fields(item: dict[str, Any]) -> Fields:
    title, subtitle = _text(_at(item, "title", 0)), _text(_at(item, "subtitle", 0))
    whole = title if not subtitle or subtitle.lower() in title.lower() else f"{title}: {subtitle}"
    posted = item.get("type") == "posted-content" and item.get("subtype") in ("preprint", None)
    dates = (_at(item, name, "date-parts", 0, 0) for name in CROSSREF_DATES)
    doi = _text(item.get("DOI"))
    return Fields(
        title=whole if title else "",
        authors=[_crossref_author(person) for person in _many(item.get("author"))],
        date=str(next((year for year in dates if year), "")),
        venue=_text(_at(item, "container-title", 0)) or _text(_at(item, "institution", 0, "name")),
        doi=doi,
        kind="preprint" if posted else CROSSREF_KINDS.get(_text(item.get("type")), ""),
        address=_text(item.get("URL")) or _text(_at(item, "resource", "primary", "URL")),
        retracted=any(_text(_at(notice, "type")).lower() == "retraction" for notice in _many(item.get("updated-by"))),
    )


def _crossref_author(person: Any) -> str:
    return author(_text(_at(person, "family")) or _text(_at(person, "name")), _text(_at(person, "given")))


def read_trials(items: list[Any]) -> Read:
    """Every study of an answer of ClinicalTrials.gov."""
    for number, item in enumerate(items, start=1):
        section = _at(item, "protocolSection")
        if not isinstance(section, dict):
            yield ReadProblem(f"record {number}", f"{shown(str(item))} is not a study and was left out", lost=True)
        else:
            yield from finish(f"record {number}", _trial_fields(section))


def _trial_fields(section: dict[str, Any]) -> Fields:
    named, status = _at(section, "identificationModule"), _at(section, "statusModule")
    number = _text(_at(named, "nctId"))
    dates = (
        _at(status, "studyFirstSubmitDate"),
        _at(status, "studyFirstPostDateStruct", "date"),
        _at(status, "startDateStruct", "date"),
    )
    return Fields(
        title=_text(_at(named, "officialTitle")) or _text(_at(named, "briefTitle")),
        authors=[author(_text(_at(section, "sponsorCollaboratorsModule", "leadSponsor", "name")), "")],
        date=next((_text(day) for day in dates if _text(day)), ""),
        venue="ClinicalTrials.gov",
        registration=number,
        kind="registration",
        address=f"https://clinicaltrials.gov/study/{number}" if number else "",
    )


def json_items(text: str) -> tuple[str, list[Any]]:
    """Whose answer it is ("crossref", "trials"), and its records.

    Raises
    ------
    EvidenceError
        If it is not JSON, or the answer of neither.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"The JSON is broken ({str(error)[:80]}). Save the answer again.") from None
    message = _at(found, "message")
    for source, items in (
        ("trials", _at(found, "studies")),
        ("trials", [found] if _at(found, "protocolSection") else None),
        ("crossref", _at(message, "items")),
        ("crossref", [message] if _at(message, "DOI") or _at(message, "title") else None),
    ):
        if isinstance(items, list):
            return source, items
    raise EvidenceError("This JSON is no answer of Crossref (message, items) and none of ClinicalTrials.gov (studies). "
                        "Save the answer of the service as it comes.")  # fmt: skip


def _at(value: Any, *path: str | int) -> Any:
    """What stands at a path of names and positions; None where the shape is another."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _many(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else ()
