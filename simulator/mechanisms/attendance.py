"""Attendance: who opens the group today.

    came ~ Bernoulli(1 / (1 + exp(-logit)))    for members who are present and have not muted the group

The logit is the sum of what the other mechanisms put into it. Muting is the attention clock, leaving the other one
(people in chat groups rarely exit, they mute).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.mechanism import Mechanism
from simulator.philox import U, words

if TYPE_CHECKING:
    from simulator.world import World

_DECISION = key("attendance", "come")
_SCALE = 2.0**32


@kernel
def _attend(ids, present, muted, pull, day, replicates, seed, decision, came, visits, crowd):
    for r in range(ids.shape[0]):
        n = 0
        for i in range(ids.shape[1]):
            came[r, i] = False
            if present[r, i] and not muted[r, i]:
                word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                p = 1.0 / (1.0 + np.exp(-np.float64(pull[r, i])))
                if np.float64(word) < p * _SCALE:
                    came[r, i] = True
                    visits[r, i] += 1
                    n += 1
        crowd[r] = n


@dataclass(frozen=True, kw_only=True)
class Attendance(Mechanism):
    """The decision to come, from all that speaks for and against it."""

    name: ClassVar[str] = "attendance"

    def attendance(self, world: "World") -> None:
        """Decide who comes."""
        m = world.members
        seed = U(world.seed)
        _attend(
            m.id, m.present, m.muted, world.pull, world.day, world.replicates, seed, U(_DECISION),
            world.came, m.visits, world.visitors,
        )  # fmt: skip
