"""Rounds of a best-of-K selection: only arms that may still be the best are run any further."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from experiments.engine.ensemble import Ensemble
from experiments.statistics.intervals import Floats
from experiments.statistics.selection import Selection
from experiments.statistics.sequences import ConfidenceSequence
from simulator.errors import UserError, unknown
from simulator.metrics import BY_NAME, METRICS, Metric
from simulator.scenario import Scenario

#: Growth of a round. What a dropped arm had beyond the replicate at which it fell is spent in vain, and every
#: round costs the start of its workers.
GROW = 1.4

#: Runs scenarios over so many replicates, the first ones being those of before.
Run = Callable[[Sequence[Scenario], int], Ensemble]


@dataclass(frozen=True)
class Goal:
    """What is to be the best, and by how much it has to be.

    Attributes:
        metric: The metric.
        level: Probability of a correct choice.
        zone: Smallest lead worth finding, in the metric's unit; None for its smallest effect of interest.
        share: The same as a share of the baseline; None where it is not said so.
    """

    metric: Metric
    level: float = 0.95
    zone: float | None = None
    share: float | None = None

    @classmethod
    def read(cls, goal: str, confidence: str, zone: str, arms: int) -> "Goal":
        """From words: ``voices``, ``95%``, and ``auto``, ``5%`` or an amount.

        Raises:
            UserError: One that cannot be.
        """
        names = [m.name for m in METRICS if m.direction and m.kind != "cost"]
        if goal in BY_NAME and goal not in names:
            raise UserError(
                f"goal is {goal!r}; it must be a metric of which more or less is better, not a cost."
            )
        if goal not in names:
            raise unknown("metric", goal, names)
        level = _number(confidence.removesuffix("%"))
        if level is None or not 100.0 / arms < level < 100.0:
            least = ceil(100.0 / arms)
            raise UserError(f"confidence is {confidence!r}; it must lie between {least}% and 100%.")
        lead = None if zone == "auto" else _number(zone.removesuffix("%"))
        if zone != "auto" and (lead is None or not lead > 0.0):
            raise UserError(f"zone is {zone!r}; it must be an amount above 0, or a percentage as in 5%.")
        if lead is not None and zone.endswith("%"):
            return cls(BY_NAME[goal], level / 100.0, None, lead / 100.0)
        return cls(BY_NAME[goal], level / 100.0, lead)

    def delta(self, baseline: float) -> float:
        """The indifference zone, given the mean of the baseline's first replicates."""
        if self.zone is not None:
            return self.zone
        return self.metric.matters(baseline) if self.share is None else self.share * abs(baseline)


@dataclass(frozen=True)
class Place:
    """Where an arm ended.

    Attributes:
        arm: Its label.
        rank: From 1: those still in before those dropped, each by how far they are behind.
        dropped: Replicate after which it was dropped; 0 while it is in.
        spent: Replicates that were run of it.
        mean: Mean of the metric over the replicates it was judged on; NaN for none.
        behind: Mean difference to the first of the ranking over the replicates both had.
        low: Lower end of its 95% interval, a confidence sequence: one looks after every replicate.
        high: Upper end; both infinite while too few replicates tell anything.
    """

    arm: str
    rank: int
    dropped: int
    spent: int
    mean: float
    behind: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """What came of it.

    Attributes:
        goal: What was asked for.
        delta: The indifference zone, in the metric's unit.
        places: Every arm, best first.
        decided: Whether one arm is left.
        drawn: Replicates that the last arm was judged on.
        rounds: Replicates run after each round.
    """

    goal: Goal
    delta: float
    places: tuple[Place, ...]
    decided: bool
    drawn: int
    rounds: tuple[int, ...]

    @property
    def spent(self) -> int:
        """Runs in all."""
        return sum(place.spent for place in self.places)

    @property
    def equal(self) -> int:
        """Runs if every arm had been run as long as the last."""
        return len(self.places) * self.rounds[-1]


def choose(
    scenarios: Sequence[Scenario], goal: Goal, run: Run, *, first: int = 40, most: int = 5000
) -> Choice:
    """Find the best arm.

    Args:
        scenarios: The arms, the baseline, which competes like the others, first.
        goal: What is to be the best.
        run: Runs arms; arms that were dropped are not asked for again.
        first: Replicates of every arm before any is dropped.
        most: Replicates after which it ends undecided.

    Raises:
        UserError: The smallest lead worth finding is nought.
        KeyboardInterrupt: Ctrl-C in the first round; later on, what is known by then is the result.
    """
    labels = tuple(scenario.label for scenario in scenarios)
    values = np.empty((len(labels), 0))
    spent = np.zeros(len(labels), int)
    picked: Selection | None = None
    rounds: list[int] = []
    n = min(first, most)
    while True:
        left = range(len(labels)) if picked is None else picked.left
        ensemble = run([scenarios[arm] for arm in left], n)
        if ensemble.interrupted:
            if picked is None:
                raise KeyboardInterrupt
            break
        new = np.full((len(labels), n - values.shape[1]), np.nan)
        new[list(left)] = ensemble.summary[goal.metric.name][:, values.shape[1] :]
        values = np.hstack([values, new])
        spent[list(left)] = n
        rounds.append(n)
        if picked is None:
            picked = _begun(goal, values, first)
        picked.add(goal.metric.direction * new)
        if picked.done or n >= most:
            break
        n = min(most, max(n + 1, ceil(GROW * n)), max(picked.most, n + 1))
    order = ranking(picked, goal.metric.direction * values)
    means = goal.metric.direction * picked.means
    places = tuple(
        Place(
            labels[arm],
            rank,
            picked.dropped.get(arm, 0),
            int(spent[arm]),
            float(means[arm]),
            *_behind(values[arm], values[order[0]]),
        )
        for rank, arm in enumerate(order, 1)
    )
    return Choice(goal, picked.delta, places, picked.done, picked.drawn, tuple(rounds))


def ranking(picked: Selection, values: Floats) -> list[int]:
    """Arms, best first: those still in before those dropped, each by how far they are behind the leader.

    Over the replicates both had: an arm that was dropped early saw other worlds than one that stayed, and
    when it was dropped says as much of its spread as of its mean.
    """
    best = picked.leader
    behind = [_behind(row, values[best])[0] for row in values]
    return sorted(
        range(picked.arms), key=lambda arm: (arm != best, arm not in picked.left, -behind[arm], arm)
    )


def _begun(goal: Goal, values: Floats, first: int) -> Selection:
    """A selection whose zone the first replicates of the baseline set."""
    seen = values[0][np.isfinite(values[0])]
    delta = goal.delta(float(seen.mean()) if seen.size else 0.0)
    if not delta > 0.0:
        raise UserError("zone is 'auto'; it must be an amount above 0, or a percentage as in 5%.")
    return Selection(len(values), delta, goal.level, first)


def _behind(arm: Floats, best: Floats) -> tuple[float, float, float]:
    """Mean difference to the best over the replicates both had, and its interval at every look."""
    d = (arm - best)[np.isfinite(arm) & np.isfinite(best)]
    mean = float(d.mean()) if d.size else float("nan")
    low, high = ConfidenceSequence().interval(d.size, mean, float(d.std(ddof=1)) if d.size > 1 else np.inf)
    return mean, float(low), float(high)


def _number(text: str) -> float | None:
    """A number, or None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
