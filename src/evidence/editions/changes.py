"""What moved between two editions, as one model, which `changes_shown.py` shows as HTML, Markdown and text, and which is JSON.

Lost facts come first; then verdicts and averages with the causes of their moves, corrected and added facts, and what changed
in the numbers of the method and in the code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from evidence.editions.inputs import CODE, input_digests, previous_edition, versions
from evidence.editions.state import state
from evidence.errors import RecordError
from evidence.records.base import EvidenceBase
from evidence.records.snapshot import unpack
from evidence.synthesis.attribution import Attribution, Reading, attribute
from evidence.synthesis.certainty import LEVELS

FACTS = ("findings", "studies", "jurisdictions", "registrations", "corrections", "appraisals")
# The tables of an edition, kept beside its pages.
TABLES = "tables.zip"


@dataclass(frozen=True)
class Moved:
    """A question whose verdict, certainty or sentence is another than before.

    Attributes
    ----------
    before, after
        Verdict and certainty.
    rows
        Rows it rests on that were lost, corrected or added.
    why
        What each cause did; None where the earlier tables are not there.
    """

    question: str
    wording: str
    before: tuple[str, str]
    after: tuple[str, str]
    rows: tuple[str, ...]
    why: Attribution | None = None


@dataclass(frozen=True)
class Changes:
    """What moved since an edition; `since` is empty when there is none.

    Attributes
    ----------
    moved, shifted
        Questions with another verdict or certainty; questions whose sentence alone is another.
    lost, corrected, added
        Kind and name of each fact.
    numbers
        Name, value before and value now of each number of the method.
    code
        What of the code or of the libraries that decide is another.
    unsplit
        Why no cause could be told, where that is so.
    """

    since: str
    moved: tuple[Moved, ...] = ()
    shifted: tuple[Moved, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, str, str], ...] = ()
    code: tuple[str, ...] = ()
    unsplit: str = ""

    @property
    def nothing(self) -> bool:
        """Whether everything stands as before."""
        return self == Changes(self.since, unsplit=self.unsplit)


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
        if kind not in previous:  # an edition of before this kind was kept
            continue
        before, after = previous[kind], current.get(kind, {})
        lost += [(kind, name) for name in before if name not in after]
        added += [(kind, name) for name in after if name not in before]
        corrected += [(kind, name) for name in after if name in before and after[name] != before[name]]
    touched = {name for _, name in (*lost, *corrected, *added)}
    others = _others(previous, current, touched)
    return Changes(
        since,
        moved=tuple(item for item in others if item.before != item.after),
        shifted=tuple(item for item in others if item.before == item.after),
        lost=tuple(lost), corrected=tuple(corrected), added=tuple(added),
        numbers=_numbers(previous.get("numbers", {}), current.get("numbers", {})), code=_code(previous, current),
    )  # fmt: skip


def _others(previous: Mapping[str, Any], current: Mapping[str, Any], touched: set[str]) -> list[Moved]:
    """Questions that say something else than before."""
    found = []
    for name, after in current["questions"].items():
        before = previous["questions"].get(name)
        pair, now = (
            (before["verdict"], before["certainty"]) if before else ("", ""),
            (after["verdict"], after["certainty"]),
        )
        if pair != now or (before and before["sentence"] != after["sentence"]):
            rows = [*after["rests_on"], *(before["rests_on"] if before else ())]
            behind = tuple(dict.fromkeys(row for row in rows if row in touched))
            found.append(Moved(name, after["wording"], pair, now, behind))
    return found


def _numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    names = [name for name in {**before, **after} if before and before.get(name) != after.get(name)]
    return tuple((name, str(before.get(name, "none")), str(after.get(name, "none"))) for name in names)


def _code(previous: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[str, ...]:
    """Parts of the code, and libraries, that are others; nothing where a state does not hold them."""
    inputs, now = previous.get("inputs", {}), current.get("inputs", {})
    parts = [f"the {name}" for name in CODE if name in inputs and name in now and inputs[name] != now[name]]
    old, new = previous.get("versions", {}), current.get("versions", {})
    return (*parts, *(f"{name} {old[name]} → {new[name]}" for name in old if name in new and old[name] != new[name]))


def changes_since(base: EvidenceBase, edition: str) -> Changes:
    """What moved since the edition before `edition`, and why."""
    since = previous_edition(base.workspace, edition)
    if not since:
        return Changes("")
    folder = base.workspace.edition(since)
    previous = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    current = {**state(base), "inputs": input_digests(base, edition), "versions": versions()}
    found = compare(previous, current, since)
    if not (folder / TABLES).is_file():
        return replace(found, unsplit=f"Edition {since} keeps no tables, so causes cannot be told apart.")
    try:
        before = unpack(folder / TABLES, base.workspace).as_of(previous["as_of"])
    except RecordError as error:
        return replace(found, unsplit=f"The tables of edition {since} cannot be read under today's schema ({error}).")
    printed = {name: _printed(item) for name, item in previous["questions"].items()}
    return _explained(found, before, base, previous.get("numbers"), printed)


def changes_between(before: EvidenceBase, after: EvidenceBase) -> Changes:
    """What moved between two days of one base, under the method of today."""
    return _explained(compare(state(before), state(after), before.day), before, after, None, {})


def _printed(question: Mapping[str, str]) -> Reading:
    level = LEVELS.index(question["certainty"]) if question["certainty"] in LEVELS else -1
    return Reading(question["verdict"], level)


def _explained(
    found: Changes,
    before: EvidenceBase,
    after: EvidenceBase,
    numbers: Mapping[str, Any] | None,
    printed: Mapping[str, Reading],
) -> Changes:
    def why(items: tuple[Moved, ...]) -> tuple[Moved, ...]:
        return tuple(
            replace(item, why=attribute(item.question, before, after, numbers, printed.get(item.question)))
            for item in items
        )

    return replace(found, moved=why(found.moved), shifted=why(found.shifted))
