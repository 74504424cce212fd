"""Referral (裂变/转介绍): members are asked to bring friends, and get something for it; four kinds."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools
from simulator.members import Role
from simulator.schedule import When, Who
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Entry, Memory, Offer, Strategy, knob

#: Operator's minutes for each minute of a friend's test.
_REVIEW = 0.5


@dataclass(frozen=True, kw_only=True)
class Referral(Strategy):
    """Round by round some members post the group elsewhere and bring friends, who pay off for them.

    ``forward``: each friend who joins pays. ``task``: only full sets of friends do. ``lottery``: the same
    money goes to few of those who bring anybody. ``test``: whoever joins has to pass a test first, and who
    brought them is thanked in public instead. Friends brought between rounds count as well, if it acts on
    the day they join, as it does by default; what is due is given on the next visit. Referred customers of a
    bank were worth at least 16% more (Schmitt et al. 2011); they churn less, but only while who referred
    them stays (Van den Bulte et al. 2018); 80% of first invitations come within five days of joining (Qiu et
    al. 2016). Pay, and how many take it up, are assumptions.
    """

    name: ClassVar[str] = "referral"
    title: ClassVar[dict[str, str]] = {"en": "Referral", "zh": "裂变"}
    uses: ClassVar[frozenset[str]] = frozenset(
        {"prompt", "prospects", "screening", "reward", "praise", "tokens", "invitations", "hours"}
    )
    evidence: ClassVar[tuple[str, ...]] = ("schmitt2011", "vandenbulte2018", "qiu2016")
    remembers: ClassVar[dict[str, type]] = {"owed": np.int32, "opened": np.int32}

    when: When = When(start=1)
    who: Who = Who(roles=("kol", "novice", "lurker"))
    kind: str = knob(
        "forward",
        choices=("forward", "task", "lottery", "test"),
        doc="what is asked and paid: each friend, a set of friends, a lottery, or a test and thanks",
    )
    interval: int = knob(7, low=1, high=365, unit="days", doc="from one round of asking to the next")
    asked: int = knob(10, low=0, high=10_000, off=0, unit="people", doc="visitors who forward it in a round")
    friends: int = knob(2, low=1, high=50, unit="friends", doc="how many each is asked to bring; a full set")
    reward: float = knob(5.0, low=0, high=1000, off=0.0, unit="yuan", doc="worth of one friend brought")
    odds: int = knob(10, low=1, high=1000, doc="lottery: one in so many wins, and as many times as much")
    test: float = knob(
        5.0, low=0, high=120, off=0.0, unit="minutes", doc="test: what a friend has to do before joining"
    )
    thanks: float = knob(
        1.0, low=0, high=20, off=0.0, unit="mentions", doc="test: thanks in public for each friend brought"
    )
    notice: float = knob(0.5, low=0, high=5, off=0.0, unit="notices", doc="how clearly a round is announced")
    hours: float = knob(0.5, low=0, high=24, off=0.0, unit="hours", doc="work for one round")

    def entry(self) -> Entry:
        """A test, if it is that kind; everybody who joins takes it."""
        return Entry(screening=self.test if self.kind == "test" else 0.0)

    def _opens(self, day: Day, memory: Memory) -> Bools:
        """Where a round of asking begins today, ``(R,)``; all who were there remember the last."""
        last = memory["opened"].max(axis=1)
        opens: Bools = (last == 0) | (day.index + 1 - last >= self.interval)
        return opens

    def _settled(self, due: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the friends due are paid for."""
        return due // self.friends * self.friends if self.kind == "task" else due

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce a round; who has brought somebody knows what is waiting."""
        opens = self._opens(day, memory)
        prompt = self.notice * (whom & opens[:, None]) if self.notice and opens.any() else None
        if self.kind == "test" or not self.reward:
            return Offer(prompt=prompt)
        pays = self._settled(memory["owed"] + day.brought()) * whom
        times = self.odds if self.kind == "lottery" else 1
        return Offer(prompt=prompt, prospects=(Prospect(self.reward * times * pays, (pays > 0) / times),))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Pay or thank for friends, and on the first day of a round ask visitors to bring more."""
        if not any((self.asked, self.reward, self.test, self.thanks, self.notice, self.hours)):
            return Award()
        there = whom & came
        given: dict[str, NDArray[Any]] = {}
        due = memory["owed"] + day.brought()
        if due.any():
            settled = self._settled(due * there)
            memory["owed"][:] = due - settled
            given = self._given(day, settled)
        opens = self._opens(day, memory)
        memory["opened"][opens] = day.index + 1
        hours = self.hours * opens
        if self.kind == "test" and self.test:
            m = day.members
            tested = day.count(m.present & (m.joined == day.index) & (m.role != Role.OWNER))
            hours = hours + self.test * _REVIEW / 60 * tested
        asked = None
        if self.asked and opens.any():
            asked = day.pick(there & opens[:, None], self.asked, "forward")
        return Award(
            tokens=asked,
            invitations=None if asked is None else self.friends * asked,
            hours=hours if hours.any() else None,
            **given,
        )

    def _given(self, day: Day, settled: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """What those get whose friends are settled, and what it costs."""
        if self.kind == "test":
            return {"praise": self.thanks * settled} if self.thanks else {}
        if not self.reward:
            return {}
        reward = self.reward * settled
        if self.kind == "lottery":
            reward = reward * self.odds * day.draws.bernoulli(1 / self.odds, "wins", settled > 0)
        return {"reward": reward, "cost": day.total(reward)}
