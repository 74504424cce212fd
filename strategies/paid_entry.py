"""Paid entry (付费/门槛入群): a fee, an application and a ritual stand before the group."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.draws import Bools
from simulator.members import Role
from simulator.strategy import Award, Day, Entry, Memory, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class PaidEntry(Strategy):
    """Whoever joins pays a fee, is looked at first, and is taken in with a ritual; founders too, on day 0.

    Everybody who joins is meant, whatever audience is asked for; owners pay nothing. Fewer enter: of smokers
    13.7% took up a deposit of 150 dollars and 90.0% a pure reward; counting all who were asked, more of the
    latter had stopped in the end (Halpern et al. 2015). Fees and minutes are assumptions. Those turned away
    are not counted: what they cost in work belongs in ``review``.
    """

    name: ClassVar[str] = "paid_entry"
    title: ClassVar[dict[str, str]] = {"en": "Paid entry", "zh": "付费入群"}
    uses: ClassVar[frozenset[str]] = frozenset({"fee", "screening", "ceremony", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("halpern2015",)

    fee: float = knob(49.0, low=0, high=100_000, off=0.0, unit="yuan", doc="fee for joining")
    screening: float = knob(
        5.0, low=0, high=600, off=0.0, unit="minutes", doc="application, task or test before one may join"
    )
    ceremony: float = knob(
        10.0, low=0, high=600, off=0.0, unit="minutes", doc="ritual of joining, one for all who join on a day"
    )
    review: float = knob(
        0.5, low=0, high=10, off=0.0, doc="operator's minutes for each minute of screening, by head let in"
    )

    def entry(self) -> Entry:
        """What joining asks."""
        return Entry(fee=self.fee, screening=self.screening, ceremony=self.ceremony)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Take the fees of those who joined today, and book the work with them."""
        del whom, came, memory
        reviewed = self.screening * self.review
        if not (self.fee or reviewed or self.ceremony):
            return Award()
        m = day.members
        let_in = day.count(m.present & (m.joined == day.index) & (m.role != Role.OWNER))
        if not let_in.any():
            return Award()
        minutes = reviewed * let_in + self.ceremony * (let_in > 0)
        return Award(
            income=self.fee * let_in if self.fee else None,
            hours=minutes / np.float64(60) if minutes.any() else None,
        )
