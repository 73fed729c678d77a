"""Changes as the page of an edition, as Markdown for a pull request, and as text for a terminal."""

from __future__ import annotations

from html import escape

from evidence.display.causes import in_words, waterfall
from evidence.display.chips import verdict_chip
from evidence.display.marks import page_of_question, page_of_study
from evidence.display.phrases import plural
from evidence.display.tables import Html, link, table
from evidence.editions.changes import Changes, Moved, changes_between, changes_since
from evidence.records.base import EvidenceBase

# As many as the board has room for.
IN_SHORT = 3
# A pull request shows this many facts of a kind; the page has all of them.
MOST_LISTED = 50
SINGULAR = {"findings": "finding", "studies": "study", "jurisdictions": "legal entry", "registrations": "registration",
            "corrections": "correction", "appraisals": "appraisal of"}  # fmt: skip
FIRST = "This is the first edition: there is nothing to compare it with."
NOTHING = "Nothing: no verdict moved, no fact was added, corrected or lost."
UNTOLD = "a change of method or code, or a new question"


def moved_in_short(base: EvidenceBase, edition: str) -> Html:
    """The first few verdicts that moved since the edition before, for the board."""
    found = changes_since(base, edition)
    if not found.since:
        return Html("")
    items = "".join(f"<li>{link(page_of_question(m.question), m.wording)}: {_pair(m.before)} → {_pair(m.after)}</li>"
                    for m in found.moved[:IN_SHORT])  # fmt: skip
    told = f"<ul>{items}</ul>" if items else "<p>No verdict moved.</p>"
    count = len(found.lost) + len(found.corrected) + len(found.added)
    return Html(f"<h2>What moved since {escape(found.since)}</h2>{told}<p>{link('changes.html', 'All changes')}: "
                f"{plural(len(found.moved), 'verdict')}, {plural(count, 'fact')}.</p>")  # fmt: skip


def changes_page(base: EvidenceBase, edition: str, before: EvidenceBase | None = None) -> Html:
    """The changes page: since the edition before, or since an earlier day of the same base."""
    found = changes_between(before, base) if before else changes_since(base, edition)
    if not found.since:
        return Html(f"<h1>What changed</h1><p>{FIRST}</p>")
    since = (
        escape(found.since) if before else f'<a href="../{escape(found.since)}/index.html">{escape(found.since)}</a>'
    )
    parts = [f"<h1>What changed since {since}</h1>"]
    if found.nothing:
        parts.append(f"<p>{NOTHING}</p>")
    if found.unsplit:
        parts.append(f'<p class="note">{escape(found.unsplit)}</p>')
    parts += [_facts(base, "Lost", found.lost), _moved_table(found), _method(found)]
    parts += [_facts(base, "Corrected", found.corrected), _facts(base, "Added", found.added)]
    return Html("".join(parts))


def _facts(base: EvidenceBase, title: str, facts: tuple[tuple[str, str], ...]) -> str:
    if not facts:
        return ""
    items = "".join(f"<li>{SINGULAR[kind]} {_fact_link(base, kind, name)}</li>" for kind, name in facts)
    return f"<h2>{title} ({len(facts)})</h2><ul>{items}</ul>"


def _moved_table(found: Changes) -> str:
    told = _why_table("Verdicts", "verdict", found.moved, "No verdict moved.")
    return told + (_why_table("Other sentences", "sentence", found.shifted, "") if found.shifted else "")


def _why_table(title: str, noun: str, items: tuple[Moved, ...], none: str) -> str:
    if not items:
        return f"<h2>{title}</h2><p>{none}</p>"
    rows = [[link(page_of_question(m.question), m.wording), _pair(m.before), _pair(m.after), _why(m)] for m in items]
    figures = "".join(waterfall(m.why) for m in items if m.why)
    shown = table(plural(len(rows), noun) + " moved", ("Question", "Before", "Now", "Because of"), rows)
    return f"<h2>{title}</h2>{shown}{figures}"


def _why(moved: Moved) -> Html:
    """What each cause did where that is known, and the rows."""
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in _sentences(moved))
    rows = f"<p class=seen>{escape(', '.join(moved.rows))}</p>" if moved.rows else ""
    return Html(told + rows or UNTOLD)


def _sentences(moved: Moved) -> tuple[str, ...]:
    return in_words(moved.why) if moved.why else ()


def _method(found: Changes) -> str:
    numbers = table("Numbers of the method", ("Number", "Before", "Now"), found.numbers) if found.numbers else ""
    code = f"<p>Changed code: {escape('; '.join(found.code))}.</p>" if found.code else ""
    return f"<h2>Method and code</h2>{numbers}{code}" if numbers or code else ""


def _pair(pair: tuple[str, str]) -> Html:
    return Html(f"{verdict_chip(pair[0])} {escape(pair[1])}" if pair[0] else "not asked")


def _fact_link(base: EvidenceBase, kind: str, name: str) -> str:
    if kind == "findings" and name in base.findings:
        return str(link(f"{page_of_study(base.findings[name].study)}#{name}", name))
    if kind in ("studies", "appraisals") and name in base.studies:
        return str(link(page_of_study(name), name))
    return f"<code>{escape(name)}</code>"


def changes_text(found: Changes) -> str:
    """What moved, for a terminal."""
    if not found.since:
        return "There is no edition to compare with."
    if found.nothing:
        return f"Nothing moved since {found.since}."
    lines = [f"Since {found.since}:"]
    lines += [f"  lost       {SINGULAR[kind]} {name}" for kind, name in found.lost]
    for moved in (*found.moved, *found.shifted):
        lines.append(
            f"  moved      {moved.question}: {_words(moved)}"
            + (f"  because of {', '.join(moved.rows)}" if moved.rows else "")
        )
        lines += [f"             {sentence}" for sentence in _sentences(moved)]
    lines += [f"  method     {name}: {before} → {after}" for name, before, after in found.numbers]
    lines += [f"  code       {part}" for part in found.code]
    lines += [f"  corrected  {SINGULAR[kind]} {name}" for kind, name in found.corrected]
    lines += [f"  added      {SINGULAR[kind]} {name}" for kind, name in found.added]
    return "\n".join(lines + ([f"  {found.unsplit}"] if found.unsplit else []))


def _words(moved: Moved) -> str:
    if moved.before == moved.after:
        return f"still {' '.join(moved.after).strip()}, in another sentence"
    return f"{' '.join(moved.before).strip() or 'not asked'} → {' '.join(moved.after).strip()}"


def changes_markdown(found: Changes) -> str:
    """What moved, for a pull request."""
    if not found.since or found.nothing:
        return f"{FIRST if not found.since else f'Since {found.since}: n' + NOTHING[1:]}\n"
    parts = [f"## What changed since {found.since}", *([found.unsplit] if found.unsplit else [])]
    parts += _listed("Lost", found.lost)
    parts.append("### Verdicts")
    parts += [f"- **{_md(m.wording)}** (`{m.question}`): {_words(m)}"
              + "".join(f"\n  - {_md(sentence)}" for sentence in _sentences(m))
              + (f"\n  - rows: {', '.join(f'`{row}`' for row in m.rows)}" if m.rows else "")
              for m in (*found.moved, *found.shifted)] or ["No verdict moved."]  # fmt: skip
    if found.numbers or found.code:
        parts.append("### Method and code")
        parts += [f"- `{name}`: {_md(before)} → {_md(after)}" for name, before, after in found.numbers]
        parts += [f"- {_md(part)}" for part in found.code]
    return "\n".join([*parts, *_listed("Corrected", found.corrected), *_listed("Added", found.added)]) + "\n"


def _listed(title: str, facts: tuple[tuple[str, str], ...]) -> list[str]:
    if not facts:
        return []
    more = [f"- and {len(facts) - MOST_LISTED} more"] if len(facts) > MOST_LISTED else []
    return [
        f"### {title} ({len(facts)})",
        *(f"- {SINGULAR[kind]} `{name}`" for kind, name in facts[:MOST_LISTED]),
        *more,
    ]


def _md(text: str) -> str:
    """Text that stays text in Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in text)
