"""Uncertain rewards (不确定奖励/抽奖): the same budget, but few win more."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import When
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class UncertainReward(Strategy):
    """A budget is announced; of those who come, a few are drawn and share it evenly.

    The draw is resolved at once. With ``winners`` at its largest everybody present gets the same small sum,
    so the tactic can be compared with itself at one budget. Whether few winners pull more is contested: 70%
    against 43% finished under an uncertain reward (Shen et al. 2015), surveys answered no better or worse
    under a lottery (Halpern et al. 2011); prospect theory alone favours one big prize only among many.
    """

    name: ClassVar[str] = "uncertain_reward"
    title: ClassVar[dict[str, str]] = {"en": "Uncertain reward", "zh": "不确定奖励"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "prospects", "reward", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("shen2015", "halpern2011", "tversky1992", "deci1999")

    when: When = When(every=3)
    budget: float = knob(20.0, low=0, high=20_000, off=0.0, unit="yuan", doc="money in one draw")
    winners: int = knob(2, low=1, high=10_000, doc="how many win; more than come means everybody")
    notice: float = knob(1.0, low=0, high=5, off=0.0, unit="notices", doc="how clearly the draw is announced")
    hours: float = knob(0.1, low=0, high=24, off=0.0, unit="hours", doc="work for one draw")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce prize and odds, as many as came yesterday being in the draw."""
        del memory
        prompt = self.notice or None
        if self.budget == 0:
            return Offer(prompt=prompt)
        rivals = np.maximum(day.yesterday.get("visitors", day.count(whom)), 1)
        winners = np.minimum(self.winners, rivals)
        prize, chance = self.budget / winners, winners / rivals
        return Offer(prompt=prompt, prospects=(Prospect(prize, chance),))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Draw the winners among those who came."""
        del memory
        if self.budget == 0:
            return Award(hours=self.hours or None)
        won = day.pick(came & whom, self.winners, "winners")
        count = day.count(won)
        prize = self.budget / np.maximum(count, 1)
        return Award(reward=won * prize[:, None], cost=prize * (count > 0) * count, hours=self.hours or None)
