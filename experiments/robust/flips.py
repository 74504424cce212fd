"""Where one parameter alone turns the gap between two arms: its mean over all else, along the range.

The curve of a parameter (see :mod:`experiments.robust.curves`) is looked through for a change of sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.robust.curves import Curves
from experiments.screening.design import Factor

Floats = NDArray[np.float64]
#: A number and the ends of its interval.
Ends = tuple[float, float, float]
#: ``yes``: the gap has clearly one sign at one end of the range and clearly the other at the other end;
#: ``perhaps``: the parameter clearly moves it across nought, but an end is not clear; ``no``: not alone.
Verdict = Literal["yes", "perhaps", "no"]
_GRID = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Flip:
    """What one parameter alone does to the sign of a gap; intervals are 95%.

    Attributes:
        verdict: Whether it flips the winner.
        at: Value of the parameter where the gap is nought; NaN where it flips nothing.
        at_low: Lower end of its interval, within the range.
        at_high: Upper end.
        low: Mean gap at the low end of the range, with its interval.
        high: Mean gap at the high end.
    """

    verdict: Verdict
    at: float
    at_low: float
    at_high: float
    low: Ends
    high: Ends


def flips(factors: Sequence[Factor], curves: Curves) -> tuple[Flip, ...]:
    """For each parameter, whether and where it alone turns the output that the curves are of."""
    lines, again = curves.along(_GRID)
    return tuple(_flip(factor, lines[n], again[:, n]) for n, factor in enumerate(factors))


def _flip(factor: Factor, curve: Floats, again: Floats) -> Flip:
    ends = _end(curve, again, 0), _end(curve, again, -1)
    (_, low_a, high_a), (_, low_b, high_b) = ends
    where = _crossing(curve[None, :])[0]
    moved = np.quantile(again[:, -1] - again[:, 0], (0.025, 0.975))
    if not 0.0 < where < 1.0 or moved[0] <= 0.0 <= moved[1]:
        return Flip("no", np.nan, np.nan, np.nan, *ends)
    clear = (high_a < 0.0 < low_b) or (high_b < 0.0 < low_a)
    side = float(np.sign(curve[-1] - curve[0])) or 1.0
    span = np.quantile(_crossing(side * again), (0.025, 0.975))
    at, low, high = factor.at(np.array([where, *span])).tolist()
    return Flip("yes" if clear else "perhaps", at, low, high, *ends)


def _end(curve: Floats, again: Floats, at: int) -> Ends:
    low, high = np.quantile(again[:, at], (0.025, 0.975))
    return float(curve[at]), float(low), float(high)


def _crossing(curves: Floats) -> Floats:
    """Quantile at which each curve first changes sign, ``(curves,)``; of those that do not, 0 or 1.

    A curve that rises through nought somewhere outside the range does so before it (0) where it is above
    nought and after it (1) where it is below.
    """
    sign = curves > 0.0
    turned = sign[:, 1:] != sign[:, :-1]
    at = turned.argmax(axis=1)
    rows = np.arange(len(curves))
    left, right = curves[rows, at], curves[rows, at + 1]
    step = np.divide(left, left - right, out=np.zeros_like(left), where=left != right)
    found = _GRID[at] + step * (_GRID[1] - _GRID[0])
    return np.where(turned.any(axis=1), found, np.where(sign[:, 0], 0.0, 1.0))
