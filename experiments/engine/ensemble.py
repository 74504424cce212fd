"""An ensemble: what is kept of all runs of all arms, in order of replicate, whoever simulated them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.engine.task import DAILY, Outcome
from experiments.result import Failure
from simulator.mechanism import TWIN
from simulator.metrics import METRICS, SILENT_DAYS
from simulator.scenario import Scenario

#: What a twin's number has over that of the replicate it repeats.
BIT = int(TWIN)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """All completed runs of all arms by number of replicate; the twins come after the replicates.

    A run that failed has NaN in every array of floats and a row in ``failures``.

    Attributes:
        scenarios: The arms, baseline first.
        seed: Seed.
        asked: Replicates asked for; fewer done means that the work was interrupted.
        replicate: ``(runs,)`` number of the replicate; a twin has the number of the one it repeats.
        twin: ``(runs,)`` True for twins: same parameters, other luck.
        series: Per daily metric ``(arms, replicates, horizon)``, in the metric's unit; no twins.
        summary: Per metric ``(arms, runs)``, in the metric's unit.
        life: ``(arms, runs)`` lifespan of the community in days.
        censored: ``(arms, runs)`` True where it was still alive at ``tau``.
        tau: Last day on which a death can be seen: horizon minus the days of silence that make one.
        ledger: For each arm, by tactic: yuan and hours in all, ``(runs, 2)``.
        failures: Runs that failed, by replicate and arm.
        interrupted: True where somebody stopped it before the end.
        member_days: Members present, summed over days and runs.
        seconds: Clock time it took.
    """

    scenarios: tuple[Scenario, ...]
    seed: int
    asked: int
    replicate: NDArray[np.int64]
    twin: NDArray[np.bool_]
    series: dict[str, NDArray[np.float32]]
    summary: dict[str, NDArray[np.float64]]
    life: NDArray[np.float64]
    censored: NDArray[np.bool_]
    tau: float
    ledger: tuple[dict[str, NDArray[np.float64]], ...]
    failures: tuple[Failure, ...]
    interrupted: bool
    member_days: int
    seconds: float

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the arms."""
        return tuple(scenario.label for scenario in self.scenarios)

    @property
    def twin_of(self) -> NDArray[np.int64]:
        """For each twin, the place among the replicates of the one it repeats."""
        return np.searchsorted(self.replicate[~self.twin], self.replicate[self.twin])


def gather(
    arms: tuple[Scenario, ...],
    seed: int,
    asked: int,
    outcomes: Sequence[Outcome],
    *,
    interrupted: bool = False,
    seconds: float = 0.0,
) -> Ensemble:
    """Put outcomes, which may come in any order, into an ensemble.

    Runs that are not done in every arm are left out, and so are twins without the replicate they repeat.
    """
    pieces = [piece for outcome in outcomes for piece in outcome.pieces]
    failed = [failure for outcome in outcomes for failure in outcome.failures]
    done = Counter(number for piece in pieces for number in piece.numbers)
    done.update(failure.number for failure in failed)
    whole = {number for number, times in done.items() if times == len(arms)}
    kept = sorted(number for number in whole if number & ~BIT in whole)
    place = {number: at for at, number in enumerate(kept)}
    worlds = sum(number < BIT for number in kept)
    horizon = arms[0].horizon

    def blank(*shape: int) -> NDArray[np.float64]:
        return np.full((len(arms), *shape), np.nan)

    names = dict.fromkeys(metric.name for metric in METRICS)
    names.update((name, None) for piece in pieces for name in piece.summary)
    summary = {name: blank(len(kept)) for name in names}
    series = {name: blank(worlds, horizon).astype(np.float32) for name in DAILY}
    life, censored = blank(len(kept)), np.zeros((len(arms), len(kept)), bool)
    ledger = tuple(
        {label: np.full((len(kept), 2), np.nan) for label, _ in scenario.strategies} for scenario in arms
    )
    for piece in pieces:
        arm, at = piece.arm, np.array([place.get(number, -1) for number in piece.numbers])
        run, world = at >= 0, (at >= 0) & (at < worlds)
        for name, values in piece.summary.items():
            summary[name][arm, at[run]] = values[run]
        for name, days in piece.series.items():
            series[name][arm, at[world]] = days[world]
        for label, books in piece.ledger.items():
            ledger[arm][label][at[run]] = books[run]
        life[arm, at[run]], censored[arm, at[run]] = piece.life[run], piece.censored[run]

    rows = sorted((f for f in failed if f.number in place), key=lambda f: (f.number, f.arm))
    return Ensemble(
        scenarios=arms,
        seed=seed,
        asked=asked,
        replicate=np.array([number & ~BIT for number in kept], np.int64),
        twin=np.array([number >= BIT for number in kept], bool),
        series=series,
        summary=summary,
        life=life,
        censored=censored,
        tau=float(max(horizon - SILENT_DAYS, 0)),
        ledger=ledger,
        failures=tuple(
            Failure(f.number & ~BIT, arms[f.arm].label, f.stage, f.error, f.number >= BIT) for f in rows
        ),
        interrupted=interrupted,
        member_days=sum(piece.member_days for piece in pieces),
        seconds=seconds,
    )
