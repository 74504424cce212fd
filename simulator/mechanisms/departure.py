"""Departure: two clocks. Attention runs out (muting), and, rarely, people leave the group.

    muting: h = theta / (t + t0) exp(-b (B - B0) + f F + g L);    leaving: h = exit x the same exponential
    t = days since joining, B belonging, F fatigue, L tie strength lately lost (see contagion). Owners do neither.

The power-law hazard in tenure gives survival t^-theta: theta 0.15-0.5 for chat (assumption, from app retention 0.4-0.6). People in
chat groups rarely exit, they mute. Members put out by a rule leave at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, row_words, unit

if TYPE_CHECKING:
    from simulator.world import World

_DECISION = key("departure", "go")
_OWNER = int(Role.OWNER)
_RISK = 8.0
_SMALL = np.float32(2.0)  # exp(2) < 8


@kernel
def _go(
    ids, present, muted, role, joined, belonging, fatigue, loss, b0, theta, start, b, f, g, rate, exiting,
    day, replicates, seed, decision, gone, mutes,
):  # fmt: skip
    first, second = np.empty(ids.shape[1], np.uint32), np.empty(ids.shape[1], np.uint32)
    for r in range(ids.shape[0]):
        mutes[r] = 0
        row_words(ids[r], day, replicates[r], seed, decision, first, second)
        for i in range(ids.shape[1]):
            gone[r, i] = False
            if not present[r, i] or role[r, i] == _OWNER:
                continue
            x = -b[r] * (belonging[r, i] - b0) + f[r] * fatigue[r, i] + g[r] * loss[r, i]
            u, v = unit(first[i]), unit(second[i])
            leave = np.float64(rate[r])
            mute = theta[r] / (day - joined[r, i] + start[r])
            if x < _SMALL and u >= leave * _RISK and (muted[r, i] or v >= mute * _RISK):
                continue  # no risk this small can reach these draws: most days of most people, and no exp needed
            risk = np.exp(min(np.float64(x), 20.0))
            if u < leave * risk:
                exiting[r, i] = True
                gone[r, i] = True
            elif not muted[r, i] and v < mute * risk:
                muted[r, i] = True
                gone[r, i] = True
                mutes[r] += 1


@dataclass(frozen=True, kw_only=True)
class Departure(Mechanism):
    """Muting and leaving."""

    name: ClassVar[str] = "departure"
    hears: ClassVar[frozenset[str]] = frozenset({"removals"})

    theta: float = param(0.4, 0.15, 0.6, doc="tenure exponent of attention", tag="A", source="mwm-retention")
    start: float = positive(2.0, 1.0, 5.0, unit="days", doc="offset of the tenure hazard", tag="A")
    bond: float = param(2.0, 1.0, 3.0, doc="protection by belonging", tag="A", source="borbora2019")
    strain: float = param(0.5, 0.0, 1.0, doc="push by fatigue", tag="A", source="jones2004")
    grief: float = param(0.5, 0.0, 1.0, doc="push by lost ties", tag="A", source="vandenbulte2018")
    exit: float = param(0.0005, 0.0001, 0.002, unit="1/day", doc="leaving the group", tag="A")

    def churn(self, world: "World") -> None:
        """Decide who mutes and who leaves today."""
        p, m = world.params[self.name], world.members
        removed = world.given("removals")
        if removed is not None:
            world.exiting |= (removed > 0) & m.present
        _go(
            m.id, m.present, m.muted, m.role, m.joined, m.belonging, m.fatigue, m.loss,
            np.float32(world.community.belonging), p["theta"], p["start"], p["bond"], p["strain"], p["grief"], p["exit"],
            world.exiting, world.day, world.replicates, U(world.seed), U(_DECISION), world.gone, world.mutes,
        )  # fmt: skip
        world.gone |= world.exiting
