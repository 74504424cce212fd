"""Attendance: who opens the group today.

    came ~ Bernoulli(1 / (1 + exp(-logit)))    for members who are present and have not muted the group

The logit is the sum of what the other mechanisms put into it. Muting is the attention clock, leaving the
other one (people in chat groups rarely exit, they mute).
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


#: exp(-x) at every sixteenth from -16 up to 16: a bracket that settles nearly all decisions.
_STEP, _END = 16, 16
_EXP = np.exp(-(np.arange(2 * _STEP * _END + 1) / _STEP - _END))
#: What rounding may come to, and more.
_SLACK = 1e-9


@kernel
def _attend(ids, awake, waking, pull, day, replicates, seed, decision, came, visits):
    who = np.empty(ids.shape[1], np.uint64)
    lanes = np.empty((3, ids.shape[1]), np.uint32)
    draw = lanes[0]
    for r in range(ids.shape[0]):
        came[r] = False
        n = waking[r]
        for k in range(n):
            who[k] = ids[r, awake[r, k]]
        row_words(who[:n], day, replicates[r], seed, decision, lanes)
        for k in range(n):
            i = awake[r, k]
            # u < 1 / (1 + exp(-x)), without dividing
            x, u = np.float64(pull[r, i]), unit(draw[k])
            at = np.int64(min(max((x + _END) * _STEP, 0.0), 2.0 * _STEP * _END - 1.0))
            comes = u * (1.0 + _EXP[U(at)]) < 1.0 - _SLACK
            if not (comes | (u * (1.0 + _EXP[U(at + 1)]) > 1.0 + _SLACK)) or abs(x) >= _END:
                comes = u * (1.0 + np.exp(-x)) < 1.0
            came[r, i] = comes
            visits[r, i] += comes


@dataclass(frozen=True, kw_only=True)
class Attendance(Mechanism):
    """The decision to come, from all that speaks for and against it."""

    name: ClassVar[str] = "attendance"

    def attendance(self, world: "World") -> None:
        """Decide who comes."""
        m = world.members
        seed = U(world.seed)
        _attend(
            m.id, world.awake, world.waking, world.pull, world.day, world.replicates, seed, U(_DECISION),
            world.came, m.visits,
        )  # fmt: skip
