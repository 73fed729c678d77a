"""reports/feed.xml: an Atom feed (RFC 4287) with one entry for each edition and one for each verdict that moved in it.

Built from the records of the published editions alone, so that it is the same whenever it is written. Times are the day of
the newest row of an edition: an edition knows no clock.
"""

from __future__ import annotations

import json
import uuid
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from typing import Any

from evidence.display.marks import page_of_question
from evidence.editions.changes import compare
from evidence.editions.files import write_whole
from evidence.editions.index import labels
from evidence.records.schema import Topic
from evidence.synthesis.verdicts import VERDICTS
from evidence.workspace import Workspace

FEED = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
# The feed begins with the newest editions; older ones are in the list of editions.
MOST_EDITIONS = 24


def write_feed(workspace: Workspace, topic: Topic) -> None:
    """Write the feed anew from the editions that are there."""
    found = [_record(workspace, label) for label in labels(workspace)[: MOST_EDITIONS + 1]]
    if found:
        write_whole(workspace.reports / FEED, feed(found, topic))


def feed(editions: list[dict[str, Any]], topic: Topic) -> str:
    """The feed of some editions, the newest first; the last one is only compared with when there are too many."""
    root = ET.Element("feed", xmlns=ATOM)
    _text(root, "id", _name(topic, "feed"))
    _text(root, "title", topic.title)
    _text(root, "subtitle", topic.question)
    _text(root, "updated", _time(editions[0]))
    _text(root, "rights", topic.disclaimer)
    ET.SubElement(root, "link", href="index.html")
    _text(ET.SubElement(root, "author"), "name", topic.title)
    for place, edition in enumerate(editions[:MOST_EDITIONS]):
        before = editions[place + 1] if place + 1 < len(editions) else None
        _edition(root, topic, edition, before)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _edition(root: ET.Element, topic: Topic, edition: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    label = str(edition["edition"])
    counts = Counter(question["verdict"] for question in edition["questions"].values())
    tally = ", ".join(f"{counts[name]} {name}" for name in VERDICTS if counts[name])
    moved = compare(before, edition, str(before["edition"])).moved if before else ()
    _entry(root, topic, label, f"Edition {label}", f"{label}/index.html", edition,
           f"{tally}. {len(moved)} verdicts moved." if before else f"{tally}.")  # fmt: skip
    for item in moved:
        was = " ".join(item.before).strip() or "not asked"
        _entry(root, topic, f"{label}/{item.question}", f"{item.wording} {was} → {' '.join(item.after).strip()}",
               f"{label}/{page_of_question(item.question)}", edition,
               edition["questions"][item.question]["sentence"])  # fmt: skip


def _entry(
    root: ET.Element, topic: Topic, name: str, title: str, address: str, edition: Mapping[str, Any], summary: str
) -> None:
    entry = ET.SubElement(root, "entry")
    _text(entry, "id", _name(topic, name))
    _text(entry, "title", title)
    _text(entry, "updated", _time(edition))
    ET.SubElement(entry, "link", href=address)
    _text(entry, "summary", summary)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _time(edition: Mapping[str, Any]) -> str:
    return f"{edition.get('day') or edition['edition'] + '-01'}T00:00:00Z"


def _name(topic: Topic, part: str) -> str:
    """A name that stays: no public address is known to the library."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{topic.title}/{part}").urn


def _record(workspace: Workspace, label: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
    return content
