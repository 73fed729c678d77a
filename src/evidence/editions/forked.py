"""Running tasks in forked children, a few at a time: what one does cannot reach the next."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evidence.errors import EvidenceError

Task = Callable[[], None]
POLL = 0.005
MOST_ERROR_BYTES = 60_000  # less than a pipe holds, so that a child never waits for its reader


@dataclass(frozen=True)
class Child:
    """A running task: its name, when it must be done, and where it writes its error."""

    name: str
    deadline: float
    pipe: int


def run_all(tasks: Mapping[str, Task], *, workers: int, timeout: float, done: Callable[[str], None]) -> dict[str, str]:
    """Run every task; return the error of each that failed.

    Parameters
    ----------
    tasks
        Tasks by name; all are run, whatever happens to one.
    workers
        How many run at once. Where the system cannot fork, tasks run one after another in this process.
    timeout
        Seconds after which a task is stopped and counts as failed.
    done
        Called with the name of each task that ended, well or not.
    """
    if not hasattr(os, "fork"):
        return _run_here(tasks, done)
    waiting = list(tasks.items())[::-1]
    running: dict[int, Child] = {}
    failures: dict[str, str] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                name, task = waiting.pop()
                pid, pipe = _start(task)
                running[pid] = Child(name, time.monotonic() + timeout, pipe)
            for pid in [pid for pid in running if _ended(pid, running[pid], failures, timeout)]:
                done(running.pop(pid).name)
            time.sleep(POLL)
    finally:
        for pid in running:  # the parent was stopped: no child outlives it
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return failures


def _run_here(tasks: Mapping[str, Task], done: Callable[[str], None]) -> dict[str, str]:
    failures = {}
    for name, task in tasks.items():
        try:
            task()
        except EvidenceError as error:
            failures[name] = str(error)
        done(name)
    return failures


def _start(task: Task) -> tuple[int, int]:
    reader, writer = os.pipe()
    _flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    status = 1
    try:
        task()
        status = 0
    except BaseException as error:  # a child has no caller: every error is told to the parent
        message = str(error) if isinstance(error, EvidenceError) else f"{type(error).__name__}: {error}"
        os.write(writer, message.encode()[:MOST_ERROR_BYTES])
    finally:
        _flush()
        os._exit(status)
    return 0, 0  # never reached: the child has left


def _ended(pid: int, child: Child, failures: dict[str, str], timeout: float) -> bool:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended and time.monotonic() > child.deadline:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        failures[child.name] = f"stopped after {timeout:g} seconds"
        os.close(child.pipe)
        return True
    if not ended:
        return False
    if status:
        told = os.read(child.pipe, MOST_ERROR_BYTES).decode(errors="replace")
        failures[child.name] = told or f"its process died (wait status {status})"
    os.close(child.pipe)
    return True


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
