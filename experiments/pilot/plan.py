"""What a pilot needs: the fewest groups, for so many days, that find the effect with the chance asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from experiments.pilot.groups import METRIC, Groups, gather
from experiments.pilot.trials import Analysis, Power, Trials
from experiments.study import PLACEBO, Study
from simulator.errors import UserError
from simulator.metrics import BY_NAME

Floats = NDArray[np.float64]
#: Groups of each kind that are tried out, up to the most there can be.
GRID = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 500, 700, 1000)


@dataclass(frozen=True)
class Effort:
    """How much is simulated and what is asked for.

    Attributes:
        worlds: Plausible worlds.
        pool: Groups of each kind simulated in each.
        groups: Most groups of each kind that a trial could have.
        before: Days counted before the campaign; 0 for none.
        chance: Chance with which it must be found, in percent.
    """

    worlds: int = 60
    pool: int = 50
    groups: int = 200
    before: int = 14
    chance: int = 80


@dataclass(frozen=True)
class Need:
    """What a trial watched for so many days, tested one way, needs.

    Attributes:
        days: Days watched.
        analysis: How it is tested.
        groups: Fewest groups of each kind with the chance asked for; None where even the most do not.
        fewer: About half of them, or of the most there could be.
        chance_of_fewer: Chance with so many.
        best: Chance with the most groups there could be.
    """

    days: int
    analysis: Analysis
    groups: int | None
    fewer: int
    chance_of_fewer: float
    best: float


@dataclass(frozen=True, eq=False)
class Pilot:
    """A plan of a pilot.

    Attributes:
        study: Baseline and the arm to be tried.
        effort: How much was simulated.
        days: Trial days.
        analyses: Ways of testing.
        level: Mean voices a day of groups without the tactic, after all days.
        effects: ``(days, worlds)`` each world's effect.
        cost: Mean yuan that a group with the tactic takes until each of the days.
        hours: Mean hours of work.
        powers: What trials of every size find.
    """

    study: Study
    effort: Effort
    days: tuple[int, ...]
    analyses: tuple[Analysis, ...]
    level: float
    effects: Floats
    cost: Floats
    hours: Floats
    powers: tuple[Power, ...]

    @property
    def arm(self) -> str:
        """Label of the arm to be tried."""
        return self.study.labels[1]

    @property
    def matters(self) -> float:
        """Smallest effect of interest, in members a day."""
        return BY_NAME[METRIC].matters(self.level)

    @property
    def worth(self) -> float:
        """Share of worlds whose effect over the campaign is as large as that, in the simulated direction."""
        last = self.effects[-1]
        return float((np.sign(last.mean()) * last >= self.matters).mean())

    def curve(self, days: int, analysis: Analysis) -> list[Power]:
        """What trials of rising size find."""
        return [one for one in self.powers if one.days == days and one.analysis == analysis]

    def chance(self, groups: int, days: int, analysis: Analysis) -> float:
        """Chance of finding the effect, between the sizes tried out by a line of its normal quantile."""
        curve = self.curve(days, analysis)
        sizes = np.sqrt([one.groups for one in curve])
        return float(ndtr(np.interp(np.sqrt(groups), sizes, _quantile([one.power for one in curve]))))

    def need(self, days: int, analysis: Analysis) -> Need:
        """What a trial needs."""
        curve, asked = self.curve(days, analysis), self.effort.chance / 100
        most = curve[-1].groups
        at = next((n for n, one in enumerate(curve) if one.power >= asked), None)
        groups = None if at is None else curve[at].groups
        if at:  # somewhere between this size and the one before
            low, high = _quantile([curve[at - 1].power, curve[at].power])
            share = (float(ndtri(asked)) - low) / (high - low)
            ends = np.sqrt([curve[at - 1].groups, curve[at].groups])
            groups = ceil((ends[0] + share * (ends[1] - ends[0])) ** 2 - 1e-9)
        fewer = max(2, (groups or most) // 2)
        return Need(days, analysis, groups, fewer, self.chance(fewer, days, analysis), curve[-1].power)

    def choice(self, analysis: Analysis) -> Need:
        """The trial to be advised: of fewest groups, then of fewest days; else the one of the best chance."""
        needs = [self.need(days, analysis) for days in self.days]
        able = [one for one in needs if one.groups is not None]
        if able:
            return min(able, key=lambda one: (one.groups or 0, one.days))
        return max(needs, key=lambda one: (one.best, -one.days))

    def nearest(self, groups: int, days: int, analysis: Analysis) -> Power:
        """What trials of the nearest size that was tried out find."""
        return min(self.curve(days, analysis), key=lambda one: abs(one.groups - groups))


def pilot(study: Study, effort: Effort, progress: Callable[[int, int], None] | None = None) -> Pilot:
    """Plan a pilot of the one arm of a study.

    Args:
        study: Its baseline, one arm, seed and workers.
        effort: How much to simulate.
        progress: Told after each block: groups done, groups in all.

    Raises:
        UserError: No arm or several, or nothing is uncertain.
    """
    arms = [arm for arm in study.scenarios if arm.label != PLACEBO]
    if len(arms) != 2:
        raise UserError(f"pilot tries one arm, and {len(arms) - 1} are named; name one.")
    groups = gather(study, effort.worlds, effort.pool, effort.before, progress)
    return planned(study, effort, groups)


def planned(study: Study, effort: Effort, groups: Groups) -> Pilot:
    """The plan that groups lead to."""
    trials = Trials(groups)
    sizes = sorted({size for size in GRID if size <= effort.groups} | {effort.groups})
    return Pilot(
        study=study,
        effort=effort,
        days=groups.days,
        analyses=trials.analyses,
        level=float(groups.voices[0, -1].mean()),
        effects=trials.effects,
        cost=groups.cost,
        hours=groups.hours,
        powers=tuple(one for size in sizes for one in trials.power(size)),
    )


def _quantile(chances: list[float]) -> Floats:
    """Normal quantiles of chances, those of 0 and 1 kept finite."""
    return np.asarray(ndtri(np.clip(chances, 1e-6, 1 - 1e-6)))
