"""Forest plots and ranges as lean SVG with real text, a text alternative that says what is shown, and stable bytes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from scipy.stats import norm

from evidence.display.drawing import BLUE, INK, RUST, lean_svg
from evidence.display.phrases import amount, design_words, plural
from evidence.display.tables import table
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Strand
from evidence.synthesis.described import PooledGroup, Summary
from evidence.synthesis.effects import CONFIDENCE_LEVEL, RATIO_MEASURES, back, effect, no_effect
from evidence.synthesis.grouping import CASES, Group, Voice

# Rows beyond this many make a figure nobody reads on a phone; the table below it has them all.
MOST_ROWS = 24
# Bars are intervals of this level; others are converted.
DRAWN = 0.95
ROW_HEIGHT, WIDTH = 0.27, 4.9


@dataclass(frozen=True)
class Line:
    """One row of a figure, on the scale of the finding."""

    label: str
    value: float
    low: float | None
    high: float | None
    design: str = ""
    pooled: bool = False


def forest(base: EvidenceBase, strand: Strand, group: Group, summary: Summary) -> str:
    """A figure of one group: every voice with its interval, and the pooled line where there is one.

    Returns
    -------
    str
        An HTML figure; empty when fewer than two voices give a number.
    """
    if strand.name == CASES:
        return ""  # single cases side by side look like a distribution and are none
    lines = [line for voice in group.voices if (line := _line(base, voice)) is not None]
    if len(lines) < 2 or len(lines) > MOST_ROWS:
        return ""
    lines.sort(key=lambda line: line.value)
    if isinstance(summary, PooledGroup):
        ends = [back(summary.scale, y) for y in (summary.pooled.low, summary.pooled.y, summary.pooled.high)]
        lines.append(Line("Average (random effects)", ends[1], ends[0], ends[2], pooled=True))
    outcome = base.outcomes[group.outcome]
    classes = {other.people for other in strand.groups}
    kind = f"{strand.name} ({group.people})" if len(classes) > 1 else strand.name
    spoken = describe(outcome.name, outcome.unit, kind, lines)
    svg = _draw(lines, outcome.name, outcome.unit, log=group.measure in RATIO_MEASURES, null=no_effect(group.measure))
    caption = f"{outcome.name} — {kind}. Dots are samples; bars are 95% intervals (computed from counts, or printed)."
    return (
        f'<figure><div role="img" aria-label="{escape(spoken)}">{svg}</div><figcaption>{escape(caption)}</figcaption>'
        f"{_data(lines, outcome.name, outcome.unit)}</figure>"
    )


def _data(lines: list[Line], name: str, unit: str) -> str:
    """The numbers of a figure, for those who cannot see it or want them."""
    rows = [[line.label, line.design or "–", amount(round(line.value, 2), unit),
             f"{amount(round(line.low, 2), unit)} to {amount(round(line.high, 2), unit)}"
             if line.low is not None and line.high is not None else "none printed or computable"]
            for line in lines]  # fmt: skip
    shown = table(f"{name}, as drawn", ("Sample", "Design in its own words", "Value", "95% interval"), rows)
    return f"<details><summary>Numbers of this figure</summary>{shown}</details>"


def describe(name: str, unit: str, strand: str, lines: list[Line]) -> str:
    """What a figure shows, in words."""
    dots = [line for line in lines if not line.pooled]
    low, high = dots[0], dots[-1]
    text = (f"{name}, {strand}: {plural(len(dots), 'sample')} from {amount(round(low.value, 2), unit)} ({low.label}) "
            f"to {amount(round(high.value, 2), unit)} ({high.label}).")  # fmt: skip
    for line in lines:
        if line.pooled and line.low is not None and line.high is not None:
            text += (f" The average is {amount(round(line.value, 1), unit)}, 95% interval {amount(round(line.low, 1), unit)} "
                     f"to {amount(round(line.high, 1), unit)}.")  # fmt: skip
    return text


def _line(base: EvidenceBase, voice: Voice) -> Line | None:
    finding = voice.finding
    if finding.value is None:
        return None
    label, design = base.references[finding.citekey].label, design_words(voice.study)
    if finding.low is not None and finding.high is not None and CONFIDENCE_LEVEL.get(finding.interval) == DRAWN:
        return Line(label, finding.value, finding.low, finding.high, design)
    found = effect(finding)
    if found is None:
        return Line(label, finding.value, None, None, design)
    half = float(norm.ppf(0.975)) * found.v**0.5
    ends = back(found.scale, found.y - half), back(found.scale, found.y + half)
    return Line(label, finding.value, *ends, design)


def _draw(lines: list[Line], name: str, unit: str, *, log: bool, null: float | None) -> str:
    def draw(axes: Any) -> None:
        for place, line in enumerate(reversed(lines)):
            _draw_line(axes, place, line)
        if log:
            axes.set_xscale("log")
        if null is not None:
            axes.axvline(1.0 if log else null, color=INK, linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(lines)), [line.label for line in reversed(lines)])
        axes.set_xlabel(f"{name} ({unit})" if unit not in ("ratio", "") else name)

    return lean_svg(draw, WIDTH, 0.9 + ROW_HEIGHT * len(lines))


def _draw_line(axes: Any, place: int, line: Line) -> None:
    colour, marker = (RUST, "D") if line.pooled else (BLUE, "o")
    if line.low is not None and line.high is not None:
        axes.plot([line.low, line.high], [place, place], color=colour, linewidth=1.6)
    axes.plot([line.value], [place], marker=marker, color=colour, markersize=5)
