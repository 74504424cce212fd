"""Small loops over one row of members, shared by kernels: who is marked, who comes first."""

import numpy as np

from simulator.jit import kernel


@kernel
def listed(marked, slots, count):
    """List the marked slots of each row in order, ``slots[r, :count[r]]``, without a branch to mispredict.

    What concerns visitors only, or only those who have not muted the group, goes through such a list: most
    members of most groups stay away on most days.
    """
    for r in range(marked.shape[0]):
        row, out = marked[r], slots[r]
        n = 0
        for i in range(row.shape[0]):
            out[np.uint64(n)] = i
            n += row[i]
        count[r] = n


@kernel
def listed_but(marked, but, slots, count):
    """As :func:`listed`, of those who are not marked in ``but`` as well."""
    for r in range(marked.shape[0]):
        row, apart, out = marked[r], but[r], slots[r]
        n = 0
        for i in range(row.shape[0]):
            out[np.uint64(n)] = i
            n += row[i] & (not apart[i])
        count[r] = n


@kernel
def persons_of(ids, marked, slots, persons):
    """List the marked slots of one row, and the ids of who sits there; returns how many they are."""
    n = 0
    for i in range(ids.shape[0]):
        slots[np.uint64(n)] = i
        n += marked[i]
    for k in range(n):
        persons[k] = ids[slots[k]]
    return n


@kernel
def anybody(marked):
    """Whether any slot of a row is marked; without a branch, so that it is vectorised."""
    n = 0
    for i in range(marked.shape[0]):
        n += marked[i]
    return n > 0


@kernel
def reach(present):
    """Slots of a row up to the last that is taken; newcomers take the lowest, so the rest is empty."""
    n = present.shape[0]
    while n > 0 and not present[n - 1]:
        n -= 1
    return n


@kernel
def rank_by_id(ids, who):
    """Sort slots in place by the id of who sits there (Shell's sort): slot numbers decide nothing."""
    n = who.shape[0]
    gap = 1
    while gap < n:
        gap = gap * 9 // 4 + 1
    while gap > 0:
        for j in range(gap, n):
            slot = who[j]
            k = j
            while k >= gap and ids[who[k - gap]] > ids[slot]:
                who[k] = who[k - gap]
                k -= gap
            who[k] = slot
        gap = gap * 4 // 9


@kernel
def smallest(x, k):
    """The k-th smallest of ``x``, from 0; moves ``x`` about (Hoare's quickselect)."""
    low, high = 0, x.shape[0] - 1
    while low < high:
        pivot = x[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while x[i] < pivot:
                i += 1
            while pivot < x[j]:
                j -= 1
            if i <= j:
                x[i], x[j] = x[j], x[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return x[k]
