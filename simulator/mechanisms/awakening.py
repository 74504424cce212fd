"""Awakening: some who muted the group look in again, more so if somebody cares.

    h = rate + care minutes / (minutes + 10)

Awakening (唤醒) is one of the four rates operators watch. Sizes are assumptions. Of those who lurk, 13% meant
to from the start (Nonnecke et al. 2004), so care cannot reach all: the share ``never`` of members, fixed by
the person, does not respond to it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.philox import U, row_words, unit, words
from simulator.rows import persons_of

if TYPE_CHECKING:
    from simulator.world import World

_DECISION, _NEVER = key("awakening", "look in"), key("awakening", "never")


@kernel
def _wake(ids, present, muted, cared, minutes, rate, care, never, day, replicates, seed, decision, fixed):
    slots = ids.shape[1]
    who, persons = np.empty(slots, np.uint32), np.empty(slots, np.uint64)
    lanes = np.empty((3, slots), np.uint32)
    draw = lanes[0]
    for r in range(ids.shape[0]):
        alone, asleep = np.float64(rate[r]), muted[r]
        n = persons_of(ids[r], asleep, who, persons)
        row_words(persons[:n], day, replicates[r], seed, decision, lanes)
        for k in range(n):
            if unit(draw[k]) < alone:
                asleep[who[k]] = False
        for k in range(n if cared else 0):
            i = who[k]
            attention = np.float64(minutes[r, i])
            if attention > 0 and present[r, i] and asleep[i]:
                a, _, _, _ = words(ids[r, i], 0, 0, replicates[r], seed, fixed)
                if unit(a) >= never[r] and unit(draw[k]) < alone + care[r] * attention / (attention + 10.0):
                    asleep[i] = False


@dataclass(frozen=True, kw_only=True)
class Awakening(Mechanism):
    """Coming back from muting."""

    name: ClassVar[str] = "awakening"
    hears: ClassVar[frozenset[str]] = frozenset({"care"})

    rate: float = param(0.002, 0.0, 0.006, unit="1/day", doc="looking in again by oneself", tag="A")
    care: float = param(
        0.1, 0.0, 0.3, unit="1/day", doc="looking in after long attention", tag="A", source="burke2009"
    )
    never: float = param(0.13, 0.1, 0.5, doc="share whom care never reaches", tag="S", source="nonnecke2004")

    def habit(self, world: "World") -> None:
        """Wake some of those who muted the group; they may come from tomorrow."""
        p, m = world.params[self.name], world.members
        minutes = world.given("care")
        _wake(
            m.id, m.present, m.muted, minutes is not None, world.nought if minutes is None else minutes,
            p["rate"], p["care"], p["never"], world.day, world.replicates,
            U(world.seed), U(_DECISION), U(_NEVER),
        )  # fmt: skip
