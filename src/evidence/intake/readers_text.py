"""Formats of tagged lines: RIS and PubMed's own format, both by rispy, and BibTeX by bibtexparser.

The libraries pass over what they do not understand (a record without its last line, a key used twice). So a file
is cut into records here, each is handed over alone, and what comes back is held against what went in.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evidence.intake.normalise import author, author_from, registration_in
from evidence.intake.reading import Fields, Read, ReadProblem, finish, shown
from evidence.records.bibliography import plain

RIS_TAG = re.compile(r"^([A-Z][A-Z0-9]) {1,2}-(?: |$)")
RIS_NAMES = {"TY": "type", "ER": "end", "UK": "unknown", "TI": "title", "T1": "title_1", "CT": "title_2", "BT": "title_3",
             "AU": "authors", "A1": "authors_1", "PY": "date", "Y1": "date_1", "DA": "date_2", "T2": "venue", "JF": "venue_1",
             "JO": "venue_2", "JA": "venue_3", "J2": "venue_4", "DO": "doi", "M3": "work", "AN": "accession", "DB": "base",
             "UR": "addresses", "N1": "notes"}  # fmt: skip
RIS_LISTS = ["AU", "A1", "UR", "N1"]
RIS_KINDS = {"JOUR": "article", "JFULL": "article", "MGZN": "article", "EJOUR": "article", "INPR": "article",
             "CONF": "conference abstract", "CPAPER": "conference abstract", "ABST": "conference abstract",
             "THES": "thesis", "BOOK": "book", "CHAP": "book", "EBOOK": "book", "ECHAP": "book", "EDBOOK": "book",
             "ELEC": "page", "WEB": "page", "BLOG": "page", "NEWS": "page"}  # fmt: skip

PUBMED_TAG = re.compile(r"^([A-Z]{2,4}) {0,2}- ")
PUBMED_NAMES = {"PMID": "pmid", "ER": "end", "UK": "unknown", "TI": "title", "BTI": "title_1", "TT": "title_2",
                "FAU": "authors", "AU": "authors_1", "CN": "groups", "DP": "date", "JT": "venue", "TA": "venue_1",
                "AID": "ids", "LID": "ids_1", "PT": "kinds", "SI": "sources"}  # fmt: skip
PUBMED_LISTS = ["FAU", "AU", "CN", "AID", "LID", "PT", "SI"]
# The first of these that a record carries names its kind; "Journal Article" stands beside most others.
PUBMED_KINDS = {"preprint": "preprint", "academic dissertation": "thesis", "congress": "conference abstract",
                "systematic review": "review", "meta-analysis": "review", "review": "review", "scoping review": "review",
                "journal article": "article", "case reports": "article", "letter": "article", "clinical trial": "article",
                "randomized controlled trial": "article", "observational study": "article", "book": "book"}  # fmt: skip

BIBTEX_KINDS = {"article": "article", "inproceedings": "conference abstract", "conference": "conference abstract",
                "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "book": "book", "inbook": "book",
                "incollection": "book", "proceedings": "book", "collection": "book", "online": "page",
                "electronic": "page", "www": "page"}  # fmt: skip
BIBTEX_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution", "publisher", "howpublished")
LOST_ENTRY = re.compile(r"@\s*(?!comment|string|preamble)\w+\s*[{(]", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """The lines of one record, from which line on."""

    line: int
    lines: tuple[str, ...]


def read_ris(text: str) -> Read:
    """Every record of a RIS file; one that lacks its first line is named, one that lacks its last is read."""
    for number, block in enumerate(_blocks(text, RIS_TAG, first="TY", last="ER"), start=1):
        place = f"record {number} (line {block.line})"
        tags = [match[1] for match in map(RIS_TAG.match, block.lines) if match]
        if not tags:
            yield ReadProblem(
                place, f"the text {shown(' '.join(block.lines))} stands outside a record and was left out"
            )
        elif tags[0] != "TY":
            yield ReadProblem(
                place, f"begins without a TY line and was left out: {shown(' '.join(block.lines))}", lost=True
            )
        else:
            if tags[-1] != "ER":
                yield ReadProblem(place, "ends without an ER line; it was read up to where the next begins")
            yield from finish(place, _ris_fields(_ris(block)))


def read_pubmed(text: str) -> Read:
    """Every record of a file in PubMed's format ("nbib")."""
    for number, block in enumerate(_blocks(text, PUBMED_TAG, first="PMID", last=""), start=1):
        place = f"record {number} (line {block.line})"
        wrong = [line for line in block.lines if not PUBMED_TAG.match(line) and not line.startswith("      ")]
        if len(wrong) == len(block.lines):
            yield ReadProblem(place, f"the text {shown(' '.join(wrong))} stands outside a record and was left out")
            continue
        if wrong:
            yield ReadProblem(place, f"lines without a tag were left out, the first is {shown(wrong[0])}")
        yield from finish(place, _pubmed_fields(_pubmed(block)))


def _blocks(text: str, tag: re.Pattern[str], first: str, last: str) -> Iterator[Block]:
    """Lines record by record: a new one begins at the first tag, and after the last tag or, without one, an empty line."""
    start, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        found = tag.match(line)
        name = found[1] if found else ""
        if lines and (name == first or (not last and not line.strip())):
            yield Block(start, tuple(lines))
            lines = []
        if line.strip():
            start = start if lines else number
            lines.append(line)
        if lines and last and name == last:
            yield Block(start, tuple(lines))
            lines = []
    if lines:
        yield Block(start, tuple(lines))


def _ris(block: Block) -> dict[str, Any]:
    import rispy

    lines = [f"{match[1]}  - {line[match.end() :]}" if (match := RIS_TAG.match(line)) else line for line in block.lines]
    parser = rispy.RisParser(mapping=RIS_NAMES, list_tags=RIS_LISTS, delimiter_tags_mapping={}, skip_unknown_tags=True)
    return dict(parser.parse("\n".join([*lines, "ER  - "]))[0])


def _pubmed(block: Block) -> dict[str, Any]:
    """By rispy with another first tag and another form of line; the older nbib gives up a whole file for one such line."""
    import rispy

    class PubMedParser(rispy.RisParser):
        START_TAG = "PMID"

        def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
            found = PUBMED_TAG.match(line)
            return (found[1], line[found.end() :].strip()) if found else (None, line.strip())

    lines = [line for line in block.lines if PUBMED_TAG.match(line) or line.startswith("      ")]
    parser = PubMedParser(
        mapping=PUBMED_NAMES, list_tags=PUBMED_LISTS, delimiter_tags_mapping={}, skip_unknown_tags=True
    )
    start = [] if PUBMED_TAG.match(lines[0]) and lines[0].startswith("PMID") else ["PMID- "]
    return dict(parser.parse("\n".join([*start, *lines, "ER  - "]))[0])


def _first(found: dict[str, Any], name: str) -> str:
    """The value of the first of ``name``, ``name_1``, … that is given."""
    given = (found.get(key, "") for key in (name, *(f"{name}_{number}" for number in range(1, 5))))
    return next((value for value in given if value), "")


def _ris_fields(found: dict[str, Any]) -> Fields:
    work = f"{found.get('work', '')} {' '.join(found.get('notes', []))}".lower()
    base = found.get("base", "").lower()
    numbered = "pubmed" in base or "medline" in base
    return Fields(
        title=_first(found, "title"),
        authors=[author_from(name) for name in [*found.get("authors", []), *found.get("authors_1", [])]],
        date=_first(found, "date"),
        venue=_first(found, "venue"),
        doi=found.get("doi", ""),
        pmid=found.get("accession", "") if numbered and found.get("accession", "").isdigit() else "",
        kind="preprint" if "preprint" in work else RIS_KINDS.get(found.get("type", "").strip().upper(), ""),
        address=next((address for address in found.get("addresses", []) if address), ""),
    )


def _pubmed_fields(found: dict[str, Any]) -> Fields:
    kinds = [kind.lower() for kind in found.get("kinds", [])]
    ids = [*found.get("ids", []), *found.get("ids_1", [])]
    pmid = found.get("pmid", "")
    return Fields(
        title=_first(found, "title").removesuffix("."),  # PubMed ends every title with a full stop
        authors=[
            author_from(name)
            for name in [*(found.get("authors") or found.get("authors_1", [])), *found.get("groups", [])]
        ],
        date=found.get("date", ""),
        venue=_first(found, "venue"),
        doi=next((name.removesuffix("[doi]") for name in ids if name.endswith("[doi]")), ""),
        pmid=pmid,
        registration=registration_in(" ".join(found.get("sources", []))),
        kind=next((kind for name, kind in PUBMED_KINDS.items() if name in kinds), ""),
        address=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        retracted="retracted publication" in kinds,
    )


def read_bibtex(text: str) -> Read:
    """Every entry of a .bib file; a key used twice costs nothing here, since keys are not kept."""
    import bibtexparser
    from bibtexparser.model import Entry, ImplicitComment

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its words are repeated below, with the place
    library = bibtexparser.parse_string(text)
    failed: set[int] = set()
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        entry = block if isinstance(block, Entry) else _repeated(library, getattr(block, "ignore_error_block", None))
        if isinstance(entry, Entry):
            yield from _bibtex_record(f"entry {entry.key.strip() or '(no key)'} (line {line})", entry)
        elif block in library.failed_blocks:
            failed.add(line)
            yield ReadProblem(
                f"line {line}", f"the entry {shown(block.raw or '')} cannot be read and was left out", lost=True
            )
        elif isinstance(block, ImplicitComment) and line not in failed and LOST_ENTRY.search(block.comment):
            yield ReadProblem(
                f"line {line}", f"{shown(block.comment)} stands outside an entry and was left out", lost=True
            )


def _repeated(library: Any, block: Any) -> Any:
    """An entry that the library set aside for a key or field used twice, its values unwrapped like those of the others."""
    from bibtexparser import Library
    from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware

    if block is None:
        return None
    alone = Library([*library.strings, block])
    for step in (ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()):
        alone = step.transform(alone)
    return next(iter(alone.entries), None)


def _bibtex_record(place: str, entry: Any) -> Read:
    fields = {
        item.key.lower(): str(item.value) for item in reversed(entry.fields)
    }  # of a repeated field the first counts
    kind = BIBTEX_KINDS.get(entry.entry_type.lower(), "")
    if "preprint" in f"{fields.get('howpublished', '')} {fields.get('type', '')}".lower() or "eprint" in fields:
        kind = kind if kind == "article" and fields.get("journal") else "preprint"
    yield from finish(
        place,
        Fields(
            title=plain(fields.get("title", "")),
            authors=list(_bibtex_authors(fields.get("author", ""))),
            date=fields.get("year") or fields.get("date", ""),
            venue=plain(next((fields[name] for name in BIBTEX_VENUES if fields.get(name)), "")),
            doi=plain(fields.get("doi", "")),
            pmid=fields.get("pmid", ""),
            kind=kind,
            address=fields.get("url", ""),
        ),
    )


def _bibtex_authors(value: str) -> Iterator[str]:
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    for name in split_multiple_persons_names(value):
        parts = parse_single_name_into_parts(name, strict=False)
        if name.strip() and name.strip() != "others":
            yield author(plain(" ".join([*parts.von, *parts.last])), plain(" ".join(parts.first)))
