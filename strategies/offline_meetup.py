"""Offline meetups (线下见面): a number of seats, a cost a head, and those who go get to know each other."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.members import Role
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob

#: An author's label for members without a table.
_NOWHERE = -1


@dataclass(frozen=True, kw_only=True)
class OfflineMeetup(Strategy):
    """Members are asked to meet in person; of those willing as many go as there are seats, and sit at tables.

    Attendees' ties to each other strengthen and ties to others thin (Sessions 2010); attendees decline more
    slowly up to a year later (Schwitter 2024, matched); content may fall (McCully et al. 2011). Who goes is
    self-selected, here by belonging.
    """

    name: ClassVar[str] = "offline_meetup"
    title: ClassVar[dict[str, str]] = {"en": "Offline meetup", "zh": "线下见面"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "gatherings", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("sessions2010", "schwitter2024", "mccully2011")

    when: When = When(every=30, start=10)
    seats: int = knob(20, low=0, high=100_000, off=0, unit="people", doc="seats at one meetup")
    table: int = knob(
        10, low=2, high=1000, unit="people", doc="people at one table, who get to know each other"
    )
    per_head: float = knob(
        80.0, low=0, high=10_000, off=0.0, unit="yuan", doc="cost of one person going", tag="A"
    )
    invited: str = knob(
        "everyone",
        choices=("everyone", "visitors", "kols"),
        doc="who is asked: all, the day's visitors, or KOLs",
    )
    notice: float = knob(0.5, low=0, high=5, off=0.0, unit="notices", doc="how clearly it is announced")
    hours: float = knob(6.0, low=0, high=200, off=0.0, unit="hours", doc="work for one meetup")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce the meetup in the group."""
        del day, whom, memory
        return Offer(prompt=self.notice or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Seat those willing, by lot, table by table."""
        del memory
        if self.seats == 0:
            return Award(hours=self.hours or None)
        asked = whom & ~day.members.muted
        if self.invited == "visitors":
            asked = asked & came
        elif self.invited == "kols":
            asked = asked & np.isin(day.members.role, (Role.OWNER, Role.KOL))
        go = day.pick(day.goes(asked), self.seats, "seat")
        lot = np.where(go, day.draws.uniform("table"), np.inf)
        place = lot.argsort(axis=1, kind="stable").argsort(axis=1)
        tables = np.where(go, place // self.table, _NOWHERE).astype(np.int32)
        return Award(gatherings=tables, cost=self.per_head * day.count(go), hours=self.hours or None)
