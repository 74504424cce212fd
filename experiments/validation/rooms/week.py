"""One real room: what its first week showed, and what came of it.

The two are kept apart. :class:`Week` is made from the log cut at the end of day 6 and is all that a
prediction may use; :class:`Later` is what it is scored on.

Days are calendar days by UTC from that of the first message, day 0. A room lives to its last message before
14 silent days, whoever wrote it: whose room it is, a chat log does not say (:mod:`experiments.observed`
guesses an owner from the whole log, which would look ahead).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from experiments.observed.bonds import answers, ties
from experiments.observed.log import UNKNOWN, Kind, Log
from simulator.metrics import SILENT_DAYS

#: Days of which a prediction knows.
KNOWN = 7
#: Days, from day 7 on, in which messages are counted.
MONTH = 30
#: Last day on which a room is asked to be alive.
HORIZONS = (30, 90)
_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Week:
    """The first seven days of a room in which n people wrote.

    Attributes:
        messages: Messages of each writer on each day, ``(n, 7)``, in order of their first message.
        weekday: Weekday of day 0, Monday 0.
        a: One end of each tie among them, ``(e,)``.
        b: The other end, ``(e,)``.
        strength: Strength of each tie, ``(e,)``.
    """

    messages: NDArray[np.int64]
    weekday: int
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    strength: NDArray[np.float32]

    @property
    def posters(self) -> int:
        """People who wrote."""
        return len(self.messages)

    @property
    def total(self) -> int:
        """Messages written."""
        return int(self.messages.sum())

    @property
    def active(self) -> int:
        """Days with a message."""
        return int((self.messages.sum(axis=0) > 0).sum())

    @property
    def last(self) -> int:
        """Last day with a message, 0..6."""
        return int(np.flatnonzero(self.messages.sum(axis=0))[-1])

    @property
    def first(self) -> NDArray[np.int64]:
        """Day on which each writer was first seen, ``(n,)``."""
        return np.asarray((self.messages > 0).argmax(axis=1), np.int64)

    @property
    def newcomers(self) -> int:
        """Writers first seen after day 0."""
        return int((self.first > 0).sum())


@dataclass(frozen=True, eq=False)
class Later:
    """What came of a room.

    Attributes:
        watched: Days observed, day 0 included.
        lived: Days lived, or watched for certain where ``died`` is False: then ``watched - 14``, at least 0.
        died: Whether 14 silent days were seen.
        messages: Messages on days 7..36; -1 where these were not all watched.
        daily: Messages on each day watched, ``(watched,)``.
        joined: Day of the first message of everybody who wrote first on day 7 or later, ``(m,)``.
        spoke: Day of their last message, ``(m,)``.
        wrote: Their messages, ``(m,)``.
    """

    watched: int
    lived: int
    died: bool
    messages: int
    daily: NDArray[np.int64]
    joined: NDArray[np.int64]
    spoke: NDArray[np.int64]
    wrote: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Room:
    """A room: its name, the file it is from, its first day (days from 1970-01-01), its week and the rest."""

    name: str
    file: str
    born: int
    week: Week
    later: Later


def room(log: Log, file: str, until: int) -> Room | None:
    """Read a room off its log.

    Args:
        log: Its log, with at least one message.
        file: Name of the file, for messages.
        until: Unix seconds up to which it counts as watched; what comes after is not looked at.

    Returns:
        None where fewer than 7 days were watched.
    """
    said = log.kind == Kind.MESSAGE
    born = int(log.ts[said][0]) // _DAY
    watched = until // _DAY - born
    return (
        None if watched < KNOWN else Room(log.group, file, born, week(log, born), later(log, born, watched))
    )


def week(log: Log, born: int) -> Week:
    """The facts of days 0..6. Nothing that happened later can be in them: the log is cut first."""
    cut = _before(log, (born + KNOWN) * _DAY)
    said = cut.kind == Kind.MESSAGE
    who, day = cut.member[said], cut.ts[said] // _DAY - born
    people, first = np.unique(who, return_index=True)
    people = people[np.argsort(first, kind="stable")]
    ordinal = np.full(len(cut.names), UNKNOWN, np.int64)
    ordinal[people] = np.arange(len(people))
    counts = np.zeros((len(people), KNOWN), np.int64)
    np.add.at(counts, (ordinal[who], day), 1)
    found = answers(cut)
    return Week(counts, (born + 3) % 7, *ties(found, np.ones(len(found.row)), ordinal))


def _before(log: Log, end: int) -> Log:
    """The log as it stood at ``end``: rows before it, and no answers to rows that are not there."""
    n = int(np.searchsorted(log.ts, end))
    rows = {
        name: getattr(log, name)[:n]
        for name in ("member", "ts", "kind", "reply_to", "to_member", "thread", "chars")
    }
    rows["reply_to"] = np.where(rows["reply_to"] < n, rows["reply_to"], UNKNOWN).astype(np.int32)
    return replace(log, **rows, end=end)


def later(log: Log, born: int, watched: int) -> Later:
    """What became of the room within the days watched."""
    said = log.kind == Kind.MESSAGE
    who, day = log.member[said], log.ts[said] // _DAY - born
    who, day = who[day < watched], day[day < watched]
    daily = np.bincount(day, minlength=watched)
    lived, died = lifetime(daily > 0)
    people, first = np.unique(who, return_index=True)
    last = np.zeros(len(log.names), np.int64)
    np.maximum.at(last, who, day)
    wrote = np.bincount(who, minlength=len(log.names))
    new = day[first] >= KNOWN
    seen = watched >= KNOWN + MONTH
    return Later(
        watched=watched,
        lived=lived,
        died=died,
        messages=int(daily[KNOWN : KNOWN + MONTH].sum()) if seen else -1,
        daily=daily,
        joined=day[first][new],
        spoke=last[people][new],
        wrote=wrote[people][new],
    )


def lifetime(talk: NDArray[np.bool_]) -> tuple[int, bool]:
    """Days lived and whether the room died, from whether there was talk on each day watched, ``(days,)``.

    As :func:`simulator.record.lifespan` has it: who is not known to have died is watched to ``days - 14``.
    """
    days = np.flatnonzero(talk)
    quiet = np.diff(np.append(days, len(talk))) - 1
    ends = np.flatnonzero(quiet >= SILENT_DAYS)
    return (int(days[ends[0]]) + 1, True) if len(ends) else (max(len(talk) - SILENT_DAYS, 0), False)
