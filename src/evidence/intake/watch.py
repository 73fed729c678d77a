"""Asking the services again with the words of data/searches.csv, and handing what came to the register of records.

A search that a service broke off registers nothing: its pages are kept, the next run goes on where it stopped, and so the
records of a search always come from one whole answer. A search that reached its end with another number than announced is
registered, because those records are real, and told; its day is not moved, so it is asked again. One service that is down
never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from evidence.editions.files import write_whole
from evidence.errors import EvidenceError
from evidence.intake.incoming import Incoming
from evidence.intake.polite import Client, DownError, ServiceError
from evidence.intake.rewriting import read_whole, with_cells
from evidence.intake.services import SERVICES, Searchable
from evidence.intake.services.pages import ShortfallError
from evidence.records.base import EvidenceBase, type_sources
from evidence.records.model import Search
from evidence.records.tidy import table_text
from evidence.workspace import Workspace

# Ours: services date a record some days before it can be found; what comes twice is known by its numbers and dropped.
OVERLAP = timedelta(days=14)


class Registered(Protocol):
    """What the register says it did with the records of one search."""

    @property
    def new(self) -> int:
        """How many were not known yet."""

    @property
    def repeated(self) -> int:
        """How many were known."""


Register = Callable[[Workspace, Sequence[Incoming], str, date], Registered]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of asking one search again.

    Attributes
    ----------
    asked
        The words.
    since
        The day from which records were asked for; None where all were.
    received, new, repeated
        None where the search did not reach its end; `new` and `repeated` also where nothing was registered on purpose.
    problem
        What went wrong and what to do; empty where nothing did.
    """

    search: str
    service: str
    asked: str
    since: date | None
    received: int | None = None
    new: int | None = None
    repeated: int | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What one run brought."""

    day: date
    rehearsal: bool
    searches: tuple[Asked, ...]
    notes: tuple[str, ...]

    @property
    def new(self) -> int:
        """Records that were not known yet."""
        return sum(asked.new or 0 for asked in self.searches)

    @property
    def problems(self) -> tuple[Asked, ...]:
        """Searches that stay due."""
        return tuple(asked for asked in self.searches if asked.problem)


def watch(
    workspace: Workspace,
    today: date,
    client: Client | None = None,
    services: Collection[str] | None = None,
    register: Register | None = None,
    rehearsal: bool = False,
) -> Watched:
    """Ask every search that names a service, register what came, and note day and number in data/searches.csv.

    Parameters
    ----------
    workspace, today
        Where, and the day of the run.
    client
        Who asks; by default one that keeps its pages in build/watch/.
    services
        Only these; all if None.
    register
        What takes the records of one search; by default `evidence.intake.register.add_records`.
    rehearsal
        Ask, and write nothing.

    Raises
    ------
    EvidenceError
        If a service is unknown, or a table cannot be read whole. A service that fails raises nothing: it is told.
    """
    if unknown := sorted(set(services or ()) - SERVICES.keys()):
        raise EvidenceError(f"No service is called {', '.join(unknown)}; there are {', '.join(SERVICES)}.")
    due = [search for search in _searches(workspace).values() if search.service in (services or SERVICES)]
    client = client or Client(workspace.build / "watch")
    register = None if rehearsal else register or _register()
    down: dict[str, str] = {}
    asked = tuple(_one(workspace, today, client, search, register, down) for search in due)
    return Watched(day=today, rehearsal=rehearsal, searches=asked, notes=tuple(client.notes))


def _register() -> Register:
    from evidence.intake.register import add_records

    return add_records


def _searches(workspace: Workspace) -> Mapping[str, Search]:
    base: EvidenceBase = type_sources(read_whole(workspace))
    return base.searches


def _one(workspace: Workspace, today: date, client: Client, search: Search,
         register: Register | None, down: dict[str, str]) -> Asked:  # fmt: skip
    since = search.ran_on - OVERLAP if search.ran_on else None
    asked = Asked(search=search.search, service=search.service, asked=search.query, since=since)
    if search.service in down:
        return replace(asked, problem=f"Not asked: {down[search.service]}")
    try:
        records, problem = _collect(client, SERVICES[search.service], search.query, since)
    except ServiceError as error:
        client.keep()
        if isinstance(error, DownError):
            down[search.service] = error.message
        return replace(asked, problem=error.message)
    asked = replace(asked, received=len(records), problem=problem)
    if register:
        done = register(workspace, records, search.search, today)
        asked = replace(asked, new=done.new, repeated=done.repeated)
        if not problem:
            _note_run(workspace, search, asked, today)
    if register or problem:
        client.forget()
    else:
        client.keep()
    return asked


def _collect(client: Client, service: Searchable, query: str, since: date | None) -> tuple[list[Incoming], str]:
    """The records of a search that reached its end, and what is wrong with their number."""
    records: list[Incoming] = []
    try:
        for record in service.search(client, query, since):
            records.append(record)  # kept one by one: a shortfall is told after the last
    except ShortfallError as error:
        return records, error.message
    return records, ""


def _note_run(workspace: Workspace, search: Search, asked: Asked, today: date) -> None:
    """Day and number of a search; asked since a day only, the new records come on top of those found before."""
    found = (search.found or 0) + (asked.new or 0) if asked.since else asked.received
    table = read_whole(workspace).tables["searches"]
    cells = {"ran_on": today.isoformat(), "found": str(found)}
    write_whole(workspace.table("searches"), table_text(with_cells(table, {"search": search.search}, cells)))


def watch_text(result: Watched) -> str:
    """What a person wants to know: what is new by service, what failed, what to do."""
    if not result.searches:
        return (
            "No search was asked: give rows of data/searches.csv a `service`, and a query in that service's own words."
        )
    lines = [_service_line(key, [one for one in result.searches if one.service == key], result.rehearsal)
             for key in SERVICES if any(one.service == key for one in result.searches)]  # fmt: skip
    lines += [f"  {one.search}: {one.problem}" for one in result.problems]
    lines += [f"Note: {note}" for note in result.notes]
    return "\n".join([*lines, _last_line(result)])


def _service_line(key: str, searches: list[Asked], rehearsal: bool) -> str:
    whole = [one for one in searches if one.received is not None]
    received = sum(one.received or 0 for one in whole)
    new, repeated = (sum(getattr(one, name) or 0 for one in whole) for name in ("new", "repeated"))
    came = f"{received} received" if rehearsal else f"{new} new, {repeated} known already"
    failed = (
        f"; {len(searches) - len(whole)} of {len(searches)} searches not answered" if len(whole) < len(searches) else ""
    )
    return f"{SERVICES[key].service.name}: {came if whole else 'nothing'}{failed}"


def _last_line(result: Watched) -> str:
    if result.rehearsal:
        return "Nothing was written. Without --dry-run the records are registered."
    if result.problems:
        names = ", ".join(dict.fromkeys(SERVICES[one.service].service.name for one in result.problems))
        return f"{result.new} new records. Still due: {names}. Run `make watch` again; what was fetched is not fetched twice."
    return f"{result.new} new records. `make screen` shows what waits for a decision." if result.new else "Nothing new."


def as_dict(result: Watched) -> dict[str, Any]:
    """The run as plain data for JSON: days as text, nothing left out."""
    plain = asdict(result) | {"day": result.day.isoformat(), "new": result.new}
    searches = [one | {"since": one["since"].isoformat() if one["since"] else None} for one in plain["searches"]]
    return plain | {"searches": searches}
