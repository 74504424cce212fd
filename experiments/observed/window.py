"""Which days a portrait is taken from, and who belongs in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.observed.presence import Presence
from experiments.observed.rhythm import Life, usual_pause

#: Days in which the founders of a newborn group appear.
OPENING = 7
#: Shortest and longest window; a longer one only where too few people wrote.
SHORTEST, LONGEST = 28, 182
#: Fewest people to start with: one for each role, and one more.
CIRCLE = 5


@dataclass(frozen=True, eq=False)
class Window:
    """The days measured and the people taken.

    Attributes:
        a: First day measured.
        b: Last day measured.
        last: Last day of the group's life so far: the log's end, or the last active day of a dead group.
        founders: People taken, in order of first appearance, ``(n,)``.
        around: Days within which they wrote, from day 0 (birth) or back from ``last`` (now).
        asked: What ``around`` was before it had to be widened.
    """

    a: int
    b: int
    last: int
    founders: NDArray[np.int64]
    around: int
    asked: int


def choose(seen: Presence, life: Life, start: str) -> Window:
    """Choose days and people.

    ``birth``: who was first seen in the first week (and ever wrote), measured over the first four weeks.
    ``now``: who wrote within the last K days and has not left, measured over those K days; K is the pause
    within which 9 in 10 of returning writers return in this group, in whole weeks, at least 4 and at most 26.
    A dead group's last day is the last on which :data:`CIRCLE` people had written within K days: a stray
    message years later does not bring it back. Both spans are doubled until they hold so many, or all days.
    """
    last = seen.end - life.silent if life.dead else seen.end
    if start == "birth":
        asked = OPENING
        place = np.where(seen.wrote <= last, np.maximum(seen.first, 0), seen.end + 1)
    else:
        asked = int(np.clip(-(-usual_pause(seen, last) // 7) * 7, SHORTEST, LONGEST))
        if life.dead:
            last = _last_active(seen, asked, last)
        latest = seen.latest(last)
        there = seen.here & (latest >= 0)
        if there.sum() < CIRCLE:  # nearly everybody left: show the group as it was
            there = latest >= 0
        place = np.where(there, last - latest, last + 1)
    around = asked
    while (place < around).sum() < CIRCLE and around <= last:
        around *= 2
    around = min(around, max(last + 1, asked))
    founders = np.flatnonzero((place < around) & (place <= last))
    if start == "birth":
        a, b = 0, min(max(SHORTEST, around) - 1, seen.end)
    else:
        a, b = max(0, last - around + 1), last
    return Window(a, b, last, founders, around, asked)


def _last_active(seen: Presence, within: int, last: int) -> int:
    """Last writing day on which :data:`CIRCLE` people had written ``within`` so many days; else ``last``."""
    later = seen.day + within
    same = np.flatnonzero(np.diff(seen.member) == 0)
    gone = later.copy()  # the day on which a member-day stops counting: overtaken by the next one, or too old
    gone[same] = np.minimum(later[same], seen.day[same + 1])
    length = seen.end + within + 1
    people = np.cumsum(np.bincount(seen.day, minlength=length) - np.bincount(gone, minlength=length))
    days = np.unique(seen.day[seen.day <= last])
    days = days[people[days] >= CIRCLE]
    return int(days[-1]) if len(days) else last
