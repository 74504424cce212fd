"""What the figures show: chance of a check-in by streak, by day, by place in the camp's week, and rates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.validation.cohorts.reading import DONE, EMPTY, MISSED, Cohort
from experiments.validation.cohorts.rivals import cells

Floats = NDArray[np.float64]
#: Streaks from here on are one point.
LONGEST = 20
#: Resamples of members for the band and the floor.
RESAMPLES = 400
#: Misses in a camp's week that put a member out, in simulated cohorts. So it is in nearly all real ones.
MISSES = 3
WEEK = 7
_BINS = 10


@dataclass(frozen=True, eq=False)
class Tally:
    """Cells and check-ins of each member by some key.

    Attributes:
        count: Cells, ``(members, keys)``.
        done: Of these done, or the sum of their chances, ``(members, keys)``.
    """

    count: Floats
    done: Floats

    @property
    def curve(self) -> Floats:
        """Share done by key over all members, ``(keys,)``; NaN where there is no cell."""
        n = self.count.sum(axis=0)
        return np.divide(self.done.sum(axis=0), n, out=np.full(len(n), np.nan), where=n > 0)

    def resampled(self, seed: int = 1) -> Floats:
        """Curves of members drawn with replacement, ``(RESAMPLES, keys)``."""
        rng = np.random.default_rng(seed)
        people = len(self.count)
        times = rng.multinomial(people, np.full(people, 1.0 / people), RESAMPLES).astype(np.float64)
        n = times @ self.count
        return np.divide(times @ self.done, n, out=np.full(n.shape, np.nan), where=n > 0)


def tally(cohorts: Sequence[Cohort], values: Sequence[Floats | None], key: str) -> Tally:
    """Count cells by ``streak``, ``day`` or ``place`` in the camp's week.

    Args:
        cohorts: Real or simulated ones.
        values: Per cohort what counts as done of each cell, ``(days, N)``: predicted chances; None: what
            happened.
        key: What to count by. A streak is known from a member's second cell on.
    """
    counts, dones = [], []
    width = {"streak": LONGEST + 1, "day": max(one.days for one in cohorts), "place": WEEK}[key]
    for cohort, value in zip(cohorts, values, strict=True):
        found = cells(cohort)
        at = {"streak": np.minimum(found.run, LONGEST), "day": found.day, "place": found.day % WEEK}[key]
        keep = found.before > 0 if key == "streak" else np.ones(len(at), bool)
        what = found.done.astype(np.float64) if value is None else value[found.day, found.member]
        people = len(cohort.members)
        place = (found.member * width + at)[keep]
        counts.append(np.bincount(place, minlength=people * width).reshape(people, width))
        dones.append(np.bincount(place, what[keep], people * width).reshape(people, width))
    return Tally(np.concatenate(counts).astype(np.float64), np.concatenate(dones))


def distance(real: Tally, other: Floats) -> float:
    """Mean absolute distance of a curve from the real one, weighted by the real cells."""
    return float(_distances(real, other[None])[0])


def floor(real: Tally) -> tuple[float, float]:
    """Distance of the real curve from that of its own members drawn again: mean, and 95th percentile."""
    found = _distances(real, real.resampled())
    return float(found.mean()), float(np.quantile(found, 0.95))


def _distances(real: Tally, others: Floats) -> Floats:
    n = real.count.sum(axis=0)
    gap = np.abs(others - real.curve)
    weight = np.where(np.isfinite(gap), n, 0.0)
    return np.asarray((np.nan_to_num(gap) * weight).sum(axis=1) / weight.sum(axis=1))


def rates(cohorts: Sequence[Cohort]) -> Floats:
    """Share of members by tenths of their own rate of check-ins, ``(10,)``."""
    own = []
    for one in cohorts:
        seen = (one.told != EMPTY).sum(axis=0)
        own.append(((one.told == DONE).sum(axis=0) / np.maximum(seen, 1))[seen > 0])
    found, _ = np.histogram(np.concatenate(own), _BINS, (0.0, 1.0))
    return np.asarray(found / found.sum())


def ruled(name: str, done: NDArray[np.bool_], like: Cohort) -> Cohort:
    """A simulated table, ``(days, N)``, under the camp's rule and with the empty days of the real one."""
    told = np.where(done, DONE, MISSED).astype(np.int8)
    told[(like.told == EMPTY).all(axis=1)] = EMPTY
    removed = np.full(done.shape[1], -1, np.int64)
    if (like.removed >= 0).any():
        lost = np.zeros(done.shape[1], np.int64)
        for day in range(len(told)):
            if day % WEEK == 0:
                lost[:] = 0
            lost += told[day] == MISSED
            removed[(lost >= MISSES) & (removed < 0)] = day
        gone = (removed >= 0) & (np.arange(len(told))[:, None] > removed)
        told[gone] = EMPTY
    return Cohort(name, like.members, told, removed)
