"""Purpose: an event brings some groups together, and once it has passed they have served theirs.

    event ~ Bernoulli(event_share);    ends = purpose_days x exp(spread x z),  z ~ N(0, 1), one per community

Days are counted from the opening, which a warm-up puts before day 0. Without an ``event_share`` every group
ends on day ``purpose_days`` sharp, and lasts where there is none. What follows from the end is said in
``interest``: there is nothing left to return to.

Qiu et al. (2016): groups made for an event die much more often than groups of friends who meet regularly; the
two kinds look inherently distinct. That an event's group is wanted for a log-normal time is an assumption.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param
from simulator.mechanism import Mechanism, normal

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Purpose(Mechanism):
    """What a group is for, and until when."""

    name: ClassVar[str] = "purpose"

    spread: float = param(1.0, 0.5, 1.5, doc="SD of the log of an event's days", tag="A", source="qiu2016")

    def opening(self, world: "World") -> None:
        """Draw which groups an event made, and the day on which each is over."""
        days, share = world.community.purpose_days, world.community.event_share
        if days is None:
            return
        if share is None:
            world.ends[:] = world.first + days
            return
        draws = world.draws.of(self.name)
        scale = np.exp(world.params[self.name]["spread"] * normal(draws.group("end")))
        world.ends[:] = np.where(draws.group("event") < share, world.first + days * scale, np.inf)
