"""A community on the day it is first looked at: plain, frozen values a scenario can be hashed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError
from simulator.members import ROLES, Role

ByRole = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Founders:
    """Founders given one by one (from a real log) instead of drawn; person i is ordinal i.

    Arrays are of shape ``(n,)``, those of ties ``(m,)``.

    Attributes:
        role: :class:`~simulator.members.Role` of each.
        messages: Conversation messages a visit, at least 0.
        visiting: Chance of visiting on an ordinary day, in (0, 1).
        tenure: Days since joining, at the start.
        a: One end of each tie, founder ordinals.
        b: The other end.
        strength: Strength of each tie in (0, 1].
    """

    role: NDArray[np.int8]
    messages: NDArray[np.float64]
    visiting: NDArray[np.float64]
    tenure: NDArray[np.int32]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    strength: NDArray[np.float32]

    def plain(self) -> dict[str, Any]:
        """Lists and numbers, for hashing and manifests."""
        return {f.name: getattr(self, f.name).tolist() for f in fields(self)}


@dataclass(frozen=True)
class Community:
    """A community before any tactic: people, habits of talk, ties and growth. Four-number fields go by role.

    Shares and chances lie in 0..1. ``visiting`` and ``messages`` describe the opening days; what becomes of
    them is the mechanisms' business.
    """

    name: str = "community"
    size: int = field(default=100, metadata={"low": 1, "high": 1_000_000, "doc": "members at the start"})
    cap: int | None = field(
        default=None, metadata={"low": 1, "high": 1_000_000, "doc": "seats; none: size + 25%"}
    )
    owners: int = field(default=1, metadata={"low": 0, "high": 1000, "doc": "owners and managers"})
    kols: float = field(default=0.05, metadata={"low": 0.0, "high": 1.0, "doc": "share of KOLs"})
    novices: float = field(
        default=0.40, metadata={"low": 0.0, "high": 1.0, "doc": "share of novices; the rest lurk"}
    )
    visiting: ByRole = field(
        default=(0.9, 0.5, 0.25, 0.1),
        metadata={"low": 0.001, "high": 0.999, "doc": "chance of a visit a day"},
    )
    messages: ByRole = field(
        default=(3.0, 3.0, 1.0, 0.08), metadata={"low": 0.0, "high": 500.0, "doc": "messages started a visit"}
    )
    questions: ByRole = field(
        default=(0.0, 0.05, 0.45, 0.3), metadata={"low": 0.0, "high": 1.0, "doc": "share of them that ask"}
    )
    expertise: ByRole = field(
        default=(0.75, 0.85, 0.25, 0.2), metadata={"low": 0.0, "high": 1.0, "doc": "ability to answer"}
    )
    interest: float = field(
        default=0.55, metadata={"low": 0.0, "high": 1.0, "doc": "interest in the subject"}
    )
    belonging: float = field(default=0.2, metadata={"low": 0.0, "high": 1.0, "doc": "feeling of belonging"})
    habit: float = field(default=0.0, metadata={"low": 0.0, "high": 1.0, "doc": "habit of opening the group"})
    alignment: float = field(
        default=0.5, metadata={"low": 0.02, "high": 0.98, "doc": "share in the common purpose"}
    )
    age: int = field(default=0, metadata={"low": 0, "high": 5000, "doc": "days the group has lived already"})
    muted: float = field(
        default=0.0, metadata={"low": 0.0, "high": 1.0, "doc": "share of non-owners who muted it"}
    )
    energy: float = field(default=1.0, metadata={"low": 0.0, "high": 1.0, "doc": "owner's energy"})
    purpose_days: int | None = field(
        default=None,
        metadata={"low": 1, "high": 5000, "doc": "days until the purpose is served; none: lasting"},
    )
    event_share: float | None = field(
        default=None,
        metadata={"low": 0.0, "high": 1.0, "doc": "share of such groups that an event made; none: all"},
    )
    arrivals: float = field(
        default=0.1, metadata={"low": 0.0, "high": 10_000.0, "doc": "strangers joining a day"}
    )
    invitations: float = field(
        default=0.1, metadata={"low": 0.0, "high": 50.0, "doc": "invitations a member sends"}
    )
    acceptance: float = field(
        default=0.3, metadata={"low": 0.0, "high": 1.0, "doc": "share of them accepted"}
    )
    weekdays: tuple[float, ...] = field(
        default=(1.0,) * 5 + (0.85, 0.85),
        metadata={"low": 0.0, "high": 5.0, "doc": "odds of a visit, mon to sun"},
    )
    topology: str = "small_world"
    ties: Mapping[str, float] = field(default_factory=dict)
    tie_strength: float = field(
        default=0.15, metadata={"low": 0.001, "high": 1.0, "doc": "strength of opening ties"}
    )
    founders: Founders | None = None

    def __post_init__(self) -> None:
        for f in fields(self):
            if "low" in f.metadata:
                value = getattr(self, f.name)
                for one in value if isinstance(value, tuple) else (value,):
                    _within(f"community.{f.name}", one, f.metadata["low"], f.metadata["high"])
        if len(self.weekdays) != 7:
            raise UserError(
                f"community.weekdays holds {len(self.weekdays)} numbers; it must hold 7, Monday first."
            )
        for name in ("visiting", "messages", "questions", "expertise"):
            if len(getattr(self, name)) != len(ROLES):
                raise UserError(f"community.{name} must hold {len(ROLES)} numbers: {', '.join(ROLES)}.")
        if self.kols + self.novices > 1.0 + 1e-9:
            raise UserError(
                f"community.kols + novices is {self.kols + self.novices:g}; shares must not pass 1."
            )
        if self.event_share is not None and self.purpose_days is None:
            raise UserError(
                "community.event_share needs community.purpose_days, the days after which half of the events "
                "are over."
            )
        if self.cap is not None and self.cap < self.size:
            raise UserError(f"community.cap is {self.cap}; it must not be under community.size, {self.size}.")

    @property
    def slots(self) -> int:
        """Seats: the cap, or room for a quarter more than the founders."""
        return self.cap if self.cap is not None else self.size + max(8, self.size // 4)

    def roles(self) -> NDArray[np.int8]:
        """Role of each founder by ordinal, ``(size,)``: owners, KOLs, novices, lurkers."""
        if self.founders is not None:
            return self.founders.role
        owners = min(self.owners, self.size)
        rest = self.size - owners
        kols = min(rest, round(self.kols * self.size))
        novices = min(rest - kols, round(self.novices * self.size))
        counts = (owners, kols, novices, rest - kols - novices)
        return np.repeat(np.array(list(Role), np.int8), counts)

    def plain(self) -> dict[str, Any]:
        """Lists, numbers and words only, for hashing and manifests."""
        out: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Founders):
                value = value.plain()
            elif isinstance(value, Mapping):
                value = dict(sorted(value.items()))
            elif isinstance(value, tuple):
                value = list(value)
            out[f.name] = value
        return out


def _within(name: str, value: Any, low: float, high: float) -> None:
    """Raise a one-line error where a number is none, or lies outside its range."""
    if value is None:
        return
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not low <= float(value) <= high
    ):
        raise UserError(f"{name} is {value!r}; it must be a number from {low:g} to {high:g}.")
