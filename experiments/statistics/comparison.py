"""A comparison: every metric of every arm against the baseline, and the advice on each arm.

``compare`` takes plain arrays and gives frozen rows in a fixed order; nothing here reads a file, a clock or a
global random state, so the same numbers always make the same ``comparison.csv``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.effects import Paired, paired, world_shares
from experiments.statistics.intervals import Estimate, Floats, simultaneous_level
from experiments.statistics.survival import Deaths, Lifespans
from experiments.statistics.verdicts import ArmVerdict, Code, Guard, Judgement, Reason, decide, guard, judge
from simulator.metrics import Metric

LIFESPAN = "lifespan"  # the metric whose numbers come from ``Lifespans``

#: Columns of comparison.csv: what everybody reads, then what a statistician asks for.
COLUMNS = (
    *("metric", "scenario", "baseline", "n_pairs", "baseline_mean", "mean", "diff", "diff_pct"),
    *("ci_low", "ci_high", "ci_low_luck", "ci_high_luck", "p_better", "verdict"),
    *(
        "needed_replicates",
        "why",
        "matters",
        "pct_low",
        "pct_high",
        "ci90_low",
        "ci90_high",
        "sim_low",
        "sim_high",
    ),
    *("p_other_group", "correlation", "variance_ratio", "luck_sd", "world_sd", "n_twins"),
    *("worlds_better", "worlds_worse", "method"),
)


@dataclass(frozen=True)
class Effect(Paired):
    """One row of a comparison: the paired statistics of ``Paired`` and what is said of them.

    Attributes:
        metric: Name of the metric.
        scenario: The arm.
        baseline: The arm it is compared with.
        matters: Smallest effect of interest, in the metric's unit.
        sim_low: Lower end of the 95% interval that holds for all arms of this metric at once (max-t).
        sim_high: Upper end.
        worlds_better: Estimated share of plausible worlds whose expected effect is a gain over ``matters``.
        worlds_worse: The same for a loss; both NaN without twins or without a direction.
        verdict: What this metric says of the arm.
        needed_replicates: How many more would about decide it; None unless that is the verdict.
        reasons: Why; the codes are joined in the column ``why``.
    """

    metric: str
    scenario: str
    baseline: str
    matters: float
    sim_low: float
    sim_high: float
    worlds_better: float
    worlds_worse: float
    verdict: Code
    needed_replicates: int | None
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> str:
        """Codes of the reasons, for a table."""
        return " ".join(reason.code for reason in self.reasons)


@dataclass(frozen=True)
class Comparison:
    """All effects, metric by metric in the order of the table and arm by arm, and a verdict per arm.

    Attributes:
        effects: One row per metric and arm.
        verdicts: One per arm other than the baseline, in the order of the arms.
    """

    effects: tuple[Effect, ...]
    verdicts: tuple[ArmVerdict, ...]

    def effect(self, metric: str, scenario: str) -> Effect:
        """The row of a metric and an arm; KeyError where there is none."""
        for row in self.effects:
            if (row.metric, row.scenario) == (metric, scenario):
                return row
        raise KeyError((metric, scenario))

    def columns(self) -> dict[str, list[Any]]:
        """The frame of comparison.csv: a list per column, in the order of ``COLUMNS``."""
        return {name: [getattr(row, name) for row in self.effects] for name in COLUMNS}


def compare(
    labels: Sequence[str],
    values: Mapping[str, Floats],
    metrics: Sequence[Metric],
    lifespans: Lifespans | None = None,
    twins: Mapping[str, Floats] | None = None,
    twin_of: NDArray[np.integer] | None = None,
) -> Comparison:
    """Compare every arm with the first.

    Args:
        labels: Names of the arms, the baseline first.
        values: Per metric (arms, n) a summary of each replicate; NaN where not defined or failed.
        metrics: The metrics wanted, in order; one without values is left out.
        lifespans: Lifespans of the communities; they stand for ``values["lifespan"]``.
        twins: Per metric (arms, m) the same summaries of the twin runs: same parameters, other luck; for the
            lifespan days, where whatever is past the horizon counts as the horizon.
        twin_of: (m,) the replicate that each twin repeats, no one twice; 0, 1, ... when left out.

    Raises:
        ValueError: If an array does not have the shape said here.
    """
    numbers = dict(values)
    twin_numbers = dict(twins or {})
    if lifespans is not None:
        numbers[LIFESPAN] = lifespans.restricted
        if LIFESPAN in twin_numbers:
            twin_numbers[LIFESPAN] = np.minimum(twin_numbers[LIFESPAN], lifespans.horizon)
    known = [metric for metric in metrics if metric.name in numbers]
    table = {m.name: np.asarray(numbers[m.name], np.float64) for m in known}
    gaps = {m.name: _twin_gaps(table[m.name], twin_numbers.get(m.name), twin_of) for m in known}
    _check(labels, table, gaps)

    effects: list[Effect] = []
    judged: dict[str, list[tuple[Metric, Judgement]]] = {label: [] for label in labels[1:]}
    guards: dict[str, list[Guard]] = {label: [] for label in labels[1:]}
    for metric in known:
        for row in _rows(metric, labels, table[metric.name], gaps[metric.name]):
            deaths: Deaths | None = None
            if lifespans is not None and metric.name == LIFESPAN:
                deaths = lifespans.deaths(labels.index(row.scenario))
            replicates = table[metric.name].shape[1]
            judgement = judge(metric, row.scenario, row, replicates, deaths, row.baseline)
            judged[row.scenario].append((metric, judgement))
            if metric.kind == "guardrail":
                guards[row.scenario].append(guard(metric, row.scenario, row, replicates))
            effects.append(row)
    verdicts = tuple(
        decide(arm, [(m.name, j) for m, j in judged[arm] if m.kind == "primary"], guards[arm])
        for arm in labels[1:]
    )
    said = {(m.name, arm): (m, j) for arm, pairs in judged.items() for m, j in pairs}
    return Comparison(
        tuple(_spoken(row, *said[row.metric, row.scenario], guards[row.scenario]) for row in effects),
        verdicts,
    )


def _rows(metric: Metric, labels: Sequence[str], table: Floats, gaps: Floats) -> list[Effect]:
    """Effects of all arms on one metric, without their verdicts."""
    found: list[tuple[str, Paired, Estimate, Floats]] = []
    for arm, label in enumerate(labels[1:], start=1):
        summary, estimate = paired(table[0], table[arm], metric.direction, gaps[arm])
        found.append((label, summary, estimate, _difference(table, arm)))
    level = simultaneous_level([differences for *_, differences in found])
    rows = []
    for label, summary, estimate, differences in found:
        d = metric.matters(summary.baseline_mean)
        better, worse = float("nan"), float("nan")
        if metric.direction:
            better, worse = world_shares(metric.direction * differences, summary.world_sd, d)
        sim_low, sim_high = estimate.interval(level)
        rows.append(
            Effect(
                **asdict(summary),
                metric=metric.name,
                scenario=label,
                baseline=labels[0],
                matters=d,
                sim_low=sim_low,
                sim_high=sim_high,
                worlds_better=better,
                worlds_worse=worse,
                verdict="informs",
                needed_replicates=None,
                reasons=(),
            )
        )
    return rows


def _spoken(row: Effect, metric: Metric, judgement: Judgement, guards: Sequence[Guard]) -> Effect:
    """The row with its verdict in the words of the arm where it may decide one."""
    code, reasons = judgement.code, judgement.reasons
    clear = all(g.state in ("inside", "absent") for g in guards)
    crossed = [g for g in guards if g.metric == metric.name and g.state == "crossed"]
    if crossed:
        code, reasons = "harmful", (*crossed[0].judgement.reasons, *reasons)
    elif metric.kind == "primary" and code == "better" and clear:
        code = "launch"
    elif metric.kind == "primary" and code == "worse":
        code = "harmful"
    needed = judgement.needed if code == "more_replicates" else None
    return replace(row, verdict=code, needed_replicates=needed, reasons=reasons)


def _difference(table: Floats, arm: int) -> Floats:
    """(n,) arm minus baseline, NaN where either is not finite."""
    pair = np.where(np.isfinite(table[[0, arm]]), table[[0, arm]], np.nan)
    return np.asarray(pair[1] - pair[0], np.float64)


def _twin_gaps(table: Floats, twins: Floats | None, twin_of: NDArray[np.integer] | None) -> Floats:
    """(arms, m) difference in each world minus the difference in its twin; m = 0 without twins."""
    if twins is None:
        return np.empty((table.shape[0], 0))
    copies = np.asarray(twins, np.float64)
    m, n = copies.shape[1], table.shape[1]
    worlds = np.arange(m) if twin_of is None else np.asarray(twin_of, np.intp)
    if worlds.shape != (m,) or np.unique(worlds).size != m or not np.isin(worlds, np.arange(n)).all():
        raise ValueError(f"twin_of: {m} twins must repeat as many different replicates of 0..{n - 1}")
    return np.array(
        [_difference(table[:, worlds], arm) - _difference(copies, arm) for arm in range(len(table))]
    )


def _check(labels: Sequence[str], table: Mapping[str, Floats], gaps: Mapping[str, Floats]) -> None:
    """Every metric has a row per label, and all the same number of replicates."""
    if len(set(labels)) != len(labels) or not labels:
        raise ValueError(f"labels: must be different names, the baseline first; got {tuple(labels)}")
    widths = {numbers.shape[1] for numbers in table.values()}
    bad = [
        name
        for name, numbers in table.items()
        if len(numbers) != len(labels) or len(gaps[name]) != len(labels)
    ]
    if bad or len(widths) > 1:
        raise ValueError(
            f"values: need {len(labels)} arms and one number of replicates; see {bad or sorted(widths)}"
        )
