"""The door to the editions: reports/index.html and reports/latest.html."""

from __future__ import annotations

import json
from collections import Counter
from html import escape

from evidence.display.chips import VERDICT_HELP
from evidence.editions.files import write_whole
from evidence.records.schema import Topic
from evidence.synthesis.verdicts import VERDICTS
from evidence.workspace import Workspace

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}<link rel="alternate" type="application/atom+xml" href="feed.xml" title="Editions and moved verdicts">
<title>{title}</title>
<link rel="stylesheet" href="{newest}/assets/style.css">
</head>
<body>
<main id="main">
{body}
</main>
<footer class="site"><p class="disclaimer">{disclaimer}</p></footer>
</body>
</html>
"""


def labels(workspace: Workspace) -> list[str]:
    """Published editions, the newest first."""
    return sorted((path.parent.name for path in workspace.reports.glob("*/edition.json")), reverse=True)


def write_index(workspace: Workspace, topic: Topic) -> None:
    """Write both pages anew from the editions that are there."""
    found = labels(workspace)
    if not found:
        return
    items = "".join(_item(workspace, label) for label in found)
    head = f"<h1>{escape(topic.title)}</h1><p class=lead>{escape(topic.question)}</p>"
    body = f"{head}<h2>Editions</h2><ul>{items}</ul>{_reconstructed(workspace)}"
    write_whole(workspace.reports / "index.html", _page(topic, found[0], body, ""))
    head = f'<meta http-equiv="refresh" content="0; url={found[0]}/index.html">\n'
    body = f'<h1>Latest edition</h1><p><a href="{found[0]}/index.html">Edition {found[0]}</a></p>'
    write_whole(workspace.reports / "latest.html", _page(topic, found[0], body, head))


def _item(workspace: Workspace, label: str) -> str:
    content = json.loads((workspace.edition(label) / "edition.json").read_text(encoding="utf-8"))
    counts = Counter(question["verdict"] for question in content["questions"].values())
    tally = ", ".join(f"{counts[name]} {name} ({VERDICT_HELP[name]})" for name in VERDICTS if counts[name])
    return f'<li><a href="{label}/index.html">Edition {label}</a>: {escape(tally)}</li>'


def _reconstructed(workspace: Workspace) -> str:
    """Links to the back editions, where there are any."""
    found = sorted((path.parent.name for path in workspace.reports.glob("history/*/index.html")), reverse=True)
    if not found:
        return ""
    items = "".join(f'<li><a href="history/{label}/index.html">By the end of {label}</a></li>' for label in found)
    return ("<h2>Reconstructions</h2><p>What today's tables and rules say of what was public earlier. These were not published "
            f"then.</p><ul>{items}</ul>")  # fmt: skip


def _page(topic: Topic, newest: str, body: str, head: str) -> str:
    return _PAGE.format(
        head=head,
        title=escape(f"Editions · {topic.title}"),
        newest=newest,
        body=body,
        disclaimer=escape(topic.disclaimer),
    )
