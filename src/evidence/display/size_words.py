"""The size of what was found, in words beside its certainty (santesso2020)."""

from __future__ import annotations

from statistics import median

from evidence.display.phrases import amount, plural, rounded
from evidence.synthesis.answers import Answer, Strand
from evidence.synthesis.grouping import REVIEWS
from evidence.synthesis.sizes import SIZES, SizedGroup, sized_groups
from evidence.synthesis.verdicts import CONTESTED

RowName = tuple[str, str]


def size_in_short(answer: Answer, strand: Strand) -> str:
    """Size beside certainty (santesso2020), by the first group whose outcome has sizes that a source names."""
    sized = next(sized_groups(answer.base, strand.groups, strand.summaries), None)
    if sized is None or answer.verdict.name == CONTESTED:
        return ""
    ends = list(dict.fromkeys(sized.named(value) for value in (sized.values[0], sized.values[-1])))
    lead = f"In size the {'difference' if len(sized.rows) == 1 else 'differences'} of {_many(strand, sized)}"
    be = "is" if len(sized.rows) == 1 else "are"
    return f" {lead} {be} {' to '.join(ends)} ({sized.outcome.name[0].lower() + sized.outcome.name[1:]})."


def _many(strand: Strand, sized: SizedGroup) -> str:
    return plural(len(sized.rows), "review" if strand.name == REVIEWS else "sample")


def size_statements(answer: Answer) -> list[tuple[str, str, tuple[RowName, ...]]]:
    """One sentence for each outcome that has sizes: the ends, the middle, and whose sizes these are."""
    strand = answer.deciding
    if strand is None or not answer.question.directed:
        return []
    return [("size", _size_in_full(answer, strand, sized), tuple(("findings", row) for row in sized.rows))
            for sized in sized_groups(answer.base, strand.groups, strand.summaries)]  # fmt: skip


def _size_in_full(answer: Answer, strand: Strand, sized: SizedGroup) -> str:
    unit = sized.outcome.unit
    least, middle, most = (
        f"{amount(value, unit)} ({sized.named(value)})"
        for value in (sized.values[0], rounded(median(sized.values)), sized.values[-1])
    )
    ends = f"from {least} to {most}, the middle {middle}" if len(sized.values) > 1 else most
    at = ", ".join(f"{name} from {step:g}" for name, step in zip(SIZES[1:], sized.steps, strict=True))
    by = answer.base.reference(sized.outcome.sizes_source).label
    return f"{sized.outcome.name}: {ends}, over {_many(strand, sized)}. Called {at} {unit}, after {by}."
