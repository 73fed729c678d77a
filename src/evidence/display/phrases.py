"""Phrases that sentences and tables are made of: counts, numbers with units, and how the samples point."""

from __future__ import annotations

from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.records.studies import LaboratoryStudy, Study, Survey
from evidence.synthesis.answers import Strand
from evidence.synthesis.described import Described, PooledGroup
from evidence.synthesis.effects import back
from evidence.synthesis.grouping import ANIMALS, PRODUCTS, REVIEWS, Directions

UNITS_OF = {ANIMALS: ("animal", "animals"), PRODUCTS: ("product", "products")}
PEOPLE = ("person", "people")
# Words of a cell that say that nothing is known: no description.
UNSAID = ("not seen", "not stated", "not applicable")


def evidence(strand: Strand) -> str:
    """A strand with its size, to begin a sentence; people in reviews are not added up, since reviews share their trials."""
    label = strand.name[0].upper() + strand.name[1:]
    size = f"{strand.samples:,}" if strand.name == REVIEWS else plural(strand.samples, "sample")
    if strand.people and strand.name != REVIEWS:
        size += f", {plural(strand.people, *UNITS_OF.get(strand.name, PEOPLE))}"
    return f"{label[:-1]}; {size})" if label.endswith(")") else f"{label} ({size})"


def ways_in_words(ways: Directions) -> str:
    """How many samples point which way; ways that nobody points are left out."""
    parts = [(ways.yes, "to yes"), (ways.no, "to no"), (ways.both, "both ways")]
    return ", ".join(f"{plural(count, 'sample')} {way}" for count, way in parts if count) or "no sample points anywhere"


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun; `many` where the plural is not made with an s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def amount(value: float, unit: str) -> str:
    """A number with its unit, as recorded."""
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"
    if unit == "%":
        return f"{number}%"
    return number if unit in ("", "ratio", "count", "number") else f"{number} {unit}"


def who(finding: Finding) -> str:
    """The people of a finding, and those they were compared with."""
    return finding.group + (f", against {finding.comparator}" if finding.comparator else "")


def design_words(study: Study) -> str:
    """What a study is by its own row: how people were found or which design it has, and who or what it looked at."""
    if isinstance(study, Survey):
        parts = (study.recruitment, study.mode, study.frame)
    elif isinstance(study, LaboratoryStudy):
        parts = (study.level, study.system, "")
    else:
        parts = (getattr(study, "design", ""), getattr(study, "allocation", ""), getattr(study, "population", ""))
    return "; ".join(dict.fromkeys(part for part in parts if part and part not in UNSAID))


def finding_value(base: EvidenceBase, finding: Finding) -> str:
    """Value, interval and counts of a finding in one phrase."""
    unit = base.outcomes[finding.outcome].unit
    parts = [amount(finding.value, unit)] if finding.value is not None else []
    if finding.low is not None and finding.high is not None:
        parts.append(f"({finding.interval} {amount(finding.low, '')} to {amount(finding.high, '')})")
    elif finding.low is not None or finding.high is not None:
        parts.append(
            f"({finding.interval}: {'from' if finding.high is None else 'to'} {finding.low or finding.high:g})"
        )
    if finding.sd is not None:
        parts.append(f"(SD {finding.sd:g})")
    if finding.events is not None and finding.denominator is not None:
        parts.append(f"[{finding.events:,}/{finding.denominator:,}]")
    elif finding.events is not None:
        parts.append(f"[{finding.events:,}]")
    elif finding.denominator is not None:
        parts.append(f"[n = {finding.denominator:,}]")
    if finding.p:
        parts.append(f"p {finding.p if finding.p[0] in '<>' else '= ' + finding.p}")
    return " ".join(parts) or "in words only"


def finding_ends(summary: Described, unit: str) -> str:
    """The range of a described group."""
    assert summary.low is not None and summary.high is not None  # asked only of groups with numbers
    if summary.low == summary.high:
        return amount(summary.low, unit)
    return f"{amount(summary.low, '' if unit != '%' else unit)} to {amount(summary.high, unit)}"


def average(summary: PooledGroup, unit: str) -> str:
    """A pooled value with its interval, and the prediction interval where there is one."""
    pooled = summary.pooled
    low, mid, high = (amount(rounded(back(summary.scale, y)), unit) for y in (pooled.low, pooled.y, pooled.high))
    text = f"{mid} on average (95% CI {low} to {high}"
    if pooled.pi_low is not None and pooled.pi_high is not None:
        ends = [amount(rounded(back(summary.scale, y)), unit) for y in (pooled.pi_low, pooled.pi_high)]
        text += f"; 95% prediction interval {ends[0]} to {ends[1]}"
    return text + ")"


def rounded(value: float) -> float:
    """Three figures: what a pooled number can carry."""
    return float(f"{value:.3g}")
