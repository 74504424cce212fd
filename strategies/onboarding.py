"""Onboarding (入群仪式/开营仪式): a ceremony at the opening, and a welcome for whoever joins later."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import Who
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class Onboarding(Strategy):
    """Newcomers are welcomed by name, told rules and goal, and asked to introduce themselves by a template.

    Newcomers who get a reply come back more (Joyce and Kraut 2006, correlational), introductions draw more
    (Burke et al. 2007), and an invitation to a friendly place kept more new editors of Wikipedia (Morgan and
    Halfaker 2018, randomised; size not seen). That the first day decides is what practitioners believe. The
    founders of a new group get one ceremony together, and those who come first on the same day hear the rules
    together. Minutes and doses are assumptions.
    """

    name: ClassVar[str] = "onboarding"
    title: ClassVar[dict[str, str]] = {"en": "Onboarding", "zh": "入群仪式"}
    uses: ClassVar[frozenset[str]] = frozenset(
        {"prompt", "welcome", "tokens", "coaching", "purpose", "hours"}
    )
    evidence: ClassVar[tuple[str, ...]] = ("joyce2006", "burke2007", "morgan2018")
    remembers: ClassVar[dict[str, type]] = {"greeted": np.bool_, "met": np.bool_}

    who: Who = Who(tenure_max=2)
    notice: float = knob(
        0.5, low=0, high=5, off=0.0, unit="notices", doc="personal notice on each of the first days"
    )
    welcome: float = knob(1.0, low=0, high=10, off=0.0, unit="welcomes", doc="welcome of each newcomer")
    rules: float = knob(
        5.0,
        low=0,
        high=480,
        off=0.0,
        unit="minutes",
        doc="rules explained on the first visit, to all of a day at once",
    )
    goal: float = knob(1.0, low=0, high=10, off=0.0, unit="mentions", doc="goal told on the first visit")
    introduce: float = knob(
        1.0, low=0, high=10, off=0.0, unit="messages", doc="self-introduction asked for on the first visit"
    )
    minutes: float = knob(
        3.0, low=0, high=480, off=0.0, unit="minutes", doc="work on each who joins after the opening"
    )
    opening: float = knob(
        2.0, low=0, high=100, off=0.0, unit="hours", doc="work for the opening ceremony, on day 0"
    )

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Call the newcomers by name."""
        del day, whom, memory
        return Offer(prompt=self.notice or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Welcome who is new; tell whoever of them comes for the first time how things are done."""
        fresh = whom & ~memory["greeted"]
        first = whom & came & ~memory["met"]
        if not fresh.any() and not first.any():
            return Award()
        memory["greeted"] |= fresh
        memory["met"] |= first
        hours = self.rules / 60 * first.any(axis=1)
        if day.index == 0:
            hours += self.opening * fresh.any(axis=1)
        else:
            hours += self.minutes / 60 * day.count(fresh)
        return Award(
            welcome=np.float32(self.welcome) * fresh if self.welcome else None,
            tokens=np.float32(self.introduce) * day.checks_in(first) if self.introduce else None,
            coaching=np.float32(self.rules) * first if self.rules else None,
            purpose=np.float32(self.goal) * first if self.goal else None,
            hours=hours if self.minutes or self.rules or self.opening else None,
        )
