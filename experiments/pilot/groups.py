"""The groups that trials are made of: in every plausible world some with the tactic and others without it.

All groups of a world share its mechanism parameters; each has people, luck and a group effect of its own,
those with the tactic other ones than those without.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.screening.design import Points, factors
from experiments.screening.runs import simulate
from experiments.study import Study
from simulator.errors import UserError
from simulator.scenario import Scenario
from simulator.simulation import Simulation

Floats = NDArray[np.float64]
#: What is counted: an operator can count it in a real group, too.
METRIC = "voices"
#: Days counted before the campaign where nobody says.
BEFORE = 14
#: Numbers of replicates from here on: none that another part of a study uses.
_FIRST = 1 << 29
#: Days after which a trial may end, beside the end of the campaign.
_ENDS = (7, 14, 21, 28, 42, 56, 84, 112, 168, 224, 280, 336)


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of both kinds in every world.

    Attributes:
        days: Trial days, rising: how long a trial is watched.
        before: ``(2, worlds, groups)`` voices a day before the campaign, without and with the tactic to come;
            of no width where nothing was counted before.
        voices: ``(2, days, worlds, groups)`` voices a day over the trial's days, without and with the tactic.
        cost: ``(days,)`` mean yuan that a group with the tactic takes until then.
        hours: ``(days,)`` mean hours of work.
    """

    days: tuple[int, ...]
    before: Floats
    voices: Floats
    cost: Floats
    hours: Floats


@dataclass(frozen=True)
class Counting:
    """Counts voices before and during a trial, and what the tactic takes; see ``screening.runs.Reading``."""

    before: int
    days: tuple[int, ...]

    def __len__(self) -> int:
        return 1 + 3 * len(self.days)

    def __call__(self, simulation: Simulation) -> Floats:
        """Voices before, then voices, yuan and hours by trial days; ``(len, groups)``."""
        world, early = simulation.world, []
        while world.day < 0:
            simulation.step()
            early.append(world.daily[METRIC])
        rows = world.shape[0]
        counted = np.mean(early[-self.before :], axis=0) if self.before else np.zeros(rows)
        run = simulation.run()
        series = [run.daily[METRIC]]
        for kind in ("cost", "hours"):
            series.append(sum((book[kind] for book in run.ledger.values()), np.zeros_like(series[0])))
        until = [np.stack([one[:, :day].sum(axis=1) for day in self.days]) for one in series]
        voices = until[0] / np.array(self.days)[:, None]
        return np.concatenate([counted[None], voices, *until[1:]])


def days_before(study: Study) -> int:
    """Days to count before the campaign where nobody says: none in a group that a purpose brings together.

    Such a group has no days before, or few; its life is what the campaign is about.
    """
    return 0 if study.scenarios[0].community.purpose_days is not None else BEFORE


def gather(
    study: Study,
    worlds: int,
    pool: int,
    before: int,
    progress: Callable[[int, int], None] | None = None,
) -> Groups:
    """Simulate the groups.

    Args:
        study: Baseline and the arm to be tried.
        worlds: Plausible worlds, spread evenly over the ranges of all parameters (Latin hypercube).
        pool: Groups of each kind in each world.
        before: Days on which voices are counted before the campaign.
        progress: Told after each block: groups done, groups in all.

    Raises:
        UserError: Nothing is uncertain.
    """
    arms = [_earlier(arm, before) for arm in study.scenarios[:2]]
    known = factors(arms[0].mechanisms)
    if not known or arms[0].uncertainty == "luck":
        raise UserError(
            "A pilot is planned over plausible worlds; leave uncertainty=full and some range open."
        )
    unit = qmc.LatinHypercube(len(known), seed=np.random.default_rng(study.seed)).random(worlds)
    days = (*(day for day in _ENDS if day < arms[0].days), arms[0].days)
    counting = Counting(before, days)
    first = _FIRST + 2 * pool * np.arange(worlds)[:, None] + np.arange(pool)
    found = []
    for kind, arm in enumerate(arms):
        design = Points(known, unit, first + kind * pool)

        def tell(done: int, total: int, kind: int = kind) -> None:
            if progress is not None:
                progress(kind * total + done, 2 * total)

        values = simulate([arm], design, study.seed, study.workers, tell, counting, study.engine)
        found.append(values[:, 0])
    count = len(days)
    both = np.stack(found)  # (2, len, worlds, pool)
    taken = both[1, 1 + count :].reshape(2, count, -1).mean(axis=2)
    early = both[:, 0] if before else both[:, 0, :, :0]
    return Groups(days, early, both[:, 1 : 1 + count], taken[0], taken[1])


def _earlier(arm: Scenario, before: int) -> Scenario:
    """An arm that begins so many days earlier, with a community as much younger as it can be."""
    longer = max(before - arm.warmup, 0)
    community = replace(arm.community, age=max(arm.community.age - longer, 0))
    return replace(arm, follow_up=0, warmup=arm.warmup + longer, community=community)
