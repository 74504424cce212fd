"""What a strategy meets on the bench: a moment, the world behind it, its own luck; and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.conformance.said import Said
from simulator.draws import Bools, Draws
from simulator.members import Members
from simulator.strategy import Memory
from simulator.ties import Ties

Array = NDArray[Any]


@dataclass(frozen=True)
class Moment:
    """What a strategy finds on one day: members before and after talk, and what was scripted."""

    day: int
    before: Members
    after: Members
    whom: Bools
    came: Bools
    talk: Mapping[str, Array]
    yesterday: Mapping[str, Array]
    fresh: Bools
    takes_part: Bools


class Behind:
    """What a day asks of the world behind it."""

    def __init__(self, ties: Ties, moment: Moment) -> None:
        self.ties, self.uptake, self.moment, self.talking = ties, self, moment, False

    def today(self, name: str) -> Array:
        """Today's talk, nought before it."""
        array = self.moment.talk[name]
        return still(array if self.talking else np.zeros_like(array))

    def checks_in(self, _: Any, draws: Draws, among: Bools) -> Bools:
        """Who of the visitors ``among`` checks in: as scripted."""
        return among & self.moment.takes_part

    def goes(self, _: Any, draws: Draws, among: Bools, decision: str) -> Bools:
        """Who of ``among`` would go: as scripted."""
        return among & self.moment.takes_part


class OwnDraws(Draws):
    """A strategy's draws that note whose other luck was looked up."""

    peeks: list[str]

    def of(self, owner: str, day: int | None = None) -> Draws:
        """The draws of another owner or another day, noted unless they are its own of today or before."""
        if not owner.startswith(self.owner) or (day is not None and day > self.day):
            self.peeks.append(f"{owner!r} on day {self.day if day is None else day}")
        return super().of(owner, day)


@dataclass
class Run:
    """What a strategy did on a bench, day by day, and what it should not have done on the way.

    Attributes:
        said: What it showed and gave each day.
        memory: Its memory in the end.
        written: What ``offer`` changed in memory.
        misused: What was wrong with how memory was used.
        peeks: Whose luck other than its own was looked up.
    """

    said: list[Said] = field(default_factory=list)
    memory: Memory = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    misused: list[str] = field(default_factory=list)
    peeks: list[str] = field(default_factory=list)


def misused(given: Memory, kept: Memory) -> list[str]:
    """Columns that were not declared, are gone, or are no longer the ones the world keeps."""
    strange = [f"{name!r} is not declared in remembers" for name in given if name not in kept]
    lost = [f"{name!r} was taken out" for name in kept if name not in given]
    bound = [
        f"{name!r} was bound to another array; write into it, memory[{name!r}][:] = ..."
        for name in kept
        if name in given and given[name] is not kept[name]
    ]
    return strange + lost + bound


def still(array: Array) -> Array:
    """The same array, read-only."""
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
