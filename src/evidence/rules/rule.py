"""What a rule is: a code, a sentence on why, and ten lines that yield problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.problems import ERROR, Problem

Finder = Callable[[EvidenceBase], Iterator[tuple[Location, str]]]


@dataclass(frozen=True)
class Rule:
    """A coded rule over the typed base.

    Attributes
    ----------
    code
        Letter of the family and three digits; the failing example in the tests bears it.
    title
        The rule as a statement of how things should be.
    advice
        What to do when it is broken.
    find
        Yields the place and the sentence of each breach.
    level
        ``error`` stops an edition, ``warning`` does not.
    """

    code: str
    title: str
    advice: str
    find: Finder
    level: str = ERROR

    def problems(self, base: EvidenceBase) -> Iterator[Problem]:
        """Every breach as a problem."""
        for where, message in self.find(base):
            yield Problem(where, self.code, message, self.advice, level=self.level)


RULES: dict[str, Rule] = {}


def rule(code: str, title: str, advice: str, level: str = ERROR) -> Callable[[Finder], Finder]:
    """Register a function as the rule of that code."""

    def register(find: Finder) -> Finder:
        if code in RULES:
            raise ValueError(f"two rules are called {code}")
        RULES[code] = Rule(code, title, advice, find, level)
        return find

    return register
