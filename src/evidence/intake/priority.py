"""A small model that puts the awaiting records most like the kept ones first: words of the title, weighed and shown.

It only orders. Every record is still decided by people, and nothing is left out by a low score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evidence.errors import EvidenceError
from evidence.records.base import EvidenceBase
from evidence.records.model import Record
from evidence.rules.flow import AWAITING, BACKGROUND, INCLUDED, SET_ASIDE

# Records of each kind below which nothing can be learned (ours).
ENOUGH_OF_EACH = 50
# The share of relevant records that has to be found before work counts as saved: the usual one.
RECALL = 0.95
# Shares of the queue after which recall is told.
READ = (0.1, 0.2, 0.5)
# Parts of the cross-validation, and the seed that deals records to them (ours).
FOLDS, SEED = 10, 1
# Words shown on each side of an explanation (ours).
WORDS = 4
NEVER_DECIDES = "The order is a proposal of a small model of words in titles; it decides nothing."


@dataclass(frozen=True)
class Explanation:
    """Words that raised and lowered a record, the strongest first."""

    raised: tuple[str, ...]
    lowered: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned: a weight for each word."""

    vectorizer: Any
    classifier: Any

    def scores(self, records: Sequence[Record]) -> dict[str, float]:
        """Likeness to the kept records, 0 to 1, by record."""
        if not records:
            return {}
        likely = self.classifier.predict_proba(self.vectorizer.transform(map(words_of, records)))[:, 1]
        return {record.record: float(score) for record, score in zip(records, likely, strict=True)}

    def explain(self, record: Record) -> Explanation:
        """The words of this record that weighed most, either way."""
        row = self.vectorizer.transform([words_of(record)])
        names, weights = self.vectorizer.get_feature_names_out(), self.classifier.coef_[0]
        parts = sorted((float(row[0, column] * weights[column]), str(names[column])) for column in row.indices)
        lowered = tuple(word for weight, word in parts if weight < 0)[:WORDS]
        return Explanation(tuple(word for weight, word in reversed(parts) if weight > 0)[:WORDS], lowered)


@dataclass(frozen=True)
class Priority:
    """Scores of the awaiting records (none: order of arrival), how they came about, and the model if there is one."""

    scores: Mapping[str, float]
    told: str
    model: Model | None = None


@dataclass(frozen=True)
class Measured:
    """How well the order would have served past decisions, each record scored by a model that had not seen it.

    Attributes
    ----------
    records, relevant
        Past decisions, and how many of them kept the record.
    read
        Records read before 95% of the relevant ones were found.
    saved, best
        Work saved over sampling at 95% recall, and what a perfect order would save here.
    recall
        Share of the relevant records found after each share of the queue in `READ`.
    aside_in_last_tenth
        Share of records set aside in the last tenth of the queue.
    """

    records: int
    relevant: int
    read: int
    saved: float
    best: float
    recall: tuple[float, ...]
    aside_in_last_tenth: float


def words_of(record: Record) -> str:
    """What the model reads of a record."""
    return f"{record.title} {record.venue}".strip()


def past_decisions(base: EvidenceBase) -> tuple[list[Record], list[bool]]:
    """Records with a fate that says whether they were relevant, and whether they were."""
    past = [record for record in base.records.values() if record.fate in (INCLUDED, BACKGROUND, SET_ASIDE)]
    return past, [record.fate != SET_ASIDE for record in past]


def priority(base: EvidenceBase) -> Priority:
    """The order of the queue, or the reason why it is the order of arrival."""
    past, relevant = past_decisions(base)
    kept, aside = sum(relevant), len(past) - sum(relevant)
    if min(kept, aside) < ENOUGH_OF_EACH:
        few = f"{kept} kept and {aside} set aside are too few to learn from ({ENOUGH_OF_EACH} of each)"
        return Priority({}, f"In order of arrival: {few}.")
    try:
        model = learn(base)
    except EvidenceError as error:
        return Priority({}, f"In order of arrival. {error}")
    scores = model.scores([record for record in base.records.values() if record.fate == AWAITING])
    return Priority(
        scores, f"Most like the {kept} kept before, least like the {aside} set aside, first. {NEVER_DECIDES}", model
    )


@lru_cache(maxsize=2)
def learn(base: EvidenceBase) -> Model:
    """Weigh the words of past decisions; the same base gives the same weights.

    Raises
    ------
    EvidenceError
        If scikit-learn is not installed.
    """
    vectorizer, classifier = _parts()
    past, relevant = past_decisions(base)
    classifier.fit(vectorizer.fit_transform(map(words_of, past)), relevant)
    return Model(vectorizer, classifier)


def measured(base: EvidenceBase) -> Measured:
    """Measure the order on past decisions by cross-validation.

    Raises
    ------
    EvidenceError
        If scikit-learn is not installed, or there are too few past decisions.
    """
    past, relevant = past_decisions(base)
    if min(sum(relevant), len(past) - sum(relevant)) < ENOUGH_OF_EACH:
        raise EvidenceError(f"Nothing to measure: fewer than {ENOUGH_OF_EACH} records were kept or set aside.")
    vectorizer, classifier = _parts()
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    texts = [words_of(record) for record in past]
    scores = cross_val_predict(
        make_pipeline(vectorizer, classifier), texts, relevant, cv=folds, method="predict_proba"
    )[:, 1]
    order = sorted(range(len(past)), key=lambda i: (-scores[i], i))
    return measure_order([relevant[i] for i in order])


def measure_order(relevant: Sequence[bool]) -> Measured:
    """Measure an order, given whether each record in it is relevant."""
    n, found = len(relevant), sum(relevant)
    wanted = -(-found * round(RECALL * 100) // 100)  # rounded up, without a float's error
    read = next((i for i in range(n + 1) if sum(relevant[:i]) >= wanted), n)
    last = relevant[n - n // 10 :] or relevant
    return Measured(
        records=n,
        relevant=found,
        read=read,
        saved=(n - read) / n - (1 - RECALL),
        best=(n - wanted) / n - (1 - RECALL),
        recall=tuple(sum(relevant[: round(share * n)]) / found for share in READ),
        aside_in_last_tenth=1 - sum(last) / len(last),
    )


def measured_text(found: Measured) -> str:
    """The measure in words."""
    aside = found.records - found.relevant
    recall = ", ".join(f"{share:.1%} after {part:.0%}" for part, share in zip(READ, found.recall, strict=True))
    return (
        f"{found.records} past decisions, {found.relevant} kept and {aside} set aside; each was scored by a model that had "
        f"not seen it ({FOLDS} parts, seed {SEED}).\n"
        f"Work saved over sampling at {RECALL:.0%} recall: {found.saved:.1%} ({found.read} of {found.records} read). A "
        f"perfect order would save {found.best:.1%}, since {found.relevant / found.records:.0%} were kept.\n"
        f"Kept records found while reading in this order: {recall} of the queue.\n"
        f"Set aside: {found.aside_in_last_tenth:.0%} of the last tenth of the queue, {aside / found.records:.0%} of all.\n"
        f"{NEVER_DECIDES}"
    )


def _parts() -> tuple[Any, Any]:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise EvidenceError("Ordering the queue needs the intake extra: run `make intake`.") from None
    return TfidfVectorizer(strip_accents="unicode"), LogisticRegression(class_weight="balanced", max_iter=1000)
