"""What matched replicates say about a difference: pure paired statistics, no files, no screen, no clock.

Column i of two arms is the same plausible world under two tactics, so everything rests on the differences d_i
within worlds. Worlds are independent of each other; a value that is not finite takes its pair out, for that
metric only.

**Luck and parameters.** Both intervals have one centre. Twins (the same parameters played with other luck)
give the variance of d due to luck alone, s^2 = mean((d_i - d'_i)^2) / 2 with m degrees of freedom. The luck
interval is the full one drawn in to t_m s / sqrt(n); never wider than the full one, since an excess over it
could only be noise in s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from experiments.statistics.intervals import NAN, Estimate, Floats, ratio_interval, spread


@dataclass(frozen=True)
class Paired:
    """One metric of one arm against the baseline over matched replicates. Undefined numbers are NaN.

    Attributes:
        n_pairs: Replicates in which both arms have the metric.
        baseline_mean: Mean of the baseline over them.
        mean: Mean of the arm over them.
        diff: ``mean - baseline_mean``.
        diff_pct: ``diff`` in percent of ``baseline_mean``, where that is above 0.
        pct_low: Lower end of its 95% interval (Fieller's: leaves out 0 exactly when that of ``diff`` does).
        pct_high: Upper end; both NaN where the baseline mean cannot be told from 0.
        ci_low: Lower end of the 95% interval of ``diff``, luck and parameters.
        ci_high: Upper end.
        ci_low_luck: Lower end of the 95% interval from luck alone; as ``ci_low`` where there are no twins.
        ci_high_luck: Upper end.
        ci90_low: Lower end of the 90% interval, used for equivalence.
        ci90_high: Upper end.
        p_better: Share of matched replicates in which the arm is better, ties half; NaN without a direction.
        p_other_group: The same over all pairs of different worlds: the arm's group against another baseline.
        correlation: Of arm and baseline over worlds.
        variance_ratio: Variance of an unmatched difference over that of a matched one: what matching saves.
        luck_sd: Standard deviation of a difference due to luck alone; NaN without twins.
        world_sd: Standard deviation over worlds of the expected difference, luck removed; NaN without twins.
        n_twins: Twins that the two rest on.
        method: ``paired t`` or ``bootstrap-t``.
    """

    n_pairs: int
    baseline_mean: float
    mean: float
    diff: float
    diff_pct: float
    pct_low: float
    pct_high: float
    ci_low: float
    ci_high: float
    ci_low_luck: float
    ci_high_luck: float
    ci90_low: float
    ci90_high: float
    p_better: float
    p_other_group: float
    correlation: float
    variance_ratio: float
    luck_sd: float
    world_sd: float
    n_twins: int
    method: str


def paired(
    baseline: ArrayLike, arm: ArrayLike, direction: int = 1, twin_gap: ArrayLike = ()
) -> tuple[Paired, Estimate]:
    """Everything about one metric of one arm, and the estimate from which intervals of other levels come.

    Args:
        baseline: (n,) summary of each replicate without the tactic.
        arm: (n,) the same replicates with it.
        direction: +1 more is better, -1 less is better, 0 neither.
        twin_gap: (m,) difference in a world minus the difference in its twin.
    """
    base, other = np.asarray(baseline, np.float64), np.asarray(arm, np.float64)
    both = np.isfinite(base) & np.isfinite(other)
    base, other = base[both], other[both]
    gap = np.asarray(twin_gap, np.float64)
    gap = gap[np.isfinite(gap)]
    d = other - base
    scale = float(max(np.abs(base).max(), np.abs(other).max())) if d.size else 0.0
    estimate = Estimate.of(d, scale)
    low, high = estimate.interval()
    low90, high90 = estimate.interval(0.90)
    luck_sd = float(np.sqrt(np.mean(gap**2) / 2.0)) if gap.size else NAN
    draw_in = _luck_share(estimate, luck_sd, gap.size)
    base_mean = float(base.mean()) if d.size else NAN
    pct, pct_low, pct_high = NAN, NAN, NAN
    if base_mean > 0.0:
        pct = 100.0 * estimate.mean / base_mean
        pct_low, pct_high = (100.0 * end for end in ratio_interval(d, base, estimate.critical()))
    sd_base, sd_other = spread(base, scale), spread(other, scale)
    related = sd_base > 0.0 and sd_other > 0.0
    summary = Paired(
        n_pairs=d.size,
        baseline_mean=base_mean,
        mean=float(other.mean()) if d.size else NAN,
        diff=estimate.mean,
        diff_pct=pct,
        pct_low=pct_low,
        pct_high=pct_high,
        ci_low=low,
        ci_high=high,
        ci_low_luck=estimate.mean - draw_in * (estimate.mean - low),
        ci_high_luck=estimate.mean + draw_in * (high - estimate.mean),
        ci90_low=low90,
        ci90_high=high90,
        p_better=share_better(base, other, direction),
        p_other_group=share_better_elsewhere(base, other, direction),
        correlation=float(np.corrcoef(base, other)[0, 1]) if related else NAN,
        variance_ratio=(sd_base**2 + sd_other**2) / estimate.sd**2 if estimate.sd > 0.0 else NAN,
        luck_sd=luck_sd,
        world_sd=float(np.sqrt(max(estimate.sd**2 - luck_sd**2, 0.0))) if gap.size and d.size > 1 else NAN,
        n_twins=gap.size,
        method=estimate.method,
    )
    return summary, estimate


def share_better(baseline: Floats, arm: Floats, direction: int) -> float:
    """Share of matched replicates in which the arm is better, ties half; NaN for none or for direction 0."""
    if direction == 0 or not arm.size:
        return NAN
    return float(np.mean(np.sign(direction * (arm - baseline)) / 2.0 + 0.5))


def share_better_elsewhere(baseline: Floats, arm: Floats, direction: int) -> float:
    """P(the arm's group does better than another world's baseline group) over all i != j, ties half."""
    n = arm.size
    if direction == 0 or n < 2:
        return NAN
    ranks = stats.rankdata(direction * np.concatenate([arm, baseline]))[:n]
    wins = float(ranks.sum()) - n * (n + 1) / 2.0  # Mann-Whitney's U, the n matched pairs among them
    return (wins - n * share_better(baseline, arm, direction)) / (n * (n - 1))


def world_effects(differences: ArrayLike, world_sd: float) -> Floats:
    """Each plausible world's expected difference, (n,); NaN where the difference is, or without twins.

    Each observed difference holds luck too. Drawing all of them in towards their mean until their spread is
    ``world_sd`` keeps the shape and gives worlds with the right mean and variance (Louis 1984, JASA 79).

    Args:
        differences: (n,) matched differences.
        world_sd: Their standard deviation without luck; NaN gives NaN.
    """
    x = np.asarray(differences, np.float64)
    known = x[np.isfinite(x)]
    if known.size < 2 or not np.isfinite(world_sd):
        return np.full(x.shape, NAN)
    mean, sd = known.mean(), float(known.std(ddof=1))
    drawn_in = mean + (x - mean) * (min(world_sd / sd, 1.0) if sd > 0.0 else 1.0)
    return np.where(np.isfinite(x), drawn_in, NAN)


def world_shares(differences: ArrayLike, world_sd: float, d: float) -> tuple[float, float]:
    """Shares of plausible worlds whose expected difference is above ``d`` and below ``-d``.

    Args:
        differences: (n,) matched differences, larger is better; NaN is left out.
        world_sd: Their standard deviation without luck; NaN gives NaN.
        d: Smallest effect of interest.
    """
    worlds = world_effects(differences, world_sd)
    worlds = worlds[np.isfinite(worlds)]
    if not worlds.size:
        return NAN, NAN
    return float(np.mean(worlds > d)), float(np.mean(worlds < -d))


def _luck_share(estimate: Estimate, luck_sd: float, n_twins: int) -> float:
    """Width of the luck interval as a share of the full one, at most 1."""
    if not n_twins or not estimate.sd > 0.0:
        return 1.0
    t_luck, t_full = stats.t.isf(0.025, n_twins), stats.t.isf(0.025, estimate.n - 1)
    return min(1.0, float(t_luck * luck_sd / (t_full * estimate.sd)))
