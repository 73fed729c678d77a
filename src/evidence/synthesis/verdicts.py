"""From certainty and agreement to one of five verdicts, with the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.synthesis.certainty import LOW, MODERATE, SPLIT, Certainty
from evidence.synthesis.grouping import Directions

KNOWN, LIKELY, CONTESTED, UNCERTAIN, UNSTUDIED = "KNOWN", "LIKELY", "CONTESTED", "UNCERTAIN", "UNSTUDIED"
VERDICTS = (KNOWN, LIKELY, CONTESTED, UNCERTAIN, UNSTUDIED)


@dataclass(frozen=True)
class Verdict:
    """The verdict that stands, the one that was computed, and why.

    Attributes
    ----------
    name
        The verdict shown.
    computed
        The verdict of the rule; differs from `name` only where a person overruled it in writing.
    rule
        The rule that decided, in words.
    override
        The person's reason; empty when nobody overruled.
    """

    name: str
    computed: str
    rule: str
    override: str = ""


def judge(certainty: Certainty | None, ways: Directions, *, directed: bool) -> Verdict:
    """The verdict of one strand.

    Parameters
    ----------
    certainty
        None when there is no direct evidence.
    ways
        How many samples point which way.
    directed
        Whether the question asks for yes or no (effect, mechanism).
    """
    if certainty is None:
        return _computed(UNSTUDIED, "no direct evidence was seen")
    apart = _apart(ways) if directed else None
    if apart:
        return apart
    if certainty.level >= MODERATE:
        return _computed(KNOWN, f"certainty is {certainty.name}")
    if certainty.level == LOW:
        return _computed(LIKELY, "certainty is low, and the samples agree")
    return _computed(UNCERTAIN, "certainty is very low")


def _apart(ways: Directions) -> Verdict | None:
    """The verdict of samples that do not agree, whatever their certainty; None where they agree."""
    if not ways.pointing:
        return _computed(UNCERTAIN, "no sample points to yes or to no")
    if ways.pointing == 1 and ways.both:
        return _computed(UNCERTAIN, "the only sample that points somewhere points both ways")
    if ways.pointing > 1 and ways.minority_share >= SPLIT:
        return _computed(CONTESTED, "a third or more of the samples point the other way")
    return None


def _computed(name: str, rule: str) -> Verdict:
    return Verdict(name, name, rule)
