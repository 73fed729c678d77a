"""`make review`: the checksum to sign, and what changed in a question or an edition since somebody reviewed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evidence.display.signoff import NOT_REVIEWED, REVIEWED, checksum, edition_checksum, reviews_of, standing
from evidence.editions.changes import FACTS
from evidence.editions.index import labels
from evidence.editions.state import state
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import answer
from evidence.workspace import Workspace

HOW = "To sign it, add a row to data/reviews.csv: {subject}, a role or initials, the day, {checksum}, and what you say."


def review_text(base: EvidenceBase, question: str, edition: str) -> str:
    """What a reviewer needs: where it stands, what changed since the newest review, and what to write down.

    Raises
    ------
    UnknownIdError
        If there is no such question.
    """
    subject = question or edition
    now = checksum(answer(base, question)) if question else edition_checksum(base)
    reviews = reviews_of(base, subject)
    lines = [f"{subject}: {standing(reviews, now)} (checksum {now})"]
    lines += [f"  {item.reviewed_on}  {item.reviewer}  {item.checksum}  {item.note}".rstrip() for item in reviews]
    if standing(reviews, now) not in (NOT_REVIEWED, REVIEWED):
        lines += _since(base, question, reviews[0].checksum)
    return "\n".join([*lines, HOW.format(subject=subject, checksum=now)])


def _since(base: EvidenceBase, question: str, reviewed: str) -> list[str]:
    """What differs from the edition in which the reviewed checksum stood."""
    for label in labels(base.workspace):
        then = _record(base.workspace, label)
        if _checksum(then, question) == reviewed:
            return [f"Since edition {label}, which was reviewed:", *_differences(then, state(base), question)]
    return ["No published edition has the checksum that was reviewed, so what changed cannot be told."]


def _checksum(then: Mapping[str, Any], question: str) -> str:
    return str(then["questions"].get(question, {}).get("checksum") if question else then.get("checksum"))


def _differences(then: Mapping[str, Any], now: Mapping[str, Any], question: str) -> list[str]:
    names = [question] if question else [n for n in now["questions"] if _checksum(then, n) != _checksum(now, n)]
    lines = []
    for name in names:
        before, after = then["questions"].get(name), now["questions"][name]
        if before is None or before["sentence"] != after["sentence"]:
            lines += [
                f"  {name}",
                f"    was: {before['sentence'] if before else 'not asked'}",
                f"    is:  {after['sentence']}",
            ]
        else:
            lines.append(f"  {name}: the first sentence stands; a row, an appraisal or another sentence changed")
    return lines + _rows(then, now, question)


def _rows(then: Mapping[str, Any], now: Mapping[str, Any], question: str) -> list[str]:
    """Rows behind the first sentence of a question that are new, gone or corrected; all rows for an edition."""
    asked = [item["questions"].get(question, {}).get("rests_on", ()) for item in (then, now)] if question else []
    of = {name for names in asked for name in names}
    lines = []
    for kind in FACTS:
        before, after = then.get(kind, {}), now.get(kind, {})
        for name in sorted({**before, **after}):
            if before.get(name) != after.get(name) and (not question or name in of):
                what = "added" if name not in before else "lost" if name not in after else "corrected"
                lines.append(f"    {what}: {kind} {name}")
    return lines


def _record(workspace: Workspace, label: str) -> Any:
    return json.loads((workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
