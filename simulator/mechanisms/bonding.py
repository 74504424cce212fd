"""Bonding: talking makes and strengthens ties, time fades them, meeting in person bonds those who met.

    both spoke today:            w <- w + talk (1 - w)
    a reply between strangers:   a new tie of strength first
    met in person:               w <- w + meet (1 - w), new ties too
    their ties to others:        w <- others x w
    every week:                  w <- w exp(-7 / fade), and gone below 0.01
    met in person:               M <- 1;   every week M <- M exp(-7 / fade);   risk of going x stay^M

Sessions (2010) and Schwitter (2024): ties between attendees strengthen, weak ties to others dissolve, and
attendees' decline is slower; McCully et al. (2011) found that they contribute less. Sizes were not seen, so
``stay`` reaches past 1. Fading over months: Dunbar's layers. Who answers whom is drawn by weight of talk;
the draw belongs to who was answered.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column
from simulator.philox import U, unit, words
from simulator.rows import rank_by_id
from simulator.ties_rows import twice

if TYPE_CHECKING:
    from simulator.world import World

_PARTNER = key("bonding", "partner")
_WEEK, _FLOOR = 7, 0.01


@kernel
def _partners(ids, here, visitors, posts, replied, first, day, replicates, seed, decision):
    """For everyone replied to, who replied: a speaker by weight of messages, ranked by id, not by slot.

    Returns row, both slots and gain of each pair; two who replied to each other are one pair that met twice.
    """
    most = 0
    for r in range(here.shape[0]):
        for k in range(visitors[r]):
            most += replied[r, here[r, k]]
    rows, one, other = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    gain = np.empty(most, np.float32)
    speakers = np.empty(here.shape[1], np.int64)
    heap, partner = np.empty(here.shape[1], np.int64), np.empty(here.shape[1], np.int64)
    found = 0
    for r in range(here.shape[0]):
        n = 0
        for k in range(visitors[r]):
            speakers[n] = here[r, k]
            n += posts[r, here[r, k]] > 0
        if n < 2:
            continue
        rank_by_id(ids[r], speakers[:n])
        total = 0
        for j in range(n):
            total += posts[r, speakers[j]]
            heap[j] = total
        for j in range(n):
            i = speakers[j]
            partner[j] = j
            if replied[r, i]:
                a, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                at = np.int64(unit(a) * total)
                low, high = 0, n - 1
                while low < high:
                    middle = (low + high) >> 1
                    if heap[middle] <= at:
                        low = middle + 1
                    else:
                        high = middle
                partner[j] = low
        for j in range(n):
            k = partner[j]
            if k != j and not (partner[k] == j and k < j):
                rows[found], one[found], other[found] = r, speakers[j], speakers[k]
                gain[found] = twice(first[r]) if partner[k] == j else first[r]
                found += 1
    return rows[:found], one[:found], other[:found], gain[:found]


@kernel
def _tables(table):
    """Row and both slots of all pairs that sat at one table."""
    seated = np.empty(table.shape[1], np.int64)
    size = 0
    for filling in range(2):  # first count the pairs, then list them
        rows, one, other = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
        size = 0
        for r in range(table.shape[0]):
            n = 0
            for i in range(table.shape[1]):
                seated[n] = i
                n += table[r, i] >= 0
            rank_by_id(table[r], seated[:n])
            for j in range(n):
                k = j + 1
                while k < n and table[r, seated[k]] == table[r, seated[j]]:
                    if filling:
                        rows[size], one[size], other[size] = r, seated[j], seated[k]
                    size += 1
                    k += 1
    return rows, one, other


@dataclass(frozen=True, kw_only=True)
class Bonding(Mechanism):
    """Ties made, strengthened and lost."""

    name: ClassVar[str] = "bonding"
    hears: ClassVar[frozenset[str]] = frozenset({"gatherings"})
    columns: ClassVar[dict[str, Column]] = {
        "met": Column(np.float32, 0, "0..1, has met others in person lately")
    }

    talk: float = param(0.01, 0.0, 0.03, doc="strengthening on a day both spoke", tag="A")
    first: float = param(0.05, 0.02, 0.15, doc="strength of a new tie", tag="A")
    meet: float = param(
        0.35, 0.1, 0.6, doc="strengthening by meeting in person", tag="A", source="sessions2010"
    )
    others: float = param(
        0.9, 0.7, 1.0, doc="what is left of ties to those not there", tag="A", source="sessions2010"
    )
    stay: float = positive(
        0.8, 0.6, 1.1, doc="risk of going after meeting in person", tag="A", source="schwitter2024"
    )
    fade: float = positive(
        90.0, 30.0, 180.0, unit="days", doc="fading without contact", tag="A", source="dunbar-layers"
    )

    def bonding(self, world: "World") -> None:
        """Update the ties from today's talk and meetings."""
        p, ties = world.params[self.name], world.ties
        ties.strengthen(world.posts > 0, p["talk"])
        new = self._talk(world)
        for shown, tables in world.gives.get("gatherings", ()):
            there = shown.whom & world.members.present
            new = new + self._meet(world, np.where(there, tables, -1).astype(np.int32))
        world.new_ties = new
        met = world.members.met
        meetings = any("gatherings" in tactic.strategy.uses for tactic in world.tactics)
        if meetings:
            world.hazard += np.log(p["stay"])[:, None] * met
        if world.day % _WEEK == _WEEK - 1:
            kept = np.exp(-_WEEK / p["fade"])
            ties.fade(kept, _FLOOR)
            if meetings:
                met *= kept[:, None]

    def _talk(self, world: "World") -> np.ndarray:
        m, first = world.members, world.params[self.name]["first"]
        pairs = _partners(
            m.id, world.here, world.visitors, world.posts, world.replied, first, world.day, world.replicates,
            U(world.seed), U(_PARTNER),
        )  # fmt: skip
        return world.ties.bind(*pairs)

    def _meet(self, world: "World", table: np.ndarray) -> np.ndarray:
        p = world.params[self.name]
        rows, one, other = _tables(table)
        new = world.ties.bind(rows, one, other, p["meet"][rows])
        world.members.met[table >= 0] = 1
        world.ties.thin(table >= 0, table, p["others"])
        return new
