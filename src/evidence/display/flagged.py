"""Reports under a retraction or an expression of concern: what each question would say with them and without them.

The same rules run twice over the same rows. Nothing is taken on trust: a proposal that nobody has looked at moves nothing
here, and is shown with what it would move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from html import escape

from evidence.display.chips import certainty_chip, verdict_chip
from evidence.display.marks import page_of_question, page_of_study
from evidence.display.tables import Html, link, outside, place, table
from evidence.records.base import PROPOSED, WITHDRAWN, EvidenceBase
from evidence.records.model import Correction
from evidence.synthesis.answers import Answer, compute

# The row of the table of searches in which the retraction drill records that it was done.
DRILL = "retraction-drill"
SETTLED = "applied"
HEADER = ("Report", "Notice", "Question", "With it", "Without it", "What moves")
POINTING = {"yes": "points to yes", "no": "points to no", "neither": "points nowhere"}


@dataclass(frozen=True)
class Comparison:
    """One question with some reports speaking, and without them."""

    reports: tuple[str, ...]
    speaking: Answer
    silent: Answer

    @property
    def moves(self) -> tuple[str, ...]:
        """What differs, in words; empty where nothing does."""
        told = []
        with_it, without = self.speaking.verdict.name, self.silent.verdict.name
        if with_it != without:
            told.append(f"the verdict, from {with_it} to {without}")
        if _level(self.speaking) != _level(self.silent):
            told.append(f"the certainty, from {_level(self.speaking)} to {_level(self.silent)}")
        if self.speaking.lean != self.silent.lean:
            told.append(f"the direction: it {_lean(self.speaking)} with it and {_lean(self.silent)} without it")
        return tuple(told)

    @property
    def words(self) -> str:
        """The same as a sentence."""
        moves = self.moves
        listed = f"{', '.join(moves[:-1])} and {moves[-1]}" if len(moves) > 1 else "".join(moves)
        return f"Moves {listed}." if moves else "Nothing moves: verdict, certainty and direction stay."


def flagged(base: EvidenceBase, day: date) -> Html:
    """Every report under a retraction or an expression of concern, proposed or settled, with what hangs on it.

    Parameters
    ----------
    base
        The evidence.
    day
        The day of the edition: a check done after it is not told.
    """
    rows: list[list[object]] = []
    keys = tuple(dict.fromkeys(item.citekey for item in _notices(base)))
    for question in base.questions:
        touching = _touching(base, keys, question)
        compared = [compare(base, question, (key,)) for key in touching]
        compared += [compare(base, question, touching)] if len(touching) > 1 else []
        rows += [_row(base, item) for item in compared]
    touched = {finding.citekey for finding in base.findings.values()}
    rows += [[base.references[key].label, _notices_of(base, key), "none: no finding rests on it", "", "", ""]
             for key in keys if key not in touched]  # fmt: skip
    if not rows:
        return Html(
            f"<p>No report here is known to be retracted or under an expression of concern; {_last(base, day)}.</p>"
        )
    caption = "Reports under a retraction or an expression of concern, and each question that rests on them"
    return Html(f"{table(caption, HEADER, rows)}<p>Notices: {_last(base, day)}.</p>")


def with_and_without(answer: Answer) -> Html:
    """For a question's page: what it would say with and without its flagged reports; empty when there are none."""
    base, name = answer.base, answer.question.question
    keys = _touching(base, tuple(dict.fromkeys(item.citekey for item in _notices(base))), name)
    if not keys:
        return Html("")
    compared = [compare(base, name, (key,)) for key in keys] + ([compare(base, name, keys)] if len(keys) > 1 else [])
    items = "".join(
        f"<li>{_labels(base, item)}: {_notice_words(base, item)} With it: {_chips(item.speaking)}. "
        f"Without it: {_chips(item.silent)}. {escape(item.words)}</li>"
        for item in compared
    )
    return Html(f"<h3>Under a retraction or an expression of concern</h3><ul>{items}</ul>")


def compare(base: EvidenceBase, question: str, reports: tuple[str, ...]) -> Comparison:
    """Answer a question as if nothing were known against some reports, and as if all that is known were applied."""
    about = [item for item in base.corrections if item.citekey in reports and item.kind in WITHDRAWN]
    others = tuple(item for item in base.corrections if item not in about)
    applied = tuple(replace(item, status=SETTLED) for item in about)
    return Comparison(
        reports,
        compute(replace(base, corrections=others), question),
        compute(replace(base, corrections=(*others, *applied)), question),
    )


def _notices(base: EvidenceBase) -> list[Correction]:
    return [item for item in base.corrections if item.kind in WITHDRAWN]


def _touching(base: EvidenceBase, keys: tuple[str, ...], question: str) -> tuple[str, ...]:
    used = {finding.citekey for finding in base.findings_by_question.get(question, ())}
    return tuple(key for key in keys if key in used)


def _row(base: EvidenceBase, item: Comparison) -> list[object]:
    question = item.speaking.question
    return [_labels(base, item), _notice_words(base, item), link(page_of_question(question.question), question.wording),
            _chips(item.speaking), _chips(item.silent), item.words]  # fmt: skip


def _labels(base: EvidenceBase, item: Comparison) -> Html:
    """The report with a link to its study; of several together, how many."""
    if len(item.reports) > 1:
        return Html(f"All {len(item.reports)} of them together")
    key = item.reports[0]
    study = next(finding.study for finding in base.findings.values() if finding.citekey == key)
    return link(page_of_study(study), base.references[key].label)


def _notice_words(base: EvidenceBase, item: Comparison) -> Html:
    return _notices_of(base, item.reports[0]) if len(item.reports) == 1 else Html("the notices above.")


def _notices_of(base: EvidenceBase, key: str) -> Html:
    """Kind, day, status and address of each notice about a report, and its row."""
    return Html(" ".join(
        f"{escape(item.kind)}, {escape(item.public_on)}; {escape(_status(item))} ({outside(item.seen_at)}; {place(item.where)})."
        for item in _notices(base) if item.citekey == key
    ))  # fmt: skip


def _status(item: Correction) -> str:
    if item.status == PROPOSED:
        return "proposed by a check and not looked at yet, so the report speaks here"
    return f"settled ({item.status}), so the report does not speak here"


def _chips(answer: Answer) -> Html:
    return Html(f"{verdict_chip(answer.verdict.name)} {certainty_chip(answer)}")


def _level(answer: Answer) -> str:
    return answer.deciding.certainty.name if answer.deciding and answer.deciding.certainty else "none"


def _lean(answer: Answer) -> str:
    return POINTING.get(answer.lean, "gives no direction")


def _last(base: EvidenceBase, day: date) -> str:
    """When the drill was last done, as far as it is recorded."""
    found = base.searches.get(DRILL)
    if found is None or found.ran_on is None or found.ran_on > day:
        return "no check is recorded"
    return f"last checked {found.ran_on}"
