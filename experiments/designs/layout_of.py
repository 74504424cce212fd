"""From the arms named to the arms that are run, under the configuration of a plan."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from experiments.arms import Arm, Term
from experiments.build import DESIGNS, Plan, StudyWarning, check_typed, study_from, tactics, with_arms
from experiments.designs.arms import expand, laddered
from experiments.designs.doses import reach
from experiments.designs.layout import Budget, Cell, Layout, read_budget
from experiments.designs.match import Match, Target, match
from simulator.scenario import Scenario
from simulator.strategy import Strategy


def designed(
    plans: Sequence[Plan], stable: bool = False, progress: Callable[[int], None] | None = None
) -> list[Plan]:
    """Plans with the arms that are run; a matched budget is found on pilots, for all plans together.

    Args:
        plans: The plans; those that are laid out already stay as they are.
        stable: Whether labels may not depend on the configuration, as for the points of a sweep.
        progress: Told after each round of the pilots: doses found so far.

    Raises:
        UserError: A design that cannot be made of these arms, or a budget that one of them cannot spend.
    """
    made = [plan if plan.designed else _expanded(plan, stable) for plan in plans]
    waiting = [at for at, plan in enumerate(made) if not plan.designed]
    if waiting:
        for at, plan in zip(waiting, _matched([made[at] for at in waiting], stable, progress), strict=True):
            made[at] = plan
    return made


def _expanded(plan: Plan, stable: bool) -> Plan:
    """The plan laid out; not yet where a budget must be matched."""
    values = plan.settings.values
    if all(values.get(word) is None for word in DESIGNS):
        return replace(plan, designed=True)
    arms, layout = expand(plan.arms, values, _maker(plan), stable)
    check_typed(plan)
    return plan if layout is None else with_arms(plan, arms, layout)


def _maker(plan: Plan) -> Callable[[Term], dict[str, Strategy]]:
    """Makes the strategies of a term."""
    return lambda term: dict(tactics(plan, Arm(term.text, (term,))))


def _matched(plans: Sequence[Plan], stable: bool, progress: Callable[[int], None] | None) -> list[Plan]:
    """Plans of which each arm spends the budget."""
    budgets = [read_budget(plan.settings.values["match"]) for plan in plans]
    targets = [_target(plan, arm) for plan in plans for arm in plan.arms]
    first = study_from(with_arms(plans[0], plans[0].arms))
    found = iter(match(targets, budgets[0], first, progress))
    return [_spending(plan, budget, found, stable) for plan, budget in zip(plans, budgets, strict=True)]


def _target(plan: Plan, arm: Arm) -> Target:
    """The search for the dose of one arm."""
    furthest = max(reach(tactic) for _, tactic in tactics(plan, arm))

    def at(factor: float) -> Scenario:
        one = Arm(arm.label, laddered(arm, factor, _maker(plan)).terms)
        with warnings.catch_warnings():  # the study itself will say so
            warnings.simplefilter("ignore", StudyWarning)
            return study_from(with_arms(plan, [one], Layout("match", ()))).scenarios[1]

    return Target(arm.label, furthest, at)


def _spending(plan: Plan, budget: Budget, found: Iterator[Match], stable: bool) -> Plan:
    arms, cells = [], []
    for arm in plan.arms:
        one = next(found)
        dosed = laddered(arm, one.factor, _maker(plan))
        if stable:
            dosed = Arm(arm.label, dosed.terms)
        arms.append(dosed)
        cells.append(Cell(dosed.label, arm.label, step=one.factor, pilot=one.spent))
    return with_arms(plan, arms, Layout("match", tuple(cells), budget))
