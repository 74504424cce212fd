"""The design: what is moved, along which paths, and with which luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from SALib.sample import morris

from simulator.errors import UserError
from simulator.knobs import drawn, knobs
from simulator.registry import make_mechanisms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Levels of the grid on the quantiles of a range: its ends, and a third and two thirds of the way.
LEVELS = 4
#: A step goes over two thirds of the range; effects are told per whole range.
STEP = LEVELS / (2 * (LEVELS - 1))
#: What changes nothing but the luck: how much would be seen to move without matching.
LUCK = "luck"


@dataclass(frozen=True)
class Factor:
    """A parameter of a mechanism that is on.

    Attributes:
        mechanism: Its mechanism.
        name: Its name there.
        low: Lowest plausible value.
        middle: Default, the median of what is plausible.
        high: Highest.
        unit: Its unit.
        doc: What it is.
    """

    mechanism: str
    name: str
    low: float
    middle: float
    high: float
    unit: str
    doc: str

    @property
    def key(self) -> str:
        """``habit.growth``."""
        return f"{self.mechanism}.{self.name}"

    def at(self, u: Floats) -> Floats:
        """Values at quantiles of the range, as replicates draw them: half lie under the default."""
        below = self.low + (self.middle - self.low) * 2 * u
        above = self.middle + (self.high - self.middle) * (2 * u - 1)
        return np.clip(np.where(u < 0.5, below, above), self.low, self.high)  # a last digit may stand out


def factors(settings: Mapping[str, Any]) -> tuple[Factor, ...]:
    """All parameters that are uncertain under these mechanism settings, in order of mechanism."""
    found = []
    for mechanism in make_mechanisms(settings)[0]:
        for name, (f, spec) in knobs(mechanism).items():
            bounds = mechanism.range_of(name) if drawn(f) else None
            if bounds is not None:
                middle = float(getattr(mechanism, name))
                found.append(Factor(mechanism.name, name, bounds[0], middle, bounds[1], spec.unit, spec.doc))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Points:
    """Points at which groups are simulated, each with several lucks.

    Attributes:
        factors: What is prescribed, in order of coordinate; the rest is as each replicate draws it.
        unit: ``(points, at least factors)`` quantiles of the ranges.
        numbers: ``(points, lucks)`` number of the replicate: people, luck and the group's own draw.
    """

    factors: tuple[Factor, ...]
    unit: Floats
    numbers: Ints

    def parameters(self, points: slice) -> dict[str, dict[str, Floats]]:
        """Values of all parameters for the rows of some points, a row for each luck of each point."""
        lucks = self.numbers.shape[1]
        out: dict[str, dict[str, Floats]] = {}
        for at, factor in enumerate(self.factors):
            values = np.repeat(factor.at(self.unit[points, at]), lucks)
            out.setdefault(factor.mechanism, {})[factor.name] = values
        return out


@dataclass(frozen=True, eq=False)
class Design(Points):
    """Paths through the unit cube of quantiles, one coordinate a step; the last coordinate is the luck.

    Points of one path follow each other, and ``unit`` is ``(points, factors + 1)``.

    Attributes:
        before: ``(paths, factors + 1)`` the point from which a path moves along each coordinate, at its lower
            end.
        after: The point at the upper end of that step.
    """

    before: Ints
    after: Ints

    @classmethod
    def of(cls, factors: Sequence[Factor], paths: int, lucks: int, seed: int) -> Self:
        """Lay paths at random; each has lucks of its own, the same ones at all its points.

        Raises:
            UserError: There is nothing to move.
        """
        if not factors:
            raise UserError("No parameter is left to be moved: all are set by hand.")
        unit = trajectories(len(factors) + 1, paths, seed)
        size = unit.shape[1] + 1
        level = np.rint(unit[:, -1] * (LEVELS - 1)).astype(np.int64)
        first = (np.repeat(np.arange(paths), size) * LEVELS + level) * lucks
        before, after = steps(unit)
        return cls(tuple(factors), unit, first[:, None] + np.arange(lucks), before, after)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return (*(factor.key for factor in self.factors), LUCK)

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.before)


def trajectories(count: int, paths: int, seed: int) -> Floats:
    """Morris paths in ``count`` coordinates, ``(paths * (count + 1), count)``, on the grid of levels."""
    problem = {"num_vars": count, "names": [str(n) for n in range(count)], "bounds": [[0.0, 1.0]] * count}
    return np.asarray(morris.sample(problem, paths, num_levels=LEVELS, seed=seed), np.float64)


def steps(unit: Floats) -> tuple[Ints, Ints]:
    """For each path and coordinate the points at the lower and the upper end of its step."""
    count = unit.shape[1]
    moved = np.diff(unit.reshape(-1, count + 1, count), axis=1)
    paths = np.arange(len(moved))[:, None]
    which = np.abs(moved).argmax(axis=1)  # (paths, coordinates): the step in which each is moved
    start = paths * (count + 1) + which
    up = np.take_along_axis(moved, which[:, None, :], axis=1)[:, 0, :] > 0
    return np.where(up, start, start + 1), np.where(up, start + 1, start)
