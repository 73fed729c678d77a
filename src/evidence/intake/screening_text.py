"""What `evidence screen` prints: the next records with why they are there, what waits, and how screeners agree."""

from __future__ import annotations

from evidence.intake.priority import Priority
from evidence.intake.screening import differ, known_record, queue, to_carry
from evidence.intake.screening_agreement import ScreenerAgreement
from evidence.records.base import EvidenceBase
from evidence.records.model import Record
from evidence.rules.flow import AWAITING, UNSURE, agreed, decisions_by_record

# Records that one screen shows (ours).
SHOWN = 10


def queue_text(base: EvidenceBase, screener: str, order: Priority, shown: int = SHOWN) -> str:
    """The next records of a queue, the reason for their order, and what else waits.

    Parameters
    ----------
    base, screener
        Whose queue; without a name, everybody's.
    order
        From `priority`.
    shown
        How many records at most.
    """
    waiting = queue(base, screener, order.scores)
    awaiting = sum(record.fate == AWAITING for record in base.records.values())
    head = f"{len(waiting) or 'Nothing'} to decide{f' for {screener}' if screener else ''}"
    lines = [f"{head}; {awaiting} of {len(base.records)} records await."]
    lines += [order.told] if waiting else []
    for record in waiting[:shown]:
        lines += ["", f"{record.record}  {described(record)}"]
        lines += [f"    {why}" for why in reasons_to_read(base, record, order)]
    lines += ["", f"{len(waiting) - shown} more follow."] if len(waiting) > shown else []
    carried = [f"{r.record} is agreed and waits: make study FROM={r.record} KIND=… KEY=…" for r in to_carry(base)]
    return "\n".join([*lines, *(["", *carried] if carried else [])])


def record_text(base: EvidenceBase, name: str) -> str:
    """One record whole, with what screeners said about it.

    Raises
    ------
    UnknownIdError
        If there is no such record.
    """
    record = known_record(base, name)
    facts = (record.authors, f"doi {record.doi}" if record.doi else "", f"{record.fate}: {record.reason}")
    why = reasons_to_read(base, record, Priority({}, ""))
    return "\n    ".join([f"{record.record}  {described(record)}", *filter(None, facts), *why])


def described(record: Record) -> str:
    """Title, venue and year, as far as seen."""
    known = ", ".join(part for part in (record.venue, str(record.year or "")) if part)
    return record.title + (f" ({known})" if known else "")


def reasons_to_read(base: EvidenceBase, record: Record, order: Priority) -> list[str]:
    """Why a record stands where it does in the queue, a line each."""
    decisions = decisions_by_record(base).get(record.record, ())
    said = "; ".join(
        f"{item.screener} {item.decision}{f' ({item.reason})' if item.reason else ''}" for item in decisions
    )
    lines = []
    if record.same_as:
        twin = base.records.get(record.same_as)
        lines.append(f"a repeat of {record.same_as}? {described(twin) if twin else 'not in records.csv'}")
    if differ(decisions):
        lines.append(f"screeners differ: {said}")
    elif decisions:
        lines.append(f"{'screeners are unsure' if agreed(decisions) == UNSURE else 'proposed'}: {said}")
    if record.seen_at:
        lines.append(record.seen_at)
    return [*lines, *_weighed(record, order)]


def agreement_text(pairs: tuple[ScreenerAgreement, ...]) -> str:
    """How every two screeners agree, and where they do not."""
    if not pairs:
        return "Fewer than two people have screened; agreement needs two."
    return "\n".join(_pair_text(pair) for pair in pairs)


def _weighed(record: Record, order: Priority) -> list[str]:
    if order.model is None or record.record not in order.scores:
        return []
    why = order.model.explain(record)
    sides = [
        f"{side}: {', '.join(words)}"
        for side, words in (("raised by", why.raised), ("lowered by", why.lowered))
        if words
    ]
    return [f"{order.scores[record.record]:.2f}" + (f", {'; '.join(sides)}" if sides else ", no word of it is known")]


def _pair_text(pair: ScreenerAgreement) -> str:
    who = " and ".join(pair.screeners)
    if not pair.both:
        return f"{who} have decided no record in common."
    kappa = "not defined, since both used one word throughout" if pair.kappa is None else f"{pair.kappa:.2f}"
    conflicts = f" They differ on {', '.join(pair.conflicts)}." if pair.conflicts else ""
    return f"{who}: {pair.both} records decided by both, {pair.same} alike ({pair.same / pair.both:.0%}); kappa {kappa}.{conflicts}"
