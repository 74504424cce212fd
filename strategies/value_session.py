"""Value sessions (课程/干货/嘉宾分享): useful content at a fixed hour, by the owner or a guest."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.draws import Bools
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class ValueSession(Strategy):
    """Once a week somebody who knows shares something useful in the group, announced the same day.

    What is said stays for all to read; those who come are taught. That value is why people stay is
    practitioners' belief; for more than half of those who lurk reading is enough (Nonnecke et al. 2004), and
    it has little more to give after about 40 messages a day (Ren and Kraut 2014). Sizes and prices are
    assumptions.
    """

    name: ClassVar[str] = "value_session"
    title: ClassVar[dict[str, str]] = {"en": "Value session", "zh": "干货分享"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "announced", "content", "coaching", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("nonnecke2004", "ren2014")

    when: When = When(every=7, start=3)
    messages: float = knob(
        20.0, low=0, high=500, off=0.0, unit="messages", doc="useful messages in one session"
    )
    teaching: float = knob(
        20.0, low=0, high=600, off=0.0, unit="minutes", doc="teaching that each visitor gets out of it"
    )
    fee: float = knob(0.0, low=0, high=100_000, off=0.0, unit="yuan", doc="speaker's fee")
    notice: float = knob(
        0.5, low=0, high=5, off=0.0, unit="notices", doc="how clearly a session is announced"
    )
    hours: float = knob(3.0, low=0, high=200, off=0.0, unit="hours", doc="work for one session")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce what is to come tonight."""
        del day, whom, memory
        return Offer(prompt=self.notice or None, announced=self.messages or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Hold the session, for however many are there."""
        del day, whom, came, memory
        return Award(
            content=self.messages or None,
            coaching=self.teaching or None,
            cost=self.fee or None,
            hours=self.hours or None,
        )
