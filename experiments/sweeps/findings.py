"""What a sweep says: the best arm at each point, and how each arm responds to each factor."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np

from experiments.statistics.comparison import Effect
from experiments.statistics.intervals import Estimate, Floats
from experiments.sweeps.plan import Point
from experiments.sweeps.run import Swept
from simulator.metrics import BY_NAME

#: Metrics that decide, in the order of the report.
METRICS = ("voices", "lifespan")
#: Values of an interval are gathered in at most so many groups, each of so many points at least: with fewer,
#: other factors would not average out.
_GROUPS, _EACH = 6, 5


@dataclass(frozen=True)
class Best:
    """The arm that does best at a point.

    Attributes:
        effect: Its effect.
        gains: Whether its interval, which holds for all arms at once, lies on the good side of no effect.
        rivals: Arms that cannot be told from it in matched replicates, best first.
    """

    effect: Effect
    gains: bool
    rivals: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """Mean effect of an arm over the points at one value of a factor, or in one group of values.

    Attributes:
        at: The value; the mean of them in a group. None for a word.
        word: The value as typed; empty for a group.
        mean: Mean effect, in the metric's unit.
        low: Lower end of its 95% interval over replicates.
        high: Upper end.
        points: Points it is the mean of.
    """

    at: float | None
    word: str
    mean: float
    low: float
    high: float
    points: int


def best(found: Swept, point: Point, metric: str = "voices") -> Best | None:
    """The best arm at a point; None where no arm has the metric."""
    direction = BY_NAME[metric].direction or 1
    rows = [found.effect(point.number, arm, metric) for arm in found.sweep.arms]
    rows = sorted((row for row in rows if isfinite(row.diff)), key=lambda row: -direction * row.diff)
    if not rows:
        return None
    first, end = rows[0], rows[0].sim_low if direction > 0 else -rows[0].sim_high
    lead = found.differences(point, first.scenario, metric)
    rivals = tuple(
        row.scenario
        for row in rows[1:]
        if not _apart(lead - found.differences(point, row.scenario, metric), direction)
    )
    return Best(first, end > 0, rivals)


def _apart(gap: Floats, direction: int) -> bool:
    """Whether a matched difference is told from none, on the good side."""
    low, high = Estimate.of(gap[np.isfinite(gap)], float(np.nanmax(np.abs(gap), initial=0.0))).interval()
    return low > 0 if direction > 0 else high < 0


def numeric(found: Swept, key: str) -> bool:
    """Whether every value of a factor is a number."""
    return all(value_of(point.values[key]) is not None for point in found.sweep.points)


@lru_cache(maxsize=100_000)
def value_of(word: str) -> float | None:
    """A value as a number; None where it is a word."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if isfinite(number) else None


def response(found: Swept, arm: str, key: str, metric: str) -> tuple[Level, ...]:
    """Effect of an arm at each value of a factor, averaged over all points there: its main effect.

    All points share their replicates, so the mean over points is taken within each replicate, and the
    interval is an ordinary one over replicates.
    """
    levels = []
    for at, word, points in _levels(found, key):
        with np.errstate(invalid="ignore"):
            table = np.array([found.differences(point, arm, metric) for point in points])
        known = table[:, np.isfinite(table).all(axis=0)]
        scale = float(np.abs(known).max(initial=0.0))
        estimate = Estimate.of(known.mean(axis=0) if known.size else np.empty(0), scale)
        levels.append(Level(at, word, estimate.mean, *estimate.interval(), len(points)))
    return tuple(levels)


def _levels(found: Swept, key: str) -> list[tuple[float | None, str, Sequence[Point]]]:
    """Points by value of a factor; where values hardly repeat, in groups of neighbours."""
    if not numeric(found, key):
        words = dict.fromkeys(point.values[key] for point in found.points)
        return [(None, word, [p for p in found.points if p.values[key] == word]) for word in words]
    order = sorted(found.points, key=lambda point: value_of(point.values[key]) or 0.0)
    values = np.array([value_of(point.values[key]) for point in order], np.float64)
    unique = np.unique(values)
    if found.sweep.kind == "grid":
        return [
            (float(one), f"{one:.10g}", [order[at] for at in np.flatnonzero(values == one)]) for one in unique
        ]
    groups = np.array_split(np.arange(len(order)), min(_GROUPS, max(len(order) // _EACH, 1)))
    return [(float(values[group].mean()), "", [order[at] for at in group]) for group in groups]
