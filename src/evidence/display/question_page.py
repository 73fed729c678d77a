"""Parts of a question's page, in the order a reviewer asks for them."""

from __future__ import annotations

from html import escape

from evidence.display.chips import VERDICT_HELP, certainty_chip, verdict_chip
from evidence.display.forest import forest
from evidence.display.lights import lights
from evidence.display.marks import anchor, page_of_study, reference_numbers, row_place, statement
from evidence.display.phrases import amount, design_words, evidence, finding_value, plural, who
from evidence.display.references import reference_list
from evidence.display.road import road
from evidence.display.signoff import signed
from evidence.display.tables import Html, definition, link, outside, place, table
from evidence.display.wording import Statement, say
from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.synthesis.answers import Answer, Strand
from evidence.synthesis.described import Described
from evidence.synthesis.grouping import Group, exact_interval

HEADER = ("Report", "What it reports", "Number", "Who and when", "Where it stands")


def verdict(answer: Answer) -> Html:
    """Heading, verdict, certainty with its because, and what exactly was asked."""
    question = answer.question
    section = answer.base.schema.topic.sections.get(question.section, question.section)
    chips = f"{verdict_chip(answer.verdict.name)} {certainty_chip(answer)}"
    spoken = [item for item in say(answer) if item.role in ("verdict", "certainty", "time")]
    return Html(
        f'<p class="crumb"><a href="index.html#{escape(question.section)}">{escape(section)}</a></p>'
        f"<h1>{escape(question.wording)}</h1><p class=chips>{chips} "
        f'<span class="help">{escape(_why(answer))}</span></p>'
        f'<div class="verdict-box">{_spoken(answer, spoken)}</div>{_how_large(answer)}{road(answer)}'
        f"{_asked(answer)}{signed(answer)}"
    )


def _how_large(answer: Answer) -> str:
    """The sizes of what the deciding evidence found, one sentence for each outcome."""
    spoken = [item for item in say(answer) if item.role == "size"]
    if not spoken:
        return ""
    return (f"<details><summary>How large: {plural(len(spoken), 'outcome')} with sizes that a source names</summary>"
            f"{_spoken(answer, spoken)}</details>")  # fmt: skip


def _why(answer: Answer) -> str:
    """What the verdict means, and the rule that gave it."""
    if answer.verdict.override:
        return f"set in writing; the rule computes {answer.verdict.computed}, because {answer.verdict.rule}"
    rule = f"decided because {answer.verdict.rule}"
    return rule if answer.question.kind == "status" else f"{VERDICT_HELP[answer.verdict.name]}; {rule}"


def _asked(answer: Answer) -> Html:
    question = answer.question
    pairs = [("In whom", question.population), ("Exposed to", question.exposure)]
    if question.comparator:
        pairs.append(("Compared with", question.comparator))
    pairs += [("Measured by", question.outcome), ("Importance", question.importance)]
    sized = any(item.role == "size" for item in say(answer))
    matters = Html(
        "by the named sizes of its outcomes" if sized else "no source of a difference that matters was found"
    )
    if question.threshold is not None:
        label = answer.base.reference(question.threshold_source).label
        matters = Html(
            f"{escape(amount(question.threshold, ''))} {escape(question.threshold_unit)} "
            f'(<a href="#ref-{question.threshold_source}">{escape(label)}</a>)'
        )
    if question.kind == "effect":
        pairs.append(("Difference that would matter", matters))
    pairs += [("Row", place(question.where))]
    return Html(f'<div id="row">{definition(pairs)}</div>')


def _spoken(answer: Answer, statements: list[Statement], tag: str = "p") -> str:
    numbers = reference_numbers(answer)
    return "".join(statement(answer.base, item, numbers, tag) for item in statements)


def figures(answer: Answer) -> Html:
    """Figures of each kind of evidence in its own panel, or the reason why there is none."""
    parts = []
    for strand in answer.strands:
        drawn = [forest(answer.base, strand, group, summary)
                 for group, summary in zip(strand.groups, strand.summaries, strict=True)]  # fmt: skip
        drawn = [figure for figure in drawn if figure]
        if drawn:
            parts.append(f"<section><h3>{escape(_title(strand))}</h3>{''.join(drawn)}</section>")
    if not parts:
        return Html("")
    return Html(f"<h2>The numbers side by side</h2>{''.join(parts)}")


def _title_of(group: Group) -> str:
    return f"{group.outcome} ({group.people})" if group.people else group.outcome


def _title(strand: Strand) -> str:
    return strand.name[0].upper() + strand.name[1:]


def studies(answer: Answer) -> Html:
    """Every finding by kind of evidence, each kind in a panel of its own with its own sentence."""
    if answer.entries:
        return _entries(answer)
    if not answer.strands:
        return Html("<h2>The evidence</h2><p>No finding was seen.</p>")
    spoken = [item for item in say(answer) if item.role == "strand"]
    others = iter(spoken)
    parts = []
    for strand in answer.strands:
        sentence = "" if strand is answer.deciding else _spoken(answer, [next(others)])
        shown = (
            sentence,
            _directions(answer, strand),
            _findings(answer, strand),
            lights(answer.base, strand),
            _left_out(strand),
        )
        parts.append(f'<section class="strand"><h3>{escape(_title(strand))}</h3>{"".join(shown)}</section>')
    return Html(f"<h2>The evidence</h2>{''.join(parts)}")


def _directions(answer: Answer, strand: Strand) -> str:
    """How many samples point to yes, with an exact interval: the description where nothing is averaged."""
    found = exact_interval(strand.directions) if answer.question.directed else None
    if found is None:
        return ""
    ways = strand.directions
    share, low, high = found
    return (
        f'<p class="seen">Of {ways.yes + ways.no} samples that point one way {ways.yes} point to yes ({share:.0f}%; '
        f"exact 95% interval {low:.0f} to {high:.0f}%). {plural(ways.both, 'sample')} pointed both ways, "
        f"{ways.unclear} nowhere.</p>"
    )


def _findings(answer: Answer, strand: Strand) -> Html:
    numbers = reference_numbers(answer)
    rows: list[list[object]] = []
    noted: set[str] = set()
    for finding in (
        finding for group in strand.groups for finding in strand.findings if group.holds(answer.base, finding)
    ):
        rows.append(_finding_row(answer.base, finding, numbers, first=finding.study not in noted))
        noted.add(finding.study)
    return table(evidence(strand), HEADER, rows)


def _finding_row(base: EvidenceBase, finding: Finding, numbers: dict[str, int], *, first: bool) -> list[object]:
    """One row; the first of a study carries its design in its own words, and what a reader must know before using it."""
    study = base.studies[finding.study]
    design = f'<span class="studynote">{escape(design_words(study))}</span>' if first else ""
    note = study.note if first else ""
    name = base.references[finding.citekey].label
    address = f"{page_of_study(finding.study)}#{finding.finding}"
    where = (f'{escape(finding.locator)} <span class="seen">(seen: {escape(finding.depth_seen)}; {escape(finding.basis)})</span>'
             f"<br>{place(finding.where)}")  # fmt: skip
    return [
        Html(
            f'{link(address, name)} <a class="mark" href="#ref-{finding.citekey}">{numbers[finding.citekey]}</a>{design}'
        ),
        Html(escape(finding.sentence) + (f'<span class="studynote">{escape(note)}</span>' if note else "")),
        finding_value(base, finding),
        f"{who(finding)}; {finding.timepoint}" if finding.timepoint else who(finding),
        Html(where),
    ]


def _left_out(strand: Strand) -> str:
    reasons = [f"<li><code>{escape(item.finding)}</code>: {escape(item.reason)}</li>"
               for group in strand.groups for item in group.left_out]  # fmt: skip
    not_pooled = [f"<li>{escape(_title_of(group))}: not pooled, because {escape(summary.reason)}</li>"
                  for group, summary in zip(strand.groups, strand.summaries, strict=True)
                  if isinstance(summary, Described)]  # fmt: skip
    if not reasons and not not_pooled:
        return ""
    return (f"<details><summary>Not pooled, or not counted twice ({len(reasons) + len(not_pooled)})</summary>"
            f"<ul>{''.join(not_pooled + reasons)}</ul></details>")  # fmt: skip


def _entries(answer: Answer) -> Html:
    numbers = reference_numbers(answer)
    rows, ids = [], []
    spoken = {item.rows[0][1]: item for item in say(answer) if item.role == "entry"}
    for entry in sorted(answer.entries, key=lambda item: (item.level, item.place, item.product)):
        ids.append(entry.entry)
        sentence = Html(statement(answer.base, spoken[entry.entry], numbers, "span"))
        where = f"{escape(entry.locator)}<br>{place(entry.where)}<br>checked {entry.checked_on}"
        rows.append([entry.place, entry.product, entry.status, entry.since or "not seen", sentence, entry.source_kind,
                     Html(where)])  # fmt: skip
    header = ("Place", "Product", "Status", "Since", "What the source says", "Source", "Where it stands")
    return Html(f"<h2>The entries</h2>{table('Status by place', header, rows, ids=ids)}")


def unknowns(answer: Answer) -> Html:
    """What would settle it, what is registered, and what contradicts itself."""
    spoken = say(answer)
    parts = ["<h2>What we don't know</h2>", _spoken(answer, [item for item in spoken if item.role == "unknown"])]
    registered = [item for item in spoken if item.role == "registered"]
    if registered:
        rows = zip(answer.registrations, registered, strict=True)
        items = "".join(
            f'<div id="{escape(anchor(item.registration))}"><p>{escape(item.title)} <span class="seen">'
            f"({escape(item.population)}; {row_place(answer.base, ('registrations', item.registration))})</span></p>"
            f"{_spoken(answer, [said])}</div>"
            for item, said in rows
        )
        parts.append(f"<h3>Registered studies</h3>{items}")
    contradictions = [item for item in spoken if item.role == "discrepancy"]
    if contradictions:
        items = "".join(
            f'<div id="{escape(item.discrepancy)}">{_spoken(answer, [said])}<p class="seen">{escape(item.kind)}; {item.state}'
            f"{'. ' + escape(item.explanation) if item.explanation else ''} {place(item.where)}</p></div>"
            for item, said in zip(answer.discrepancies, contradictions, strict=True)
        )
        parts.append(f"<h3>Sources that contradict each other or themselves</h3>{items}")
    return Html("".join(parts))


def references(answer: Answer) -> Html:
    """The numbered list of what the page rests on."""
    seen_at = dict.fromkeys(finding.seen_at for finding in answer.findings)
    addresses = "".join(f"<li>{outside(address)}</li>" for address in seen_at)
    more = (
        f"<details><summary>Addresses where the numbers were seen</summary><ul>{addresses}</ul></details>"
        if addresses
        else ""
    )
    return Html(f"<h2>References</h2>{reference_list(answer.base, reference_numbers(answer))}{more}")
