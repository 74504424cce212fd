"""Whose turn it is: the foremost of a list of members, by lot among equals."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools, Draws

_LAST = np.iinfo(np.int32).max


def foremost(draws: Draws, among: Bools, k: int, order: NDArray[Any], decision: str) -> Bools:
    """Choose the ``k`` of ``among`` who come first in ``order``, in each row; by lot where that is a tie.

    Args:
        draws: Where the lots come from.
        among: Candidates, ``(R, N)``.
        k: How many; where there are fewer candidates, all of them.
        order: Whole numbers, ``(R, N)``; the smallest come first.
        decision: Name of the decision.
    """
    if not k or not among.any():
        return np.zeros(among.shape, bool)
    if k >= among.shape[1]:
        return among.copy()
    placed = np.where(among, order, _LAST).astype(np.int32)
    edge = np.partition(placed, k - 1, axis=1)[:, k - 1 : k]
    sure = placed < edge
    tied = among & (placed == edge)
    return sure | draws.pick(tied, k - sure.sum(axis=1), decision)
