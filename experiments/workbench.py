"""From study to result: simulate, compare, and gather all that is shown and written."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.bibliography import references
from experiments.engine.ensemble import Ensemble
from experiments.engine.simulate import simulate
from experiments.result import Arm, Assumption, Group, Result, Tactic
from experiments.rounds import Target, Width, grow, width_of
from experiments.statistics.comparison import compare as compare_arms
from experiments.statistics.survival import Lifespans
from experiments.store.store import Store
from experiments.study import PLACEBO, Study, twins_for
from simulator.knobs import drawn, knobs
from simulator.members import ROLES
from simulator.metrics import METRICS
from simulator.registry import make_mechanisms

#: Shown as the evidence of a parameter that was set by hand.
BY_HAND = "–"


def run(
    study: Study, progress: Callable[[int, int, int], None] | None = None, store: Store | None = None
) -> Result:
    """Simulate every arm of a study over the same replicates and compare them with the baseline.

    Args:
        study: What to run.
        progress: Told after each task: runs done in all arms, runs in all, member-days simulated so far.
        store: Where runs are looked for and kept; None keeps them in memory.

    Returns:
        The result; of what was complete, where Ctrl-C stopped it.

    Raises:
        UserError: A tactic that misuses its channels.
        KeyboardInterrupt: Ctrl-C before anything was complete.
    """
    if study.precision is not None:
        return _to_precision(study, study.precision, progress, store or Store())
    ensemble = simulate(
        study.scenarios,
        study.replicates,
        twins=study.twins,
        seed=study.seed,
        workers=study.workers,
        block=study.block,
        progress=progress,
        store=store,
        engine=study.engine,
    )
    return result_of(study, ensemble)


def _to_precision(
    study: Study, target: Target, progress: Callable[[int, int, int], None] | None, store: Store
) -> Result:
    """Rounds of more and more replicates; what was run before is in the store."""
    found: list[Result] = []
    auto = study.config.get("twins", "auto") == "auto"

    def look(replicates: int) -> Width:
        twins = twins_for(replicates, study.scenarios[0].uncertainty) if auto else study.twins
        found.append(run(replace(study, replicates=replicates, twins=twins, precision=None), progress, store))
        if found[-1].replicates < found[-1].asked:
            raise KeyboardInterrupt
        return width_of(found[-1].comparison, target.metric, PLACEBO)

    try:
        stop = grow(look, study.replicates, target)
    except KeyboardInterrupt:
        if not found:
            raise
        return found[-1]  # of what was complete
    return replace(found[-1], precision=stop)


def compare(*arms: str, **settings: Any) -> Result:
    """A comparison in one call: ``compare("red_packet", community="study_camp", replicates=50)``.

    Args:
        arms: Arms in the grammar of the command.
        settings: What the command takes as ``key=value``; see :meth:`Study.of`.
    """
    return run(Study.of(*arms, **settings))


def result_of(study: Study, ensemble: Ensemble) -> Result:
    """What a study found, from what was kept of its runs."""
    one = ~ensemble.twin
    twins = {name: values[:, ~one] for name, values in ensemble.summary.items()} if not one.all() else None
    comparison = compare_arms(
        ensemble.labels,
        {name: values[:, one] for name, values in ensemble.summary.items()},
        METRICS,
        Lifespans(ensemble.life[:, one], ensemble.censored[:, one], ensemble.tau),
        twins,
        None if twins is None else ensemble.twin_of,
    )
    first = study.scenarios[0]
    assumed = assumptions(study)
    cited = {a.source for a in assumed if a.source}
    cited |= {key for s in study.scenarios for _, strategy in s.strategies for key in strategy.evidence}
    return Result(
        name=study.name,
        command=study.command,
        lang=study.lang,
        group=group(study),
        arms=tuple(_arm(study, ensemble, at) for at in range(len(ensemble.scenarios))),
        days=first.days,
        follow_up=first.follow_up,
        warmup=first.warmup,
        seed=study.seed,
        uncertainty=first.uncertainty,
        replicate=ensemble.replicate,
        twin=ensemble.twin,
        series=ensemble.series,
        summary=ensemble.summary,
        life=ensemble.life,
        censored=ensemble.censored,
        tau=ensemble.tau,
        comparison=comparison,
        asked=ensemble.asked,
        failures=ensemble.failures,
        assumptions=assumed,
        bibliography=references(cited),
        calibrated=study.portrait is not None,
        config=study.config,
        timing={"simulate": round(ensemble.seconds, 3)},
    )


def group(study: Study) -> Group:
    """The community as the report shows it."""
    community = study.scenarios[0].community
    counts = np.bincount(community.roles(), minlength=len(ROLES))
    return Group(
        name=study.group,
        size=community.size,
        roles={role: int(n) for role, n in zip(ROLES, counts, strict=True)},
        topology="from_log" if community.founders is not None else community.topology,
        arrivals=community.arrivals,
        portrait=study.portrait,
        title=study.group_title,
    )


def assumptions(study: Study) -> tuple[Assumption, ...]:
    """Every parameter of the mechanisms that are on; one that was set to a number has no range."""
    on, _ = make_mechanisms(study.scenarios[0].mechanisms)
    luck = study.scenarios[0].uncertainty == "luck"
    rows = []
    for mechanism in on:
        for name, (f, spec) in knobs(mechanism).items():
            if not drawn(f):
                continue
            value, bounds = float(getattr(mechanism, name)), mechanism.range_of(name)
            by_hand = bounds is None or name in mechanism.ranges
            low, high = (value, value) if bounds is None or luck else bounds
            tag, source = (BY_HAND, "") if by_hand else (spec.tag, spec.source)
            rows.append(Assumption(mechanism.name, name, value, low, high, tag, source, spec.unit, spec.doc))
    return tuple(rows)


def _arm(study: Study, ensemble: Ensemble, at: int) -> Arm:
    """One arm with its tactics and what each cost on average."""
    scenario, books = ensemble.scenarios[at], ensemble.ledger[at]
    tactics = []
    for label, strategy in scenario.strategies:
        spent = books[label][~ensemble.twin]
        cost, hours = np.nanmean(spent, axis=0) if np.isfinite(spent).any() else (0.0, 0.0)
        settings = {key: value for key, value in strategy.plain().items() if key != "name"}
        tactics.append(Tactic(label, strategy.name, strategy.title, settings, float(cost), float(hours)))
    title = study.arm_titles.get(scenario.label, {})
    return Arm(scenario.label, scenario.hash, tuple(tactics), title)
