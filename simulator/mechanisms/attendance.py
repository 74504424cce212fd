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
from simulator.philox import U, row_words, unit

if TYPE_CHECKING:
    from simulator.world import World

_DECISION = key("attendance", "come")


@kernel
def _attend(ids, present, muted, pull, day, replicates, seed, decision, came, visits, crowd):
    draw, spare = np.empty(ids.shape[1], np.uint32), np.empty(ids.shape[1], np.uint32)
    for r in range(ids.shape[0]):
        n = 0
        row_words(ids[r], day, replicates[r], seed, decision, draw, spare)
        for i in range(ids.shape[1]):
            came[r, i] = False
            if present[r, i] and not muted[r, i]:
                # u < 1 / (1 + exp(-x)), without dividing
                if unit(draw[i]) * (1.0 + np.exp(-np.float64(pull[r, i]))) < 1.0:
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
