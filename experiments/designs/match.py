"""Arms matched to one budget: the dose at which each spends as much, found on a pilot of its own replicates.

The pilot has another seed, so that the comparison is not made on the replicates that chose the doses. All
doses of an arm are tried on the same replicates, which makes the spending a nearly smooth, rising function of
the dose; it is bracketed and then narrowed by regula falsi, with a bisection wherever that is slow. A first
search on few replicates finds about where to look, a second one on many settles it: spending differs a lot
from group to group.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from experiments.designs.layout import Budget
from experiments.engine.simulate import simulate
from experiments.study import Study
from simulator.errors import UserError
from simulator.scenario import Scenario

#: How near the mean spending must come to the budget, as a share of it.
TOLERANCE = 0.02
#: Replicates of the first search and of the second.
PILOT = (40, 400)
#: Most doses tried for an arm, and most by which a try goes beyond the one before.
_TRIES, _STEP = 40, 8.0
_SALT = 20_260_611


@dataclass(frozen=True)
class Target:
    """An arm whose dose is sought.

    Attributes:
        label: Its name, for whoever reads of a mistake.
        reach: Multiple of its dose beyond which nothing grows.
        at: The scenario at a multiple of the dose.
    """

    label: str
    reach: float
    at: Callable[[float], Scenario]


@dataclass(frozen=True)
class Match:
    """A dose that was found.

    Attributes:
        factor: Multiple of the dose.
        spent: Mean spending in the pilot.
    """

    factor: float
    spent: float


def pilot_seed(seed: int) -> int:
    """The seed of the pilot of a study."""
    return int(np.random.default_rng([seed, _SALT]).integers(2**32))


def match(
    targets: Sequence[Target],
    budget: Budget,
    study: Study,
    progress: Callable[[int], None] | None = None,
) -> list[Match]:
    """The dose of every target at which it spends the budget, in their order.

    Args:
        targets: The arms.
        budget: What is spent, over the campaign.
        study: Replicates, seed, workers and engine are taken from it.
        progress: Told after each round: doses found so far.

    Raises:
        UserError: A budget that an arm cannot spend, or cannot but overspend; names what it can.
    """
    found = {at: Match(1.0, 0.0) for at in range(len(targets))}
    for replicates in PILOT:
        searches = {
            at: search(one.label, one.reach, budget, found[at].factor) for at, one in enumerate(targets)
        }
        asked = {at: next(one) for at, one in searches.items()}
        while asked:
            tried = {at: targets[at].at(factor) for at, factor in asked.items()}
            spent = _spend(tried, budget, study, replicates)
            for at in list(asked):
                try:
                    asked[at] = searches[at].send(spent[at])
                except StopIteration as done:
                    found[at] = done.value
                    del asked[at]
            if progress is not None and replicates == PILOT[-1]:
                progress(len(targets) - len(asked))
    return [found[at] for at in range(len(targets))]


def _spend(
    scenarios: Mapping[int, Scenario], budget: Budget, study: Study, replicates: int
) -> dict[int, float]:
    """Mean spending of each scenario over the pilot; nothing is spent after the campaign."""
    by_days: dict[tuple[int, int], list[int]] = {}
    for at, one in scenarios.items():
        by_days.setdefault((one.days, one.warmup), []).append(at)
    out: dict[int, float] = {}
    for group in by_days.values():
        arms = [replace(scenarios[at], label=f"pilot {at}", follow_up=0) for at in group]
        ensemble = simulate(
            arms,
            replicates,
            seed=pilot_seed(study.seed),
            workers=study.workers,
            block=study.block,
            engine=study.engine,
        )
        if ensemble.interrupted:
            raise KeyboardInterrupt
        if ensemble.failures:
            raise UserError(f"match: a run of the pilot failed: {ensemble.failures[0].error}")
        spent = np.nanmean(ensemble.summary[budget.what], axis=1)
        out |= dict(zip(group, spent.tolist(), strict=True))
    return out


def search(label: str, reach: float, budget: Budget, start: float = 1.0) -> Generator[float, float, Match]:
    """The search for one dose: gives doses to be tried, is sent what each spends, and returns the match.

    Raises:
        UserError: The budget is out of reach, or lies between two doses with none between them.
    """
    goal, seen = budget.amount, dict[float, float]()

    def near(spent: float) -> bool:
        return abs(spent - goal) <= TOLERANCE * goal

    factor = start
    while True:  # until the budget lies between two doses
        spent = seen[factor] = yield factor
        if near(spent):
            return Match(factor, spent)
        if spent < goal:
            if factor >= reach:
                raise _unreachable(label, budget, seen)
            ahead = goal / spent * 1.05 if spent > 0 else _STEP
            factor = min(factor * min(max(ahead, 1.05), _STEP), reach)
        elif factor > 0:
            shrunk = max(min(goal / spent / 1.05, 1.0 if factor == start else 0.5), 1 / _STEP)
            factor = factor * shrunk if factor > 1e-3 else 0.0
        else:
            raise _unreachable(label, budget, seen)
        if {spent < goal for spent in seen.values()} == {True, False}:
            break
    for attempt in range(_TRIES):
        low = max(one for one, spent in seen.items() if spent < goal)
        high = min((one for one, spent in seen.items() if spent > goal and one > low), default=low)
        if high - low <= 1e-4 * high:
            raise _between(label, budget, seen[low], seen[high])
        share = (goal - seen[low]) / (seen[high] - seen[low])
        factor = low + (high - low) * (0.5 if attempt % 3 == 2 else min(max(share, 0.02), 0.98))
        spent = seen[factor] = yield factor
        if near(spent):
            return Match(factor, spent)
    raise _between(label, budget, seen[low], seen[high])


def _amount(budget: Budget, spent: float) -> str:
    return f"{spent:.4g} {'yuan' if budget.what == 'cost' else 'hours'}"


def _unreachable(label: str, budget: Budget, seen: Mapping[float, float]) -> UserError:
    """The budget is out of reach."""
    where, most = f"match={budget.text}: arm {label!r}", max(seen.values())
    if not isfinite(most) or most <= 0:
        none, other = ("money", "hours:20") if budget.what == "cost" else ("time", "cost:2000")
        return UserError(f"{where} costs the operator no {none}; write match={other} for it.")
    if most < budget.amount:
        return UserError(f"{where} spends {_amount(budget, most)} at the most, with every knob at its end.")
    return UserError(f"{where} spends {_amount(budget, min(seen.values()))} at the least, at dose nought.")


def _between(label: str, budget: Budget, low: float, high: float) -> UserError:
    """The budget lies between two doses next to each other."""
    near = f"{_amount(budget, low)} or {_amount(budget, high)}"
    return UserError(f"match={budget.text}: arm {label!r} spends {near}, and nothing between.")
