"""Personal care (一对一关怀): a few members a day are written to, one by one."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import Who
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class PersonalCare(Strategy):
    """Every day a few silent members are written to in private, whoever was cared for longest ago first.

    A personal message opens the talk, and some minutes of attention follow, whether they come or not. Being
    singled out helped newcomers to Facebook who were not inclined to contribute, and only these (Burke et al.
    2009); 13% of lurkers mean to lurk (Nonnecke et al. 2004), whom it cannot reach. How many a day, and how
    long, are assumptions.
    """

    name: ClassVar[str] = "personal_care"
    title: ClassVar[dict[str, str]] = {"en": "Personal care", "zh": "一对一关怀"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "care", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("burke2009", "nonnecke2004")
    remembers: ClassVar[dict[str, type]] = {"cared": np.int32}

    who: Who = Who(roles=("kol", "novice", "lurker"), tiers=("silent",), tenure_min=7)
    people: int = knob(5, low=0, high=1000, off=0, unit="people", doc="how many are cared for at a time")
    minutes: float = knob(
        10.0, low=0, high=600, off=0.0, unit="minutes", doc="attention that each of them gets"
    )
    message: float = knob(
        1.0, low=0, high=5, off=0.0, unit="notices", doc="how clearly the message asks them to come"
    )

    def _turn(self, day: Day, whom: Bools, memory: Memory) -> Bools:
        """Whose turn it is today, the same in offer and award: both look at the same lots."""
        lots = day.draws.of(day.draws.owner)
        return lots.foremost(whom, self.people, memory["cared"], "turn")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Write to those whose turn it is."""
        if not (self.people and self.minutes and self.message):
            return Offer()
        return Offer(prompt=self.message * self._turn(day, whom, memory))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Spend time with them, and note the day."""
        del came
        if not (self.people and self.minutes):
            return Award()
        turn = self._turn(day, whom, memory)
        if not turn.any():
            return Award()
        memory["cared"][turn] = day.index + 1
        return Award(care=self.minutes * turn, hours=day.count(turn) * self.minutes / 60)
