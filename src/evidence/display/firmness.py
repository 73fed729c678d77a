"""How firm a verdict is: since when it stands, other ways to weigh the same rows, one study less, one study more."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby

from evidence.display.chips import verdict_chip
from evidence.display.marks import page_of_question, page_of_study
from evidence.display.phrases import plural
from evidence.display.tables import Html, link, table
from evidence.records.base import EvidenceBase
from evidence.synthesis.answers import Answer
from evidence.synthesis.history import YearEnd, history
from evidence.synthesis.multiverse import Multiverse, Path, multiverse
from evidence.synthesis.registered import NOT_SEEN
from evidence.synthesis.what_if import Gain, gains, losses

LETTERS = {"KNOWN": "K", "LIKELY": "L", "CONTESTED": "C", "UNCERTAIN": "u", "UNSTUDIED": "–"}


def firmness(answer: Answer) -> Html:
    """The four of them, for one question."""
    base, name = answer.base, answer.question.question
    parts = [time_strip(history(base, name, base.today))]
    universe = multiverse(base, name)
    if universe:
        parts += [_paths(universe), _without(base, answer)]
    parts.append(_with(answer, gains(base, name)))
    return Html(f"<h2>How firm is this?</h2>{''.join(parts)}")


def prepare(base: EvidenceBase) -> None:
    """Fill what all questions share: the base as of each year-end with its answers, and the parts of the multiverse."""
    for name in base.questions:
        history(base, name, base.today)
    next((found for name in base.questions if (found := multiverse(base, name))), None)


def time_strip(years: tuple[YearEnd, ...]) -> Html:
    """The verdict at each year-end as a bar of runs, each with its years in words."""
    runs = [list(run) for _, run in groupby(years, key=lambda item: (item.verdict, item.lean))]
    items = "".join(
        f'<li style="flex-grow:{len(run)}"><span class="when">{_when(run)}</span> {verdict_chip(run[0].verdict)}'
        f"<span class=when>{_pointing(run[0].lean)}</span></li>"
        for run in runs
    )
    then, now = years[len(years) // 2], years[-1]
    return Html(
        "<h3>Since when</h3><p>The verdict of the same rules at the end of each year, from what was public then. Of "
        f"{plural(now.rows, 'row')} today, {then.rows:,} had been published by the end of {then.year}.</p>"
        f"<ol class=strip>{items}</ol>"
    )


def _when(run: list[YearEnd]) -> str:
    return run[0].year if len(run) == 1 else f"{run[0].year}–{run[-1].year}"


def _pointing(lean: str) -> str:
    return {"yes": "points to yes", "no": "points to no", "neither": "points nowhere"}.get(lean, "")


def _paths(universe: Multiverse) -> Html:
    shortest = _in_words(universe.shortest)
    leave = "path leaves" if universe.empty == 1 else "paths leave"
    empty = f" {universe.empty} {leave} no direct evidence." if universe.empty else ""
    ends = Counter((path.verdict, path.lean) for path in universe.paths)
    whole = len(universe.paths)
    rows: list[list[object]] = [[Html(f"{verdict_chip(verdict)} {_pointing(lean)}"), count, f"{100 * count / whole:.0f}%"]
            for (verdict, lean), count in ends.most_common()]  # fmt: skip
    shown = table("Where the paths end", ("Verdict and direction", "Paths", "Share"), rows)
    return Html(
        f"<h3>Other ways to weigh the same rows</h3><p>Of {len(universe.paths)} paths, {universe.holds} "
        f"({100 * universe.share:.0f}%) end at this verdict, pointing the same way.{empty} {shortest}</p>"
        f'<details><summary>The paths</summary>{shown}<p><a href="methods.html#paths">What a path is</a></p></details>'
    )


def _in_words(path: Path | None) -> str:
    if path is None:
        return "No path with evidence left ends elsewhere."
    pointing = f" and {_pointing(path.lean)}" if path.lean else ""
    return f"The shortest way elsewhere: {escape(' and '.join(path.choices))}; then it is {path.verdict}{pointing}."


def _without(base: EvidenceBase, answer: Answer) -> Html:
    found = losses(base, answer.question.question)
    if not found:
        return Html("<h3>Without one study</h3><p>Whichever single study is left out, the verdict stays.</p>")
    items = "".join(
        f"<li>{link(page_of_study(item.study), base.references[base.studies[item.study].citekey].label)}: "
        f"{verdict_chip(item.verdict)}</li>"
        for item in found
    )
    return Html(f"<h3>Without one study</h3><p>The verdict would be another without:</p><ul>{items}</ul>")


def _with(answer: Answer, found: tuple[Gain, ...]) -> Html:
    moving = [item for item in found if item.steps]
    if not moving:
        return Html("")
    items = []
    for item in moving:
        pointing = f" that points to {item.points}" if item.points else " that finds what the others found"
        steps = ", ".join(f"{size:,} or more: {verdict_chip(verdict)}" for size, verdict in item.steps)
        items.append(f"<li>{escape(item.design[0].upper() + item.design[1:])}{pointing}, read in full: {steps}</li>")
    under_way = [
        f"{r.registration} ({r.planned_n:,})" for r in answer.registrations if r.planned_n and r.results == NOT_SEEN
    ]
    sizes = f" Registered on this question, without results seen: {escape(', '.join(under_way))}." if under_way else ""
    return Html(
        "<h3>With one more study</h3><p>What one more study would do through the same rules, by its size (people, or "
        f"products); sizes were tried in steps from 10 to 5,000.{sizes}</p><ul>{''.join(items)}</ul>"
    )


def whole_history(base: EvidenceBase) -> Html:
    """Every question at every year-end, in one picture."""
    rows = []
    years: tuple[YearEnd, ...] = ()
    for name, question in base.questions.items():
        years = history(base, name, base.today)
        cells = [Html(f'<span class="cell {item.verdict.lower()}" title="{item.verdict}">{LETTERS[item.verdict]}</span>')
                 for item in years]  # fmt: skip
        rows.append([link(page_of_question(name), question.wording), *cells])
    caption = "Verdict at the end of each year (K known, L likely, C contested, u uncertain, – unstudied)"
    shown = table(caption, ("Question", *(item.year for item in years)), rows, css="map years")
    return Html(f"<h2>How the verdicts moved</h2>{shown}")
