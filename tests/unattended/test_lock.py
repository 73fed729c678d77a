"""One run at a time: the lock ends with its holder, and says who holds it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from evidence.unattended.lock import NAME, LockHeldError, one_run

HOLD = """
import sys, time
from evidence.unattended.lock import one_run
from evidence.workspace import Workspace
with one_run(Workspace.find()):
    print("held", flush=True)
    time.sleep(60)
"""
# The lock is taken, then a page's child is forked that outlives its parent, as when a run is killed while it renders.
HOLD_AND_FORK = HOLD.replace("    print", "    import os\n    if os.fork() == 0:\n        time.sleep(60)\n    print")


def holder(workspace, script=HOLD):
    child = subprocess.Popen(
        [sys.executable, "-c", script], cwd=workspace.root, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert child.stdout.readline() == "held\n"
    return child


def test_a_second_run_is_refused_and_told_which_process_holds_the_lock_and_since_when(moonwort):
    child = holder(moonwort)
    try:
        with (
            pytest.raises(
                LockHeldError,
                match=rf"process {child.pid} holds build/run\.lock since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\. Wait",
            ),
            one_run(moonwort),
        ):
            pass
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@pytest.mark.parametrize("script", [HOLD, HOLD_AND_FORK], ids=["alone", "with a page in a forked child"])
def test_the_lock_ends_with_a_killed_holder_and_its_file_stops_nobody(moonwort, script):
    child = holder(moonwort, script)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    try:
        assert str(child.pid) in (moonwort.build / NAME).read_text()
        with one_run(moonwort) as path:
            assert f'"process": {os.getpid()}' in path.read_text()
        assert (moonwort.build / NAME).read_text() == ""
    finally:
        os.killpg(child.pid, signal.SIGKILL) if script == HOLD_AND_FORK else None


def test_a_lock_that_is_not_signed_yet_is_still_refused_in_one_sentence(moonwort):
    child = holder(moonwort)
    (moonwort.build / NAME).write_text('{"process": ')
    try:
        with pytest.raises(LockHeldError, match="a process that started this moment"), one_run(moonwort):
            pass
    finally:
        child.kill()
        child.wait()


def test_the_lock_is_given_back_when_the_run_fails(moonwort):
    with pytest.raises(KeyError), one_run(moonwort):
        raise KeyError
    started = time.monotonic()
    with one_run(moonwort):
        assert time.monotonic() - started < 1
