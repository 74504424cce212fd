"""Owner's energy: work uses it up, help and rest bring it back. No lifetime is typed in.

    E <- E + r (1 - E) - a hours + b help (1 - E);    hours = own messages x minutes/60 + hours the tactics took
    owner's logit += 2 (E - 1);  the owner's talk is multiplied by E;   help = share of messages written by KOLs

Practitioners say two years is long for an owner; whether and when one burns out comes from the work here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.members import Role

if TYPE_CHECKING:
    from simulator.world import World

_OWNER = int(Role.OWNER)


@kernel
def _slow(pull, role, shift):
    for r in range(pull.shape[0]):
        for i in range(pull.shape[1]):
            if role[r, i] == _OWNER:
                pull[r, i] += shift[r]


@kernel
def _hands(role, present, out):
    for r in range(role.shape[0]):
        n = 0
        for i in range(role.shape[1]):
            n += present[r, i] & (role[r, i] == _OWNER)
        out[r] = n


@dataclass(frozen=True, kw_only=True)
class OwnerEnergy(Mechanism):
    """How much of the owner is left."""

    name: ClassVar[str] = "owner_energy"
    hears: ClassVar[frozenset[str]] = frozenset({"hours"})

    rest: float = param(0.03, 0.01, 0.06, unit="1/day", doc="recovery", tag="A")
    toll: float = param(0.02, 0.005, 0.05, unit="1/hour", doc="energy an hour of work takes", tag="A")
    help: float = param(0.02, 0.0, 0.05, unit="1/day", doc="relief when KOLs carry the talk", tag="A")
    minutes: float = param(2.0, 1.0, 4.0, unit="minutes", doc="work behind one message of the owner", tag="A")

    def pull(self, world: "World") -> None:
        """A tired owner comes less."""
        _slow(world.pull, world.members.role, 2 * (world.energy - 1))

    def owner(self, world: "World") -> None:
        """Spend and recover energy; several owners share the work."""
        p, m = world.params[self.name], world.members
        talk = world.talk
        hands = np.zeros(world.shape[0], np.int64)
        _hands(m.role, m.present, hands)
        hours = talk[:, Role.OWNER] * p["minutes"] / 60 + world.given_to_all("hours")
        relief = talk[:, Role.KOL] / np.maximum(talk.sum(axis=1), 1)
        e = world.energy.astype(np.float64)
        e += p["rest"] * (1 - e) - p["toll"] * hours / np.maximum(hands, 1) + p["help"] * relief * (1 - e)
        world.energy[:] = np.clip(e, 0, 1)
