"""Every number that decides something, with its value from the code that uses it: for the methods page and docs/methods.md."""

from __future__ import annotations

from evidence.synthesis import certainty as c
from evidence.synthesis import imprecision as i
from evidence.synthesis.described import MIN_POOLED
from evidence.synthesis.pooling import PREDICTION
from evidence.synthesis.registered import DUE_DAYS
from evidence.synthesis.small_studies import MIN_STUDIES


def numbers() -> tuple[tuple[str, str], ...]:
    """What each number decides, and the number."""
    medium = (
        f"People needed to see a standardised difference of {i.MEDIUM_DIFFERENCE} (alpha {i.ALPHA}, power {i.POWER})"
    )
    return (
        ("Samples on the smaller side from which evidence is contested", f"{c.SPLIT:.0%}"),
        (medium, str(i.information_size())),
        ("People in whom a harm of 1 in 100 is seen", str(i.SEEN_HARM)),
        ("Part of these sizes under which imprecision counts twice", f"{i.FAR_BELOW:.0%}"),
        ("Part of these sizes under which it counts three times", f"{i.HARDLY_ANYONE:.0%}"),
        ("Points from a share to the farther end of its interval from which imprecision counts once, twice, three times",
         f"{', '.join(f'{limit:g}' for limit in i.WIDE_SHARES)} points"),
        ("Distance from which shares are inconsistent", f"{c.SHARES_APART:g} points"),
        ("Ratio from which other numbers are inconsistent", f"{c.FOLD_APART:g}-fold"),
        ("Part of the studies from which a concern about them is one about the body", f"{c.HALF:.0%}"),
        ("Days after primary completion at which results are overdue", str(DUE_DAYS)),
        ("Samples needed before anything is pooled", str(MIN_POOLED)),
        ("Studies needed before small ones are compared with large ones", str(MIN_STUDIES)),
        ("Reviews needed without a step down", str(c.MIN_REVIEWS)),
        ("Prediction interval", PREDICTION),
    )  # fmt: skip


def starts() -> tuple[tuple[str, str, str], ...]:
    """Where certainty starts for each kind of evidence: in a question of effect, and of mechanism."""
    effects, mechanism = c.WHERE_EFFECTS_START, c.WHERE_MECHANISM_STARTS
    kinds = dict.fromkeys((*effects, *mechanism))
    return tuple((kind, _level(effects.get(kind)), _level(mechanism.get(kind))) for kind in kinds)


def _level(level: int | None) -> str:
    return "indirect" if level is None else c.LEVELS[level]
