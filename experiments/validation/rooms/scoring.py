"""Scores: Brier under censoring for being alive, CRPS for messages. Less is better.

The Brier score at day h weighs a room by the inverse of its chance of having been watched so far (Graf et
al. 1999): a room that died on day T <= h by 1/G(T-), one that outlived h by 1/G(h), one that stopped being
watched before by 0. G is the Kaplan-Meier curve of being watched, from other rooms.

The CRPS of an ensemble (X_i with weights w_i) is the fair one, which does not punish few members:
sum w_i |X_i - y| - sum w_i w_j |X_i - X_j| / (2 (1 - sum w_i^2)).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
#: Least chance of still being watched that a weight may rest on.
LEAST = 0.05


@dataclass(frozen=True, eq=False)
class Fates:
    """Days lived and whether the end was seen, ``(n,)`` each; watched that long where it was not."""

    lived: Floats
    died: NDArray[np.bool_]

    def take(self, which: ArrayLike) -> "Fates":
        """Some of them."""
        at = np.asarray(which)
        return Fates(self.lived[at], self.died[at])


def weights(fates: Fates, horizon: int, censoring: Fates) -> Floats:
    """Weight of each room at a horizon, ``(n,)``; 0 for those whose fate by then is not known.

    Args:
        fates: The rooms scored.
        horizon: Day h.
        censoring: Rooms from which the curve of being watched is taken.
    """
    data = stats.CensoredData(
        uncensored=censoring.lived[~censoring.died], right=censoring.lived[censoring.died]
    )
    watched = stats.ecdf(data).sf if (~censoring.died).any() else None

    def chance(day: Floats) -> Floats:
        return np.ones_like(day) if watched is None else np.asarray(watched.evaluate(day))

    dead = fates.died & (fates.lived <= horizon)
    alive = fates.lived > horizon
    at = np.where(
        dead, fates.lived - 0.5, float(horizon)
    )  # lifetimes are whole days: half a day before is T-
    return np.where(dead | alive, 1.0 / np.maximum(chance(at), LEAST), 0.0)


def brier(alive: Floats, fates: Fates, horizon: int, censoring: Fates) -> Floats:
    """Weighted squared error of each room, ``(n,)``; their mean is the Brier score.

    Args:
        alive: Predicted chance of living longer than the horizon, ``(n,)``.
        fates: What happened.
        horizon: Day h.
        censoring: Rooms for the curve of being watched.
    """
    return (alive - (fates.lived > horizon)) ** 2 * weights(fates, horizon, censoring)


def crps(members: ArrayLike, outcome: float, weight: ArrayLike | None = None, fair: bool = True) -> float:
    """CRPS of an ensemble.

    Args:
        members: Its members, ``(m,)``.
        outcome: What happened.
        weight: Weight of each, summing to 1; equal where None.
        fair: Whether it is a sample; quantiles of a known distribution are not.
    """
    x = np.asarray(members, np.float64)
    w = np.full(len(x), 1.0 / len(x)) if weight is None else np.asarray(weight, np.float64)
    order = np.argsort(x)
    x, w = x[order], w[order]
    below = np.cumsum(w) - w
    # sum_ij w_i w_j |x_i - x_j| / 2, each pair from the greater one: w below it times x less those above
    spread = float((w * x * (2.0 * below + w - 1.0)).sum())
    if fair:
        spread /= max(1.0 - float((w**2).sum()), 1e-12)
    return float((w * np.abs(x - outcome)).sum()) - spread
