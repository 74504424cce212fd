"""From a study to how robust its choice is: worlds, a screening of the leading gap, and what flips it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from experiments.engine.simulate import simulate as simulate_worlds
from experiments.robust.curves import Curves
from experiments.robust.flips import Flip, flips
from experiments.robust.indices import Indices, indices
from experiments.robust.saltelli import Saltelli
from experiments.robust.worlds import Outcome, outcome
from experiments.screening.design import Design, Factor, Points, factors
from experiments.screening.effects import Moves, moves
from experiments.screening.runs import Summaries, simulate
from experiments.study import PLACEBO, Study
from simulator.errors import UserError, unknown
from simulator.metrics import BY_NAME, CAMPAIGN, METRICS, Metric

Floats = NDArray[np.float64]
#: Told after each block: the part (``worlds``, ``morris`` or ``sobol``), runs done in it, runs in it.
Progress = Callable[[str, int, int], None]
_FEWEST = 10  # worlds in which a goal must be defined


@dataclass(frozen=True)
class Effort:
    """How much is simulated, beside the replicates of the study.

    Attributes:
        trajectories: Morris paths.
        samples: Blocks of the Saltelli design, a power of 2, for its sequence to be even.
        lucks: Groups at each point in each of the two arms.
        leading: Most parameters that indices and flips are sought for.
    """

    trajectories: int = 8
    samples: int = 128
    lucks: int = 6
    leading: int = 10

    def __post_init__(self) -> None:
        if self.samples < 2 or self.samples & (self.samples - 1):
            raise UserError(f"samples is {self.samples}; it must be a power of 2, such as 64 or 128.")


@dataclass(frozen=True, eq=False)
class Robustness:
    """How robust a choice is.

    Attributes:
        study: Arms, community and horizon; without the placebo, and without follow-up where that is idle.
        goal: What the arms are compared on.
        effort: How much was simulated.
        outcome: What the worlds say.
        factors: Every parameter that is uncertain.
        pair: Labels of the two leading choices, the better first; the gap is first minus second.
        moves: What moves the gap, by Morris; coordinates are the factors and luck.
        chosen: Places among the factors of the leading ones, those that move the gap most beyond luck first.
        indices: Sobol indices of these, in that order.
        flips: What each of these flips alone, in that order.
    """

    study: Study
    goal: Metric
    effort: Effort
    outcome: Outcome
    factors: tuple[Factor, ...]
    pair: tuple[str, str]
    moves: Moves
    chosen: tuple[int, ...]
    indices: Indices
    flips: tuple[Flip, ...]

    @property
    def ranked(self) -> tuple[int, ...]:
        """Places of the leading parameters among the factors, by total index, the largest first."""
        return tuple(self.chosen[at] for at in np.argsort(-self.indices.total, kind="stable"))

    def flip(self, factor: int) -> Flip:
        """What a leading parameter, by its place among the factors, flips alone."""
        return self.flips[self.chosen.index(factor)]


def robustness(study: Study, goal: str, effort: Effort, progress: Progress | None = None) -> Robustness:
    """Run it all.

    Args:
        study: Arms, community, replicates, twins, seed and workers.
        goal: Name of the metric that is to be better.
        effort: How much to simulate beside the study's replicates.
        progress: Told after each block.

    Raises:
        UserError: A goal that is none, a study without an arm or without anything uncertain.
        KeyboardInterrupt: Ctrl-C.
    """
    metric = _metric(goal)
    arms = tuple(arm for arm in study.scenarios if arm.label != PLACEBO)
    if len(arms) < 2:
        raise UserError("There is no arm to choose; name at least one.")
    if arms[0].uncertainty == "luck":
        raise UserError("uncertainty=luck holds all parameters, so there is one world only; leave it out.")
    known = factors(arms[0].mechanisms)
    if not known:
        raise UserError("No parameter is left to be moved: all are set by hand.")
    if metric.window == CAMPAIGN:
        arms = tuple(replace(arm, follow_up=0) for arm in arms)
    study = replace(study, scenarios=arms)

    def tell(part: str) -> Callable[..., None] | None:
        return None if progress is None else lambda done, total, *_: progress(part, done, total)

    found = _worlds(study, metric, tell("worlds"))
    first, second = (one.label for one in found.ranked[:2])
    by_label = {arm.label: arm for arm in arms}
    pair = by_label[first], by_label[second]
    design = Design.of(known, effort.trajectories, effort.lucks, study.seed)

    def gaps(points: Points, part: str) -> Floats:
        told, reading = tell(part), Summaries((goal,))
        values = simulate(pair, points, study.seed, study.workers, told, reading, study.engine)
        return _gap(values, metric)

    gap = gaps(design, "morris")
    moved = moves(design, gap, study.seed)
    beyond = (moved.mu_star - moved.floor)[:-1]
    chosen = tuple(int(n) for n in np.argsort(-beyond, kind="stable")[: effort.leading])
    some = Saltelli.of([known[n] for n in chosen], effort.samples, effort.lucks, study.seed)
    gap = gaps(some, "sobol")
    curves = Curves.fit(some, gap)
    return Robustness(
        study=study,
        goal=metric,
        effort=effort,
        outcome=found,
        factors=known,
        pair=(first, second),
        moves=moved,
        chosen=chosen,
        indices=indices(some, gap, curves, study.seed),
        flips=flips(some.factors, curves),
    )


def _metric(goal: str) -> Metric:
    """The metric of a goal.

    Raises:
        UserError: It is none, or neither more nor less of it is better.
    """
    allowed = [metric.name for metric in METRICS if metric.direction]
    if goal not in BY_NAME:
        raise unknown("goal", goal, allowed)
    if goal not in allowed:
        raise UserError(
            f"goal is {goal!r}, of which neither more nor less is better; take voices or lifespan."
        )
    return BY_NAME[goal]


def _worlds(study: Study, metric: Metric, progress: Callable[..., None] | None) -> Outcome:
    """What the replicates of the study say."""
    ensemble = simulate_worlds(
        study.scenarios,
        study.replicates,
        twins=study.twins,
        seed=study.seed,
        workers=study.workers,
        block=study.block,
        progress=progress,
        engine=study.engine,
    )
    if ensemble.interrupted:
        raise KeyboardInterrupt
    values = ensemble.summary[metric.name]
    one, twin = values[:, ~ensemble.twin], values[:, ensemble.twin]
    effects = metric.direction * (one[1:] - one[0])
    others = metric.direction * (twin[1:] - twin[0])
    gaps = effects[:, ensemble.twin_of] - others
    if study.twins == study.replicates:  # two lucks in every world: their mean has half the luck
        effects, gaps = (effects + others) / 2.0, gaps / np.sqrt(2.0)
    there = np.isfinite(effects).all(axis=0)
    if there.sum() < _FEWEST:
        raise UserError(
            f"goal is {metric.name!r}, which is defined in {there.sum()} of {len(there)} simulated groups; "
            "take another goal, or more replicates."
        )
    return outcome(study.labels[1:], effects, gaps, metric.matters(float(one[0, there].mean())))


def _gap(values: Floats, metric: Metric) -> Floats:
    """By how much the first arm is better, ``(points, lucks)``; a luck without the metric takes the mean.

    Raises:
        UserError: A point without the metric with any luck.
    """
    gap = metric.direction * (values[0, 0] - values[0, 1])
    there = np.isfinite(gap)
    if not there.any(axis=1).all():
        raise UserError(
            f"goal is {metric.name!r}, which is not defined under all plausible parameters; "
            "take another goal, or more lucks."
        )
    if there.all():
        return gap
    mean = np.where(there, gap, 0.0).sum(axis=1) / there.sum(axis=1)
    return np.where(there, gap, mean[:, None])
