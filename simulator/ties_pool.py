"""The store behind :class:`simulator.ties.Ties`: rows with room to grow, and how room is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator import ties_rows

Array = NDArray[Any]
Counts = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(eq=False)
class Pool:
    """One padded CSR per replicate, all in one pool of entries.

    The ties of slot i in replicate r are ``other[s : s + u]`` and ``strength[s : s + u]`` with
    ``s = start[r, i]`` and ``u = used[r, i]``; entries up to ``s + room[r, i]`` are free for more. Each
    replicate has an equal stretch of the pool. Entries that hold no tie are of infinite strength.

    Attributes:
        start: Where each row begins, ``(R, N)`` int64.
        used: Ties of each member, ``(R, N)`` int32.
        room: Entries reserved for each row, ``(R, N)`` int32.
        other: The slot at the other end, int32, of the pool's length.
        strength: Strength of the tie, float32, of the pool's length.
        top: Where the free end of each replicate's stretch begins, ``(R,)`` int64.
    """

    start: Counts
    used: NDArray[np.int32]
    room: NDArray[np.int32]
    other: NDArray[np.int32]
    strength: Floats
    top: Counts

    @classmethod
    def empty(cls, replicates: int, slots: int) -> Self:
        """No ties at all."""
        return cls._with_room(np.zeros((replicates, slots), np.int32))

    def copy(self) -> Self:
        """A separate copy."""
        start, used, room, other, strength, top = self._arrays
        return type(self)(start.copy(), used.copy(), room.copy(), other.copy(), strength.copy(), top.copy())

    def select(self, replicates: NDArray[np.int64] | Sequence[int] | slice) -> Self:
        """A copy of some replicates, in the order given; a replicate may be taken more than once."""
        chosen = np.arange(self.replicates)[replicates]
        part = self._with_room(self.used[chosen])
        rows = (chosen[:, None] * self.slots + np.arange(self.slots)).reshape(-1)
        ties_rows.repack(rows, *self._flat, part.start.reshape(-1), part.other, part.strength)
        return part

    @property
    def replicates(self) -> int:
        """Number of communities, R."""
        return len(self.used)

    @property
    def slots(self) -> int:
        """Slots of each community, N."""
        return int(self.used.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return sum(array.nbytes for array in self._arrays)

    @classmethod
    def _with_room(cls, used: NDArray[np.int32], spare: int = 0) -> Self:
        """Rows side by side with room for ``used`` ties and some more; ``spare`` entries at the end."""
        room = _fitted(used)
        ends = np.cumsum(room, axis=1, dtype=np.int64)
        live = ends[:, -1]
        stretch = int(live.max(initial=0)) + spare
        base = np.arange(len(used), dtype=np.int64) * stretch
        pool = len(used) * stretch
        other, strength = np.empty(pool, np.int32), np.full(pool, np.inf, np.float32)
        return cls(ends - room + base[:, None], used, room, other, strength, base + live)

    def _column(self, value: ArrayLike, dtype: Any) -> Array:
        """``value`` as ``(R, N)``; read-only, lest kernels be compiled once more for arrays that are."""
        array = np.asarray(value, dtype)
        full = array if array.shape == self.used.shape else np.broadcast_to(array, self.used.shape)
        column = np.ascontiguousarray(full).view()
        column.flags.writeable = False
        return column

    @property
    def _arrays(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """All there is, in the order of the fields."""
        return self.start, self.used, self.room, self.other, self.strength, self.top

    @property
    def _rows(self) -> tuple[Array, Array, Array, Array]:
        """What every kernel takes first."""
        return self.start, self.used, self.other, self.strength

    @property
    def _flat(self) -> tuple[Array, Array, Array, Array]:
        """The same for kernels that number rows ``r * N + i``."""
        return self.start.reshape(-1), self.used.reshape(-1), self.other, self.strength

    def _meet(
        self, replicate: Array, a: Array, b: Array, gain: Array
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """Strengthen the pairs that are tied, ``w += gain (1 - w)``.

        Returns:
            Every pair in both directions, sorted: row, whom, gain, and whether it is a new tie to be made.
        """
        row = np.concatenate((replicate, replicate)).astype(np.int64) * self.slots + np.concatenate((a, b))
        whom, gain = np.concatenate((b, a)), np.concatenate((gain, gain))
        key = row * self.slots + whom
        order = np.argsort(key)
        twice = np.flatnonzero(np.diff(key[order]) == 0)
        if twice.size:
            # The weaker first: rounding makes g1 + g2 (1 - g1) depend on the order.
            twice = np.union1d(twice, twice + 1)
            some = order[twice]
            order[twice] = some[np.lexsort((gain[some], key[some]))]
        row, whom, gain = row[order], whom[order], gain[order]
        fresh = np.zeros(row.size, np.bool_)
        ties_rows.meet(row, whom, gain, fresh, *self._flat)
        return row, whom, gain, fresh

    def _make_room(self, row: Array, fresh: Array) -> None:
        """See that the end of the pool can take the rows that will move there; else repack the pool."""
        used, need = self.used.reshape(-1), np.empty_like(self.top)
        ties_rows.demand(row, fresh, self.slots, used, self.room.reshape(-1), need)
        stretch = len(self.other) // max(self.replicates, 1)
        if (self.top + need <= np.arange(1, self.replicates + 1) * stretch).all():
            return
        ties_rows.demand(row, fresh, self.slots, used, _fitted(used), need)
        self._repack(int(need.max()))

    def _repack(self, need: int) -> None:
        """Put the rows side by side anew, with ``need`` entries at the end and as many as there are ties."""
        longest = int(self.used.sum(axis=1).max(initial=0))
        # Eight at least, for the first tie of two members: any other row has room once it is laid out anew.
        new = self._with_room(self.used, need + longest + self.slots // 4 + 8)
        rows = np.arange(self.used.size)
        ties_rows.repack(rows, *self._flat, new.start.reshape(-1), new.other, new.strength)
        vars(self).update(vars(new))


def _fitted(used: NDArray[np.int32]) -> NDArray[np.int32]:
    """Room for so many ties: a quarter more, and two; nothing for none."""
    return np.where(used > 0, used + used // 4 + 2, 0).astype(np.int32)
