"""From the best of a search to a plan: a heat on fresh luck, then the finalists again on luck fresher still.

Whatever comes out best of hundreds of noisy trials looks better than it is (the winner's curse), so no number
of the search is shown without the number of the confirmation beside it, and a plan is announced only if it
keeps all limits there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.optimise.score import GUARDS, LIMITED, Aim, Evaluate, Score, over
from experiments.optimise.search import Trial, best, front
from experiments.result import Result

#: Plans and single tactics of a heat; finalists; turns, the next best in each, until one keeps the limits.
HEAT, SINGLES, FINAL, TURNS = 20, 5, 5, 3
SINGLE = "single"


@dataclass(frozen=True)
class Finalist:
    """A plan that was confirmed.

    Attributes:
        name: Of its file: ``plan``, ``plan_2`` ... by what was confirmed, or ``single``.
        trial: Its trial.
        heat: Its score in the heat.
        score: What was confirmed, as a score.
        label: Its arm in the result.
        result: What it was confirmed in.
    """

    name: str
    trial: Trial
    heat: Score
    score: Score
    label: str
    result: Result


@dataclass(frozen=True)
class Outcome:
    """What a search came to.

    Attributes:
        aim: What was wanted.
        trials: All trials.
        finalists: The best first; those that keep the limits before those that do not.
        single: The best tactic on its own; it may be one of the finalists; None where none keeps the limits.
    """

    aim: Aim
    trials: tuple[Trial, ...]
    finalists: tuple[Finalist, ...] = ()
    single: Finalist | None = None

    @property
    def plan(self) -> Finalist | None:
        """The plan that is announced."""
        return next((one for one in self.finalists if one.score.feasible), None)


def confirm(
    aim: Aim,
    trials: Sequence[Trial],
    heat: Evaluate,
    final: Callable[[Sequence[Trial]], Result],
) -> Outcome:
    """Play the best of a search again.

    Args:
        aim: What is wanted.
        trials: All trials.
        heat: Gives scores on fresh replicates.
        final: Compares plans with the baseline on fresh replicates; the arms are called ``p0``, ``p1`` ...
    """
    for heats in _heats(aim, trials, heat):
        plans = best(aim, heats, len(heats))
        chosen = front(aim, plans)[: FINAL + 1] if len(aim.goals) > 1 else plans[:FINAL]
        alone = next((one for one in plans if len(one.candidate.nodes) == 1), None)
        played = [*chosen, *([alone] if alone is not None and alone not in chosen else [])]
        if not chosen:
            continue
        result = final(played)
        first = {one.number: one for one in trials}
        made = [
            Finalist("", first[one.number], one.score, confirmed(aim, result, f"p{n}"), f"p{n}", result)
            for n, one in enumerate(played)
        ]
        order = sorted(
            made[: len(chosen)], key=lambda one: (not one.score.feasible, -worth(aim, one), one.trial.number)
        )
        named = [replace(one, name="plan" if not n else f"plan_{n + 1}") for n, one in enumerate(order)]
        if not named[0].score.feasible:
            continue
        rest = [replace(one, name=SINGLE) for one in made[len(chosen) :]]
        lone = [one for one in (*named, *rest) if len(one.trial.candidate.nodes) == 1 and one.score.feasible]
        single = max(lone, key=lambda one: worth(aim, one), default=None)
        return Outcome(aim, tuple(trials), tuple(named), single)
    return Outcome(aim, tuple(trials))


def _heats(aim: Aim, trials: Sequence[Trial], heat: Evaluate) -> Iterator[list[Trial]]:
    """The best of the search with fresh scores, and the best tactics on their own; then the next best."""
    ranked = best(aim, trials, len(trials))
    singles = [one for one in ranked if len(one.candidate.nodes) == 1][:SINGLES]
    for at in range(0, min(len(ranked), TURNS * HEAT), HEAT):
        group = ranked[at : at + HEAT]
        group += [one for one in singles if one not in group]
        scores = heat([one.candidate for one in group])
        yield [replace(one, score=score) for one, score in zip(group, scores, strict=True)]


def confirmed(aim: Aim, result: Result, label: str) -> Score:
    """What a comparison says of an arm, as a score."""
    effect = result.comparison.effect
    broken = {name: over(effect(LIMITED[name], label).mean, most) for name, most in aim.limits.items()}
    for guard in GUARDS:
        worse = -guard.direction * effect(guard.name, label).diff
        broken[guard.name] = over(0.0 if np.isnan(worse) else worse, guard.red_line or 0.0)
    gains = tuple(effect(goal.name, label).diff for goal in aim.goals)
    return Score(gains, effect("cost", label).mean, effect("hours", label).mean, broken)


def worth(aim: Aim, one: Finalist) -> float:
    """What a plan is ranked by: its gains, each in units of the smallest effect of interest, added up."""
    rows = [one.result.comparison.effect(goal.name, one.label) for goal in aim.goals]
    total = 0.0
    for goal, row in zip(aim.goals, rows, strict=True):
        total += goal.direction * row.diff / (goal.matters(row.baseline_mean) or 1.0)
    return total


def fresh(seed: int, stage: int) -> int:
    """The seed of a later stage: 1 for the heat, 2 for the confirmation."""
    return int(np.random.SeedSequence([seed, stage]).generate_state(1)[0])
