"""The one class a tactic extends."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from simulator.day import Day
from simulator.draws import Bools
from simulator.errors import unknown
from simulator.knobs import check, knob, knobs, number
from simulator.schedule import SCHEDULE_WORDS, When, Who, words
from simulator.stimuli import Award, Entry, Offer
from simulator.triggers import read_triggers

__all__ = ["Award", "Day", "Entry", "Memory", "Offer", "Strategy", "knob"]

#: A strategy's own columns, by name, each ``(R, N)``; blank for whoever has just joined.
Memory = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Strategy(ABC):
    """Something the people who run a community do to keep it alive.

    **Implement** ``name``, ``title``, ``uses``, ``evidence`` and :meth:`award`; :meth:`offer` where members
    hear of it before they decide to come.

    **You may implement** ``remembers``: columns of your own for each member.

    **Yours for free**: ranges and errors of knobs, when and who, configuration, command line, card, placebo.

    A strategy never moves a member. It makes an offer before members decide and an award after; what members
    make of either is the mechanisms' business. Row r of every array is one community: what is done in it may
    depend on nothing outside row r. ``award`` runs on the same days as ``offer``.

    Attributes:
        when: The days it acts on.
        who: The members it addresses.
        excused: Checks of the conformance kit that it is right to fail, each with the reason.
    """

    name: ClassVar[str]
    title: ClassVar[dict[str, str]]
    uses: ClassVar[frozenset[str]]
    evidence: ClassVar[tuple[str, ...]]
    remembers: ClassVar[dict[str, type]] = {}
    excused: ClassVar[dict[str, str]] = {}

    when: When = When()
    who: Who = Who()

    def __post_init__(self) -> None:
        for name, (f, _) in knobs(self).items():
            value = getattr(self, name)
            if isinstance(f.default, float) and isinstance(value, int) and not isinstance(value, bool):
                object.__setattr__(self, name, float(value))  # or 20 and 20.0 would be two tactics
        check(self, self.name)

    def entry(self) -> Entry:
        """Say what joining asks, on the days on which it acts; of founders too where day 0 is one."""
        return Entry()

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Say what ``whom`` is shown today. Reads ``memory``; changes nothing."""
        del day, whom, memory
        return Offer()

    @abstractmethod
    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Hand out today's rewards and book their cost; may rewrite ``memory``.

        Args:
            day: The day.
            whom: Whom this strategy addresses, ``(R, N)``.
            came: Who visited today, ``(R, N)``.
            memory: Its own columns.
        """

    def placebo(self) -> Self:
        """The same tactic at dose nought: every knob that has an off-value at that value."""
        return replace(self, **{n: spec.off for n, (_, spec) in knobs(self).items() if spec.off is not None})

    @classmethod
    def make(cls, **given: Any) -> Self:
        """Build one from words and numbers as users type them: knobs, and the words of When and Who.

        Raises:
            UserError: A word that is no knob, or a value that is not allowed.
        """
        declared = knobs(cls)
        default = {f.name: f.default for f in fields(cls)}
        schedule: dict[type, dict[str, Any]] = {When: {}, Who: {}}
        values: dict[str, Any] = {}
        for word, value in given.items():
            where = f"{cls.name}.{word}"
            if word in declared:
                values[word] = number(value, type(declared[word][0].default), where)
            elif word in SCHEDULE_WORDS:
                schedule[SCHEDULE_WORDS[word]][word] = _scheduled(word, value, where)
            else:
                raise unknown(f"knob of {cls.name}:", word, [*declared, *SCHEDULE_WORDS])
        for name, part in (("when", When), ("who", Who)):
            if schedule[part]:
                values[name] = part(**{**vars(default[name]), **schedule[part]})
        return cls(**values)

    def plain(self) -> dict[str, Any]:
        """Name, knobs, when and who as plain values, for hashing, manifests and the card."""
        out: dict[str, Any] = {"name": self.name}
        out.update({n: getattr(self, n) for n in knobs(self)})
        for part in (self.when, self.who):
            for f in fields(part):
                value = getattr(part, f.name)
                if isinstance(value, tuple):
                    value = [str(one) if f.name == "triggers" else one for one in value]
                out[f.name] = value
        return out


def _scheduled(word: str, value: Any, where: str) -> Any:
    """A value of When or Who from what the user typed."""
    if word == "triggers":
        return read_triggers(value, where)
    if word in ("weekdays", "roles", "tiers", "phases"):
        return tuple(part.lower() for part in words(value))
    if word == "days":
        parts = [value] if isinstance(value, int | float) else words(value)
        return tuple(number(part, int, where) for part in parts)
    if word in ("stop", "life", "tenure_max") and str(value).lower() in ("none", "null", "never", ""):
        return None
    return number(value, {"near_kol": bool, "share": float}.get(word, int), where)


def blank_memory(kind: type[Strategy]) -> dict[str, np.dtype[Any]]:
    """The declared memory of a strategy as dtypes."""
    return {name: np.dtype(dtype) for name, dtype in kind.remembers.items()}
