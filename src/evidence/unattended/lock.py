"""One run at a time in a workspace, by a lock the system takes back when its holder dies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from evidence.errors import EvidenceError
from evidence.workspace import Workspace

NAME = "run.lock"


class LockHeldError(EvidenceError):
    """Another run of this workspace is going on."""


@contextmanager
def one_run(workspace: Workspace) -> Iterator[Path]:
    """Hold ``build/run.lock`` for the time of a run.

    The lock is the system's (``flock``), not the file's existence: it ends with the process that holds it,
    however that process ends, and a file left behind stops nobody.

    Raises
    ------
    LockHeldError
        If another process holds it; the sentence names the process and since when.
    """
    workspace.build.mkdir(parents=True, exist_ok=True)
    path = workspace.build / NAME
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockHeldError(_held_by(workspace, path)) from None
    try:
        _sign(path, {"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")})
        yield path
    finally:
        _sign(path, {})
        lock.release()


def _sign(path: Path, holder: dict[str, object]) -> None:
    """Say in the file who holds it.

    Written in place: a rename would put another file under the name, and the lock would guard one that nobody finds.
    """
    path.write_text(json.dumps(holder) + "\n" if holder else "", encoding="utf-8")


def _held_by(workspace: Workspace, path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['process']} holds {workspace.relative(path)} since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # the moment between taking the lock and signing it
        who = f"a process that started this moment holds {workspace.relative(path)}"
    return f"Another run is going on: {who}. Wait for it, or end that process; the lock ends with it."
