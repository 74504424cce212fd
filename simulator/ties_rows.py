"""Where the rows of ties lie: building them, copying them, adding to them.

Each replicate has its stretch of the pool. A row that is full moves to the free end of the stretch with its
room doubled; what it leaves is reclaimed when the pool is repacked. Rows are numbered ``r * N + i`` here;
``start``, ``used`` and ``room`` come flat. Entries that hold no tie are of infinite strength. See
:mod:`simulator.ties_kernels` for the arrays and for why strengths are rounded.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel

Array = NDArray[Any]

U = np.uint64
_ONE = np.float32(1)
#: The smallest strength, and the unit of all of them.
UNIT = np.float32(2.0**-23)


@kernel
def count(replicate: Array, a: Array, b: Array, slots: int, used: Array) -> None:
    """Count the ends of edges in each row."""
    for e in range(a.size):
        used[replicate[e] * slots + a[e]] += 1
        used[replicate[e] * slots + b[e]] += 1


@kernel
def place(
    replicate: Array,
    a: Array,
    b: Array,
    weight: Array,
    slots: int,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
) -> None:
    """Put both copies of every edge into its row; of edges listed twice keep one, the strongest."""
    end = start.copy()
    for e in range(a.size):
        one = replicate[e] * slots + a[e]
        two = replicate[e] * slots + b[e]
        other[end[one]] = b[e]
        other[end[two]] = a[e]
        strength[end[one]] = weight[e]
        strength[end[two]] = weight[e]
        end[one] += 1
        end[two] += 1
    # seen[k] is where member k was last met: a second meeting if that is in the same row.
    seen = np.full(slots, -1, np.int64)
    for row in range(start.size):
        first = start[row]
        to = first
        for e in range(first, end[row]):
            k = other[e]
            before = seen[k]
            if before >= first and before < to and other[before] == k:
                strength[before] = max(strength[before], strength[e])
            else:
                other[to] = k
                strength[to] = strength[e]
                seen[k] = to
                to += 1
        for e in range(to, end[row]):
            strength[e] = np.inf
        used[row] = to - first


@kernel
def repack(
    rows: Array,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
    new_start: Array,
    new_other: Array,
    new_strength: Array,
) -> None:
    """Copy ``rows`` of one pool, in that order, to their places in another."""
    for n in range(rows.size):
        begin = start[rows[n]]
        to = new_start[n]
        for e in range(used[rows[n]]):
            new_other[to + e] = other[begin + e]
            new_strength[to + e] = strength[begin + e]


@kernel
def meet(
    row: Array,
    whom: Array,
    gain: Array,
    fresh: Array,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
) -> None:
    """Strengthen the pairs listed that are tied, ``w += gain (1 - w)``; mark those that are not.

    Listings come in both directions, sorted by row, whom, gain. A pair listed twice is first made one listing
    of gain ``g1 + g2 (1 - g1)``; only that one can be marked in ``fresh``. A few listings are looked for one
    by one; for many the row is gone through once, each neighbour sought among them: hubs are no danger.
    """
    p = 0
    while p < row.size:
        end = p + 1
        last = p
        fresh[p] = True
        while end < row.size and row[end] == row[p]:
            if whom[end] == whom[last]:
                gain[last] = ((gain[last] + gain[end] * (_ONE - gain[last])) + _ONE) - _ONE
            else:
                last += 1
                whom[last] = whom[end]
                gain[last] = gain[end]
                fresh[last] = True
            end += 1
        begin = start[row[p]]
        stop = begin + used[row[p]]
        if last - p < 4:
            for t in range(p, last + 1):
                e = begin
                while e < stop and other[U(e)] != whom[t]:
                    e += 1
                if e < stop:
                    fresh[t] = False
                    strength[e] = ((strength[e] + gain[t] * (_ONE - strength[e])) + _ONE) - _ONE
        else:
            for e in range(begin, stop):
                low = p
                high = last
                while low < high:
                    middle = (low + high) >> 1
                    if whom[middle] < other[e]:
                        low = middle + 1
                    else:
                        high = middle
                if whom[low] == other[e]:
                    fresh[low] = False
                    strength[e] = ((strength[e] + gain[low] * (_ONE - strength[e])) + _ONE) - _ONE
        p = end


@kernel
def _coming(row: Array, fresh: Array, p: int) -> tuple[int, int]:
    """Where the listings end that share the row of listing ``p``, and how many of them are fresh."""
    end = p
    coming = 0
    while end < row.size and row[end] == row[p]:
        coming += fresh[end]
        end += 1
    return end, coming


@kernel
def demand(row: Array, fresh: Array, slots: int, used: Array, room: Array, need: Array) -> None:
    """Entries that :func:`append` will take from the free end, ``need`` of each replicate."""
    need[:] = 0
    p = 0
    while p < row.size:
        here = row[p]
        p, coming = _coming(row, fresh, p)
        if used[here] + coming > room[here]:
            need[here // slots] += max(2 * room[here], used[here] + coming, 4)


@kernel
def append(
    row: Array,
    whom: Array,
    gain: Array,
    fresh: Array,
    slots: int,
    room: Array,
    top: Array,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
) -> None:
    """Write the fresh listings into their rows, moving rows that are full to the free end ``top``."""
    p = 0
    while p < row.size:
        here = row[p]
        end, coming = _coming(row, fresh, p)
        if used[here] + coming > room[here]:
            begin = start[here]
            to = top[here // slots]
            for e in range(used[here]):
                other[to + e] = other[begin + e]
                strength[to + e] = strength[begin + e]
                strength[begin + e] = np.inf
            start[here] = to
            room[here] = max(2 * room[here], used[here] + coming, 4)
            top[here // slots] = to + room[here]
        for t in range(p, end):
            if fresh[t]:
                at = start[here] + used[here]
                other[at] = whom[t]
                strength[at] = gain[t]
                used[here] += 1
        p = end


@kernel
def on_grid(gain: np.float32) -> np.float32:
    """A strength as ties hold it: a multiple of the unit; nothing stays nothing."""
    return max((gain + _ONE) - _ONE, UNIT) if gain > 0 else gain


@kernel
def twice(gain: np.float32) -> np.float32:
    """What two meetings add: ``g + g (1 - g)``."""
    g = on_grid(gain)
    return ((g + g * (_ONE - g)) + _ONE) - _ONE


@kernel
def _seek(row: int, whom: int, start: Array, used: Array, other: Array) -> int:
    """Where in the pool the tie of a row to ``whom`` is, or -1."""
    first = start[row]
    for e in range(first, first + used[row]):
        if other[U(e)] == whom:
            return e
    return -1


@kernel
def fitted(used: int) -> int:
    """Room for so many ties: a quarter more, and two; nothing for none."""
    return used + used // 4 + 2 if used > 0 else 0


@kernel
def _tidy(
    replicate: int,
    slots: int,
    room: Array,
    top: Array,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
) -> bool:
    """Put the rows of one replicate side by side anew, if a quarter of its stretch or more comes free.

    A row that has room for one more still has it then, lest one end of a new tie take the other's.
    """
    size = other.size // top.size
    begin, need = replicate * size, 0
    for row in range(replicate * slots, (replicate + 1) * slots):
        need += fitted(used[row]) if used[row] > 0 else min(room[row], 2)
    if need > size - size // 4:
        return False
    names, weights = np.empty(need, np.int32), np.full(need, np.float32(np.inf))
    at = 0
    for row in range(replicate * slots, (replicate + 1) * slots):
        first = start[row]
        for e in range(used[row]):
            names[at + e], weights[at + e] = other[first + e], strength[first + e]
        start[row], room[row] = begin + at, fitted(used[row]) if used[row] > 0 else min(room[row], 2)
        at += room[row]
    strength[begin : top[replicate]] = np.inf
    other[begin : begin + need] = names
    strength[begin : begin + need] = weights
    top[replicate] = begin + need
    return True


@kernel
def _fits(
    row: int, slots: int, room: Array, top: Array, start: Array, used: Array, other: Array, strength: Array
) -> bool:
    """See that one more tie fits into a row; a full one moves to the free end. False if that is full."""
    if used[row] < room[row]:
        return True
    replicate = row // slots
    end, size = (replicate + 1) * (other.size // top.size), max(2 * room[row], 4)
    if top[replicate] + size > end:
        if not _tidy(replicate, slots, room, top, start, used, other, strength):
            return False
        if used[row] < room[row]:
            return True
        size = 4
        if top[replicate] + size > end:
            return False
    begin, to = start[row], top[replicate]
    for e in range(used[row]):
        other[to + e] = other[begin + e]
        strength[to + e] = strength[begin + e]
        strength[begin + e] = np.inf
    start[row], room[row], top[replicate] = to, size, to + size
    return True


@kernel
def bind(
    begin: int,
    replicate: Array,
    a: Array,
    b: Array,
    gain: Array,
    slots: int,
    new: Array,
    room: Array,
    top: Array,
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
) -> int:
    """Tie pairs one after another, ``w += gain (1 - w)``.

    A pair is sought in the shorter of the two rows. Returns the number of the pair for which the pool had no
    room, or of all.
    """
    for p in range(begin, replicate.size):
        if gain[p] > 0:
            g = on_grid(gain[p])
            first, second = replicate[p] * slots + a[p], replicate[p] * slots + b[p]
            one, two = a[p], b[p]
            if used[second] < used[first]:
                first, second, one, two = second, first, two, one
            here = _seek(first, two, start, used, other)
            if here >= 0:
                strength[here] = ((strength[here] + g * (_ONE - strength[here])) + _ONE) - _ONE
                strength[_seek(second, one, start, used, other)] = strength[here]
                continue
            for row in (first, second):
                if not _fits(row, slots, room, top, start, used, other, strength):
                    return p
            for row, whom in ((first, two), (second, one)):
                at = start[row] + used[row]
                other[at], strength[at] = whom, g
                used[row] += 1
            new[replicate[p]] += 1
    return replicate.size
