"""Points of a design: a grid of all combinations, or a sample that fills the space.

Source: McKay, Beckman, Conover 1979, Technometrics 21 (Latin hypercube); Sobol 1967, USSR Comput. Math. Math.
Phys. 7, with the scrambling of Owen 1998, J. Complexity 14 (Sobol sequence); both as in scipy.stats.qmc.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from math import floor, isfinite, prod

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.designs.factors import Factor
from experiments.designs.ranges import Declared
from simulator.errors import UserError, unknown

#: Designs by name; those that sample.
KINDS, SAMPLED = ("grid", "lhs", "sobol"), ("lhs", "sobol")
#: Points of a sample where nobody says, and most points of any design.
POINTS, MOST_POINTS = 64, 100_000
#: Digits of a sampled number: it can be typed again.
_DIGITS = 6


def points(
    kind: str, factors: Sequence[Factor], known: Mapping[str, Declared | None], count: int | None, seed: int
) -> tuple[tuple[str, ...], ...]:
    """The value of each factor at every point, as it is typed.

    Args:
        kind: One of :data:`KINDS`.
        factors: What is varied.
        known: What each factor that is a number declares, by key; needed for intervals alone.
        count: Points of a sample; None for :data:`POINTS`. A grid has as many as it has.
        seed: Seed of the sample.

    Raises:
        UserError: No such design, an interval without ends or in a grid, or too many points.
    """
    if kind not in KINDS:
        raise unknown("design", kind, KINDS)
    if kind == "grid":
        wide = next((factor for factor in factors if factor.interval is not None), None)
        if wide is not None:
            raise UserError(
                f"{wide.word} is for design=lhs or sobol; a grid needs values, as in {wide.key}=1,2,3."
            )
        if count is not None:
            raise UserError(f"points is {count}; a grid has the points it has. Set design=lhs or sobol.")
        size = prod(len(factor.values) for factor in factors)
        if size > MOST_POINTS:
            raise UserError(
                f"The grid has {size} points; at most {MOST_POINTS} are allowed. Set design=sobol."
            )
        return tuple(product(*(factor.values for factor in factors)))
    ends = [_ends(factor, known.get(factor.key)) for factor in factors]
    unit = sample(kind, len(factors), POINTS if count is None else count, seed)
    whole = [(found := known.get(factor.key)) is not None and found.whole for factor in factors]
    return tuple(
        tuple(_at(*both) for both in zip(factors, ends, whole, map(float, row), strict=True)) for row in unit
    )


def sample(kind: str, dimensions: int, count: int, seed: int) -> NDArray[np.float64]:
    """``count`` points of the unit cube, ``(count, dimensions)``."""
    rng = np.random.default_rng(seed)
    if kind == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=rng).random(count), np.float64)
    whole = qmc.Sobol(dimensions, rng=rng).random_base2((count - 1).bit_length())
    return np.asarray(whole[:count], np.float64)  # the first ones of a sequence; all of it for a power of two


def _ends(factor: Factor, known: Declared | None) -> tuple[float, float]:
    """Ends of an interval; those that are declared where it has none."""
    if factor.interval is None:
        return 0.0, 0.0
    low, high = factor.interval
    if known is None:
        raise UserError(f"{factor.word}: {factor.key} is no number; list its values, as in {factor.key}=a,b.")
    if isfinite(low):
        return low, high
    if known.low is None or known.high is None:
        raise UserError(f"{factor.word}: {factor.key} declares no range; write interval(low,high).")
    return known.low, known.high


def _at(factor: Factor, ends: tuple[float, float], whole: bool, u: float) -> str:
    """The value at a quantile; every value of a list, and every whole number of an interval, is as likely."""
    if factor.interval is None:
        return factor.values[min(floor(u * len(factor.values)), len(factor.values) - 1)]
    low, high = ends
    if whole:
        return str(min(floor(low) + floor(u * (floor(high) - floor(low) + 1)), floor(high)))
    return format(min(max(float(f"{low + u * (high - low):.{_DIGITS}g}"), low), high), ".10g")
