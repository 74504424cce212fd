"""Uptake: of those who are addressed, who takes part. Coming is not yet checking in.

    P(check in | came) = logistic(check + 3 (discipline - 0.4))
    P(go | asked)      = go x (0.5 + belonging)

Field trials find that few of those offered a task take it up (Rodrigues et al. 2022 on fading use; deposits:
Halpern et al. 2015); the sizes here are assumptions. With this mechanism off nobody takes part in anything.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools, Draws
from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _firm(among, discipline, level, chance):
    for r in range(among.shape[0]):
        for i in range(among.shape[1]):
            if among[r, i]:
                x = np.float64(level[r]) + 3.0 * (np.float64(discipline[r, i]) - 0.4)
                chance[r, i] = 1.0 / (1.0 + np.exp(-x))


@dataclass(frozen=True, kw_only=True)
class Uptake(Mechanism):
    """Taking part in what is asked."""

    name: ClassVar[str] = "uptake"

    check: float = param(
        0.5, -0.5, 1.5, unit="logit", doc="a visitor of average discipline checks in", tag="A"
    )
    go: float = param(0.2, 0.05, 0.5, doc="a member asked would go to a meetup", tag="A")

    def chance(self, world: "World", among: Bools) -> NDArray[np.float64]:
        """P(check in | came) of each of ``among``, ``(R, N)``; of others it means nothing."""
        chance = np.empty(world.shape)
        _firm(among, world.members.discipline, world.params[self.name]["check"], chance)
        return chance

    def checks_in(self, world: "World", draws: Draws, among: Bools) -> Bools:
        """Who of the visitors ``among`` checks in."""
        return draws.bernoulli(self.chance(world, among), "checks in", among)

    def goes(self, world: "World", draws: Draws, among: Bools, decision: str) -> Bools:
        """Who of ``among`` would go if there were a seat."""
        chance = world.params[self.name]["go"][:, None] * (np.float32(0.5) + world.members.belonging)
        return draws.bernoulli(np.minimum(chance, 1), decision, among)
