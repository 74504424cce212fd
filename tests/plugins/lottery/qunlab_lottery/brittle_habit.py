"""Brittle habit: it grows with each day in a row, and one missed day undoes it.

    logit += w H;    H <- H + c (1 - H) on a visit,    H <- 0 otherwise

Against Lally et al. (2010), who found that missing one opportunity did no harm: to see what hangs on that.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import knob, param
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class BrittleHabit(Mechanism):
    """Habit that one miss undoes."""

    name: ClassVar[str] = "brittle_habit"
    replaces: ClassVar[str] = "habit"

    weight: float = param(1.2, 0.4, 2.0, unit="logit", doc="full habit on coming", tag="A")
    growth: float = param(0.1, 0.05, 0.2, unit="1/day", doc="growth on a visit", tag="A")
    miss: str = knob("all", choices=("all", "half"), doc="what one miss undoes")

    def pull(self, world: "World") -> None:
        """Add the habit term."""
        world.pull += world.params[self.name]["weight"][:, None] * world.members.habit

    def habit(self, world: "World") -> None:
        """Grow on a visit, lose it otherwise."""
        h, growth = world.members.habit, world.params[self.name]["growth"][:, None]
        kept = np.float32(0 if self.miss == "all" else 0.5)
        h[:] = np.where(world.came, h + growth * (1 - h), kept * h)
