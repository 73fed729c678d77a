"""The retraction drill: what is cited here and was retracted, corrected or put under a concern since.

What it finds becomes a proposal in the table of corrections, without effect until a person has looked at it.
A drill that Crossref answered whole is recorded among the searches, so that an edition can say when it was last done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, count
from pathlib import Path

from evidence.display.flagged import DRILL
from evidence.intake import crossref_notices, retraction_watch
from evidence.intake.crossref_notices import Answered
from evidence.intake.normalise import clean_doi
from evidence.intake.notices import CONCERN, REINSTATEMENT, RETRACTION, Cited, Found, Notice, resolved
from evidence.intake.polite import Client
from evidence.intake.rewriting import read_whole, with_row, without_row
from evidence.intake.services.crossref import SERVICE as CROSSREF
from evidence.records.base import PROPOSED, EvidenceBase
from evidence.records.tables import Table
from evidence.records.tidy import table_text
from evidence.workspace import Workspace

CITED_IN = "studies"
SHORT = {CONCERN: "concern"}
DAY_LENGTH = 10

Cells = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What came of it.

    Attributes
    ----------
    checked, asked
        DOIs that Crossref answered for, of all that are cited.
    unknown
        Cited DOIs that Crossref does not hold.
    down
        What gave no answer, and why.
    known
        Notices that stand in the table already.
    proposals
        New rows of the table of corrections.
    reinstated
        Retractions taken back, with the rows here that may have to go.
    unread
        What was found and is not understood.
    texts
        New text of the files that change, by path from the root, in the order in which to write them.
    """

    checked: int
    asked: int
    unknown: tuple[str, ...]
    down: tuple[str, ...]
    known: int
    proposals: tuple[Cells, ...]
    reinstated: tuple[str, ...]
    unread: tuple[str, ...]
    texts: Mapping[str, str]


def retractions(workspace: Workspace, today: date, client: Client, csv: Path | None) -> Drill:
    """Ask about every cited report with a DOI or a PubMed number; write nothing, but hand over the new texts.

    Parameters
    ----------
    workspace, today
        Where, and the day of recording.
    client
        Asks Crossref.
    csv
        The data set of Retraction Watch, where somebody has fetched it.

    Raises
    ------
    EvidenceError
        If the tables cannot be read whole, or the data set is not what it should be.
    """
    base = EvidenceBase.load(workspace)
    tables = read_whole(workspace).tables
    cited = Cited.of(entry for entry in base.references.values() if entry.bibliography == CITED_IN)
    watched = retraction_watch.read(csv, cited) if csv else Found()
    answered = crossref_notices.ask(client, cited)
    standing, reinstated = _without_reinstated([*answered.found.notices, *watched.notices])
    notices = _each_once(standing)
    new = [notice for notice in notices if not any(_same(row.cells, notice) for row in tables["corrections"].rows)]
    proposals = _proposals(tables["corrections"], new, today)
    record = _record(answered, cited, len(notices), today, with_csv=csv is not None)
    return Drill(
        checked=answered.checked,
        asked=len(cited.dois),
        unknown=tuple(f"{cited.dois[doi]}: {doi}" for doi in answered.unknown),
        down=answered.down,
        known=len(notices) - len(new),
        proposals=proposals,
        reinstated=tuple(_told(notice, tables["corrections"]) for notice in reinstated),
        unread=(*answered.found.unread, *watched.unread),
        texts=_texts(tables, proposals, record if cited.dois and not answered.down else {}),
    )


def _texts(tables: Mapping[str, Table], proposals: Iterable[Cells], record: Cells) -> dict[str, str]:
    """New text of the tables that change. The record of the check comes last, so that it never stands without its findings."""
    corrections, searches = tables["corrections"], tables["searches"]
    for proposal in proposals:
        corrections = with_row(corrections, proposal)
    if record and not any(record.items() <= row.cells.items() for row in searches.rows):
        searches = with_row(without_row(searches, {"search": DRILL}), record)
    changed = [table for table in (corrections, searches) if table is not tables[table.name]]
    return {table.file: table_text(table) for table in changed}


def _without_reinstated(notices: list[Notice]) -> tuple[list[Notice], list[Notice]]:
    """Notices that stand, and the reinstatements: one takes back every retraction of its report up to its day."""
    # A cited entry that is itself a notice of reinstatement takes nothing back from itself.
    taken_back = [notice for notice in notices if notice.kind == REINSTATEMENT and not notice.about]
    standing = [
        notice for notice in notices
        if notice.kind != REINSTATEMENT
        and not any(notice.kind == RETRACTION and back.citekey == notice.citekey and notice.public_on <= back.public_on
                    for back in taken_back)
    ]  # fmt: skip
    return standing, taken_back


def _each_once(notices: Iterable[Notice]) -> list[Notice]:
    """Each notice once, though both sources or both directions name it; the first that gives a day stands."""
    kept: list[Notice] = []
    for notice in sorted(notices, key=lambda item: not item.public_on):
        if not any(_alike(notice.citekey, notice.kind, other) and _agree(notice, other) for other in kept):
            kept.append(notice)
    return sorted(kept, key=lambda item: (item.citekey, item.public_on, item.kind))


def _alike(citekey: str, kind: str, other: Notice) -> bool:
    return (citekey, kind) == (other.citekey, other.kind)


def _agree(notice: Notice, other: Notice) -> bool:
    same_day = len(notice.public_on) == DAY_LENGTH and notice.public_on == other.public_on
    return same_day or bool(notice.doi and notice.doi == other.doi)


def _same(cells: Mapping[str, str], notice: Notice) -> bool:
    """Whether a row tells of this notice: its DOI stands there, or its address, or its day."""
    if not _alike(cells["citekey"], cells["kind"], notice):
        return False
    if len(notice.public_on) == DAY_LENGTH and cells["public_on"] == notice.public_on:
        return True
    words = f"{cells['seen_at']} {cells['what']}".lower()
    if notice.doi:
        return re.search(re.escape(notice.doi) + r"(?![0-9a-z])", words) is not None
    return cells["seen_at"] == notice.address


def _proposals(table: Table, notices: list[Notice], today: date) -> tuple[Cells, ...]:
    taken = {row.cells["correction"] for row in table.rows}
    proposals: list[Cells] = []
    for notice in notices:
        proposal = _proposal(notice, today, taken)
        taken.add(proposal["correction"])
        proposals.append(proposal)
    return tuple(proposals)


def _proposal(notice: Notice, today: date, taken: set[str]) -> Cells:
    public_on = notice.public_on or today.isoformat()
    name = f"{notice.citekey}-{SHORT.get(notice.kind, notice.kind)}-{public_on}"
    free = next(free for free in chain([name], (f"{name}-{n}" for n in count(2))) if free not in taken)
    return {"correction": free, "citekey": notice.citekey, "kind": notice.kind, "what": _what(notice), "status": PROPOSED,
            "seen_at": notice.address, "public_on": public_on, "recorded_on": today.isoformat()}  # fmt: skip


def _what(notice: Notice) -> str:
    """What the source says, and that nobody has read the notice yet."""
    about = resolved(notice.about) if clean_doi(notice.about) else notice.about
    lead = f"This entry is itself a notice ({notice.said}) about {about}" if about else f"A notice of {notice.said}"
    named = f", doi {notice.doi}" if notice.doi and not notice.about else ""
    reason = f" Reasons given there: {notice.reason}." if notice.reason else ""
    undated = "" if notice.public_on else " Its day is not given; the day of the check stands for it."
    return f"{lead}, as {notice.source} lists it{named}.{reason}{undated} The notice itself was not read yet."


def _record(answered: Answered, cited: Cited, found: int, today: date, *, with_csv: bool) -> Cells:
    """The drill as a row of the table of searches."""
    source = f"{CROSSREF.name} and {retraction_watch.NAME}" if with_csv else CROSSREF.name
    held = answered.checked - len(answered.unknown)
    note = f"{CROSSREF.name} holds {held} of {len(cited.dois)} DOIs; counted are notices, not records."
    return {"search": DRILL, "source": f"{source}: notices of retraction, concern and correction", "service": "",
            "query": f"every DOI in references/{CITED_IN}.bib", "question": "", "ran_on": today.isoformat(),
            "found": str(found), "note": note}  # fmt: skip


def _told(notice: Notice, corrections: Table) -> str:
    lost = replace(notice, kind=RETRACTION)
    rows = [
        row.cells["correction"] for row in corrections.rows if _alike(row.cells["citekey"], row.cells["kind"], lost)
    ]
    here = f"; look at {', '.join(rows)} in {corrections.file}" if rows else ""
    return f"{notice.citekey}: reinstated {notice.public_on or 'on a day not given'} ({notice.address}){here}"


def drill_text(result: Drill) -> str:
    """The drill in lines for the terminal."""
    parts = [f"Checked {result.checked} of {result.asked} DOIs."]
    parts += _listed(result.down, "Down", "what is found below still holds")
    parts += _listed(result.unknown, "Not known to Crossref", "other agencies register DOIs too")
    found = [f"{row['correction']}: {row['kind']} ({row['citekey']}), {row['seen_at']}" for row in result.proposals]
    advice = "read each notice, then set its status in data/corrections.csv"
    parts += _listed(found, "New proposals", advice) or ["No new notice."]
    parts += [f"Known already: {result.known}."] if result.known else []
    parts += _listed(result.reinstated, "Taken back", "a person decides what becomes of the rows")
    parts += _listed(result.unread, "Not understood", "look for yourself")
    return "\n".join(parts)


def _listed(items: Iterable[str], title: str, advice: str) -> list[str]:
    lines = [f"  {item}" for item in items]
    return [f"{title} ({len(lines)}; {advice}):", *lines] if lines else []
