"""Why an answer moved: what each cause between two bases did to it, whatever the order in which causes are looked at.

Vocabulary: a *cause* is a kind of change (a study added, a number corrected, a report withdrawn, a fact lost, a number of
the method); a *coalition* is a set of causes that have happened while the others have not. Each cause gets its Shapley
value (shapley1953): the mean of what it adds over all orders, so that the parts sum to the whole move. What is left between
the value an edition printed and the one computed from its own tables under its own numbers is a change of code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from typing import Any, TypeVar

from evidence.records.base import WITHDRAWN, EvidenceBase
from evidence.records.model import Appraisal, Correction
from evidence.records.tidy import natural
from evidence.synthesis.answers import Answer, compute
from evidence.synthesis.constants import constants, under
from evidence.synthesis.described import PooledGroup
from evidence.synthesis.effects import back
from evidence.synthesis.grouping import Group

ADDED, CORRECTED, WITHDRAWALS, LOST, METHOD, CODE = (
    "added", "corrected", "withdrawn", "lost", "method", "code",
)  # fmt: skip
# What can be combined freely; code cannot, since the old one is gone.
CAUSES = (ADDED, CORRECTED, WITHDRAWALS, LOST, METHOD)
# Tables that an answer looks at, by the name of the field of the base.
KEYED = ("questions", "outcomes", "samples", "studies", "findings", "second_extractions", "overrides", "registrations",
         "jurisdictions")  # fmt: skip
# Parts smaller than this are rounding.
NOTHING = 1e-9

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """What is looked at in an answer.

    Attributes
    ----------
    verdict, level
        The verdict shown, and the certainty as 0 to 3 (−1 where there is none).
    estimate, low, high
        The average of the group in question with its interval, on the scale people read; None where there is none.
    """

    verdict: str
    level: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Move:
    """How one number moved, and what each cause added to it.

    Attributes
    ----------
    what
        verdict, certainty, estimate, low or high. A verdict moves from 0 (the old one) to 1 (the new one).
    before, after
        Its values.
    parts
        Cause and what it added, the largest first; they sum to ``after - before``.
    """

    what: str
    before: float
    after: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Attribution:
    """Why the answer to one question moved."""

    question: str
    before: Reading
    after: Reading
    moves: tuple[Move, ...]


def attribute(
    question: str, before: EvidenceBase, after: EvidenceBase, numbers: Mapping[str, Any] | None = None,
    printed: Reading | None = None,
) -> Attribution | None:  # fmt: skip
    """Split every move of one answer between two bases.

    Parameters
    ----------
    before, after
        The base then and now.
    numbers
        The numbers of the method then, as `constants` wrote them; None for those of today.
    printed
        What the earlier edition printed, where it is known; what differs from it is put down to code.

    Returns
    -------
    Attribution or None
        None when the question is not in both bases, or nothing of it moved.
    """
    if question not in before.questions or question not in after.questions:
        return None
    used = {finding.outcome for base in (before, after) for finding in base.findings_by_question.get(question, ())}
    before, after = _about(before, question, used), _about(after, question, used)
    group = _group_of(compute(after, question))
    values = _values(question, before, after, numbers if numbers is not None else constants(), group)
    start, end = values[frozenset()], values[frozenset(CAUSES)]
    then = replace(start, verdict=printed.verdict, level=printed.level) if printed else start
    moves = tuple(move for what, read in _scales(end) if (move := _move(what, read, values, then)) is not None)
    return Attribution(question, then, end, moves) if moves else None


def _about(base: EvidenceBase, question: str, outcomes: set[str]) -> EvidenceBase:
    """All of a base that one answer looks at: the rest would be merged many times for nothing."""
    findings = {f.finding: f for f in base.findings_by_question.get(question, ())}
    studies = {f.study: base.studies[f.study] for f in findings.values()}
    return replace(
        base, findings=findings, studies=studies, questions={question: base.questions[question]}, day=base.today.isoformat(),
        second_extractions={name: base.second_extractions[name] for name in findings if name in base.second_extractions},
        appraisals=tuple(item for key in studies for item in base.appraisals_by_study.get(key, ())),
        jurisdictions={name: item for name, item in base.jurisdictions.items() if item.question == question},
        registrations={name: item for name, item in base.registrations.items() if item.question == question},
        outcomes={name: base.outcomes[name] for name in outcomes if name in base.outcomes},
    )  # fmt: skip


def _group_of(reply: Answer) -> tuple[str, Group] | None:
    """The group whose average is followed: the first one of the deciding evidence that is averaged today."""
    if reply.deciding is None:
        return None
    pairs = zip(reply.deciding.groups, reply.deciding.summaries, strict=True)
    return next(((reply.deciding.name, group) for group, summary in pairs if isinstance(summary, PooledGroup)), None)


def _read(reply: Answer, wanted: tuple[str, Group] | None) -> Reading:
    level = reply.deciding.certainty.level if reply.deciding and reply.deciding.certainty else -1
    for strand in reply.strands:
        for group, summary in zip(strand.groups, strand.summaries, strict=True):
            if wanted and strand.name == wanted[0] and _same(group, wanted[1]) and isinstance(summary, PooledGroup):
                ends = (summary.pooled.y, summary.pooled.low, summary.pooled.high)
                return Reading(reply.verdict.name, level, *(back(summary.scale, value) for value in ends))
    return Reading(reply.verdict.name, level)


def _same(one: Group, two: Group) -> bool:
    return (one.outcome, one.measure, one.people) == (two.outcome, two.measure, two.people)


def _values(
    question: str,
    before: EvidenceBase,
    after: EvidenceBase,
    numbers: Mapping[str, Any],
    group: tuple[str, Group] | None,
) -> dict[frozenset[str], Reading]:
    """The reading of every coalition; causes that are not there change nothing and are not computed twice."""
    data = [cause for cause in CAUSES if cause != METHOD]
    values = {}
    for size in range(len(data) + 1):
        for some in combinations(data, size):
            base = _mixed(before, after, frozenset(some))
            with under(numbers):
                values[frozenset(some)] = _read(compute(base, question), group)
            values[frozenset((*some, METHOD))] = _read(compute(base, question), group)
    return values


def _mixed(before: EvidenceBase, after: EvidenceBase, happened: frozenset[str]) -> EvidenceBase:
    """The base in which only some causes have happened."""
    tables: dict[str, Any] = {name: _merge(getattr(before, name), getattr(after, name), happened) for name in KEYED}
    outcomes, studies = tables["outcomes"], tables["studies"]
    tables["findings"] = {
        name: f for name, f in tables["findings"].items() if f.study in studies and f.outcome in outcomes
    }
    judged = _merge(_by_domain(before), _by_domain(after), happened)
    tables["appraisals"] = tuple(item for item in judged.values() if item.study in studies)
    tables["corrections"] = after.corrections if WITHDRAWALS in happened else _without_new(before, after)
    tables["references"] = {**before.references, **after.references}
    return replace(after, **tables)


def _by_domain(base: EvidenceBase) -> dict[tuple[str, str], Appraisal]:
    return {(item.study, item.domain): item for item in base.appraisals}


def _without_new(before: EvidenceBase, after: EvidenceBase) -> tuple[Correction, ...]:
    """Today's corrections with the withdrawals of then."""
    others = [item for item in after.corrections if item.kind not in WITHDRAWN]
    return (*others, *(item for item in before.corrections if item.kind in WITHDRAWN))


def _merge(before: Mapping[Any, T], after: Mapping[Any, T], happened: frozenset[str]) -> dict[Any, T]:
    found: dict[Any, T] = {}
    for key in sorted({**before, **after}, key=lambda key: natural(" ".join((key,) if isinstance(key, str) else key))):
        if key in before and key in after:
            found[key] = after[key] if CORRECTED in happened else before[key]
        elif key in after and ADDED in happened:
            found[key] = after[key]
        elif key in before and LOST not in happened:
            found[key] = before[key]
    return found


Scale = Callable[[Reading], float | None]


def _scales(end: Reading) -> Iterable[tuple[str, Scale]]:
    yield "verdict", lambda reading: float(reading.verdict == end.verdict)
    yield "certainty", lambda reading: float(reading.level)
    yield "estimate", lambda reading: reading.estimate
    yield "low", lambda reading: reading.low
    yield "high", lambda reading: reading.high


def _move(what: str, read: Scale, values: Mapping[frozenset[str], Reading], then: Reading) -> Move | None:
    """The parts of one move; None where it did not move, or where there is no such number in some coalition."""
    numbers = {happened: read(reading) for happened, reading in values.items()}
    known = {happened: number for happened, number in numbers.items() if number is not None}
    before = read(then)
    if before is None or len(known) < len(numbers):
        return None
    parts = {cause: _shapley(cause, known) for cause in CAUSES}
    parts[CODE] = known[frozenset()] - before
    after = known[frozenset(CAUSES)]
    told = tuple(sorted(((c, v) for c, v in parts.items() if abs(v) > NOTHING), key=lambda part: -abs(part[1])))
    return Move(what, before, after, told) if told else None


def _shapley(cause: str, values: Mapping[frozenset[str], float]) -> float:
    others = [other for other in CAUSES if other != cause]
    n, total = len(CAUSES), 0.0
    for size in range(n):
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for some in combinations(others, size):
            total += weight * (values[frozenset((*some, cause))] - values[frozenset(some)])
    return total
