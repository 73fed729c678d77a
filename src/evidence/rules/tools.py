"""Appraisal tools: their domains and their words, as the tools' own publications name them.

RoB 2: sterne2019; ROBINS-I: sterne2016; JBI prevalence: munn2015; JBI case series: munn2020;
the case, review, laboratory and product sets are ours and are explained in docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass

OVERALL = "overall"


@dataclass(frozen=True)
class Tool:
    """A set of domains, and its judgements from best to worst with 'no information' last."""

    domains: tuple[str, ...]
    judgements: tuple[str, ...]
    source: str


_ROB2 = ("low", "some concerns", "high", "no information")
_ROBINS = ("low", "moderate", "serious", "critical", "no information")
_ANSWERS = ("yes", "unclear", "no", "not applicable", "no information")
_ROB2_DOMAINS = ("randomisation", "deviations", "missing data", "measurement", "selective reporting", OVERALL)

TOOLS = {
    "RoB 2": Tool(_ROB2_DOMAINS, _ROB2, "sterne2019"),
    "RoB 2 crossover": Tool(("period and carryover", *_ROB2_DOMAINS), _ROB2, "sterne2019"),
    "ROBINS-I": Tool(
        ("confounding", "selection", "classification", "deviations", "missing data", "measurement",
         "selective reporting", OVERALL), _ROBINS, "sterne2016"),
    "JBI prevalence": Tool(
        ("sample frame", "sampling", "sample size", "subjects and setting", "coverage of the sample",
         "valid identification", "standard measurement", "statistics", "response rate"), _ANSWERS, "munn2015"),
    "JBI case series": Tool(
        ("inclusion criteria", "condition measured", "identification", "consecutive", "complete", "demographics",
         "clinical information", "outcomes", "site", "statistics"), _ANSWERS, "munn2020"),
    "case set": Tool(
        ("exposure confirmed by a test", "other causes looked for", "timing fits", "course after stopping told",
         "taken again", "causality method used"), _ANSWERS, ""),
    "review set": Tool(
        ("protocol registered", "several databases searched", "two reviewers", "risk of bias assessed",
         "certainty rated", "interests declared"), _ANSWERS, ""),
    "laboratory set": Tool(
        ("randomised", "masked", "sample size reasoned", "replicated elsewhere", "dose relevant to people"),
        _ANSWERS, "hooijmans2014"),
    "product set": Tool(
        ("products chosen at random", "sellers many", "method validated", "date of purchase given",
         "independent of sellers"), _ANSWERS, ""),
}  # fmt: skip
