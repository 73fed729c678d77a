"""Reading a file of records, whatever program wrote it: the format is told by its content, then by its ending."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.intake.incoming import Incoming
from evidence.intake.readers_structured import json_items, read_crossref, read_endnote, read_trials
from evidence.intake.readers_text import read_bibtex, read_pubmed, read_ris
from evidence.intake.reading import Read, ReadFile, ReadProblem, shown

# A million records of RIS with abstracts are about 2 GB; no search of a living review comes near a tenth of it (ours).
LARGEST = 200_000_000
# Where the first mark of a format stands decides, since an abstract may quote another format.
MARKS = {"RIS": re.compile(r"^TY {1,2}- ", re.MULTILINE), "PubMed": re.compile(r"^PMID ?- ", re.MULTILINE),
         "BibTeX": re.compile(r"^\s*@\s*\w+\s*[{(]", re.MULTILINE)}  # fmt: skip
ENDINGS = {
    ".ris": "RIS",
    ".nbib": "PubMed",
    ".medline": "PubMed",
    ".bib": "BibTeX",
    ".xml": "EndNote XML",
    ".json": "JSON",
}
LINE_READERS: dict[str, Callable[[str], Read]] = {
    "RIS": read_ris,
    "PubMed": read_pubmed,
    "BibTeX": read_bibtex,
    "EndNote XML": read_endnote,
}
KNOWN = "RIS, PubMed (nbib), BibTeX, EndNote XML, Crossref JSON and ClinicalTrials.gov JSON"
PACKED = {
    b"PK\x03\x04": "a zip file",
    b"PK\x05\x06": "a zip file",
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf": "a 7z file",
}


def read_file(path: Path) -> ReadFile:
    """Every record of a file, and a problem for whatever could not be read.

    Raises
    ------
    EvidenceError
        If the file as a whole cannot be used: missing, empty, packed, binary, too large, not UTF-8, of an unknown
        format, or without a single record.
    """
    name = shown(path.name)[1:-1]
    text = _decoded(name, _content(name, path))
    form, found = _read(name, text, path.suffix.lower())
    records = tuple(item for item in found if isinstance(item, Incoming))
    problems = tuple(item for item in found if isinstance(item, ReadProblem))
    if not records and not problems:
        raise EvidenceError(f"{name} was taken for {form} and holds no record. Export it again.")
    return ReadFile(records, problems, form)


def _content(name: str, path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise EvidenceError(f"{name} has {size:,} bytes, more than the {LARGEST:,} that are read at once. Part it.")
        content = path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{name} cannot be read: {error.strerror or error}.") from None
    except ValueError:
        raise EvidenceError(f"{name} is not the name of a file.") from None
    if not content.strip():
        raise EvidenceError(f"{name} is empty. Export it again.")
    return content


def _decoded(name: str, content: bytes) -> str:
    """The text in UTF-8, with one kind of line end."""
    packed = next((what for mark, what in PACKED.items() if content.startswith(mark)), "")
    if packed:
        raise EvidenceError(f"{name} is {packed}. Unpack it and name the file within.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise EvidenceError(f"{name} is in UTF-16. Save it again as UTF-8.")
    if b"\x00" in content:
        raise EvidenceError(f"{name} is not a text file. These formats are read: {KNOWN}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise EvidenceError(f"{name} is not UTF-8 (line {line}; it may be Latin-1). Save it again as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(name: str, text: str, ending: str) -> tuple[str, list[Incoming | ReadProblem]]:
    form = _format(text, ending)
    try:
        if form == "JSON":
            source, items = json_items(text)
            return ("Crossref JSON", list(read_crossref(items))) if source == "crossref" else (
                "ClinicalTrials.gov JSON", list(read_trials(items)))  # fmt: skip
        if form in LINE_READERS:
            return form, list(LINE_READERS[form](text))
    except EvidenceError as error:
        raise EvidenceError(f"{name}: {error.message}") from None
    raise EvidenceError(f"{name} is of no known format. These are read: {KNOWN}.")


def _format(text: str, ending: str) -> str:
    start = text.lstrip()[:1]
    if start == "<":
        return "EndNote XML"
    marks = {match.start(): form for form, mark in MARKS.items() if (match := mark.search(text))}
    if start in ("{", "[") and not (marks and ending in (".ris", ".nbib", ".bib")):
        return "JSON"
    return marks[min(marks)] if marks else ENDINGS.get(ending, "")
