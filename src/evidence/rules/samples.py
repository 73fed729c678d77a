"""S: people who are in several studies are known to be, and a second reading agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.rules.rule import rule

Found = Iterator[tuple[Location, str]]


@rule("S001", "A shared sample is described", "Add a row to samples.csv that says how we know.")
def shared_sample_undescribed(base: EvidenceBase) -> Found:
    """Two studies with one sample count once; that needs a reason on paper."""
    sizes = Counter(study.sample for study in base.studies.values())
    for study in base.studies.values():
        if sizes[study.sample] > 1 and study.sample not in base.samples:
            yield study.where, f"{study.study} shares the sample {study.sample} without a row in samples.csv"


@rule(
    "S002",
    "A sample bears the name of its study unless it is shared",
    "Repeat the study's name, or describe the sample.",
)
def sample_name_unknown(base: EvidenceBase) -> Found:
    """A misspelt sample name would make one voice into two."""
    for study in base.studies.values():
        if study.sample not in base.samples and study.sample != study.study and study.sample not in base.studies:
            yield study.where, f"{study.study}: the sample {study.sample} is neither a study nor in samples.csv"


@rule("S003", "A described sample is used", "Name it in the studies that share it, or delete the row.")
def sample_unused(base: EvidenceBase) -> Found:
    """A row about sharing that nothing shares is left over."""
    used = {study.sample for study in base.studies.values()}
    for sample in base.samples.values():
        if sample.sample not in used:
            yield sample.where, f"no study has the sample {sample.sample}"


@rule("S004", "Two readings agree, or say which stands", "Look at the source again and fill `reconciled`.")
def readings_differ(base: EvidenceBase) -> Found:
    """A second reading that differs in silence is worse than none."""
    for again in base.second_extractions.values():
        first = base.findings.get(again.finding)
        if first is None or again.reconciled:
            continue
        for name in ("value", "low", "high", "events", "denominator", "answers"):
            one, two = getattr(first, name), getattr(again, name)
            if one not in (None, "") and two not in (None, "") and one != two:
                yield again.where, f"{again.finding}: {name} was read as {one} and as {two}"
