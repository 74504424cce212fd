"""Referral: who was brought by a member is less likely to go while that member is there and has not muted.

    hazard of muting and of leaving  x  risk    while the inviter is there, unmuted;   x 1 when they are not

Van den Bulte et al. (2018): referred customers churn less, but only while their referrer stays. The size,
some 18% less, is as it is remembered of bank customers. That a referrer who has muted holds nobody is an
assumption.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import positive
from simulator.mechanism import Mechanism
from simulator.members import Column
from simulator.philox import U

if TYPE_CHECKING:
    from simulator.world import World

#: What the column ``host`` says of somebody whose inviter has left, for good.
_GONE = -2


@kernel
def _seat(ids, present, person):
    """The slot a person sits in."""
    for i in range(ids.shape[0]):
        if ids[i] == person and present[i]:
            return i
    return _GONE


@kernel
def _hold(ids, present, muted, inviter, host, relief, hazard):
    """Ease the risk of those whose inviter is about; ``host`` says where they sat last."""
    brought = np.empty(ids.shape[1], np.uint32)
    for r in range(ids.shape[0]):
        mine, last = inviter[r], host[r]
        n = 0
        for i in range(mine.shape[0]):
            brought[U(n)] = i
            n += (mine[i] != U(0)) & (last[i] != _GONE)
        for k in range(n):
            i = brought[k]
            person, at = inviter[r, i] - U(1), np.int64(host[r, i])
            if at < 0 or ids[r, at] != person or not present[r, at]:
                at = _seat(ids[r], present[r], person)
                host[r, i] = at
            if at >= 0 and not muted[r, at]:
                hazard[r, i] += relief[r]


@dataclass(frozen=True, kw_only=True)
class Referral(Mechanism):
    """The hold of whoever brought one."""

    name: ClassVar[str] = "referral"
    columns: ClassVar[dict[str, Column]] = {
        "host": Column(np.int32, -1, "slot their inviter was last seen in; -2: the inviter has left")
    }

    risk: float = positive(
        0.82, 0.7, 1.0, doc="risk of going while the inviter stays", tag="M+", source="vandenbulte2018"
    )

    def bonding(self, world: "World") -> None:
        """Ease today's risk of those whose inviter is about."""
        m = world.members
        relief = np.log(world.params[self.name]["risk"])
        _hold(m.id, m.present, m.muted, m.inviter, m.host, relief, world.hazard)
