"""What a design over arms says beyond each arm by itself: what the next step adds, and what goes together."""

from dataclasses import dataclass

import numpy as np

from experiments.designs.layout import Cell, Layout
from experiments.report import findings
from experiments.result import Result
from experiments.statistics.effects import paired
from experiments.statistics.interactions import Contrast, interactions
from experiments.statistics.intervals import NAN, Estimate, Floats, ratio_interval
from experiments.study import BASELINE
from simulator.metrics import METRICS

#: Metrics of which main effects and interactions are told: those that decide or veto, and what stays.
CONTRASTED = tuple(
    metric for metric in METRICS if metric.kind in ("primary", "guardrail") or metric.name == "voices_after"
)


@dataclass(frozen=True)
class Span:
    """A mean and its 95% interval."""

    mean: float = NAN
    low: float = NAN
    high: float = NAN


@dataclass(frozen=True)
class Step:
    """One arm of a ladder, a shift or a matched budget, over matched replicates.

    Attributes:
        cell: Which one it is.
        cost: Yuan it spent.
        hours: Hours it took.
        voices: Effect on voices, against the baseline.
        lifespan: Effect on the lifespan.
        days: Extra active member-days: voices over the campaign and after it, less the baseline's.
        price: Yuan for one of them; NaN unless the interval of ``days`` lies above 0.
        more_days: What this step adds to the one before it of the same arm, in active member-days.
        more_cost: What it costs more, in yuan.
        per_yuan: Active member-days for each yuan more; NaN where it costs no more.
    """

    cell: Cell
    cost: Span
    hours: Span
    voices: Span
    lifespan: Span
    days: Span
    price: Span
    more_days: Span
    more_cost: Span
    per_yuan: Span


def steps(layout: Layout, result: Result) -> tuple[Step, ...]:
    """Every arm of a ladder, a shift or a matched budget; arms in order, steps upwards."""
    order = {cell.origin: at for at, cell in reversed(list(enumerate(layout.cells)))}
    cells = sorted(layout.cells, key=lambda cell: (order[cell.origin], cell.step or 0.0))
    found: list[Step] = []
    for cell in cells:
        before = found[-1].cell if found and found[-1].cell.origin == cell.origin else None
        found.append(_step(result, cell, before))
    return tuple(found)


def _step(result: Result, cell: Cell, before: Cell | None) -> Step:
    cost, days = _gain(result, "cost", cell.label), _active(result, cell.label)
    price = findings.price(result, cell.label)
    more_days = more_cost = per_yuan = Span()
    if before is not None:
        extra, spent = days - _active(result, before.label), cost - _gain(result, "cost", before.label)
        more_days, more_cost, per_yuan = _span(extra), _span(spent), _ratio(extra, spent)
    return Step(
        cell,
        _span(cost),
        _span(_gain(result, "hours", cell.label)),
        _span(_gain(result, "voices", cell.label)),
        _span(_gain(result, "lifespan", cell.label)),
        _span(days),
        Span(price.yuan, price.low, price.high),
        more_days,
        more_cost,
        per_yuan,
    )


def _gain(result: Result, metric: str, label: str) -> Floats:
    """Arm less baseline in each replicate."""
    there, at = ~result.twin, result.labels.index(label)
    values = result.lifespans.restricted if metric == "lifespan" else result.summary[metric][:, there]
    return np.asarray(values[at] - values[0], np.float64)


def _active(result: Result, label: str) -> Floats:
    """Extra active member-days in each replicate."""
    extra = _gain(result, "voices", label) * result.days
    if result.follow_up:
        extra = extra + _gain(result, "voices_after", label) * result.follow_up
    return extra


def _span(values: Floats) -> Span:
    known = values[np.isfinite(values)]
    if not known.size:
        return Span()
    row, _ = paired(np.zeros_like(known), known)
    return Span(row.diff, row.ci_low, row.ci_high)


def _ratio(top: Floats, bottom: Floats) -> Span:
    """Mean over mean with Fieller's interval; nothing where the lower one is not above 0."""
    both = np.isfinite(top) & np.isfinite(bottom)
    top, bottom = top[both], bottom[both]
    if top.size < 2 or bottom.mean() <= 0:
        return Span()
    critical = Estimate.of(top, float(np.abs(top).max())).critical()
    low, high = ratio_interval(top, bottom, critical)
    return Span(float(top.mean() / bottom.mean()), low, high)


def contrasts(layout: Layout, result: Result) -> dict[str, tuple[Contrast, ...]]:
    """Main effects and interactions of the tactics of a factorial, or of pairs, by metric."""
    there = ~result.twin
    order = list(dict.fromkeys(text for cell in layout.cells for text in cell.tactics))
    places = {frozenset(cell.tactics): result.labels.index(cell.label) for cell in layout.cells}
    places[frozenset()] = result.labels.index(BASELINE)
    found = {}
    for metric in CONTRASTED:
        if metric.name == "lifespan":
            values = result.lifespans.restricted
        else:
            values = result.summary[metric.name][:, there]
        found[metric.name] = interactions({held: values[at] for held, at in places.items()}, order)
    return found
