"""The numbers that decide, by name: to be written down with an edition, and put back to weigh under the old ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from evidence.synthesis import certainty, described, grouping, imprecision, registered

PACKAGE = "evidence.synthesis."
_HOMES: dict[Any, tuple[str, ...]] = {
    certainty: ("SPLIT", "SHARES_APART", "FOLD_APART", "HALF", "MIN_REVIEWS"),
    imprecision: ("MEDIUM_DIFFERENCE", "ALPHA", "POWER", "FAR_BELOW", "HARDLY_ANYONE", "WIDE_SHARES", "MOST_STEPS", "HARM_IN_100"),
    described: ("MIN_POOLED",),
    grouping: ("REGION",),
    registered: ("DUE_DAYS",),
}  # fmt: skip


def constants() -> dict[str, Any]:
    """Name and value of each, as JSON holds them."""
    found = {name: getattr(module, name) for module, names in _HOMES.items() for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


@contextmanager
def under(values: Mapping[str, Any]) -> Iterator[None]:
    """Weigh under other values for a while; names that are no longer used are passed over.

    Only `answers.compute` may be asked meanwhile: `answers.answer` remembers what it found under ours.
    """
    ours = constants()
    try:
        _set({name: value for name, value in values.items() if name in ours})
        yield
    finally:
        _set(ours)


def _set(values: Mapping[str, Any]) -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith(PACKAGE)]
    for name, value in values.items():
        for module in modules:
            if name in vars(module):  # some modules hold their own copy of a name that they import
                setattr(module, name, tuple(value) if isinstance(value, list) else value)
