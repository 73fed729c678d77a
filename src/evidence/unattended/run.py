"""The run of a schedule: ask the sources, check, render, say what moved.

Nothing in it needs a person, and nothing in it decides anything: new records await screening, so an edition is
rendered from the tables as they are.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from evidence.errors import EvidenceError, RecordError
from evidence.records.dates import check_edition
from evidence.unattended.lock import LockHeldError, one_run
from evidence.unattended.log import ERROR, INFO, WARNING, RunLog, log_folder, now
from evidence.unattended.outcome import (
    BROKEN,
    DONE,
    FAILED,
    LOCKED,
    REFUSED,
    SIGNALLED,
    STOPPED,
    UNEXPECTED,
    WRONG,
    Asked,
    Ended,
    Outcome,
)
from evidence.unattended.surroundings import StoppedError, ended_by_signals, settle
from evidence.unattended.tell import SUMMARY, notify, record
from evidence.workspace import Workspace

# "off" leaves the sources alone.
WATCH_VARIABLE = "EVIDENCE_WATCH"
# A line in the log for so many pages: enough to see where a run that hangs stands.
PAGES_A_LINE = 50
WHOLE = "An edition is published whole or not at all."
Ask = Callable[[Workspace, date], Asked]


def unattended(workspace: Workspace, edition: str = "") -> int:
    """Run once as a scheduler does, say in a sentence what it came to, and return the exit code.

    Parameters
    ----------
    workspace
        Where.
    edition
        Month, as 2026-11; empty means this month.

    Raises
    ------
    ParameterError
        If `edition` is no month.
    """
    settle(workspace)
    today = date.today()
    label = check_edition(edition or today.strftime("%Y-%m"))
    try:
        outcome = run(workspace, label, today)
    except StoppedError as stopped:  # in the last moment, when everything is done and only the summary is missing
        return SIGNALLED + stopped.number
    return outcome.code


def run(workspace: Workspace, label: str, today: date, ask: Ask | None = None) -> Outcome:
    """Ask the sources, check, render and say what moved, and leave a log whatever happens.

    Parameters
    ----------
    workspace, label, today
        Where, which edition, and the day the sources are asked for.
    ask
        Asks the sources; another one in tests.

    Returns
    -------
    Outcome
        With its exit code. No error leaves this function: each becomes an outcome.
    """
    started = now()
    log = RunLog.named(log_folder(workspace), started)
    asked, ended = Asked(), None
    with ended_by_signals():
        try:
            with one_run(workspace):
                log.prune()
                log.step("run", f"Edition {label}, process {os.getpid()}")
                asked = _asked(workspace, today, ask or ask_sources, log)
                ended = _edition(workspace, label, log)
        except (Exception, StoppedError) as error:
            ended = _failed(error, log)
        if asked.broken and ended.code == DONE:
            ended = replace(ended, code=UNEXPECTED)
        outcome = Outcome(label, started, now(), asked, ended, log.path)
        _tell(outcome, log)
    return outcome


def ask_sources(workspace: Workspace, today: date) -> Asked:
    """Ask every service that has a search of ours for what is new."""
    if os.environ.get(WATCH_VARIABLE, "").lower() == "off":
        return Asked(f"The sources were not asked: {WATCH_VARIABLE} is off.")
    from evidence.intake.watch import watch, watch_text

    watched = watch(workspace, today)
    return Asked(watch_text(watched), tuple(dict.fromkeys(search.service for search in watched.problems)))


def _asked(workspace: Workspace, today: date, ask: Ask, log: RunLog) -> Asked:
    """Ask, and go on whatever comes back: no edition waits for a source."""
    try:
        asked = ask(workspace, today)
    except EvidenceError as error:  # the extra is not installed, or a search cannot be asked as it is written
        log.step("watch", str(error), WARNING)
        return Asked(f"The sources were not asked: {error}")
    except Exception as error:  # a mistake in asking must not cost the edition; the exit code tells of it
        log.step("watch", repr(error), ERROR, traceback=traceback.format_exc())
        return Asked(f"Asking the sources went wrong: {error!r}. The traceback is in the log.", broken=True)
    log.step("watch", asked.text, WARNING if asked.down else INFO, down=list(asked.down))
    return asked


def _edition(workspace: Workspace, label: str, log: RunLog) -> Ended:
    from evidence.editions.changes import changes_since
    from evidence.editions.changes_shown import changes_text
    from evidence.editions.edition import PUBLISHED, UNCHANGED, build_edition
    from evidence.editions.inputs import same_as_newest
    from evidence.records.base import EvidenceBase

    _check(workspace, log)
    base = EvidenceBase.load(workspace)
    if same := same_as_newest(base, label):  # a month alone is no news
        log.step("edition", UNCHANGED, since=same)
        return Ended(DONE, UNCHANGED, f"Nothing changed since edition {same}: no new edition.")
    made = build_edition(base, label, progress=_counter(log))
    log.step("edition", made.outcome, pages=made.pages, differing=len(made.differing))
    if made.outcome != PUBLISHED:
        return Ended(DONE, made.outcome, f"Nothing changed: edition {label} stands as it is.")
    found = changes_since(base, label)
    moved = tuple(item.question for item in found.moved)
    log.step("changes", f"{len(moved)} verdicts moved", since=found.since, moved=list(moved))
    told = f"Published edition {label}: {made.pages} pages in {workspace.relative(workspace.edition(label))}/."
    return Ended(DONE, made.outcome, told, moved, changes_text(found))


def _check(workspace: Workspace, log: RunLog) -> None:
    from evidence.checking import check, errors_only
    from evidence.rules.formats import as_text

    problems = check(workspace)
    errors = errors_only(problems)
    log.step("check", as_text(problems), ERROR if errors else INFO)
    if errors:
        raise RecordError(f"{as_text(errors)}\nNothing was rendered; the reports stand as they were.")


def _counter(log: RunLog) -> Callable[[str], None]:
    done: list[str] = []

    def count(page: str) -> None:
        done.append(page)
        if len(done) % PAGES_A_LINE == 0:
            log.step("edition", f"{len(done)} pages done, the last {page}")

    return count


def _failed(error: BaseException, log: RunLog) -> Ended:
    """An error as an outcome; only one that nobody foresaw leaves a traceback, and only in the log."""
    if isinstance(error, LockHeldError):
        return Ended(LOCKED, REFUSED, str(error))
    if isinstance(error, StoppedError):
        return Ended(SIGNALLED + error.number, STOPPED, f"Stopped by {error}. {WHOLE}")
    if isinstance(error, EvidenceError):
        return Ended(FAILED, WRONG, str(error))
    log.step("run", repr(error), ERROR, traceback="".join(traceback.format_exception(error)))
    what = f"The system refused: {error}" if isinstance(error, OSError) else f"A mistake of the library: {error!r}"
    return Ended(UNEXPECTED, BROKEN, f"{what}. {WHOLE} The traceback is in {log.path.name}.")


def _tell(outcome: Outcome, log: RunLog) -> None:
    ended = outcome.ended
    if ended.outcome != REFUSED:
        log.step("end", ended.message, INFO if outcome.code == DONE else ERROR, exit_code=outcome.code)
    text = record(outcome)
    told = f"{ended.message}" + (f" {len(ended.moved)} verdicts moved." if ended.moved else "")
    print(f"{told}\nSummary: {log.path.parent / SUMMARY}", file=sys.stderr if outcome.code else sys.stdout, flush=True)
    if outcome.code:
        notify(outcome, text)
