"""Scores on check-in cohorts: each is predicted from the others and its past, by the model and by rivals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.engine.choice import make
from experiments.engine.port import Engine, Job, Progress
from experiments.validation.cohorts import rivals
from experiments.validation.cohorts.committed import committed
from experiments.validation.cohorts.free import simulated
from experiments.validation.cohorts.likelihood import ROWS, predicted
from experiments.validation.cohorts.people import PEOPLES, People, Settings
from experiments.validation.cohorts.posterior import Posterior, worth
from experiments.validation.cohorts.reading import Cohort, content_hash
from experiments.validation.cohorts.search import search
from experiments.validation.resampling import Skill, skill

Floats = NDArray[np.float64]
#: Parts into which the cohorts are split for the search.
BLOCKS = 4
#: Simulated tables of each cohort.
WORLDS = 10
REFITTED, COMMITTED = "refitted", "committed"


@dataclass(frozen=True, eq=False)
class Scored:
    """Everything that came out.

    Attributes:
        cohorts: The cohorts.
        cells: Predicted cells of each.
        chances: P(done) of each cell by predictor and cohort, ``(n,)`` each.
        tables: The same of the model as tables ``(days, N)``, for the curves.
        worlds: Simulated tables of each cohort, under the settings refitted without it.
        in_sample: Whether the committed settings were fitted to these very cohorts.
    """

    cohorts: tuple[Cohort, ...]
    cells: tuple[rivals.Cells, ...]
    chances: dict[str, list[Floats]]
    tables: list[Floats]
    worlds: list[list[Cohort]]
    in_sample: bool

    def scores(self, name: str) -> Floats:
        """Log score of each cell of all cohorts."""
        return np.concatenate(
            [rivals.log_score(p, one.done) for p, one in zip(self.chances[name], self.cells, strict=True)]
        )

    @cached_property
    def cohort_of(self) -> NDArray[np.int64]:
        """Cohort of each cell."""
        return np.repeat(np.arange(len(self.cells)), [len(one.done) for one in self.cells])

    def skill(self, name: str, rival: str) -> Skill:
        """Gain in log score a day of one predictor over another."""
        return skill(self.scores(name), self.scores(rival), self.cohort_of)


def score_cohorts(
    cohorts: Sequence[Cohort], seed: int = 1, workers: int | None = None, progress: Progress | None = None
) -> Scored:
    """Predict every cohort, with the settings fitted to the others and with the committed ones.

    Args:
        cohorts: At least two.
        seed: Seed of particles and settings.
        workers: Processes; None for one a core.
        progress: Told of the work.
    """
    found = [rivals.cells(one) for one in cohorts]
    chances: dict[str, list[Floats]] = {
        name: [rivals.predict(name, found[:i] + found[i + 1 :], one) for i, one in enumerate(found)]
        for name in rivals.RIVALS
    }
    with make("local", workers, progress=progress) as engine:
        folds = refit(cohorts, engine, seed)
        kept = committed()
        known = [_worth(fold) for fold in folds]
        jobs: list[Job] = [
            (predicted, one, *prior, ROWS, seed) for one, prior in zip(cohorts, known, strict=True)
        ]
        jobs += [(predicted, one, kept.bank, kept.peoples, kept.prior, ROWS, seed) for one in cohorts]
        jobs += [(simulated, one, *prior, WORLDS, seed) for one, prior in zip(cohorts, known, strict=True)]
        done = engine.run(jobs)
    n = len(cohorts)
    for name, tables in ((REFITTED, done[:n]), (COMMITTED, done[n : 2 * n])):
        chances[name] = [table[one.day, one.member] for table, one in zip(tables, found, strict=True)]
    in_sample = kept.content == content_hash(cohorts)
    return Scored(tuple(cohorts), tuple(found), chances, done[:n], done[2 * n :], in_sample)


def refit(cohorts: Sequence[Cohort], engine: Engine, seed: int) -> list[Posterior]:
    """What the other cohorts say, for each that is left out."""
    count = min(BLOCKS, len(cohorts))
    blocks = [range(block, len(cohorts), count) for block in range(count)]
    found = search(cohorts, blocks, engine, seed)
    out = []
    for i in range(len(cohorts)):
        bank, weighed = found[i % count]
        out.append(Posterior.of(bank, [one for j, one in enumerate(weighed) if j != i]))
    return out


def _worth(fold: Posterior) -> tuple[list[Settings], tuple[People, ...], Floats]:
    """Settings, people and prior for a group not seen, without those that hardly count."""
    prior = worth(fold.of_new_group())
    which = [np.flatnonzero(prior.any(axis=axes)) for axes in ((1, 2), (0, 2))]
    bank, peoples = [fold.bank[k] for k in which[0]], tuple(PEOPLES[h] for h in which[1])
    return bank, peoples, prior[np.ix_(*which)]
