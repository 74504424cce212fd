"""Levels and badges (等级/勋章/积分): points for coming and talking, and a badge at every level."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob

Badges = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class LevelsBadges(Strategy):
    """Visits and messages earn points at once; enough of them make a level, which all can see on a badge.

    A badge raised the work of the most productive by 60% (Restivo and van de Rijt 2012) and did nothing for
    the rest, of whom fewer stayed (2014); what is new in a game wears off within weeks (Rodrigues et al.
    2022); feedback feeds interest, expected pay may starve it (Deci et al. 1999). A point is felt to be worth
    the same whether or not it can be redeemed; only what is redeemed costs. Points, thresholds and worth are
    assumptions.
    """

    name: ClassVar[str] = "levels_badges"
    title: ClassVar[dict[str, str]] = {"en": "Levels and badges", "zh": "等级勋章"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "prospects", "reward", "badges", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("restivo2012", "restivo2014", "rodrigues2022", "deci1999")
    remembers: ClassVar[dict[str, type]] = {"points": np.int64}

    excused: ClassVar[dict[str, str]] = {
        "books_balance": "points are felt to be worth something, and cost only what is redeemed"
    }

    visit: int = knob(1, low=0, high=1000, off=0, unit="points", doc="points for a visit")
    post: int = knob(2, low=0, high=1000, off=0, unit="points", doc="points for a message")
    most: int = knob(5, low=0, high=1000, unit="messages", doc="most messages a day that earn points")
    first: int = knob(20, low=1, high=100_000, unit="points", doc="points of the first level")
    growth: float = knob(2.0, low=1.1, high=10, doc="each level takes so many times the points of the last")
    levels: int = knob(8, low=0, high=50, off=0, doc="how many levels there are")
    badge: float = knob(
        1.0, low=0, high=10, off=0.0, unit="badges", doc="how visibly a level is shown when it is reached"
    )
    worth: float = knob(0.05, low=0, high=100, off=0.0, unit="yuan", doc="what a point is felt to be worth")
    redeemed: float = knob(
        0.3, low=0, high=1, off=0.0, unit="share", doc="share of points changed for goods, at their worth"
    )
    notice: float = knob(0.2, low=0, high=5, off=0.0, unit="notices", doc="daily board of points")
    hours: float = knob(0.15, low=0, high=24, off=0.0, unit="hours", doc="work a day")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Show the board, and what a visit earns."""
        del day, whom, memory
        sure = self.visit * self.worth
        return Offer(prompt=self.notice or None, prospects=(Prospect(sure),) if sure else ())

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Count points, give badges for levels reached, book what will be redeemed."""
        if not self.visit and not self.post:
            return Award(hours=self.hours or None)
        there = came & whom
        earned = there * (self.visit + self.post * np.minimum(day.posts, self.most))
        memory["points"] += earned
        reward = np.float32(self.worth) * earned if self.worth else None
        return Award(
            reward=reward,
            badges=self._reached(there, memory["points"], earned) if self.badge and self.levels else None,
            cost=self.redeemed * self.worth * earned.sum(axis=1) if self.worth else None,
            hours=self.hours or None,
        )

    def _reached(self, there: Bools, points: NDArray[np.int64], earned: NDArray[np.int32]) -> Badges:
        """A badge for every level to which what was ``earned`` today has taken somebody."""
        steps = np.floor(self.first * self.growth ** np.arange(self.levels))
        at = np.flatnonzero(there)
        after = points.reshape(-1)[at].astype(np.float64)
        before = after - earned.reshape(-1)[at]
        badges = np.zeros(points.shape, np.float32)
        badges.reshape(-1)[at] = steps.searchsorted(after, "right") - steps.searchsorted(before, "right")
        badges *= np.float32(self.badge)
        return badges
