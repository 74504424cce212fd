"""Novelty: a tactic loses force as it is seen, and recovers in part while it rests.

    x <- (1 - recovery) x + exposed,    N = f + (1 - f) exp(-x / x0)

Rodrigues et al. (2022): a gamification effect starts to fall after 4 weeks, falls for 2-6 weeks and partly
recovers. With daily exposure and a recovery of 0.03 N is near its floor f after about six weeks. Counted per
member and tactic, on days on which it shows them anything. Assumptions: sizes, that it falls from the first
exposure on, and that it recovers by rest only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _fresh(seen, whom, awake, waking, floor, scale, out):
    one = np.float32(1)
    for r in range(seen.shape[0]):
        f, x0 = floor[r], scale[r]
        met, left = (
            np.float32(-1),
            one,
        )  # most have been shown the same: what is left is worked out anew for others
        out[r] = one
        for k in range(waking[r]):
            i = awake[r, k]
            if whom[r, i]:
                if seen[r, i] != met:
                    met = seen[r, i]
                    left = f + (one - f) * np.exp(-met / x0)
                out[r, i] = left
                seen[r, i] += one


def _exposed(says: Mapping[str, Any], whom: Bools) -> Bools:
    """Who of ``whom`` is shown anything: a dose of nought is none, or a row would depend on its company."""
    arrays = []
    for channel, held in says.items():
        for dose in [prospect.amount for prospect in held] if channel == "prospects" else [held]:
            if isinstance(dose, np.ndarray):
                arrays.append((dose, -1 if channel == "circles" else 0))
            elif dose:
                return whom
    some = np.zeros(whom.shape, bool)
    for array, nothing in arrays:
        some |= (array.reshape(-1, 1) if array.ndim < 2 else array) != nothing
    return whom & some


@dataclass(frozen=True, kw_only=True)
class Novelty(Mechanism):
    """How fresh a tactic still is to a member."""

    name: ClassVar[str] = "novelty"
    cue_columns: ClassVar[dict[str, Column]] = {
        "seen": Column(np.float32, 0, "fading count of exposures to a tactic")
    }

    floor: float = param(0.4, 0.0, 0.7, doc="force left when fully used up", tag="A", source="rodrigues2022")
    scale: float = positive(
        12.0, 6.0, 24.0, unit="exposures", doc="exposures that use up 63%", tag="A", source="rodrigues2022"
    )
    recovery: float = param(
        0.03, 0.01, 0.06, unit="1/day", doc="exposure forgotten a day", tag="A", source="rodrigues2022"
    )

    def offers(self, world: "World") -> None:
        """Age all exposures by a day; note today's and what freshness is left."""
        p = world.params[self.name]
        keep = (1 - p["recovery"])[:, None]
        if world.tactics:
            seen = world.cues("seen")
            seen *= keep
        for shown in world.offers:
            if shown.says:
                out, exposed = np.empty(world.shape, np.float32), _exposed(shown.says, shown.whom)
                at = shown.tactic.index
                _fresh(seen[at], exposed, world.awake, world.waking, p["floor"], p["scale"], out)
                world.novelty[at] = out
