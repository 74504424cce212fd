"""The runs: every point of a design with every luck in every arm, wherever the work is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from loky import cpu_count
from numpy.typing import NDArray

from experiments.engine.choice import make
from experiments.engine.simulate import BLOCK_SLOTS
from experiments.engine.task import warm_up
from experiments.screening.design import Points
from experiments.study import EngineChoice
from simulator.scenario import Scenario
from simulator.simulation import Simulation

#: What is read off each run: conversational voices a campaign day, and the lifespan in days.
METRICS = ("voices", "lifespan")
#: Runs below which workers take longer to start than they save.
SMALL = 2000
Values = NDArray[np.float64]
Piece = tuple[int, slice, Values]


class Reading(Protocol):
    """Runs a block and reads numbers off it: ``len`` of it is how many each run gives."""

    def __len__(self) -> int: ...

    def __call__(self, simulation: Simulation) -> Values:
        """The numbers, ``(len, runs)``, of a simulation that is to be run."""


@dataclass(frozen=True)
class Summaries:
    """Metrics of the table, one number a run each; the two of a screening without making all the others."""

    names: tuple[str, ...] = METRICS

    def __len__(self) -> int:
        return len(self.names)

    def __call__(self, simulation: Simulation) -> Values:
        """The metrics, ``(metrics, runs)``."""
        run = simulation.run()
        if set(self.names) <= set(METRICS):
            voices = run.daily["voices"][:, : run.scenario.days].mean(axis=1)
            known = {"voices": voices, "lifespan": run.lifespan()[0]}
        else:
            known = run.summary()
        return np.stack([known[name] for name in self.names])


def simulate(
    scenarios: Sequence[Scenario],
    design: Points,
    seed: int,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    reading: Reading = Summaries(),
    engine: EngineChoice | None = None,
) -> Values:
    """Every number read in every arm at every point with every luck, ``(len, arms, points, lucks)``.

    What comes out depends on neither workers nor blocks nor the engine.

    Args:
        scenarios: The arms, all with one community and one set of mechanisms.
        design: The points.
        seed: Seed.
        workers: Processes; None for one a core, or none but this where the work is small, as with 1.
        progress: Told after each block: runs done, runs in all.
        reading: What is read off each run.
        engine: Where the work is done; None for this machine.
    """
    points, lucks = design.numbers.shape
    out = np.full((len(reading), len(scenarios), points, lucks), np.nan)
    each = max(1, BLOCK_SLOTS // (lucks * scenarios[0].community.slots))
    tasks = [
        (arm, slice(at, min(at + each, points)))
        for at in range(0, points, each)
        for arm in range(len(scenarios))
    ]
    total, done = points * lucks * len(scenarios), 0
    choice = engine or EngineChoice()
    if choice.name == "local":
        workers = min(workers or (1 if total < SMALL else cpu_count()), len(tasks))
    with make(choice.name, workers, choice.address) as running:
        jobs = [(block, scenarios[arm], design, part, arm, seed, reading) for arm, part in tasks]
        for _, (arm, part, values) in running.every(jobs, warm=(warm_up, list(scenarios))):
            out[:, arm, part] = values
            done += values[0].size
            if progress is not None:
                progress(done, total)
    return out


def block(scenario: Scenario, design: Points, part: slice, arm: int, seed: int, reading: Reading) -> Piece:
    """Some points in one arm."""
    numbers = design.numbers[part]
    simulation = Simulation(scenario, numbers.reshape(-1).tolist(), seed, design.parameters(part))
    return arm, part, reading(simulation).reshape(len(reading), *numbers.shape)
