"""Following a search from page to page to its end, and holding what came against what was announced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evidence.intake.incoming import Incoming
from evidence.intake.polite import Client, Service, ServiceError

# PubMed gives no more than the first 9,999 records of a search (E-utilities In-Depth, ESearch, retmax); for the others
# it is ours: a search that wide is not one that people screen.
MOST_RECORDS = 9_999


class ShortfallError(ServiceError):
    """A search reached its end with another number of records than the service announced."""


@dataclass(frozen=True)
class Page:
    """One page: the total that the service announces (None where it says nothing), the records, and where to go on."""

    total: int | None
    records: tuple[Incoming, ...]
    following: str


def all_pages(client: Client, service: Service, ask: Callable[[str], Page], first: str) -> Iterator[Incoming]:
    """Every record of a search, each once.

    Parameters
    ----------
    client, service
        Who asks whom.
    ask
        Fetches the page that stands at a cursor.
    first
        The cursor of the first page.

    Raises
    ------
    ShortfallError
        At the end, if not as many different records came as the first page announced.
    ServiceError
        If a page cannot be had, or the search is too wide.
    """
    page, cursors, seen = ask(first), {first}, set[str]()
    announced = page.total
    while page.records:
        _refuse_too_wide(service, max(announced or 0, len(seen)))
        new = {record.address: record for record in page.records if record.address not in seen}
        seen |= new.keys()
        _tell_untitled(client, service, [address for address, record in new.items() if not record.title])
        yield from (record for record in new.values() if record.title)
        if not page.following or page.following in cursors:
            break
        cursors.add(page.following)
        page = ask(page.following)
    if len(seen) != announced:
        promised = "no total" if announced is None else f"{announced:,} records"
        raise ShortfallError(f"{service.name} announced {promised} and sent {len(seen):,}. The search stays due.")


def _refuse_too_wide(service: Service, total: int) -> None:
    if total > MOST_RECORDS:
        raise ServiceError(
            f"{service.name} has {total:,} records for this search; at most {MOST_RECORDS:,} are read. "
            "Narrow the query in data/searches.csv: some services take every record that holds any of the words."
        )


def _tell_untitled(client: Client, service: Service, addresses: list[str]) -> None:
    if addresses:
        client.note(f"{service.name}: left out for want of a title: {', '.join(addresses)}.")
