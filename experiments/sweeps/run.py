"""Running a sweep: each scenario once, however many points it is part of; every point compared by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.engine.ensemble import Ensemble, gather
from experiments.engine.simulate import Arms, fill
from experiments.engine.simulate import runs as runs_of
from experiments.engine.task import DAILY
from experiments.result import Failure
from experiments.statistics.comparison import Comparison, Effect, compare
from experiments.statistics.survival import Lifespans
from experiments.store.store import Store
from experiments.study import Study
from experiments.sweeps.plan import Point, Sweep, sweep_of
from simulator.metrics import METRICS
from simulator.scenario import Scenario

#: Told now and then: runs done, runs in all, member-days simulated so far.
Progress = Callable[[int, int, int], None]
#: Bytes of daily series that may be held at once; none of them is kept, but they pass through.
_ROOM = 2**28
#: Metrics compared at every point: those that decide or veto, those that cost, and what stays afterwards. The
#: intervals of all fifty would take longer than many a simulation; all of them are in runs.parquet.
COMPARED = tuple(metric for metric in METRICS if metric.kind != "secondary" or metric.name == "voices_after")
#: How often a series is held on its way: by a worker, by whoever gathers, and in the ensemble.
_COPIES = 3


@dataclass(frozen=True, eq=False)
class Runs:
    """What is kept of the runs of one scenario; replicates first, then twins. NaN where a run failed.

    Attributes:
        scenario: The scenario; its label names the first point it belongs to.
        done: Which runs were completed or failed; others were never reached.
        summary: Per metric ``(runs,)``, in the metric's unit.
        life: ``(runs,)`` lifespan in days.
        censored: ``(runs,)`` True where the group was still alive at ``tau``.
        tau: Last day on which a death can be seen.
        ledger: By tactic, yuan and hours in all, ``(runs, 2)``.
        failures: Runs that failed.
    """

    scenario: Scenario
    done: NDArray[np.bool_]
    summary: Mapping[str, NDArray[np.float64]]
    life: NDArray[np.float64]
    censored: NDArray[np.bool_]
    tau: float
    ledger: Mapping[str, NDArray[np.float64]]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Row:
    """One effect: a metric of an arm at a point, against the baseline of that point.

    Attributes:
        point: Number of the point, from 1.
        values: The value of each factor there, as typed.
        effect: The effect; see :class:`~experiments.statistics.comparison.Effect`.
    """

    point: int
    values: Mapping[str, str]
    effect: Effect


@dataclass(frozen=True, eq=False)
class Swept:
    """What a sweep found.

    Attributes:
        sweep: What was asked for.
        runs: Runs by hash of scenario; of those that were reached.
        interrupted: True where somebody stopped it before the end.
        member_days: Members present, summed over days and runs.
        seconds: Clock time of the simulation.
    """

    sweep: Sweep
    runs: Mapping[str, Runs]
    interrupted: bool
    member_days: int
    seconds: float

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points all scenarios of which were reached, if only in some replicates."""
        return tuple(point for point in self.sweep.points if all(key in self.runs for key in point.hashes))

    @cached_property
    def comparisons(self) -> Mapping[int, Comparison]:
        """The comparison of every point, by its number."""
        seen: dict[tuple[str, ...], Comparison] = {}
        found = {}
        for point in self.points:
            if point.hashes not in seen:
                seen[point.hashes] = self._compared(point.study, point.hashes)
            found[point.number] = seen[point.hashes]
        return found

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every effect at every point, point by point."""
        return tuple(
            Row(point.number, point.values, effect)
            for point in self.points
            for effect in self.comparisons[point.number].effects
        )

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All runs that failed; the scenario is named as its hash's first point and label."""
        return tuple(failure for one in self.runs.values() for failure in one.failures)

    def effect(self, point: int, arm: str, metric: str = "voices") -> Effect:
        """The effect on a metric of an arm at a point, by its number."""
        return self.comparisons[point].effect(metric, arm)

    def differences(self, point: Point, arm: str, metric: str) -> NDArray[np.float64]:
        """Arm minus baseline in each replicate of a point, ``(replicates,)``; NaN where either is missing."""
        at, n = point.study.labels.index(arm), point.study.replicates
        base, other = (self._values(self.runs[point.hashes[which]], metric)[:n] for which in (0, at))
        return np.asarray(other - base, np.float64)

    @staticmethod
    def _values(runs: Runs, metric: str) -> NDArray[np.float64]:
        if metric == "lifespan":
            return np.minimum(runs.life, runs.tau)
        return runs.summary[metric]

    def _compared(self, study: Study, hashes: Sequence[str]) -> Comparison:
        runs, n = [self.runs[key] for key in hashes], study.replicates
        names = [metric.name for metric in COMPARED if metric.name in runs[0].summary]
        table = {name: np.stack([one.summary[name] for one in runs]) for name in names}
        lives = Lifespans(
            np.stack([one.life[:n] for one in runs]),
            np.stack([one.censored[:n] for one in runs]),
            runs[0].tau,
        )
        twins = {name: values[:, n:] for name, values in table.items()} if study.twins else None
        ones = {name: values[:, :n] for name, values in table.items()}
        return compare(study.labels, ones, COMPARED, lives, twins)


def run(sweep: Sweep, progress: Progress | None = None, store: Store | None = None) -> Swept:
    """Simulate every scenario of a sweep once. Ctrl-C gives the points that are complete.

    Args:
        sweep: What to run.
        progress: Told after each task.
        store: Where runs are looked for and kept; None keeps none longer than it must.

    Raises:
        UserError: A tactic that misuses its channels.
        KeyboardInterrupt: Ctrl-C before anything was complete.
    """
    study, found, began = sweep.study, dict[str, Runs](), perf_counter()
    numbers, days, interrupted = runs_of(study.replicates, study.twins), 0, False
    for batch in [sweep.scenarios] if store is not None else batches(sweep.scenarios, len(numbers)):
        arms, kept = Arms.of(tuple(batch.values()), study.seed), store or Store()
        told = _told(progress, len(found), len(batch), len(sweep.scenarios), len(numbers))
        try:
            fill(
                kept,
                arms,
                numbers,
                study.seed,
                workers=study.workers,
                block=study.block,
                progress=told,
                engine=study.engine,
            )
        except KeyboardInterrupt:
            interrupted = True
        for key, scenario, name in zip(batch, arms.scenarios, arms.keys, strict=True):
            ensemble = gather((scenario,), study.seed, numbers, kept, (name,), interrupted=interrupted)
            if len(ensemble.replicate):
                days += ensemble.member_days
                found[key] = _kept(ensemble, study)
        if interrupted:
            break
    if interrupted and not found:
        raise KeyboardInterrupt
    return Swept(sweep, found, interrupted, days, perf_counter() - began)


def _told(
    progress: Progress | None, before: int, batch: int, total: int, runs: int
) -> Callable[[int, int, int], None]:
    """Progress of one batch of scenarios as part of the whole."""

    def told(part: int, _: int, member_days: int) -> None:
        if progress is not None:
            progress(before * runs + part * batch, total * runs, member_days)

    return told


def sweep(*arms: str, **settings: Any) -> Swept:
    """A sweep in one call: ``sweep("red_packet", **{"community.size": [50, 100, 200]})``.

    Args:
        arms: Arms in the grammar of the command; without any, the strategies whose knobs are varied.
        settings: What the command takes as ``key=value``. A list, a range or an array is a factor, and so is
            text that the command would take for one; ``design`` and ``points`` say how they are combined.
    """
    return run(sweep_of(arms, settings))


def batches(scenarios: Mapping[str, Scenario], runs: int) -> Iterator[dict[str, Scenario]]:
    """Scenarios in order, as many at a time as memory has room for."""
    batch: dict[str, Scenario] = {}
    filled = 0
    for key, scenario in scenarios.items():
        size = runs * scenario.horizon * len(DAILY) * 4 * _COPIES
        if batch and filled + size > _ROOM:
            yield batch
            batch, filled = {}, 0
        batch[key], filled = scenario, filled + size
    if batch:
        yield batch


def _kept(ensemble: Ensemble, study: Study) -> Runs:
    """The runs of one scenario, each in its place, NaN where it was not reached."""
    place = np.where(ensemble.twin, study.replicates + ensemble.replicate, ensemble.replicate)
    size = study.replicates + study.twins

    def put(values: NDArray[Any]) -> NDArray[Any]:
        out = np.full((size, *values.shape[1:]), np.nan)
        out[place] = values
        return out

    done, censored = np.zeros(size, bool), np.zeros(size, bool)
    done[place], censored[place] = True, ensemble.censored[0]
    return Runs(
        scenario=ensemble.scenarios[0],
        done=done,
        summary={name: put(values[0]) for name, values in ensemble.summary.items()},
        life=put(ensemble.life[0]),
        censored=censored,
        tau=ensemble.tau,
        ledger={label: put(books) for label, books in ensemble.ledger[0].items()},
        failures=ensemble.failures,
    )
