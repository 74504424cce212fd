"""Member exchange (互换用户/联谊): two groups show each other round, for new blood."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.draws import Bools
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class MemberExchange(Strategy):
    """Another group's members are shown this one in a joint event, which is announced; theirs is shown here.

    Joining gets likelier with friends inside (Backstrom et al. 2006), and whom somebody brought goes less
    while that member stays (Van den Bulte et al. 2018): guests have neither. That their group is shown here
    in return is one advert more to scroll past. How many come to look, and what it takes, are assumptions.
    """

    name: ClassVar[str] = "member_exchange"
    title: ClassVar[dict[str, str]] = {"en": "Member exchange", "zh": "互换用户"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "guests", "noise", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("backstrom2006", "vandenbulte2018")

    when: When = When(every=14, start=7)
    guests: float = knob(
        20.0, low=0, high=100_000, off=0.0, unit="people", doc="people of the other group shown this one"
    )
    per_guest: float = knob(1.0, low=0, high=1000, off=0.0, unit="yuan", doc="small gift to each guest")
    notice: float = knob(
        0.5, low=0, high=5, off=0.0, unit="notices", doc="how clearly the joint event is announced"
    )
    adverts: float = knob(
        1.0, low=0, high=100, off=0.0, unit="messages", doc="adverts of the other group posted here in return"
    )
    hours: float = knob(2.0, low=0, high=200, off=0.0, unit="hours", doc="work for one exchange")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce the joint event to our own."""
        del day, whom, memory
        return Offer(prompt=self.notice or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Show the guests round, and the other group to ours."""
        del day, whom, came, memory
        return Award(
            guests=self.guests or None,
            noise=self.adverts or None,
            cost=self.guests * self.per_guest or None,
            hours=self.hours or None,
        )
