"""What one worker does: a block of replicates through every arm, each run reduced to what is kept of it.

Workers import this and the simulator alone, so that they start fast.
"""

import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from traceback import walk_tb
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from simulator.community import Community
from simulator.errors import UserError
from simulator.mechanism import PHASES, TWIN
from simulator.metrics import METRICS
from simulator.record import RunRecord
from simulator.registry import PluginWarning, mechanisms
from simulator.scenario import Scenario
from simulator.simulation import Simulation

#: What a twin's number has over that of the replicate it repeats.
BIT = int(TWIN)
#: Daily series that are kept, in the order of the metric table.
DAILY = tuple(metric.name for metric in METRICS if metric.daily)
_CALLS = frozenset((*PHASES, "offer", "award"))
#: By then there have been arrivals, departures, a week of fading and a meetup.
_WARM_DAYS = 12


class Task(NamedTuple):
    """Which replicates to run, by number (see ``simulator.mechanism.TWIN``), and in which arms, by index."""

    numbers: tuple[int, ...]
    arms: tuple[int, ...]

    def split(self) -> tuple["Task", "Task"] | None:
        """Two halves, by replicates as long as there are several, then by arms; None for a single run."""
        whole = self.numbers if len(self.numbers) > 1 else self.arms
        half = len(whole) // 2
        if half == 0:
            return None
        parts = (whole[:half], whole[half:])
        if whole is self.numbers:
            return Task(parts[0], self.arms), Task(parts[1], self.arms)
        return Task(self.numbers, parts[0]), Task(self.numbers, parts[1])


class Failed(NamedTuple):
    """A run that ended in an error: arm, number, where (``stage``), and the error in one line."""

    arm: int
    number: int
    stage: str
    error: str


@dataclass(frozen=True, eq=False)
class Piece:
    """What is kept of n replicates of one arm.

    Attributes:
        arm: Index of the arm.
        numbers: Number of each replicate.
        series: Daily metrics by name, ``(n, horizon)``, in the metric's unit.
        summary: Metrics by name, ``(n,)``.
        life: Lifespan of the community in days, ``(n,)``.
        censored: Still alive at the end, ``(n,)``.
        ledger: By tactic, yuan and hours in all, ``(n, 2)``.
        member_days: Members present, summed over days, ``(n,)``.
    """

    arm: int
    numbers: tuple[int, ...]
    series: dict[str, NDArray[np.float32]]
    summary: dict[str, NDArray[np.float64]]
    life: NDArray[np.float64]
    censored: NDArray[np.bool_]
    ledger: dict[str, NDArray[np.float64]]
    member_days: NDArray[np.int64]

    @classmethod
    def of(cls, arm: int, numbers: tuple[int, ...], record: RunRecord) -> Self:
        """Reduce a record."""
        life, censored, _ = record.lifespan()
        return cls(
            arm,
            numbers,
            {name: record.daily[name].astype(np.float32) for name in DAILY},
            record.summary(),
            life,
            censored,
            {
                label: np.stack([book["cost"].sum(axis=1), book["hours"].sum(axis=1)], axis=1)
                for label, book in record.ledger.items()
            },
            record.daily["members"].sum(axis=1).astype(np.int64),
        )


@dataclass
class Outcome:
    """What came of a task: every run of it is in one of the pieces or among the failures."""

    pieces: list[Piece] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many runs that is, each arm counted."""
        return len(self.failures) + sum(len(piece.numbers) for piece in self.pieces)

    @classmethod
    def lost(cls, task: Task, stage: str, error: str) -> Self:
        """Nothing but failures."""
        runs = ((arm, number) for arm in task.arms for number in task.numbers)
        return cls(failures=[Failed(arm, number, stage, error) for arm, number in runs])


def run(scenarios: Sequence[Scenario], task: Task, seed: int) -> Outcome:
    """Simulate a task: found each community and warm it up once, and let the arms fork off it.

    An error in one replicate costs that run alone: the block is halved until it stands by itself. One while
    the community warms up is an error of every arm of that replicate.

    Raises:
        UserError: A mistake of the user's, which is the same in every replicate.
    """
    outcome = Outcome()
    grounds: dict[str, list[int]] = {}
    for arm in task.arms:
        grounds.setdefault(_ground(scenarios[arm], arm), []).append(arm)
    for arms in grounds.values():
        _run_arms(outcome, {arm: scenarios[arm] for arm in arms}, task.numbers, seed)
    return outcome


def warm_up(scenarios: Sequence[Scenario]) -> None:
    """Have the kernels ready that runs need: read from numba's cache or, the first time ever, compiled.

    Compiling takes longer than most comparisons, and workers that start together would all compile all of it.
    """
    _mechanisms()
    tactics = {label: strategy for scenario in scenarios for label, strategy in scenario.strategies}
    with suppress(Exception):  # what is wrong with a run is said by the run
        small = replace(
            scenarios[0],
            community=Community(size=40),
            strategies=tuple(tactics.items()),
            warmup=0,
            luck_from=None,
        )
        Simulation(small, [0]).run(_WARM_DAYS)


def work(scenarios: Sequence[Scenario], task: Task, seed: int, known: tuple[str, ...]) -> Outcome:
    """:func:`run` in another process, which must have found the same mechanisms as the one that asks.

    Raises:
        UserError: Also where it has not, and would simulate another model.
    """
    found = _mechanisms()
    if found != known:
        odd = ", ".join(sorted(set(found) ^ set(known)))
        raise UserError(f"A worker process disagrees on which mechanisms there are: {odd}. Start again.")
    return run(scenarios, task, seed)


def _mechanisms() -> tuple[str, ...]:
    """Names of the mechanisms; of plug-ins that cannot be used the asking process has warned already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        return tuple(mechanisms())


def _ground(scenario: Scenario, arm: int) -> str:
    """What arms that share a ground have in common; an arm of which that cannot be said stands alone."""
    try:
        return scenario.ground.hash
    except (Exception, SystemExit):  # a plug-in's; it is said when the arm is run
        return f"arm {arm}"


def _run_arms(outcome: Outcome, arms: dict[int, Scenario], numbers: tuple[int, ...], seed: int) -> None:
    """Run arms that share a ground; a lone one founds it for itself."""
    if len(arms) == 1:
        ((arm, scenario),) = arms.items()
        _run_arm(outcome, arm, scenario, numbers, seed)
        return
    ground: Simulation | None = None
    try:
        ground = Simulation(next(iter(arms.values())).ground, numbers, seed)
        ground.warm_up()
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        half = len(numbers) // 2
        for part in (numbers[:half], numbers[half:]) if half else ():
            _run_arms(outcome, arms, part, seed)
        if not half:
            outcome.failures += [_failed(arm, numbers[0], ground, error) for arm in arms]
        return
    for arm, scenario in arms.items():
        _run_arm(outcome, arm, scenario, numbers, seed, ground)


def _run_arm(
    outcome: Outcome,
    arm: int,
    scenario: Scenario,
    numbers: tuple[int, ...],
    seed: int,
    ground: Simulation | None = None,
) -> None:
    """Run one arm, on its ground or, halved after an error, anew."""
    simulation: Simulation | None = None
    try:
        simulation = Simulation(scenario, numbers, seed) if ground is None else ground.fork(scenario)
        outcome.pieces.append(Piece.of(arm, numbers, simulation.run()))
    except UserError:
        raise
    except (Exception, SystemExit) as error:  # a plug-in may raise anything; all of it becomes a row
        half = len(numbers) // 2
        if half:
            _run_arm(outcome, arm, scenario, numbers[:half], seed)
            _run_arm(outcome, arm, scenario, numbers[half:], seed)
        else:
            outcome.failures.append(_failed(arm, numbers[0], simulation, error))


def _failed(arm: int, number: int, simulation: Simulation | None, error: BaseException) -> Failed:
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return Failed(arm, number, _stage(simulation, error), text)


def _stage(simulation: Simulation | None, error: BaseException) -> str:
    """Where a run failed: ``opening``, ``day 12, bonding``, ``day 3, award of red_packet`` or ``summary``.

    Days before day 0 are those of the warm-up.
    """
    if simulation is None:
        when = "opening"
    elif simulation.world.day >= simulation.scenario.horizon:
        return "summary"
    else:
        when = f"day {simulation.world.day}"
    for frame, _ in walk_tb(error.__traceback__):
        call = frame.f_code.co_name
        if call in _CALLS:
            who: Any = getattr(frame.f_locals.get("self"), "name", call)
            return f"{when}, {call}" + (f" of {who}" if who != call else "")
    return when
