"""Role models: who sees a friend praised may do likewise, or lose heart.

    M <- M exp(-1 / fade),   and for who came   M <- M + (1 - exp(-e)) (1 - M)
    talk x exp(w M);    e = sum of tie strength x mentions over friends who were praised today

Kraut and Resnick (2012) claim that feedback which compares can help and can demotivate, too; nothing was
found on those who look on in a chat group. So w is an assumption on both sides of nought. What praise does
for the praised is said in ``interest``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param, positive
from simulator.logit import add_term
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class RoleModels(Mechanism):
    """Friends who were praised."""

    name: ClassVar[str] = "role_models"
    hears: ClassVar[frozenset[str]] = frozenset({"praise"})
    columns: ClassVar[dict[str, Column]] = {
        "example": Column(np.float32, 0, "0..1, saw friends praised lately")
    }

    weight: float = param(0.1, -0.2, 0.4, unit="log", doc="friends praised on one's own talk", tag="A")
    fade: float = positive(5.0, 2.0, 14.0, unit="days", doc="fading of the example", tag="A")

    def pull(self, world: "World") -> None:
        """Follow the example, or not."""
        if "praise" in world.spoken:
            weight, example = world.params[self.name]["weight"], world.members.example
            add_term(world.eager, weight, example, np.float32(0))
            world.stirred = True

    def learning(self, world: "World") -> None:
        """See who was praised."""
        if "praise" in world.spoken:
            example, praise = world.members.example, world.given("praise")
            example *= np.exp(-1 / world.params[self.name]["fade"])[:, None]
            if praise is not None:
                example += world.came * (1 - np.exp(-world.ties.sum(praise))) * (1 - example)
