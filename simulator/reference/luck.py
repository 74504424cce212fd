"""Luck: what a person draws for a decision, and what is done where a decision is too close to call.

The numbers are the fast engine's (:mod:`simulator.philox`), asked for one at a time. The fast engine counts
in float32, this one in Python's floats, so now and then a draw falls between the two answers. Only there,
within :data:`CLOSE` of the boundary, may an umpire say that the fast engine decided the other way.
"""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from simulator.jit import kernel
from simulator.philox import cell, negative_binomial, poisson, unit, words

#: How near to its boundary a decision must lie for the umpire to be asked.
CLOSE = 1e-5
#: Day, person and what is decided: whether the other engine decided it the other way.
Umpire = Callable[[int, int, Hashable], bool]


@kernel
def _draw(person, day, nth, replicate, seed, decision):  # type: ignore[no-untyped-def]  # numba's types
    """The four lanes of a decision as numbers in (0, 1) of 32 bits."""
    a, b, c, d = words(person, day, nth, replicate, seed, decision)
    return unit(a), unit(b), unit(c), unit(d)


class Luck:
    """The draws of one community.

    Args:
        seed: The experiment's seed.
        replicate: The community's global number.
        umpire: Asked about close calls; None decides them here.

    Attributes:
        day: The day that draws are for.
        seed: The seed of this day's draws.
        decisions: Decisions taken, counted only under an umpire.
    """

    def __init__(self, seed: int, replicate: int, umpire: Umpire | None = None) -> None:
        self.seed, self._replicate, self._umpire = seed, replicate, umpire
        self.day, self.decisions = 0, 0

    def uniforms(self, person: np.uint64, decision: int, nth: int = 0) -> tuple[float, float, float, float]:
        """Four numbers in (0, 1) of 32 bits for the nth time that a person decides this today."""
        four: tuple[float, float, float, float] = _draw(
            person, self.day, nth, self._replicate, self.seed, decision
        )
        return four

    def uniform(self, person: np.uint64, decision: int) -> float:
        """A number in (0, 1) of 32 bits for what a person decides today."""
        return float(_draw(person, self.day, 0, self._replicate, self.seed, decision)[0])

    def lasting(self, person: np.uint64, decision: int, nth: int = 0) -> tuple[float, float, float, float]:
        """As :meth:`uniforms`, for what is settled once."""
        four: tuple[float, float, float, float] = _draw(person, 0, nth, self._replicate, self.seed, decision)
        return four

    def coarse(self, person: np.uint64, decision: int, day: int = 0) -> float:
        """A number in (0, 1) of 24 bits; of day 0 for what is settled once."""
        return float(cell(words(person, day, 0, self._replicate, self.seed, decision)[0]))

    def decide(self, u: float, p: float, who: Any, what: Hashable) -> bool:
        """Whether ``u`` lies under ``p``: a decision taken with chance ``p``, or a threshold passed."""
        if self._umpire is None:
            return u < p
        self.decisions += 1
        return (u < p) != (abs(u - p) < CLOSE and self._umpire(self.day, int(who), what))

    def poisson(self, u: float, mean: float, who: Any, what: Hashable) -> int:
        """A Poisson count by inversion."""
        return self._count(lambda v: poisson(v, mean), u, who, what)

    def negative_binomial(self, u: float, mean: float, shape: float, who: Any, what: Hashable) -> int:
        """A negative-binomial count by inversion: variance is mean + mean^2 / shape."""
        return self._count(lambda v: negative_binomial(v, mean, shape), u, who, what)

    def _count(self, quantile: Callable[[float], int], u: float, who: Any, what: Hashable) -> int:
        count = quantile(u)
        if self._umpire is None:
            return count
        self.decisions += 1
        fewer, more = quantile(max(u - CLOSE, 0.0)), quantile(min(u + CLOSE, 1.0 - 2.0**-33))
        if fewer == more or not self._umpire(self.day, int(who), what):
            return count
        return fewer if fewer != count else more
