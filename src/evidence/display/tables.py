"""HTML tables that a screen reader, a phone and a printer can follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is markup already: not escaped again, and shown as such by a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<{len(self)} characters of HTML>"


def cell(value: object) -> str:
    """A value as the content of a cell: escaped, unless it is markup already."""
    return value if isinstance(value, Html) else escape("" if value is None else str(value))


def place(where: object) -> Html:
    """A file and line of the repository."""
    return Html(f'<code class="place">{escape(str(where))}</code>')


def link(address: str, text: str) -> Html:
    """A link within the edition."""
    return Html(f'<a href="{escape(address)}">{escape(text)}</a>')


def outside(address: str) -> Html:
    """An address outside the edition: a link for https, plain text for anything else."""
    if not address.startswith("https://"):
        return Html(f"<code>{escape(address)}</code>")
    return Html(f'<a class="outside" rel="noreferrer nofollow" href="{escape(address)}">{escape(address)}</a>')


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    ids: Sequence[str] = (),
    css: str = "",
) -> Html:
    """A captioned table; on a phone each row becomes a card that repeats the column's name.

    Parameters
    ----------
    caption
        What the table shows.
    header
        Column names.
    rows
        Cells in the order of the header; the first one names the row.
    ids
        An id for each row, where rows are linked to.
    css
        Further classes: ``sortable`` is picked up by the script of the edition.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "\n".join(_row(header, row, ids[i] if i < len(ids) else "") for i, row in enumerate(rows))
    return Html(
        f'<table class="cards {css}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _row(header: Sequence[str], row: Sequence[object], name: str) -> str:
    first, *rest = row
    cells = f'<th scope="row" data-label="{escape(header[0])}">{cell(first)}</th>'
    cells += "".join(
        f'<td data-label="{escape(label)}">{cell(value)}</td>' for label, value in zip(header[1:], rest, strict=True)
    )
    return f'<tr id="{escape(name)}">{cells}</tr>' if name else f"<tr>{cells}</tr>"


def definition(pairs: Iterable[tuple[str, object]]) -> Html:
    """Facts as a list of terms; empty ones say that they were not seen."""
    items = "".join(
        f"<div><dt>{escape(term)}</dt><dd>{cell(value) or '<span class=unseen>not seen</span>'}</dd></div>"
        for term, value in pairs
    )
    return Html(f"<dl>{items}</dl>")
