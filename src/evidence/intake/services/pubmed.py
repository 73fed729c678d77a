"""PubMed through NCBI's E-utilities: ESearch with the history server, then EFetch XML in batches.

Written after "The E-utilities In-Depth: Parameters, Syntax and More" (https://www.ncbi.nlm.nih.gov/books/NBK25499/), "A
General Introduction to the E-utilities" (NBK25497) and the elements of the PubMed DTD
(https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from evidence.intake.incoming import Incoming
from evidence.intake.normalise import author, clean_doi, clean_pmid, clean_text, year_in
from evidence.intake.polite import Client, Service
from evidence.intake.services.pages import Page, all_pages

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# "no more than three URL requests per second" without a key (NBK25497, Usage Guidelines).
INTERVAL = 1 / 3
BATCH = 200  # ours; a record is about 10 KB of XML
ADDRESS = "https://pubmed.ncbi.nlm.nih.gov/{}/"
REGISTRY = "ClinicalTrials.gov"
RETRACTED = "Retracted Publication"
REVIEWS = frozenset({"Review", "Systematic Review", "Meta-Analysis", "Scoping Review"})
NO_TITLE = ("", "[Not Available].")

SERVICE = Service("pubmed", "PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", INTERVAL)


def search(client: Client, query: str, since: date | None) -> Iterator[Incoming]:
    """Every record for a query in PubMed's own syntax; `since` is the day it entered PubMed."""
    us = {"db": "pubmed", "tool": "evidence", "email": client.contact}
    dates = {"datetype": "edat", "mindate": since.strftime("%Y/%m/%d"), "maxdate": "3000"} if since else {}
    asked = {**us, "term": query, "usehistory": "y", "retmax": "0", "retmode": "json", **dates}
    total, history, unknown = client.get_json(SERVICE, "/esearch.fcgi", asked, _read_history)
    if unknown:
        client.note(f"PubMed does not know {', '.join(unknown)} and searched {query!r} without.")

    def ask(start: str) -> Page:
        if not total:
            return Page(0, (), "")
        batch = {**us, **history, "retmode": "xml", "retstart": start, "retmax": str(BATCH)}
        after = int(start) + BATCH
        records = client.get_xml(SERVICE, "/efetch.fcgi", batch, _read_batch)
        return Page(total, records, str(after) if after < total else "")

    yield from all_pages(client, SERVICE, ask, "0")


def _read_history(data: Any) -> tuple[int, dict[str, str], list[str]]:
    result = data["esearchresult"]
    if "ERROR" in result:
        raise ValueError(result["ERROR"])
    unknown = result.get("errorlist", {})
    words = [*unknown.get("phrasesnotfound", ()), *unknown.get("fieldsnotfound", ())]
    return int(result["count"]), {"WebEnv": result["webenv"], "query_key": result["querykey"]}, words


def _read_batch(root: Element) -> tuple[Incoming, ...]:
    if root.tag != "PubmedArticleSet":
        raise ValueError(_text(root, ".//ERROR") or f"<{root.tag}> in place of <PubmedArticleSet>")
    return tuple(_book(item) if item.tag == "PubmedBookArticle" else _article(item) for item in root)


def _article(item: Element) -> Incoming:
    citation, article = _part(item, "MedlineCitation"), _part(item, "MedlineCitation/Article")
    types = {clean_text(kind.text or "") for kind in article.iterfind("PublicationTypeList/PublicationType")}
    title = _text(article, "ArticleTitle")
    doi = _text(item, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']") or _text(
        article, "ELocationID[@EIdType='doi']"
    )
    return Incoming(
        title=_text(article, "VernacularTitle") if title in NO_TITLE else title,
        authors=_authors(article, "AuthorList/Author"),
        year=year_in(_text(article, "Journal/JournalIssue/PubDate")) or year_in(_text(article, "ArticleDate")),
        venue=_text(article, "Journal/Title"),
        doi=clean_doi(doi),
        kind="preprint" if "Preprint" in types else "review" if types & REVIEWS else "article",
        registration=_registration(article),
        retracted=RETRACTED in types,
        pmid=_pmid(citation),
        address=ADDRESS.format(_pmid(citation)),
    )


def _book(item: Element) -> Incoming:
    book = _part(item, "BookDocument")
    return Incoming(
        title=_text(book, "ArticleTitle") or _text(book, "Book/BookTitle"),
        authors=_authors(book, "AuthorList/Author") or _authors(book, "Book/AuthorList/Author"),
        year=year_in(_text(book, "Book/PubDate")),
        venue=_text(book, "Book/BookTitle"),
        doi=clean_doi(_text(book, "ArticleIdList/ArticleId[@IdType='doi']")),
        kind="book",
        pmid=_pmid(book),
        address=ADDRESS.format(_pmid(book)),
    )


def _pmid(part: Element) -> str:
    pmid = clean_pmid(_text(part, "PMID"))
    if not pmid:
        raise ValueError("a record without a PMID")
    return pmid


def _registration(article: Element) -> str:
    """The registration of a study; a paper that names several reports on none in particular."""
    banks = [bank for bank in article.iterfind("DataBankList/DataBank") if _text(bank, "DataBankName") == REGISTRY]
    numbers = {
        clean_text(number.text or "")
        for bank in banks
        for number in bank.iterfind("AccessionNumberList/AccessionNumber")
    }
    return numbers.pop() if len(numbers) == 1 else ""


def _authors(part: Element, path: str) -> str:
    found = part.iterfind(path)
    return "; ".join(
        author(_text(one, "LastName") or _text(one, "CollectiveName"), _text(one, "Initials")) for one in found
    )


def _part(item: Element, path: str) -> Element:
    found = item.find(path)
    if found is None:
        raise ValueError(f"<{item.tag}> without {path}")
    return found


def _text(item: Element, path: str) -> str:
    found = item.find(path)
    # Year, month and day are elements side by side; in a title an element is markup and parts nothing.
    return clean_text((" " if path.endswith("Date") else "").join(found.itertext())) if found is not None else ""
