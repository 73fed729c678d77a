"""The verdict as it would have stood at the end of each year, from what was public then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Answer, answer

# The first year-end that is shown (ours).
FIRST_YEAR = 2010


@dataclass(frozen=True)
class YearEnd:
    """A verdict as of a day: the end of a year, or the newest day of the base.

    Attributes
    ----------
    lean
        As in `Answer.lean`.
    rows
        How many findings or legal entries were public.
    """

    day: str
    verdict: str
    lean: str
    rows: int

    @property
    def year(self) -> str:
        """The year."""
        return self.day[:4]


def history(base: EvidenceBase, question: str, until: date) -> tuple[YearEnd, ...]:
    """Verdicts of one question at each year-end from `FIRST_YEAR` to the year of `until`, and on that day itself.

    Parameters
    ----------
    until
        The day the page speaks of; later rows are not looked at.
    """
    days = [date(year, 12, 31) for year in range(FIRST_YEAR, until.year)] + [until]
    return tuple(_on(answer(base.as_of(day.isoformat()), question), day) for day in days)


def _on(then: Answer, day: date) -> YearEnd:
    return YearEnd(day.isoformat(), then.verdict.computed, then.lean, len(then.findings) + len(then.entries))
