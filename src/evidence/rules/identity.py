"""I: names, dates and reports agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.dates import last_day
from evidence.rules.rule import rule
from evidence.workspace import STUDY_TABLES

Found = Iterator[tuple[Location, str]]
# Reports appear online before their volume's year, or are dated after it: two years cover both.
YEARS_APART = 2


@rule("I001", "A finding is named after its report", "Name it citekey-number, so that one search finds it all.")
def finding_name(base: EvidenceBase) -> Found:
    """The id of a finding leads to its entry."""
    for finding in base.findings.values():
        if finding.finding.rsplit("-", 1)[0] != finding.citekey:
            yield finding.where, f"{finding.finding} stands in the report {finding.citekey}"


@rule("I002", "A finding stands in a report of its study", "Correct the study or citekey, or add it to other_reports.")
def finding_report(base: EvidenceBase) -> Found:
    """A number cannot come from a report of another study."""
    for finding in base.findings.values():
        study = base.studies.get(finding.study)
        if study and finding.citekey not in study.reports:
            yield finding.where, f"{finding.citekey} is not a report of the study {study.study}"


@rule("I003", "Other reports stand in the bibliography", "Add the entry, or correct the key; separate keys by '; '.")
def other_report_unknown(base: EvidenceBase) -> Found:
    """A list of keys is checked key by key."""
    for study in base.studies.values():
        for key in study.other_reports:
            if key not in base.references:
                yield study.where, f"{study.study}: other report {key!r} has no entry"


@rule("I004", "Nothing is recorded before it was public", "Correct one of the two dates.")
def recorded_before_public(base: EvidenceBase) -> Found:
    """The day of recording cannot lie before the year of publication."""
    facts: list[Any] = [
        *base.findings.values(),
        *base.studies.values(),
        *base.registrations.values(),
        *base.jurisdictions.values(),
    ]
    for fact in facts:
        if fact.public_on and fact.recorded_on.isoformat()[: len(fact.public_on)] < fact.public_on:
            yield fact.where, f"public on {fact.public_on}, but recorded on {fact.recorded_on}"


@rule("I005", "The year of a finding is the year of its report", "Correct public_on, or the year of the entry.")
def year_differs(base: EvidenceBase) -> Found:
    """Dates in the tables and in the bibliography tell one story."""
    for finding in base.findings.values():
        entry = base.references.get(finding.citekey)
        year = entry.get("year") if entry else ""
        if year.isdigit() and finding.public_on and abs(last_day(finding.public_on).year - int(year)) > YEARS_APART:
            yield finding.where, f"public on {finding.public_on}, but {finding.citekey} is of {year}"


@rule("I006", "A study stands in one table", "Keep the row in the table of its design.")
def study_in_two_tables(base: EvidenceBase) -> Found:
    """A survey is not also a trial."""
    from evidence.records.sources import read_sources

    first: dict[str, str] = {}
    tables = read_sources(base.workspace).tables
    for name in STUDY_TABLES:
        for row in tables[name].rows:
            study = row.cells["study"]
            if study in first and first[study] != name:
                yield row.where, f"{study} stands in {first[study]} too"
            first.setdefault(study, name)


@rule("I007", "Published results have an entry", "Name the report in results_citekey, or correct `results`.")
def results_without_entry(base: EvidenceBase) -> Found:
    """Results that are said to be published can be read somewhere."""
    for item in base.registrations.values():
        if item.results == "published" and not item.results_citekey:
            yield item.where, f"{item.registration}: results are published, but where?"


@rule("I008", "A status is checked after it became public", "Correct checked_on or public_on.")
def checked_before_public(base: EvidenceBase) -> Found:
    """Nobody can have checked a law before it was made."""
    checked: list[Any] = [*base.registrations.values(), *base.jurisdictions.values()]
    for item in checked:
        if item.checked_on.isoformat()[: len(item.public_on)] < item.public_on:
            yield item.where, f"checked on {item.checked_on}, but public on {item.public_on}"


@rule("I009", "Every study has a finding", "Extract a number, or move the entry to set-aside.bib with a reason.")
def study_without_finding(base: EvidenceBase) -> Found:
    """A study without a finding supports nothing and hides that it was read for nothing."""
    for study in base.studies.values():
        if study.study not in base.findings_by_study:
            yield study.where, f"{study.study} has no finding"
