"""What is fitted to cohorts: settings of mechanisms, and who the people are.

Cohorts tell persons apart (their own level, how long it lasts) and little else. Fitted are

    settings  persistence (habit, streaks), giving up (departure's hazard by tenure), doing what was planned
              (check)
    people    level of visits, spread of persons, shares and visits of the roles: here KOLs are those who
              hardly ever miss and lurkers those who hardly ever come, novices the rest
    groups    spread of u between cohorts
    rhythm    odds of a visit on days 5 and 6 of the camp's week: the engine's day 0 is a Monday, and camps
              that count their weeks from day 0 are taken to begin on one

each within the range its parameter has anyway. Everything else stays at its default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from simulator.knobs import knobs
from simulator.registry import mechanisms

Floats = NDArray[np.float64]
#: Parameter values by (mechanism, parameter).
Settings = Mapping[tuple[str, str], float]
#: Odds of a visit at the weekend, and what they may be.
WEEKEND, _ODDS = ("community", "weekend"), (0.3, 1.2)
#: Settings that a table of check-ins says something about.
FITTED = (
    ("habit", "weight"),
    ("habit", "growth"),
    ("habit", "decay"),
    ("streaks", "gain"),
    ("streaks", "pain"),
    ("streaks", "half_life"),
    ("uptake", "check"),
    ("departure", "theta"),
    ("departure", "start"),
    WEEKEND,
)
#: Settings that new ones are drawn around, and the least spread they are drawn with, in shares of the range.
_COUNT, _LEAST = 4.0, 0.03
#: Levels of a cohort: logit of a novice's visit on an ordinary day, the group's own effect included.
LEVELS = np.arange(-1.0, 4.01, 0.5)
#: Spreads between groups that are weighed, within the parameter's range.
GROUPS = np.array([0.6, 1.0, 1.4, 1.8])


@dataclass(frozen=True)
class People:
    """Who makes up a cohort.

    Attributes:
        spread: Standard deviation of the personal effect on the logit of coming.
        keen: Share of those who hardly ever miss.
        idle: Share of those who hardly ever come.
        above: How far the keen stand above the rest, logit.
        below: How far the idle stand below them.
    """

    spread: float
    keen: float
    idle: float
    above: float
    below: float

    def density(self, effects: Floats, levels: Floats) -> Floats:
        """Weight of each even value of the personal effect at each level, ``(levels, effects)``, sum 1."""
        z = np.zeros((len(levels), len(effects)))
        parts = (
            (1 - self.keen - self.idle, 0.0),
            (self.keen, self.above),
            (self.idle, -self.below),
        )
        for share, shift in parts:
            z += share * np.exp(-0.5 * ((effects - levels[:, None] - shift) / self.spread) ** 2)
        return np.asarray(z / z.sum(axis=1, keepdims=True))


#: Kinds of people that are weighed.
PEOPLES = tuple(
    People(spread, keen, idle, above, below)
    for spread, idle, below, (keen, above) in product(
        (0.4, 0.7, 1.0),
        (0.2, 0.3, 0.4, 0.5),
        (3.0, 4.5, 6.0),
        ((0.0, 0.0), *product((0.3, 0.45, 0.6), (3.0, 5.0))),
    )
)


def ranges() -> dict[tuple[str, str], tuple[float, float]]:
    """Declared range of each fitted setting."""
    kinds = mechanisms()
    found = {}
    for mechanism, name in FITTED[:-1]:
        spec = knobs(kinds[mechanism])[name][1]
        found[mechanism, name] = (spec.low, spec.high)
    return found | {WEEKEND: _ODDS}


def weekend(odds: Floats, day: int) -> Floats:
    """What a day of the camp adds to the logit of coming, by odds at the weekend."""
    return np.log(odds) if day % 7 >= 5 else np.zeros(len(odds))


def spread_out(count: int, seed: int = 1) -> list[Settings]:
    """Settings spread evenly over the declared ranges (a scrambled Sobol sequence), whatever the data say."""
    bounds = ranges()
    points = qmc.Sobol(len(bounds), rng=np.random.default_rng(seed)).random(count)
    return [
        {
            name: low + (high - low) * float(x)
            for (name, (low, high)), x in zip(bounds.items(), row, strict=True)
        }
        for row in points
    ]


def near(bank: Sequence[Settings], weights: Floats, count: int, seed: int) -> list[Settings]:
    """More settings where those of a bank weigh most.

    Normal around the weighted mean, with the weights flattened until about :data:`_COUNT` of the bank count,
    so that the new ones reach beyond the best; folded into the ranges.
    """
    log = np.log(np.maximum(weights, 1e-300))
    power = 1.0
    while True:
        flat = np.exp(power * (log - log.max()))
        flat /= flat.sum()
        if 1.0 / (flat**2).sum() >= min(_COUNT, len(bank)) or power < 1e-3:
            break
        power *= 0.8
    bounds = ranges()
    values = np.array([[one[name] for name in bounds] for one in bank])
    mean = flat @ values
    low, high = np.array(list(bounds.values())).T
    spread = np.maximum(np.sqrt(flat @ (values - mean) ** 2), _LEAST * (high - low))
    normal = np.random.default_rng(seed).standard_normal((count, len(bounds)))
    drawn = mean + spread * normal
    folded = low + np.abs((drawn - low + (high - low)) % (2 * (high - low)) - (high - low))
    return [dict(zip(bounds, map(float, row), strict=True)) for row in folded]
