"""k-core collapse (off by default): who has too few active friends left leaves at once.

    leave if k_active <= c / b

Garcia, Mavrodiev and Schweitzer (2013): after all cascades the k-core remains, where nobody joins and nobody
goes for another reason; the value of c / b is an assumption. It takes the place of the soft rules of
``departure``: nobody mutes the group, and members put out by a rule leave at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.members import Role

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class KCore(Mechanism):
    """Leaving for lack of company."""

    name: ClassVar[str] = "kcore"
    hears: ClassVar[frozenset[str]] = frozenset({"removals"})
    on_by_default: ClassVar[bool] = False
    replaces: ClassVar[str] = "departure"

    ratio: float = param(
        2.0,
        1.0,
        4.0,
        unit="friends",
        doc="cost over benefit: friends that are too few",
        tag="A",
        source="garcia2013",
    )

    def churn(self, world: "World") -> None:
        """Mark those with too few friends; friends are ties to people still in the group."""
        m = world.members
        few = world.ties.count() <= np.floor(world.params[self.name]["ratio"])[:, None]
        leaving = few & m.present & (m.role != Role.OWNER)
        removed = world.given("removals")
        if removed is not None:
            leaving |= (removed > 0) & m.present
        world.exiting |= leaving
        world.gone |= leaving
