"""Q: questions can be answered in the way their kind asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.problems import WARNING
from evidence.rules.rule import rule

Found = Iterator[tuple[Location, str]]

# Measures that compare; a mean or share of one group may stand by itself, as part of a comparison.
CONTRASTS = ("mean difference", "standardised mean difference", "risk ratio", "odds ratio", "hazard ratio", "rate ratio",
             "ratio of means", "correlation", "direction only")  # fmt: skip
COUNTED = ("frequency",)
EDITION = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


@rule(
    "Q001", "A threshold has a unit and a source", "Fill threshold_unit and threshold_source, or leave all three empty."
)
def threshold_unsourced(base: EvidenceBase) -> Found:
    """A difference that matters is somebody's finding, not our taste."""
    for question in base.questions.values():
        parts = (question.threshold is not None, bool(question.threshold_unit), bool(question.threshold_source))
        if any(parts) and not all(parts):
            yield question.where, f"{question.question}: threshold, unit and source are not all there"


@rule("Q002", "A question of how much names what is counted", "Fill `subject`: it completes 'Reports put … at'.")
def subject_missing(base: EvidenceBase) -> Found:
    """The sentence about a share needs a subject."""
    for question in base.questions.values():
        if question.kind in COUNTED and not question.subject:
            yield question.where, f"{question.question} is a question of {question.kind} without a subject"


@rule("Q003", "A comparison on an effect or mechanism points somewhere", "Use yes, no or unclear in `answers`.")
def finding_without_direction(base: EvidenceBase) -> Found:
    """A comparison, read alone, says yes, no or that it is unclear."""
    for finding in base.findings.values():
        question = base.questions.get(finding.question)
        directed = question and question.directed and finding.measure in CONTRASTS
        if directed and finding.answers == "descriptive":
            yield finding.where, f"{finding.finding} is descriptive, but {finding.question} asks for a direction"


@rule(
    "Q007",
    "Sizes of an outcome ascend and have a source",
    "Fill small, moderate, large and sizes_source, or leave all empty.",
)
def sizes_unsourced(base: EvidenceBase) -> Found:
    """What counts as large is somebody's finding or convention, not our taste."""
    for outcome in base.outcomes.values():
        sizes = (outcome.small, outcome.moderate, outcome.large)
        if not any(size is not None for size in sizes) and not outcome.sizes_source:
            continue
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes) or not outcome.sizes_source:
            yield outcome.where, f"{outcome.outcome}: the three sizes and their source are not all there"
        elif sorted(set(known)) != known:
            yield outcome.where, f"{outcome.outcome}: the sizes {known} do not ascend"


@rule("Q005", "An outcome is used", "Use it, or delete the row.", level=WARNING)
def outcome_unused(base: EvidenceBase) -> Found:
    """The vocabulary holds what is measured, no more."""
    used = {finding.outcome for finding in base.findings.values()}
    for outcome in base.outcomes.values():
        if outcome.outcome not in used:
            yield outcome.where, f"no finding has the outcome {outcome.outcome}"


@rule(
    "Q006",
    "A status question is answered by jurisdictions.csv",
    "Move the row to jurisdictions.csv, or correct the question.",
)
def status_by_finding(base: EvidenceBase) -> Found:
    """Law is a row with an instrument and a date, not a number."""
    for finding in base.findings.values():
        question = base.questions.get(finding.question)
        if question and question.kind == "status":
            yield finding.where, f"{finding.finding} answers the status question {question.question}"


@rule("Q008", "A review names a question or an edition", "Write the name of a question, or an edition as 2026-11.")
def review_of_nothing(base: EvidenceBase) -> Found:
    """A sign-off that belongs to nothing signs nothing."""
    for review in base.reviews:
        if review.subject not in base.questions and not EDITION.match(review.subject):
            yield review.where, f"{review.subject} is neither a question nor an edition"
