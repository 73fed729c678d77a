"""The data set of Retraction Watch, which Crossref gives to everybody as one CSV file.

Columns: https://www.crossref.org/documentation/retrieve-metadata/retraction-watch/.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.intake.normalise import clean_doi, clean_pmid
from evidence.intake.notices import KINDS, YEARS, Cited, Found, Notice, resolved, type_of

NAME = "Retraction Watch"
COLUMNS = ("Record ID", "URLS", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI",
           "OriginalPaperPubMedID", "RetractionNature", "Reason")  # fmt: skip
# As the data set is exported: American dates, with or without a time; ISO dates after a tool has touched it.
DATES = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
# Its own address; a single record has none.
HOME = "http://retractiondatabase.org/"


def read(path: Path, cited: Cited) -> Found:
    """Notices in the data set of Retraction Watch that touch a cited entry, by DOI or by PubMed number.

    Raises
    ------
    EvidenceError
        If there is no such file, or it has not the columns of the data set.
    """
    if not path.is_file():
        raise EvidenceError(f"{path}: there is no such file. Give the path of retraction_watch.csv with --csv.")
    notices: list[Notice] = []
    unread: list[str] = []
    for cells in _rows(path):
        for citekey, about in _touched(cells, cited):
            kind = KINDS.get(type_of(cells["RetractionNature"]))
            if kind:
                notices.append(_noticed(cells, citekey, about, kind))
            else:
                unread.append(
                    f"{citekey}: {NAME} record {cells['Record ID']} is of the nature {cells['RetractionNature']!r}"
                )
    return Found(tuple(notices), tuple(unread))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The columns that are read, row by row: the file holds tens of thousands."""
    # The file is UTF-8 with stray bytes of other character sets in names; no column that is read here holds names.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.DictReader(stream)
        try:
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise EvidenceError(f"{path}: not the data set of {NAME}: no column {', '.join(missing)}.")
            for row in reader:
                yield {name: (row[name] or "").strip() for name in COLUMNS}
        except csv.Error as error:
            raise EvidenceError(f"{path}, after line {reader.line_num}: {error}. Fetch the file again.") from None


def _touched(cells: Mapping[str, str], cited: Cited) -> Iterator[tuple[str, str]]:
    """The cited entry that a row is about, and the cited entry that is its notice (with what that is about)."""
    original = clean_doi(cells["OriginalPaperDOI"])
    about = cited.key(original, clean_pmid(cells["OriginalPaperPubMedID"]))
    notice = cited.key(clean_doi(cells["RetractionDOI"]), clean_pmid(cells["RetractionPubMedID"]))
    if about:
        yield about, ""
    if notice and notice != about:
        yield notice, original or f"PubMed {cells['OriginalPaperPubMedID']}"


def _noticed(cells: Mapping[str, str], citekey: str, about: str, kind: str) -> Notice:
    doi, pmid = clean_doi(cells["RetractionDOI"]), clean_pmid(cells["RetractionPubMedID"])
    seen_by_pmid = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else ""
    pages = [page.strip() for page in cells["URLS"].split(";") if page.strip().startswith("http")]
    address = resolved(doi) if doi else seen_by_pmid or (pages or [HOME])[0]
    reasons = [reason.strip(" +") for reason in cells["Reason"].split(";") if reason.strip(" +")]
    return Notice(citekey=citekey, kind=kind, said=type_of(cells["RetractionNature"]), about=about, doi=doi, address=address,
                  public_on=_american(cells["RetractionDate"]), reason="; ".join(reasons),
                  source=f"{NAME}, record {cells['Record ID']}")  # fmt: skip


def _american(text: str) -> str:
    for form in DATES:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            continue
        return day.isoformat() if day.year in YEARS else ""
    return ""
