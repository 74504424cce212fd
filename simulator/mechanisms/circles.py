"""Circles: in a small circle one talks with few, reads little else, and gets to know them.

    talk x ((1 + circle) / (1 + crowd))^(e - few);    load seen x (1 - close (1 - circle's share of talk))
    circle mates who both spoke:    w <- w + bond (1 - w), with at most two of them a day, new ties too

circle and crowd are yesterday's visitors of one's circle and of all, e the ``audience`` of ``conversation``:
before few people one talks less (Zhang and Zhu 2011). But people contribute more, too, who think that they
count, and that the group is small (Kraut and Resnick 2012 claim; no size is known): ``few`` is as large as e,
so that nothing says which of the two wins. Mates are drawn by luck: the speakers of a circle stand in a row,
and neighbours meet. Where several tactics make circles, the last by label counts. Members of no circle see
everything and talk before all. Sizes are assumptions that reach nought; whether circles hold a group together
comes of ties, load and talk, and is not said here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.philox import U, words
from simulator.rows import rank_by_id

if TYPE_CHECKING:
    from simulator.world import World

_ROW = key("circles", "row")
Table = NDArray[np.int64]


@kernel
def _number(circle, there, tactic, tactics, table):
    """Write into ``table`` the seats of one tactic's circles, by numbers that no other tactic has."""
    for r in range(table.shape[0]):
        for i in range(table.shape[1]):
            if there[r, i] and circle[r, i] >= 0:
                table[r, i] = np.int64(circle[r, i]) * tactics + tactic


@kernel
def _within(table, x):
    """Sum of ``x``, whole numbers, over each circle, ``(R, circles)``; the table is numbered from 0."""
    top = np.int64(0)
    for r in range(table.shape[0]):
        for i in range(table.shape[1]):
            top = max(top, table[r, i])
    total = np.zeros((table.shape[0], top + 1), np.int64)
    for r in range(table.shape[0]):
        for i in range(table.shape[1]):
            if table[r, i] >= 0:
                total[r, table[r, i]] += x[r, i]
    return total


@kernel
def _spread(table, each, out):
    """Add to everybody in a circle what is said of it, ``(R, circles)``."""
    for r in range(table.shape[0]):
        for i in range(table.shape[1]):
            if table[r, i] >= 0:
                out[r, i] += each[r, table[r, i]]


@kernel
def _mates(table, posts, here, visitors, ids, day, replicates, seed, decision):
    """Row and both slots of neighbours, where the speakers of each circle stand in a row by luck."""
    order, luck = np.empty(table.shape[1], np.int64), np.empty(table.shape[1], np.uint64)
    most = visitors.sum()
    rows, one, other = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    found = 0
    for r in range(table.shape[0]):
        n, j = 0, 0
        for k in range(visitors[r]):
            i = here[r, k]
            if posts[r, i] > 0 and table[r, i] >= 0:
                a, b, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                luck[i] = U(a) << U(32) | U(b)
                order[n] = i
                n += 1
        rank_by_id(table[r], order[:n])
        while j < n:
            k = j
            while k < n and table[r, order[k]] == table[r, order[j]]:
                k += 1
            rank_by_id(luck, order[j:k])
            for at in range(j + 1, k):
                rows[found], one[found], other[found] = r, order[at - 1], order[at]
                found += 1
            j = k
    return rows[:found], one[:found], other[:found]


@dataclass(frozen=True, kw_only=True)
class Circles(Mechanism):
    """Small circles within the group."""

    name: ClassVar[str] = "circles"
    hears: ClassVar[frozenset[str]] = frozenset({"circles"})

    close: float = param(0.7, 0.0, 1.0, doc="share of other circles' talk that is not seen", tag="A")
    few: float = param(
        0.3, 0.0, 0.6, doc="exponent of counting for more among few", tag="A", source="kraut2012"
    )
    bond: float = param(0.03, 0.0, 0.08, doc="strengthening by talk within the circle", tag="A")

    def pull(self, world: "World") -> None:
        """Talk before the circle instead of before all."""
        world.circles = table = _tables(world)
        if table is not None:
            p = world.params
            share = (1 + _within(table, world.came)) / (1 + world.came.sum(axis=1))[:, None]
            power = (p["conversation"]["audience"] - p[self.name]["few"])[:, None]
            _spread(table, (power * np.log(share)).astype(np.float32), world.eager)
            world.stirred = True

    def habit(self, world: "World") -> None:
        """Note what need not be read, and let those meet who talked."""
        table = world.circles
        if table is not None:
            p = world.params[self.name]
            others = 1 - _within(table, world.posts) / np.maximum(world.talk.sum(axis=1), 1)[:, None]
            world.shelter = np.zeros(world.shape, np.float32)
            _spread(table, (p["close"][:, None] * others).astype(np.float32), world.shelter)
            today = world.posts, world.here, world.visitors, world.members.id, world.day
            rows, a, b = _mates(table, *today, world.replicates, U(world.seed), U(_ROW))
            world.new_ties = world.new_ties + world.ties.bind(rows, a, b, p["bond"][rows])


def _tables(world: "World") -> Table | None:
    """The number of everybody's circle, which no other has, ``(R, N)``; -1 for none. None for no circles."""
    table: Table | None = None
    today = world.shown("circles")
    for n, (shown, circles) in enumerate(today):
        circle = np.broadcast_to(np.asarray(circles, np.int64), world.shape)
        if circle.max(initial=0) >= 4 * world.shape[1]:  # any numbers will do, but we count by them
            circle = np.where(circle >= 0, np.unique(circle, return_inverse=True)[1], -1)
        table = np.full(world.shape, -1, np.int64) if table is None else table
        there = shown.whom & world.members.present
        _number(np.ascontiguousarray(circle), there, n, len(today), table)
    return table
