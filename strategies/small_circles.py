"""Small circles (小圈子/分群): a big group is split into circles in which people talk."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import Bools
from simulator.members import Role
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class SmallCircles(Strategy):
    """Everybody but the owners gets a seat for good in a circle of about the size asked for, to talk in.

    Newcomers go to the smallest circle. There are as many circles as fit the group; when it has grown or
    shrunk by half there are more or fewer, and only members of those closed move. Big groups help and hurt
    (Butler 2001), and public talk saturates at some 40 who write (Jones et al. 2008); that circles hold is
    practitioners' belief, and what size they should have and what they cost an assumption.
    """

    name: ClassVar[str] = "small_circles"
    title: ClassVar[dict[str, str]] = {"en": "Small circles", "zh": "小圈子"}
    uses: ClassVar[frozenset[str]] = frozenset({"circles", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("butler2001", "jones2008")
    remembers: ClassVar[dict[str, type]] = {"circle": np.int32}

    size: int = knob(15, low=2, high=500, unit="people", doc="members of a circle, or thereabouts")
    hours: float = knob(
        0.03, low=0, high=10, off=0.0, unit="hours", doc="work for each circle and its leader, each time"
    )
    by: str = knob(
        "lot",
        off="none",
        choices=("none", "lot", "role"),
        doc="how circles are made up: not at all, by lot, or with a share of each role",
    )

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Show everybody their circle."""
        del day
        circle = memory["circle"]
        if self.by == "none" or not circle.any():
            return Offer()
        return Offer(circles=np.where(whom, circle, 0).astype(np.int32) - 1)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Seat those who have no circle yet; they talk in it from the next time."""
        del came
        if self.by == "none":
            return Award()
        circle, m, now = memory["circle"], day.members, memory["circle"].max(axis=1)
        none = circle == 0
        seatless = whom & none & m.present & (m.role != Role.OWNER)
        seated = ~none & m.present & (m.role != Role.OWNER)
        circles = self._wanted(day.count(seatless | seated), now)
        if (now > circles).any():
            circle[circle > circles[:, None]] = 0
            seatless |= seated & whom & (circle == 0)
        if seatless.any():
            self._seat(day, circle, circles, seatless)
        return Award(hours=self.hours * circle.max(axis=1) if self.hours else None)

    def _wanted(self, people: NDArray[np.int64], now: NDArray[np.int32]) -> NDArray[np.int64]:
        """How many circles there ought to be, ``(R,)``: as now, while they are about as large as asked."""
        fits = (now > 0) & (np.abs(people - self.size * now.astype(np.int64)) * 2 <= self.size * now)
        return np.where(fits, now, np.maximum(np.rint(people / self.size), 1)).astype(np.int64)

    def _seat(self, day: Day, circle: NDArray[np.int32], circles: NDArray[np.int64], seatless: Bools) -> None:
        """Seat people in the order of their lots, role by role where roles are to be shared out."""
        rows, slots = np.nonzero(seatless)
        m, lots = day.members, day.draws.uniform("seat", seatless)[rows, slots]
        dealt = m.role[rows, slots] if self.by == "role" else np.zeros(len(rows))
        order = np.lexsort((m.id[rows, slots], lots, dealt, rows))
        some = np.flatnonzero(seatless.any(axis=1))
        seats = day.count(seatless[some])
        circle[rows[order], slots[order]] = _emptiest(circle[some], circles[some], seats)


def _emptiest(
    circle: NDArray[np.int32], circles: NDArray[np.int64], seats: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Circle numbers from 1 for as many people as ``seats`` says, row by row, the emptiest places first."""
    rows, most = len(circle), int(circles.max())
    at = np.arange(rows)[:, None] * (most + 1) + circle  # by row and circle; nought is none
    there = np.bincount(at.ravel(), minlength=rows * (most + 1)).reshape(rows, most + 1)[:, 1:]
    height = np.arange(int((-(-(there.sum(axis=1) + seats) // circles)).max()))[:, None]
    places = (height >= there[:, None, :]) & (np.arange(most) < circles[:, None, None])
    free = places.reshape(rows, -1)
    return np.nonzero(free & (np.cumsum(free, axis=1) <= seats[:, None]))[1] % most + 1
