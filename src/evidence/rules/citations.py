"""B: entries of the bibliography as the tables use them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase, package_folder
from evidence.records.problems import WARNING
from evidence.rules.rule import rule

Found = Iterator[tuple[Location, str]]

# DOI syntax as Crossref gives it for all but a few early names.
DOI = re.compile(r"^10\.\d{4,9}/[^\s{}]+$")
USUAL_FIELDS = {
    "article": ("author", "title", "journal", "year", "volume", "pages", "doi"),
    "techreport": ("author", "title", "institution", "year"),
    "phdthesis": ("author", "title", "school", "year"),
    "misc": ("author", "title", "year"),
}


def cited_keys(base: EvidenceBase) -> set[str]:
    """Keys that a row of a table points to."""
    keys = {key for study in base.studies.values() for key in study.reports}
    keys |= {finding.citekey for finding in base.findings.values()}
    keys |= {item.citekey for item in base.corrections}
    keys |= {key for item in base.discrepancies for key in (item.first, item.second)}
    keys |= {key for item in base.registrations.values() for key in (item.citekey, item.results_citekey)}
    keys |= {item.citekey for item in base.jurisdictions.values()}
    keys |= {outcome.sizes_source for outcome in base.outcomes.values()}
    return keys | {question.threshold_source for question in base.questions.values()}


def method_keys(base: EvidenceBase) -> set[str]:
    """Words of the library and the guides, among which a method's key has to occur."""
    texts = [path.read_text(encoding="utf-8") for path in package_folder().rglob("*.py")]
    texts += [path.read_text(encoding="utf-8") for path in base.workspace.docs.glob("*.md")]
    return {word for text in texts for word in re.findall(r"[a-z0-9]+", text)}


@rule("B006", "Every entry is used", "Point a row to it, move it to set-aside.bib with a reason, or delete it.")
def unused_entry(base: EvidenceBase) -> Found:
    """An entry nobody cites is a source whose fate nobody wrote down."""
    used = cited_keys(base)
    methods = method_keys(base) | used
    for entry in base.references.values():
        known = methods if entry.bibliography == "methods" else used
        if entry.bibliography != "set-aside" and entry.key not in known:
            yield entry.where, f"{entry.key} is cited nowhere"


@rule(
    "B007", "Fields that were not seen are named", "Fill the field from the source, or name it in `incomplete = {...}`."
)
def missing_field(base: EvidenceBase) -> Found:
    """A gap is stated, never left for the reader to notice."""
    for entry in base.references.values():
        stated = entry.get("incomplete")
        for name in USUAL_FIELDS.get(entry.type, ()):
            if not entry.get(name) and name not in stated:
                yield entry.where, f"{entry.key}: {name} is missing and not named as not seen"


@rule("B008", "A DOI has the form 10.1234/abc", "Copy the DOI from the source, without the address before it.")
def malformed_doi(base: EvidenceBase) -> Found:
    """A malformed DOI leads nowhere."""
    for entry in base.references.values():
        doi = entry.get("doi")
        if doi and not DOI.match(doi):
            yield entry.where, f"{entry.key}: {doi!r} is not a DOI"


@rule("B009", "A report stands in the bibliography once", "Keep one entry, and point every row to it.")
def same_report_twice(base: EvidenceBase) -> Found:
    """Two entries with one DOI or PubMed number are one report."""
    for field in ("doi", "pmid"):
        first: dict[str, str] = {}
        for entry in base.references.values():
            value = entry.get(field).lower()
            if value and value in first:
                yield entry.where, f"{entry.key} and {first[value]} have the same {field}: {value}"
            elif value:
                first[value] = entry.key


@rule("B010", "A source set aside says why", "Add `reason = {...}`.")
def set_aside_without_reason(base: EvidenceBase) -> Found:
    """Reading and not using a source is a decision."""
    for entry in base.references.values():
        if entry.bibliography == "set-aside" and not entry.get("reason"):
            yield entry.where, f"{entry.key} was set aside without a reason"


@rule("B011", "Evidence rests on studies.bib", "Move the entry to studies.bib, or the finding to another report.")
def finding_on_set_aside(base: EvidenceBase) -> Found:
    """A source cannot be set aside and used."""
    for finding in base.findings.values():
        entry = base.references.get(finding.citekey)
        if entry and entry.bibliography == "set-aside":
            yield finding.where, f"{finding.finding} rests on {entry.key}, which was set aside"


@rule("B012", "An entry says how much was seen", "Add `seen = {abstract}` or what applies.", level=WARNING)
def depth_not_stated(base: EvidenceBase) -> Found:
    """How deep a source was read belongs beside it."""
    for entry in base.references.values():
        if entry.bibliography == "studies" and not entry.get("seen"):
            yield entry.where, f"{entry.key} does not say how much of it was seen"
