"""The ties as a strategy may see them: every question that can be asked of them, and no way to write."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from simulator.ties import Ties
    from simulator.ties_pool import Array, Counts, Floats


class WatchedTies:
    """Who is tied to whom, and how strongly; see :class:`simulator.ties.Ties`. What it returns are copies.

    Args:
        ties: The ties to look at.
    """

    __slots__ = ("_ties",)

    def __init__(self, ties: "Ties") -> None:
        self._ties = ties

    @property
    def replicates(self) -> int:
        """Number of communities, R."""
        return self._ties.replicates

    @property
    def slots(self) -> int:
        """Slots of each community, N."""
        return self._ties.slots

    def sum(self, x: ArrayLike) -> "Floats":
        """Sum of strength times ``x`` over each member's neighbours, ``(R, N)``; ``x`` is taken as float32.

        Raises:
            UserError: Someone who has ties has an ``x`` that is not finite.
        """
        return self._ties.sum(x)

    def push(self, active: NDArray[np.bool_]) -> "Floats":
        """Summed strength of each member's ties to active members, ``(R, N)``."""
        return self._ties.push(active)

    def count(self) -> NDArray[np.int32]:
        """Number of ties of each member, ``(R, N)``."""
        return self._ties.count()

    def total(self) -> "Counts":
        """Number of ties of each community, ``(R,)``."""
        return self._ties.total()

    def core_numbers(self) -> NDArray[np.int32]:
        """Coreness of each member, ``(R, N)``: the largest k whose k-core they are in."""
        return self._ties.core_numbers()

    def neighbours(self, replicate: int, slot: int) -> "tuple[NDArray[np.int32], Floats]":
        """Slots tied to one member, ascending, and the strength of each tie."""
        return self._ties.neighbours(replicate, slot)

    def edges(self, replicate: int) -> "tuple[NDArray[np.int32], NDArray[np.int32], Floats]":
        """Every tie of one community once, as ``(a, b, strength)`` with ``a < b``, sorted by a, then b."""
        return self._ties.edges(replicate)

    def to_networkx(
        self, replicate: int, nodes: "Mapping[str, Array] | None" = None, where: "Array | None" = None
    ) -> nx.Graph:
        """One community as a graph of slots, each edge with its ``strength``.

        Args:
            replicate: Which community.
            nodes: Columns ``(R, N)`` that become attributes of the nodes.
            where: Slots to show, ``(R, N)`` or ``(N,)`` bool; else all.
        """
        return self._ties.to_networkx(replicate, nodes, where)
