"""Reading evidence, weighing it, saying it, and rendering it as dated editions.

The library names no topic: title, disclaimer and words come from ``data/datapackage.json``.
"""

from evidence.checking import check
from evidence.display import show
from evidence.display.wording import say
from evidence.editions.changes_shown import changes_page, moved_in_short
from evidence.editions.edition import build_edition
from evidence.editions.trace import trace
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import answer, answers
from evidence.workspace import Workspace

__all__ = [
    "EvidenceBase",
    "Workspace",
    "answer",
    "answers",
    "build_edition",
    "changes_page",
    "check",
    "moved_in_short",
    "say",
    "show",
    "trace",
]
