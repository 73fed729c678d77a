"""Figures as lean SVG: real text, stable bytes, no fixed size."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

SALT = "evidence"
INK, BLUE, RUST, GREY = "#1f2933", "#1b5e8c", "#b3541e", "#5b6470"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": SALT, "font.size": 9, "font.family": "sans-serif", "axes.edgecolor": INK,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
}  # fmt: skip


def lean_svg(draw: Callable[[Any], None], width: float, height: float) -> str:
    """An SVG of one set of axes, in inches, on which `draw` draws."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return _lean(buffer.getvalue())


def _lean(svg: str) -> str:
    """Drop the prologue, comments and fixed size, so that the figure scales with the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1 aria-hidden="true"', svg, count=1)
    return re.sub(r"\n\s*", "\n", svg).strip()
