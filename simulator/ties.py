"""Who is tied to whom, and how strongly: weighted undirected ties of many communities at once."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Self

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator import ties_border, ties_kernels, ties_rows
from simulator.errors import UserError
from simulator.ties_pool import Array, Counts, Floats, Pool


class Ties(Pool):
    """Undirected ties of R communities of N slots, each tie with a strength in (0, 1].

    A tie stands in the rows of both its ends, with bit-equal strength. Strengths are multiples of 2^-23,
    which makes sums of them exact: no result depends on the numbers of slots, on padding or on the order
    within a row. Nothing in one community depends on another. The arrays are described in :class:`Pool`;
    kernels may read them, only the methods write.
    """

    @classmethod
    def from_edges(
        cls,
        replicates: int,
        slots: int,
        replicate: ArrayLike,
        a: ArrayLike,
        b: ArrayLike,
        strength: ArrayLike,
    ) -> Self:
        """Ties from arrays of edges.

        Args:
            replicates: Number of communities, R.
            slots: Slots of each, N.
            replicate: Community of each edge, ``(E,)`` or one for all.
            a: One end, ``(E,)``.
            b: The other. An edge listed twice, either way round, is one tie with the greater strength.
            strength: In (0, 1], ``(E,)`` or one for all.

        Raises:
            UserError: An end out of range, an edge from a member to itself, or a strength out of range.
        """
        edges = ties_border.pairs((replicates, slots), replicate, a, b, strength)
        used = np.zeros((replicates, slots), np.int32)
        ties_rows.count(*edges[:3], slots, used.reshape(-1))
        ties = cls._with_room(used)
        ties_rows.place(*edges, slots, *ties._flat)
        return ties

    @classmethod
    def from_networkx(
        cls,
        graphs: nx.Graph | Sequence[nx.Graph],
        slots: int,
        *,
        replicates: int | None = None,
        order: Sequence[Hashable] | None = None,
        strength: float = 0.15,
    ) -> Self:
        """Ties from any networkx graph; directed and parallel edges become one tie, self-loops none.

        Args:
            graphs: One graph for all replicates, or a sequence of one for each.
            slots: Slots of each community, at least as many as nodes.
            replicates: How many communities; may be left out for a sequence, and is 1 for a single graph.
            order: Nodes in the order of slots; else the order of the graph.
            strength: Of edges with neither a ``strength`` nor a ``weight`` of their own.

        Raises:
            UserError: Too many nodes, a node missing from ``order``, a strength out of (0, 1].
        """
        if isinstance(graphs, nx.Graph):
            one = cls.from_edges(1, slots, 0, *ties_border.edges_of(graphs, slots, order, strength))
            return one.select(np.zeros(1 if replicates is None else replicates, np.int64))
        if replicates not in (None, len(graphs)):
            raise UserError(
                f"There are {len(graphs)} graphs for {replicates} replicates; give one, or one for each."
            )
        parts = [ties_border.edges_of(graph, slots, order, strength) for graph in graphs]
        replicate = np.repeat(np.arange(len(parts)), [len(a) for a, _, _ in parts])
        a, b, weight = (
            np.concatenate([part[n] for part in parts]) if parts else np.empty(0) for n in range(3)
        )
        return cls.from_edges(len(parts), slots, replicate, a, b, weight)

    def count(self) -> NDArray[np.int32]:
        """Number of ties of each member, ``(R, N)``."""
        return self.used.copy()

    def total(self) -> Counts:
        """Number of ties of each community, ``(R,)``."""
        total: Counts = np.add.reduce(self.used, axis=1, dtype=np.int64)
        return total // 2

    def neighbours(self, replicate: int, slot: int) -> tuple[NDArray[np.int32], Floats]:
        """Slots tied to one member, ascending, and the strength of each tie."""
        first = self.start[replicate, slot]
        row = slice(first, first + self.used[replicate, slot])
        order = np.argsort(self.other[row])
        return self.other[row][order], self.strength[row][order]

    def edges(self, replicate: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
        """Every tie of one community once, as ``(a, b, strength)`` with ``a < b``, sorted by a, then b."""
        used = self.used[replicate].astype(np.int64)
        a = np.repeat(np.arange(self.slots, dtype=np.int32), used)
        at = np.repeat(self.start[replicate] - (np.cumsum(used) - used), used) + np.arange(used.sum())
        at, a = at[a < self.other[at]], a[a < self.other[at]]
        order = np.lexsort((self.other[at], a))
        return a[order], self.other[at[order]], self.strength[at[order]]

    def to_networkx(
        self, replicate: int, nodes: Mapping[str, Array] | None = None, where: Array | None = None
    ) -> nx.Graph:
        """One community as a graph of slots, each edge with its ``strength``.

        Args:
            replicate: Which community.
            nodes: Columns ``(R, N)`` that become attributes of the nodes.
            where: Slots to show, ``(R, N)`` or ``(N,)`` bool; else all.
        """
        shown = np.ones(self.slots, np.bool_) if where is None else np.asarray(where, np.bool_)
        shown = shown if shown.ndim == 1 else shown[replicate]
        columns = {name: column[replicate] for name, column in (nodes or {}).items()}
        return ties_border.graph_of(*self.edges(replicate), shown, columns)

    def push(self, active: NDArray[np.bool_], out: Floats | None = None) -> Floats:
        """Summed strength of each member's ties to active members, ``(R, N)``, rounded once."""
        out = np.empty(self.used.shape, np.float32) if out is None else out
        if out.shape != self.used.shape:
            raise ValueError(f"out has shape {out.shape}; it must have {self.used.shape}")
        ties_kernels.push(*self._rows, self._column(active, np.bool_), out)
        return out

    def sum(self, x: ArrayLike) -> Floats:
        """Sum of strength times ``x`` over each member's neighbours, ``(R, N)``; ``x`` is taken as float32.

        Raises:
            UserError: Someone who has ties has an ``x`` that is not finite.
        """
        out = np.empty(self.used.shape, np.float32)
        if not ties_kernels.weigh(*self._rows, self._column(x, np.float32), out):
            raise UserError("x in ties.sum(x) must be finite for every member who has ties.")
        return out

    def core_numbers(self) -> NDArray[np.int32]:
        """Coreness of each member, ``(R, N)``: the largest k whose k-core they are in."""
        out = np.empty(self.used.shape, np.int32)
        ties_kernels.core_numbers(self.start, self.used, self.other, out)
        return out

    def strengthen(self, active: NDArray[np.bool_], gain: ArrayLike) -> None:
        """``w += gain (1 - w)`` where both ends are active; ``gain`` in [0, 1], one for all or ``(R,)``."""
        active = self._column(active, np.bool_)
        ties_kernels.strengthen(*self._rows, active, ties_border.share("gain", gain, self.replicates))

    def add(self, replicate: ArrayLike, a: ArrayLike, b: ArrayLike, strength: ArrayLike) -> Counts:
        """Tie pairs; those tied already are strengthened instead, ``w += strength (1 - w)``.

        A pair that is listed twice, either way round, has met twice: its strength is ``s1 + s2 (1 - s1)``.

        Args:
            replicate: Community of each pair, ``(E,)`` or one for all.
            a: One end, ``(E,)``.
            b: The other.
            strength: In [0, 1], ``(E,)`` or one for all; a pair of none is passed over.

        Returns:
            New ties in each community, ``(R,)``.

        Raises:
            UserError: As :meth:`from_edges`.
        """
        edges = ties_border.pairs(self.used.shape, replicate, a, b, strength, zero=True)
        row, whom, gain, fresh = self._meet(*edges)
        self._make_room(row, fresh)
        ties_rows.append(row, whom, gain, fresh, self.slots, self.room.reshape(-1), self.top, *self._flat)
        new = np.bincount(row[fresh] // self.slots, minlength=self.replicates)
        return new // 2

    def bind(self, replicate: Array, a: Array, b: Array, gain: Array) -> Counts:
        """As :meth:`add`, for few pairs of the model's own, which are taken as they come, unchecked.

        Args:
            replicate: Community of each pair, ``(E,)`` int64.
            a: One end, ``(E,)`` int64.
            b: The other.
            gain: In [0, 1], ``(E,)`` float32.
        """
        new, done = np.zeros(self.replicates, np.int64), 0
        while True:
            rows = self.room.reshape(-1), self.top, *self._flat
            done = ties_rows.bind(done, replicate, a, b, gain, self.slots, new, *rows)
            if done == len(replicate):
                return new
            self._repack(0)

    def strengthen_pairs(self, replicate: ArrayLike, a: ArrayLike, b: ArrayLike, gain: ArrayLike) -> None:
        """As :meth:`add`, but pairs that are not tied stay so."""
        self._meet(*ties_border.pairs(self.used.shape, replicate, a, b, gain, zero=True))

    def fade(self, factor: ArrayLike, floor: ArrayLike = 0.0) -> Counts:
        """``w *= factor``; ties then weaker than ``floor`` end. Both in [0, 1], one for all or ``(R,)``.

        Returns:
            Ties ended in each community, ``(R,)``.
        """
        dropped = np.empty(self.replicates, np.int64)
        kept = ties_border.share("factor", factor, self.replicates)
        least = ties_border.share("floor", floor, self.replicates)
        ties_kernels.fade(*self._rows, self.top, kept, least, dropped)
        return dropped

    def thin(self, who: NDArray[np.bool_], group: NDArray[np.int32], factor: ArrayLike) -> None:
        """``w *= factor``, once, for ties of those in ``who`` to people not of their own group.

        Args:
            who: Whose ties are thinned, ``(R, N)``.
            group: Group of each member, ``(R, N)``; below 0 for none, and none is nobody's own.
            factor: In [0, 1], one for all or ``(R,)``. No tie ends here: it keeps at least 2^-23.
        """
        who, group = self._column(who, np.bool_), self._column(group, np.int32)
        ties_kernels.thin(*self._rows, who, group, ties_border.share("factor", factor, self.replicates))

    def drop_members(self, gone: NDArray[np.bool_]) -> Counts:
        """End every tie of those gone, ``(R, N)``; returns how many ended in each community, ``(R,)``."""
        dropped = np.empty(self.replicates, np.int64)
        ties_kernels.drop_members(*self._rows, self._column(gone, np.bool_), dropped)
        return dropped
