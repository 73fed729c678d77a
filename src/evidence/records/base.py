"""Everything the notebook knows, as frozen records with the place of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from evidence.errors import RecordError, UnknownIdError
from evidence.records.bibliography import Entry
from evidence.records.dates import check_day
from evidence.records.model import (
    FACTS,
    Appraisal,
    Claim,
    Correction,
    Discrepancy,
    Finding,
    Jurisdiction,
    Outcome,
    Override,
    Question,
    Record,
    Registration,
    Review,
    Sample,
    Screening,
    Search,
    SecondExtraction,
    Untraceable,
)
from evidence.records.schema import Field, Schema
from evidence.records.sources import Sources, read_sources
from evidence.records.studies import Fact, Study
from evidence.records.tables import LIST_SEPARATOR, Row, Table
from evidence.workspace import STUDY_TABLES, Workspace

if TYPE_CHECKING:
    import pandas

# Kinds of correction that take a report out of the main analysis (INSPECT-SR asks for it first: wilkinson2025).
WITHDRAWN = ("retraction", "expression of concern")
# A correction found by a machine that nobody has looked at: shown, and without effect.
PROPOSED = "proposed"

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, eq=False)
class EvidenceBase:
    """The evidence as it stands, or as it stood on a day."""

    workspace: Workspace
    schema: Schema
    references: Mapping[str, Entry]
    questions: Mapping[str, Question]
    outcomes: Mapping[str, Outcome]
    samples: Mapping[str, Sample]
    studies: Mapping[str, Study]
    findings: Mapping[str, Finding]
    second_extractions: Mapping[str, SecondExtraction]
    appraisals: tuple[Appraisal, ...]
    overrides: Mapping[str, Override]
    corrections: tuple[Correction, ...]
    discrepancies: tuple[Discrepancy, ...]
    registrations: Mapping[str, Registration]
    jurisdictions: Mapping[str, Jurisdiction]
    claims: tuple[Claim, ...]
    untraceable: tuple[Untraceable, ...]
    searches: Mapping[str, Search]
    records: Mapping[str, Record]
    screening: tuple[Screening, ...]
    reviews: tuple[Review, ...]
    day: str = ""

    @classmethod
    def load(cls, workspace: Workspace | None = None) -> EvidenceBase:
        """Read and type the whole base; the same files give the same object within a process.

        Raises
        ------
        RecordError
            If a file cannot be read whole. `evidence check` lists every problem.
        """
        workspace = workspace or Workspace.find()
        return _load(workspace, _fingerprint(workspace))

    def as_of(self, day: str) -> EvidenceBase:
        """The base as it stood at the end of a day; an empty text means everything.

        A date known only to the year or month counts as public when that year or month is over,
        so that nothing is shown earlier than it can have been seen.

        Raises
        ------
        ParameterError
            If `day` is neither empty nor a day written 2026-11-24.
        """
        from evidence.records.subsets import as_of

        return as_of(self, check_day(day)) if day else self

    def without(self, findings: Iterable[str]) -> EvidenceBase:
        """The base as it would be if these findings had never been seen; their studies go when nothing of them is left."""
        from evidence.records.subsets import without

        gone = frozenset(findings)
        return without(self, gone) if gone else self

    @cached_property
    def today(self) -> date:
        """The day the base speaks of: the one it was asked for, else the newest row."""
        if self.day:
            return date.fromisoformat(self.day)
        return max((finding.recorded_on for finding in self.findings.values()), default=date.min)

    @cached_property
    def findings_by_question(self) -> Mapping[str, tuple[Finding, ...]]:
        """Findings of each question, in the order of the table."""
        return _grouped(self.findings.values(), lambda finding: finding.question)

    @cached_property
    def findings_by_study(self) -> Mapping[str, tuple[Finding, ...]]:
        """Findings of each study, in the order of the table."""
        return _grouped(self.findings.values(), lambda finding: finding.study)

    @cached_property
    def appraisals_by_study(self) -> Mapping[str, tuple[Appraisal, ...]]:
        """Judgements of each study, in the order of the table."""
        return _grouped(self.appraisals, lambda appraisal: appraisal.study)

    @cached_property
    def withdrawn(self) -> frozenset[str]:
        """Citekeys of reports that were retracted or are under an expression of concern; proposals do not count yet."""
        return frozenset(c.citekey for c in self.corrections if c.kind in WITHDRAWN and c.status != PROPOSED)

    def question(self, name: str) -> Question:
        """The question of that name."""
        return self._named("question", self.questions, name)

    def study(self, name: str) -> Study:
        """The study of that name."""
        return self._named("study", self.studies, name)

    def reference(self, key: str) -> Entry:
        """The entry of that key."""
        return self._named("entry", self.references, key)

    def frame(self, name: str) -> pandas.DataFrame:
        """A table as a data frame, for exploring in a notebook.

        Parameters
        ----------
        name
            As in the schema: ``findings``, ``surveys``, ``questions``, ...

        Returns
        -------
        pandas.DataFrame
            One row a fact, with the columns of the schema and ``where`` (file and line).
        """
        import pandas as pd

        facts: dict[str, Any] = {
            "questions": self.questions, "outcomes": self.outcomes, "samples": self.samples, "findings": self.findings,
            "appraisals": self.appraisals, "registrations": self.registrations, "jurisdictions": self.jurisdictions,
            "claims": self.claims, "records": self.records, "searches": self.searches, "untraceable": self.untraceable,
            "discrepancies": self.discrepancies, "corrections": self.corrections, "overrides": self.overrides,
            "second-extraction": self.second_extractions, "screening": self.screening, "reviews": self.reviews,
            **{table: [s for s in self.studies.values() if s.table == table] for table in STUDY_TABLES},
        }  # fmt: skip
        rows = facts[name].values() if isinstance(facts[name], dict) else facts[name]
        columns = ["where", *self.schema.tables[name].header]
        return pd.DataFrame([{column: getattr(row, column) for column in columns} for row in rows], columns=columns)

    def _named(self, kind: str, things: Mapping[str, Any], name: str) -> Any:
        if name in things:
            return things[name]
        near = ", ".join(sorted(key for key in things if key.startswith(name[:4]))[:5])
        raise UnknownIdError(f"No {kind} is called {name!r}." + (f" Near it: {near}." if near else ""))


def type_sources(sources: Sources, *, strict: bool = True) -> EvidenceBase:
    """Turn rows of text into frozen records.

    Parameters
    ----------
    sources
        The files as read.
    strict
        Refuse a cell that cannot be typed. The check passes False, since it names every such cell itself.

    Raises
    ------
    RecordError
        In strict mode, at the first cell that is not of its column's type.
    """
    facts = {name: list(_facts(sources, name, strict)) for name in FACTS}
    studies = [study for name in STUDY_TABLES for study in facts[name]]
    return EvidenceBase(
        workspace=sources.workspace,
        schema=sources.schema,
        references=sources.bibliography.entries,
        questions=_keyed(facts["questions"], "question"),
        outcomes=_keyed(facts["outcomes"], "outcome"),
        samples=_keyed(facts["samples"], "sample"),
        studies=_keyed(sorted(studies, key=lambda study: study.study), "study"),
        findings=_keyed(facts["findings"], "finding"),
        second_extractions=_keyed(facts["second-extraction"], "finding"),
        appraisals=tuple(facts["appraisals"]),
        overrides=_keyed(facts["overrides"], "question"),
        corrections=tuple(facts["corrections"]),
        discrepancies=tuple(facts["discrepancies"]),
        registrations=_keyed(facts["registrations"], "registration"),
        jurisdictions=_keyed(facts["jurisdictions"], "entry"),
        claims=tuple(facts["claims"]),
        untraceable=tuple(facts["untraceable"]),
        searches=_keyed(facts["searches"], "search"),
        records=_keyed(facts["records"], "record"),
        screening=tuple(facts["screening"]),
        reviews=tuple(facts["reviews"]),
    )


def typed_value(column: Field, text: str) -> object:
    """One cell as the schema types it.

    Raises
    ------
    ValueError
        If the text is not of that type.
    """
    if column.is_list:
        return tuple(part for part in text.split(LIST_SEPARATOR) if part)
    if column.type == "string":
        return text
    if not text:
        return None
    readers: dict[str, Callable[[str], object]] = {"number": float, "integer": int, "date": date.fromisoformat}
    return readers[column.type](text)


def _facts(sources: Sources, name: str, strict: bool) -> Iterable[Any]:
    table = sources.tables[name]
    for row in table.rows:
        try:
            yield _fact(table, row)
        except ValueError as error:
            if strict:
                raise RecordError(f"T011  {error} (run `make check`)", row.where) from None


def _fact(table: Table, row: Row) -> Fact:
    kind = FACTS[table.name]
    values = {column.name: typed_value(column, row.cells[column.name]) for column in table.schema.fields}
    known = {item.name for item in fields(kind)}
    if "table" in known:
        values["table"] = table.name
    return kind(where=row.where, **{name: value for name, value in values.items() if name in known})


def _keyed(facts: Iterable[F], key: str) -> dict[str, F]:
    keyed: dict[str, F] = {}
    for fact in facts:
        keyed.setdefault(getattr(fact, key), fact)
    return keyed


def _grouped(facts: Iterable[F], key: Callable[[F], str]) -> dict[str, tuple[F, ...]]:
    groups: dict[str, list[F]] = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    return {name: tuple(members) for name, members in groups.items()}


def _fingerprint(workspace: Workspace) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files: a saved edit gives another fingerprint."""
    folders = (workspace.root / "data", workspace.root / "references")
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.is_file())
    return tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths)


@lru_cache(maxsize=4)
def _load(workspace: Workspace, fingerprint: tuple[tuple[str, int, int], ...]) -> EvidenceBase:
    sources = read_sources(workspace)
    errors = sorted(problem for problem in sources.problems if problem.level == "error")
    if errors:
        more = f" ({len(errors) - 1} more: run `make check`)" if len(errors) > 1 else ""
        raise RecordError(f"{errors[0].code}  {errors[0].message}{more}", errors[0].where)
    return type_sources(sources)


def package_folder() -> Path:
    """The folder of the installed library, whose code is part of what an edition was made with."""
    return Path(__file__).resolve().parent.parent
