"""What runs did, as JSON lines: one file for the steps of each run, one line for each run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence.workspace import Workspace

# Two years of monthly runs (ours). runs.jsonl keeps one short line of every run and is never cut.
KEPT_RUNS = 24
# Where the log goes instead of build/log/.
FOLDER_VARIABLE = "EVIDENCE_LOG"
RUNS, STEPS = "runs.jsonl", "run-*.jsonl"
INFO, WARNING, ERROR = "info", "warning", "error"


def log_folder(workspace: Workspace) -> Path:
    """``build/log/``, or the folder that EVIDENCE_LOG names (from the root of the workspace, if relative)."""
    return workspace.root / (os.environ.get(FOLDER_VARIABLE) or workspace.build / "log")


def now() -> datetime:
    """The moment in UTC, so that names sort by time whatever the clock of the place does."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as logs write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class RunLog:
    """The file that takes the steps of one run."""

    path: Path

    @classmethod
    def named(cls, folder: Path, started: datetime) -> RunLog:
        """A log named after the moment a run started; the file comes with its first line."""
        return cls(folder / f"run-{started:%Y-%m-%dT%H%M%S}-{started.microsecond // 1000:03d}.jsonl")

    def prune(self) -> None:
        """Remove the oldest logs, so that KEPT_RUNS are left with this one."""
        others = sorted(path for path in self.path.parent.glob(STEPS) if path != self.path)
        for old in others[: max(0, len(others) - KEPT_RUNS + 1)]:
            old.unlink(missing_ok=True)

    def step(self, step: str, message: str, level: str = INFO, **fields: Any) -> None:
        """Append a line: time, level, step, message, fields."""
        entry = {"time": stamp(now()), "level": level, "step": step, "message": message, "fields": fields}
        append(self.path, entry)


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one line in one write; a line the disk refuses goes to standard error, and the run goes on.

    A log must never stop an edition: a full disk is told by what fails to be rendered, not by its log.
    """
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, line)
    except OSError as error:
        print(f"The log cannot be written ({error}): {line}", end="", file=sys.stderr)


def _write_once(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, ("\n" * torn + line).encode())
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a log, in order; one that a killed run left unfinished is passed over."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().split(b"\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found
