"""What an edition knows, as plain data: verdicts, the findings behind them, a digest of every fact, the numbers of the method."""

from __future__ import annotations

from typing import Any

from evidence.display.signoff import checksum, edition_checksum
from evidence.display.wording import say
from evidence.records.base import EvidenceBase
from evidence.records.digests import fact_digest, short_digest
from evidence.synthesis.answers import answers
from evidence.synthesis.constants import constants


def state(base: EvidenceBase) -> dict[str, Any]:
    """Verdicts with their sentences and findings, digests of facts, and what decided."""
    questions = {}
    for item in answers(base):
        first = say(item)[0]
        level = item.deciding.certainty.name if item.deciding and item.deciding.certainty else ""
        questions[item.question.question] = {
            "wording": item.question.wording, "verdict": item.verdict.name, "computed": item.verdict.computed,
            "certainty": level, "sentence": first.text, "rests_on": [name for _, name in first.rows],
            "checksum": checksum(item),
        }  # fmt: skip
    return {
        "day": base.today.isoformat(),
        "questions": questions,
        "checksum": edition_checksum(base),
        "findings": {name: fact_digest(fact) for name, fact in base.findings.items()},
        "studies": {name: fact_digest(fact) for name, fact in base.studies.items()},
        "jurisdictions": {name: fact_digest(fact) for name, fact in base.jurisdictions.items()},
        "registrations": {name: fact_digest(fact) for name, fact in base.registrations.items()},
        "corrections": {fact.correction: fact_digest(fact) for fact in base.corrections},
        "appraisals": {name: short_digest([fact_digest(item) for item in items])
                       for name, items in base.appraisals_by_study.items()},
        "numbers": constants(),
    }  # fmt: skip
