"""Disposition: who comes as a rule. Role, person, group and weekday, before anything else speaks.

    logit p = logit(visiting_role) + u_r + a_i + ln odds(weekday)

u_r ~ N(0, group_spread) is the community's own effect, on attendance here, on talk in ``conversation``, on
arrivals there; a_i ~ N(0, person_spread) the member's. Real log-lifetimes of chat rooms spread with SD
1.4-1.8 and a homogeneous model's with 0.2-0.9, so a spread between groups is needed. Posting: Gamma within a
role, of a shape, ``rate_shape``, above that of all members together (0.15, 0.05-0.5, by the same source), for
roles differ already. Sizes are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.logit import logits
from simulator.mechanism import Mechanism, normal
from simulator.philox import U

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _dispose(pull, role, effect, base, shift):
    for r in range(pull.shape[0]):
        row, roles, own, here = pull[r], role[r], effect[r], shift[r]
        for i in range(row.shape[0]):
            row[i] = ((row[i] + base[U(roles[i])]) + own[i]) + here


@dataclass(frozen=True, kw_only=True)
class Disposition(Mechanism):
    """How people and groups differ in coming, before any tactic."""

    name: ClassVar[str] = "disposition"

    group_spread: float = param(1.2, 0.6, 1.8, doc="SD of the group's own effect", tag="A")
    person_spread: float = param(0.8, 0.4, 1.2, doc="SD of the member's own effect", tag="A")
    rate_shape: float = positive(
        0.6, 0.2, 1.5, doc="Gamma shape of posting within a role", tag="A", source="groupme-nbd"
    )

    def opening(self, world: "World") -> None:
        """Draw the community's own effect."""
        world.effect[:] = world.trait("group_spread") * normal(world.draws.of("disposition").group("effect"))

    def pull(self, world: "World") -> None:
        """Add what role, person, group and weekday say."""
        community = world.community
        base = logits(community.visiting)
        odds = max(community.weekdays[world.day % 7], 1e-3)
        shift = world.effect + np.float32(np.log(odds))
        _dispose(world.pull, world.members.role, world.members.effect, base, shift)
