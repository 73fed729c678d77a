"""Dates that may be known only to a year or a month."""

from __future__ import annotations

import calendar
from datetime import date

from evidence.errors import ParameterError

YEAR_LENGTH, MONTH_LENGTH = 4, 7


def last_day(partial: str) -> date:
    """The last day that ``2019``, ``2019-03`` or ``2019-03-05`` can mean.

    Raises
    ------
    ValueError
        If the text is none of the three.
    """
    if len(partial) == YEAR_LENGTH:
        return date(int(partial), 12, 31)
    if len(partial) == MONTH_LENGTH:
        year, month = int(partial[:4]), int(partial[5:])
        return date(year, month, calendar.monthrange(year, month)[1])
    return date.fromisoformat(partial)


def is_public(partial: str, day: date) -> bool:
    """Whether a fact with this date was certainly public at the end of `day`."""
    return last_day(partial) <= day


def check_day(text: str) -> date:
    """A day given by a person.

    Raises
    ------
    ParameterError
        If it is not written 2026-11-24.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"as_of: {text!r} is not a day; write it as 2026-11-24.") from None


def check_edition(label: str) -> str:
    """The label of an edition given by a person.

    Raises
    ------
    ParameterError
        If it is not written 2026-11.
    """
    try:
        last_day(label)
    except ValueError:
        pass
    else:
        if len(label) == MONTH_LENGTH:
            return label
    raise ParameterError(f"edition: {label!r} is not a month; write it as 2026-11.")
