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
from numpy.typing import NDArray

from simulator.day import exact_sum
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World


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
            w = world.params[self.name]["talk"][:, None]
            world.eager += w * world.members.fame * np.maximum(_standing(world), 0)
            world.stirred = True

    def habit(self, world: "World") -> None:
        """Remember badges, forget old ones, slight the less active."""
        if "badges" in world.spoken:
            p, fame, badges = world.params[self.name], world.members.fame, world.given("badges")
            fame *= np.exp(-1 / p["fade"])[:, None]
            if badges is not None:
                fame += (1 - np.exp(-badges)) * (1 - fame)
            world.hazard += p["slight"][:, None] * fame * np.maximum(-_standing(world), 0)


def _standing(world: "World") -> NDArray[np.float32]:
    """How far somebody speaks above (to 1) or below (to -1) the mean of the group, ``(R, N)``."""
    m = world.members
    mean = exact_sum(m.speaking * m.present) / np.maximum(m.present.sum(axis=1), 1)
    usual = np.maximum(mean, 1e-6).astype(np.float32)[:, None]
    z: NDArray[np.float32] = (m.speaking - usual) / (m.speaking + usual)
    return z
