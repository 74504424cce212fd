"""Contagion of leaving: who loses friends to muting or leaving is more likely to go.

    L <- keep L + sum over ties to those who went away today of w

Van den Bulte et al. (2018): referred customers churn less only while their referrer stays; Borbora et al.
(2019): churn falls with socialisation. The first is the business of ``referral``; nothing else tells
contagion from likeness, so the weight (``departure.grief``) reaches nought. Sizes are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.logit import faded
from simulator.mechanism import Mechanism
from simulator.philox import U
from simulator.rows import anybody

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _mourn(start, used, other, strength, gone, keep, loss):
    lost = np.zeros(loss.shape[1])
    for r in range(loss.shape[0]):
        row, k = loss[r], keep[r]
        for i in range(row.shape[0]):
            row[i] = faded(row[i] * k)
        if not anybody(gone[r]):
            continue
        for i in range(row.shape[0]):
            if gone[
                r, i
            ]:  # added up in float64, where sums of strengths are exact, before anything is rounded
                for e in range(start[r, i], start[r, i] + used[r, i]):
                    lost[U(other[U(e)])] += strength[U(e)]
        for i in range(row.shape[0]):
            if gone[r, i]:
                for e in range(start[r, i], start[r, i] + used[r, i]):
                    friend = U(other[U(e)])
                    row[friend] += np.float32(lost[friend])
                    lost[friend] = 0.0


@dataclass(frozen=True, kw_only=True)
class Contagion(Mechanism):
    """Friends going away."""

    name: ClassVar[str] = "contagion"

    keep: float = param(0.9, 0.7, 0.97, unit="1/day", doc="how long a loss is felt", tag="A")

    def contagion(self, world: "World") -> None:
        """Count what tie strength each member lost today."""
        ties = world.ties
        _mourn(
            ties.start,
            ties.used,
            ties.other,
            ties.strength,
            world.gone,
            world.params[self.name]["keep"],
            world.members.loss,
        )
