"""An ensemble: what is kept of all runs of all arms, in order of replicate, whoever simulated them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.engine.task import BIT, DAILY
from experiments.result import Failure
from experiments.store.part import Part
from experiments.store.store import Store
from simulator.metrics import METRICS, SILENT_DAYS
from simulator.scenario import Scenario


class Series(Mapping[str, NDArray[np.float32]]):
    """Daily metrics by name, each (arms, replicates, days), read from the store when they are asked for.

    A hundred million numbers are common here; what needs one metric, or one arm, reads that alone.
    """

    def __init__(self, days: int, keys: Sequence[str], places: Mapping[int, int], parts: Sequence[Part]):
        self._days, self._keys, self._places, self._parts = days, keys, places, parts

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if name not in DAILY:
            raise KeyError(name)
        read = {key: self._read(key, [name])[name] for key in dict.fromkeys(self._keys)}
        return np.stack([read[key] for key in self._keys])

    def arm(self, at: int) -> dict[str, NDArray[np.float32]]:
        """All daily metrics of one arm by name, (replicates, days)."""
        return self._read(self._keys[at], DAILY)

    def __iter__(self) -> Iterator[str]:
        return iter(DAILY)

    def __len__(self) -> int:
        return len(DAILY)

    def _read(self, key: str, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        blank = {name: np.full((len(self._places), self._days), np.nan, np.float32) for name in names}
        for part in self._parts:
            if key not in part.of_key:
                continue
            rows, found = part.daily(names, key)
            at = _places(part, self._places)[rows]
            for name, values in found.items():
                blank[name][at[at >= 0]] = values[at >= 0]
        return blank


def of_arm(series: Mapping[str, NDArray[np.float32]], at: int) -> dict[str, NDArray[np.float32]]:
    """Daily metrics of one arm by name, (replicates, days), without reading those of the others."""
    return series.arm(at) if isinstance(series, Series) else {name: days[at] for name, days in series.items()}


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
    series: Series
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
    arms: Sequence[Scenario],
    seed: int,
    numbers: Sequence[int],
    store: Store,
    keys: Sequence[str],
    *,
    interrupted: bool = False,
    seconds: float = 0.0,
) -> Ensemble:
    """An ensemble of what the store holds.

    Runs that are not done in every arm are left out, and so are twins without the replicate they repeat.

    Args:
        arms: The arms, baseline first, all with the same days.
        seed: Seed.
        numbers: Runs that were asked for, by number; a twin's is its replicate's with ``BIT``.
        store: Where they are.
        keys: What each arm's runs are kept under.
        interrupted: Whether somebody stopped it before the end.
        seconds: Clock time it took.
    """
    parts = list(store.parts(keys))
    asked = set(numbers)
    found: dict[str, set[int]] = {key: set() for key in keys}
    for part in parts:
        for key in part.of_key.keys() & found.keys():
            found[key] |= asked.intersection(part.numbers[part.of_key[key]].tolist())
    done = Counter(number for key in keys for number in found[key])
    whole = {number for number, times in done.items() if times == len(arms)}
    kept = sorted(number for number in whole if number & ~BIT in whole)
    place = {number: at for at, number in enumerate(kept)}

    def blank(*shape: int) -> NDArray[np.float64]:
        return np.full((len(arms), *shape), np.nan)

    names = dict.fromkeys(metric.name for metric in METRICS)
    names.update((f.name, None) for part in parts for f in part.rows.schema.field("summary").type)
    summary = {name: blank(len(kept)) for name in names}
    life, censored = blank(len(kept)), np.zeros((len(arms), len(kept)), bool)
    days = np.zeros((len(arms), len(kept)), np.int64)
    ledger = tuple(
        {label: np.full((len(kept), 2), np.nan) for label, _ in scenario.strategies} for scenario in arms
    )
    failed: dict[tuple[int, int], Failure] = {}
    for part in parts:
        values, spent, at_all = part.summary(), part.ledger(), _places(part, place)
        for arm, key in enumerate(keys):
            rows = part.of_key.get(key, np.empty(0, np.intp))
            rows = rows[at_all[rows] >= 0]
            for row in rows[part.failed[rows]]:
                failed[int(at_all[row]), arm] = _failure(part, int(row), arms[arm].label)
            rows = rows[~part.failed[rows]]
            at = at_all[rows]
            for name, column in values.items():
                summary[name][arm, at] = column[rows]
            life[arm, at], censored[arm, at] = part.column("life")[rows], part.column("censored")[rows]
            days[arm, at] = part.column("member_days")[rows]
            _enter(ledger[arm], spent, rows, at_all)
    return Ensemble(
        scenarios=tuple(arms),
        seed=seed,
        asked=sum(number < BIT for number in numbers),
        replicate=np.array([number & ~BIT for number in kept], np.int64),
        twin=np.array([number >= BIT for number in kept], bool),
        series=Series(arms[0].horizon, keys, {n: at for n, at in place.items() if n < BIT}, parts),
        summary=summary,
        life=life,
        censored=censored,
        tau=float(max(arms[0].horizon - SILENT_DAYS, 0)),
        ledger=ledger,
        # What was lost with a worker may have been done later.
        failures=tuple(row for (at, arm), row in sorted(failed.items()) if np.isnan(life[arm, at])),
        interrupted=interrupted,
        member_days=int(days.sum()),
        seconds=seconds,
    )


def _places(part: Part, place: Mapping[int, int]) -> NDArray[np.intp]:
    """Place of each row of a part among the runs that are kept; -1 for none."""
    return np.array([place.get(number, -1) for number in part.numbers.tolist()], np.intp)


def _failure(part: Part, row: int, label: str) -> Failure:
    number, error = int(part.numbers[row]), part.rows["error"][row].as_py()
    return Failure(number & ~BIT, label, str(part.stages[row]), error, number >= BIT)


def _enter(
    books: dict[str, NDArray[np.float64]],
    spent: tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.float64]],
    rows: NDArray[np.intp],
    places: NDArray[np.intp],
) -> None:
    """Enter what tactics cost in these rows into the books of an arm."""
    of_row, tactics, sums = spent
    mine = np.isin(of_row, rows)
    for label, book in books.items():
        entries = mine & (tactics == label)
        book[places[of_row[entries]]] = sums[entries]
