"""Check-in streaks (打卡/签到): a run of daily check-ins, milestones, and a card that mends one miss."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class CheckInStreak(Strategy):
    """Members check in daily for points; a run pays at milestones, and a repair card mends one miss.

    A broken logged run lowers engagement, less if it can be repaired (Silverman and Barasch 2023); streaks
    make token activity too (Moldon et al. 2021); habit is unharmed by a miss (Lally et al. 2010). Check-in
    posts are tokens, not talk.
    """

    name: ClassVar[str] = "check_in_streak"
    title: ClassVar[dict[str, str]] = {"en": "Check-in streak", "zh": "打卡"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "prospects", "run", "reward", "tokens", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("silverman2023", "moldon2021", "lally2010", "deci1999")
    remembers: ClassVar[dict[str, type]] = {"run": np.int16, "cards": np.int16}

    point: float = knob(0.1, low=0, high=100, off=0.0, unit="yuan", doc="worth of one check-in")
    milestone: int = knob(7, low=2, high=365, unit="days", doc="days in a row that pay a bonus")
    bonus: float = knob(2.0, low=0, high=1000, off=0.0, unit="yuan", doc="worth of a milestone")
    cards: int = knob(1, low=0, high=30, doc="repair cards earned at each milestone")
    stake: float = knob(1.0, low=0, high=1, off=0.0, doc="how visibly the run is shown")
    notice: float = knob(0.5, low=0, high=5, off=0.0, unit="notices", doc="daily reminder")
    hours: float = knob(0.15, low=0, high=24, off=0.0, unit="hours", doc="work a day")

    @property
    def _runs(self) -> bool:
        return any((self.point, self.bonus, self.stake, self.notice, self.hours))

    def _completes(self, run: NDArray[np.int16]) -> Bools:
        """Whose run is a whole number of milestones (dividing is far quicker than remainders)."""
        whole: Bools = run // self.milestone * self.milestone == run
        return whole

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Remind, promise today's point (and bonus, when one is due), show the run."""
        del day, whom
        run = memory["run"]
        prospects: tuple[Prospect, ...] = ()
        if self.point or self.bonus:
            due = self._completes(run + 1)
            prospects = (Prospect(np.float32(self.point) + np.float32(self.bonus) * due),)
        return Offer(
            prompt=self.notice or None,
            prospects=prospects,
            run=np.float32(self.stake) * run if self.stake else None,
        )

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Count check-ins, pay points and bonuses, mend or break the runs of the others."""
        if not self._runs:
            return Award()
        run, cards = memory["run"], memory["cards"]
        checked = day.checks_in(came & whom)
        mended = ~checked & (run > 0) & (cards > 0)
        run += checked
        run *= checked | mended
        reached = checked & self._completes(run)
        cards += np.int16(self.cards) * reached
        cards -= mended
        reward = np.float32(self.point) * checked + np.float32(self.bonus) * reached
        return Award(reward=reward, tokens=checked, cost=day.total(reward), hours=self.hours or None)
