"""All problems of a workspace at once, sorted by file and line."""

from __future__ import annotations

from evidence.records.base import EvidenceBase, type_sources
from evidence.records.problems import ERROR, Problem
from evidence.records.sources import read_sources
from evidence.rules import appraisal, citations, flow, identity, numbers, questions, samples
from evidence.rules.rule import RULES
from evidence.rules.structure import structural_problems
from evidence.synthesis import overrides
from evidence.workspace import Workspace

FAMILIES = (
    citations,
    identity,
    numbers,
    samples,
    appraisal,
    questions,
    flow,
    overrides,
)  # importing one registers its rules


def check(target: EvidenceBase | Workspace) -> list[Problem]:
    """Every problem of the tables and the bibliography; changes nothing.

    Parameters
    ----------
    target
        A workspace, or a base, whose workspace is read afresh from disk.

    Returns
    -------
    list of Problem
        Sorted by file and line; empty when all is well.
    """
    workspace = target if isinstance(target, Workspace) else target.workspace
    sources = read_sources(workspace)
    base = type_sources(sources, strict=False)
    found = set(sources.problems) | set(structural_problems(sources))
    for item in RULES.values():
        found.update(item.problems(base))
    return sorted(found)


def errors_only(problems: list[Problem]) -> list[Problem]:
    """Those that stop an edition."""
    return [problem for problem in problems if problem.level == ERROR]
