"""What a notebook calls: each function shows one part of a page, in JupyterLab and in an edition alike."""

from __future__ import annotations

from datetime import date

from evidence.display import (
    board,
    findings_index,
    firmness,
    flagged,
    methods_page,
    overviews,
    question_page,
    reanalysis,
    study_page,
)
from evidence.display.tables import Html
from evidence.records.base import EvidenceBase
from evidence.records.dates import last_day
from evidence.synthesis.answers import Answer


def _show(part: Html) -> None:
    from IPython.display import display

    if part:
        display(part)  # type: ignore[no-untyped-call]


def verdict(reply: Answer) -> None:
    """The sentence, its certainty, and why."""
    _show(question_page.verdict(reply))


def forest(reply: Answer) -> None:
    """The numbers side by side, each kind of evidence in its own panel."""
    _show(question_page.figures(reply))


def studies(reply: Answer) -> None:
    """Every finding: who was asked, how it is known, and where it stands."""
    _show(question_page.studies(reply))


def firm(reply: Answer) -> None:
    """Since when it stands, other ways to weigh the same rows, one study less or more, with and without what was withdrawn."""
    _show(firmness.firmness(reply))
    _show(flagged.with_and_without(reply))


def weigh(reply: Answer) -> None:
    """The panel in which a reader weighs the question again."""
    _show(reanalysis.weigh(reply))


def unknowns(reply: Answer) -> None:
    """What would settle it, what is registered, and what contradicts itself."""
    _show(question_page.unknowns(reply))


def references(reply: Answer) -> None:
    """The numbered list of what the page rests on."""
    _show(question_page.references(reply))


def study(base: EvidenceBase, name: str) -> None:
    """One study: what was done, what it reports, how it was judged, and its entries."""
    for part in (study_page.head, study_page.findings, study_page.judgements, study_page.reports):
        _show(part(base, name))


def what_we_know(base: EvidenceBase, edition: str) -> None:
    """The board."""
    _show(board.head(base, edition))
    _show(board.in_short(base))
    _show(board.sides(base))
    _show(board.sections(base))


def evidence(base: EvidenceBase, section: str = "") -> None:
    """All findings: the index, or the plain tables of one section."""
    _show(findings_index.section_tables(base, section) if section else findings_index.index(base))


def maps(base: EvidenceBase) -> None:
    """What is studied and how surely it is known, and how the verdicts moved."""
    _show(overviews.evidence_map(base))
    _show(firmness.whole_history(base))


def gaps(base: EvidenceBase, edition: str) -> None:
    """Five kinds of not knowing, and the registered studies."""
    _show(overviews.gaps(base, edition_day(base, edition)))
    _show(overviews.registrations(base, edition_day(base, edition)))


def withdrawn(base: EvidenceBase, edition: str) -> None:
    """Reports under a retraction or concern, and each question they touch with and without them."""
    _show(Html(f'<h2 id="withdrawn">Retractions and concerns</h2>{flagged.flagged(base, edition_day(base, edition))}'))


def claims(base: EvidenceBase) -> None:
    """Public claims, and cited studies that nobody can find."""
    _show(overviews.claims(base))
    _show(overviews.claims_summary(base))
    _show(overviews.untraceable(base))


def methods(base: EvidenceBase) -> None:
    """Searches and flow, agreement, thresholds, checks, software, sources of the methods."""
    parts = (
        methods_page.flow,
        methods_page.agreement,
        methods_page.coverage,
        methods_page.thresholds,
        methods_page.paths,
        methods_page.overruled,
        methods_page.checks,
        methods_page.searches,
        methods_page.set_aside,
        methods_page.software,
    )
    for part in parts:
        _show(part(base))


def edition_day(base: EvidenceBase, edition: str) -> date:
    """The day an edition speaks of: the day of the base, else the last of its month, else the newest row."""
    if base.day:
        return base.today
    try:
        return last_day(edition)
    except ValueError:
        return base.today
