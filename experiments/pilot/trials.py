"""Trials drawn from simulated groups and tested as real ones are: pure statistics.

**The truth of a world.** The difference between both kinds of groups of a world is its effect and the noise
of finitely many groups. That noise is known, and taken out of the spread over worlds
(``effects.world_effects``), so that worlds do not differ in power by it; groups keep their spread about the
mean of their kind.

**A trial.** So many groups of either kind are drawn from those of one world, with replacement, for these
stand for the many there could be. *Plain*: Welch's t test of voices a day (Welch 1947, Biometrika 34).
*Before*: analysis of covariance, which takes off what each group's voices before the campaign foretell (in
online trials CUPED; Deng et al. 2013, WSDM). Both two-sided at 5%.

**What comes out.** A trial finds the effect where the test is significant in the direction of the mean effect
over worlds. Its chance in a world is power; the mean over worlds is what can be promised before one knows the
world (assurance; O'Hagan et al. 2005, Pharm. Stat. 4). Of significant trials: the share whose sign is wrong
for their world, and how many times too large they are (type S and M; Gelman and Carlin 2014, Perspect.
Psychol. Sci. 9).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.pilot.groups import Groups
from experiments.statistics.effects import world_effects

Floats = NDArray[np.float64]
Analysis = Literal["plain", "before"]
LEVEL = 0.05
#: Trials drawn in each world.
TRIALS = 250
_SEED = 20_240_229


@dataclass(frozen=True)
class Power:
    """What trials of one size find.

    Attributes:
        groups: Groups of each kind.
        days: Days watched.
        analysis: How it is tested.
        power: Chance that it finds the effect, mean over plausible worlds.
        low: Lower end of the 95% interval of that mean over worlds.
        high: Upper end.
        tenth: Chance in the world that stands at a tenth of all, from the poorest.
        nine_tenths: Chance in the one at nine tenths.
        significant: Chance of a significant result in either direction.
        wrong: Share of significant results with the wrong sign; NaN where there are none.
        exaggeration: How many times too large significant results are on average; NaN where there are none.
    """

    groups: int
    days: int
    analysis: Analysis
    power: float
    low: float
    high: float
    tenth: float
    nine_tenths: float
    significant: float
    wrong: float
    exaggeration: float


class Trials:
    """Draws trials of any size from groups.

    Args:
        groups: The groups.
        trials: Trials drawn in each world.

    Attributes:
        effects: ``(days, worlds)`` each world's effect.
        analyses: Ways of testing there are: ``before`` needs voices from before.
    """

    def __init__(self, groups: Groups, trials: int = TRIALS) -> None:
        self.days, self._trials = groups.days, trials
        self.analyses: tuple[Analysis, ...] = ("plain", "before") if groups.before.shape[-1] else ("plain",)
        early = groups.before if "before" in self.analyses else np.zeros_like(groups.voices[:, 0])
        size = groups.voices.shape[-1]
        wider = np.sqrt(size / (size - 1.0))  # those drawn from are the whole, not a sample
        y = wider * (groups.voices - groups.voices.mean(axis=-1, keepdims=True))
        x = wider * (early - early.mean(axis=-1, keepdims=True))
        self.effects = np.stack([_effects(groups.voices[:, n], early, y[:, n], x) for n in range(len(y[0]))])
        self._columns = [  # for each kind (worlds, groups, x and xx, then y, yy and xy of all days)
            np.stack([x[kind], x[kind] ** 2, *y[kind], *y[kind] ** 2, *(x[kind] * y[kind])], axis=-1)
            for kind in (0, 1)
        ]

    def power(self, groups: int) -> list[Power]:
        """What trials with so many groups of each kind find, after all days and by all analyses."""
        sums = [self._draw(groups, kind) for kind in (0, 1)]
        count = len(self.days)
        x, xx = ([one[..., at] for one in sums] for at in (0, 1))
        found = []
        for n, days in enumerate(self.days):
            y, yy, xy = ([one[..., 2 + part * count + n] for one in sums] for part in (0, 1, 2))
            effect = self.effects[n][:, None]
            for analysis in self.analyses:
                if analysis == "plain":
                    gap, error, freedom = _welch(groups, y, yy)
                else:
                    gap, error, freedom = _covariance(groups, x, xx, y, yy, xy)
                clear = np.abs(effect + gap) > _critical(freedom, groups) * error
                found.append(_power(groups, days, analysis, effect, effect + gap, clear))
        return found

    def _draw(self, groups: int, kind: int) -> Floats:
        """Sums over the groups of each trial, ``(worlds, trials, columns)``."""
        worlds, size, _ = self._columns[kind].shape
        rng = np.random.default_rng([_SEED, groups, kind])
        drawn = rng.multinomial(groups, np.full(size, 1 / size), (worlds, self._trials))
        return np.asarray(drawn.astype(np.float64) @ self._columns[kind])


def _effects(voices: Floats, early: Floats, y: Floats, x: Floats) -> Floats:
    """Each world's effect, ``(worlds,)``, from means of its groups, adjusted for voices before."""
    slope = float((x * y).sum() / (x * x).sum()) if x.any() else 0.0
    adjusted = voices.mean(axis=-1) - slope * early.mean(axis=-1)
    seen = adjusted[1] - adjusted[0]
    noise = ((y - slope * x) ** 2).mean(axis=-1).sum(axis=0) / y.shape[-1]  # (worlds,): both kinds
    spread = float(seen.var(ddof=1)) - float(noise.mean()) if len(seen) > 1 else 0.0
    return world_effects(seen, float(np.sqrt(max(spread, 0.0)))) if len(seen) > 1 else seen


def _welch(n: int, y: list[Floats], yy: list[Floats]) -> tuple[Floats, Floats, Floats]:
    """Difference of means without the effect, its standard error and degrees of freedom."""
    parts = [np.maximum(two - one**2 / n, 0.0) / (n - 1) / n for one, two in zip(y, yy, strict=True)]
    total = parts[0] + parts[1]
    below = (parts[0] ** 2 + parts[1] ** 2) / (n - 1)
    freedom = np.divide(total**2, below, out=np.ones_like(total), where=below > 0)
    return (y[1] - y[0]) / n, np.sqrt(total), freedom


def _covariance(
    n: int, x: list[Floats], xx: list[Floats], y: list[Floats], yy: list[Floats], xy: list[Floats]
) -> tuple[Floats, Floats, Floats]:
    """The same by least squares with one slope on voices before."""
    square_x = sum(two - one**2 / n for one, two in zip(x, xx, strict=True))
    square_y = sum(two - one**2 / n for one, two in zip(y, yy, strict=True))
    across = sum(both - a * b / n for a, b, both in zip(x, y, xy, strict=True))
    there = square_x > 0
    slope = np.divide(across, square_x, out=np.zeros_like(y[0]), where=there)
    apart = (x[1] - x[0]) / n
    freedom = 2 * n - 3
    left = np.maximum(square_y - slope * across, 0.0) / freedom
    leverage = np.divide(apart**2, square_x, out=np.zeros_like(y[0]), where=there)
    error = np.sqrt(left * (2 / n + leverage))
    return (y[1] - y[0]) / n - slope * apart, error, np.full_like(error, freedom)


def _critical(freedom: Floats, groups: int) -> Floats:
    """Critical values of Student's t, read off a table of the degrees of freedom that can occur."""
    table = 1.0 / np.linspace(1.0 / max(2 * groups - 2, 1), 1.0 / max(groups - 1, 1), 65)
    low = np.append(table, 1.0) if table[-1] > 1.0 else table
    values = stats.t.isf(LEVEL / 2, low)
    return np.asarray(np.interp(1.0 / freedom, 1.0 / low, values))


def _power(groups: int, days: int, analysis: Analysis, effect: Floats, seen: Floats, clear: Floats) -> Power:
    side = np.sign(effect.mean()) or 1.0
    chance = (clear & (np.sign(seen) == side)).mean(axis=1)
    worlds, mean = len(chance), float(chance.mean())
    reach = 0.0
    if worlds > 1:
        reach = float(stats.t.isf(0.025, worlds - 1) * chance.std(ddof=1) / np.sqrt(worlds))
    any_, true = int(clear.sum()), np.broadcast_to(np.abs(effect), seen.shape)
    sizes = float(true[clear].sum())
    tenth, nine_tenths = np.quantile(chance, (0.1, 0.9)).tolist()
    return Power(
        groups=groups,
        days=days,
        analysis=analysis,
        power=mean,
        low=max(mean - reach, 0.0),
        high=min(mean + reach, 1.0),
        tenth=tenth,
        nine_tenths=nine_tenths,
        significant=any_ / clear.size,
        wrong=float((clear & (np.sign(seen) != np.sign(effect))).sum()) / any_ if any_ else float("nan"),
        exaggeration=float(np.abs(seen)[clear].sum()) / sizes if sizes > 0 else float("nan"),
    )
