"""The command line: each command does one thing, says what it did, and exits non-zero with one sentence when it cannot."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: pages are forked from one thread

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from evidence.cli_living import COMMANDS
from evidence.errors import EvidenceError, RecordError
from evidence.terminal import progress, write_texts
from evidence.workspace import Workspace


class Commands(click.Group):
    """Prints an error of ours as one sentence; `--debug` shows where it came from."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except EvidenceError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(str(error), err=True)
            ctx.exit(1)


@click.group(cls=Commands)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Evidence notebooks: check tables, render editions, follow sentences to their sources."""


@main.command("check")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to print.")
@click.pass_context
def check_command(ctx: click.Context, form: str) -> None:
    """Print every problem of tables and bibliography; change nothing; exit 1 on errors."""
    from evidence.checking import check, errors_only
    from evidence.rules.formats import as_json, as_sarif, as_text
    from evidence.rules.rule import RULES
    from evidence.rules.structure import STRUCTURE

    problems = check(Workspace.find())
    titles = {**STRUCTURE, **{code: item.title for code, item in RULES.items()}}
    click.echo(
        as_text(problems) if form == "text" else as_json(problems) if form == "json" else as_sarif(problems, titles)
    )
    ctx.exit(1 if errors_only(problems) else 0)


@main.command("tidy")
def tidy_command() -> None:
    """Put tables and .bib files into canonical order and quoting."""
    from evidence.records.tidy import tidy

    write_texts(Workspace.find(), tidy(Workspace.find()), "Tidied", "Everything is tidy.")


@main.command("edition")
@click.option("--edition", default="", help="Month, as 2026-11; empty means this month.")
@click.option("--as-of", default="", help="Use what was public up to this day, as 2026-11-24.")
@click.option("--force", is_flag=True, help="Render even if nothing changed.")
def edition_command(edition: str, as_of: str, force: bool) -> None:
    """Render and publish an edition whole, or leave the reports as they are."""
    from evidence.editions.edition import EQUAL, UNCHANGED, build_edition
    from evidence.editions.pages import pages
    from evidence.records.base import EvidenceBase
    from evidence.records.dates import check_edition

    label = check_edition(edition or date.today().strftime("%Y-%m"))
    workspace = Workspace.find()
    _refuse_problems(workspace)
    base = EvidenceBase.load(workspace).as_of(as_of)
    with progress(len(pages(base, label))) as step:
        made = build_edition(base, label, force=force, progress=step)
    where = workspace.relative(workspace.edition(label))
    if made.outcome == UNCHANGED:
        click.echo(f"Nothing changed since edition {label} was rendered; no work was done. FORCE=1 renders anyway.")
    elif made.outcome == EQUAL:
        click.echo(f"Rendered all {made.pages} pages: every byte equals the edition in {where}/.")
    else:
        differ = f"; {len(made.differing)} files differ from what stood there" if made.differing else ""
        click.echo(f"Published edition {label}: {made.pages} pages in {where}/{differ}. Open {where}/index.html")


@main.command("pdf")
@click.option("--edition", default="", help="Month, as 2026-11; empty means the newest.")
def pdf_command(edition: str) -> None:
    """Print the board and the question pages of an edition into one PDF in build/."""
    from evidence.editions.paper import print_edition
    from evidence.records.base import EvidenceBase

    workspace = Workspace.find()
    made = print_edition(EvidenceBase.load(workspace), edition)
    click.echo(f"Printed {workspace.relative(made)}.")


@main.command("preview")
@click.option("--question", default="", help="A question, as withdrawal.")
@click.option("--study", default="", help="Or a study, as vicknasingam2020.")
def preview_command(question: str, study: str) -> None:
    """Render one page into build/preview/ and say whether its verdict moved since the newest edition."""
    from evidence.editions.preview import preview
    from evidence.records.base import EvidenceBase

    if bool(question) == bool(study):
        raise EvidenceError("Name one page: --question withdrawal, or --study vicknasingam2020.")
    click.echo(preview(EvidenceBase.load(), question=question, study=study))


@main.command("changes")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", help="How to print.")
def changes_command(form: str) -> None:
    """Say what moved since the newest published edition, and why."""
    from evidence.editions.changes import changes_since
    from evidence.editions.changes_shown import changes_markdown, changes_text
    from evidence.records.base import EvidenceBase

    found = changes_since(EvidenceBase.load(), "9999-12")
    if form == "json":
        click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False))
    else:
        click.echo(changes_markdown(found) if form == "markdown" else changes_text(found), nl=form == "text")


@main.command("trace")
@click.argument("name")
def trace_command(name: str) -> None:
    """Follow a statement (withdrawal.2), a row, a study or an entry, in both directions."""
    from evidence.editions.trace import trace, trace_text
    from evidence.records.base import EvidenceBase

    base = EvidenceBase.load()
    click.echo(trace_text(base, trace(base, name)))


@main.command("pool")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--measure",
    default="",
    help="RR, OR, RD, PETO, MD, SMD, ROM, MC, SMCC, SMCR, IRR, IRLN, COR, ZCOR, PLO, PAS, PR or GEN; empty takes what fits.",
)
@click.option(
    "--method", default="REML", help="REML, DL, PM, ML, EB, SJ, HE, HS, CE (common effect) or MH (Mantel-Haenszel)."
)
@click.option("--interval", default="hk", help="hk (guarded), hk-plain or wald.")
@click.option(
    "--by", multiple=True, help="Column to regress on: numbers as they are, words as groups. May be repeated."
)
@click.option("--cluster", default="", help="Column that names the study of each estimate: three levels, robust.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def pool_command(
    file: Path, measure: str, method: str, interval: str, by: tuple[str, ...], cluster: str, form: str
) -> None:
    """Pool your own table with the estimators of the reports."""
    from evidence.synthesis.own_models import model_report
    from evidence.synthesis.own_table import as_json, as_text, mantel_haenszel_text, pool_own, read_own_table
    from evidence.synthesis.sparse import MH

    table = read_own_table(file, measure.upper())
    if method.upper() == MH:
        click.echo(mantel_haenszel_text(table))
        return
    if by or cluster:
        click.echo(model_report(table, by, cluster, method.upper(), interval, as_json=form == "json"))
        return
    found = pool_own(table, method.upper(), interval)
    click.echo(as_json(table, found) if form == "json" else as_text(table, found))


@main.command("verify")
@click.pass_context
def verify_command(ctx: click.Context) -> None:
    """Render the newest edition again and require no difference."""
    from evidence.editions.edition import verify
    from evidence.records.base import EvidenceBase

    base = EvidenceBase.load()
    with progress(0) as step:
        found = verify(base, step)
    if found.other_versions:
        click.echo(
            f"Made with other versions ({', '.join(found.other_versions)}), so only trace.csv and edition.json count."
        )
    if not found.differing:
        click.echo(f"Edition {found.label}: no difference.")
        return
    click.echo(
        f"Edition {found.label}: {len(found.differing)} files differ: {', '.join(found.differing[:10])}", err=True
    )
    ctx.exit(1)


@main.command("docs")
@click.option("--check", "only_check", is_flag=True, help="Only say whether they are current; exit 1 if not.")
@click.pass_context
def docs_command(ctx: click.Context, only_check: bool) -> None:
    """Write docs/rules.md, docs/codebook.md and the README's block on what is known today."""
    from evidence.documents import documents

    workspace = Workspace.find()
    stale = {file: text for file, text in documents(workspace).items() if _text_of(workspace, file) != text}
    if only_check and stale:
        click.echo(f"Not current: {', '.join(stale)}. Run `make docs`.", err=True)
        ctx.exit(1)
    write_texts(workspace, stale, "Wrote", "Every generated document is current.")


def _refuse_problems(workspace: Workspace) -> None:
    from evidence.checking import check, errors_only
    from evidence.rules.formats import as_text

    errors = errors_only(check(workspace))
    if errors:
        raise RecordError(f"{as_text(errors)}\nNothing was rendered; the reports stand as they were.")


def _text_of(workspace: Workspace, file: str) -> str:
    path = workspace.root / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
