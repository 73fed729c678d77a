"""What an edition knows, as plain data: verdicts, the findings behind them, and a digest of every fact."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from evidence.display.wording import say
from evidence.editions.files import digest
from evidence.records.base import EvidenceBase
from evidence.records.studies import Fact
from evidence.synthesis.answers import answers


def state(base: EvidenceBase) -> dict[str, Any]:
    """Verdicts with their sentences and findings, and digests of findings, studies and entries."""
    questions = {}
    for item in answers(base):
        first = say(item)[0]
        level = item.deciding.certainty.name if item.deciding and item.deciding.certainty else ""
        questions[item.question.question] = {
            "wording": item.question.wording, "verdict": item.verdict.name, "computed": item.verdict.computed,
            "certainty": level, "sentence": first.text, "rests_on": [name for _, name in first.rows],
        }  # fmt: skip
    return {
        "questions": questions,
        "findings": {name: fact_digest(fact) for name, fact in base.findings.items()},
        "studies": {name: fact_digest(fact) for name, fact in base.studies.items()},
        "jurisdictions": {name: fact_digest(fact) for name, fact in base.jurisdictions.items()},
        "registrations": {name: fact_digest(fact) for name, fact in base.registrations.items()},
    }


def fact_digest(fact: Fact) -> str:
    """A short digest of a row's content; its line does not count, since rows move."""
    content = {item.name: str(getattr(fact, item.name)) for item in fields(fact) if item.name != "where"}
    return digest(json.dumps(content, sort_keys=True).encode())[:16]
