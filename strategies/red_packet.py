"""Red packets (红包): a purse dropped in the group and split among the first to grab."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.schedule import When
from simulator.stimuli import Prospect
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob

#: The two halves of a lucky share, as members see it: a little or a lot, in shares of the even split.
_LOW, _HIGH = 0.4, 1.6
#: Luck in grains that ``day.total`` adds up exactly, so that the shares come to what is booked; never none.
_GRAIN = 2.0**-20


@dataclass(frozen=True, kw_only=True)
class RedPacket(Strategy):
    """A purse is dropped and announced; the quickest of those who come grab a share each, and all can see.

    What members hear of it: the notice, the prospect of a share, the money, and the grabs scrolling by.
    Whether it helps is open: gifts echo at 0.18 per unit (Yuan et al. 2024) and go with participation (Yuan
    et al. 2017, matched, not causal), expected pay can crowd out interest (Deci et al. 1999). The lucky split
    is uniform up to twice the remaining mean (folk algorithm).
    """

    name: ClassVar[str] = "red_packet"
    title: ClassVar[dict[str, str]] = {"en": "Red packets", "zh": "红包"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "prospects", "packet", "tokens", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("yuan2024", "yuan2017", "deci1999", "tversky1992")

    when: When = When(every=3)
    purse: float = knob(
        20.0,
        low=0,
        high=20_000,
        off=0.0,
        unit="yuan",
        doc="money in one drop",
        tag="IND",
        source="redpacket-cap",
    )
    shares: int = knob(10, low=1, high=1000, doc="how many can grab a share")
    split: str = knob("lucky", choices=("lucky", "equal"), doc="shares by luck, or all the same")
    notice: float = knob(1.0, low=0, high=5, off=0.0, unit="notices", doc="how clearly the drop is announced")
    hours: float = knob(0.1, low=0, high=24, off=0.0, unit="hours", doc="work for one drop")

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Announce the drop; who is early enough gets a share."""
        del memory
        prompt = self.notice or None
        if self.purse == 0:
            return Offer(prompt=prompt)
        rivals = np.maximum(day.yesterday.get("visitors", day.count(whom)), 1)
        chance = np.minimum(self.shares / rivals, 1.0)
        even = self.purse / self.shares
        if self.split == "equal":
            return Offer(prompt=prompt, prospects=(Prospect(even, chance),))
        return Offer(
            prompt=prompt, prospects=(Prospect(_LOW * even, chance / 2), Prospect(_HIGH * even, chance / 2))
        )

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Split the purse among the quickest."""
        del memory
        if self.purse == 0:
            return Award(hours=self.hours or None)
        quick = day.pick(came & whom, self.shares, "haste")
        if self.split == "equal":
            part = quick.astype(np.float64)
        else:
            part = np.ceil(day.draws.uniform("luck", quick) / _GRAIN) * _GRAIN
        total = day.total(part)
        paid = np.where(total > 0, np.minimum(self.purse, self.purse / self.shares * day.count(quick)), 0.0)
        packet = part * (paid / np.where(total > 0, total, 1))[:, None]
        return Award(packet=packet, tokens=quick, cost=paid, hours=self.hours or None)
