"""What a candidate is worth and what it breaks: paired means over the same replicates for every candidate.

Every trial is played on replicates 0, 1, ... of one seed, beside the baseline (common random numbers), so two
candidates differ by what they do and not by whom they met. Limits and red lines are constraints: each is a
number that must not be above nought, as a share of the limit, so that they can be added up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.engine.ensemble import Ensemble
from experiments.engine.simulate import simulate
from experiments.optimise.space import Candidate
from experiments.store.store import Store
from experiments.study import EngineChoice
from simulator.errors import UserError, unknown
from simulator.metrics import BY_NAME, METRICS, Metric
from simulator.scenario import Scenario

#: Metrics with a red line: a plan that worsens one beyond it is none.
GUARDS = tuple(metric for metric in METRICS if metric.kind == "guardrail" and metric.red_line is not None)
#: What is limited where somebody says so, and its metric.
LIMITED = {"budget": "cost", "hours": "hours"}
_MOST_GOALS = 2


@dataclass(frozen=True)
class Aim:
    """What is wanted, and within what.

    Attributes:
        goals: One metric, or two for a front; each has a direction.
        limits: Most of ``budget`` (yuan) and ``hours``, as far as they are limited: means over replicates.
    """

    goals: tuple[Metric, ...]
    limits: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, goal: str, limits: Mapping[str, float]) -> "Aim":
        """An aim from words.

        Raises:
            UserError: A metric that is not there, or has no direction, or too many.
        """
        names = [name for name in goal.replace("，", ",").replace("+", ",").split(",") if name.strip()]
        goals = []
        for name in map(str.strip, names):
            if name not in BY_NAME:
                raise unknown("metric", name, [m.name for m in METRICS if m.direction])
            if not BY_NAME[name].direction:
                raise UserError(
                    f"goal={name}: more of it is neither better nor worse; choose another metric."
                )
            goals.append(BY_NAME[name])
        if not 1 <= len(set(goals)) == len(goals) <= _MOST_GOALS:
            raise UserError(
                f"goal is {goal!r}; it must be one metric, or two different ones with a comma between."
            )
        return cls(tuple(goals), dict(limits))

    @property
    def constraints(self) -> tuple[str, ...]:
        """What a plan must keep to, in order."""
        return (*self.limits, *(guard.name for guard in GUARDS))

    def better(self, gains: Sequence[float]) -> float:
        """Gains in the directions wanted, each in units of its smallest effect of interest, added up."""
        return sum(goal.direction * gain for goal, gain in zip(self.goals, gains, strict=True))


@dataclass(frozen=True)
class Score:
    """What came of a candidate.

    Attributes:
        gains: For each goal the paired mean difference from the baseline, in its unit; NaN if it failed.
        cost: Mean yuan.
        hours: Mean hours.
        broken: For each constraint what it is over by, as a share of the limit; up to 0 it is kept.
    """

    gains: tuple[float, ...]
    cost: float
    hours: float
    broken: Mapping[str, float]

    @property
    def feasible(self) -> bool:
        """Whether all constraints are kept."""
        return self.known and all(over <= 0 for over in self.broken.values())

    @property
    def known(self) -> bool:
        """Whether there are numbers at all."""
        return bool(np.isfinite((*self.gains, self.cost, self.hours, *self.broken.values())).all())

    @property
    def violation(self) -> float:
        """By how much constraints are broken, added up."""
        return sum(max(over, 0.0) for over in self.broken.values())


class Evaluate(Protocol):
    """Gives each candidate its score, all on the same replicates."""

    def __call__(self, candidates: Sequence[Candidate]) -> list[Score]:
        """Scores in the order of the candidates."""


@dataclass(frozen=True)
class Play:
    """Scores by simulation.

    Attributes:
        aim: What is wanted.
        baseline: The group left alone.
        tactics: Makes the strategies of a candidate, each with its label.
        replicates: Replicates of each candidate.
        seed: Seed.
        workers: Processes; None for one a core.
        engine: Where the work is done; None for this machine.
        store: Where runs are kept; None where they need not be.
        progress: Told runs done and runs in all, as ``simulate`` tells.
    """

    aim: Aim
    baseline: Scenario
    tactics: Callable[[Candidate], tuple[tuple[str, Any], ...]]
    replicates: int
    seed: int
    workers: int | None = None
    engine: EngineChoice | None = None
    store: Store | None = None
    progress: Callable[[int, int, int], None] | None = None

    def __call__(self, candidates: Sequence[Candidate]) -> list[Score]:
        """Scores of candidates, simulated in one call.

        Raises:
            KeyboardInterrupt: Ctrl-C; what is not complete does not count.
        """
        arms = [
            replace(self.baseline, label=f"{n}", strategies=self.tactics(candidate))
            for n, candidate in enumerate(candidates)
        ]
        found = simulate(
            [self.baseline, *arms],
            self.replicates,
            seed=self.seed,
            workers=self.workers,
            engine=self.engine,
            store=self.store,
            block=max(1, -(-self.replicates // (self.workers or 2))),
            progress=self.progress,
        )
        if found.interrupted:
            raise KeyboardInterrupt
        values = measured(found, {m.name for m in (*self.aim.goals, *GUARDS)} | {*LIMITED.values()})
        return [
            score(self.aim, {name: rows[[0, n]] for name, rows in values.items()})
            for n in range(1, len(arms) + 1)
        ]


def measured(found: Ensemble, names: set[str]) -> dict[str, NDArray[np.float64]]:
    """Summaries by metric, ``(arms, replicates)``; lifespans as long as they were watched."""
    values = {name: found.summary[name][:, ~found.twin] for name in sorted(names)}
    if "lifespan" in values:
        values["lifespan"] = np.minimum(values["lifespan"], found.tau)
    return values


def score(aim: Aim, values: Mapping[str, NDArray[np.float64]]) -> Score:
    """The score of an arm.

    Args:
        aim: What is wanted.
        values: Per metric ``(2, n)``: the baseline's and the arm's replicates.
    """

    def gap(name: str) -> float:
        d = values[name][1] - values[name][0]
        d = d[np.isfinite(d)]
        return float(d.mean()) if d.size else float("nan")

    def spent(name: str) -> float:
        x = values[name][1][np.isfinite(values[name][1])]
        return float(x.mean()) if x.size else float("nan")

    broken = {name: over(spent(LIMITED[name]), most) for name, most in aim.limits.items()}
    for guard in GUARDS:
        assert guard.red_line is not None
        worse = -guard.direction * gap(guard.name)
        broken[guard.name] = over(0.0 if np.isnan(worse) else worse, guard.red_line)
    return Score(tuple(gap(goal.name) for goal in aim.goals), spent("cost"), spent("hours"), broken)


def over(value: float, limit: float) -> float:
    """By how much a limit is passed, as a share of it; of a limit of nought, by how much at all."""
    return (value - limit) / (limit or 1.0)
