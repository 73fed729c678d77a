"""Screening: who decided what about which record, and how decisions become a fate.

The rule, whole: one screener's decision is a proposal. When all who decided about a record, at least two, agree to
exclude it, it is set aside with their reason; when they agree to include it, it awaits being carried into the tables;
where they differ it stays in the queue, flagged. Any other change of fate is a person's `settle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evidence.errors import EvidenceError, UnknownIdError
from evidence.intake.rewriting import (
    entry_of,
    free_key,
    one_line,
    read_whole,
    with_cells,
    with_entry,
    with_row,
    without_entry,
    without_row,
)
from evidence.records.base import EvidenceBase, type_sources
from evidence.records.model import Record, Screening
from evidence.records.sources import Sources
from evidence.records.tidy import table_text
from evidence.rules.flow import (
    AGAINST,
    AWAITING,
    DUPLICATE,
    EXCLUDE,
    INCLUDE,
    SET_ASIDE,
    UNSURE,
    agreed,
    decisions_by_record,
)
from evidence.workspace import Workspace

DECISIONS = (INCLUDE, EXCLUDE, UNSURE)
# Fates that `settle` gives; a record becomes included by being carried into the tables.
SETTLED = (SET_ASIDE, DUPLICATE, AWAITING)
REOPENED = "awaiting again: a decision to exclude it was taken back"


@dataclass(frozen=True)
class Change:
    """What was done, in a sentence, and the new text of each file, by path from the root."""

    told: str
    texts: Mapping[str, str]


def queue(base: EvidenceBase, screener: str = "", order: Mapping[str, float] | None = None) -> tuple[Record, ...]:
    """Awaiting records that this screener has not decided, and those on which screeners differ or agree to be unsure.

    Parameters
    ----------
    base, screener
        Whose queue; without a name every record counts that is not settled between screeners.
    order
        A score by record, the highest first; without one, or among equals, the order of arrival.

    Returns
    -------
    tuple of Record
        Proposed repeats first, then conflicts, then the rest by score.
    """
    decided, scores = decisions_by_record(base), order or {}
    waiting = [r for r in base.records.values() if r.fate == AWAITING and _is_open(decided.get(r.record, ()), screener)]

    def place(record: Record) -> tuple[bool, bool, float, date]:
        conflict = differ(decided.get(record.record, ()))
        return not record.same_as, not conflict, -scores.get(record.record, 0.0), record.recorded_on

    return tuple(sorted(waiting, key=place))


def differ(decisions: tuple[Screening, ...]) -> bool:
    """Whether screeners of one record decided differently."""
    return len({item.decision for item in decisions}) > 1


def known_record(base: EvidenceBase, name: str) -> Record:
    """The record of that name.

    Raises
    ------
    UnknownIdError
        If there is none; it names those whose names begin alike.
    """
    if name in base.records:
        return base.records[name]
    near = [key for key in base.records if key.lower().startswith(name.lower()[:4])][:5]
    raise UnknownIdError(f"No record is called {name!r}." + (f" Near it: {', '.join(near)}." if near else ""))


def to_carry(base: EvidenceBase) -> tuple[Record, ...]:
    """Awaiting records that their screeners agreed to include: they wait for `make study FROM=`."""
    decided = decisions_by_record(base)
    return tuple(
        r for r in base.records.values() if r.fate == AWAITING and agreed(decided.get(r.record, ())) == INCLUDE
    )


def decide(workspace: Workspace, record: str, screener: str, decision: str, reason: str, today: date) -> Change:
    """One screener's decision about one record.

    Raises
    ------
    EvidenceError
        If the record is unknown, settled or decided by this screener already, or an exclusion has no reason.
    """
    sources = read_whole(workspace)
    base = type_sources(sources)
    found, screener, reason = _awaiting(base, record), one_line(screener), one_line(reason)
    before = decisions_by_record(base).get(record, ())
    _refuse(before, screener, decision, reason)
    cells = {
        "record": record,
        "screener": screener,
        "decision": decision,
        "reason": reason,
        "decided_on": today.isoformat(),
    }
    table = with_row(sources.tables["screening"], cells)
    made = Screening(
        where=found.where, record=record, screener=screener, decision=decision, reason=reason, decided_on=today
    )
    texts = {table.file: table_text(table)}
    told = f"{record}: {screener} says {decision}."
    if agreed((*before, made)) == EXCLUDE:
        return Change(
            f"{told} All agree: it is set aside.", texts | _aside(sources, found, _reasons((*before, made)), today)
        )
    return Change(told + _next_step((*before, made)), texts)


def settle(workspace: Workspace, record: str, fate: str, reason: str, today: date, same_as: str = "") -> Change:
    """Give an awaiting record its fate, whatever screeners said.

    Parameters
    ----------
    workspace, record
        Where, and which.
    fate
        ``set aside``; ``duplicate`` of the proposed or the given record; or ``awaiting``: the proposed repeat is none.
    reason
        Why; required. Where two screeners agreed on the opposite, it is marked as against them.
    today
        The day of the decision.
    same_as
        Which record it repeats, where none was proposed.

    Raises
    ------
    EvidenceError
        If the record is unknown or settled, the reason is empty, or the fate is not one that can be given here.
    """
    sources = read_whole(workspace)
    base = type_sources(sources)
    found, reason = _awaiting(base, record), one_line(reason)
    if not reason:
        raise EvidenceError(f'{record}: a fate needs a reason. Add --reason "…".')
    if fate == SET_ASIDE:
        against = AGAINST if agreed(decisions_by_record(base).get(record, ())) == INCLUDE else ""
        return Change(f"{record} is set aside.", _aside(sources, found, against + reason, today))
    if fate == DUPLICATE:
        return _repeat(sources, base, found, same_as or found.same_as, reason, today)
    if fate == AWAITING and found.same_as:
        cells = {"same_as": "", "reason": f"no repeat of {found.same_as}: {reason}"}
        return Change(
            f"{record} is no repeat of {found.same_as}; it awaits screening.", _changed(sources, {record: cells})
        )
    raise EvidenceError(
        f"{record}: {fate!r} is not a fate to settle here. Choose among {', '.join(SETTLED)} (awaiting: no repeat after all); "
        f"`make study FROM={record}` makes it included."
    )


def undo(workspace: Workspace, screener: str, record: str = "") -> Change:
    """Take back a screener's last decision, or the one about `record`; a fate that came of it goes back too.

    Raises
    ------
    EvidenceError
        If there is no such decision, or the record was settled otherwise since, or its entry was edited.
    """
    sources = read_whole(workspace)
    base = type_sources(sources)
    own = [item for item in base.screening if item.screener == one_line(screener) and record in ("", item.record)]
    if not own:
        raise EvidenceError(f"{screener or 'Nobody'} has decided nothing{f' about {record}' if record else ''} yet.")
    last = max(enumerate(own), key=lambda pair: (pair[1].decided_on, pair[0]))[1]
    table = without_row(sources.tables["screening"], {"record": last.record, "screener": last.screener})
    texts = {table.file: table_text(table)} | _reopened(sources, base, base.records[last.record])
    why = f" ({last.reason})" if last.reason else ""
    return Change(f"Taken back: {last.screener} on {last.record}, {last.decision}{why}, of {last.decided_on}.", texts)


def _is_open(decisions: tuple[Screening, ...], screener: str) -> bool:
    if differ(decisions) or agreed(decisions) == UNSURE:
        return True
    return not any(item.screener == screener for item in decisions) if screener else not agreed(decisions)


def _awaiting(base: EvidenceBase, name: str) -> Record:
    record = known_record(base, name)
    if record.fate != AWAITING:
        told = f"{name} is {record.fate} already ({record.reason}); only awaiting records are decided."
        raise EvidenceError(told, record.where)
    return record


def _refuse(before: tuple[Screening, ...], screener: str, decision: str, reason: str) -> None:
    if not screener:
        raise EvidenceError("Who decides? Add --screener with a role or initials.")
    if decision not in DECISIONS:
        raise EvidenceError(f"{decision!r} is no decision: use {', '.join(DECISIONS)}.")
    if decision == EXCLUDE and not reason:
        raise EvidenceError('An exclusion needs a reason. Add --reason "…".')
    for item in before:
        if item.screener == screener:
            raise EvidenceError(
                f"{screener} decided {item.decision} on {item.decided_on}; the first word counts for agreement. Take it "
                f"back with --undo, or end a conflict with --settle.", item.where)  # fmt: skip


def _next_step(decisions: tuple[Screening, ...]) -> str:
    if differ(decisions):
        return " The screeners differ: it stays in the queue until one takes a decision back or somebody settles it."
    if agreed(decisions) == INCLUDE:
        return f" All agree: `make study FROM={decisions[0].record} KIND=… KEY=…` carries it into the tables."
    return ""


def _reasons(decisions: tuple[Screening, ...]) -> str:
    return "; ".join(dict.fromkeys(item.reason for item in decisions))


def _aside(sources: Sources, record: Record, reason: str, today: date) -> dict[str, str]:
    entry = entry_of(record, free_key(record, sources.bibliography.entries), "set-aside", reason)
    cells = {"fate": SET_ASIDE, "same_as": "", "citekey": entry.key, "reason": reason, "recorded_on": today.isoformat()}
    return {entry.where.file: with_entry(sources, entry), **_changed(sources, {record.record: cells})}


def _repeat(sources: Sources, base: EvidenceBase, record: Record, same_as: str, reason: str, today: date) -> Change:
    """A duplicate counts with its twin; whatever was said to repeat the duplicate repeats the twin now."""
    twin = base.records.get(same_as)
    if twin is None or twin == record or twin.fate == DUPLICATE:
        named = (
            f"{same_as!r} is not another record that stands for it" if same_as else "no record is named that it repeats"
        )
        raise EvidenceError(f"{record.record}: {named}. Name one with --same-as.", record.where)
    cells = {"fate": DUPLICATE, "same_as": same_as, "citekey": "", "reason": reason, "recorded_on": today.isoformat()}
    others = {r.record: {"same_as": same_as} for r in base.records.values() if r.same_as == record.record and r != twin}
    freed = {same_as: {"same_as": ""}} if twin.same_as == record.record else {}
    return Change(
        f"{record.record} is a duplicate of {same_as}.", _changed(sources, {record.record: cells} | others | freed)
    )


def _reopened(sources: Sources, base: EvidenceBase, record: Record) -> dict[str, str]:
    """Files that change when a record that agreement set aside awaits again; none where it still awaited."""
    if record.fate == AWAITING:
        return {}
    decisions = decisions_by_record(base)[record.record]
    if record.fate != SET_ASIDE or agreed(decisions) != EXCLUDE or record.reason != _reasons(decisions):
        raise EvidenceError(
            f"{record.record} is {record.fate} since ({record.reason}); its decisions stand.", record.where
        )
    entry = base.references[record.citekey]
    if entry.fields != entry_of(record, entry.key, "set-aside", record.reason).fields:
        raise EvidenceError(
            f"{entry.key} was edited since {record.record} was set aside: change both by hand.", entry.where
        )
    cells = {"fate": AWAITING, "citekey": "", "reason": REOPENED}
    return {entry.where.file: without_entry(sources, entry.key), **_changed(sources, {record.record: cells})}


def _changed(sources: Sources, changes: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    table = sources.tables["records"]
    for name, cells in changes.items():
        table = with_cells(table, {"record": name}, cells)
    return {table.file: table_text(table)}
