"""Answers in sentences: one template per kind, verdict and direction, each bound to its rows.

Certainty has its own words (santesso2020): known evidence *shows*, low certainty *suggests*, very low
certainty leaves it *very uncertain*. No causal verb is used for what people report about themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evidence.display.phrases import amount, average, evidence, finding_ends, plural, ways_in_words
from evidence.display.size_words import RowName, size_in_short, size_statements
from evidence.records.model import Finding
from evidence.synthesis.answers import Answer, Strand
from evidence.synthesis.body import Concern
from evidence.synthesis.certainty import LEVELS
from evidence.synthesis.described import PooledGroup
from evidence.synthesis.grouping import SAME_SYSTEM, Group, measured_year
from evidence.synthesis.status import in_force, pending
from evidence.synthesis.verdicts import CONTESTED, KNOWN, LIKELY, UNCERTAIN, UNSTUDIED


@dataclass(frozen=True)
class Statement:
    """One sentence in an edition.

    Attributes
    ----------
    id
        Question and number, as ``withdrawal.2``.
    role
        verdict, size, certainty, strand, entry, unknown, registered or discrepancy.
    text
        The sentence.
    rows
        Table and name of each row it rests on.
    """

    id: str
    role: str
    text: str
    rows: tuple[RowName, ...]


DIRECTED_TEMPLATES = {
    (KNOWN, "yes"): "{evidence} show that {proposition} ({level} certainty).",
    (KNOWN, "no"): "{evidence} do not bear out that {proposition} ({level} certainty).",
    (LIKELY, "yes"): "{evidence} suggest, at {level} certainty, that {proposition}.",
    (LIKELY, "no"): "{evidence} suggest, at {level} certainty, that it is not so that {proposition}.",
    (UNCERTAIN, "yes"): "It is very uncertain whether {proposition}: {evidence_lower} point to yes.",
    (UNCERTAIN, "no"): "It is very uncertain whether {proposition}: {evidence_lower} point to no.",
}
APART = "{evidence} point apart on whether {proposition}: {ways}."
NOWHERE = "It is very uncertain whether {proposition}: {evidence_lower} point neither to yes nor to no."
UNSTUDIED_TEMPLATE = "No study that was seen measured directly whether {proposition}."
OVERRULED = {
    KNOWN: "It is known that {so}{proposition}.", LIKELY: "It is likely that {so}{proposition}.",
    CONTESTED: "It is contested whether {proposition}.", UNCERTAIN: "It is very uncertain whether {proposition}.",
    UNSTUDIED: UNSTUDIED_TEMPLATE,
}  # fmt: skip
COUNTED_LEAD = {KNOWN: "", LIKELY: "At low certainty: ", UNCERTAIN: "Very uncertain: ", CONTESTED: "Contested: "}


def say(answer: Answer) -> tuple[Statement, ...]:
    """Every sentence of an answer, the verdict first."""
    texts: list[tuple[str, str, tuple[RowName, ...]]] = [("verdict", _verdict(answer), _deciding_rows(answer))]
    texts += size_statements(answer) + _certainty(answer) + _over_time(answer)
    texts += [("strand", _strand(answer, strand), _rows(strand.findings)) for strand in answer.strands
              if strand is not answer.deciding]  # fmt: skip
    texts += [("entry", entry.sentence, (("jurisdictions", entry.entry),)) for entry in answer.entries]
    texts += _unknowns(answer)
    texts += [("discrepancy", item.what, (("discrepancies", item.discrepancy),)) for item in answer.discrepancies]
    name = answer.question.question
    return tuple(Statement(f"{name}.{i}", role, text, rows) for i, (role, text, rows) in enumerate(texts, 1))


def verdict_statement(answer: Answer) -> Statement:
    """The first sentence of an answer."""
    return say(answer)[0]


def _rows(findings: tuple[Finding, ...]) -> tuple[RowName, ...]:
    return tuple(("findings", finding.finding) for finding in findings)


def _deciding_rows(answer: Answer) -> tuple[RowName, ...]:
    if answer.entries:
        return tuple(("jurisdictions", entry.entry) for entry in answer.entries)
    if answer.deciding is None:
        return (("questions", answer.question.question),)
    if answer.question.directed:
        return _rows(answer.deciding.findings)
    return _rows(tuple(voice.finding for voice in main_group(answer.deciding).voices))


def main_group(strand: Strand) -> Group:
    """The group a question of how much is answered by: the main outcome, else the largest that gives numbers."""
    return strand.groups[0]


def _verdict(answer: Answer) -> str:
    question, verdict = answer.question, answer.verdict.name
    if question.kind == "status":
        return _status(answer)
    if answer.verdict.override:
        return _overruled(answer)
    if answer.deciding is None or verdict == UNSTUDIED:
        return UNSTUDIED_TEMPLATE.format(proposition=question.proposition)
    if question.directed:
        return _directed(answer, answer.deciding)
    text = COUNTED_LEAD[verdict] + _counted(answer, answer.deciding)
    return text[0].upper() + text[1:]


def _overruled(answer: Answer) -> str:
    """A verdict that a person set in writing says so, and says what the rule computed."""
    verdict, override = answer.verdict, answer.base.overrides[answer.question.question]
    so = "it is not so that " if override.answer == "no" else ""
    lead = OVERRULED[verdict.name].format(so=so, proposition=answer.question.proposition)
    return f"{lead} This verdict was set in writing; the rule computes {verdict.computed}."


def _directed(answer: Answer, strand: Strand) -> str:
    assert strand.certainty is not None  # a deciding strand is direct
    ways, phrase, verdict = strand.directions, evidence(strand), answer.verdict.name
    words = {
        "evidence": phrase, "evidence_lower": phrase[0].lower() + phrase[1:], "level": strand.certainty.name,
        "proposition": answer.question.proposition,
        "ways": ways_in_words(ways),
    }  # fmt: skip
    template = APART if verdict == CONTESTED else DIRECTED_TEMPLATES.get((verdict, ways.lean), NOWHERE)
    return template.format(**words) + size_in_short(answer, strand) + _pooled_effect(answer, strand)


def _pooled_effect(answer: Answer, strand: Strand) -> str:
    """The averages of a strand, each in a sentence that follows the verdict."""
    text = ""
    for group, summary in zip(strand.groups, strand.summaries, strict=True):
        if isinstance(summary, PooledGroup):
            outcome = answer.base.outcomes[group.outcome]
            text += f" {outcome.name}: {average(summary, outcome.unit)} over {plural(summary.pooled.k, 'sample')}."
    return text


def _counted(answer: Answer, strand: Strand) -> str:
    """The first group in words: a pooled share, one report, or the range of several."""
    group, summary = strand.groups[0], strand.summaries[0]
    outcome, main = answer.base.outcomes[group.outcome], answer.question.main_outcome
    # Evidence of another kind may have measured something else: it must not be said of the question's own subject.
    other = main and group.outcome != main
    subject, name = (
        (f"another measure, {outcome.name},", "") if other else (answer.question.subject, f"{outcome.name}; ")
    )
    people = f"{group.size:,} in all" if group.size else "size not seen"
    many = plural(summary.pooled.k if isinstance(summary, PooledGroup) else summary.k, "sample")
    samples = f"{many} ({group.people})" if group.people else many
    if isinstance(summary, PooledGroup):
        return f"{samples} put {subject} at {average(summary, outcome.unit)} ({name}{people})."
    if summary.low is None or summary.high is None:
        return f"reports describe {subject} in words only ({name}{people})."
    ends = finding_ends(summary, outcome.unit)
    if summary.k == 1:
        only = group.voices[0].finding
        size = f"; n = {only.denominator:,}" if only.denominator else ""
        return f"one sample puts {subject} at {ends} ({name}{only.group}{size})."
    return f"{samples} put {subject} at {ends} ({name}{people}), not averaged because {summary.reason}."


def _status(answer: Answer) -> str:
    """What is in force, by the newest entry of each place, and how many proposals there were."""
    if not answer.entries:
        return UNSTUDIED_TEMPLATE.format(proposition=answer.question.proposition)
    current, waiting = in_force(answer.entries), pending(answer.entries)
    counts = Counter(entry.status for entry in current)
    parts = ", ".join(
        f"{status}: {count}" for status, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    places = plural(len({entry.place for entry in current}), "place or agency", "places or agencies")
    proposals = plural(len(waiting), "proposal, bill or review", "proposals, bills or reviews")
    if not current:
        return f"Nothing in force was seen, but {proposals}."
    also = f", beside {proposals}" if waiting else ""
    return f"By the newest entry of each of {places} — {parts}{also}."


def _certainty(answer: Answer) -> list[tuple[str, str, tuple[RowName, ...]]]:
    if answer.deciding is None or answer.deciding.certainty is None:
        return []
    found = answer.deciding.certainty
    steps = [f"{item.domain} (−{item.steps}: {item.because}{_relief(item)})" for item in found.concerns if item.steps]
    noted = [item.because for item in found.concerns if not item.steps]
    text = f"Certainty is {found.name}: {answer.deciding.name} start at {LEVELS[found.start]} for this kind of question"
    text += f" and go down for {'; '.join(steps)}" if steps else " and nothing known lowers them"
    text += f". Noted without a step: {'; '.join(noted)}." if noted else "."
    if answer.verdict.override:
        text += f" Overruled in writing because: {answer.verdict.override}"
    return [("certainty", text, _rows(answer.deciding.findings))]


def _relief(concern: Concern) -> str:
    return f"; one step less {concern.relief}" if concern.relief else ""


def _over_time(answer: Answer) -> list[tuple[str, str, tuple[RowName, ...]]]:
    """Earlier readings of a surveillance system that speaks by its newest one."""
    if answer.deciding is None or answer.question.directed:
        return []
    base, group = answer.base, main_group(answer.deciding)
    found = []
    for voice in group.voices:
        shared = base.samples.get(voice.sample)
        if shared is None or shared.basis != SAME_SYSTEM:
            continue
        series = _by_year([f for f in answer.deciding.findings if group.holds(base, f)
                           and base.studies[f.study].sample == voice.sample and f.value is not None])  # fmt: skip
        if len(series) > 1:
            unit = base.outcomes[group.outcome].unit
            readings = ", ".join(
                f"{amount(f.value or 0.0, unit)} ({f.timepoint or f.public_on[:4]}; {f.group})" for f in series
            )
            found.append(
                ("time", f"{shared.description.rstrip('.')}, reading by reading: {readings}.", _rows(tuple(series)))
            )
    return found


def _by_year(findings: list[Finding]) -> list[Finding]:
    """One reading a year: the first row of the newest report, which is the one on everybody."""
    years: dict[int, Finding] = {}
    for finding in sorted(findings, key=lambda f: (f.public_on, f.finding)):
        years.setdefault(measured_year(finding), finding)
    return [years[year] for year in sorted(years)]


def _strand(answer: Answer, strand: Strand) -> str:
    lead = "Beside that, " if strand.direct else "Indirect or second-hand: "
    phrase = evidence(strand)
    phrase = phrase[0].lower() + phrase[1:]
    ways = strand.directions
    if answer.question.directed and ways.pointing:
        return f"{lead}{phrase}: {ways_in_words(ways)}."
    if answer.question.directed:
        return f"{lead}{phrase} give numbers that point neither way."
    return f"{lead}{phrase}: {_counted(answer, strand)}"


def _unknowns(answer: Answer) -> list[tuple[str, str, tuple[RowName, ...]]]:
    name = answer.question.question
    found: list[tuple[str, str, tuple[RowName, ...]]] = [
        ("unknown", f"What would settle it: {answer.question.settle}", (("questions", name),))
    ]
    for item in answer.registrations:
        size = f", {item.planned_n:,} people planned or enrolled" if item.planned_n is not None else ""
        results = {"none seen": "no results seen", "published": "results published"}.get(item.results, item.results)
        text = f"Registered: {item.registration}, {item.status}{size}; {results} (checked {item.checked_on})."
        found.append(("registered", text, (("registrations", item.registration),)))
    return found
