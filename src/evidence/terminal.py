"""What commands print while they work, and how they write files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import click

from evidence.workspace import Workspace


def write_texts(workspace: Workspace, texts: dict[str, str], verb: str, nothing: str) -> None:
    """Write whole files by their path from the root, and say which."""
    from evidence.editions.files import write_whole

    for file, text in texts.items():
        write_whole(workspace.root / file, text)
    click.echo(f"{verb}: {', '.join(texts)}." if texts else nothing)


def progress(total: int) -> AbstractContextManager[Callable[[str], None]]:
    """A bar on a terminal; a plain line for every fiftieth page elsewhere."""
    if sys.stdout.isatty():
        return Bar(total)
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if len(seen) % 50 == 0:
            click.echo(f"{len(seen)} pages done, the last {name}")

    return nullcontext(step)


class Bar:
    """click's progress bar as something that is called with the name of each page."""

    def __init__(self, total: int) -> None:
        self._bar = click.progressbar(length=total, label="Pages")

    def __enter__(self) -> Callable[[str], None]:
        self._bar.__enter__()
        return lambda name: self._bar.update(1)

    def __exit__(self, *details: object) -> None:
        self._bar.__exit__(None, None, None)
