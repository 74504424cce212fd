"""Discussion: a topic put up makes those talk who care for the subject, as long as the trick is new.

    talk x (1 + w (1 - exp(-topics)) min(I / I0, 1.5) N)

N is the novelty of the tactic to the member, I0 the interest usual in the community. Reading a topic tires no
more than any talk does. Form and size are assumptions, and w reaches nought: that a question thrown into a
group is talked about is practitioners' experience, not a finding.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.stimuli import broad

if TYPE_CHECKING:
    from simulator.world import World

_MOST = np.float32(1.5)


@dataclass(frozen=True, kw_only=True)
class Discussion(Mechanism):
    """Something to talk about."""

    name: ClassVar[str] = "discussion"
    hears: ClassVar[frozenset[str]] = frozenset({"topics"})

    weight: float = param(0.3, 0.0, 0.8, doc="more talk where topics are up", tag="A")

    def pull(self, world: "World") -> None:
        """Have each tactic's topics talked about by those whom it addresses."""
        weight = world.params[self.name]["weight"][:, None]
        for shown, dose in world.shown("topics"):
            topics = broad(dose, world.shape[0])
            if topics is not None:
                usual = np.float32(max(world.community.interest, 0.01))
                care = np.minimum(world.members.interest / usual, _MOST)
                more = weight * (1 - np.exp(-topics)) * care * world.fresh(shown.tactic)
                world.eager += np.log1p(more * shown.whom)
                world.stirred = True
