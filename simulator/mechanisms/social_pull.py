"""Social pull (off by default): several friends who came yesterday draw one in directly.

    logit += w t / (1 + t)  where k >= threshold

t is the strength of ties to yesterday's visitors, k the number of those ties.

Centola (2010): behaviour spreads farther and faster where contacts are redundant, so one friend is not
enough: k must reach 2, from 1 to 3, the threshold rounded to a whole number. The weight is an assumption.

An ablation: with ``belonging`` on, contagion enters there, once; turning this on counts it twice on purpose.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.philox import U

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _draw_in(start, used, other, strength, came, weight, enough, pull):
    one = np.float32(1)
    for r in range(pull.shape[0]):
        for i in range(pull.shape[1]):
            friends, near = 0, 0.0  # strengths are multiples of 2^-23: their sum is exact
            for e in range(start[r, i], start[r, i] + used[r, i]):
                if came[r, U(other[U(e)])]:
                    friends += 1
                    near += strength[U(e)]
            if friends >= enough[r]:
                t = np.float32(near)
                pull[r, i] += weight[r] * t / (one + t)


@dataclass(frozen=True, kw_only=True)
class SocialPull(Mechanism):
    """Friends came yesterday."""

    name: ClassVar[str] = "social_pull"
    on_by_default: ClassVar[bool] = False

    weight: float = param(
        0.8, 0.0, 1.6, unit="logit", doc="many friends yesterday on coming", tag="A", source="centola2010"
    )
    threshold: float = positive(
        2.0, 1.0, 3.0, unit="friends", doc="how many it takes", tag="S", source="centola2010"
    )

    def pull(self, world: "World") -> None:
        """Add the term; ``came`` still holds yesterday's visitors."""
        p, ties = world.params[self.name], world.ties
        _draw_in(
            ties.start, ties.used, ties.other, ties.strength, world.came,
            p["weight"], np.rint(p["threshold"]), world.pull,
        )  # fmt: skip
