"""House rules (群规/管理): told to everybody once; clutter is removed, and idle members may be."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.members import Role
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class HouseRules(Strategy):
    """Rules are told to each member once; adverts and clutter are removed; who stays away too long may go.

    Overload ends participation (Jones et al. 2004), so less to scroll past should help; but removing what is
    off the topic also takes occasions to bond (Ren and Kraut 2014, a simulation). That moderation works in
    proportion to the hours spent on it is an assumption. Half of all lurkers find reading enough (Nonnecke et
    al. 2004), so putting people out is off unless asked for; owners and KOLs always stay.
    """

    name: ClassVar[str] = "house_rules"
    title: ClassVar[dict[str, str]] = {"en": "House rules", "zh": "群规"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "order", "removals", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("jones2004", "ren2014", "nonnecke2004")
    remembers: ClassVar[dict[str, type]] = {"told": np.bool_}

    order: float = knob(0.5, low=0, high=1, off=0.0, unit="share", doc="share of clutter and adverts removed")
    hours: float = knob(
        0.6, low=0, high=24, off=0.0, unit="hours", doc="work a day that removing all of it would take"
    )
    idle: int = knob(
        0, low=0, high=3650, off=0, unit="days", doc="days away after which one is put out; 0 for never"
    )
    notice: float = knob(
        0.3, low=0, high=5, off=0.0, unit="notices", doc="how clearly each is told the rules, once"
    )

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Tell the rules to whoever has not been told: everybody at the start, then those who join."""
        del day
        return Offer(prompt=np.float32(self.notice) * (whom & ~memory["told"]) if self.notice else None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Moderate, and put out those who have stayed away too long."""
        if self.notice:
            memory["told"] |= whom
        return Award(
            order=self.order or None,
            removals=self._away(day, whom & ~came) if self.idle else None,
            hours=self.order * self.hours or None,
        )

    def _away(self, day: Day, absent: Bools) -> Bools:
        """Who has not come for ``idle`` days since joining (or the opening), owners and KOLs apart."""
        m = day.members
        seen = np.maximum(np.maximum(m.last_came, m.joined), m.never + 1)
        out: Bools = absent & (day.index - seen >= self.idle) & (m.role != Role.OWNER) & (m.role != Role.KOL)
        return out
