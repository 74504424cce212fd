"""Lifespans of whole communities: curves to look at, restricted means to decide by.

Every replicate is watched to the same day tau, so a lifespan is either known or "longer than tau", and
min(T, tau) is always known. Its mean is the area under the survival curve up to tau (the restricted mean,
RMST), and its paired difference is an ordinary paired difference: that is what a comparison uses. The
Kaplan-Meier curve is for the plot: Greenwood's band and the log-rank test take the arms for independent, and
matched replicates are not.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from experiments.statistics.intervals import Floats

FEW_DIE, MOST_DIE = 0.2, 0.8  # outside these shares of deaths a lifespan is not estimable
DISCORDANT = 20  # pairs that must differ before a difference of lifespans is judged


@dataclass(frozen=True)
class SurvivalCurve:
    """Kaplan-Meier estimate as a step function: ``survival[k]`` holds from ``days[k]`` to the next.

    Attributes:
        days: (k,) starting with 0, then every distinct lifespan or day of censoring, rising.
        survival: (k,) share still alive after that day.
        low: (k,) lower end of the pointwise 95% band (Greenwood, log-log); the curve itself where undefined.
        high: (k,) upper end.
    """

    days: Floats
    survival: Floats
    low: Floats
    high: Floats

    def at(self, day: float) -> float:
        """Share alive after ``day``."""
        return float(self.survival[np.searchsorted(self.days, day, side="right") - 1])

    def restricted_mean(self, horizon: float) -> float:
        """Area under the curve from 0 to ``horizon``, in days: the mean of min(T, horizon)."""
        inside = self.days < horizon
        steps = np.diff(np.append(self.days[inside], horizon))
        return float(steps @ self.survival[inside])


@dataclass(frozen=True)
class Deaths:
    """How many of the communities of a pair of arms died while watched.

    Attributes:
        baseline: Share that died in the baseline.
        arm: Share that died in the arm.
        discordant: Pairs in which min(T, tau) differs.
    """

    baseline: float
    arm: float
    discordant: int


@dataclass(frozen=True)
class Lifespans:
    """Lifespans of the communities of all arms.

    Attributes:
        life: (arms, n) days; NaN for a replicate that failed. Where censored, any number will do.
        censored: (arms, n) True where the community was still alive at the horizon.
        horizon: Day of censoring, tau.
    """

    life: Floats
    censored: NDArray[np.bool_]
    horizon: float

    @property
    def restricted(self) -> Floats:
        """(arms, n) min(T, tau); NaN for a replicate that failed."""
        days = np.where(self.censored, self.horizon, np.minimum(self.life, self.horizon))
        return np.where(np.isnan(self.life), np.nan, days)

    @property
    def died(self) -> NDArray[np.bool_]:
        """(arms, n) True where the community is known to have died by the horizon."""
        return ~self.censored & (self.life <= self.horizon)

    def curve(self, arm: int) -> SurvivalCurve:
        """Kaplan-Meier curve of one arm, for the plot."""
        seen = ~np.isnan(self.life[arm])
        return kaplan_meier(self.restricted[arm, seen], ~self.died[arm, seen])

    def deaths(self, arm: int, baseline: int = 0) -> Deaths:
        """Shares of deaths and discordant pairs of an arm and the baseline, where both have a lifespan."""
        days = self.restricted[[baseline, arm]]
        seen = np.isfinite(days).all(axis=0)
        if not seen.any():
            return Deaths(float("nan"), float("nan"), 0)
        shares = self.died[[baseline, arm]][:, seen].mean(axis=1)
        return Deaths(float(shares[0]), float(shares[1]), int((days[0, seen] != days[1, seen]).sum()))


def kaplan_meier(life: ArrayLike, censored: ArrayLike) -> SurvivalCurve:
    """Survival curve of one arm, after ``scipy.stats.ecdf``.

    Args:
        life: (n,) days lived, or watched where censored.
        censored: (n,) True where death was not seen.
    """
    days, cut = np.asarray(life, np.float64), np.asarray(censored, bool)
    if not days.size:
        return SurvivalCurve(*(np.array([start]) for start in (0.0, 1.0, 1.0, 1.0)))
    alive = stats.ecdf(stats.CensoredData(uncensored=days[~cut], right=days[cut])).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # scipy warns that the band is undefined where S is 0 or 1
        band = alive.confidence_interval(method="log-log")
    low, high = (
        np.where(np.isnan(b.probabilities), alive.probabilities, b.probabilities)
        for b in (band.low, band.high)
    )
    if alive.quantiles[0] <= 0.0:  # deaths on day 0 lower the start of the curve itself
        return SurvivalCurve(alive.quantiles, alive.probabilities, low, high)
    return SurvivalCurve(
        np.append(0.0, alive.quantiles), *(np.append(1.0, line) for line in (alive.probabilities, low, high))
    )


def restricted_means(
    days: ArrayLike, censored: ArrayLike, group: ArrayLike, groups: int, tau: float
) -> Floats:
    """(groups,) restricted mean lifetime of the members of each replicate: the area under its own curve.

    Members of one replicate share its luck and its parameters, so they are no sample of their own: the curve
    is made within a replicate, and its one number is compared with the matched one like any other metric.

    Args:
        days: (members,) days each member stayed, or was watched where censored.
        censored: (members,) True where the end was not seen.
        group: (members,) replicate of each.
        groups: Number of replicates; one without members has NaN.
        tau: Days up to which lifetimes count. Beyond the last day anybody of a replicate was watched its
            curve stays where it was.
    """
    lived, cut, of = np.asarray(days, np.float64), np.asarray(censored, bool), np.asarray(group)
    out = np.full(groups, np.nan)
    for one in range(groups):
        here = of == one
        if here.any():
            out[one] = kaplan_meier(lived[here], cut[here]).restricted_mean(tau)
    return out
