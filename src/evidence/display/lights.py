"""Risk-of-bias lights: every study of a strand by the domains of its tool, as sign, word and colour together."""

from __future__ import annotations

from html import escape

from evidence.display.marks import page_of_study
from evidence.display.tables import Html, link, table
from evidence.records.base import EvidenceBase
from evidence.records.model import Appraisal
from evidence.rules.tools import TOOLS
from evidence.synthesis.answers import Strand

# Sign and shade of each judgement of the tools in rules/tools.py.
LIGHTS = {"low": ("+", "good"), "yes": ("+", "good"), "some concerns": ("!", "middle"), "moderate": ("!", "middle"),
          "unclear": ("!", "middle"), "high": ("−", "bad"), "serious": ("−", "bad"), "no": ("−", "bad"),
          "critical": ("−−", "bad"), "not applicable": ("·", "none"), "no information": ("?", "none")}  # fmt: skip
LEGEND = "+ low or yes, ! some concerns, moderate or unclear, − high, serious or no, ? no information"


def lights(base: EvidenceBase, strand: Strand) -> Html:
    """One table for each tool that appraised the studies of a strand; the reasons stand on each study's page."""
    by_tool: dict[str, list[tuple[str, tuple[Appraisal, ...]]]] = {}
    for study in dict.fromkeys(finding.study for finding in strand.findings):
        judged = tuple(base.appraisals_by_study.get(study, ()))
        if judged:
            by_tool.setdefault(judged[0].tool, []).append((study, judged))
    shown = "".join(_tool(base, tool, members) for tool, members in by_tool.items())
    return Html(f"<details><summary>Risk of bias, study by study</summary>{shown}</details>" if shown else "")


def _tool(base: EvidenceBase, tool: str, members: list[tuple[str, tuple[Appraisal, ...]]]) -> str:
    known = {item.domain for _, judged in members for item in judged}
    ordered = TOOLS[tool].domains if tool in TOOLS else ()
    domains = [name for name in ordered if name in known] + sorted(known.difference(ordered))
    rows: list[list[object]] = []
    for study, judged in members:
        found = {item.domain: item.judgement for item in judged}
        label = base.references[base.studies[study].citekey].label
        rows.append([link(page_of_study(study), label), *(_light(found.get(domain, "")) for domain in domains)])
    return table(f"{tool}: {LEGEND}", ("Study", *domains), rows, css="map lights")


def _light(judgement: str) -> Html:
    sign, shade = LIGHTS.get(judgement, ("·", "none"))
    word = escape(judgement or "not judged")
    return Html(f'<span class="light {shade}" role="img" aria-label="{word}" title="{word}">{sign}</span>')
