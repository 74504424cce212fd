"""A weekly lottery, written by somebody who has only read the documentation of ``Strategy``."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import When
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class WeeklyLottery(Strategy):
    """Once a week one prize is drawn; whoever has come more often since the last draw has more tickets."""

    name: ClassVar[str] = "weekly_lottery"
    title: ClassVar[dict[str, str]] = {"en": "Weekly lottery", "zh": "每周抽奖"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "prospects", "reward", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("halpern2011",)
    remembers: ClassVar[dict[str, type]] = {"tickets": np.int32}

    when: When = When(every=7, start=6)
    prize: float = knob(50.0, low=0, high=5000, off=0.0, unit="yuan", doc="what is drawn for")
    notice: float = knob(1.0, low=0, high=5, off=0.0, unit="notices", doc="how clearly it is announced")
    hours: float = knob(0.5, low=0, high=24, off=0.0, unit="hours", doc="work for one draw")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce the prize and everybody's odds."""
        if self.prize == 0:
            return Offer(prompt=self.notice or None)
        tickets = (1 + memory["tickets"]) * whom
        odds = tickets / np.maximum(day.total(tickets), 1)[:, None]
        return Offer(prompt=self.notice or None, prospects=(Prospect(self.prize, odds),))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Draw one winner among those who came, by tickets."""
        if self.prize == 0:
            return Award(hours=self.hours or None)
        won = day.pick(came & whom, 1, "winner", weight=1 + memory["tickets"])
        memory["tickets"][:] = np.where(won, 0, memory["tickets"] + (came & whom))
        return Award(reward=self.prize * won, cost=self.prize * day.count(won), hours=self.hours or None)
