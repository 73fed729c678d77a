"""Weigh it again: what the browser needs to run the same rules under a reader's choices, and the answer without script."""

from __future__ import annotations

import json

from evidence.display.chips import certainty_chip, verdict_chip
from evidence.display.tables import Html
from evidence.synthesis.answers import Answer
from evidence.synthesis.reanalysis import inputs

LEAD = (
    "Leave reports out, combine the numbers in another way, or move the difference that matters: the rules of this edition run "
    "again in your browser. Nothing is sent anywhere. What you chose stands in the address, so that it can be linked."
)


def weigh(answer: Answer) -> Html:
    """The panel of one question; empty where nothing is weighed (legal status, or no evidence seen)."""
    if answer.question.kind == "status" or not answer.findings:
        return Html("")
    data = json.dumps(inputs(answer), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    ours = f"{verdict_chip(answer.verdict.name)} {certainty_chip(answer)}"
    return Html(
        f'<section class="weigh" id="weigh"><h2>Weigh it yourself</h2><p class="help">{LEAD}</p>'
        f'<div id="weighing"><p>The answer of this edition: {ours}. Without script it cannot be weighed again here.</p></div>'
        f'<script type="application/json" id="weighing-data">{data}</script></section>'
    )
