"""Interest: intrinsic interest follows the worth of what is found, is crowded out by pay and fed by praise.

    dI = -k q I + r (I0 (1 - f + f min(V / V0, 1.5)) - I) + g praise (1 - I)

V is the value of recent content: a group with nothing to read loses its readers, a good one keeps them (feed
f).

q (the member's ``pay``, 0..1) is how far coming has come to mean being paid. Deci, Koestner and Ryan (1999):
free-choice d = -0.40 for engagement-contingent pay, +0.33 for positive feedback; contested (Cameron et al.
2001), so k reaches 0. The largest shift of the attendance logit is about 0.65, which is what d = -0.36 comes
to; the daily pace, and the worth of a mention, are assumptions. Once the group's purpose is served (see
``purpose``) there is nothing to return to: I0 is nought and r larger by 1/14 a day.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.mechanisms.content import V0

if TYPE_CHECKING:
    from simulator.world import World

_V0, _MOST, _OVER = np.float32(V0), np.float32(1.5), np.float32(1 / 14)


@kernel
def _move(present, pay, praise, usual, day, ends, value, recovery, feed, crowding, gain, interest):
    nil, one = np.float32(0), np.float32(1)
    for r in range(interest.shape[0]):
        k, g, back, own = crowding[r], gain[r], recovery[r], usual
        if day >= ends[r]:
            back, own = back + _OVER, nil
        own *= one - feed[r] * (one - min(value[r] / _V0, _MOST))
        here, q, said, row = present[r], pay[r], praise[r], interest[r]
        for i in range(row.shape[0]):
            change = back * (own - row[i]) - k * q[i] * row[i] + g * said[i] * (one - row[i])
            row[i] = min(max(row[i] + (change if here[i] else nil), nil), one)


@dataclass(frozen=True, kw_only=True)
class Interest(Mechanism):
    """Interest in the subject for its own sake."""

    name: ClassVar[str] = "interest"
    hears: ClassVar[frozenset[str]] = frozenset({"praise"})

    crowding: float = param(0.02, 0.0, 0.06, unit="1/day", doc="loss at full pay", tag="D", source="deci1999")
    recovery: float = param(0.03, 0.01, 0.06, unit="1/day", doc="return to one's own level", tag="A")
    feed: float = param(0.6, 0.2, 1.0, doc="share of interest that hangs on content", tag="A")
    praise: float = param(
        0.05, 0.0, 0.12, unit="1/mention", doc="gain by a mention", tag="A", source="deci1999"
    )

    def interest(self, world: "World") -> None:
        """Move interest."""
        p, m = world.params[self.name], world.members
        praise = world.given("praise")
        _move(
            m.present, m.pay, world.nought if praise is None else praise,
            np.float32(world.community.interest), world.day, world.ends, world.value,
            p["recovery"], p["feed"], p["crowding"], p["praise"], m.interest,
        )  # fmt: skip
