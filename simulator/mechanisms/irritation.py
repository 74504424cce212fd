"""Irritation: adverts annoy those who see them; the annoyed come less, and mute or leave sooner.

    logit -= w A
    A <- A + s (came ln(1 + seen) - A),    seen = adverts x (1 - order)
    risk of going  x  exp(r A)

The more there were, the less one more annoys; order (house rules) takes adverts away before they are seen.
Operators say that adverts only kill; no study of it was found, so form and sizes are assumptions, and both
weights reach nought. That adverts must be scrolled past, too, is said in ``overload``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.logit import add_term, faded
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _annoy(came, sting, speed, risk, irritation, hazard):
    for r in range(came.shape[0]):
        visited, felt, odds, met, s, g = came[r], irritation[r], hazard[r], sting[r], speed[r], risk[r]
        for i in range(felt.shape[0]):
            felt[i] = faded(felt[i] + s * ((met if visited[i] else np.float32(0)) - felt[i]))
            odds[i] += g * felt[i]


@dataclass(frozen=True, kw_only=True)
class Irritation(Mechanism):
    """Being sold to."""

    name: ClassVar[str] = "irritation"
    hears: ClassVar[frozenset[str]] = frozenset({"noise", "order"})
    columns: ClassVar[dict[str, Column]] = {
        "irritation": Column(np.float32, 0, ">= 0, annoyance by adverts seen lately")
    }

    weight: float = param(0.3, 0.0, 1.0, unit="logit", doc="irritation on coming", tag="A")
    risk: float = param(0.3, 0.0, 1.0, doc="irritation on the risk of going", tag="A")
    speed: float = param(0.1, 0.03, 0.3, unit="1/day", doc="growing and fading of irritation", tag="A")

    def pull(self, world: "World") -> None:
        """Subtract irritation."""
        if "noise" in world.spoken:
            add_term(world.pull, -world.params[self.name]["weight"], world.members.irritation, np.float32(0))

    def overload(self, world: "World") -> None:
        """Annoy those who came, calm the others, and raise today's risk of those who are annoyed."""
        if "noise" not in world.spoken:
            return
        p = world.params[self.name]
        seen = world.given_to_all("noise") * (1 - np.minimum(world.given_to_all("order"), 1.0))
        sting = np.log1p(seen).astype(np.float32)
        _annoy(world.came, sting, p["speed"], p["risk"], world.members.irritation, world.hazard)
