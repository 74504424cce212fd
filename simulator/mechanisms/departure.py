"""Departure: two clocks. Attention runs out (muting), and, rarely, people leave the group.

    muting:   h = theta / (t + t0) exp(-b (B - B0) + f F + g L) x Z
    leaving:  h = exit exp(-b (B - B0) + f F + g L) x Z

t is days since joining, B belonging, F fatigue, L tie strength lately lost (see ``contagion``), Z what other
mechanisms make of the risk: an inviter who is about (``referral``), people met in person (``bonding``).
Owners do neither.

The power-law hazard in tenure gives survival t^-theta: app retention says theta 0.4-0.6 (industry figures),
for chat 0.15-0.5 is assumed; the range spans both. People in chat groups rarely exit, they mute. Borbora et
al. (2019): churn falls with socialisation; Jones et al. (2004): overload ends participation; sizes are
assumptions. Members put out by a rule leave at once.
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
from simulator.rows import reach

if TYPE_CHECKING:
    from simulator.world import World

_DECISION = key("departure", "go")
_OWNER = int(Role.OWNER)
_RISK = 8.0
_SMALL = np.float32(2.0)  # exp(2) < 8
_WORD = np.float32(2.0**-32)


@kernel
def _suspect(
    belonging, fatigue, loss, hazard, muted, joined, b0, b, f, g, theta, start, leave, day, first, second, out
):
    """Mark those whose draws a risk of 8 would reach, or whose risk may be larger: few people on most days.

    Without a branch, so that it is vectorised. The margin between exp(2) and 8 is far wider than any rounding
    here.
    """
    sure, awake = leave * np.float32(_RISK), theta * np.float32(_RISK)
    today = np.int32(day)
    for i in range(out.shape[0]):
        x = -b * (belonging[i] - b0) + f * fatigue[i] + g * loss[i] + hazard[i]
        out[i] = x >= _SMALL
    for i in range(out.shape[0]):
        mutes = np.float32(second[i]) * _WORD * (np.float32(np.int32(today - joined[i])) + start) < awake
        out[i] = out[i] | (np.float32(first[i]) * _WORD < sure) | (mutes & (not muted[i]))


@kernel
def _go(
    ids, present, muted, role, joined, belonging, fatigue, loss, hazard, b0, theta, start, b, f, g, rate,
    exiting, day, replicates, seed, decision, gone, mutes,
):  # fmt: skip
    lanes = np.empty((3, ids.shape[1]), np.uint32)
    first, second = lanes[0], lanes[1]
    for r in range(ids.shape[0]):
        mutes[r] = 0
        n = reach(present[r])
        row_words(ids[r, :n], day, replicates[r], seed, decision, lanes)
        gone[r, n:] = False
        suspect = gone[r, :n]
        _suspect(
            belonging[r], fatigue[r], loss[r], hazard[r], muted[r], joined[r],
            b0, b[r], f[r], g[r], theta[r], start[r], rate[r],
            day, first, second, suspect,
        )  # fmt: skip
        for i in range(n):
            if not suspect[i]:
                continue
            gone[r, i] = False
            if not present[r, i] or role[r, i] == _OWNER:
                continue
            x = -b[r] * (belonging[r, i] - b0) + f[r] * fatigue[r, i] + g[r] * loss[r, i] + hazard[r, i]
            u, v = unit(first[i]), unit(second[i])
            risk = np.exp(min(np.float64(x), 20.0))
            if u < np.float64(rate[r]) * risk:
                exiting[r, i] = True
                gone[r, i] = True
            elif not muted[r, i] and v < theta[r] / (day - joined[r, i] + start[r]) * risk:
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
            world.hazard,
            np.float32(world.community.belonging),
            p["theta"], p["start"], p["bond"], p["strain"], p["grief"], p["exit"],
            world.exiting, world.day, world.replicates, U(world.seed), U(_DECISION), world.gone, world.mutes,
        )  # fmt: skip
        world.gone |= world.exiting
