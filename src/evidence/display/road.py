"""The road from where certainty starts to where it ends, step by step, each with its threshold and what would undo it."""

from __future__ import annotations

import re
from html import escape

from evidence.display.tables import Html, table
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Answer, Strand
from evidence.synthesis.certainty import LEVELS, Certainty
from evidence.synthesis.thresholds import THRESHOLDS

HEADER = ("Reason", "Steps", "Because", "Threshold", "One step less")
BY_NAME = {item.name: item for item in THRESHOLDS}


def road(answer: Answer) -> Html:
    """The roads of all kinds of evidence that can answer, the deciding one first."""
    shown = [_road(answer.base, strand, strand.certainty) for strand in answer.strands if strand.certainty]
    return Html("".join(shown))


def _road(base: EvidenceBase, strand: Strand, found: Certainty) -> str:
    rows: list[list[object]] = [["start", "–", f"{strand.name} start at {LEVELS[found.start]}", "–", "–"]]
    for item in found.concerns:
        step = f"−{item.steps}" if item.steps else "0"
        rows.append([item.domain, step, item.because, _threshold(base, item.threshold), item.relief or "–"])
    rows.append(["end", "–", f"certainty is {found.name}", "–", "–"])
    name = strand.name[0].upper() + strand.name[1:]
    return (f'<details class="road"><summary>The road to {found.name} certainty: {escape(name)}'
            f"</summary>{table(f'Steps for {strand.name}', HEADER, rows)}</details>")  # fmt: skip


def _threshold(base: EvidenceBase, name: str) -> Html:
    item = BY_NAME[name]
    source = escape(sourced(base, item.source))
    return Html(f'<a href="methods.html#threshold-{name}">{escape(item.value)}</a> <span class="seen">{source}</span>')


def sourced(base: EvidenceBase, text: str) -> str:
    """A source of a threshold with the names of its reports in place of their keys."""
    return re.sub(r"[a-z]+[a-z0-9]*", lambda key: _label(base, key.group()), text)


def _label(base: EvidenceBase, word: str) -> str:
    return base.references[word].label if word in base.references else word
