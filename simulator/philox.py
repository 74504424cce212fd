"""Philox4x32-10: a random number that is a function of its key, not of a queue.

Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11. The
published known answers are pinned in ``tests/simulator/test_draws.py``.

The counter is (person low, person high, day + 65536 x nth modulo 2^32, replicate), the key (seed, decision):
days before day 0 are counted from the top, in two's complement. One call yields four 32-bit words, called
lanes: four sub-decisions of one decision of one person on one day.
"""

import numpy as np

from simulator.jit import inlined, kernel

U = np.uint64
_MASK = U(0xFFFFFFFF)
_MUL0, _MUL1 = U(0xD2511F53), U(0xCD9E8D57)
_WEYL0, _WEYL1 = U(0x9E3779B9), U(0xBB67AE85)
_TO_UNIT = 2.0**-32
#: Uniforms that authors see have 24 bits, at the middle of their cell: never 0 or 1 (nor in float64
#: arithmetic on them).
CELLS = 2.0**-24


@inlined
def _round(c0, c1, c2, c3, k0, k1):
    p0 = c0 * _MUL0
    p1 = c2 * _MUL1
    return ((p1 >> U(32)) ^ c1 ^ k0) & _MASK, p1 & _MASK, ((p0 >> U(32)) ^ c3 ^ k1) & _MASK, p0 & _MASK


@inlined
def _rounds(c0, c1, c2, c3, k0, k1):
    """Ten rounds written out: a loop here would keep the caller's loop over members from being vectorised."""
    a, b, c, d, k, m = U(c0), U(c1), U(c2), U(c3), U(k0), U(k1)
    a, b, c, d = _round(a, b, c, d, k, m)
    a, b, c, d = _round(a, b, c, d, (k + _WEYL0) & _MASK, (m + _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(2) * _WEYL0) & _MASK, (m + U(2) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(3) * _WEYL0) & _MASK, (m + U(3) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(4) * _WEYL0) & _MASK, (m + U(4) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(5) * _WEYL0) & _MASK, (m + U(5) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(6) * _WEYL0) & _MASK, (m + U(6) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(7) * _WEYL0) & _MASK, (m + U(7) * _WEYL1) & _MASK)
    a, b, c, d = _round(a, b, c, d, (k + U(8) * _WEYL0) & _MASK, (m + U(8) * _WEYL1) & _MASK)
    return _round(a, b, c, d, (k + U(9) * _WEYL0) & _MASK, (m + U(9) * _WEYL1) & _MASK)


@kernel
def philox(c0, c1, c2, c3, k0, k1):
    """Four words of 32 bits (held in uint64) for a counter of four words and a key of two."""
    return _rounds(c0, c1, c2, c3, k0, k1)


@kernel
def words(person, day, nth, replicate, seed, decision):
    """The four lanes of one decision of ``person`` on ``day``; ``nth`` numbers repeats within the day."""
    who = U(person)
    when = (U(day) + (U(nth) << U(16))) & _MASK
    return philox(who & _MASK, who >> U(32), when, U(replicate), U(seed), U(decision))


@kernel
def row_words(persons, day, replicate, seed, decision, lanes):
    """Lanes 0 to 2 of one decision for a whole row of persons, ``(3, n)`` or wider.

    Without a branch, so that it is vectorised: a third of the cost of asking one by one, even where half is
    thrown away.
    """
    first, second, third, when = lanes[0], lanes[1], lanes[2], U(day) & _MASK
    for i in range(persons.shape[0]):
        who = persons[i]
        a, b, c, _ = _rounds(who & _MASK, who >> U(32), when, U(replicate), seed, decision)
        first[i] = a
        second[i] = b
        third[i] = c


@kernel
def unit(word):
    """A float64 strictly between 0 and 1 from one lane: the middle of one of 2^32 equal cells."""
    return (np.float64(word) + 0.5) * _TO_UNIT


@kernel
def cell(word):
    """A float64 of 24 bits strictly between 0 and 1: what authors see."""
    return (np.float64(U(word) >> U(8)) + 0.5) * CELLS


@kernel
def poisson(u, mean):
    """The Poisson quantile of ``u`` by inversion; means above 700 count as 700 (exp underflows beyond)."""
    if mean <= 0.0 or u <= 1.0 - mean:  # P(0) is at least 1 - mean
        return 0
    mean = min(mean, 700.0)
    p = np.exp(-mean)
    total = p
    n = 0
    while u > total and n < 10_000:
        n += 1
        p *= mean / n
        total += p
    return n


@kernel
def negative_binomial(u, mean, shape):
    """The negative-binomial quantile of ``u`` by inversion: variance is mean + mean^2 / shape."""
    if mean <= 0.0 or u <= 1.0 - mean:  # P(0) is at least 1 - mean
        return 0
    ratio = mean / (shape + mean)
    p = np.exp(shape * np.log1p(-ratio))
    total = p
    n = 0
    while u > total and n < 10_000:
        p *= ratio * (shape + n) / (n + 1)
        n += 1
        total += p
        if p < 1e-17 and n > mean:
            break
    return n


@kernel
def pair(a, b):
    """One id for the unordered pair of persons ``a`` and ``b`` (SplitMix64 of the two, smaller first)."""
    low = min(U(a), U(b))
    high = max(U(a), U(b))
    z = low * U(0x9E3779B97F4A7C15) + high
    z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
    return z ^ (z >> U(31))
