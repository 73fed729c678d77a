"""N: what a number must satisfy by arithmetic alone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from evidence.errors import Location
from evidence.records.base import EvidenceBase
from evidence.records.model import Finding
from evidence.records.problems import WARNING
from evidence.records.studies import DRAWN_BY_CHANCE
from evidence.rules.rule import rule

Found = Iterator[tuple[Location, str]]

RATIOS = ("risk ratio", "relative risk ratio", "odds ratio", "hazard ratio", "rate ratio", "ratio of means")
CONFIDENCE = ("95% CI", "90% CI", "99% CI")
# The interval of a ratio is even around it on the log scale. Profile and exact intervals, and rounding, move the
# middle a little; a wrong digit moves it more: a third of the half-width was reached by no correct row so far.
LOG_ASYMMETRY = 0.35


NUMBER_WORDS = {
    "zero": 0.0, "no": 0.0, "none": 0.0, "one": 1.0, "single": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0,
    "six": 6.0, "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0,
    "fourteen": 14.0, "fifteen": 15.0, "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0,
    "twenty": 20.0, "half": 50.0, "all": 100.0,
}  # fmt: skip
MULTIPLES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def _named(finding: Finding) -> str:
    return f"{finding.finding} ({finding.outcome}):"


@rule("N001", "An interval holds its value", "Read value, low and high again in the source.")
def value_outside_interval(base: EvidenceBase) -> Found:
    """The first thing a slip of the pen breaks."""
    for f in base.findings.values():
        if f.value is not None and f.low is not None and f.high is not None and not f.low <= f.value <= f.high:
            yield f.where, f"{_named(f)} the interval {f.low:g} to {f.high:g} does not hold the value {f.value:g}"


@rule("N002", "A percentage agrees with its counts", "Correct the count or the percentage; if the source prints both, "
      "add a row to discrepancies.csv (within one report).")  # fmt: skip
def percent_differs(base: EvidenceBase) -> Found:
    """Percent is recomputed from the counts, within the rounding of what is printed."""
    explained = {item.first for item in base.discrepancies if item.kind == "within one report"}
    for f in base.findings.values():
        if f.measure != "proportion" or f.value is None or f.events is None or not f.denominator:
            continue
        computed = 100 * f.events / f.denominator
        if abs(computed - f.value) > _rounding(f.value) and f.citekey not in explained:
            yield f.where, f"{_named(f)} {f.events}/{f.denominator} is {computed:.1f}%, not {f.value:g}%"


def _rounding(value: float) -> float:
    """Half a unit of the last printed digit, and a tenth of it for rounding of a rounded number."""
    decimals = len(f"{value:.6f}".rstrip("0").split(".")[1])
    return float(0.55 * 10**-decimals)


@rule("N014", "A percentage can come from its people", "Read percentage and denominator again; if the source prints both, add a "
      "row to discrepancies.csv (within one report).")  # fmt: skip
def percentage_of_nobody(base: EvidenceBase) -> Found:
    """The GRIM test (brown2017): some whole number of people has to give the printed percentage.

    Weighted shares of samples drawn by chance are no counts, and large groups can give any percentage: both pass.
    """
    explained = {item.first for item in base.discrepancies if item.kind == "within one report"}
    for f in base.findings.values():
        weighted = getattr(base.studies.get(f.study), "recruitment", "") == DRAWN_BY_CHANCE
        if f.measure != "proportion" or f.value is None or f.events is not None or not f.denominator or weighted:
            continue
        nearest = round(f.value * f.denominator / 100)
        if abs(100 * nearest / f.denominator - f.value) > _rounding(f.value) and f.citekey not in explained:
            yield f.where, f"{_named(f)} no whole number of {f.denominator} people is {f.value:g}%"


@rule("N003", "No more events than people", "Read numerator and denominator again in the source.")
def more_events_than_people(base: EvidenceBase) -> Found:
    """Numerator and denominator may have been swapped."""
    for f in base.findings.values():
        if (
            f.measure == "proportion"
            and f.events is not None
            and f.denominator is not None
            and f.events > f.denominator
        ):
            yield f.where, f"{_named(f)} {f.events} events among {f.denominator}"


@rule("N004", "A share lies between 0 and 100", "Shares are kept in percent: 0.68 is written 68.")
def share_out_of_range(base: EvidenceBase) -> Found:
    """Percent and proportion are easily mixed up."""
    for f in base.findings.values():
        if f.measure == "proportion" and any(x is not None and not 0 <= x <= 100 for x in (f.value, f.low, f.high)):
            yield f.where, f"{_named(f)} a share outside 0 to 100%"


@rule("N005", "An interval runs from low to high", "Swap the two, after a look at the source.")
def interval_reversed(base: EvidenceBase) -> Found:
    """Low and high were swapped."""
    for f in base.findings.values():
        if f.low is not None and f.high is not None and f.low > f.high:
            yield f.where, f"{_named(f)} low {f.low:g} is above high {f.high:g}"


@rule("N006", "An interval says what it is", "Say in `interval` whether it is a 95% CI, a range, an IQR.")
def interval_unnamed(base: EvidenceBase) -> Found:
    """A range read as a confidence interval is a false precision."""
    for f in base.findings.values():
        if (f.low is not None or f.high is not None) and not f.interval:
            yield f.where, f"{_named(f)} low and high are given, but not what they mean"


@rule("N007", "A ratio is above zero", "A log ratio is turned back into a ratio before it is entered.")
def ratio_not_positive(base: EvidenceBase) -> Found:
    """A negative ratio is a log ratio in the wrong column."""
    for f in base.findings.values():
        if f.measure in RATIOS and any(x is not None and x <= 0 for x in (f.value, f.low, f.high)):
            yield f.where, f"{_named(f)} a ratio that is not above zero"


@rule("N008", "A ratio sits in the middle of its interval on the log scale", "Read value, low and high again in the source; "
      "if they are printed so, say it in the sentence.", level=WARNING)  # fmt: skip
def ratio_off_centre(base: EvidenceBase) -> Found:
    """A wrong digit in a ratio or its interval shows as asymmetry."""
    for f in base.findings.values():
        if f.measure not in RATIOS or f.interval not in CONFIDENCE or None in (f.value, f.low, f.high):
            continue
        value, low, high = (math.log(max(x, 1e-12)) for x in (f.value, f.low, f.high) if x is not None)
        half = (high - low) / 2
        if half > 0 and abs(value - (low + high) / 2) / half > LOG_ASYMMETRY:
            yield f.where, f"{_named(f)} {f.value:g} is not in the middle of {f.low:g} to {f.high:g} on the log scale"


@rule("N009", "A group is no larger than its study", "Correct the denominator, or n of the study.")
def group_larger_than_study(base: EvidenceBase) -> Found:
    """A denominator above the study's size belongs to something else."""
    for f in base.findings.values():
        study = base.studies.get(f.study)
        if study and study.n and f.denominator and f.denominator > study.n:
            yield f.where, f"{_named(f)} denominator {f.denominator}, but the study analysed {study.n}"


@rule("N010", "A number is a number", "Fill `value` (or low and high), or use the measure 'direction only'.")
def number_missing(base: EvidenceBase) -> Found:
    """A finding without a number says so in its measure."""
    for f in base.findings.values():
        empty = f.value is None and f.low is None and f.high is None and f.events is None
        if (f.measure == "direction only") != empty:
            yield f.where, f"{_named(f)} measure {f.measure!r} {'without' if empty else 'with'} a number"


@rule(
    "N011",
    "A number is of its outcome's unit",
    "Use an outcome with unit % for shares, and one with a unit of people or cases for counts.",
)
def unit_differs(base: EvidenceBase) -> Found:
    """A share is kept in percent, everything else in the unit of the outcome."""
    for f in base.findings.values():
        outcome = base.outcomes.get(f.outcome)
        if outcome and f.measure == "proportion" and outcome.unit != "%":
            yield f.where, f"{_named(f)} a share, but the outcome is kept in {outcome.unit!r}"
        if outcome and f.measure == "count" and outcome.unit == "%":
            yield f.where, f"{_named(f)} a count, but the outcome is kept in percent"


@rule(
    "N012", "The same number is not entered twice", "Delete one row, or say in `group` and `timepoint` how they differ."
)
def entered_twice(base: EvidenceBase) -> Found:
    """A row copied and forgotten counts twice."""
    first: dict[tuple[object, ...], str] = {}
    for f in base.findings.values():
        key = (f.study, f.outcome, f.group, f.comparator, f.timepoint, f.measure, f.value, f.events, f.sentence)
        if key in first:
            yield f.where, f"{f.finding} repeats {first[key]}"
        first.setdefault(key, f.finding)


@rule(
    "N013",
    "The sentence says the number",
    "Write the value (or its count) into the sentence, or correct one of the two.",
)
def sentence_without_number(base: EvidenceBase) -> Found:
    """The sentence and the columns are two readings of one source: they have to agree."""
    for f in base.findings.values():
        if f.value is None:
            continue
        said = numbers_in(f.sentence)
        wanted = {abs(f.value), abs(round(f.value, 1)), abs(float(round(f.value)))} | {float(f.events or -1)}
        if not any(math.isclose(number, want, rel_tol=1e-9, abs_tol=1e-9) for number in said for want in wanted):
            yield f.where, f"{_named(f)} the sentence does not say {f.value:g}"


def numbers_in(sentence: str) -> set[float]:
    """Numbers of a sentence, in digits or in words up to twenty; 2 million counts as 2 and as 2,000,000."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", sentence.lower())
    found = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
    found |= {NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text) if word in NUMBER_WORDS}
    for number, word in re.findall(r"(\d+(?:\.\d+)?) (thousand|million|billion)", text):
        found.add(float(number) * MULTIPLES[word])
    return found
