"""What a scheduler does not give a program: standard streams, a home, and a polite end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from evidence.workspace import Workspace

ENDING = (signal.SIGTERM, signal.SIGINT)


class StoppedError(BaseException):
    """A signal asked this run to end; not an Exception, so that no step takes it for its own failure."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


def settle(workspace: Workspace) -> None:
    """Make up for what cron leaves out; what is there already stays.

    Closed streams are opened on nothing, since the next file opened would otherwise take their number, and
    a page's output with it. Without a HOME they can write to (a service's account has none, or is kept out of
    it), matplotlib and IPython warn and leave folders about; they get one in ``build/``. Characters a
    narrow encoding lacks are written as ``?``.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not os.access(os.environ.get("HOME", ""), os.W_OK):
        home = workspace.build / "home"
        home.mkdir(parents=True, exist_ok=True)
        os.environ["HOME"] = str(home)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise StoppedError where SIGTERM or SIGINT arrives, once; further ones are ignored while the run tidies up."""
    owner = os.getpid()

    def end(number: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:  # a page in a forked child, which has nothing to tidy up
            os._exit(128 + number)
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise StoppedError(number)

    before = {each: signal.getsignal(each) for each in ENDING}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # a shell's background job ignores SIGINT: so it stays
            signal.signal(each, end)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
