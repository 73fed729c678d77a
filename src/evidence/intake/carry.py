"""Carrying a record into the tables: an entry, a row of its table and a first finding, filled as far as the record goes.

Nothing is invented: what the record does not say stays empty and is named in the entry's `incomplete`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evidence.errors import EvidenceError
from evidence.intake.rewriting import entry_of, read_whole, with_cells, with_entry
from evidence.intake.screening import known_record
from evidence.records.base import EvidenceBase, type_sources
from evidence.records.drafting import KINDS, draft
from evidence.records.model import Record
from evidence.records.tidy import table_text
from evidence.rules.flow import AWAITING, EXCLUDE, INCLUDED, agreed, decisions_by_record
from evidence.workspace import Workspace


def known_cells(record: Record) -> dict[str, str]:
    """Cells of a study's row that the record gives; a column that its table lacks is passed over."""
    return {"seen_at": record.seen_at, "registration": record.registration, "public_on": str(record.year or "")}


def record_to_carry(base: EvidenceBase, name: str) -> Record:
    """The record of that name, if it may be carried.

    Raises
    ------
    EvidenceError
        If there is none, its fate is settled, a repeat is proposed, or its screeners agreed to exclude it.
    """
    record = known_record(base, name)
    if record.fate != AWAITING:
        raise EvidenceError(
            f"{name} is {record.fate} already ({record.reason}); only awaiting records are carried.", record.where
        )
    if record.same_as:
        raise EvidenceError(
            f"{name} may repeat {record.same_as}: settle that first, as duplicate or as awaiting.", record.where
        )
    if agreed(decisions_by_record(base).get(name, ())) == EXCLUDE:
        raise EvidenceError(f"The screeners of {name} agreed to exclude it; take a decision back first.", record.where)
    return record


def carry(
    workspace: Workspace, record: str, kind: str, key: str, today: date, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """New text of every file that a carried record touches, by path from the root.

    Parameters
    ----------
    workspace, record
        Where, and the name of the record.
    kind, key
        What it becomes (survey, observational, trial, laboratory), and the citekey of its entry.
    today
        The day of recording.
    given
        Cells of the study's row that a person gave; they go before the record's.

    Raises
    ------
    EvidenceError
        If the record may not be carried, the key is taken or no key, or an entry has its DOI already.
    """
    sources = read_whole(workspace)
    found = record_to_carry(type_sources(sources), record)
    filled = {name: cell for name, cell in (given or {}).items() if cell}
    texts = draft(workspace, kind, key, today, {**known_cells(found), **filled})
    entry = entry_of(found, key, "studies")
    why = f"carried into {KINDS[kind]}.csv"
    cells = {"fate": INCLUDED, "citekey": key, "reason": why, "recorded_on": today.isoformat()}
    records = with_cells(sources.tables["records"], {"record": record}, cells)
    return {**texts, entry.where.file: with_entry(sources, entry), records.file: table_text(records)}
