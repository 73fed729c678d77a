"""Pages across questions: the map of evidence, the gaps, and public claims."""

from __future__ import annotations

from collections import Counter
from datetime import date
from html import escape

from evidence.display.board import IMPORTANCE
from evidence.display.chips import verdict_chip
from evidence.display.marks import page_of_question
from evidence.display.phrases import plural
from evidence.display.tables import Html, link, outside, table
from evidence.display.wording import verdict_statement
from evidence.records.base import EvidenceBase
from evidence.records.model import Claim
from evidence.synthesis.answers import Answer, Strand, answer, answers
from evidence.synthesis.grouping import REVIEWS, STRANDS
from evidence.synthesis.registered import is_overdue
from evidence.synthesis.verdicts import CONTESTED, KNOWN, UNCERTAIN, UNSTUDIED
from evidence.synthesis.what_if import SIZES, gains

# After every size that is tried.
NEVER = max(SIZES) + 1


def evidence_map(base: EvidenceBase) -> Html:
    """Question by kind of evidence: samples, people (or animals, or products), and how certain; and the empty places."""
    rows = []
    for item in answers(base):
        strands = {strand.name: _place(strand) for strand in item.strands}
        name = item.question.question
        rows.append(
            [link(page_of_question(name), item.question.wording), *(strands.get(kind, "·") for kind in STRANDS)]
        )
    caption = ("Independent samples, people (animals, products) in them, and the certainty that this kind of evidence reaches; "
               "indirect evidence has none, a dot is an empty place")  # fmt: skip
    return Html(f"<h1>Maps</h1><h2>Where evidence is</h2>{table(caption, ('Question', *STRANDS), rows, css='map')}")


def _place(strand: Strand) -> Html:
    size = f'<span class="seen">{strand.people:,}</span>' if strand.people and strand.name != REVIEWS else ""
    level = (
        f'<span class="place-level l{strand.certainty.level}">{strand.certainty.name}</span>'
        if strand.certainty
        else ""
    )
    return Html(f"<strong>{strand.samples}</strong> {size} {level}")


def gaps(base: EvidenceBase, day: date) -> Html:
    """Five kinds of not knowing, told apart; ranked by what to study next.

    First the critical questions, then those that the smallest study would move.

    Parameters
    ----------
    base
        The evidence.
    day
        The day of the edition, from which it is counted what has gone stale.
    """
    everyone = sorted(answers(base), key=_next)
    kinds = {
        "Unstudied: no direct evidence was seen": [a for a in everyone if a.verdict.name == UNSTUDIED],
        "Contested: comparable evidence points apart": [a for a in everyone if a.verdict.name == CONTESTED],
        "Uncertain: studied, but the certainty is very low": [a for a in everyone if a.verdict.name == UNCERTAIN],
        "Stale: not looked at within its review interval": [a for a in everyone if a.is_stale(day)],
        "Under way: a registered study without results": [a for a in everyone if _under_way(a)],
    }
    parts = ["<h1>What we don't know</h1>"]
    for title, members in kinds.items():
        rows = [[link(page_of_question(a.question.question), a.question.wording), a.question.importance,
                 verdict_chip(a.verdict.name), _smallest(a), a.question.settle, _under_way(a) or "none seen"]
                for a in members]  # fmt: skip
        header = ("Question", "Importance", "Verdict", "Smallest study that moves it", "What would settle it",
                  "Registered, without results")  # fmt: skip
        shown = table(plural(len(rows), "question"), header, rows) if rows else Html("<p>None.</p>")
        parts.append(f"<section><h2>{escape(title)}</h2>{shown}</section>")
    return Html("".join(parts))


def _next(item: Answer) -> tuple[int, int]:
    """What to study next: by importance, then by how small a study would move the verdict."""
    sizes = [size for gain in gains(item.base, item.question.question) for size, _ in gain.steps]
    return IMPORTANCE.index(item.question.importance), min(sizes, default=NEVER)


def _smallest(item: Answer) -> str:
    found = [
        (size, gain.design, verdict)
        for gain in gains(item.base, item.question.question)
        for size, verdict in gain.steps
    ]
    if not found:
        return "none of those tried"
    size, design, verdict = min(found)
    return f"{design}; {size:,} or more: {verdict}"


def _under_way(item: Answer) -> str:
    open_status = ("completed", "terminated", "withdrawn", "unknown")
    open_ones = [r.registration for r in item.registrations if r.results == "none seen" and r.status not in open_status]
    return ", ".join(open_ones)


def claims(base: EvidenceBase) -> Html:
    """What is said in public, held against the verdicts."""
    rows = []
    for claim in base.claims:
        item = answer(base, claim.question)
        why = link(page_of_question(claim.question), "why")
        said = Html(f"{verdict_chip(item.verdict.name)} {escape(verdict_statement(item).text)} {why}")
        where = Html(f"{escape(claim.outlet)}<br><code>{escape(claim.seen_at)}</code>")
        rows.append([claim.says, standing(claim, item), said, claim.said_by, where, claim.public_on or "date not seen"])
    header = ("What is claimed", "Stands", "What the evidence says", "By", "Where", "When")
    return Html(
        f"<h1>Public claims</h1>{table(plural(len(rows), 'claim') + ' held against the verdicts', header, rows)}"
    )


def standing(claim: Claim, item: Answer) -> str:
    """Whether a claim is supported, partly, not supported or not studied; computed, never typed.

    A claim of a number, or about the law, is for the reader to hold against the sentence beside it.
    """
    verdict = item.verdict.name
    if verdict == UNSTUDIED:
        return "not studied"
    if claim.asserts not in ("yes", "no") or not item.question.directed:
        return "compare with the sentence"
    if verdict == CONTESTED:
        return "partly: contested"
    lean = _overruled(item) or (item.deciding.directions.lean if item.deciding else "neither")
    if lean == "neither":
        return "not settled: points nowhere"
    if lean != claim.asserts:
        return "not supported"
    return {KNOWN: "supported", UNCERTAIN: "partly: very uncertain"}.get(verdict, "partly: low certainty")


def _overruled(item: Answer) -> str:
    """The direction that a person set in writing; empty when the rule decided."""
    return item.base.overrides[item.question.question].answer if item.verdict.override else ""


def untraceable(base: EvidenceBase) -> Html:
    """Studies that are cited and that nobody can find."""
    rows = [[item.claim, item.details, Html(f"<code>{escape(item.claimed_at)}</code>"), item.searched, item.why]
            for item in base.untraceable]  # fmt: skip
    header = (
        "What it is said to have found",
        "Details given",
        "Claimed at",
        "What was searched",
        "Why it is held untraceable",
    )
    caption = f"{plural(len(rows), 'cited study', 'cited studies')} that could not be traced"
    return Html(f"<h2>Studies that nobody can find</h2>{table(caption, header, rows)}")


def claims_summary(base: EvidenceBase) -> Html:
    """How the claims stand, counted."""
    counts = Counter(standing(claim, answer(base, claim.question)) for claim in base.claims)
    items = "".join(f"<li>{escape(name)}: <strong>{count}</strong></li>" for name, count in counts.most_common())
    return Html(f'<ul class="tiles">{items}</ul>' if items else "")


def registrations(base: EvidenceBase, day: date) -> Html:
    """Every registered study, and whether its results are overdue."""
    rows = [[r.registration, r.title, r.status, f"{r.planned_n:,}" if r.planned_n is not None else "not seen",
             r.people_with_pain, r.primary_completion or "not seen", r.results,
             "overdue" if is_overdue(r, day) else "", outside(r.seen_at)]
            for r in base.registrations.values()]  # fmt: skip
    header = (
        "Number",
        "Title",
        "Status",
        "Size",
        "People with pain",
        "Primary completion",
        "Results",
        "Overdue",
        "Seen at",
    )
    return Html(
        f"<h2>Registered studies</h2>{table(plural(len(rows), 'registered study', 'registered studies'), header, rows)}"
    )
