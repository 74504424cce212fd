"""The self-test: thousands of comparisons of doing nothing with doing nothing under other luck.

The sham arm is the baseline with the same founders and the same parameters, whose luck is keyed anew from an
early day on. Both arms of a replicate are draws of one distribution, so the mean difference is 0 whatever the
model, and every effect that is found is a false one. No two comparisons share a replicate, and draws are
keyed by replicate, so comparisons are independent and a rate has a binomial interval.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from experiments.engine.choice import make
from experiments.engine.ensemble import Ensemble
from experiments.engine.simulate import simulate
from experiments.report.findings import placebo_holds
from experiments.screening.design import Points
from experiments.screening.runs import METRICS, Values
from experiments.screening.runs import simulate as simulate_points
from experiments.selftest.rates import LEVEL, Rate, rates, smallest, wrong
from experiments.study import BASELINE, Study
from simulator.errors import UserError
from simulator.scenario import Scenario

SHAM = "sham"
#: Replicates of the checks that are of bits, not of chance.
_CHECKED = 24
#: Comparisons that one piece of work judges; so many are judged sooner than a worker starts.
_EACH = 100

#: Told of the work: ``runs`` or ``comparisons``, how many are done, how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checks:
    """What must hold to the bit.

    Attributes:
        placebo: Every tactic at dose nought leaves all but the ledger as it is.
        before: The sham equals the baseline on all days before its luck changes.
        after: It differs on some day from then on.
    """

    placebo: bool
    before: bool
    after: bool

    @property
    def hold(self) -> bool:
        """All of them."""
        return self.placebo and self.before and self.after


@dataclass(frozen=True)
class Trial:
    """What was found.

    Attributes:
        rates: Metric by metric, line by line.
        checks: What must hold to the bit.
        replicates: Matched replicates of each comparison.
        day: First day of the sham's other luck.
    """

    rates: tuple[Rate, ...]
    checks: Checks
    replicates: int
    day: int

    @property
    def holds(self) -> bool:
        """Whether nothing is off."""
        return self.checks.hold and all(rate.state != "off" for rate in self.rates)


def carry_out(
    study: Study,
    comparisons: int = 2000,
    replicates: int = 40,
    day: int = 1,
    *,
    level: float = LEVEL,
    progress: Progress = lambda kind, done, total: None,
) -> Trial:
    """Put the method on trial.

    Args:
        study: Gives the community, the days, seed and workers, and the tactics of the placebo.
        comparisons: Comparisons.
        replicates: Matched replicates of each, at least 3.
        day: Day from which the sham has other luck.
        level: Level of the intervals; what they are held against stays 95%.
        progress: Told of the work.

    Raises:
        UserError: The day is not one of the days run.
    """
    baseline, placebo = study.scenarios[0], study.scenarios[-1]
    sham = sham_of(baseline, day)
    numbers = np.arange(comparisons * replicates).reshape(comparisons, replicates)
    values = simulate_points(
        [baseline, sham],
        Points((), np.zeros((comparisons, 0)), numbers),
        study.seed,
        study.workers,
        lambda done, total: progress("runs", done, total),
    )
    found = tuple(_judged(values, study.workers, level, progress))
    few = simulate(
        [baseline, sham, placebo], min(_CHECKED, comparisons * replicates), seed=study.seed, workers=1
    )
    return Trial(found, checks(few, day), replicates, day)


def sham_of(baseline: Scenario, day: int) -> Scenario:
    """The baseline with other luck from a day on.

    Raises:
        UserError: The day is not one of the days run.
    """
    if not 0 <= day < baseline.days:
        raise UserError(f"day is {day}; it must be a campaign day, 0 to {baseline.days - 1}.")
    return replace(baseline, label=SHAM, luck_from=day)


def checks(ensemble: Ensemble, day: int) -> Checks:
    """What must hold to the bit of an ensemble of baseline, sham and placebo."""
    at, sham = ensemble.labels.index(BASELINE), ensemble.labels.index(SHAM)
    same = [
        np.array_equal(days[at, :, :day], days[sham, :, :day], equal_nan=True)
        for days in ensemble.series.values()
    ]
    voices = ensemble.series["voices"]
    return Checks(
        placebo=bool(placebo_holds(ensemble)),
        before=all(same),
        after=not np.array_equal(voices[at, :, day:], voices[sham, :, day:]),
    )


def _judged(values: Values, workers: int | None, level: float, progress: Progress) -> Iterator[Rate]:
    """Rates of every metric; the intervals are made on worker processes where they are many."""
    of = values.shape[2]
    starts = range(0, of, _EACH)
    jobs = [
        (wrong, base[at : at + _EACH], sham[at : at + _EACH], smallest(name, base), level)
        for name, (base, sham) in zip(METRICS, values, strict=True)
        for at in starts
    ]
    few = of <= _EACH
    with make("local", 1 if few else workers) as engine:
        engine.progress = lambda done, total: progress("comparisons", done, total)
        parts = engine.run(jobs)
    for k, name in enumerate(METRICS):
        own = parts[k * len(starts) : (k + 1) * len(starts)]
        yield from rates(name, {row: np.concatenate([part[row] for part in own]) for row in own[0]})
