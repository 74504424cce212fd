"""When a tactic acts and whom it addresses."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, unknown
from simulator.jit import kernel
from simulator.members import ROLES, Members, Role
from simulator.metrics import SILENT_DAYS, TIERS
from simulator.triggers import Trigger, read_triggers

if TYPE_CHECKING:
    from simulator.day import Day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Phases of a planned life (开群期、成长期、成熟期、衰退期), each with the tenth of it before which it ends;
#: the last has no end. That a group opens for a tenth of its life, grows until four tenths and is mature
#: until eight is an assumption. It only says when to act: nothing in the model looks at it.
PHASES = {"opening": 1, "growth": 4, "maturity": 8, "decline": None}
#: A tenure that nobody reaches.
_EVER = 2**31 - 1


@dataclass(frozen=True)
class When:
    """The days a tactic acts on: all conditions must hold.

    All but ``triggers`` is a calendar, the same in every replicate; see :meth:`today`.

    Attributes:
        every: Every so many days, counted from ``start``.
        days: Only these days (from 0); empty for no such limit.
        weekdays: Only these weekdays, as ``mon`` ... ``sun``; day 0 is a Monday. Empty for no such limit.
        start: First day it may act.
        stop: Day from which it no longer acts; None for never.
        phases: Only in these phases of the planned life, see :data:`PHASES`. Empty for no such limit.
        life: Days the group is planned to live, for ``phases``.
        triggers: Conditions on what an operator can see, as :class:`~simulator.triggers.Trigger` or as text,
            such as ``voices<3 for 2 days cooldown 7``; decided in each replicate on yesterday's numbers.
    """

    every: int = 1
    days: tuple[int, ...] = ()
    weekdays: tuple[str, ...] = ()
    start: int = 0
    stop: int | None = None
    phases: tuple[str, ...] = ()
    life: int | None = None
    triggers: tuple[Trigger | str, ...] = ()

    def __post_init__(self) -> None:
        if self.every < 1:
            raise UserError(f"every is {self.every}; it must be a whole number of days from 1.")
        if self.start < 0:
            raise UserError(f"start is {self.start}; it must be a day from 0.")
        if self.stop is not None and self.stop < self.start:
            raise UserError(f"stop is {self.stop}; it must not come before start, which is {self.start}.")
        for word in self.weekdays:
            if word not in WEEKDAYS:
                raise unknown("weekday", word, WEEKDAYS)
        if any(day < 0 for day in self.days):
            raise UserError(f"days is {list(self.days)}; days count from 0.")
        for phase in self.phases:
            if phase not in PHASES:
                raise unknown("phase", phase, PHASES)
        if self.life is not None and self.life < 1:
            raise UserError(f"life is {self.life}; it must be a whole number of days from 1.")
        if self.phases and self.life is None:
            raise UserError(
                f"phases is {'+'.join(self.phases)} but life is not set; say how many days the group is "
                "planned to live, as in life=100."
            )
        object.__setattr__(self, "triggers", read_triggers(self.triggers))

    @property
    def conditions(self) -> tuple[Trigger, ...]:
        """The triggers, read."""
        return tuple(one for one in self.triggers if isinstance(one, Trigger))

    def today(self, day: int) -> bool:
        """Whether the calendar lets the tactic act on ``day``; triggers must hold besides."""
        if day < self.start or (self.stop is not None and day >= self.stop):
            return False
        if self.days and day not in self.days:
            return False
        if self.weekdays and WEEKDAYS[day % 7] not in self.weekdays:
            return False
        if self.phases and phase(day, self.life or 1) not in self.phases:
            return False
        return (day - self.start) % self.every == 0


def phase(day: int, life: int) -> str:
    """The phase of a life of ``life`` days that ``day`` falls in."""
    return next(name for name, end in PHASES.items() if end is None or 10 * day < end * life)


@kernel
def _fitting(present, role, last_came, last_spoke, joined, never, day, roles, tiers, shortest, longest, who):
    """Who is of the roles, the tiers (see :func:`~simulator.standing.tier`) and the tenure asked for."""
    today, least, most, lately = np.int32(day), np.int32(shortest), np.int32(longest), np.int32(SILENT_DAYS)
    owner, kol, novice, lurker = roles
    active, watching, silent = tiers
    for r in range(who.shape[0]):
        row, is_in, here, kind = who[r], joined[r], present[r], role[r]
        came, spoke = last_came[r], last_spoke[r]
        for i in range(row.shape[0]):  # without a branch, so that it is vectorised
            talks = (spoke[i] != never) & (today - spoke[i] <= lately)
            comes = (came[i] != never) & (today - came[i] <= lately)
            stands = (active & talks) | (~talks & ((watching & comes) | (silent & ~comes)))
            tenure = today - is_in[i]
            row[i] = here[i] & stands & (tenure >= least) & (tenure <= most)
        for i in range(row.shape[0]):
            k = kind[i]
            row[i] &= (owner & (k == 0)) | (kol & (k == 1)) | (novice & (k == 2)) | (lurker & (k == 3))


@dataclass(frozen=True)
class Who:
    """The members a tactic addresses: all conditions must hold. Empty conditions address everybody.

    Attributes:
        roles: Only these roles.
        tiers: Only these tiers of activity, see :mod:`simulator.standing`.
        tenure_min: Only members who joined at least so many days ago.
        tenure_max: Only members who joined at most so many days ago; None for no limit.
        top: Only so many of those whom the above leaves: who spoke on most days of late, then who wrote most,
            then who is in the group's books first. 0 for no limit.
        near_kol: Only members tied to a KOL or an owner who is there.
        share: Only a lasting random share of the people, 0..1, the same from day to day and in every dose.
    """

    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tenure_min: int = 0
    tenure_max: int | None = None
    top: int = 0
    near_kol: bool = False
    share: float = 1.0

    def __post_init__(self) -> None:
        for role in self.roles:
            if role not in ROLES:
                raise unknown("role", role, ROLES)
        for name in self.tiers:
            if name not in TIERS:
                raise unknown("tier", name, TIERS)
        if self.tenure_min < 0:
            raise UserError(f"tenure_min is {self.tenure_min}; it must be a number of days from 0.")
        if self.tenure_max is not None and self.tenure_max < self.tenure_min:
            raise UserError(
                f"tenure_max is {self.tenure_max}; it must not be under tenure_min, {self.tenure_min}."
            )
        if self.top < 0:
            raise UserError(f"top is {self.top}; it must be a number of members from 0, which is no limit.")
        if not 0 <= self.share <= 1:
            raise UserError(f"share is {self.share:g}; it must lie from 0 to 1.")

    def among(self, day: "Day") -> NDArray[np.bool_]:
        """Whom the tactic addresses today, ``(R, N)``; never an empty slot."""
        members = day.members
        who: NDArray[np.bool_] = members.present
        if self.roles or self.tiers or self.tenure_min or self.tenure_max is not None:
            roles = tuple(not self.roles or role in self.roles for role in ROLES)
            tiers = tuple(not self.tiers or name in self.tiers for name in TIERS)
            longest = _EVER if self.tenure_max is None else min(self.tenure_max, _EVER)
            who = np.empty(members.shape, bool)
            _fitting(
                members.present, members.role, members.last_came, members.last_spoke, members.joined,
                members.never, day.index, roles, tiers, min(self.tenure_min, _EVER), longest, who,
            )  # fmt: skip
        if self.top:
            who = _top(who, self.top, members)
        if self.near_kol:
            leads = members.present & (members.role <= Role.KOL)
            who = who & (day.ties.push(leads) > 0)
        if self.share < 1:  # an owner of its own, lest a tactic's decision of that name be the same number
            who = who & (day.draws.of(f"{day.draws.owner} addresses", 0).uniform("share", who) < self.share)
        return who


def _top(who: NDArray[np.bool_], most: int, members: Members) -> NDArray[np.bool_]:
    """The ``most`` members of ``who`` in each row who have spoken most of late."""
    rows, slots = who.shape
    most = min(most, slots)
    if not most:
        return who
    spoken = np.where(who, members.speaking, -1)
    least = np.partition(spoken, -most, axis=1)[:, -most, None]
    row, slot = np.nonzero(who & (spoken >= least))
    at = row, slot
    order = np.lexsort((members.id[at], -members.messages[at], -members.speaking[at], row))
    row, slot = row[order], slot[order]
    kept = np.arange(len(row)) - np.searchsorted(row, np.arange(rows))[row] < most
    out = np.zeros_like(who)
    out[row[kept], slot[kept]] = True
    return out


#: Every word of :class:`When` and :class:`Who` by name, so that users can write
#: ``red_packet(every=2,roles=novice)``.
SCHEDULE_WORDS: dict[str, type] = {f.name: cls for cls in (When, Who) for f in fields(cls)}


def words(text: Any) -> tuple[str, ...]:
    """``"a+b"``, ``["a", "b"]`` or ``"a b"`` as a tuple of words; empty or None gives none."""
    if text is None:
        return ()
    if isinstance(text, str):
        return tuple(part for part in text.replace("+", " ").replace(",", " ").split() if part)
    return tuple(str(part) for part in text)
