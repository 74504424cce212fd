"""The portrait of a group: everything a simulation of it can start from, as plain numbers and arrays."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.observed import bonds, rhythm, roles
from experiments.observed.log import UNKNOWN, Kind, Log
from experiments.observed.notes import notes
from experiments.observed.presence import habits, presence
from experiments.observed.window import LONGEST, choose
from simulator.errors import UserError, unknown
from simulator.members import ROLES, Role

#: The two moments from which a portrait can be taken.
STARTS = ("birth", "now")

#: Members at most, as in a community that is typed in.
MOST = 1_000_000


@dataclass(frozen=True, eq=False)
class Portrait:
    """A group on the day a simulation starts: n founders in order of first appearance, silent members last.

    Attributes:
        group: Name of the group; may be empty.
        start: ``birth``: the people of the first days, on the first day; ``now``: those still around, on the
            day after the log's end (after its last active day where the group is dead).
        role: :class:`~simulator.members.Role` of each founder, ``(n,)``; exactly one owner.
        messages: Conversation messages on a day on which the person writes, ``(n,)``, at least 1.
        visiting: Chance of writing at all on an ordinary day, ``(n,)``, strictly between 0 and 1.
        tenure: Days since first seen, at the start, ``(n,)``; all 0 at birth.
        idle: Days since the last message, at the start, ``(n,)``; 0 at birth and, silent members, their
            tenure.
        ordinal: Place among all people of the log in order of first appearance, ``(n,)``, from 0; -1 for
            silent members.
        names: Names in that order where they were asked for, blank for silent members; else empty.
        a: One end of each tie, an index into the founders, ``(e,)``; always less than ``b``.
        b: The other end, ``(e,)``.
        strength: Strength of each tie in (0, 1], ``(e,)``.
        silent: How many of the founders, the last ones, were added because the log cannot show them.
        arrivals: People a day who write for the first time, in the window (at birth: after the founders'
            days).
        joins: People a day who join for the first time, likewise; None where the log has no join rows.
        weekdays: Writers on each weekday against the mean day, Monday first, mean 1, from the whole log so
            far.
        first_weekday: Weekday of the simulation's first day, 0 Monday.
        messages_mean: Messages on a writing member-day in the window.
        messages_variance: Their variance.
        messages_k: Size k of the negative binomial which those after the day's first follow; small is bursty.
        follows: Share of messages that come within ``gap`` seconds of one by somebody else, whole log: a hint
            at how much talk excites talk.
        gap: Those seconds; 0 where the log has no clock times.
        evidence: Of the answers that ties rest on, the share told by each of
            :data:`~experiments.observed.bonds.SOURCES`.
        voices: Writers a day in the window, silent days included; all people, not founders only.
        messages_a_day: Messages a day in the window, likewise.
        talk: Share of the window's messages by founders that each role wrote, ``(4,)``.
        window: First and last day, from the log's day 0, on which the above was measured.
        around: Days within which the founders wrote: from the first day (birth) or before the start (now).
        posters: People who ever wrote.
        rows: Messages in the log.
        span: Days the log covers, first and last included.
        age: Days since the group's first message at the start; 0 at birth.
        life: Lifespan so far and silences, by the lifespan rule.
        weekly_voices: Writers a day in each week of the log, ``(weeks,)``.
        notes: What the reader must be told, each a code of :data:`~experiments.observed.notes.NOTES` and its
            numbers.
    """

    group: str
    start: str
    role: NDArray[np.int8]
    messages: NDArray[np.float64]
    visiting: NDArray[np.float64]
    tenure: NDArray[np.int32]
    idle: NDArray[np.int32]
    ordinal: NDArray[np.int32]
    names: tuple[str, ...] = field(repr=False)
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    strength: NDArray[np.float32]
    silent: int
    arrivals: float
    joins: float | None
    weekdays: tuple[float, ...]
    first_weekday: int
    messages_mean: float
    messages_variance: float
    messages_k: float
    follows: float
    gap: int
    evidence: tuple[float, ...]
    voices: float
    messages_a_day: float
    talk: tuple[float, ...]
    window: tuple[int, int]
    around: int
    posters: int
    rows: int
    span: int
    age: int
    life: rhythm.Life
    weekly_voices: NDArray[np.float64]
    notes: tuple[tuple[str, tuple[float, ...]], ...]

    @property
    def size(self) -> int:
        """Members at the start, silent ones included."""
        return len(self.role)


def portrait(
    log: Log,
    members: int | None = None,
    start: Literal["birth", "now"] = "now",
    utc_offset: float | None = None,
    display: bool = False,
) -> Portrait:
    """Draw the portrait of a group from its log. Nothing in it is drawn at random.

    Args:
        log: The log, with at least one message.
        members: How many members there are at the start in all, those who never wrote included; None: as many
            as show.
        start: The moment the simulation starts from.
        utc_offset: Hours east of UTC of the group's clock, by which days are cut; None: what the log's own
            times name, else 0. Wall-clock times without a zone are cut as they stand.
        display: Let names into the portrait.

    Raises:
        UserError: An unknown start, an offset off the map, or fewer members than people who wrote.
    """
    if start not in STARTS:
        raise unknown("community.start", str(start), STARTS)
    seen = presence(log, _offset(log, utc_offset))
    life = rhythm.life(seen, int(roles.ownership(seen, 0, seen.end, seen.end).argmax()))
    view = choose(seen, life, start)
    who, a, b = view.founders, view.a, view.b
    added = _added(members, len(who))
    age = view.last + 1 if start == "now" else 0

    # What was said once counts less by half with each window for ties, with each half-year for standing.
    found = bonds.answers(log)
    day = seen.row_day[found.row]
    past = np.where(day <= view.last, day - view.last, -np.inf)
    if start == "now":
        tied, known = np.exp2(past / view.around), np.exp2(past / max(view.around, LONGEST))
    else:
        tied, known = (day <= b).astype(np.float64), np.ones(len(day))
    ordinal = np.full(len(log.names), UNKNOWN, np.int64)
    ordinal[who] = np.arange(len(who))
    ends = bonds.ties(found, tied, ordinal)

    own = habits(seen, who, a, b)
    standing = bonds.standing(found, known, len(log.names))[who]
    ownership = roles.ownership(seen, a, b, view.last)[who]
    role = roles.tell(ownership, standing, own.written, own.chances)
    tenure = age - seen.first[who] if start == "now" else np.zeros(len(who), np.int64)
    idle = age - seen.latest(b)[who] if start == "now" else tenure
    guess = int(np.median(tenure))  # how long those who never wrote have been in the group is anybody's guess

    spell = seen.messages[(seen.day >= a) & (seen.day <= b)]
    mean, variance, k = rhythm.dispersion(spell)
    # In a log's first days everybody is new to it.
    new = (view.around, min(view.around + 90, view.last)) if start == "birth" else (max(a, min(7, b // 2)), b)
    evidence = np.bincount(found.how, minlength=len(bonds.SOURCES)) / max(len(found.how), 1)
    return Portrait(
        group=log.group,
        start=start,
        role=_then(role, Role.LURKER, added),
        messages=_then(own.messages, float(own.messages.min()), added),
        visiting=_then(own.visiting, own.unseen, added),
        tenure=_then(tenure.astype(np.int32), guess, added),
        idle=_then(idle.astype(np.int32), guess, added),
        ordinal=_then(who.astype(np.int32), UNKNOWN, added),
        names=tuple(log.names[i] for i in who) + ("",) * added if display else (),
        a=ends[0],
        b=ends[1],
        strength=ends[2],
        silent=added,
        arrivals=rhythm.newcomers(seen.wrote, *new),
        joins=rhythm.newcomers(seen.joins, *new) if (log.kind == Kind.JOIN).any() else None,
        weekdays=rhythm.weekdays(seen, view.last),
        first_weekday=(seen.origin + age + 3) % 7,
        messages_mean=mean,
        messages_variance=variance,
        messages_k=k,
        follows=found.follows,
        gap=found.gap,
        evidence=tuple(evidence.tolist()),
        voices=len(spell) / (b - a + 1),
        messages_a_day=float(spell.sum()) / (b - a + 1),
        talk=tuple((np.bincount(role, own.written, len(ROLES)) / own.written.sum()).tolist()),
        window=(a, b),
        around=view.around,
        posters=int((seen.wrote <= seen.end).sum()),
        rows=int((log.kind == Kind.MESSAGE).sum()),
        span=seen.end + 1,
        age=age,
        life=life,
        weekly_voices=rhythm.weekly_voices(seen),
        notes=tuple(notes(log, seen, view, life, added, found.gap, utc_offset is not None)),
    )


def _offset(log: Log, asked: object) -> float:
    """Hours east of UTC at which to cut days."""
    if asked is None:
        asked = log.utc_offset or 0.0
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not -12 <= asked <= 14:
        raise UserError(f"community.utc_offset={asked!r}: it must be a number of hours from -12 to 14.")
    return 0.0 if log.local else float(asked)


def _added(members: object, founders: int) -> int:
    """How many silent members to add."""
    if members is None:
        return 0
    if isinstance(members, bool) or not isinstance(members, int) or not founders <= members <= MOST:
        allowed = f"it must be a whole number from {founders}, the people who wrote, to {MOST}"
        raise UserError(f"community.members={members!r}: {allowed}.")
    return members - founders


def _then(column: NDArray[Any], value: float, count: int) -> NDArray[Any]:
    """A column of founders with the same value for each silent member after them."""
    return np.append(column, np.full(count, value, column.dtype))
