"""The methods page: what was searched and kept, how certainty is reached, how well two readings agree."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Collection
from html import escape
from importlib.metadata import version

from evidence.display.phrases import plural
from evidence.display.references import reference_list
from evidence.display.road import sourced
from evidence.display.tables import Html, table
from evidence.records.base import EvidenceBase
from evidence.rules.rule import RULES
from evidence.rules.structure import STRUCTURE
from evidence.synthesis.agreement import agreement as compare
from evidence.synthesis.answers import answers
from evidence.synthesis.grouping import primary
from evidence.synthesis.multiverse import INCLUSION, INTERVAL, METHOD, SHARES, VOICE, multiverse
from evidence.synthesis.thresholds import THRESHOLDS, starts

# The versions that decide what a page looks like and what a number is.
SHOWN_VERSIONS = (
    "bibtexparser",
    "citeproc-py",
    "frictionless",
    "matplotlib",
    "nbconvert",
    "numpy",
    "papermill",
    "scipy",
)
# What becomes of a record, as the schema allows it.
FATES = ("included", "background", "set aside", "duplicate", "awaiting")


def flow(base: EvidenceBase) -> Html:
    """Searches and the fate of every record as PRISMA 2020 tells it (page2021), counted from the tables."""
    fates = Counter(record.fate for record in base.records.values())
    reasons = Counter(record.reason for record in base.records.values() if record.fate == "set aside")
    told = [(reason, count) for reason, count in reasons.most_common() if count > 1]
    own = fates["set aside"] - sum(count for _, count in told)
    aside = "; ".join(
        [f"{reason.rstrip('.')} ({count})" for reason, count in told]
        + [f"{own} for reasons of their own, listed below"]
    )
    studies = Counter(study.table for study in base.studies.values())
    ran = sum(search.ran_on is not None for search in base.searches.values())
    steps = [
        ("Identification", f"{plural(ran, 'search', 'searches')} found {plural(len(base.records), 'record')}",
         f"{fates['duplicate']} repeat another" if fates["duplicate"] else ""),
        ("Screening", f"{plural(len(base.records) - fates['duplicate'], 'record')} read as title, abstract or page",
         f"{fates['set aside']} set aside: {aside}" if aside else ""),
        ("Eligibility", f"{fates['included'] + fates['background']} kept",
         f"{fates['background']} kept as background, {fates['awaiting']} awaiting"),
        ("Included", f"{plural(fates['included'], 'record')} in {plural(len(base.studies), 'study', 'studies')}: "
         + ", ".join(f"{count} in {name}.csv" for name, count in sorted(studies.items()))
         + f"; {plural(len(base.findings), 'finding')}", ""),
    ]  # fmt: skip
    boxes = "".join(
        f"<li><strong>{name}</strong><p>{escape(kept)}</p>{f'<p class=seen>{escape(left)}</p>' if left else ''}</li>"
        for name, kept, left in steps
    )
    return Html(
        f"<h1>Methods</h1><h2>What was found and kept</h2><ol class=flow>{boxes}</ol>{_updates(base)}<p>Entries in "
        f"studies.bib: {_entries(base, 'studies')}; in set-aside.bib: {_entries(base, 'set-aside')}.</p>"
    )


def _updates(base: EvidenceBase) -> Html:
    """What each month added, as a living review tells it (akl2024): one line a month, the sum below."""
    kinds = (*FATES, "studies", "findings")
    added: dict[str, Counter[str]] = {}
    for kind, day in [
        *((record.fate, record.recorded_on) for record in base.records.values()),
        *(("studies", study.recorded_on) for study in base.studies.values()),
        *(("findings", finding.recorded_on) for finding in base.findings.values()),
    ]:
        added.setdefault(f"{day:%Y-%m}", Counter())[kind] += 1
    lines = [*sorted(added.items()), ("in all", sum(added.values(), Counter()))]
    rows = [[month, sum(counts[fate] for fate in FATES), *(counts[kind] for kind in kinds)] for month, counts in lines]
    header = ("Written down in", "Records", *(kind.capitalize() for kind in kinds))
    return table("Update by update", header, rows)


def _entries(base: EvidenceBase, name: str) -> int:
    return sum(entry.bibliography == name for entry in base.references.values())


def searches(base: EvidenceBase) -> Html:
    """Every search, with its words and its day."""
    rows = [[s.search, s.source, s.query, s.ran_on or "not yet", s.found if s.found is not None else "not counted"]
            for s in base.searches.values()]  # fmt: skip
    shown = table(plural(len(rows), "search", "searches"), ("Search", "Where", "Words", "Day", "Records"), rows)
    return Html(f"<details><summary>All searches</summary>{shown}</details>")


def agreement(base: EvidenceBase) -> Html:
    """How often a second, independent reading came to the same, and how much was read twice."""
    found = compare(base)
    resting = {
        finding.finding for item in answers(base) if item.deciding for finding in primary(base, item.deciding.findings)
    }
    twice = len(resting & base.second_extractions.keys())
    rows: list[list[object]] = [
        ["Findings read a second time", f"{found.findings:,} of {len(base.findings):,}"],
        ["Of the findings that verdicts rest on", f"{twice:,} of {len(resting):,}"],
        ["Numbers in both readings that are equal", _share(found.same_numbers, found.numbers)],
        ["Directions in both readings that are equal", _share(found.same_categories, found.categories)],
        ["Cohen's kappa of the directions", f"{found.kappa:.2f}" if found.kappa is not None else "nothing to compare"],
    ]
    shown = table("Two readings, blind to each other", ("What", "Agreement"), rows)
    return Html(f"<h2>Second readings</h2>{shown}<p>Where they differ, the study page says which stands and why.</p>")


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f}%)" if whole else "nothing to compare"


def coverage(base: EvidenceBase) -> Html:
    """How much of the sources was seen, how much is appraised, and which contradictions are open."""
    depths = Counter(finding.depth_seen for finding in base.findings.values())
    states = Counter(item.state for item in base.discrepancies)
    appraised = sum(name in base.appraisals_by_study for name in base.studies)
    rows: list[list[object]] = [[f"Findings seen in: {depth}", _share(count, len(base.findings))]
                                for depth, count in depths.most_common()]  # fmt: skip
    rows += [["Studies appraised", _share(appraised, len(base.studies))]]
    rows += [[f"Contradictions between sources: {state}", count] for state, count in states.most_common()]
    rows += [["Corrections and retractions noted", len(base.corrections)]]
    return Html(
        f"<h2>Depth, appraisal, contradictions</h2>{table('What the verdicts rest on', ('What', 'How much'), rows)}"
    )


def thresholds(base: EvidenceBase) -> Html:
    """Every number that decides something, read from the code that uses it, with its source."""
    rows: list[list[object]] = [[item.what, item.value, sourced(base, item.source)] for item in THRESHOLDS]
    ids = [f"threshold-{item.name}" for item in THRESHOLDS]
    return Html(
        f"<h2>Thresholds</h2>{table('Numbers that decide', ('What', 'Value', 'Source'), rows, ids=ids)}"
        f"<h2>Where certainty starts</h2>{table('By kind of evidence', ('Evidence', 'Effect', 'Mechanism'), starts())}"
        "<p>Questions of frequency start high and go down for recruitment, inconsistency, imprecision and resting on one "
        "sample. Questions of product quality start moderate. Questions of status are known when at least half of the "
        "newest entries in force rest on the law or agency itself.</p>"
    )


def paths(base: EvidenceBase) -> Html:
    """The choices of which the paths of a question page are made, and how many questions hold on all of them."""
    dimensions: list[Collection[str]] = [*INCLUSION, VOICE, METHOD, INTERVAL, SHARES]
    rows: list[list[object]] = [[number, " / ".join(name or "as we do" for name in choices)]
                                for number, choices in enumerate(dimensions, 1)]  # fmt: skip
    made = [found for name in base.questions if (found := multiverse(base, name))]
    firm = sum(found.holds == len(found.paths) for found in made)
    lost = sum(found.shortest is not None for found in made)
    return Html(
        f'<h2 id="paths">Other ways to weigh the same rows</h2>{table("Choices of a path", ("No.", "Choices"), rows)}'
        f"<p>Every combination is followed through the same rules. Of {plural(len(made), 'question')}, {firm} end at our "
        f"verdict on every path; {lost} end elsewhere on some path that leaves evidence.</p>"
    )


def checks(base: EvidenceBase) -> Html:
    """The rules that every table has to pass before a page is written."""
    rows: list[list[object]] = [[code, title, "error"] for code, title in STRUCTURE.items()]
    rows += [[item.code, item.title, item.level] for item in RULES.values()]
    rows.sort(key=lambda row: str(row[0]))
    return Html(f"<h2>Checks</h2>{table(plural(len(rows), 'rule'), ('Code', 'Rule', 'Level'), rows)}")


def software(base: EvidenceBase) -> Html:
    """What the edition was made with, and the methods it cites."""
    rows: list[list[object]] = [["Python", ".".join(platform.python_version_tuple()[:2])]]
    rows += [[name, version(name)] for name in SHOWN_VERSIONS]
    methods = {e.key: i for i, e in enumerate((e for e in base.references.values() if e.bibliography == "methods"), 1)}
    return Html(
        f"<h2>Software</h2>{table('Versions', ('Package', 'Version'), rows)}"
        f"<h2>Sources of the methods</h2>{reference_list(base, methods)}"
    )


def overruled(base: EvidenceBase) -> Html:
    """Verdicts that people set in writing."""
    rows = [[o.question, o.expected, o.chosen, o.reason, o.decided_by, o.recorded_on] for o in base.overrides.values()]
    header = ("Question", "Computed", "Chosen", "Reason", "By", "On")
    shown = (
        table(plural(len(rows), "override"), header, rows)
        if rows
        else "<p>None: every verdict is the computed one.</p>"
    )
    return Html(f"<h2>Verdicts set in writing</h2>{shown}")


def set_aside(base: EvidenceBase) -> Html:
    """Sources that were read and not used, with the reason."""
    entries = [e for e in base.references.values() if e.bibliography == "set-aside"]
    items = "".join(
        f"<li>{escape(e.label)}: {escape(e.get('title'))} — {escape(e.get('reason'))}</li>" for e in entries
    )
    return Html(f"<details><summary>Set aside ({len(entries)})</summary><ul>{items}</ul></details>")
