"""Every defensible path from the same rows to a verdict, and the shortest one that ends elsewhere (steegen2016).

A path leaves out kinds of evidence or of studies that a careful person could distrust, lets another report speak for a
sample, and combines estimates in another way. The rules from there to the verdict stay ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.rules.tools import OVERALL
from evidence.synthesis.answers import Answer, answer, compute
from evidence.synthesis.certainty import BAD
from evidence.synthesis.choices import ARCSINE, FIRST, LARGEST, LOGIT, NEWEST, Choices
from evidence.synthesis.described import PooledGroup
from evidence.synthesis.grouping import CASES, REVIEWS, SURVEYS, strand_of
from evidence.synthesis.pooling import HK, WALD
from evidence.synthesis.verdicts import UNSTUDIED

Leaves = Callable[[EvidenceBase, Finding], bool]
# An entry of `interests` that begins so says that there are none.
NO_INTERESTS = "none"


def _kept(base: EvidenceBase, finding: Finding) -> bool:
    return False


def _biased(base: EvidenceBase, finding: Finding) -> bool:
    return any(a.domain == OVERALL and a.judgement in BAD for a in base.appraisals_by_study.get(finding.study, ()))


def _excerpt(base: EvidenceBase, finding: Finding) -> bool:
    return finding.depth_seen == "excerpt"


def _interested(base: EvidenceBase, finding: Finding) -> bool:
    interests = base.studies[finding.study].interests.lower()
    return bool(interests) and not interests.startswith(NO_INTERESTS)


def _of_kind(name: str) -> Leaves:
    return lambda base, finding: strand_of(base.studies[finding.study]) == name


# Each dimension: our choice first, under an empty name, then the others by what they do.
INCLUSION: tuple[dict[str, Leaves], ...] = (
    {"": _kept, "leave out studies at high or serious risk of bias": _biased},
    {"": _kept, "leave out what was seen only in excerpts": _excerpt},
    {"": _kept, "leave out studies whose authors name an interest": _interested},
    {"": _kept, "leave out case reports and series": _of_kind(CASES), "leave out surveys of volunteers": _of_kind(SURVEYS),
     "leave out reviews by others": _of_kind(REVIEWS)},
)  # fmt: skip
VOICE = {"": LARGEST, f"let {FIRST} speak for a sample": FIRST, f"let {NEWEST} speak for a sample": NEWEST}
METHOD = {"": "REML", "estimate tau2 by DerSimonian and Laird": "DL", "estimate tau2 by Paule and Mandel": "PM"}
INTERVAL = {"": HK, "take Wald intervals": WALD}
SHARES = {"": LOGIT, "combine shares on the arcsine scale": ARCSINE}


@dataclass(frozen=True)
class Path:
    """One set of choices and where it ends."""

    choices: tuple[str, ...]
    verdict: str
    lean: str


@dataclass(frozen=True)
class Multiverse:
    """All paths of one question; the first is ours.

    Attributes
    ----------
    holds
        Number of paths that end at our verdict, pointing the same way.
    empty
        Number of paths that leave no direct evidence.
    shortest
        A path with the fewest other choices that ends elsewhere with evidence left; None when there is none.
    """

    paths: tuple[Path, ...]
    holds: int
    empty: int
    shortest: Path | None

    @property
    def share(self) -> float:
        """Share of paths that hold, from 0 to 1."""
        return self.holds / len(self.paths)


def multiverse(base: EvidenceBase, question: str) -> Multiverse | None:
    """Follow every path of one question; None where nothing is weighed (legal status, or no evidence seen)."""
    ours = answer(base, question)
    if ours.question.kind == "status" or ours.deciding is None:
        return None
    combining = _combinations(ours)
    paths = []
    for kept in product(*(dimension.items() for dimension in INCLUSION)):
        part = _part(base, tuple(name for name, _ in kept))
        for voice, method, interval, shares in combining:
            then = compute(part, question, Choices(METHOD[method], INTERVAL[interval], SHARES[shares], VOICE[voice]))
            names = tuple(name for name in (*(name for name, _ in kept), voice, method, interval, shares) if name)
            paths.append(Path(names, then.verdict.computed, then.lean))
    first = paths[0]
    elsewhere = [path for path in paths if (path.verdict, path.lean) != (first.verdict, first.lean)]
    left = [path for path in elsewhere if path.verdict != UNSTUDIED]
    return Multiverse(
        paths=tuple(paths), holds=len(paths) - len(elsewhere), empty=len(elsewhere) - len(left),
        shortest=min(left, key=lambda path: len(path.choices), default=None),
    )  # fmt: skip


def _combinations(ours: Answer) -> tuple[tuple[str, str, str, str], ...]:
    """Every way to combine; ways that can change nothing here are not counted as paths."""
    shared = {ours.base.studies[finding.study].sample for finding in ours.findings} & set(ours.base.samples)
    scales = {
        summary.scale for strand in ours.strands for summary in strand.summaries if isinstance(summary, PooledGroup)
    }
    ours_only = ("",)
    return tuple(
        product(VOICE if shared else ours_only, METHOD if scales else ours_only, INTERVAL if scales else ours_only,
                SHARES if LOGIT in scales else ours_only)
    )  # fmt: skip


@lru_cache(maxsize=64)
def _part(base: EvidenceBase, names: tuple[str, ...]) -> EvidenceBase:
    leaves = [dimension[name] for dimension, name in zip(INCLUSION, names, strict=True)]
    return base.without(
        name for name, finding in base.findings.items() if any(leave(base, finding) for leave in leaves)
    )
