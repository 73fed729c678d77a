"""A study's page: what was done, each number with its place and second reading, judgements, and where it is used."""

from __future__ import annotations

from html import escape

from evidence.display.exports import forms
from evidence.display.marks import page_of_question, page_of_study
from evidence.display.phrases import finding_value, who
from evidence.display.references import reference
from evidence.display.tables import Html, definition, link, outside, place, table
from evidence.display.wording import say
from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.records.studies import Study
from evidence.synthesis.answers import answer
from evidence.synthesis.grouping import strand_of

# Shown elsewhere on the page, or only of use to the base itself.
NOT_LISTED = ("study", "citekey", "other_reports", "sample", "seen_at", "note", "public_on", "recorded_on")


def head(base: EvidenceBase, name: str) -> Html:
    """Title, kind of evidence, the facts of its row, and its note."""
    study = base.study(name)
    entry = base.reference(study.citekey)
    schema = base.schema.tables[study.table]
    pairs: list[tuple[str, object]] = [
        (column.name.replace("_", " "), _fact(study, column.name))
        for column in schema.fields
        if column.name not in NOT_LISTED
    ]
    pairs += [("public on", study.public_on), ("recorded on", study.recorded_on.isoformat())]
    pairs += [("seen at", outside(study.seen_at)), ("row", place(study.where))]
    note = f'<p class="note">{escape(study.note)}</p>' if study.note else ""
    title = entry.get("title") or "title not seen"
    return Html(
        f'<p class="crumb">{escape(strand_of(study))}</p><h1>{escape(entry.label)}</h1><p class="title">{escape(title)}</p>'
        f"{note}{definition(pairs)}{_sample(base, study)}"
    )


def _fact(study: Study, name: str) -> object:
    value = getattr(study, name)
    return f"{value:,}" if isinstance(value, int) else value


def _sample(base: EvidenceBase, study: Study) -> str:
    sample = base.samples.get(study.sample)
    others = [other for other in base.studies.values() if other.sample == study.sample and other.study != study.study]
    if not sample or not others:
        return ""
    links = ", ".join(link(page_of_study(other.study), base.references[other.citekey].label) for other in others)
    return (f"<p>It shares its sample with {links} and counts once with them: {escape(sample.why)} "
            f"({escape(sample.basis)}; {place(sample.where)})</p>")  # fmt: skip


def findings(base: EvidenceBase, name: str) -> Html:
    """Every number of the study, each with an id that sentences link to."""
    found = base.findings_by_study.get(name, ())
    used = used_in(base, name)
    cards = "".join(_finding(base, finding, used.get(finding.finding, ())) for finding in found)
    return Html(f"<h2>What it reports</h2>{cards}" if found else "<h2>What it reports</h2><p>No finding.</p>")


def used_in(base: EvidenceBase, name: str) -> dict[str, tuple[str, ...]]:
    """Names of the statements that rest on each finding of a study."""
    questions = dict.fromkeys(finding.question for finding in base.findings_by_study.get(name, ()))
    used: dict[str, list[str]] = {}
    for question in questions:
        for said in say(answer(base, question)):
            for table_name, row in said.rows:
                if table_name == "findings":
                    used.setdefault(row, []).append(said.id)
    return {finding: tuple(names) for finding, names in used.items()}


def _finding(base: EvidenceBase, finding: Finding, used: tuple[str, ...]) -> str:
    links = ", ".join(link(f"{page_of_question(finding.question)}#{said}", said) for said in used)
    pairs: list[tuple[str, object]] = [
        ("Number", finding_value(base, finding)),
        ("Outcome", base.outcomes[finding.outcome].name),
        ("Group", who(finding)),
        ("Time", finding.timepoint),
        ("Known by", finding.basis),
        ("Stands in", f"{finding.locator} of {finding.citekey} ({finding.depth_seen})"),
        ("Seen at", outside(finding.seen_at)),
        ("Second reading", _second(base, finding)),
        ("Used in", Html(links or "no sentence")),
        ("Row", place(finding.where)),
    ]
    return (f'<article class="finding" id="{escape(finding.finding)}"><h3><code>{escape(finding.finding)}</code></h3>'
            f"<p>{escape(finding.sentence)}</p>{definition(pairs)}</article>")  # fmt: skip


def _second(base: EvidenceBase, finding: Finding) -> str:
    again = base.second_extractions.get(finding.finding)
    if again is None:
        return "not yet read a second time"
    if again.reconciled:
        return f"differed and was settled: {again.reconciled}"
    return f"agrees ({again.source})"


def judgements(base: EvidenceBase, name: str) -> Html:
    """The appraisal, domain by domain, each with its support."""
    items = base.appraisals_by_study.get(name, ())
    if not items:
        return Html("<h2>Appraisal</h2><p>Not appraised yet; the certainty counts this as a concern.</p>")
    rows = [[item.domain, item.judgement, item.support, place(item.where)] for item in items]
    return Html(f"<h2>Appraisal</h2>{table(items[0].tool, ('Domain', 'Judgement', 'Support', 'Row'), rows)}")


def reports(base: EvidenceBase, name: str) -> Html:
    """Its reports with their entries, corrections and contradictions."""
    study = base.study(name)
    parts = ["<h2>Reports</h2>"]
    for key in study.reports:
        parts.append(f'<p id="ref-{escape(key)}">{reference(base, key)}</p>{forms(base.reference(key))}')
    parts += [f'<p class="warning">{escape(item.kind)}: {escape(item.what)} ({item.status}; {place(item.where)})</p>'
              for item in base.corrections if item.citekey in study.reports]  # fmt: skip
    touching = [item for item in base.discrepancies if {item.first, item.second} & set(study.reports)]
    if touching:
        items = "".join(
            f"<li>{escape(item.what)} {link(f'{page_of_question(item.question)}#{item.discrepancy}', item.discrepancy)}</li>"
            for item in touching
        )
        parts.append(f"<h3>Contradictions that touch it</h3><ul>{items}</ul>")
    return Html("".join(parts))
