"""Social pull (off by default): friends who came yesterday draw people in directly.

    logit += w t / (1 + t),    t = strength of ties to yesterday's visitors

An ablation: with ``belonging`` on, contagion enters there, once; turning this on counts it twice on purpose.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulator.knobs import param
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class SocialPull(Mechanism):
    """Friends came yesterday."""

    name: ClassVar[str] = "social_pull"
    on_by_default: ClassVar[bool] = False

    weight: float = param(
        0.8, 0.0, 1.6, unit="logit", doc="many friends yesterday on coming", tag="A", source="centola2010"
    )

    def pull(self, world: "World") -> None:
        """Add the term; ``came`` still holds yesterday's visitors."""
        near = world.ties.push(world.came)
        world.pull += world.params[self.name]["weight"][:, None] * near / (1 + near)
