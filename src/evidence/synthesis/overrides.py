"""Verdicts set in writing: the rule that they still meet what they were written for."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.rules.rule import rule
from evidence.synthesis.answers import answer


@rule("Q004", "An override still meets the verdict it was written for", "Look at the new evidence and decide again.")
def stale_override(base: EvidenceBase) -> Iterator[tuple[Location, str]]:
    """When evidence moves the computed verdict, the person who overruled it has to look again."""
    for override in base.overrides.values():
        if override.question not in base.questions:
            continue
        computed = answer(base, override.question).verdict.computed
        if computed != override.expected:
            yield override.where, f"{override.question}: expected {override.expected}, but {computed} is computed now"
