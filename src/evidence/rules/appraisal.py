"""A: judgements use their tool's domains and words."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.rules.rule import rule
from evidence.rules.tools import OVERALL, TOOLS

Found = Iterator[tuple[Location, str]]


@rule("A001", "A judgement stands in a domain of its tool", "Use the domains listed in docs/codebook.md.")
def domain_unknown(base: EvidenceBase) -> Found:
    """Columns are never guessed by position: a domain has a name."""
    for item in base.appraisals:
        tool = TOOLS.get(item.tool)
        if tool and item.domain not in tool.domains:
            yield item.where, f"{item.study}: {item.tool} has no domain {item.domain!r}"


@rule("A002", "A judgement is one of its tool's words", "Use the judgements listed in docs/codebook.md.")
def judgement_unknown(base: EvidenceBase) -> Found:
    """Each tool has its own scale, and every scale has 'no information'."""
    for item in base.appraisals:
        tool = TOOLS.get(item.tool)
        if tool and item.judgement not in tool.judgements:
            yield item.where, f"{item.study}: {item.judgement!r} is not a judgement of {item.tool}"


@rule("A003", "The overall judgement is no better than the worst domain", "Correct the overall judgement.")
def overall_too_good(base: EvidenceBase) -> Found:
    """RoB 2 and ROBINS-I: the overall risk is at least that of the worst domain."""
    for items in base.appraisals_by_study.values():
        for overall in (item for item in items if item.domain == OVERALL):
            scale = TOOLS[overall.tool].judgements
            worst = max(
                (scale.index(i.judgement) for i in items if i.tool == overall.tool and i.judgement in scale[:-1]),
                default=0,
            )
            if overall.judgement in scale[:-1] and scale.index(overall.judgement) < worst:
                yield overall.where, f"{overall.study}: overall {overall.judgement}, but a domain is {scale[worst]}"


@rule("A004", "Every study is appraised", "Judge it domain by domain; 'no information' is an answer.")
def not_appraised(base: EvidenceBase) -> Found:
    """Nobody should have to guess whether a study was judged."""
    for study in base.studies.values():
        if study.study not in base.appraisals_by_study:
            yield study.where, f"{study.study} is not appraised"
