"""The toy rule as fast as we know how: active members push to their neighbours, one compiled loop a day.

It is the yardstick of a machine: 13 ns per member-day on the quiet core that our goals were set on. What
makes it fast: only the active touch their neighbours; a draw is compared with a table of logits instead of
calling exp; float32.
"""

import networkx as nx
import numpy as np
from numba import njit

from benchmarks import toy

f4, u4, u8 = np.float32, np.uint32, np.uint64
_CELLS = np.arange(65536) + 0.5
LOGIT = np.log(_CELLS / (65536 - _CELLS)).astype(f4)


@njit(inline="always")
def _hash(x):
    """32 well-mixed bits of a counter; good enough for a yardstick, not for the model."""
    mask = u8(0xFFFFFFFF)
    z = u8(x) & mask
    z = ((z ^ (z >> u8(16))) * u8(0x7FEB352D)) & mask
    z = ((z ^ (z >> u8(15))) * u8(0x846CA68B)) & mask
    return u4(z ^ (z >> u8(16)))


@njit(fastmath=True, cache=True, nogil=True)
def _day(
    start, other, scale, base, talk, m, h, fatigue, gone, here, active, pull, volume, key, day, came,
    messages, logit,
):  # fmt: skip
    for r in range(m.shape[0]):
        pull[:] = f4(0)
        for q in range(active[r]):
            j = here[r, q]
            for e in range(start[j], start[j + 1]):
                pull[other[e]] += f4(1)
        counter = u4(key[r]) + u4(day) * u4(0x9E3779B9)
        n, said = 0, 0
        for i in range(m.shape[1]):
            word = _hash(counter + u4(i) * u4(0x85EBCA6B))
            low = word & u4(65535)
            s = pull[i] * scale[i]
            x = base[i] + f4(2) * m[r, i] + f4(1.5) * h[r, i] + f4(2) * s - fatigue[r, i]
            comes = logit[word >> u4(16)] < x and not gone[r, i]
            c = f4(1) if comes else f4(0)
            mood = min(f4(1), max(f4(0), m[r, i] + f4(0.05) * s - f4(0.01) + f4(0.008) * c))
            m[r, i] = mood
            h[r, i] += f4(0.02) * (c - h[r, i])
            fatigue[r, i] += f4(0.1) * (volume[r] - fatigue[r, i])
            if mood < f4(0.1) and low < u4(3277):
                gone[r, i] = True
                comes = False
            if comes:
                here[r, n] = i
                n += 1
                said += int(talk[i] * mood + f4(low) * f4(1 / 65536))
        active[r], came[r], messages[r], volume[r] = n, n, said, said / f4(200)


def run(replicates, members, days, seed=0):
    """Simulate; returns visitors and messages, each ``(days, replicates)``."""
    matrix = nx.to_scipy_sparse_array(toy.graph(members), format="csr")
    start, other = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    scale = (1 / (3 + np.diff(start))).astype(f4)
    role = toy.roles(members)
    shape = (replicates, members)
    m, h, fatigue = np.full(shape, toy.START, f4), np.zeros(shape, f4), np.zeros(shape, f4)
    gone, here, active = np.zeros(shape, bool), np.zeros(shape, np.int32), np.zeros(replicates, np.int32)
    pull, volume = np.zeros(members, f4), np.zeros(replicates, f4)
    key = np.arange(replicates, dtype=u4) * u4(0x1234567) + u4(seed)
    came, messages = (np.zeros((days, replicates), np.int64) for _ in range(2))
    base, talk = np.array(toy.BASE, f4)[role], np.array(toy.TALK, f4)[role]
    for day in range(days):
        _day(
            start, other, scale, base, talk, m, h, fatigue, gone, here, active, pull, volume, key, day,
            came[day], messages[day], LOGIT,
        )  # fmt: skip
    return came, messages
