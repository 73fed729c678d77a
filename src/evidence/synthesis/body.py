"""What certainty looks at, one strand of one question, and the concerns it finds."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.records.base import EvidenceBase
from evidence.records.studies import Study
from evidence.synthesis.choices import OURS, Choices
from evidence.synthesis.described import Summary
from evidence.synthesis.grouping import Directions, Group


@dataclass(frozen=True)
class Concern:
    """Steps down (or none), with the numbers that caused them.

    Attributes
    ----------
    threshold
        Name of the threshold in `thresholds.THRESHOLDS`, which holds its value and its source.
    relief
        What would take one step away, where that can be counted.
    """

    domain: str
    steps: int
    because: str
    threshold: str
    relief: str = ""


@dataclass(frozen=True)
class Body:
    """All that certainty looks at: one strand of one question."""

    base: EvidenceBase
    question: str
    strand: str
    harm: bool
    studies: tuple[Study, ...]
    groups: tuple[Group, ...]
    summaries: tuple[Summary, ...]
    directions: Directions
    depths: frozenset[str]
    choices: Choices = OURS

    @property
    def samples(self) -> int:
        """Number of independent samples."""
        return len({study.sample for study in self.studies})

    @property
    def people(self) -> int:
        """Largest known size of each sample, added up."""
        sizes: dict[str, int] = {}
        for study in self.studies:
            sizes[study.sample] = max(sizes.get(study.sample, 0), study.n or 0)
        return sum(sizes.values())
