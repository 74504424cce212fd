"""What the report says beside the comparison's rows: who is best, what a gain costs, whether checks hold."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.engine.ensemble import Ensemble, of_arm
from experiments.result import Arm, Result
from experiments.statistics import frontier
from experiments.statistics.comparison import Effect
from experiments.statistics.intervals import Floats
from experiments.statistics.verdicts import ArmVerdict
from experiments.study import PLACEBO
from simulator.metrics import BY_NAME

NAN = float("nan")
#: Arms with an earlier verdict stand higher; within a verdict, the one with more voices.
_ORDER = (
    *("launch", "parameters_limit", "more_replicates", "not_estimable"),
    *("no_material_difference", "no_data", "harmful"),
)
GuardState = Literal["inside", "unclear", "crossed"]


def effect(result: Result, metric: str, label: str) -> Effect | None:
    """The row of a metric and an arm, None where it was not compared."""
    try:
        return result.comparison.effect(metric, label)
    except KeyError:
        return None


def verdict(result: Result, label: str) -> ArmVerdict:
    """The advice on an arm."""
    return next(one for one in result.comparison.verdicts if one.scenario == label)


def ranked(result: Result) -> list[Arm]:
    """The tested arms, best first."""

    def place(arm: Arm) -> tuple[int, float]:
        row = effect(result, "voices", arm.label)
        gain = row.diff if row is not None and np.isfinite(row.diff) else float("-inf")
        return _ORDER.index(verdict(result, arm.label).code), -gain

    return sorted(result.tested, key=place)


@dataclass(frozen=True)
class Price:
    """Yuan an extra active member-day costs the operator.

    Attributes:
        cost: Yuan more than the baseline's, a replicate.
        days: Extra active member-days: voices over the campaign and the days after it, less the baseline's.
        yuan: ``cost / days``; NaN unless the 95% interval of ``days`` lies above 0.
        low: Lower end of its 95% interval (Fieller).
        high: Upper end.
    """

    cost: float
    days: float
    yuan: float
    low: float
    high: float


def price(result: Result, label: str) -> Price:
    """What an extra active member-day costs in an arm, over matched replicates; hours are not in it."""
    extra, spent = active_days(result, label), gain(result, "cost", label)
    both = np.isfinite(extra) & np.isfinite(spent)
    extra, spent = extra[both], spent[both]
    if not extra.size:
        return Price(NAN, NAN, NAN, NAN, NAN)
    found = frontier.price(spent, extra)
    return Price(float(spent.mean()), float(extra.mean()), found.mean, found.low, found.high)


def gain(result: Result, metric: str, label: str) -> Floats:
    """What a metric is more than in the baseline, in each replicate; no twins."""
    values = result.summary[metric][:, ~result.twin]
    return np.asarray(values[result.labels.index(label)] - values[0], np.float64)


def active_days(result: Result, label: str) -> Floats:
    """Extra active member-days in each replicate, campaign and follow-up together."""
    extra = gain(result, "voices", label) * result.days
    if result.follow_up:
        extra = extra + gain(result, "voices_after", label) * result.follow_up
    return extra


def guard_state(result: Result, label: str, metric: str) -> GuardState:
    """Where a guardrail of an arm stands against its red line."""
    advice = verdict(result, label)
    if any(crossing.metric == metric for crossing in advice.guardrails):
        return "crossed"
    unclear = any(r.metric == metric and r.code == "guardrail_undecided" for r in advice.reasons)
    return "unclear" if unclear else "inside"


def placebo_holds(result: Result | Ensemble) -> bool | None:
    """Whether the placebo arm equals the baseline bit for bit, the ledger aside; None where there is none."""
    if PLACEBO not in result.labels:
        return None
    arm = result.labels.index(PLACEBO)
    ledger = {name for name, metric in BY_NAME.items() if metric.kind == "cost"}
    tables: list[tuple[NDArray[Any], NDArray[Any]]] = [
        *((values[0], values[arm]) for name, values in result.summary.items() if name not in ledger),
        *((values[0], values[arm]) for values in (result.life, result.censored)),
    ]
    base, placebo = of_arm(result.series, 0), of_arm(result.series, arm)
    tables += [(values, placebo[name]) for name, values in base.items() if name not in ledger]
    return all(np.array_equal(one, other, equal_nan=one.dtype != bool) for one, other in tables)


def matching(result: Result) -> tuple[float, float]:
    """Median over the tested arms of correlation and variance ratio on voices; NaN where there is none."""
    rows = [effect(result, "voices", arm.label) for arm in result.tested]
    pairs = [(row.correlation, row.variance_ratio) for row in rows if row and np.isfinite(row.variance_ratio)]
    if not pairs:
        return NAN, NAN
    middle = np.median(np.array(pairs), axis=0)
    return float(middle[0]), float(middle[1])


def died(result: Result) -> float:
    """Share of the baseline's groups that died by tau."""
    spans = result.lifespans
    seen = ~np.isnan(spans.life[0])
    return float(spans.died[0, seen].mean()) if seen.any() else NAN
