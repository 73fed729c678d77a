"""What moved between two editions: verdicts, and facts added, corrected or lost (lost first)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from evidence.display.chips import verdict_chip
from evidence.display.marks import page_of_question, page_of_study
from evidence.display.phrases import plural
from evidence.display.tables import Html, link, table
from evidence.editions.state import state
from evidence.records.base import EvidenceBase
from evidence.workspace import Workspace

# As many as the board has room for.
IN_SHORT = 3
FACTS = ("findings", "studies", "jurisdictions", "registrations")


@dataclass(frozen=True)
class Moved:
    """A question whose verdict, certainty or sentence is another than before."""

    question: str
    wording: str
    before: tuple[str, str]
    after: tuple[str, str]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What moved since an edition; `since` is empty when there is none."""

    since: str
    moved: tuple[Moved, ...]
    lost: tuple[tuple[str, str], ...]
    corrected: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]

    @property
    def nothing(self) -> bool:
        """Whether everything stands as before."""
        return not (self.moved or self.lost or self.corrected or self.added)


def compare(previous: Mapping[str, Any], current: Mapping[str, Any], since: str) -> Changes:
    """Compare two states of the evidence.

    Parameters
    ----------
    previous, current
        States as `state` makes them and ``edition.json`` keeps them.
    since
        Label of the earlier edition.
    """
    lost, corrected, added = [], [], []
    for kind in FACTS:
        before, after = previous.get(kind, {}), current.get(kind, {})
        lost += [(kind, name) for name in before if name not in after]
        added += [(kind, name) for name in after if name not in before]
        corrected += [(kind, name) for name in after if name in before and after[name] != before[name]]
    touched = {name for _, name in (*lost, *corrected, *added)}
    return Changes(since, tuple(_moved(previous, current, touched)), tuple(lost), tuple(corrected), tuple(added))


def _moved(previous: Mapping[str, Any], current: Mapping[str, Any], touched: set[str]) -> list[Moved]:
    moved = []
    for name, after in current["questions"].items():
        before = previous["questions"].get(name)
        pair = (before["verdict"], before["certainty"]) if before else ("", "")
        if pair != (after["verdict"], after["certainty"]):
            rows = [*after["rests_on"], *(before["rests_on"] if before else ())]
            behind = tuple(dict.fromkeys(row for row in rows if row in touched))
            moved.append(Moved(name, after["wording"], pair, (after["verdict"], after["certainty"]), behind))
    return moved


def previous_edition(workspace: Workspace, edition: str) -> str:
    """Label of the newest published edition before `edition`; empty when there is none."""
    labels = [path.parent.name for path in workspace.reports.glob("*/edition.json") if path.parent.name < edition]
    return max(labels, default="")


def changes_since(base: EvidenceBase, edition: str) -> Changes:
    """What moved since the edition before `edition`."""
    since = previous_edition(base.workspace, edition)
    if not since:
        return Changes("", (), (), (), ())
    previous = json.loads((base.workspace.edition(since) / "edition.json").read_text(encoding="utf-8"))
    return compare(previous, state(base), since)


def changes_text(found: Changes) -> str:
    """What moved, for a terminal."""
    if not found.since:
        return "There is no edition to compare with."
    if found.nothing:
        return f"Nothing moved since {found.since}."
    lines = [f"Since {found.since}:"]
    lines += [f"  lost       {kind[:-1]} {name}" for kind, name in found.lost]
    lines += [f"  moved      {m.question}: {' '.join(m.before).strip() or 'not asked'} → {' '.join(m.after).strip()}"
              + (f"  because of {', '.join(m.rows)}" if m.rows else "") for m in found.moved]  # fmt: skip
    lines += [f"  corrected  {kind[:-1]} {name}" for kind, name in found.corrected]
    lines += [f"  added      {kind[:-1]} {name}" for kind, name in found.added]
    return "\n".join(lines)


def moved_in_short(base: EvidenceBase, edition: str) -> Html:
    """The first few verdicts that moved since the edition before, for the board."""
    found = changes_since(base, edition)
    if not found.since:
        return Html("")
    items = "".join(f"<li>{link(page_of_question(m.question), m.wording)}: {_pair(m.before)} → {_pair(m.after)}</li>"
                    for m in found.moved[:IN_SHORT])  # fmt: skip
    told = f"<ul>{items}</ul>" if items else "<p>No verdict moved.</p>"
    count = len(found.lost) + len(found.corrected) + len(found.added)
    return Html(f"<h2>What moved since {escape(found.since)}</h2>{told}<p>{link('changes.html', 'All changes')}: "
                f"{plural(len(found.moved), 'verdict')}, {plural(count, 'fact')}.</p>")  # fmt: skip


def changes_page(base: EvidenceBase, edition: str) -> Html:
    """The changes page."""
    found = changes_since(base, edition)
    if not found.since:
        return Html("<h1>What changed</h1><p>This is the first edition: there is nothing to compare it with.</p>")
    parts = [f'<h1>What changed since <a href="../{escape(found.since)}/index.html">{escape(found.since)}</a></h1>']
    if found.nothing:
        parts.append("<p>Nothing: no verdict moved, no fact was added, corrected or lost.</p>")
    for title, facts in (("Lost", found.lost), ("Corrected", found.corrected), ("Added", found.added)):
        if title == "Corrected":
            parts.append(_moved_table(found))
        if facts:
            items = "".join(f"<li>{kind[:-1]} {_fact_link(base, kind, name)}</li>" for kind, name in facts)
            parts.append(f"<h2>{title} ({len(facts)})</h2><ul>{items}</ul>")
    return Html("".join(parts))


def _moved_table(found: Changes) -> str:
    if not found.moved:
        return "<h2>Verdicts</h2><p>No verdict moved.</p>"
    rows = [[link(page_of_question(m.question), m.wording), _pair(m.before), _pair(m.after),
             ", ".join(m.rows) or "a change of method or a new question"] for m in found.moved]  # fmt: skip
    return f"<h2>Verdicts</h2>{table(plural(len(rows), 'verdict') + ' moved', ('Question', 'Before', 'Now', 'Because of'), rows)}"


def _pair(pair: tuple[str, str]) -> Html:
    return Html(f"{verdict_chip(pair[0])} {escape(pair[1])}" if pair[0] else "not asked")


def _fact_link(base: EvidenceBase, kind: str, name: str) -> str:
    if kind == "findings" and name in base.findings:
        return str(link(f"{page_of_study(base.findings[name].study)}#{name}", name))
    if kind == "studies" and name in base.studies:
        return str(link(page_of_study(name), name))
    return f"<code>{escape(name)}</code>"
