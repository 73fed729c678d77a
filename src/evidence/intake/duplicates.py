"""Does a new record repeat a known one? Identity by number first, then likeness by bib-dedupe and by title.

bib-dedupe looks at authors, title, venue and year together, and is made to merge only what is certain. Many records
here have no authors or no venue, so likeness of the title is asked as well. Neither merges anything: both propose.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evidence.errors import EvidenceError
from evidence.intake.incoming import Incoming

EVERY_FIELD = "every field"
SAME, OTHER_REPORT = "same", "other report"
# Thresholds are ours, set on tests/intake/labelled-pairs.csv; likeness is rapidfuzz's token_sort_ratio, 0 to 100.
ALIKE = 92  # titles this alike need nothing else to agree
ALIKE_BY_SAME_AUTHOR = 84  # with the same first author
ALIKE_OF_ANOTHER_KIND = 75  # a preprint or an abstract often changes its title on the way to the article
ALIKE_FOR_BIB_DEDUPE = 60  # it may join two papers of one team by everything but the title
SAME_NAME = 85  # spelling of a family name
# A title of fewer letters says too little alone; a beginning of fewer says too little of the whole.
LONG_TITLE, LONG_BEGINNING = 25, 40
YEARS_APART, YEARS_BETWEEN_REPORTS = 1, 3
# One title has such a word and the other has not: another document about the first, not the first again.
MARKERS = re.compile(
    r"\b(erratum|errata|corrigendum|correction|retraction|withdrawal|withdrawn|reply|response|comments?|commentary"
    r"|protocol|letter|editorial|supplement|update[ds]?|draft)\b"
)
# Words that part two studies of one team, though the rest of the title is the same.
PARTING = re.compile(
    r"\b(acute|chronic|men|women|male|female|males|females|adults?|adolescents?|children|rats?|mice|mouse|humans?|vitro|vivo"
    r"|animals?|review|trial|survey|remotely|online|i|ii|iii|iv|first|second)\b"
)
# A rest of this kind is not what a cut title lacks: it tells the second part from the first.
PART_ONLY = re.compile(r"^(part|study|phase|volume|paper)?\s*(\d+|[ivx]+)$")
# Words that bib-dedupe takes for a gap; a column of gaps only stops it.
GAPS = ("", "#name?", "unknown", "n/a", "na", "nan", "anonymous")
LATIN = re.compile(r"[A-Za-z]")  # bib-dedupe drops every other letter of a name
SUFFIX = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")
# Registrants of preprint servers; 10.1101 serves journals too, whose numbers do not begin with a digit.
PREPRINT_DOI = re.compile(r"^10\.(1101/\d|21203/|20944/|48550/|31234/|31219/|31222/|26434/|22541/|36227/|2139/ssrn)")
STAGES = {
    "preprint": "preprint",
    "conference abstract": "conference abstract",
    "registration": "registration",
    "thesis": "thesis",
}
STAGE_WORDS = re.compile(r"\b(preprint|poster|meeting abstract|conference abstract|talk of|thesis)\b")


@dataclass(frozen=True)
class Named:
    """A record under the name it has, or will have, in the tables."""

    name: str
    record: Incoming


@dataclass(frozen=True, order=True)
class Pair:
    """A new record and an earlier one that it repeats or resembles.

    Attributes
    ----------
    relation
        ``same``, or ``other report``: another document of the same work, as a preprint and its article are.
    exact
        Whether a number that is given to one document only says so (DOI, PubMed number, registration).
    likeness
        Of the titles, 0 to 100.
    """

    new: str
    known: str
    relation: str
    exact: bool
    likeness: int
    why: str


@dataclass(frozen=True)
class _Sides:
    """Two records side by side, the titles reduced to words."""

    new: Incoming
    known: Incoming
    titles: tuple[str, str]

    @property
    def stages(self) -> set[str]:
        """Where on the way to an article each of the two stands."""
        return {_stage(self.new), _stage(self.known)}


def find_pairs(new: Sequence[Named], known: Sequence[Named]) -> tuple[Pair, ...]:
    """Every new record beside each record, known or new before it, that it repeats or resembles.

    Parameters
    ----------
    new, known
        Records under names that are all different.

    Raises
    ------
    EvidenceError
        If the intake extra is not installed.
    """
    pairs: dict[tuple[str, str], Pair] = {}
    for pair in (*_by_number(new, known), *_by_likeness(new, known)):
        pairs.setdefault((pair.new, pair.known), pair)
    return tuple(sorted(pairs.values(), key=lambda pair: (pair.new, not pair.exact, -pair.likeness, pair.known)))


def _by_number(new: Sequence[Named], known: Sequence[Named]) -> Iterator[Pair]:
    seen: dict[tuple[str, str], list[Named]] = {}
    for item in known:
        _remember(seen, item)
    for item in new:
        for number, value in _numbers(item.record):
            for other in seen.get((number, value), ()):
                yield _numbered(item, other, number, value)
        _remember(seen, item)


def _remember(seen: dict[tuple[str, str], list[Named]], item: Named) -> None:
    for number in _numbers(item.record):
        seen.setdefault(number, []).append(item)


def _numbers(record: Incoming) -> Iterator[tuple[str, str]]:
    """What can only belong to one record: its numbers, or without any the whole of what is given."""
    numbers = {"DOI": record.doi.lower(), "PubMed number": record.pmid, "registration": record.registration.upper()}
    if any(numbers.values()):
        yield from ((name, value) for name, value in numbers.items() if value)
    else:
        given = (record.title, record.authors, str(record.year), record.venue, record.kind)
        yield EVERY_FIELD, "\n".join(given).casefold()


def _numbered(item: Named, other: Named, number: str, value: str) -> Pair:
    """A number of a registry stands in the registration itself and in every report of the study."""
    if number == "registration" and not item.record.kind == other.record.kind == "registration":
        why = f"another report of the study registered as {value}"
        return Pair(item.name, other.name, OTHER_REPORT, False, 100, why)
    why = "the same in every field that is given" if number == EVERY_FIELD else f"the same {number} {value}"
    return Pair(item.name, other.name, SAME, True, 100, why)


def _by_likeness(new: Sequence[Named], known: Sequence[Named]) -> Iterator[Pair]:
    records = {item.name: item.record for item in (*known, *new)}
    order = {name: place for place, name in enumerate(records)}
    words = {name: _words(record.title) for name, record in records.items()}
    by_engine = {_in_order(pair, order) for pair in _engine_pairs(new, known)}
    by_title = {_in_order(pair, order) for pair in _title_pairs([item.name for item in new], list(records), words)}
    for earlier, later in sorted(by_engine | by_title):
        both = _Sides(records[later], records[earlier], (words[later], words[earlier]))
        likeness = _likeness(*both.titles)
        if _resembles(both, likeness, (earlier, later) in by_engine):
            relation, why = _relation(both, likeness)
            yield Pair(later, earlier, relation, False, likeness, why)


def _in_order(pair: tuple[str, str], order: Mapping[str, int]) -> tuple[str, str]:
    one, two = sorted(pair, key=lambda name: order[name])
    return one, two


def _engine_pairs(new: Sequence[Named], known: Sequence[Named]) -> list[tuple[str, str]]:
    """What bib-dedupe calls a duplicate, in one process and without its progress lines."""
    try:
        import pandas as pd

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it uses switches that pandas is about to drop
            from bib_dedupe.bib_dedupe import block, match, prep

            # Known records share a search set, so that they are not held against each other.
            rows = [*_rows(known, "known"), *_rows(new, "")]
            given = [name for name in rows[0] if any(row[name] for row in rows) or name == "search_set"] if rows else []
            if not {"title", "author", "year"} <= set(given):
                return []
            ready = prep(pd.DataFrame(rows)[given], verbosity_level=0, cpu=1)
            matched = match(block(ready, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
    except ImportError:
        raise EvidenceError("Finding repeats needs the intake extra: run `make intake`.") from None
    sure = matched[matched["duplicate_label"] == "duplicate"]
    return list(zip(sure["ID_1"].astype(str), sure["ID_2"].astype(str), strict=True))


def _rows(items: Sequence[Named], source: str) -> Iterator[dict[str, str]]:
    """Those records that bib-dedupe can say something about: with a title and authors in Latin letters."""
    for item in items:
        record = item.record
        cells = {"title": record.title, "author": record.authors.replace("; ", " and "), "year": str(record.year or ""),
                 "journal": record.venue, "doi": record.doi}  # fmt: skip
        cells = {name: "" if _words(text) in GAPS or text.lower() in GAPS else text for name, text in cells.items()}
        if cells["title"] and LATIN.search(cells["author"]):
            yield {"ID": item.name, "ENTRYTYPE": "article", **cells, "search_set": source}


def _title_pairs(new: list[str], all_names: list[str], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every two records whose titles are alike enough to be looked at, or of which one begins the other."""
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        raise EvidenceError("Finding repeats needs the intake extra: run `make intake`.") from None
    choices = {name: words[name] for name in all_names}
    begun = _beginnings(choices)
    for name in new:
        for _, _, other in process.extract(
            words[name], choices, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE_OF_ANOTHER_KIND, limit=None
        ):
            if other != name:
                yield name, other
        shared = begun.get(words[name][:LONG_BEGINNING], ())
        yield from ((name, other) for other in shared if other != name and _begins(words[name], choices[other]))


def _beginnings(words: Mapping[str, str]) -> dict[str, list[str]]:
    begun: dict[str, list[str]] = {}
    for name, text in words.items():
        if len(text) >= LONG_BEGINNING:
            begun.setdefault(text[:LONG_BEGINNING], []).append(name)
    return begun


def _resembles(both: _Sides, likeness: int, by_engine: bool) -> bool:
    if _parted(*both.titles):
        return False
    if _other_years(both):
        return False
    author = _same_author(both.new.authors, both.known.authors)
    if by_engine and likeness >= ALIKE_FOR_BIB_DEDUPE:
        return True
    if _begins(*both.titles):
        return author is not False
    if author is None:
        return likeness >= ALIKE and min(map(len, both.titles)) >= LONG_TITLE
    wanted = ALIKE_OF_ANOTHER_KIND if len(both.stages) > 1 else ALIKE_BY_SAME_AUTHOR
    return author and likeness >= wanted


def _parted(one: str, two: str) -> bool:
    """Whether a word or a number that stands in one title only makes them two documents."""
    if set(MARKERS.findall(one)) != set(MARKERS.findall(two)):
        return True
    if _begins(one, two):  # what a cut title lacks says nothing
        short, long = sorted((one, two), key=len)
        return bool(PART_ONLY.match(long[len(short) :].strip()))
    numbers = [sorted(re.findall(r"\d+", text)) for text in (one, two)]
    return numbers[0] != numbers[1] or set(PARTING.findall(one)) != set(PARTING.findall(two))


def _other_years(both: _Sides) -> bool:
    if both.new.year is None or both.known.year is None:
        return False
    other_doi = bool(both.new.doi and both.known.doi)
    return abs(both.new.year - both.known.year) > (
        YEARS_BETWEEN_REPORTS if len(both.stages) > 1 or other_doi else YEARS_APART
    )


def _relation(both: _Sides, likeness: int) -> tuple[str, str]:
    seen = "the titles are the same" if likeness == 100 else f"the titles are alike ({likeness} of 100)"
    if _same_author(both.new.authors, both.known.authors):
        seen += ", the first author is the same"
    if both.new.year and both.new.year == both.known.year:
        seen += ", and so is the year"
    if len(both.stages) > 1:
        return OTHER_REPORT, f"another report of the same work ({_stage(both.new)} and {_stage(both.known)}): {seen}"
    if both.new.doi and both.known.doi and both.new.doi != both.known.doi:
        return OTHER_REPORT, f"another report of the same work (two DOIs): {seen}"
    return SAME, f"looks like the same document: {seen}"


def _stage(record: Incoming) -> str:
    """How far the work had come: only a full report is comparable with a full report."""
    if PREPRINT_DOI.match(record.doi):
        return "preprint"
    told = STAGE_WORDS.search(record.title.lower())
    return STAGES.get(record.kind) or (
        "conference abstract" if told and told[1] not in STAGES else told[1] if told else "full report"
    )


def _words(title: str) -> str:
    """A title in lower case without marks of punctuation and without remarks in brackets at its end."""
    short = SUFFIX.sub("", title)
    return " ".join(re.findall(r"\w+", (short if len(short) >= LONG_TITLE else title).casefold()))


def title_likeness(one: str, two: str) -> int:
    """How alike two titles are, 0 to 100, whatever their case, punctuation and order of words."""
    return _likeness(_words(one), _words(two))


def _likeness(one: str, two: str) -> int:
    from rapidfuzz import fuzz

    return 100 if _begins(one, two) else round(fuzz.token_sort_ratio(one, two))


def _begins(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return len(short) >= LONG_BEGINNING and long.startswith(short)


def _same_author(one: str, two: str) -> bool | None:
    """Whether the first family names agree; None where one side names nobody."""
    names = [re.split(r"[,;]", text)[0].strip().casefold() for text in (one, two)]
    if not all(names):
        return None
    from rapidfuzz import fuzz

    return bool(fuzz.ratio(*names) >= SAME_NAME)
