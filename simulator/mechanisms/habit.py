"""Habit: coming often makes coming easy; one missed day does no harm.

    logit += w (H - H0);    H <- H + c (1 - H) on a visit,    H <- H - d H otherwise

Lally et al. (2010): asymptotic growth, median 66 days to 95% (c = 0.045 a day, 0.012-0.166 for 254 and 18
days); missing one opportunity did not matter. Kept apart from the value of a running streak. The weight and
the pace of forgetting are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.logit import add_term
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _accustom(came, growth, decay, habit):
    for r in range(came.shape[0]):
        visited, h, c, d = came[r], habit[r], growth[r], decay[r]
        for i in range(h.shape[0]):
            h[i] += c * (np.float32(1) - h[i]) if visited[i] else -d * h[i]


@dataclass(frozen=True, kw_only=True)
class Habit(Mechanism):
    """Automaticity of opening the group."""

    name: ClassVar[str] = "habit"

    weight: float = param(1.2, 0.4, 2.0, unit="logit", doc="full habit on coming", tag="A")
    growth: float = param(
        0.045, 0.012, 0.166, unit="1/day", doc="growth on a visit", tag="D", source="lally2010"
    )
    decay: float = param(
        0.02, 0.005, 0.04, unit="1/day", doc="loss on a day away", tag="A", source="lally2010"
    )

    def opening(self, world: "World") -> None:
        """Founders who are known by what they do have the habit that doing it for so long has grown.

        What they visit by then includes it, so the rest of their inclination is less by as much.
        """
        given, p, m = world.community.founders, world.params[self.name], world.members
        if given is None:
            return
        up = p["growth"][:, None] * given.visiting
        down = p["decay"][:, None] * (1 - given.visiting)
        habit = up / (up + down) * -np.expm1(-(up + down) * given.tenure)
        founders = slice(0, len(given.role))
        m.habit[:, founders] = habit
        m.effect[:, founders] -= p["weight"][:, None] * (habit - world.community.habit)

    def pull(self, world: "World") -> None:
        """Add the habit term."""
        weight, opening = world.params[self.name]["weight"], np.float32(world.community.habit)
        add_term(world.pull, weight, world.members.habit, opening)

    def habit(self, world: "World") -> None:
        """Grow on a visit, fade a little otherwise."""
        p = world.params[self.name]
        _accustom(world.came, p["growth"], p["decay"], world.members.habit)
