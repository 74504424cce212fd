"""False-positive rates: how often intervals leave out the 0 that is true. Pure functions of arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.statistics.intervals import ENOUGH, Estimate, Floats
from experiments.statistics.sequences import ConfidenceSequence, Looks
from simulator.metrics import BY_NAME

Bools = NDArray[np.bool_]
Look = Literal["once", "always"]
Method = Literal["by rule", "paired t", "bootstrap-t", "material", "sequence", "naive"]
State = Literal["holds", "off", "shown"]

LEVEL = 0.95
#: How far a rate may lie from what is promised: a single look is off once this band cannot hold the truth.
NEAR = 0.01


class Row(NamedTuple):
    """One line of the test: which intervals are looked at, and when."""

    look: Look
    method: Method


#: The lines, in order. ``by rule`` is what a comparison uses, ``material`` an interval past the smallest
#: effect of interest as a verdict needs it, ``naive`` the interval of a single look looked at all the time.
ROWS = (
    *(Row("once", "by rule"), Row("once", "paired t"), Row("once", "bootstrap-t"), Row("once", "material")),
    *(Row("always", "sequence"), Row("always", "naive")),
)


@dataclass(frozen=True)
class Rate:
    """How often one kind of interval was wrong.

    Attributes:
        metric: The metric compared.
        row: Which intervals, and when they are looked at.
        comparisons: Comparisons made, all of nothing with nothing.
        wrong: In how many of them an effect was found.
        low: Lower end of the 95% interval of the share (Clopper & Pearson 1934, Biometrika 26).
        high: Upper end.
        promised: The share there should be, or at most should be.
        state: ``holds``, ``off``, or ``shown`` for what promises nothing.
    """

    metric: str
    row: Row
    comparisons: int
    wrong: int
    low: float
    high: float
    promised: float
    state: State

    @property
    def rate(self) -> float:
        """The share itself."""
        return self.wrong / self.comparisons


def wrong(baseline: Floats, sham: Floats, matters: float, level: float = LEVEL) -> dict[Row, Bools]:
    """In which comparisons an effect is found, ``(comparisons,)`` for every line of :data:`ROWS`.

    Args:
        baseline: (comparisons, replicates) a metric without a tactic.
        sham: The same replicates with a tactic that does nothing but change the luck.
        matters: Smallest effect of interest.
        level: Level of the intervals.
    """
    d = sham - baseline
    scale = float(max(np.abs(baseline).max(), np.abs(sham).max()))
    n = d.shape[1]
    found: dict[Row, list[bool]] = {row: [] for row in ROWS if row.look == "once"}
    for differences in d:
        ours = Estimate.of(differences, scale)
        plain = Estimate.of(differences, scale, "paired t")
        skewed = ours if ours.method == "bootstrap-t" else Estimate.of(differences, scale, "bootstrap-t")
        for method, estimate in (("by rule", ours), ("paired t", plain), ("bootstrap-t", skewed)):
            low, high = estimate.interval(level)
            found[Row("once", method)].append(not low <= 0.0 <= high)  # type: ignore[arg-type]
        low, high = ours.interval(level)
        found[Row("once", "material")].append(low > matters or high < -matters)
    out = {row: np.array(seen, bool) for row, seen in found.items()}
    steps = np.arange(min(ENOUGH, n), n + 1)
    looks = Looks.at(d, steps)
    out[Row("always", "sequence")] = looks.leaves_out(ConfidenceSequence(level, n).critical(steps))
    out[Row("always", "naive")] = looks.leaves_out(stats.t.isf((1.0 - level) / 2.0, steps - 1))
    return out


def rates(
    metric: str, found: Mapping[Row, Sequence[bool] | Bools], promised: float = 1 - LEVEL
) -> list[Rate]:
    """The rates of a metric, line by line, held against what is promised."""
    return [_rate(metric, row, np.asarray(found[row]), promised) for row in ROWS]


def exact(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share."""
    interval = stats.binomtest(hits, of).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)


def smallest(metric: str, baseline: Floats) -> float:
    """Smallest effect of interest of a metric, against the mean of all baselines."""
    return BY_NAME[metric].matters(float(baseline.mean()))


def _rate(metric: str, row: Row, found: Bools, promised: float) -> Rate:
    hits, of = int(found.sum()), found.size
    low, high = exact(hits, of)
    state: State = "holds"
    if row.method == "naive":
        state = "shown"
    elif row.method in ("material", "sequence"):  # promise no more than so many
        state = "holds" if low <= promised else "off"
    elif low > promised + NEAR or high < promised - NEAR:
        state = "off"
    return Rate(metric, row, of, hits, low, high, promised, state)
