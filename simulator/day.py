"""What a strategy may see of a day: the people, their ties, yesterday's numbers and its own luck."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools, Draws
from simulator.jit import kernel
from simulator.members import Members
from simulator.schedule import WEEKDAYS
from simulator.ties_watched import WatchedTies

if TYPE_CHECKING:
    from simulator.world import World

Array = NDArray[Any]
#: Sums over members are made in whole units of 2^-20, so that neither padding nor slot order can change them.
_UNIT = float(2**20)


@kernel
def _sum(x, out):
    for r in range(x.shape[0]):
        total = 0
        for i in range(x.shape[1]):
            total += np.int64(np.rint(np.float64(x[r, i]) * _UNIT))
        out[r] = total / _UNIT


@kernel
def _count(who, out):
    for r in range(who.shape[0]):
        total = 0
        for i in range(who.shape[1]):
            total += who[r, i]
        out[r] = total


@kernel
def _brought(present, joined, inviter, ids, day, out):
    """Count the newcomers of ``day`` whom each member brought, seeking their hosts by id."""
    for r in range(out.shape[0]):
        for i in range(out.shape[1]):
            if joined[r, i] == day and present[r, i] and inviter[r, i] > 0:
                for host in range(out.shape[1]):
                    if ids[r, host] == inviter[r, i] - np.uint64(1) and present[r, host]:
                        out[r, host] += 1


def exact_sum(x: Array) -> NDArray[np.float64]:
    """Row sums of ``(R, N)`` to 2^-20, the same to the bit whatever the order of members."""
    out = np.zeros(x.shape[0])
    _sum(x, out)
    return out


@dataclass(frozen=True)
class Day:
    """One day as a strategy sees it. Arrays are read-only; row r is one community.

    Attributes:
        index: The day, from 0.
        members: Columns of the members, ``(R, N)`` each.
        draws: Random numbers of this strategy today.
        yesterday: Yesterday's metrics by name, each ``(R,)``; empty on day 0, unless it warmed up.
    """

    index: int
    members: Members
    draws: Draws
    yesterday: Mapping[str, Array]
    _world: "World"

    @property
    def weekday(self) -> str:
        """``mon`` to ``sun``; day 0 is a Monday."""
        return WEEKDAYS[self.index % 7]

    @property
    def shape(self) -> tuple[int, int]:
        """(replicates, slots)."""
        return self.members.shape

    @property
    def ties(self) -> WatchedTies:
        """The ties, read-only; use ``ties.sum(x)`` for sums over somebody's neighbours."""
        return WatchedTies(self._world.ties)

    @property
    def posts(self) -> Array:
        """Conversation messages written today, ``(R, N)``; nought before members have come (in ``offer``)."""
        return self._world.today("posts")

    @property
    def asked(self) -> Bools:
        """Who asked a question today, ``(R, N)``; nobody in ``offer``."""
        return self._world.today("asked")

    @property
    def answered(self) -> Bools:
        """Whose question was answered today, ``(R, N)``; nobody in ``offer``."""
        return self._world.today("answered")

    def brought(self) -> NDArray[np.int64]:
        """How many of today's newcomers each member brought, ``(R, N)``."""
        m = self.members
        out = np.zeros(self.shape, np.int64)
        _brought(m.present, m.joined, m.inviter, m.id, self.index, out)
        return out

    def checks_in(self, among: Bools) -> Bools:
        """Who of the visitors in ``among`` also does the check-in. Coming is not yet checking in."""
        return self._world.uptake.checks_in(self._world, self.draws, among)

    def goes(self, among: Bools, decision: str = "goes") -> Bools:
        """Who of ``among`` would go to a meeting in person if there were a seat."""
        return self._world.uptake.goes(self._world, self.draws, among, decision)

    def pick(self, among: Bools, k: Any, decision: str, weight: Any = 1.0) -> Bools:
        """Choose ``k`` members of ``among``; see :meth:`Draws.pick`."""
        return self.draws.pick(among, k, decision, weight)

    @staticmethod
    def total(x: Array) -> NDArray[np.float64]:
        """Row sums ``(R,)`` that depend neither on padding nor on slot order."""
        return exact_sum(x)

    @staticmethod
    def count(who: Bools) -> NDArray[np.int64]:
        """Number of members in ``who``, ``(R,)``."""
        out = np.empty(len(who), np.int64)
        _count(who, out)
        return out
