"""Sign-off: who reviewed what, and whether it is still what was reviewed. A checksum names what a reviewer saw."""

from __future__ import annotations

from html import escape

from evidence.display.tables import Html
from evidence.display.wording import say
from evidence.records.base import EvidenceBase
from evidence.records.digests import fact_digest, short_digest
from evidence.records.model import Review
from evidence.synthesis.answers import Answer, answer

REVIEWED, CHANGED, NOT_REVIEWED = "reviewed", "changed since review", "not reviewed"


def checksum(reply: Answer) -> str:
    """Of what a question's page says: its verdict, its sentences, and the rows behind it."""
    rows = [fact_digest(fact) for fact in (reply.question, *reply.findings, *reply.entries, *reply.registrations)]
    judged = [fact_digest(item) for key in dict.fromkeys(f.study for f in reply.findings)
              for item in reply.base.appraisals_by_study.get(key, ())]  # fmt: skip
    return short_digest([reply.verdict.name, [said.text for said in say(reply)], rows, judged])


def edition_checksum(base: EvidenceBase) -> str:
    """Of a whole edition: the checksums of all its questions."""
    return short_digest({name: checksum(answer(base, name)) for name in base.questions})


def reviews_of(base: EvidenceBase, subject: str) -> tuple[Review, ...]:
    """The reviews of a question or an edition, the newest first."""
    found = [item for item in base.reviews if item.subject == subject]
    return tuple(sorted(found, key=lambda item: item.reviewed_on, reverse=True))


def standing(reviews: tuple[Review, ...], now: str) -> str:
    """Whether what stands was reviewed."""
    if not reviews:
        return NOT_REVIEWED
    return REVIEWED if any(item.checksum == now for item in reviews) else CHANGED


def signed(reply: Answer) -> Html:
    """One line for a question's page."""
    return _line(
        reviews_of(reply.base, reply.question.question),
        checksum(reply),
        f"make review QUESTION={reply.question.question}",
    )


def edition_signed(base: EvidenceBase, edition: str) -> Html:
    """One line for the board: the edition as a whole, and how many of its questions were reviewed."""
    whole = _line(reviews_of(base, edition), edition_checksum(base), "make review")
    states = [standing(reviews_of(base, name), checksum(answer(base, name))) for name in base.questions]
    told = (
        f"{states.count(REVIEWED)} of {len(states)} questions reviewed, {states.count(CHANGED)} changed since review."
    )
    return Html(f'{whole}<p class="help">{told}</p>')


def _line(reviews: tuple[Review, ...], now: str, command: str) -> Html:
    state = standing(reviews, now)
    if state == NOT_REVIEWED:
        return Html(f'<p class="help">Not reviewed by anybody outside yet (checksum <code>{now}</code>).</p>')
    match = next((item for item in reviews if item.checksum == now), reviews[0])
    note = f" “{escape(match.note)}”" if match.note else ""
    who = f"by {escape(match.reviewer)} on {match.reviewed_on}"
    if state == REVIEWED:
        return Html(f'<p class="help">Reviewed {who} as it stands (checksum <code>{now}</code>).{note}</p>')
    return Html(
        f'<p class="help">Changed since it was reviewed {who}; <code>{command}</code> prints what changed.{note}</p>'
    )
