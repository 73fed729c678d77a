"""Why an answer moved, in words and as a waterfall: from the value before, cause by cause, to the value now."""

from __future__ import annotations

from html import escape
from typing import Any

from evidence.display.drawing import BLUE, GREY, INK, RUST, lean_svg
from evidence.display.phrases import rounded
from evidence.display.tables import Html, table
from evidence.synthesis.attribution import ADDED, CODE, CORRECTED, LOST, METHOD, WITHDRAWALS, Attribution, Move
from evidence.synthesis.certainty import LEVELS

WORDS = {ADDED: "added evidence", CORRECTED: "corrected data", WITHDRAWALS: "retractions and concerns",
         LOST: "rows no longer there", METHOD: "numbers of the method", CODE: "code"}  # fmt: skip
NAMES = {"verdict": "Verdict", "certainty": "Certainty", "estimate": "Average", "low": "Lower end of the interval",
         "high": "Upper end of the interval"}  # fmt: skip
WIDTH, ROW_HEIGHT = 4.9, 0.3
ENDS = ("before", "now")


def in_words(why: Attribution) -> tuple[str, ...]:
    """One sentence for each number that moved."""
    return tuple(f"{NAMES[move.what]} {_ends(why, move)}: {_parts(move)}." for move in why.moves)


def _ends(why: Attribution, move: Move) -> str:
    if move.what == "verdict":
        return f"from {why.before.verdict} to {why.after.verdict}"
    if move.what == "certainty":
        return f"from {_level(move.before)} to {_level(move.after)}"
    return f"from {rounded(move.before):g} to {rounded(move.after):g}"


def _level(value: float) -> str:
    return LEVELS[int(value)] if value >= 0 else "none"


def _parts(move: Move) -> str:
    if move.what == "verdict":  # parts of one move
        return ", ".join(f"{WORDS[cause]} {100 * part:.0f}%" for cause, part in move.parts)
    unit = " levels" if move.what == "certainty" else ""
    return ", ".join(f"{WORDS[cause]} {_signed(part)}{unit}" for cause, part in move.parts)


def _signed(part: float) -> str:
    return f"{rounded(part):+g}".replace("-", "−")


def waterfall(why: Attribution) -> Html:
    """A figure of the first number that moved and is none of mere names, with its numbers behind it."""
    move = next((item for item in why.moves if item.what in ("estimate", "certainty")), None)
    if move is None or len(move.parts) < 2:  # one cause did it all: nothing to divide
        return Html("")
    steps = [("before", move.before)] + [(WORDS[cause], part) for cause, part in move.parts] + [("now", move.after)]
    spoken = f"{NAMES[move.what]} of {why.question}, {_ends(why, move)}: {_parts(move)}."
    rows = [[name, f"{rounded(value):g}" if name in ENDS else _signed(value)] for name, value in steps]
    data = table(f"{NAMES[move.what]}, as drawn", ("Step", "Value"), rows)
    return Html(f'<figure><div role="img" aria-label="{escape(spoken)}">{_draw(NAMES[move.what], steps)}</div>'
                f"<figcaption>{escape(spoken)}</figcaption><details><summary>Numbers of this figure</summary>{data}</details>"
                "</figure>")  # fmt: skip


def _draw(name: str, steps: list[tuple[str, float]]) -> str:
    def draw(axes: Any) -> None:
        at = 0.0
        for place, (label, value) in enumerate(steps):
            whole = label in ENDS
            start, at = (0.0, value) if whole else (at, at + value)
            colour, hatch = (GREY, None) if whole else (BLUE, None) if value >= 0 else (RUST, "//")
            axes.barh([-place], [at - start], left=[start], height=0.6, color=colour, hatch=hatch, edgecolor=INK)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks([-place for place in range(len(steps))], [label for label, _ in steps])
        axes.set_xlabel(name)

    return lean_svg(draw, WIDTH, 0.8 + ROW_HEIGHT * len(steps))
