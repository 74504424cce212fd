"""Status: a badge spurs those who are already active, and tells the others that they are not.

    P <- P exp(-1 / fade),   then   P <- P + (1 - exp(-badges)) (1 - P)
    talk x exp(w P max(z, 0));    Z x exp(v P max(-z, 0));    z = (S - mean S) / (S + mean S)

S is somebody's running share of days with a message, its mean that of the group, Z multiplies the risk of
going. Restivo and van de Rijt (2012): badges raised the output of the most active by 60%. Restivo and van de
Rijt (2014): they did nothing for the less active, and fewer of those stayed. Sixty per cent is the upper end
here, and both sizes reach nought. That it hangs on z, without a jump, and fades over weeks are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World

#: The group's mean is taken in whole units of 2^-20, as ``day.total`` does.
_UNIT = float(2**20)


@kernel
def _compare(speaking, present, fame, weight, side, out):
    """Add weight x fame x how far somebody speaks above (``side`` 1) or below (-1) the mean of the group."""
    nil, sign = np.float32(0), np.float32(side)
    for r in range(out.shape[0]):
        total, members = 0, 0
        for i in range(out.shape[1]):
            total += np.int64(np.rint(np.float64(speaking[r, i]) * _UNIT)) if present[r, i] else 0
            members += present[r, i]
        usual = np.float32(max(total / _UNIT / max(members, 1), 1e-6))
        row, says, known, w = out[r], speaking[r], fame[r], weight[r]
        for i in range(row.shape[0]):
            z = (says[i] - usual) / (says[i] + usual)
            row[i] += w * known[i] * max(sign * z, nil)


@dataclass(frozen=True, kw_only=True)
class Status(Mechanism):
    """Badges, levels and ranks."""

    name: ClassVar[str] = "status"
    hears: ClassVar[frozenset[str]] = frozenset({"badges"})
    columns: ClassVar[dict[str, Column]] = {"fame": Column(np.float32, 0, "0..1, was given a badge lately")}

    talk: float = param(
        0.25,
        0.0,
        0.47,
        unit="log",
        doc="a badge on the talk of the most active",
        tag="A",
        source="restivo2012",
    )
    slight: float = param(
        0.15, 0.0, 0.5, unit="log", doc="a badge on the least active's risk of going", tag="A",
        source="restivo2014",
    )  # fmt: skip
    fade: float = positive(21.0, 7.0, 60.0, unit="days", doc="fading of a badge", tag="A")

    def pull(self, world: "World") -> None:
        """Spur the active."""
        if "badges" in world.spoken:
            m = world.members
            _compare(m.speaking, m.present, m.fame, world.params[self.name]["talk"], 1, world.eager)
            world.stirred = True

    def habit(self, world: "World") -> None:
        """Remember badges, forget old ones, slight the less active."""
        if "badges" in world.spoken:
            p, m, badges = world.params[self.name], world.members, world.given("badges")
            m.fame[:] *= np.exp(-1 / p["fade"])[:, None]
            if badges is not None:
                at = np.nonzero(badges)
                m.fame[at] += (1 - np.exp(-badges[at])) * (1 - m.fame[at])
            _compare(m.speaking, m.present, m.fame, p["slight"], -1, world.hazard)
