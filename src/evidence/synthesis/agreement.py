"""How well two independent readings agree: percent for numbers, Cohen's kappa for categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.records.base import EvidenceBase

NUMBERS = ("value", "low", "high", "events", "denominator")


@dataclass(frozen=True)
class Agreement:
    """Numbers and categories that both readings give, and how far they agree.

    Attributes
    ----------
    findings
        Findings read a second time.
    numbers, same_numbers
        Numbers in both readings, and how many of them are equal.
    categories, same_categories
        Directions in both readings as a verdict takes them (yes, no, nowhere), and how many are equal.
    kappa
        Cohen's kappa of the directions; None when fewer than two categories occur.
    """

    findings: int
    numbers: int
    same_numbers: int
    categories: int
    same_categories: int
    kappa: float | None


def agreement(base: EvidenceBase) -> Agreement:
    """Compare `second-extraction.csv` with `findings.csv`."""
    readings = [(base.findings[again.finding], again) for again in base.second_extractions.values()]
    pairs = [(getattr(first, name), getattr(again, name)) for first, again in readings for name in NUMBERS]
    both = [(one, two) for one, two in pairs if one is not None and two is not None]
    # A finding that was changed after the second reading still counts with what the first reading had said.
    ways = [
        (pointing(again.first_answers or first.answers), pointing(again.answers))
        for first, again in readings
        if again.answers
    ]
    return Agreement(
        findings=len(readings),
        numbers=len(both),
        same_numbers=sum(one == two for one, two in both),
        categories=len(ways),
        same_categories=sum(one == two for one, two in ways),
        kappa=kappa(ways),
    )


def pointing(answers: str) -> str:
    """Where an answer points: a verdict takes unclear and descriptive alike."""
    return answers if answers in ("yes", "no") else "nowhere"


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two readers over the same things (cohen1960).

    Parameters
    ----------
    pairs
        The category each reader gave, thing by thing.

    Returns
    -------
    float or None
        Agreement beyond chance; None when chance alone would agree always (one category, or nothing read).
    """
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(one == two for one, two in pairs) / n
    first, second = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    expected = sum(first[name] * second[name] for name in first) / n**2
    return (observed - expected) / (1 - expected) if expected < 1 else None
