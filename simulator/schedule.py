"""When a tactic acts and whom it addresses."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, unknown
from simulator.members import NEVER, ROLES, Members

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Tiers of activity (积极, 观望, 潜水): spoke in the last two weeks; came but did not speak; did neither.
TIERS = ("active", "watching", "silent")
_TIER_DAYS = 14


@dataclass(frozen=True)
class When:
    """The days a tactic acts on: all conditions must hold.

    Attributes:
        every: Every so many days, counted from ``start``.
        days: Only these days (from 0); empty for no such limit.
        weekdays: Only these weekdays, as ``mon`` ... ``sun``; day 0 is a Monday. Empty for no such limit.
        start: First day it may act.
        stop: Day from which it no longer acts; None for never.
    """

    every: int = 1
    days: tuple[int, ...] = ()
    weekdays: tuple[str, ...] = ()
    start: int = 0
    stop: int | None = None

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

    def today(self, day: int) -> bool:
        """Whether the tactic acts on ``day``."""
        if day < self.start or (self.stop is not None and day >= self.stop):
            return False
        if self.days and day not in self.days:
            return False
        if self.weekdays and WEEKDAYS[day % 7] not in self.weekdays:
            return False
        return (day - self.start) % self.every == 0


@dataclass(frozen=True)
class Who:
    """The members a tactic addresses: all conditions must hold. Empty conditions address everybody.

    Attributes:
        roles: Only these roles.
        tiers: Only these tiers of activity, see :data:`TIERS`.
        tenure_min: Only members who joined at least so many days ago.
        tenure_max: Only members who joined at most so many days ago; None for no limit.
    """

    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tenure_min: int = 0
    tenure_max: int | None = None

    def __post_init__(self) -> None:
        for role in self.roles:
            if role not in ROLES:
                raise unknown("role", role, ROLES)
        for tier in self.tiers:
            if tier not in TIERS:
                raise unknown("tier", tier, TIERS)
        if self.tenure_min < 0:
            raise UserError(f"tenure_min is {self.tenure_min}; it must be a number of days from 0.")
        if self.tenure_max is not None and self.tenure_max < self.tenure_min:
            raise UserError(
                f"tenure_max is {self.tenure_max}; it must not be under tenure_min, {self.tenure_min}."
            )

    def among(self, members: Members, day: int) -> NDArray[np.bool_]:
        """Whom the tactic addresses on ``day``, ``(R, N)``; never an empty slot."""
        who: NDArray[np.bool_] = members.present
        if self.roles:
            who = who & np.isin(members.role, [ROLES.index(role) for role in self.roles])
        if self.tiers:
            who = who & np.isin(tier(members, day), [TIERS.index(name) for name in self.tiers])
        if self.tenure_min:
            who = who & (day - members.joined >= self.tenure_min)
        if self.tenure_max is not None:
            who = who & (day - members.joined <= self.tenure_max)
        return who


def tier(members: Members, day: int) -> NDArray[np.int8]:
    """The tier of each member on ``day`` as an index into :data:`TIERS`, ``(R, N)``."""
    spoke = (members.last_spoke != NEVER) & (day - members.last_spoke <= _TIER_DAYS)
    came = (members.last_came != NEVER) & (day - members.last_came <= _TIER_DAYS)
    return np.where(spoke, 0, np.where(came, 1, 2)).astype(np.int8)


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
