"""Numbering the pairs of members, so that sets of them can be drawn without listing them all."""

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel

U = np.uint64
Whole = NDArray[np.int64]


def unrank(before: Whole, rank: Whole) -> tuple[Whole, Whole]:
    """Of the pairs (earlier, later), numbered by the later: which the later is, and which of its ``before``.

    Args:
        before: How many earlier members each may be paired with, ``(size,)``.
        rank: Numbers of pairs, ascending, below ``before.sum()``.
    """
    ends = np.cumsum(before)
    late = np.searchsorted(ends, rank, side="right")
    return late, rank - (ends - before)[late]


def same_circle(circles: int, late: Whole, nth: Whole) -> tuple[Whole, Whole]:
    """The nth earlier member of the same circle, and the later one."""
    return nth * circles + late % circles, late


def other_circle(circles: int, late: Whole, nth: Whole) -> tuple[Whole, Whole]:
    """The nth earlier member of another circle, and the later one: each round has one to pass over."""
    turn, seat = np.divmod(nth, max(circles - 1, 1))
    return turn * circles + seat + (seat >= late % circles), late


def sample(before: Whole, mean: float, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Pairs each tied with one probability, such that members have ``mean`` ties, or all there are."""
    pairs = int(before.sum())
    count = int(rng.binomial(pairs, min(1.0, mean * len(before) / 2 / max(pairs, 1))))
    return unrank(before, distinct(rng, pairs, count))


def distinct(rng: np.random.Generator, population: int, count: int) -> Whole:
    """``count`` different numbers below ``population``, all sets equally likely; ascending."""
    if 2 * count > population:
        kept = np.ones(population, np.bool_)
        kept[distinct(rng, population, population - count)] = False
        return np.flatnonzero(kept)
    picked = np.empty(0, np.int64)
    while picked.size < count:
        more = np.concatenate((picked, rng.integers(population, size=count - picked.size)))
        more.sort()
        picked = more[np.append(True, more[1:] != more[:-1])]  # np.unique takes a hundred times as long
    return picked


def firsts(key: Whole) -> NDArray[np.bool_]:
    """Which keys are the first of their value."""
    order = np.argsort(key, kind="stable")
    first = np.empty(key.size, np.bool_)
    first[order] = np.append(True, key[order][1:] != key[order][:-1])
    return first


def contains(among: Whole, key: Whole) -> NDArray[np.bool_]:
    """Which keys are in a sorted array."""
    at = np.searchsorted(among, key)
    found: NDArray[np.bool_] = np.append(among, -1)[at] == key
    return found


@kernel
def attach(m: int, words: NDArray[np.uint64], a: NDArray[np.int32], b: NDArray[np.int32]) -> None:
    """Let each later member draw ``m`` ends of the ties made so far; each is as many of them as it has ties.

    ``words`` are 64 random bits for each tie to be made. Where a member is drawn twice, the second draw is
    repeated with the same bits put through SplitMix64.
    """
    for made in range(m, a.size, m):
        for t in range(made, made + m):
            word = words[t - m]
            while True:
                end = int(np.float64(word >> U(11)) * 2.0**-53 * (2 * made))
                one = a[end >> 1] if end & 1 else b[end >> 1]
                new = True
                for before in range(made, t):
                    new &= a[before] != one
                if new:
                    break
                word += U(0x9E3779B97F4A7C15)
                word = (word ^ (word >> U(30))) * U(0xBF58476D1CE4E5B9)
                word = (word ^ (word >> U(27))) * U(0x94D049BB133111EB)
                word ^= word >> U(31)
            a[t] = one
            b[t] = made // m + m
