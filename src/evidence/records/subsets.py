"""Parts of the base: as it stood on a day, or without some findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from evidence.records.base import EvidenceBase
from evidence.records.dates import is_public
from evidence.records.model import Discrepancy
from evidence.records.studies import Fact

F = TypeVar("F", bound=Fact)

# Every year-end that is shown, and every set of choices that is tried, is used by many questions.
KEPT = 64


@lru_cache(maxsize=KEPT)
def as_of(base: EvidenceBase, day: date) -> EvidenceBase:
    """What was public at the end of a day; see `EvidenceBase.as_of`."""

    def past(facts: Mapping[str, F]) -> dict[str, F]:
        return {name: fact for name, fact in facts.items() if is_public(fact.public_on, day)}  # type: ignore[attr-defined]

    studies = past(base.studies)
    findings = {name: fact for name, fact in past(base.findings).items() if fact.study in studies}
    return replace(
        base,
        studies=studies,
        findings=findings,
        second_extractions={k: v for k, v in base.second_extractions.items() if k in findings},
        appraisals=tuple(item for item in base.appraisals if item.study in studies),
        overrides={k: v for k, v in base.overrides.items() if v.recorded_on <= day},
        corrections=tuple(item for item in base.corrections if is_public(item.public_on, day)),
        discrepancies=tuple(item for item in base.discrepancies if _both_public(base, item, day)),
        registrations=past(base.registrations),
        jurisdictions=past(base.jurisdictions),
        claims=tuple(item for item in base.claims if item.public_on and is_public(item.public_on, day)),
        day=day.isoformat(),
    )


def _both_public(base: EvidenceBase, item: Discrepancy, day: date) -> bool:
    years = (base.references[key].get("year") for key in (item.first, item.second) if key in base.references)
    return all(year.isdigit() and is_public(year, day) for year in years)


@lru_cache(maxsize=KEPT)
def without(base: EvidenceBase, gone: frozenset[str]) -> EvidenceBase:
    """The base without some findings; see `EvidenceBase.without`."""
    findings = {name: fact for name, fact in base.findings.items() if name not in gone}
    left = {finding.study for finding in findings.values()}
    emptied = {base.findings[name].study for name in gone if name in base.findings} - left
    studies = {name: study for name, study in base.studies.items() if name not in emptied}
    return replace(
        base,
        studies=studies,
        findings=findings,
        second_extractions={k: v for k, v in base.second_extractions.items() if k in findings},
        appraisals=tuple(item for item in base.appraisals if item.study in studies),
    )
