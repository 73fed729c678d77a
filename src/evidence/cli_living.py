"""Commands that keep the notebook alive: new records and studies, reviews, back editions, unattended runs."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from evidence.errors import EvidenceError
from evidence.terminal import write_texts
from evidence.workspace import Workspace

KINDS = ("survey", "observational", "trial", "laboratory")


@click.command("new")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("key")
@click.option("--from", "record", default="", help="An awaiting record of records.csv to carry into the tables.")
def new_command(kind: str, key: str, record: str) -> None:
    """Start a new study: a .bib stub, a row of its table, a first finding. On a terminal it asks column by column."""
    from evidence.records.drafting import KINDS as TABLES
    from evidence.records.drafting import draft, to_ask
    from evidence.records.schema import read_schema

    workspace = Workspace.find()
    known = _known(workspace, record) if record else {}
    given = {}
    if sys.stdin.isatty():
        click.echo("Empty answers are welcome: fill them later in the table.")
        for column in to_ask(read_schema(workspace.schema).tables[TABLES[kind]]):
            allowed = f" [{' | '.join(column.enum)}]" if column.enum else ""
            default = known.get(column.name, "")
            given[column.name] = click.prompt(
                f"{column.name}: {column.description}{allowed}", default=default, show_default=bool(default)
            )
    if record:
        from evidence.intake.carry import carry

        write_texts(workspace, carry(workspace, record, kind, key, date.today(), given), f"Carried {record} into", "")
    else:
        write_texts(workspace, draft(workspace, kind, key, date.today(), given), "Drafted", "")
    click.echo(f"Fill the empty cells of {key}, then run `make check`, which names each that is still needed.")


def _known(workspace: Workspace, record: str) -> dict[str, str]:
    from evidence.intake.carry import known_cells, record_to_carry
    from evidence.records.base import EvidenceBase

    return known_cells(record_to_carry(EvidenceBase.load(workspace), record))


@click.command("screen")
@click.argument("record", default="")
@click.option(
    "--screener",
    default="",
    envvar="EVIDENCE_SCREENER",
    help="Who you are: a role or initials. Also from EVIDENCE_SCREENER.",
)
@click.option("--decide", type=click.Choice(["include", "exclude", "unsure"]), help="Your decision about RECORD.")
@click.option(
    "--settle",
    type=click.Choice(["set aside", "duplicate", "awaiting"]),
    help="Give RECORD its fate (awaiting: no repeat after all).",
)
@click.option("--same-as", default="", help="With --settle duplicate: the record it repeats, where none was proposed.")
@click.option("--reason", default="", help="Why; required to exclude and to settle.")
@click.option("--undo", is_flag=True, help="Take back your last decision, or the one about RECORD.")
@click.option("--agreement", "agree", is_flag=True, help="How far screeners agree, with Cohen's kappa.")
@click.option("--measure", is_flag=True, help="How well the order of the queue would have served past decisions.")
def screen_command(record: str, screener: str, decide: str | None, settle: str | None, same_as: str, reason: str,
                   undo: bool, agree: bool, measure: bool) -> None:  # fmt: skip
    """Screen what was found. Without options: the next ten records, and why they come first.

    For example: evidence screen --screener AB --decide exclude RECORD --reason "a poem, no data"
    """
    from evidence.intake import priority, screening, screening_agreement, screening_text
    from evidence.records.base import EvidenceBase

    if sum(map(bool, (decide, settle, undo, agree, measure))) > 1:
        raise EvidenceError("One thing at a time: --decide, --settle, --undo, --agreement or --measure.")
    if (decide or settle) and not record:
        raise EvidenceError("Which record? Name it: `evidence screen --decide include RECORD`.")
    workspace, today = Workspace.find(), date.today()
    if decide:
        _apply(workspace, screening.decide(workspace, record, screener, decide, reason, today))
    elif settle:
        _apply(workspace, screening.settle(workspace, record, settle, reason, today, same_as))
    elif undo:
        _apply(workspace, screening.undo(workspace, screener, record))
    elif agree:
        click.echo(screening_text.agreement_text(screening_agreement.agreement(EvidenceBase.load(workspace))))
    elif measure:
        click.echo(priority.measured_text(priority.measured(EvidenceBase.load(workspace))))
    else:
        base = EvidenceBase.load(workspace)
        click.echo(
            screening_text.record_text(base, record)
            if record
            else screening_text.queue_text(base, screener, priority.priority(base))
        )


def _apply(workspace: Workspace, change: Any) -> None:
    write_texts(workspace, dict(change.texts), "Wrote", "")
    click.echo(change.told)


@click.command("intake")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--search", required=True, help="The search that found them, as pubmed-2026; entered if it is new.")
@click.option("--dry-run", is_flag=True, help="Say what would be entered, and write nothing.")
def intake_command(file: Path, search: str, dry_run: bool) -> None:
    """Enter the records of a file (RIS, nbib, BibTeX, EndNote XML, JSON); see docs/intake.md."""
    from evidence.intake.register import intake, intake_text

    workspace = Workspace.find()
    result = intake(workspace, file, search, date.today())
    click.echo(intake_text(result))
    write_texts(workspace, {} if dry_run else result.texts, "Wrote", "Nothing was written.")


@click.command("watch")
@click.option(
    "--service",
    "services",
    multiple=True,
    type=click.Choice(["pubmed", "crossref", "openalex", "europepmc", "clinicaltrials"]),
    help="Ask only this one; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Ask, and write nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def watch_command(services: tuple[str, ...], dry_run: bool, form: str) -> None:
    """Ask the services of data/searches.csv again and register what is new; a service that is down is told, not fatal."""
    from evidence.intake.watch import as_dict, watch, watch_text

    result = watch(Workspace.find(), date.today(), services=services or None, rehearsal=dry_run)
    click.echo(json.dumps(as_dict(result), indent=2, ensure_ascii=False) if form == "json" else watch_text(result))


@click.command("retractions")
@click.option(
    "--csv", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A copy of retraction_watch.csv."
)
@click.option("--dry-run", is_flag=True, help="Only tell; write nothing.")
@click.pass_context
def retractions_command(ctx: click.Context, csv: Path | None, dry_run: bool) -> None:
    """Ask whether anything cited was retracted, corrected or put under a concern; new notices become proposals."""
    from evidence.intake.polite import Client
    from evidence.intake.retractions import drill_text, retractions

    workspace = Workspace.find()
    client = Client(workspace.build / "retractions")
    result = retractions(workspace, date.today(), client, csv)
    click.echo("\n".join([*client.notes, drill_text(result)]))
    if dry_run:
        click.echo("Nothing was written.")
    else:
        write_texts(workspace, dict(result.texts), "Wrote", "Nothing to write.")
    ctx.exit(1 if result.down else 0)


@click.command("review")
@click.option("--question", default="", help="A question, as withdrawal; empty means the edition.")
@click.option("--edition", default="", help="Month, as 2026-11; empty means this month.")
def review_command(question: str, edition: str) -> None:
    """Print the checksum to sign, who reviewed what, and what changed since."""
    from evidence.editions.review import review_text
    from evidence.records.base import EvidenceBase
    from evidence.records.dates import check_edition

    click.echo(review_text(EvidenceBase.load(), question, check_edition(edition or date.today().strftime("%Y-%m"))))


@click.command("history")
def history_command() -> None:
    """Reconstruct the back editions that the topic names, from what was public then."""
    from evidence.editions.reconstruction import reconstruct
    from evidence.records.base import EvidenceBase

    base = EvidenceBase.load()
    made = reconstruct(base, [date.fromisoformat(day) for day in base.schema.topic.history])
    click.echo(f"Reconstructed {', '.join(base.workspace.relative(path) for path in made)}.")


@click.command("run")
@click.option("--edition", default="", help="Month, as 2026-11; empty means this month.")
@click.pass_context
def run_command(ctx: click.Context, edition: str) -> None:
    """Run unattended: ask the sources, check, render, say what moved; the log is in build/log/."""
    from evidence.unattended.run import unattended

    ctx.exit(unattended(Workspace.find(), edition))


COMMANDS = (
    new_command, intake_command, screen_command, watch_command, retractions_command, review_command, history_command, run_command,
)  # fmt: skip
