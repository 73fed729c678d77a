"""Pooling a researcher's own table: the estimators of the reports, usable on any data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from evidence.errors import PoolingError
from evidence.synthesis.measures import ALIASES, MEASURES, back_transformed, choose
from evidence.synthesis.own_models import small_studies, small_study_text
from evidence.synthesis.pooling import HK, INTERVALS, PREDICTION, Pooled, pool
from evidence.synthesis.sparse import mantel_haenszel

NAMES = ("study", "author", "label", "name", "trial")


@dataclass(frozen=True)
class OwnTable:
    """A table as estimates, with the rows that could not be used and why.

    `cells` are the columns of the measure as read; `others` all columns of the rows that were kept, under their own names.
    """

    measure: str
    labels: tuple[str, ...]
    y: tuple[float, ...]
    v: tuple[float, ...]
    left_out: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...] = ()
    others: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def column(self, name: str) -> tuple[object, ...]:
        """A column of the kept rows.

        Raises
        ------
        PoolingError
            If it is not there, or a cell of it is empty.
        """
        if name not in self.others:
            raise PoolingError(f"there is no column {name!r}; the table has {', '.join(self.others)}.")
        missing = [label for label, value in zip(self.labels, self.others[name], strict=True) if value is None]
        if missing:
            raise PoolingError(f"the column {name} is empty for {', '.join(missing)}.")
        return self.others[name]


def read_own_table(path: Path, measure: str = "") -> OwnTable:
    """Read a CSV file and turn each row into an estimate.

    Parameters
    ----------
    path
        Columns ``yi, vi`` (or estimate, variance); ``events, total``; two arms (``events1, total1, events2, total2``);
        two means (``mean1, sd1, n1, mean2, sd2, n2``); the same people twice (``mean1, sd1, mean2, sd2, n, correlation``);
        rates (``events, time`` or ``events1, time1, events2, time2``); or ``correlation, n``; under these names or metafor's.
    measure
        One of `measures.MEASURES`; empty takes the first that fits the columns.

    Raises
    ------
    PoolingError
        If the file cannot be read, or no measure fits its columns.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise PoolingError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
    name = choose({str(column) for column in frame.columns}, measure)
    read = frame
    frame = frame.rename(columns={column: ALIASES.get(column, column) for column in frame.columns})
    columns = [pd.to_numeric(frame[column], errors="coerce").to_numpy(float) for column in MEASURES[name].columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        y, v = MEASURES[name].make(*columns)
    named = next((column for column in NAMES if column in frame.columns), None)
    labels = [str(x) for x in frame[named]] if named else [f"row {i}" for i in range(2, len(frame) + 2)]
    usable = np.isfinite(y) & np.isfinite(v) & (v > 0)
    kept = [i for i in range(len(labels)) if usable[i]]
    left = tuple(f"{labels[i]} (line {i + 2}): a number is missing, or it carries no information" for i in range(len(labels))
                 if not usable[i])  # fmt: skip
    return OwnTable(
        measure=name, labels=tuple(labels[i] for i in kept), y=tuple(float(y[i]) for i in kept),
        v=tuple(float(v[i]) for i in kept), left_out=left, cells=tuple(tuple(map(float, column)) for column in columns),
        others={str(column): tuple(_cell(read[column].iloc[i]) for i in kept) for column in read.columns},
    )  # fmt: skip


def _cell(value: object) -> object:
    """A cell as a number, as words, or None when it is empty."""
    if isinstance(value, int | float | np.number):
        return None if np.isnan(float(value)) else float(value)
    return str(value)


def pool_own(table: OwnTable, method: str = "REML", interval: str = HK) -> Pooled:
    """Pool an own table; see `pooling.pool`."""
    return pool(np.array(table.y), np.array(table.v), method=method, interval=interval)


def as_json(table: OwnTable, found: Pooled) -> str:
    """Everything as JSON, on the scale of analysis and on the scale people read."""
    scale = MEASURES[table.measure].scale
    readable = {name: back_transformed(scale, value) for name in ("y", "low", "high", "pi_low", "pi_high")
                if (value := getattr(found, name)) is not None}  # fmt: skip
    rows = [{"study": label, "y": y, "v": v, "weight": w}
            for label, y, v, w in zip(table.labels, table.y, table.v, found.weights, strict=True)]  # fmt: skip
    content = {"measure": table.measure, "scale": scale, "pooled": asdict(found), "readable": readable, "studies": rows,
               "left_out": table.left_out, "prediction": PREDICTION, "small_studies": small_studies(table)}  # fmt: skip
    return json.dumps(content, indent=1, ensure_ascii=False)


def as_text(table: OwnTable, found: Pooled) -> str:
    """A table for a terminal."""
    measure = MEASURES[table.measure]

    def number(value: float) -> str:
        return f"{back_transformed(measure.scale, value):.4g}"

    width = max(len(label) for label in table.labels)
    lines = [f"{'study':{width}}  {measure.words:>12}  weight"]
    lines += [f"{label:{width}}  {number(y):>12}  {w:5.1f}%"
              for label, y, w in zip(table.labels, table.y, found.weights, strict=True)]  # fmt: skip
    lines += ["", f"{measure.words}, {found.k} studies, {found.method}: {number(found.y)}"
              f" (95% interval {number(found.low)} to {number(found.high)}; {INTERVALS[found.interval]}"
              f"{'; the guard was needed' if found.guarded else ''})"]  # fmt: skip
    if found.pi_low is not None and found.pi_high is not None:
        lines.append(f"95% prediction interval {number(found.pi_low)} to {number(found.pi_high)} ({PREDICTION})")
    lines.append(f"tau2 {found.tau2:.4g} (Q-profile 95% interval {found.tau2_low:.4g} to {found.tau2_high:.4g}), "
                 f"I2 {found.i2:.1f}%, Q {found.q:.3f} on {found.k - 1} degrees of freedom, p {found.q_p:.3g}")  # fmt: skip
    lines.append(small_study_text(table))
    if found.k <= 3:
        lines.append(f"With {found.k} studies the interval says little: read the studies.")
    return "\n".join([*lines, *(f"Left out: {item}" for item in table.left_out)])


def mantel_haenszel_text(table: OwnTable) -> str:
    """Mantel-Haenszel for two-arm tables, in one line; tables without events take part and count for nothing."""
    if len(table.cells) != len(MEASURES["RR"].columns):
        raise PoolingError(
            "Mantel-Haenszel takes two arms: events1, total1, events2, total2, with --measure RR, OR or RD."
        )
    a, n1, c, n2 = (np.array(column) for column in table.cells)
    found = mantel_haenszel(a, n1, c, n2, table.measure)
    measure = MEASURES[table.measure]
    y, low, high = (back_transformed(measure.scale, value) for value in (found.y, found.low, found.high))
    return f"{measure.words}, {found.k} studies, Mantel-Haenszel: {y:.6g} (95% interval {low:.6g} to {high:.6g}; Wald)"
