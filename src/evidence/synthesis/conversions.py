"""What a report prints, turned into what can be combined; refused where the printed numbers do not allow it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm, t

from evidence.errors import PoolingError


@dataclass(frozen=True)
class MeanAndSd:
    """A mean and standard deviation that were estimated, with the words that say from what."""

    mean: float
    sd: float
    conversion: str


def se_from_interval(low: float, high: float, level: float = 0.95, df: int | None = None) -> float:
    """Standard error from a confidence interval; with `df` the interval is one of Student's t."""
    if not low < high or not 0 < level < 1:
        raise PoolingError(f"{low:g} to {high:g} is no {level:.0%} interval.")
    quantile = t.ppf(0.5 + level / 2, df) if df else norm.ppf(0.5 + level / 2)
    return float((high - low) / (2 * quantile))


def se_from_p(estimate: float, p: float, df: int | None = None) -> float:
    """Standard error from an estimate and its exact two-sided p value.

    Raises
    ------
    PoolingError
        If p is not between 0 and 1 or the estimate is zero: such a p value says nothing about the error.
    """
    if not 0 < p < 1 or estimate == 0:
        raise PoolingError(f"an estimate of {estimate:g} with p = {p:g} gives no standard error.")
    quantile = t.isf(p / 2, df) if df else norm.isf(p / 2)
    return float(abs(estimate) / quantile)


def paired_difference(
    mean1: float, sd1: float, mean2: float, sd2: float, n: int, correlation: float
) -> tuple[float, float]:
    """Mean difference and variance of a crossover or before-and-after contrast, at a stated correlation (elbourne2002)."""
    if not -1 <= correlation <= 1 or n < 2:
        raise PoolingError(f"a correlation of {correlation:g} in {n} people gives no contrast.")
    return mean1 - mean2, (sd1**2 + sd2**2 - 2 * correlation * sd1 * sd2) / n


# Where the correlation was not reported the contrast is shown over this range, never at one guessed value.
UNREPORTED = (0.0, 0.25, 0.5, 0.75, 0.9)


def paired_range(mean1: float, sd1: float, mean2: float, sd2: float, n: int) -> dict[float, tuple[float, float]]:
    """The contrast at each correlation of `UNREPORTED`: difference and variance."""
    return {r: paired_difference(mean1, sd1, mean2, sd2, n, r) for r in UNREPORTED}


def fisher_z(correlation: float, n: int) -> tuple[float, float]:
    """Fisher's z of a correlation, and its variance."""
    if not -1 < correlation < 1 or n < 4:
        raise PoolingError(f"a correlation of {correlation:g} in {n} people cannot be combined.")
    return math.atanh(correlation), 1 / (n - 3)


def mean_from_summary(
    n: int, median: float, *, quartiles: tuple[float, float] | None = None, extremes: tuple[float, float] | None = None
) -> MeanAndSd:
    """Mean and standard deviation from a median with quartiles, extremes, or both.

    Parameters
    ----------
    n
        People.
    median, quartiles, extremes
        As printed.

    Raises
    ------
    PoolingError
        If the numbers are out of order or look skewed (shi2023): then they must not be turned into a mean.

    Notes
    -----
    Means as viechtbauer2010's package computes them (after Luo and others); standard deviations after wan2014, and after
    shi2020 where all five numbers are given.
    """
    _refuse_disorder(n, median, quartiles, extremes)
    _refuse_skew(n, median, quartiles, extremes)
    wide = 2 * norm.ppf((n - 0.375) / (n + 0.25))
    narrow = 2 * norm.ppf((0.75 * n - 0.125) / (n + 0.25))
    if quartiles and extremes:
        of_ends, of_quartiles = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
        mean = of_ends * sum(extremes) / 2 + of_quartiles * sum(quartiles) / 2 + (1 - of_ends - of_quartiles) * median
        share = 1 / (1 + 0.07 * n**0.6)
        sd = share * (extremes[1] - extremes[0]) / wide + (1 - share) * (quartiles[1] - quartiles[0]) / narrow
        return MeanAndSd(mean, float(sd), "median, quartiles and extremes")
    if quartiles:
        share = 0.7 + 0.39 / n
        mean = share * sum(quartiles) / 2 + (1 - share) * median
        return MeanAndSd(mean, float((quartiles[1] - quartiles[0]) / narrow), "median and quartiles")
    assert extremes is not None
    share = 4 / (4 + n**0.75)
    mean = share * sum(extremes) / 2 + (1 - share) * median
    return MeanAndSd(mean, float((extremes[1] - extremes[0]) / wide), "median and extremes")


def _refuse_disorder(
    n: int, median: float, quartiles: tuple[float, float] | None, extremes: tuple[float, float] | None
) -> None:
    if not quartiles and not extremes:
        raise PoolingError("a median alone gives neither mean nor standard deviation.")
    outer, inner = extremes or quartiles, quartiles or extremes
    assert outer is not None and inner is not None
    given = (outer[0], inner[0], median, inner[1], outer[1])
    if list(given) != sorted(given) or outer[0] == outer[1] or inner[0] == inner[1]:
        raise PoolingError(f"the numbers are not in order: {', '.join(f'{x:g}' for x in given)}.")
    if n < 2:
        raise PoolingError(f"{n} person has no spread.")


def _refuse_skew(
    n: int, median: float, quartiles: tuple[float, float] | None, extremes: tuple[float, float] | None
) -> None:
    """The tests of shi2023 at 5%."""

    def lean(ends: tuple[float, float]) -> float:
        return abs(sum(ends) - 2 * median) / (ends[1] - ends[0])

    if quartiles and extremes:
        found = max(2.65 * math.log(0.6 * n) / math.sqrt(n) * lean(extremes), lean(quartiles))
        limit = 3 / math.sqrt(n) - 40 / n**3
    elif quartiles:
        found, limit = lean(quartiles), 2.65 / math.sqrt(n) - 6 / n**2
    else:
        assert extremes is not None
        found, limit = lean(extremes), 1 / math.log(n + 9) + 2.5 / (n + 1)
    if found >= limit:
        raise PoolingError(f"the numbers look skewed ({found:.3f}, limit {limit:.3f}): no mean is made of them.")
