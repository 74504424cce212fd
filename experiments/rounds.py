"""Is it enough yet? Replicates are added in growing rounds until an interval is as narrow as was asked for.

Stopping depends on the width of intervals alone, never on where they lie. For normal differences the mean and
the spread are independent, so the last interval covers nearly as often as one of a number fixed beforehand,
and exactly so in the limit of narrow widths (Chow & Robbins 1965, Ann. Math. Statist. 36). Rounds that grow
by a quarter at least make the looks few, and the tests hold the coverage. Stopping because of an *effect*
would be another matter: that needs ``experiments.statistics.sequences``.

Nothing here simulates, reads or writes: who calls says how a round is run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf, isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple

from experiments.statistics.verdicts import CAP, ENOUGH_TWINS
from simulator.errors import UserError, unknown
from simulator.knobs import number
from simulator.metrics import METRICS

if TYPE_CHECKING:
    from experiments.statistics.comparison import Comparison

#: Least growth of a round, and most: an early guess of the spread may be far off.
GROW, LEAP = 1.25, 3.0
#: Aim a little beyond what seems to be needed, or a last small round would often follow.
AIM = 1.05

Why = Literal["reached", "budget", "parameters"]


@dataclass(frozen=True)
class Target:
    """A precision asked for.

    Attributes:
        metric: Name of the metric.
        percent: Half-width of the 95% interval of its change, in percent of the baseline.
        most: Most replicates.
    """

    metric: str
    percent: float
    most: int

    @classmethod
    def read(cls, text: str, most: int) -> "Target":
        """``voices:5%``.

        Raises:
            UserError: It reads otherwise, or there is no such metric.
        """
        name, colon, width = text.partition(":")
        names = [m.name for m in METRICS if m.direction and m.kind != "cost"]
        if not colon or not width:
            raise UserError(f"precision is {text!r}; it reads METRIC:PERCENT, as in voices:5%.")
        if name not in names:
            raise unknown("metric", name, names)
        percent = float(number(width.removesuffix("%"), float, "precision"))
        if not 0.0 < percent <= 1000.0:
            raise UserError(f"precision is {text!r}; the percentage must be above 0 and at most 1000.")
        return cls(name, percent, most)


class Width(NamedTuple):
    """How well the change of a metric is known in the arm where it is known worst.

    Attributes:
        arm: That arm.
        full: Half-width of the 95% interval, luck and parameters, in percent; infinite where undefined.
        luck: The same from luck alone.
        by_parameters: Whether parameters make more of the spread than luck, as far as twins tell.
    """

    arm: str
    full: float
    luck: float
    by_parameters: bool


class Round(NamedTuple):
    """A round: replicates in all so far, and how well the change was known then."""

    replicates: int
    width: Width


@dataclass(frozen=True)
class Stop:
    """How it ended.

    Attributes:
        target: What was asked for.
        rounds: All rounds, the last one at the end.
        why: ``reached``; ``budget`` where the most replicates allowed were too few; ``parameters`` where they
            were, or would be, and the spread between plausible worlds is more of the reason than luck.
        needed: Replicates that would about reach it, at most ``CAP``.
    """

    target: Target
    rounds: tuple[Round, ...]
    why: Why
    needed: int

    @property
    def last(self) -> Round:
        """The last round."""
        return self.rounds[-1]


def grow(look: Callable[[int], Width], first: int, target: Target) -> Stop:
    """Add replicates until the width is reached or hope is lost.

    Args:
        look: Runs so many replicates, of which the first ones are those of before, and says how well the
            change is known.
        first: Replicates of the first round, at most ``target.most``.
        target: What is asked for.
    """
    rounds: list[Round] = []
    n = first
    while True:
        width = look(n)
        rounds.append(Round(n, width))
        needed = _needed(n, width.full, target.percent)
        if width.full <= target.percent:
            return Stop(target, tuple(rounds), "reached", n)
        hopeless = needed > target.most and width.by_parameters and width.luck <= target.percent
        if n >= target.most or hopeless:
            why: Why = "parameters" if width.by_parameters else "budget"
            return Stop(target, tuple(rounds), why, needed)
        n = min(target.most, max(ceil(GROW * n), min(ceil(AIM * needed), int(LEAP * n))))


def width_of(comparison: "Comparison", metric: str, leave_out: str = "") -> Width:
    """How well the change of a metric is known in the arm where it is known worst.

    Args:
        comparison: What was found so far.
        metric: The metric.
        leave_out: An arm that does not count: the placebo.
    """
    widest = Width("", 0.0, 0.0, False)
    for row in comparison.effects:
        if row.metric != metric or row.scenario == leave_out:
            continue
        full = max(row.pct_high - row.diff_pct, row.diff_pct - row.pct_low)
        wide, narrow = row.ci_high - row.ci_low, row.ci_high_luck - row.ci_low_luck
        luck = full * narrow / wide if wide > 0.0 else full
        told = row.n_twins >= ENOUGH_TWINS and row.world_sd > row.luck_sd
        width = (
            Width(row.scenario, full, luck, told) if isfinite(full) else Width(row.scenario, inf, inf, False)
        )
        if not widest.arm or width.full > widest.full:
            widest = width
    return widest


def _needed(n: int, width: float, percent: float) -> int:
    """Replicates for a width; it shrinks with their root."""
    return CAP if not isfinite(width) else min(CAP, ceil(n * (width / percent) ** 2))
