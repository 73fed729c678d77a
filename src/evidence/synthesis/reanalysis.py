"""One question as plain numbers and words, for another engine to weigh again, and what the rules make of it to compare.

The browser holds a port of the rules (`editions/assets/weighing.js`). It gets what the rules look at from here, thresholds and
quantiles included, so that no number that decides is written twice; the tests run both on the same questions and choices.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scipy.stats import chi2, norm, t

from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.records.studies import DRAWN_BY_CHANCE, LaboratoryStudy, Study, Survey
from evidence.rules.tools import OVERALL
from evidence.synthesis import certainty as c
from evidence.synthesis import imprecision as i
from evidence.synthesis.answers import ORDER, Answer, Strand
from evidence.synthesis.choices import ARCSINE, LOGIT
from evidence.synthesis.described import MIN_POOLED, PooledGroup, Summary
from evidence.synthesis.effects import effect, no_effect
from evidence.synthesis.grouping import (
    DEPTHS,
    REGION,
    SAME_SYSTEM,
    STRANDS,
    VOICES,
    people_of,
    primary,
    rank_in_system,
    strand_of,
)
from evidence.synthesis.onestage import quadrature
from evidence.synthesis.pooling import LEVEL
from evidence.synthesis.registered import is_overdue
from evidence.synthesis.sizes import bounds

Plain = dict[str, Any]
# Fields of a pooled result that another engine must find too; names and weights beside them.
NUMBERS = ("k", "y", "se", "low", "high", "tau2", "tau2_low", "tau2_high", "i2", "q", "pi_low", "pi_high")


def inputs(reply: Answer) -> Plain:
    """All that the rules look at for one question, as JSON can hold it."""
    base, question = reply.base, reply.question
    findings = base.findings_by_question.get(question.question, ())
    studies = [base.studies[key] for key in dict.fromkeys(finding.study for finding in findings)]
    place = {study.study: number for number, study in enumerate(studies)}
    ranks = _ranks(base, findings)
    speaks = {finding.finding for finding in primary(base, findings)}
    override = base.overrides.get(question.question)
    return {
        "question": {"kind": question.kind, "directed": question.directed, "harm": question.valence == "harm",
                     "main": question.main_outcome},
        "override": {"expected": override.expected, "chosen": override.chosen} if override else None,
        "overdue": [[item.registration, item.planned_n or 0] for item in base.registrations.values()
                    if item.question == question.question and is_overdue(item, base.today)],
        "studies": [_study(base, study) for study in studies],
        "findings": [_finding(base, f, place[f.study], ranks[f.finding], speaks=f.finding in speaks) for f in findings],
        "outcomes": {name: _outcome(base, name, findings) for name in dict.fromkeys(f.outcome for f in findings)},
        "rules": rules(question.kind),
        "quantiles": quantiles(len(findings)),
    }  # fmt: skip


def _study(base: EvidenceBase, study: Study) -> Plain:
    shared = base.samples.get(study.sample)
    judged = base.appraisals_by_study.get(study.study, ())
    return {
        "study": study.study, "label": base.references[study.citekey].label, "sample": study.sample,
        "strand": strand_of(study), "people": people_of(study), "n": study.n,
        "system": shared is not None and shared.basis == SAME_SYSTEM,
        "survey": isinstance(study, Survey), "chance": getattr(study, "recruitment", "") == DRAWN_BY_CHANCE,
        "passive": getattr(study, "design", "") in c.PASSIVE_DESIGNS,
        "overall": next((a.judgement for a in reversed(judged) if a.domain == OVERALL), ""),
        "random": isinstance(study, LaboratoryStudy) and any(
            a.domain == c.PRODUCTS_AT_RANDOM and a.judgement == "yes" for a in judged),
    }  # fmt: skip


def _finding(base: EvidenceBase, finding: Finding, study: int, ranks: Plain, *, speaks: bool) -> Plain:
    scales = {name: effect(finding, name) for name in (LOGIT, ARCSINE)}
    return {
        "finding": finding.finding, "study": study, "outcome": finding.outcome, "measure": finding.measure,
        "answers": finding.answers, "depth": finding.depth_seen, "speaks": speaks, "ranks": ranks,
        "value": finding.value, "low": finding.low, "high": finding.high,
        "events": finding.events, "denominator": finding.denominator,
        "effects": {name: [item.y, item.v, item.scale] for name, item in scales.items() if item},
    }  # fmt: skip


def _ranks(base: EvidenceBase, findings: tuple[Finding, ...]) -> dict[str, Plain]:
    """The place of each finding in every order in which one may speak for its sample."""
    orders = {**VOICES, SAME_SYSTEM: rank_in_system}
    ranks: dict[str, Plain] = {finding.finding: {} for finding in findings}
    for name, order in orders.items():
        for place, finding in enumerate(sorted(findings, key=order)):
            ranks[finding.finding][name] = place
    return ranks


def _outcome(base: EvidenceBase, name: str, findings: tuple[Finding, ...]) -> Plain:
    outcome = base.outcomes[name]
    measures = dict.fromkeys(finding.measure for finding in findings if finding.outcome == name)
    return {"name": outcome.name, "unit": outcome.unit,
            "sizes": {measure: bounds(outcome, measure) for measure in measures},
            "none": {measure: no_effect(measure) for measure in measures}}  # fmt: skip


def rules(kind: str) -> Plain:
    """Every threshold and table of one kind of question."""
    nodes, log_weights = quadrature()
    return {
        "levels": c.LEVELS, "split": c.SPLIT, "apart": c.SHARES_APART, "fold": c.FOLD_APART, "half": c.HALF,
        "reviews": c.MIN_REVIEWS, "bad": c.BAD, "parts": sorted(c.PARTS), "unanswered": c.NO_ANSWER,
        "starts": c.WHERE_MECHANISM_STARTS if kind == "mechanism" else c.WHERE_EFFECTS_START,
        "order": ORDER.get(kind, ()), "strands": STRANDS, "region": REGION, "depths": DEPTHS, "pooled": MIN_POOLED,
        "wide": i.WIDE_SHARES, "steps": i.MOST_STEPS, "far": i.FAR_BELOW, "hardly": i.HARDLY_ANYONE,
        "medium": i.MEDIUM_DIFFERENCE, "size": float(norm.ppf(1 - i.ALPHA / 2) + norm.ppf(i.POWER)),
        "harm": i.HARM_IN_100, "three": i.RULE_OF_THREE,
        "nodes": [float(x) for x in nodes], "weights": [float(x) for x in log_weights],
    }  # fmt: skip


def quantiles(most: int) -> Plain:
    """Quantiles for up to `most` estimates: of the normal, of t with k - 1, and both tails of chi-squared with k - 1."""
    upper = 0.5 + LEVEL / 2
    return {
        "z": float(norm.ppf(upper)),
        "t": [float(t.ppf(upper, df)) for df in range(1, max(most, 2))],
        "chi2": [[float(chi2.ppf(upper, df)), float(chi2.ppf(1 - upper, df))] for df in range(1, max(most, 2))],
    }


def result(reply: Answer) -> Plain:
    """What the rules made of it: what another engine must find, number by number and word by word."""
    return {
        "verdict": reply.verdict.name, "computed": reply.verdict.computed, "rule": reply.verdict.rule, "lean": reply.lean,
        "deciding": reply.deciding.name if reply.deciding else None,
        "strands": [_strand(strand) for strand in reply.strands],
    }  # fmt: skip


def _strand(strand: Strand) -> Plain:
    found, ways = strand.certainty, strand.directions
    return {
        "name": strand.name, "samples": strand.samples, "people": strand.people,
        "ways": [ways.yes, ways.no, ways.both, ways.unclear],
        "certainty": found and {
            "level": found.level, "start": found.start,
            "concerns": [[item.domain, item.steps, item.because] for item in found.concerns]},
        "groups": [
            {"outcome": group.outcome, "measure": group.measure, "people": group.people,
             "voices": [voice.finding.finding for voice in group.voices], "summary": _summary(summary)}
            for group, summary in zip(strand.groups, strand.summaries, strict=True)],
    }  # fmt: skip


def _summary(summary: Summary) -> Plain:
    if not isinstance(summary, PooledGroup):
        return asdict(summary)
    pooled = summary.pooled
    return {**{name: getattr(pooled, name) for name in NUMBERS}, "weights": list(pooled.weights),
            "guarded": pooled.guarded, "scale": summary.scale}  # fmt: skip
