"""The calendar of an SOP as days one can read, and what its nodes come to when simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.engine.simulate import BLOCK_SLOTS
from simulator.scenario import Scenario
from simulator.schedule import WEEKDAYS
from simulator.simulation import Simulation

#: Least length of days in a row that are shown as one run.
_RUN = 3
_WEEK = len(WEEKDAYS)


@dataclass(frozen=True)
class Run:
    """Days of a node that are told in one line.

    Attributes:
        days: The days, in order.
        every: From one to the next, in days; 7 also where it is several weekdays; 0 for a single day.
    """

    days: tuple[int, ...]
    every: int

    @property
    def weekdays(self) -> tuple[str, ...]:
        """The weekdays they fall on; none where that says nothing."""
        there = {day % _WEEK for day in self.days} if self.every % _WEEK == 0 else ()
        return tuple(WEEKDAYS[day] for day in sorted(there))


@dataclass(frozen=True, eq=False)
class Spent:
    """What a node came to in each replicate: days on which it acted, yuan and hours, each ``(R,)``."""

    acts: NDArray[np.float64]
    cost: NDArray[np.float64]
    hours: NDArray[np.float64]


def runs(days: Sequence[int]) -> list[Run]:
    """Days in order as few runs: at one distance or on the same weekdays, else days in a row and others."""
    gaps = {b - a for a, b in pairwise(days)}
    if len(days) >= _RUN and len(gaps) == 1:
        return [Run(tuple(days), gaps.pop())]
    weekly = {day % _WEEK for day in days}
    if len(weekly) < len(days) and list(days) == [
        d for d in range(days[0], days[-1] + 1) if d % _WEEK in weekly
    ]:
        return [Run(tuple(days), _WEEK)]
    return [
        run
        for block in _rows(days)
        for run in ([Run(tuple(block), 1)] if len(block) >= _RUN else [Run((day,), 0) for day in block])
    ]


def _rows(days: Sequence[int]) -> list[list[int]]:
    """Days cut where one is missing."""
    rows: list[list[int]] = []
    for day in days:
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return rows


def spend(scenario: Scenario, replicates: int, seed: int) -> Mapping[str, Spent]:
    """Simulate an arm and count what each of its tactics came to on the campaign days, by label."""
    block = max(1, BLOCK_SLOTS // scenario.community.slots)
    parts = [
        _block(scenario, range(at, min(at + block, replicates)), seed) for at in range(0, replicates, block)
    ]
    return {
        label: Spent(*(np.concatenate([part[label][kind] for part in parts]) for kind in range(3)))
        for label, _ in scenario.strategies
    }


def _block(scenario: Scenario, numbers: range, seed: int) -> dict[str, tuple[Any, ...]]:
    simulation = Simulation(scenario, numbers, seed)
    booked = simulation.run(scenario.days).ledger
    return {
        label: tuple(books[kind].sum(axis=1) for kind in ("acted", "cost", "hours"))
        for label, books in booked.items()
    }
