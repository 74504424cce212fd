"""Contagion of leaving: who loses friends to muting or leaving is more likely to go.

    L <- keep L + sum over ties to those who went away today of w

Van den Bulte et al. (2018): referred customers churn less only while their referrer stays; Borbora et al. (2019): churn falls
with socialisation. Observational otherwise, so the weight (``departure.grief``) reaches nought.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulator.knobs import param
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Contagion(Mechanism):
    """Friends going away."""

    name: ClassVar[str] = "contagion"

    keep: float = param(0.9, 0.7, 0.97, unit="1/day", doc="how long a loss is felt", tag="A")

    def contagion(self, world: "World") -> None:
        """Count what tie strength each member lost today."""
        loss = world.members.loss
        loss *= world.params[self.name]["keep"][:, None]
        if world.gone.any():
            loss += world.ties.push(world.gone)
