"""Mutual help (互助): members answer members, and are thanked and paid for it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class MutualHelp(Strategy):
    """It is announced that answers are wanted and rewarded; where questions were answered, helpers are paid.

    Of messages that start a thread 40% get no reply (Burke et al. 2007), and newcomers who get one come back
    more (Joyce and Kraut 2006, correlational). Pay for what is done gladly may crowd that out, praise does
    not (Deci et al. 1999). Who helped is taken to be among those who talked without asking, by messages times
    ability; no more are thanked than questions were answered. Sizes are assumptions.
    """

    name: ClassVar[str] = "mutual_help"
    title: ClassVar[dict[str, str]] = {"en": "Mutual help", "zh": "互助"}
    uses: ClassVar[frozenset[str]] = frozenset({"help", "reward", "praise", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("burke2007", "joyce2006", "deci1999")

    call: float = knob(
        1.0, low=0, high=10, off=0.0, unit="mentions", doc="how clearly answers are asked for, daily"
    )
    helpers: int = knob(3, low=0, high=1000, off=0, unit="people", doc="most helpers thanked a day")
    reward: float = knob(2.0, low=0, high=1000, off=0.0, unit="yuan", doc="paid to each helper thanked")
    thanks: float = knob(1.0, low=0, high=10, off=0.0, unit="mentions", doc="public thanks to each of them")
    hours: float = knob(0.1, low=0, high=24, off=0.0, unit="hours", doc="work a day; members do the rest")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Say that answering is wanted and seen."""
        del day, whom, memory
        return Offer(help=self.call or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Thank and pay the likeliest helpers, no more of them than questions were answered."""
        del memory
        solved = day.count(day.answered) if self.helpers and (self.reward or self.thanks) else None
        if solved is None or not solved.any():
            return Award(hours=self.hours or None)
        posts = day.posts
        talked = came & whom & ~day.asked & (posts > 0)
        helped = day.pick(talked, np.minimum(solved, self.helpers), "helpers", posts * day.members.expertise)
        return Award(
            reward=np.float32(self.reward) * helped if self.reward else None,
            praise=np.float32(self.thanks) * helped if self.thanks else None,
            cost=self.reward * day.count(helped) if self.reward else None,
            hours=self.hours or None,
        )
