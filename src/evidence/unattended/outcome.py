"""What a run came to: exit code, outcome, and what a person wants to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence.unattended.log import stamp

# Exit codes, as docs/operations.md lists them. 2 is left to the command line, which takes it for wrong options.
DONE = 0  # an edition was published, or nothing changed
FAILED = 1  # tables, bibliography or a page: a person has to mend something
LOCKED = 3  # another run is going on
UNEXPECTED = 4  # a mistake of the library, or a machine that fails (a full disk)
SIGNALLED = 128  # plus the number of the signal, as shells count: 143 after SIGTERM, 130 after Ctrl-C

REFUSED, STOPPED, WRONG, BROKEN = "refused", "stopped", "failed", "unexpected"


@dataclass(frozen=True)
class Asked:
    """What asking the sources for new records came to.

    Attributes
    ----------
    text
        For people.
    down
        Services that did not answer, or not in full; the next run asks them again.
    broken
        Whether asking itself went wrong, which is a mistake of ours and no source that is down.
    """

    text: str = "The sources were not asked."
    down: tuple[str, ...] = ()
    broken: bool = False


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    code
        The exit code.
    outcome
        ``published``, ``equal``, ``unchanged``, ``failed``, ``refused``, ``stopped`` or ``unexpected``.
    message
        What to say of it, and what to do.
    moved
        Questions whose verdict or certainty is another than in the edition before.
    changes
        What moved, for people; empty when nothing was published.
    """

    code: int
    outcome: str
    message: str
    moved: tuple[str, ...] = ()
    changes: str = ""


@dataclass(frozen=True)
class Outcome:
    """A whole run."""

    edition: str
    started: datetime
    ended_at: datetime
    asked: Asked
    ended: Ended
    log: Path

    @property
    def code(self) -> int:
        """The exit code."""
        return self.ended.code

    @property
    def seconds(self) -> float:
        """How long it took."""
        return round((self.ended_at - self.started).total_seconds(), 1)

    @property
    def log_name(self) -> str:
        """The file with its steps; empty for a run that was refused before its first step."""
        return "" if self.ended.outcome == REFUSED else self.log.name

    def line(self) -> dict[str, Any]:
        """The line of ``runs.jsonl``."""
        return {
            "started": stamp(self.started), "ended": stamp(self.ended_at), "seconds": self.seconds,
            "outcome": self.ended.outcome, "edition": self.edition, "exit_code": self.code,
            "services_down": list(self.asked.down), "moved": list(self.ended.moved), "log": self.log_name,
        }  # fmt: skip
