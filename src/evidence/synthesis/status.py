"""Questions of law and approval: known from a primary source that was checked in time."""

from __future__ import annotations

from evidence.records.model import Jurisdiction
from evidence.synthesis.verdicts import KNOWN, LIKELY, UNSTUDIED, Verdict


def judge_status(entries: tuple[Jurisdiction, ...]) -> Verdict:
    """KNOWN if most entries rest on the law or agency itself, LIKELY if on what others say of it.

    Whether the last check is too long ago depends on the day of the edition and is said there.
    """
    if not entries:
        return Verdict(UNSTUDIED, UNSTUDIED, "no source was seen")
    primary = sum(entry.source_kind == "primary" for entry in entries)
    if 2 * primary >= len(entries):
        return Verdict(KNOWN, KNOWN, f"{primary} of {len(entries)} entries rest on the law or agency itself")
    rule = (
        f"only {primary} of {len(entries)} entries rest on the law or agency itself; the rest on what others say of it"
    )
    return Verdict(LIKELY, LIKELY, rule)
