"""All findings: an index that filters, sorts and saves in the browser, and the same rows as plain tables by section."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from evidence.display.marks import page_of_question, page_of_section, page_of_study
from evidence.display.phrases import finding_value, plural, who
from evidence.display.tables import Html, link
from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.synthesis.answers import answer
from evidence.synthesis.grouping import people_of, strand_of

PLAIN_HEADER = ("Report", "Outcome", "Number", "Who", "Kind of evidence", "Where and when", "Seen")


class Codes(dict[Any, int]):
    """Words that many rows share, each kept once."""

    def of(self, word: Any) -> int:
        """The place of a word; a new one goes to the end."""
        return self.setdefault(word, len(self))


def index_data(base: EvidenceBase) -> dict[str, Any]:
    """Everything the index shows, each repeated word once: what `findings.js` reads.

    Returns
    -------
    dict
        ``rows`` of (finding, study, question, outcome, number, who, year, depth, line), the whole numbers being places in
        the lists ``studies``, ``questions``, ``outcomes`` and ``depths``.
    """
    studies, questions, outcomes, depths = Codes(), Codes(), Codes(), Codes()
    rows = [
        [f.finding, studies.of(_study(base, f)), questions.of(_question(base, f.question)),
         outcomes.of(base.outcomes[f.outcome].name), finding_value(base, f), who(f), f.public_on[:4],
         depths.of(f.depth_seen), f.where.line]
        for f in base.findings.values()
    ]  # fmt: skip
    lists = {"studies": studies, "questions": questions, "outcomes": outcomes, "depths": depths}
    return {"file": next((f.where.file for f in base.findings.values()), ""), "rows": rows,
            **{name: list(codes) for name, codes in lists.items()}}  # fmt: skip


def _study(base: EvidenceBase, finding: Finding) -> tuple[str, str, str, str, str]:
    study = base.studies[finding.study]
    label = base.references[finding.citekey].label
    return page_of_study(study.study), label, study.country, people_of(study), strand_of(study)


def _question(base: EvidenceBase, name: str) -> tuple[str, str, str, str]:
    item = answer(base, name)
    level = item.deciding.certainty.name if item.deciding and item.deciding.certainty else "none"
    return page_of_question(name), item.question.wording, item.verdict.name, level


def index(base: EvidenceBase) -> Html:
    """The index with its data; without script the way to the plain tables."""
    data = json.dumps(index_data(base), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    counts: dict[str, int] = {}
    for finding in base.findings.values():
        section = base.questions[finding.question].section
        counts[section] = counts.get(section, 0) + 1
    plain = "".join(
        f"<li>{link(page_of_section(section), title)} <span class=help>{plural(counts[section], 'finding')}</span></li>"
        for section, title in base.schema.topic.sections.items() if section in counts
    )  # fmt: skip
    return Html(
        f'<h1>All findings</h1><div id="findings"></div><script type="application/json" id="findings-data">{data}</script>'
        f"<h2>As plain tables</h2><p>The same {plural(len(base.findings), 'finding')} by section, for reading without "
        f"script and for printing.</p><ul>{plain}</ul>"
    )


def section_tables(base: EvidenceBase, section: str) -> Html:
    """Every finding of a section, one table for each question."""
    title = base.schema.topic.sections.get(section, section)
    parts = [f"<p class=crumb>{link('evidence.html', 'All findings')}</p><h1>{escape(title)}: all findings</h1>"]
    for name, question in base.questions.items():
        found = base.findings_by_question.get(name, ())
        if question.section == section and found:
            parts.append(f"<h2>{link(page_of_question(name), question.wording)}</h2>{_plain(base, found)}")
    return Html("".join(parts))


def _plain(base: EvidenceBase, found: Iterable[Finding]) -> str:
    """A table without what a card on a phone repeats: the page stays within its budget."""
    head = "".join(f"<th scope=col>{name}</th>" for name in PLAIN_HEADER)
    body = "\n".join(_plain_row(base, finding) for finding in found)
    return f"<table class=plain><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _plain_row(base: EvidenceBase, finding: Finding) -> str:
    study = base.studies[finding.study]
    report = link(f"{page_of_study(finding.study)}#{finding.finding}", base.references[finding.citekey].label)
    cells = (base.outcomes[finding.outcome].name, finding_value(base, finding), who(finding), strand_of(study),
             f"{study.country} {finding.public_on[:4]}", finding.depth_seen)  # fmt: skip
    return f"<tr><th scope=row>{report}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
