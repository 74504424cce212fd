"""Streaks: a run at stake draws people in up to a week's worth; a broken one puts them off for a while.

    logit += gamma min(run, 7) / 7 N - b W
    W <- W / 2^(1/half-life) every day
    W <- max(W, (1 - r/s) min(max(s - 2, 0), 5)/5) on a break from run s to run r < s

Silverman and Barasch (2023): a broken logged streak lowers engagement independently of actual behaviour, less
when it can be repaired, fading with time; two days are no streak yet, so losing them does not hurt. A
repaired streak is one whose run never fell. Sizes are assumptions. Kept apart from habit.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.logit import faded
from simulator.mechanism import Mechanism
from simulator.members import Column
from simulator.stimuli import per_member

if TYPE_CHECKING:
    from simulator.world import World

_WEEK = 7.0
#: A run is a streak from the third day on.
_NO_STREAK = 2.0


@kernel
def _stake(run, acts, whom, held, wound, fresh, gain, pain, fade, pull):
    nil, one = np.float32(0), np.float32(1)
    week, short = np.float32(_WEEK), np.float32(_NO_STREAK)
    for r in range(run.shape[0]):
        if not acts[r]:
            continue
        at_stake, shown, had, hurt = run[r], whom[r], held[r], wound[r]
        new, row, heals, g, b = fresh[r], pull[r], fade[r], gain[r], pain[r]
        for i in range(row.shape[0]):
            now = at_stake[i] if shown[i] else nil
            sting = (one - now / had[i]) * min(had[i] - short, week - short) / (week - short)
            old = faded(hurt[i] * heals)
            hurt[i] = max(old, sting) if now < had[i] and had[i] > short else old
        for i in range(row.shape[0]):
            now = at_stake[i] if shown[i] else nil
            row[i] += g * min(now, week) / week * new[i] - b * hurt[i]
        for i in range(row.shape[0]):
            had[i] = at_stake[i] if shown[i] else nil


@dataclass(frozen=True, kw_only=True)
class Streaks(Mechanism):
    """A run of days at stake, and the sting of losing it."""

    name: ClassVar[str] = "streaks"
    hears: ClassVar[frozenset[str]] = frozenset({"run"})
    cue_columns: ClassVar[dict[str, Column]] = {
        "held": Column(np.float32, 0, "run last seen at stake"),
        "wound": Column(np.float32, 0, "sting of a broken run, fading"),
    }

    gain: float = param(
        0.4, 0.0, 0.9, unit="logit", doc="a week's run at stake", tag="A", source="silverman2023"
    )
    pain: float = param(
        0.5, 0.1, 1.0, unit="logit", doc="a week's run just broken", tag="A", source="silverman2023"
    )
    half_life: float = positive(
        7.0, 3.0, 14.0, unit="days", doc="fading of the sting", tag="A", source="silverman2023"
    )

    def pull(self, world: "World") -> None:
        """Add what is at stake, subtract what was lost."""
        p = world.params[self.name]
        for shown, dose in world.shown("run"):
            fade = (0.5 ** (1 / p["half_life"])).astype(np.float32)
            run = per_member(dose, world.shape)
            if run is not None:
                held, wound = world.cue("held", shown.tactic), world.cue("wound", shown.tactic)
                fresh = world.fresh(shown.tactic)
                _stake(
                    run, shown.acts, shown.whom, held, wound, fresh, p["gain"], p["pain"], fade, world.pull
                )
