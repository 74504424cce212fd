"""Overload: more messages than one can read tire those who come, and tired people stay away.

    logit -= w F
    F <- F + s (came min(max(load / capacity - 1, 0), 3) - F)
    load = ((talk + tokens) (1 - shelter) + advert x adverts) (1 - order)

Jones, Ravid and Rafaeli (2004): overload ends participation; Ren and Kraut (2014): reading costs grow with
what must be read for what one came for. Check-in posts and packet grabs must be scrolled past, too; what
others say need not be seen where ``circles`` shelter from it. Nobody
reads a flood to its end, so strain has a ceiling. Sizes are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.logit import add_term, faded
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World

#: Most that a day can strain: four times what one reads without strain is as tiring as any more.
MOST = 3.0


@kernel
def _tire(came, talk, tokens, adverts, left, capacity, speed, fatigue):
    for r in range(came.shape[0]):
        load = (np.float64(talk[r].sum()) + tokens[r] + adverts[r]) * left[r]
        met = np.float32(min(max(load / np.float64(capacity[r]) - 1.0, 0.0), MOST))
        visited, f, s = came[r], fatigue[r], speed[r]
        for i in range(f.shape[0]):
            f[i] = faded(f[i] + s * ((met if visited[i] else np.float32(0)) - f[i]))


@kernel
def _tire_apart(came, shelter, talk, tokens, adverts, left, capacity, speed, fatigue):
    """The same where some need not see all."""
    one = np.float32(1)
    for r in range(came.shape[0]):
        for i in range(came.shape[1]):
            strain = np.float32(0)
            if came[r, i]:
                seen = (np.float64(talk[r].sum()) + tokens[r]) * np.float64(one - shelter[r, i])
                load = (seen + adverts[r]) * left[r]
                strain = np.float32(min(max(load / np.float64(capacity[r]) - 1.0, 0.0), MOST))
            fatigue[r, i] = faded(fatigue[r, i] + speed[r] * (strain - fatigue[r, i]))


@dataclass(frozen=True, kw_only=True)
class Overload(Mechanism):
    """Too much to read."""

    name: ClassVar[str] = "overload"
    hears: ClassVar[frozenset[str]] = frozenset({"noise", "order", "tokens"})

    weight: float = param(0.6, 0.0, 1.2, unit="logit", doc="fatigue on coming", tag="A", source="jones2004")
    capacity: float = positive(
        150.0, 60.0, 300.0, unit="messages/day", doc="what one reads without strain", tag="A"
    )
    speed: float = param(0.2, 0.1, 0.4, unit="1/day", doc="tiring and recovering", tag="A")
    advert: float = param(5.0, 0.0, 15.0, unit="messages", doc="strain of one advert", tag="A")

    def pull(self, world: "World") -> None:
        """Subtract fatigue."""
        add_term(world.pull, -world.params[self.name]["weight"], world.members.fatigue, np.float32(0))

    def overload(self, world: "World") -> None:
        """Tire those who came, rest the others."""
        p, m = world.params[self.name], world.members
        adverts = p["advert"] * world.given_to_all("noise")
        left = 1 - np.minimum(world.given_to_all("order"), 1)
        load = world.talk, world.summed("tokens"), adverts, left, p["capacity"], p["speed"], m.fatigue
        if world.shelter is None:
            _tire(world.came, *load)
        else:
            _tire_apart(world.came, world.shelter, *load)
