"""Questions of law and approval: what is in force by the newest entry of each place, and how well that is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from evidence.records.dates import last_day
from evidence.records.model import Jurisdiction
from evidence.synthesis.verdicts import KNOWN, LIKELY, UNSTUDIED, Verdict

PRIMARY = "primary"
# A bill, a proposal or a review changes no law until it is through.
PENDING = ("under review", "scheduling proposed", "scheduling withdrawn")


def in_force(entries: Iterable[Jurisdiction]) -> tuple[Jurisdiction, ...]:
    """The newest entry of each place and product that is no mere proposal.

    Where the law or agency itself says the same as the newest entry, its own words stand for it.
    """
    newest: dict[tuple[str, str], Jurisdiction] = {}
    valid = sorted((entry for entry in entries if entry.status not in PENDING), key=_since)
    for entry in valid:
        newest[entry.place, entry.product] = entry
    own = {(e.place, e.product, e.status): e for e in valid if e.source_kind == PRIMARY}
    return tuple(own.get((e.place, e.product, e.status), e) for e in newest.values())


def pending(entries: Iterable[Jurisdiction]) -> tuple[Jurisdiction, ...]:
    """Proposals, bills and reviews, whatever became of them."""
    return tuple(entry for entry in entries if entry.status in PENDING)


def _since(entry: Jurisdiction) -> tuple[date, date, str]:
    return last_day(entry.since or entry.public_on), last_day(entry.public_on), entry.entry


def judge_status(entries: tuple[Jurisdiction, ...]) -> Verdict:
    """KNOWN if most of what is in force rests on the law or agency itself, LIKELY if on what others say of it.

    Whether the last check is too long ago depends on the day of the edition and is said there.
    """
    if not entries:
        return Verdict(UNSTUDIED, UNSTUDIED, "no source was seen")
    current = in_force(entries) or entries
    primary = sum(entry.source_kind == PRIMARY for entry in current)
    told = f"{primary} of {len(current)} newest entries rest on the law or agency itself"
    if 2 * primary >= len(current):
        return Verdict(KNOWN, KNOWN, told)
    return Verdict(LIKELY, LIKELY, f"only {told}; the rest on what others say of it")
