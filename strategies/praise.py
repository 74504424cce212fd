"""Praise (榜样/夸夸官): those who wrote most are shown to all as an example, and others get their turn."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import Who
from simulator.strategy import Award, Day, Memory, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class Praise(Strategy):
    """Of those who are there, the ones who wrote most since the last time are thanked in front of everybody.

    Whoever has been praised waits for some days, so that others get their turn; a prize may come with it,
    unannounced. Positive feedback raised free choice, d = 0.33 (Deci et al. 1999); an award raised the work
    of the most productive 1% of Wikipedia by 60% (Restivo and van de Rijt 2012), and not that of less active
    editors, who stayed less (2014). That role models pull those who look on is practitioners' belief.
    """

    name: ClassVar[str] = "praise"
    title: ClassVar[dict[str, str]] = {"en": "Praise", "zh": "夸夸官"}
    uses: ClassVar[frozenset[str]] = frozenset({"praise", "reward", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("deci1999", "restivo2012", "restivo2014")
    remembers: ClassVar[dict[str, type]] = {"praised": np.int32, "counted": np.int32}

    who: Who = Who(roles=("kol", "novice", "lurker"))
    best: int = knob(3, low=0, high=1000, off=0, unit="people", doc="how many are praised at a time")
    mentions: float = knob(1.0, low=0, high=20, off=0.0, unit="mentions", doc="thanks that each of them gets")
    rotate: int = knob(7, low=0, high=365, unit="days", doc="before the same person may be praised again")
    prize: float = knob(0.0, low=0, high=10_000, off=0.0, unit="yuan", doc="prize for each of them")
    minutes: float = knob(
        5.0, low=0, high=120, off=0.0, unit="minutes", doc="operator's work for each of them"
    )

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Praise the best of those who wrote, and count everybody's messages anew."""
        if not self.best or not (self.mentions or self.prize or self.minutes):
            return Award()
        praised, total = memory["praised"], day.members.messages + day.posts
        wrote = total - memory["counted"]
        memory["counted"][:] = total
        free = (praised == 0) | (day.index + 1 - praised >= self.rotate)
        best = day.draws.foremost(whom & came & (wrote > 0) & free, self.best, -wrote, "best")
        praised[best] = day.index + 1
        count = day.count(best)
        return Award(
            praise=self.mentions * best if self.mentions else None,
            reward=self.prize * best if self.prize else None,
            cost=self.prize * count if self.prize else None,
            hours=count * self.minutes / 60 if self.minutes else None,
        )
