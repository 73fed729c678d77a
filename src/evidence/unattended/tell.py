"""Telling people of a run: a summary in words, and a command of their choice when it failed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from evidence.editions.files import write_whole
from evidence.unattended.log import ERROR, RUNS, RunLog, append, read_lines
from evidence.unattended.outcome import REFUSED, Outcome

SUMMARY = "last-run.md"
# A command that gets the summary of a failed run on its standard input.
FAILURE_VARIABLE = "EVIDENCE_ON_FAILURE"
# A mailer or a web hook that takes longer hangs (ours); under systemd's 90 s before it kills a unit that was stopped.
NOTIFIER_SECONDS = 60
# As many runs as show a pattern at a glance (ours).
RECENT = 6


def record(outcome: Outcome) -> str:
    """Write the line of the run and its summary; return the summary.

    A refused run leaves the summary file alone: it belongs to the run that is going on.
    """
    folder = outcome.log.parent
    append(folder / RUNS, outcome.line())
    text = summary(outcome, read_lines(folder / RUNS)[-RECENT:])
    if outcome.ended.outcome != REFUSED:
        try:
            write_whole(folder / SUMMARY, text)
        except OSError as error:
            print(f"The summary cannot be written: {error}", file=sys.stderr)
    return text


def summary(outcome: Outcome, recent: Sequence[dict[str, Any]] = ()) -> str:
    """A run in Markdown: what it came to, the sources, what moved, and the runs before it."""
    parts = [
        f"# Run of {outcome.started:%Y-%m-%d %H:%M} UTC: {outcome.ended.outcome}",
        _fenced(outcome.ended.message) if "\n" in outcome.ended.message else outcome.ended.message,
        f"Edition {outcome.edition}, {outcome.seconds:g} s, exit code {outcome.code}. Log: {outcome.log_name or 'none'}",
        "## Sources", _fenced(outcome.asked.text),
    ]  # fmt: skip
    if outcome.asked.down:
        parts.append(f"Did not answer in full: {', '.join(outcome.asked.down)}. The next run asks again.")
    if outcome.ended.changes:
        parts += ["## What moved", _fenced(outcome.ended.changes)]
    if recent:
        parts += ["## The last runs", _table(recent)]
    return "\n\n".join(parts) + "\n"


def _fenced(text: str) -> str:
    """Lines as they are; a title from outside must not become a heading or a link."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _table(recent: Sequence[dict[str, Any]]) -> str:
    head = ["| Started | Outcome | Edition | Exit | Seconds |", "| --- | --- | --- | --- | --- |"]
    keys = ("started", "outcome", "edition", "exit_code", "seconds")
    return "\n".join(head + [f"| {' | '.join(str(run.get(key, '')) for key in keys)} |" for run in reversed(recent)])


def notify(outcome: Outcome, text: str) -> None:
    """Give the summary to the command in EVIDENCE_ON_FAILURE, without a shell.

    Whatever becomes of the command is logged, and changes nothing: the run has its exit code already.
    """
    command = os.environ.get(FAILURE_VARIABLE, "")
    if not command:
        return
    try:
        words = shlex.split(command)
        done = subprocess.run(words, input=text.encode(), capture_output=True, timeout=NOTIFIER_SECONDS, check=False)
        said = done.stderr.decode(errors="replace").strip()
        failure = f"exit code {done.returncode}: {said}" if done.returncode else ""
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        failure = str(error)
    if failure:
        RunLog(outcome.log).step("notify", f"{FAILURE_VARIABLE} failed: {failure}", ERROR)
        print(f"{FAILURE_VARIABLE} failed, so nobody was told: {failure}", file=sys.stderr)
