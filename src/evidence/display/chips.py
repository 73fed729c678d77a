"""Small labels that mean the same on every page: never by colour alone."""

from __future__ import annotations

from html import escape

from evidence.display.tables import Html
from evidence.synthesis.answers import Answer
from evidence.synthesis.status import PRIMARY, in_force

VERDICT_HELP = {
    "KNOWN": "moderate or high certainty",
    "LIKELY": "low certainty, samples agree",
    "CONTESTED": "comparable evidence points apart",
    "UNCERTAIN": "studied, very low certainty",
    "UNSTUDIED": "no direct evidence seen",
}


def verdict_chip(name: str) -> Html:
    """The verdict as a word with its meaning as a title."""
    return Html(f'<span class="chip {name.lower()}" title="{escape(VERDICT_HELP[name])}">{name}</span>')


def certainty_chip(answer: Answer) -> Html:
    """The certainty as four dots and a word; for status questions, the share of primary sources."""
    if answer.entries:
        current = in_force(answer.entries) or answer.entries
        primary = sum(entry.source_kind == PRIMARY for entry in current)
        return Html(f'<span class="level">{primary} of {len(current)} from the source itself</span>')
    if answer.deciding is None or answer.deciding.certainty is None:
        return Html('<span class="level">—</span>')
    level = answer.deciding.certainty.level + 1
    dots = "●" * level + "○" * (4 - level)
    return Html(f'<span class="level"><span aria-hidden="true">{dots}</span> {answer.deciding.certainty.name}</span>')


def evidence_chip(answer: Answer) -> str:
    """Kinds of evidence and their samples in a few words."""
    if answer.entries:
        return f"{len(answer.entries)} legal entries"
    return "; ".join(f"{strand.name}: {strand.samples}" for strand in answer.strands) or "none seen"
