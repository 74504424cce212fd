"""Cultivating KOLs (培养KOL/斗士): a few members are coached, talked to, thanked in public and paid."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools
from simulator.members import Role
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Strategy, knob

#: Odds that put KOLs before everybody else, of whom the most talkative has 1.
_FIRST = 1e6


@dataclass(frozen=True, kw_only=True)
class KolCultivation(Strategy):
    """A few members, KOLs first and then those who talk most, are taken on and cultivated while they stay.

    Each time each gets a private talk, come or not; those who came that day are also coached, thanked in
    public and paid, which is not announced beforehand. Thanks raised the work of the most productive only
    (Restivo and van de Rijt 2012, 2014), praise feeds interest and expected pay may starve it (Deci et al.
    1999), singling out helps those who were not inclined (Burke et al. 2009). That KOLs then carry others is
    what practitioners believe; minutes, money and who is taken on are assumptions.
    """

    name: ClassVar[str] = "kol_cultivation"
    title: ClassVar[dict[str, str]] = {"en": "KOL cultivation", "zh": "培养大神"}
    uses: ClassVar[frozenset[str]] = frozenset({"coaching", "care", "praise", "reward", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("restivo2012", "restivo2014", "deci1999", "burke2009")
    remembers: ClassVar[dict[str, type]] = {"taken": np.bool_}

    when: When = When(every=7)
    people: int = knob(5, low=0, high=1000, off=0, unit="people", doc="how many are cultivated at once")
    choice: str = knob(
        "both", choices=("kols", "promising", "both"), doc="who is taken on: KOLs, others who talk, or both"
    )
    coaching: float = knob(
        20.0, low=0, high=480, off=0.0, unit="minutes", doc="coaching of each who came, each time"
    )
    talk: float = knob(
        10.0, low=0, high=480, off=0.0, unit="minutes", doc="private talk with each, each time"
    )
    praise: float = knob(
        1.0, low=0, high=10, off=0.0, unit="mentions", doc="public thanks to each who came, each time"
    )
    reward: float = knob(
        20.0, low=0, high=10_000, off=0.0, unit="yuan", doc="money for each who came, each time"
    )

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Fill free places, then talk, coach, thank and pay."""
        if self.people == 0:
            return Award()
        taken = memory["taken"]
        free = self.people - day.count(taken & whom)
        if (free > 0).any():
            taken |= self._found(day, whom & ~taken, free)
        mine = taken & whom
        there = mine & came
        minutes = self.talk * day.count(mine) + self.coaching * day.count(there)
        return Award(
            coaching=np.float32(self.coaching) * there if self.coaching else None,
            care=np.float32(self.talk) * mine if self.talk else None,
            praise=np.float32(self.praise) * there if self.praise else None,
            reward=np.float32(self.reward) * there if self.reward else None,
            cost=self.reward * day.count(there) if self.reward else None,
            hours=minutes / 60 if self.talk or self.coaching else None,
        )

    def _found(self, day: Day, among: Bools, places: NDArray[np.int64]) -> Bools:
        """Whom to take on: KOLs first, by lot, then others by how often they talk; never an owner."""
        m = day.members
        kol, talks = m.role == Role.KOL, m.messages > 0
        fit = {"kols": kol, "promising": talks & ~kol, "both": kol | talks}[self.choice]
        odds = m.speaking + _FIRST * kol
        return day.pick(among & fit & (m.role != Role.OWNER), places, "taken on", odds)
