"""Owner's energy: work uses it up, help and rest bring it back. No lifetime is typed in.

    E <- E + r (1 - E) - a hours + b help (1 - E)
    hours = own messages x minutes/60 + hours the tactics took;    help = share of messages written by KOLs
    owner's logit += 2 (E - 1);    the owner's talk is multiplied by E

Practitioners say two years is long for an owner; whether and when one burns out comes from the work here.
Sizes are assumptions.
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

_OWNER, _KOL = int(Role.OWNER), int(Role.KOL)


@kernel
def _slow(pull, role, shift):
    for r in range(pull.shape[0]):
        row, roles, tired = pull[r], role[r], shift[r]
        for i in range(row.shape[0]):
            row[i] += tired if roles[i] == _OWNER else np.float32(0)


@kernel
def _spend(role, present, talk, work, rest, toll, relief, minutes, energy):
    """Spend and recover energy; several owners share the work."""
    for r in range(role.shape[0]):
        hands, total = 0, 0
        for i in range(role.shape[1]):
            hands += present[r, i] & (role[r, i] == _OWNER)
        for k in range(talk.shape[1]):
            total += talk[r, k]
        hours = talk[r, _OWNER] * np.float64(minutes[r]) / 60 + work[r]
        help = talk[r, _KOL] / max(total, 1)
        e = np.float64(energy[r])
        e += rest[r] * (1 - e) - toll[r] * hours / max(hands, 1) + relief[r] * help * (1 - e)
        energy[r] = min(max(e, 0.0), 1.0)


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
        _spend(
            m.role, m.present, world.talk, world.given_to_all("hours"), p["rest"], p["toll"], p["help"],
            p["minutes"], world.energy,
        )  # fmt: skip
