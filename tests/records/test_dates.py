from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import ParameterError
from evidence.records.dates import check_day, check_edition, is_public, last_day

days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(days)
def test_a_date_known_to_the_year_or_month_counts_from_its_last_day(day):
    year, month = f"{day.year}", day.isoformat()[:7]
    assert last_day(month) >= day
    assert last_day(year) >= last_day(month)
    assert is_public(day.isoformat(), day)
    assert not is_public(day.isoformat(), day - timedelta(days=1))
    assert (last_day(month) + timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "2026", "24.11.2026"])
def test_a_day_is_refused_unless_it_is_one(text):
    with pytest.raises(ParameterError, match="as_of"):
        check_day(text)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "2026-11-24", "../evil"])
def test_an_edition_is_a_month(text):
    with pytest.raises(ParameterError, match="edition"):
        check_edition(text)
    assert check_edition("2026-11") == "2026-11"
