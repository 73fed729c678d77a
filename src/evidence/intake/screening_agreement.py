"""How far screeners agree, two by two, on the records that both decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from evidence.records.base import EvidenceBase
from evidence.synthesis.agreement import kappa


@dataclass(frozen=True)
class ScreenerAgreement:
    """How far two screeners agree on the records both decided.

    Attributes
    ----------
    both, same
        Records both decided, and how many they decided alike.
    kappa
        Cohen's kappa; None when both used one and the same word throughout, or shared no record.
    conflicts
        Records on which they differ.
    """

    screeners: tuple[str, str]
    both: int
    same: int
    kappa: float | None
    conflicts: tuple[str, ...]


def agreement(base: EvidenceBase) -> tuple[ScreenerAgreement, ...]:
    """Every two screeners with the records both decided."""
    said: dict[str, dict[str, str]] = {}
    for item in base.screening:
        said.setdefault(item.screener, {})[item.record] = item.decision
    return tuple(_pair(one, two, said) for one, two in combinations(sorted(said), 2))


def _pair(one: str, two: str, said: Mapping[str, Mapping[str, str]]) -> ScreenerAgreement:
    both = [record for record in said[one] if record in said[two]]
    conflicts = tuple(record for record in both if said[one][record] != said[two][record])
    pairs = [(said[one][record], said[two][record]) for record in both]
    return ScreenerAgreement((one, two), len(both), len(both) - len(conflicts), kappa(pairs), conflicts)
