"""Screening in JupyterLab: a table of the queue, and one call for each decision.

Plain functions, no widgets: nothing to install, and each decision stands in a cell with its reason.
"""

from __future__ import annotations

from datetime import date
from html import escape

from evidence.display.tables import Html, outside, table
from evidence.editions.files import write_whole
from evidence.intake.priority import priority
from evidence.intake.screening import Change, queue
from evidence.intake.screening import decide as _decide
from evidence.intake.screening import undo as _undo
from evidence.intake.screening_text import SHOWN, described, reasons_to_read
from evidence.records.base import EvidenceBase
from evidence.workspace import Workspace


def show_queue(base: EvidenceBase, screener: str = "", shown: int = SHOWN) -> Html:
    """The next records of a queue as a table; its caption says what the order rests on."""
    order = priority(base)
    waiting = queue(base, screener, order.scores)
    rows = [
        (
            record.record,
            described(record),
            Html("<br>".join(_line(why) for why in reasons_to_read(base, record, order))),
        )
        for record in waiting[:shown]
    ]
    return table(f"{len(waiting)} to decide. {order.told}", ("record", "what it is", "why it is here"), rows)


def decide(base: EvidenceBase, record: str, screener: str, decision: str, reason: str = "") -> str:
    """Write one decision (include, exclude or unsure) into the tables and say what it did.

    Raises
    ------
    EvidenceError
        If the record cannot be decided; see `evidence.intake.screening.decide`.
    """
    return _written(base.workspace, _decide(base.workspace, record, screener, decision, reason, date.today()))


def undo(base: EvidenceBase, screener: str, record: str = "") -> str:
    """Take back a screener's last decision, or the one about `record`, and say which it was.

    Raises
    ------
    EvidenceError
        If there is none to take back.
    """
    return _written(base.workspace, _undo(base.workspace, screener, record))


def _written(workspace: Workspace, change: Change) -> str:
    for file, text in change.texts.items():
        write_whole(workspace.root / file, text)
    return change.told


def _line(why: str) -> str:
    return str(outside(why)) if why.startswith(("http://", "https://")) else escape(why)
