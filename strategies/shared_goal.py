"""Shared goal (共同目标/愿景): one goal for all, with progress that everybody can see."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob

#: Milestones of a round: its quarters.
_PARTS = 4


@dataclass(frozen=True, kw_only=True)
class SharedGoal(Strategy):
    """One goal is set for all: it is spoken of to those who come, and what members do for it is added up.

    Every quarter of the way is announced on the next day; at the end of a round all who are there get a
    keepsake, and the next round begins. Challenging goals raised contribution, group goals more so than
    individual ones (Ling et al. 2005), and features of group identity about doubled visits (Ren et al. 2012);
    that it is the root of all else is practitioners' belief. How many contributions make a round
    goes by how many are addressed; the count is kept as long as anybody is there to remember it. Sizes are
    assumptions.
    """

    name: ClassVar[str] = "shared_goal"
    title: ClassVar[dict[str, str]] = {"en": "Shared goal", "zh": "共同目标"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "purpose", "reward", "tokens", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("ling2005", "ren2012")
    remembers: ClassVar[dict[str, type]] = {"progress": np.int32, "news": np.bool_}

    mentions: float = knob(
        1.0, low=0, high=20, off=0.0, unit="mentions", doc="how often the goal is spoken of to those who come"
    )
    by: str = knob(
        "talk",
        choices=("talk", "check_in"),
        doc="what counts for it: a day with a message, or a check-in",
    )
    each: int = knob(3, low=1, high=10_000, doc="contributions a member that make a round")
    notice: float = knob(
        0.5, low=0, high=5, off=0.0, unit="notices", doc="how clearly a milestone is announced"
    )
    keepsake: float = knob(
        2.0, low=0, high=1000, off=0.0, unit="yuan", doc="for each who is there when a round is completed"
    )
    hours: float = knob(0.2, low=0, high=24, off=0.0, unit="hours", doc="work of counting and telling")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce the milestone reached the last time."""
        del day
        if not self.notice or not memory["news"].any():
            return Offer()
        return Offer(prompt=self.notice * (memory["news"] & whom))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Speak of the goal, add up what was done for it, and end the round if it is reached."""
        if not any((self.mentions, self.notice, self.keepsake, self.hours)):
            return Award()
        there = whom & came
        checked = day.checks_in(there) if self.by == "check_in" else None
        done = day.count(there & (day.posts > 0) if checked is None else checked)
        goal = np.maximum(self.each * day.count(whom), 1)
        before = memory["progress"].max(axis=1)  # what all remember; who is new has yet to hear of it
        after = before + done
        ended = (after >= goal) & (done > 0)
        news = ended | (after * _PARTS // goal > before * _PARTS // goal)
        memory["progress"][:] = np.where(ended, after - goal, after)[:, None]
        memory["news"][:] = news[:, None] & day.members.present
        reward = self.keepsake * (there & ended[:, None]) if self.keepsake and ended.any() else None
        return Award(
            purpose=self.mentions or None,
            reward=reward,
            tokens=checked,
            cost=None if reward is None else day.total(reward),
            hours=self.hours or None,
        )
