"""What `evidence pool` says beyond one mean: meta-regression, three levels, small studies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from evidence.errors import PoolingError
from evidence.synthesis.dependence import FEW_DF, ThreeLevel, three_level
from evidence.synthesis.measures import MEASURES, back_transformed
from evidence.synthesis.pooling import INTERVALS
from evidence.synthesis.regression import Regression, design, regress
from evidence.synthesis.small_studies import MIN_STUDIES, begg, egger, trim_and_fill

if TYPE_CHECKING:
    from evidence.synthesis.own_table import OwnTable


def model_report(table: OwnTable, by: Sequence[str], cluster: str, method: str, interval: str, *, as_json: bool) -> str:
    """A meta-regression (`by`) or a three-level mean (`cluster`) of an own table.

    Raises
    ------
    PoolingError
        If both are asked for, a column is not there, or the model cannot be fitted.
    """
    if by and cluster:
        raise PoolingError("--by and --cluster together are not supported: choose one.")
    y, v = np.array(table.y), np.array(table.v)
    if cluster:
        nested = three_level(y, v, table.column(cluster))
        return json.dumps(asdict(nested), indent=1) if as_json else _three_level_text(table, nested)
    x, names = design({name: table.column(name) for name in by})
    found = regress(y, v, x, names, method=method, interval=interval)
    if as_json:
        return json.dumps({**asdict(found), "covariance": found.covariance.tolist()}, indent=1)
    return _regression_text(found)


def _regression_text(found: Regression) -> str:
    width = max(len(name) for name in found.names)
    lines = [f"{'':{width}}  coefficient        95% interval           p"]
    lines += [f"{name:{width}}  {b:11.5g}  {low:9.4g} to {high:<9.4g}  {p:8.3g}"
              for name, b, low, high, p in zip(found.names, found.b, found.low, found.high, found.p, strict=True)]  # fmt: skip
    taken = "" if found.r2 is None else f"; the moderators take up {found.r2:.1f}% of the variance between studies"
    statistic = "chi-squared" if found.interval == "wald" else "F"
    lines += ["", f"{found.k} studies, {found.method}, {INTERVALS[found.interval]}; on the scale of analysis.",
              f"All moderators: {statistic} {found.qm:.4g}, p {found.qm_p:.3g}{taken}",
              f"Left between studies: tau2 {found.tau2:.4g}, I2 {found.i2:.1f}%, Q {found.qe:.3f}, p {found.qe_p:.3g}"]  # fmt: skip
    if found.k < MIN_STUDIES * (len(found.names) - 1):
        lines.append(f"Fewer than {MIN_STUDIES} studies for each moderator: read this as a question, not an answer.")
    return "\n".join(lines)


def _three_level_text(table: OwnTable, found: ThreeLevel) -> str:
    measure, robust = MEASURES[table.measure], found.robust
    y, low, high = (
        f"{back_transformed(measure.scale, value):.4g}" for value in (found.y, robust.low[0], robust.high[0])
    )
    lines = [f"{measure.words}, {found.k} estimates in {found.clusters} clusters, three levels (REML): {y} "
             f"(95% interval {low} to {high}; {robust.kind}, {robust.df[0]:.2f} degrees of freedom)",
             f"variance between clusters {found.between:.4g}, within {found.within:.4g}; "
             f"Q {found.q:.3f}, p {found.q_p:.3g}"]  # fmt: skip
    if not robust.trusted:
        lines.append(f"With fewer than {FEW_DF:g} degrees of freedom this interval is too narrow to be trusted.")
    return "\n".join(lines)


def small_study_text(table: OwnTable) -> str:
    """One line on small-study effects, or why they are not asked about."""
    y, v = np.array(table.y), np.array(table.v)
    try:
        asked, ranks, filled = egger(y, v), begg(y, v), trim_and_fill(y, v)
    except PoolingError as why:
        return f"Small-study effects: {why}"
    moved = back_transformed(MEASURES[table.measure].scale, filled.pooled.y)
    return (
        f"Small-study effects: Egger t {asked.t:.2f} on {asked.df} degrees of freedom, p {asked.p:.3g}; Begg tau {ranks.tau:.2f},"
        f" p {ranks.p:.3g}; trim-and-fill ({filled.estimator}) adds {filled.added} on the {filled.side}: {moved:.4g}."
        " Asymmetry does not prove that studies are missing."
    )


def small_studies(table: OwnTable) -> dict[str, object]:
    """The same for JSON; where they are not asked about, why."""
    y, v = np.array(table.y), np.array(table.v)
    try:
        return {"egger": asdict(egger(y, v)), "begg": asdict(begg(y, v)), "trim_and_fill": asdict(trim_and_fill(y, v))}
    except PoolingError as why:
        return {"not_tested": str(why)}
