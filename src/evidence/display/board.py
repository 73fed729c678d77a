"""The board: every question in one line, what is known beside what is not."""

from __future__ import annotations

from collections import Counter
from html import escape

from evidence.display.chips import VERDICT_HELP, certainty_chip, evidence_chip, verdict_chip
from evidence.display.marks import page_of_question
from evidence.display.phrases import plural
from evidence.display.signoff import edition_signed
from evidence.display.tables import Html, link, table
from evidence.display.wording import verdict_statement
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Answer, answer, answers
from evidence.synthesis.verdicts import KNOWN, VERDICTS

IMPORTANCE = ("critical", "important", "limited")
# As many critical questions beside each other as two minutes allow.
SIDE_BY_SIDE = 8


def head(base: EvidenceBase, edition: str) -> Html:
    """Title, question, and where the board stands in numbers."""
    topic = base.schema.topic
    day = f" It shows what was public up to {base.day}." if base.day else ""
    everyone = answers(base)
    counts = Counter(item.verdict.name for item in everyone)
    tiles = "".join(
        f'<li>{verdict_chip(name)} <strong>{counts[name]}</strong> <span class="help">{escape(VERDICT_HELP[name])}</span></li>'
        for name in VERDICTS
    )
    sources = plural(sum(e.bibliography == "studies" for e in base.references.values()), "source")
    basis = (f"{plural(len(base.studies), 'study', 'studies')}, {plural(len(base.findings), 'finding')}, "
             f"{plural(len(base.registrations), 'registered study', 'registered studies')} and "
             f"{plural(len(base.jurisdictions), 'legal entry', 'legal entries')}")  # fmt: skip
    # An earlier day has neither a list of sources of its own nor anything to sign.
    basis, sign = (f"{basis}.", "") if base.day else (f"{basis} from {sources}.", edition_signed(base, edition))
    return Html(
        f'<p class="crumb">Edition {escape(edition)}.{day}</p><h1>{escape(topic.title)}</h1>'
        f'<p class="lead">{escape(topic.question)}</p><ul class="tiles">{tiles}</ul>'
        f'<p class="help">{basis}</p>{sign}'
    )


def in_short(base: EvidenceBase) -> Html:
    """The questions people ask first, each with its verdict in a sentence."""
    rows = []
    for name in (name for name in base.schema.topic.first_questions if name in base.questions):
        item = answer(base, name)
        rows.append(
            [link(page_of_question(name), item.question.wording), verdict_chip(item.verdict.name), _sentence(item)]
        )
    shown = table("What people ask first", ("Question", "Verdict", "In a sentence"), rows, css="short")
    return Html(f"<h2>In short</h2>{shown}") if rows else Html("")


def _sentence(item: Answer) -> Html:
    """The verdict in words, with the way to its sources on the question's own page."""
    said = verdict_statement(item)
    page = page_of_question(item.question.question)
    return Html(
        f'{escape(said.text)} <a class="self" href="{page}#{said.id}" aria-label="Sources of this sentence">¶</a>'
    )


def sides(base: EvidenceBase) -> Html:
    """What we know and what we don't know side by side: the critical questions first."""
    everyone = sorted(answers(base), key=_importance)
    known = [item for item in everyone if item.verdict.name == KNOWN and item.question.kind != "status"]
    unknown = [item for item in everyone if item.verdict.name in ("UNSTUDIED", "UNCERTAIN", "CONTESTED")]
    return Html(
        '<div class="sides">'
        f"<section><h2>What we know</h2>{_list(known)}</section>"
        f"<section><h2>What we don't know</h2>{_list(unknown)}</section></div>"
    )


def _importance(item: Answer) -> tuple[int, int]:
    return IMPORTANCE.index(item.question.importance), -len(item.findings)


def _list(items: list[Answer]) -> str:
    if not items:
        return "<p>Nothing so far.</p>"
    shown = "".join(
        f"<li>{verdict_chip(item.verdict.name)} {link(page_of_question(item.question.question), item.question.wording)}</li>"
        for item in items[:SIDE_BY_SIDE]
    )
    rest = len(items) - SIDE_BY_SIDE
    more = f'<p class="help">and {plural(rest, "more question")} below</p>' if rest > 0 else ""
    return f"<ul>{shown}</ul>{more}"


def sections(base: EvidenceBase) -> Html:
    """Every question in one line, by section, the most important first."""
    parts = []
    for section, title in base.schema.topic.sections.items():
        members = sorted((item for item in answers(base) if item.question.section == section), key=_importance)
        if members:
            counts = Counter(item.verdict.name for item in members)
            tally = ", ".join(f"{counts[name]} {name}" for name in VERDICTS if counts[name])
            rows = [_line(item) for item in members]
            shown = table(
                plural(len(rows), "question"),
                ("Question", "Verdict", "Certainty", "In a sentence", "Evidence", "Newest source"),
                rows,
                css="board",
            )
            parts.append(f'<details class="section" id="{escape(section)}" open><summary><h2>{escape(title)}</h2> '
                         f'<span class="help">{escape(tally)}</span></summary>{shown}</details>')  # fmt: skip
    return Html(f'<div class="sections">{"".join(parts)}</div>')


def _line(item: Answer) -> list[object]:
    question = link(page_of_question(item.question.question), item.question.wording)
    verdict = Html(f"{verdict_chip(item.verdict.name)} {_direction(item)}")
    return [question, verdict, certainty_chip(item), _sentence(item), evidence_chip(item), _newest(item)]


def _direction(item: Answer) -> str:
    return {"yes": "to yes", "no": "to no", "neither": "points nowhere"}.get(item.lean, "")


def _newest(item: Answer) -> str:
    """When the newest thing that the answer knows became public, as closely as its source says."""
    days = [finding.public_on for finding in item.findings] + [entry.public_on for entry in item.entries]
    return max((day for day in days if day), default="none")
