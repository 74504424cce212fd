"""Adverts day after day (广告轰炸): the negative control of the repertoire."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.draws import Bools
from simulator.strategy import Award, Day, Memory, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class AdvertBlast(Strategy):
    """So many adverts are posted every day, which all who come must scroll past; each may earn a commission.

    No study of adverts in chat groups was found. What must be scrolled past adds to overload, which ends
    participation (Jones et al. 2004); volume draws and drives away members at once (Butler 2001). How many
    are posted, what one takes to write and what it earns are assumptions; nothing is earned unless said so.
    """

    name: ClassVar[str] = "advert_blast"
    title: ClassVar[dict[str, str]] = {"en": "Adverts every day", "zh": "广告轰炸"}
    uses: ClassVar[frozenset[str]] = frozenset({"noise", "income", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("jones2004", "butler2001")

    adverts: float = knob(5.0, low=0, high=500, off=0.0, unit="messages", doc="adverts a day")
    commission: float = knob(
        0.0, low=0, high=100, off=0.0, unit="yuan", doc="earned for each visitor whom an advert reaches"
    )
    hours: float = knob(0.05, low=0, high=10, off=0.0, unit="hours", doc="work for one advert")

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Post the adverts; whoever comes sees them."""
        del memory
        if self.adverts == 0:
            return Award()
        income = self.commission * self.adverts * day.count(came & whom) if self.commission else None
        return Award(noise=self.adverts, income=income, hours=self.adverts * self.hours or None)
