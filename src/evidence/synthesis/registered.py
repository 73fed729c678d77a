"""Registered studies: which owe their results."""

from __future__ import annotations

from datetime import date

from evidence.records.dates import last_day
from evidence.records.model import Registration

# Results are due twelve months after primary completion (ours).
DUE_DAYS = 365
NOT_SEEN = "none seen"


def is_overdue(item: Registration, day: date) -> bool:
    """Whether primary completion is more than twelve months before `day`, and no results were seen."""
    if not item.primary_completion or item.results != NOT_SEEN:
        return False
    return (day - last_day(item.primary_completion)).days > DUE_DAYS
