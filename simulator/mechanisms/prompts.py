"""Prompts: a clear personal notice brings somebody who would not have thought of it.

    logit += w (1 - exp(-prompt)) N

N is the novelty of the tactic to the member. Saturating: the fifth notice of a day adds little. The size is
an assumption.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param
from simulator.logit import nudge
from simulator.mechanism import Mechanism
from simulator.stimuli import broad

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Prompts(Mechanism):
    """Being reminded."""

    name: ClassVar[str] = "prompts"
    hears: ClassVar[frozenset[str]] = frozenset({"prompt"})

    weight: float = param(0.4, 0.0, 0.8, unit="logit", doc="a clear notice on coming", tag="A")

    def pull(self, world: "World") -> None:
        """Add each tactic's notice."""
        weight = world.params[self.name]["weight"][:, None]
        for shown, prompt in world.shown("prompt"):
            dose = broad(prompt, world.shape[0])
            if dose is not None:
                nudge(world.pull, weight * (1 - np.exp(-dose)), world.fresh(shown.tactic), shown.whom)
