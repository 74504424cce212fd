"""Loops over ties: sums over neighbours, bonding, fading, coreness.

All take the plain arrays of :class:`simulator.ties.Ties`: ``start`` and ``used`` of shape ``(R, N)`` and the
pool ``other``, ``strength``. Row (r, i) is ``start[r, i] .. start[r, i] + used[r, i]`` of the pool. Strengths
are multiples of 2^-23 in (0, 1]; ``(w + 1) - 1`` in float32 rounds to the nearest such multiple, so every
rule ends with it. Both copies of a tie go through the same arithmetic and stay bit-equal. Unsigned indices
spare the check for negative ones, which costs a fifth of the time.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel
from simulator.rows import anybody
from simulator.ties_rows import UNIT

Array = NDArray[Any]

U = np.uint64
_ONE = np.float32(1)
_NIL = np.float32(0)
#: Fades everything, yet infinity times this is infinity, which infinity times 0 is not.
_TRACE = np.float32(1e-30)
#: Entries of the pool that :func:`fade` looks at in one go.
_BLOCK = 512


@kernel
def push(start: Array, used: Array, other: Array, strength: Array, active: Array, out: Array) -> None:
    """Sum of strengths to active neighbours.

    The sum is exact (a float64 holds sums to 2^30 in units of 2^-23) and rounded once, to float32, so the
    order of neighbours cannot matter. Only active members cost anything to speak of.
    """
    R, N = active.shape
    total = np.zeros(N, np.float64)
    for r in range(R):
        for i in range(N):
            total[i] = 0
        for i in range(N):
            if active[r, i]:
                first = start[r, i]
                for e in range(first, first + used[r, i]):
                    total[U(other[U(e)])] += strength[U(e)]
        for i in range(N):
            out[r, i] = total[i]


@kernel
def weigh(start: Array, used: Array, other: Array, strength: Array, x: Array, out: Array) -> bool:
    """Sum of strength times ``x`` over neighbours; False if an ``x`` of someone with ties is not finite.

    Products are counted in units of a power of two so small that the longest sum of the largest ``x`` of this
    replicate fills 62 bits of an int64: additions are then exact and their order cannot matter.
    """
    R, N = x.shape
    total = np.zeros(N, np.int64)
    for r in range(R):
        largest = 0.0
        degree = 0
        for i in range(N):
            total[i] = 0
            if used[r, i] > 0:
                size = abs(np.float64(x[r, i]))
                if not size < np.inf:
                    return False
                largest = max(largest, size)
                degree = max(degree, used[r, i])
        scale = math.ldexp(1.0, 62 - math.frexp(largest)[1] - math.frexp(np.float64(degree))[1])
        for i in range(N):
            if x[r, i] != 0:
                scaled = np.float64(x[r, i]) * scale
                first = start[r, i]
                for e in range(first, first + used[r, i]):
                    total[U(other[U(e)])] += np.int64(np.rint(strength[U(e)] * scaled))
        for i in range(N):
            out[r, i] = total[i] / scale
    return True


@kernel
def strengthen(start: Array, used: Array, other: Array, strength: Array, active: Array, gain: Array) -> None:
    """``w += gain (1 - w)`` for ties with both ends active; without a branch, which would be mispredicted."""
    R, N = active.shape
    for r in range(R):
        here = active[r]
        step = gain[r]
        for i in range(N):
            if here[i]:
                first = start[r, i]
                for e in range(first, first + used[r, i]):
                    w = strength[U(e)]
                    g = step if here[U(other[U(e)])] else _NIL
                    strength[U(e)] = ((w + g * (_ONE - w)) + _ONE) - _ONE


@kernel
def _sweep(first: int, used: int, least: np.float32, other: Array, strength: Array) -> int:
    """Close the ranks of a row: entries below ``least`` go, infinity follows; returns how many stay."""
    to = first
    for e in range(first, first + used):
        if strength[e] >= least:
            strength[to] = strength[e]
            other[to] = other[e]
            to += 1
    for e in range(to, first + used):
        strength[e] = np.inf
    return to - first


@kernel
def fade(
    start: Array,
    used: Array,
    other: Array,
    strength: Array,
    top: Array,
    factor: Array,
    floor: Array,
    dropped: Array,
) -> None:
    """``w *= factor``; ties that fall below ``floor``, or to nothing, go and are counted in ``dropped``.

    Goes straight through the pool, whatever the rows: entries without a tie are infinite and stay so. A weak
    tie is found from both ends, so the ends named by weak entries are the very rows that hold them.
    """
    R, N = used.shape
    size = other.size // max(R, 1)
    loose = np.zeros(N, np.bool_)
    for r in range(R):
        names = other[r * size : top[r]]
        w = strength[r * size : top[r]]
        least = max(floor[r], UNIT)
        kept = max(factor[r], _TRACE)
        lost = 0
        for block in range(0, w.size, _BLOCK):
            some = w[block : block + _BLOCK]
            weak = 0
            for e in range(some.size):
                some[e] = (some[e] * kept + _ONE) - _ONE
                weak += some[e] < least
            if weak:
                lost += weak
                for e in range(some.size):
                    if some[e] < least:
                        loose[names[block + e]] = True
        if lost:
            for i in range(N):
                if loose[i]:
                    loose[i] = False
                    used[r, i] = _sweep(start[r, i], used[r, i], least, other, strength)
        dropped[r] = lost // 2


@kernel
def thin(
    start: Array, used: Array, other: Array, strength: Array, who: Array, group: Array, factor: Array
) -> None:
    """``w *= factor``, once, for ties with an end in ``who`` whose ends share no group; one unit is kept."""
    R, N = who.shape
    for r in range(R):
        for i in range(N):
            first = start[r, i]
            for e in range(first, first + used[r, i]):
                k = U(other[U(e)])
                apart = group[r, i] < 0 or group[r, i] != group[r, k]
                if apart and (who[r, i] or who[r, k]):
                    strength[U(e)] = max((strength[U(e)] * factor[r] + _ONE) - _ONE, UNIT)


@kernel
def drop_members(
    start: Array, used: Array, other: Array, strength: Array, gone: Array, dropped: Array
) -> None:
    """Remove every tie of those gone, from their neighbours' rows too.

    A neighbour who loses a few ties is searched for each; one who loses many is gone through once: hubs are
    no danger.
    """
    R, N = gone.shape
    losses = np.zeros(N, np.int32)
    for r in range(R):
        lost, stayed = 0, 0
        for i in range(N if anybody(gone[r]) else 0):
            if gone[r, i]:
                lost += used[r, i]
                for e in range(start[r, i], start[r, i] + used[r, i]):
                    losses[other[e]] += 1
        for i in range(N if lost else 0):
            if gone[r, i]:
                for e in range(start[r, i], start[r, i] + used[r, i]):
                    k = other[e]
                    strength[e] = np.inf
                    few = losses[k] < 4
                    if losses[k] == 0 or gone[r, k]:
                        continue
                    stayed += 1 if few else losses[k]
                    first = start[r, k]
                    if few:
                        last = first + used[r, k] - 1
                        at = first
                        while other[U(at)] != i:
                            at += 1
                        other[at], strength[at] = other[last], strength[last]
                        strength[last] = np.inf
                        used[r, k] -= 1
                    else:
                        for at in range(first, first + used[r, k]):
                            if gone[r, other[at]]:
                                strength[at] = _NIL
                        used[r, k] = _sweep(first, used[r, k], UNIT, other, strength)
                        losses[k] = 0
        for i in range(N if lost else 0):
            if gone[r, i]:
                for e in range(start[r, i], start[r, i] + used[r, i]):
                    losses[other[e]] = 0
                used[r, i] = 0
        # Ties among those gone stood in two of the rows emptied, the others in one.
        dropped[r] = (lost - stayed) // 2 + stayed


@kernel
def core_numbers(start: Array, used: Array, other: Array, out: Array) -> None:
    """Coreness of each member: peel the lowest degree first, members kept sorted by degree in one array.

    Source: Batagelj and Zaversnik (2003), "An O(m) algorithm for cores decomposition of networks",
    arXiv:cs/0310049.
    """
    R, N = used.shape
    line = np.empty(N, np.int32)
    place = np.empty(N, np.int32)
    begin = np.empty(N + 1, np.int32)
    for r in range(R):
        degree = out[r]
        # begin[d] is where members of degree d begin in the line; counted first one place too high.
        begin[:] = 0
        for i in range(N):
            degree[i] = used[r, i]
            begin[degree[i] + 1] += 1
        for d in range(N):
            begin[d + 1] += begin[d]
        for i in range(N):
            place[i] = begin[degree[i]]
            line[place[i]] = i
            begin[degree[i]] += 1
        for d in range(N, 0, -1):
            begin[d] = begin[d - 1]
        begin[0] = 0
        for at in range(N):
            i = line[at]
            first = start[r, i]
            for e in range(first, first + used[r, i]):
                k = other[e]
                d = degree[k]
                if d > degree[i]:
                    # Swap k with the first of its degree; let that degree begin one later: k is one lower.
                    front = begin[d]
                    swapped = line[front]
                    line[place[k]] = swapped
                    place[swapped] = place[k]
                    line[front] = k
                    place[k] = front
                    begin[d] += 1
                    degree[k] -= 1
