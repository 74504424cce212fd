"""The numbers under the charts: pure functions of arrays, nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.result import Result
from experiments.statistics.survival import SurvivalCurve

WEEK = 7  # days a curve is averaged over, so that weekends do not hide the tactic
LONG = 28  # days from which it is

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bands:
    """Mean over replicates and its 95% interval, day by day.

    Attributes:
        mean: (arms, days), NaN where no replicate has a value.
        low: (arms, days) lower end, NaN below two replicates.
        high: (arms, days) upper end.
    """

    mean: Floats
    low: Floats
    high: Floats


def trailing_mean(series: ArrayLike, window: int) -> Floats:
    """Mean of the last ``window`` days (of those there are, at the start), along the last axis.

    It looks back only, so nothing is seen to happen before its day.
    """
    x = np.asarray(series, np.float64)
    total = np.cumsum(x, axis=-1)
    total[..., window:] = total[..., window:] - total[..., :-window]
    return total / np.minimum(np.arange(1, x.shape[-1] + 1), window)


def mean_bands(x: ArrayLike) -> Bands:
    """Mean over replicates with Student's 95% interval of the mean.

    Args:
        x: (arms, replicates, days); NaN is left out.
    """
    x = np.asarray(x, np.float64)
    seen = np.isfinite(x)
    n = seen.sum(axis=1)
    filled = np.where(seen, x, 0.0)
    mean = np.where(n > 0, filled.sum(axis=1) / np.maximum(n, 1), np.nan)
    squares = np.where(seen, (filled - np.nan_to_num(mean)[:, None]) ** 2, 0.0).sum(axis=1)
    reach = stats.t.isf(0.025, np.maximum(n - 1, 1)) * np.sqrt(
        squares / np.maximum(n - 1, 1) / np.maximum(n, 1)
    )
    reach = np.where(n > 1, reach, np.nan)
    return Bands(mean, mean - reach, mean + reach)


def window(result: Result) -> int:
    """Days that a day's point of an activity curve is the mean of."""
    return WEEK if result.horizon >= LONG else 1


def levels(result: Result, arms: Sequence[int], metric: str = "voices") -> Bands:
    """A daily metric of some arms (by index)."""
    return mean_bands(trailing_mean(result.series[metric][list(arms)], window(result)))


def differences(result: Result, arms: Sequence[int], metric: str = "voices") -> Bands:
    """A daily metric of some arms minus that of the baseline in the same replicate."""
    series = result.series[metric].astype(np.float64)
    return mean_bands(trailing_mean(series[list(arms)] - series[0], window(result)))


def survivals(result: Result, arms: Sequence[int]) -> list[SurvivalCurve]:
    """Kaplan-Meier curves of some arms, drawn on to tau where the last death came before."""
    return [_to(result.lifespans.curve(arm), max(result.tau, 1.0)) for arm in arms]


def _to(curve: SurvivalCurve, day: float) -> SurvivalCurve:
    if curve.days[-1] >= day:
        return curve
    lines = (curve.survival, curve.low, curve.high)
    return SurvivalCurve(np.append(curve.days, day), *(np.append(line, line[-1]) for line in lines))


def apart(y: ArrayLike, gap: float, low: float = -np.inf, high: float = np.inf) -> Floats:
    """Places near ``y``, in the same order, no two closer than ``gap``: where the names of lines can stand.

    Neighbours that are too close are put around their common middle, and so on until all fit (pool adjacent
    violators on ``y - rank * gap``). All stay between ``low`` and ``high``, closer together if it must be.
    """
    values = np.asarray(y, np.float64)
    gap = min(gap, (high - low) / max(values.size - 1, 1))
    order = np.lexsort((-np.arange(values.size), values))  # of equals, the first stands on top
    blocks: list[list[float]] = []  # [sum, count] of y - rank * gap, means rising
    for rank, value in enumerate(values[order]):
        blocks.append([float(value) - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] > blocks[-1][0] * blocks[-2][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    placed = np.concatenate([np.full(int(count), total / count) for total, count in blocks] or [np.empty(0)])
    steps = gap * np.arange(values.size)
    out = np.empty_like(values)
    out[order] = np.maximum(np.minimum(placed + steps, high - steps[::-1]), low + steps)
    return out
