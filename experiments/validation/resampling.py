"""Intervals of skill on real groups: whole groups are resampled, never rows.

Rows of one room or cohort share its people, its days and its luck, so that a group is one observation however
long it is. The estimate is over all rows (a large group weighs more); its error comes from the groups.

The interval is the bootstrap-t (Efron 1979; Hall 1992): groups drawn with replacement, each resample
studentised by its own error, which is right to second order where groups differ much in size. With fewer than
:data:`FEW` groups, or where a resample has no spread, it is Student's t on the groups' influences. Either is
rough with a dozen groups; whoever shows it says how many there are.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

#: Groups from which the bootstrap-t is used.
FEW = 8
RESAMPLES = 4999
#: Most that the interval may reach, in half-widths of Student's: with few groups some resamples hold nearly
#: the same group over and over, and their errors are next to nothing.
WIDEST = 3.0
_SEED = 20_240_229

Floats = NDArray[np.float64]


class Skill(NamedTuple):
    """How much better than a rival, with a 95% interval.

    Attributes:
        estimate: Mean gain a row, or the share of the rival's loss that is saved.
        low: Lower end.
        high: Upper end.
        groups: Groups that were resampled.
        won: Groups in which the gain is above zero.
    """

    estimate: float
    low: float
    high: float
    groups: int
    won: int


def skill(scores: ArrayLike, rivals: ArrayLike, groups: ArrayLike, *, relative: bool = False) -> Skill:
    """Compare the scores of two predictions of the same rows.

    Args:
        scores: Score of each row, ``(n,)``: greater is better (log score); with ``relative`` a loss, smaller
            is better (Brier, CRPS).
        rivals: The rival's, ``(n,)``.
        groups: Group of each row, ``(n,)``, of any kind that can be sorted.
        relative: Give ``1 - mean loss / rival's mean loss`` instead of the mean gain.
    """
    ours, theirs = np.asarray(scores, np.float64), np.asarray(rivals, np.float64)
    _, code = np.unique(np.asarray(groups), return_inverse=True)
    gain = np.bincount(code, theirs - ours if relative else ours - theirs).astype(np.float64)
    size = np.bincount(code, theirs if relative else None).astype(np.float64)
    estimate, low, high = ratio(gain, size)
    return Skill(estimate, low, high, len(gain), int((gain > 0).sum()))


def ratio(top: Floats, bottom: Floats, level: float = 0.95) -> tuple[float, float, float]:
    """``sum(top) / sum(bottom)`` over groups, ``(G,)`` each, with its interval; NaN ends for one group."""
    found = _Ratio.of(top[None], bottom[None])
    estimate, error, n = float(found.value[0]), float(found.error[0]), len(top)
    if n < 2:
        return estimate, float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    reach = float(stats.t.isf(tail, n - 1))
    below, above = -reach, reach
    if n >= FEW and error > 0.0:
        order = np.lexsort((np.abs(top), bottom))  # neither the order of groups nor who is the rival matters
        draw = np.random.default_rng(_SEED).integers(0, n, (RESAMPLES, n))
        again = _Ratio.of(top[order][draw], bottom[order][draw])
        if again.error.min() > 1e-9 * error:
            pivots = (again.value - estimate) / again.error
            below, above = np.clip(np.quantile(pivots, (tail, 1.0 - tail)), -WIDEST * reach, WIDEST * reach)
    return estimate, float(estimate - above * error), float(estimate - below * error)


@dataclass(frozen=True)
class _Ratio:
    """Ratios of sums over groups, one for each row of ``(B, G)``, and their standard errors, ``(B,)``."""

    value: Floats
    error: Floats

    @classmethod
    def of(cls, top: Floats, bottom: Floats) -> "_Ratio":
        """By the influence of each group on the ratio (linearisation)."""
        n, whole = top.shape[1], bottom.sum(axis=1)
        value = top.sum(axis=1) / whole
        influence = (top - value[:, None] * bottom) / whole[:, None]
        scale = np.sqrt(n / (n - 1)) if n > 1 else np.nan
        return cls(value, scale * np.sqrt((influence**2).sum(axis=1)))
