"""Bonding: talking together makes and strengthens ties, time fades them, meeting in person bonds those who met.

    both spoke today:            w <- w + talk (1 - w)
    a reply between strangers:   a new tie of strength first
    met in person:               w <- w + meet (1 - w), new ties too;  their ties to those not there: w <- others x w
    every week:                  w <- w exp(-7 / fade), and gone below 0.01

Sessions (2010) and Schwitter (2024): ties between attendees strengthen, weak ties to others dissolve; sizes not seen. Fading
over months: Dunbar's layers. Who answers whom is drawn by weight of talk; the draw belongs to who was answered.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.philox import U, unit, words

if TYPE_CHECKING:
    from simulator.world import World

_PARTNER = key("bonding", "partner")
_WEEK, _FLOOR = 7, 0.01


@kernel
def _partners(ids, posts, replied, day, replicates, seed, decision, rows, one, other):
    """For everyone replied to, who replied: a speaker by weight of messages. Speakers are ranked by id, not by slot."""
    slots = ids.shape[1]
    speakers = np.empty(slots, np.int64)
    found = 0
    for r in range(ids.shape[0]):
        n = 0
        for i in range(slots):
            if posts[r, i] > 0:
                speakers[n] = i
                n += 1
        if n < 2:
            continue
        ranked = speakers[:n][np.argsort(ids[r][speakers[:n]])]
        heap = np.empty(n, np.int64)
        total = 0
        for j in range(n):
            total += posts[r, ranked[j]]
            heap[j] = total
        for j in range(n):
            i = ranked[j]
            if replied[r, i]:
                a, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                k = np.searchsorted(heap, np.int64(unit(a) * total), side="right")
                if ranked[k] != i:
                    rows[found] = r
                    one[found] = i
                    other[found] = ranked[k]
                    found += 1
    return found


@kernel
def _tables(table, rows, one, other):
    """All pairs that sat at one table; with nowhere to write (empty arrays), only their number."""
    found = 0
    slots = table.shape[1]
    seated = np.empty(slots, np.int64)
    for r in range(table.shape[0]):
        n = 0
        for i in range(slots):
            if table[r, i] >= 0:
                seated[n] = i
                n += 1
        for j in range(n):
            for k in range(j + 1, n):
                if table[r, seated[j]] == table[r, seated[k]]:
                    if rows.size:
                        rows[found] = r
                        one[found] = seated[j]
                        other[found] = seated[k]
                    found += 1
    return found


@dataclass(frozen=True, kw_only=True)
class Bonding(Mechanism):
    """Ties made, strengthened and lost."""

    name: ClassVar[str] = "bonding"
    hears: ClassVar[frozenset[str]] = frozenset({"gatherings"})

    talk: float = param(0.01, 0.0, 0.03, doc="strengthening on a day both spoke", tag="A")
    first: float = param(0.05, 0.02, 0.15, doc="strength of a new tie", tag="A")
    meet: float = param(0.35, 0.1, 0.6, doc="strengthening by meeting in person", tag="A", source="sessions2010")
    others: float = param(0.9, 0.7, 1.0, doc="what is left of ties to those not there", tag="A", source="sessions2010")
    fade: float = positive(90.0, 30.0, 180.0, unit="days", doc="fading without contact", tag="A", source="dunbar-layers")

    def bonding(self, world: "World") -> None:
        """Update the ties from today's talk and meetings."""
        p, ties = world.params[self.name], world.ties
        ties.strengthen(world.posts > 0, p["talk"])
        new = self._talk(world)
        for tactic, award in world.awards:
            if award.gatherings is not None:
                there = world.whom(tactic) & world.members.present
                new = new + self._meet(world, np.where(there, award.gatherings, -1).astype(np.int32))
        world.new_ties = new
        if world.day % _WEEK == _WEEK - 1:
            ties.fade(np.exp(-_WEEK / p["fade"]), _FLOOR)

    def _talk(self, world: "World") -> np.ndarray:  # type: ignore[type-arg]
        most = int(world.replied.sum())
        rows, one, other = (np.empty(most, np.int64) for _ in range(3))
        m = world.members
        n = _partners(
            m.id, world.posts, world.replied, world.day, world.replicates, U(world.seed), U(_PARTNER), rows, one, other
        )
        return world.ties.add(rows[:n], one[:n], other[:n], world.params[self.name]["first"][rows[:n]])

    def _meet(self, world: "World", table: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        p = world.params[self.name]
        nowhere = np.empty(0, np.int64)
        n = _tables(table, nowhere, nowhere, nowhere)
        rows, one, other = (np.empty(n, np.int64) for _ in range(3))
        _tables(table, rows, one, other)
        new = world.ties.add(rows, one, other, p["meet"][rows])
        world.ties.thin(table >= 0, table, p["others"])
        return new
