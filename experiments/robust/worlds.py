"""Who wins in how many plausible worlds, and what a wrong choice costs: pure statistics of matched worlds.

**Luck.** A replicate is a plausible world seen with one luck, so the best arm of a replicate may be the lucky
one. Twins (the same parameters, other luck) give the covariance L of the arms' differences from doing nothing
that luck alone makes; the differences have covariance S. All worlds are drawn in towards their mean by the
linear map that leaves them with covariance S - L and moves them least: with one arm that is
``effects.world_effects`` (Louis 1984, JASA 79), with several the map between two normal distributions of
Olkin and Pukelsheim (1982, Linear Algebra Appl. 48). Without twins luck stays in.

**Outcomes.** An arm wins a world where it is the best there and better than doing nothing by more than the
smallest effect of interest; equal arms share the win. Where no arm is, nothing wins. The regret of a choice
is what the best choice in that world, doing nothing among them, is better by (Savage 1951, JASA 46).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from experiments.study import BASELINE

Floats = NDArray[np.float64]
_RESAMPLES, _SEED = 1000, 20_240_229


@dataclass(frozen=True)
class Standing:
    """How one choice does over plausible worlds; intervals are 95%.

    Attributes:
        label: The arm, or ``baseline`` for doing nothing.
        effect: Mean difference from doing nothing, larger is better, in the metric's unit.
        effect_low: Lower end of its interval.
        effect_high: Upper end.
        wins: Share of worlds it wins; of doing nothing, in which nothing wins.
        wins_low: Lower end.
        wins_high: Upper end.
        enough: Share of worlds in which no other choice is better by more than the smallest effect of
            interest.
        regret: Expected regret, in the metric's unit.
        regret_low: Lower end.
        regret_high: Upper end.
        worst: Largest regret over all worlds.
    """

    label: str
    effect: float
    effect_low: float
    effect_high: float
    wins: float
    wins_low: float
    wins_high: float
    enough: float
    regret: float
    regret_low: float
    regret_high: float
    worst: float


@dataclass(frozen=True)
class Outcome:
    """What the worlds say.

    Attributes:
        standings: Every choice in the order of the study, doing nothing first.
        worlds: Worlds in which every arm has the metric.
        twins: Twins by which luck was taken out; 0 where it was not.
        matters: Smallest effect of interest.
    """

    standings: tuple[Standing, ...]
    worlds: int
    twins: int
    matters: float

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """The choices by expected regret, the least first, which is by mean effect."""
        return tuple(sorted(self.standings, key=lambda one: -one.effect))

    @property
    def nothing(self) -> Standing:
        """Doing nothing."""
        return self.standings[0]

    @property
    def safest(self) -> Standing:
        """The choice of least largest regret."""
        return min(self.standings, key=lambda one: one.worst)


def outcome(labels: Sequence[str], effects: Floats, gaps: Floats, matters: float) -> Outcome:
    """Count wins and regrets.

    Args:
        labels: The arms, without doing nothing.
        effects: ``(arms, worlds)`` difference from doing nothing in each world, larger is better.
        gaps: ``(arms, twins)`` that difference in a world minus the one in its twin.
        matters: Smallest effect of interest.
    """
    if effects.shape == gaps.shape:  # every world has its twin: they are resampled together
        effects, gaps = np.split(_whole(np.vstack([effects, gaps])), 2)
    effects, gaps = _whole(effects), _whole(gaps)
    worlds, twins = effects.shape[1], gaps.shape[1]
    point = _numbers(expected(effects, gaps), matters)
    low, high = _bootstrap(effects, gaps, matters)
    standings = []
    for at, label in enumerate((BASELINE, *labels)):
        effect, wins, enough, regret, worst = point[at].tolist()
        # Resamples of worlds that all say the same know of no others: not narrower than for a plain share.
        plain = binomtest(round(wins * worlds), max(worlds, 1)).proportion_ci(method="wilson")
        standings.append(
            Standing(
                label=label,
                effect=effect,
                effect_low=float(low[at, 0]),
                effect_high=float(high[at, 0]),
                wins=wins,
                wins_low=float(np.fmin(low[at, 1], plain.low)),
                wins_high=float(np.fmax(high[at, 1], plain.high)),
                enough=enough,
                regret=regret,
                regret_low=float(low[at, 3]),
                regret_high=float(high[at, 3]),
                worst=worst,
            )
        )
    return Outcome(tuple(standings), worlds, twins, matters)


def _whole(table: Floats) -> Floats:
    """The columns without a hole."""
    return table[:, np.isfinite(table).all(axis=0)]


def _bootstrap(effects: Floats, gaps: Floats, matters: float) -> tuple[Floats, Floats]:
    """Ends of the 95% intervals of all numbers over resampled worlds; NaN for a single world."""
    arms, worlds, twins = *effects.shape, gaps.shape[1]
    if worlds < 2:
        return (np.full((arms + 1, 5), np.nan),) * 2
    rng = np.random.default_rng(_SEED)
    again, each = [], max(1, 2**21 // (arms * worlds))
    for start in range(0, _RESAMPLES, each):
        count = min(each, _RESAMPLES - start)
        some = rng.integers(0, worlds, (count, worlds))
        pairs = some if twins == worlds else rng.integers(0, max(twins, 1), (count, twins))
        drawn = expected(effects[:, some].swapaxes(0, 1), gaps[:, pairs].swapaxes(0, 1))
        again.append(_numbers(drawn, matters))
    low, high = np.quantile(np.concatenate(again), (0.025, 0.975), axis=0)
    return low, high


def expected(effects: Floats, gaps: Floats) -> Floats:
    """Each world's expected differences, luck taken out as said above; ``(..., arms, worlds)``.

    Args:
        effects: ``(..., arms, worlds)``.
        gaps: ``(..., arms, twins)``.
    """
    worlds, twins = effects.shape[-1], gaps.shape[-1]
    if worlds < 2 or not twins:
        return effects
    mean = effects.mean(axis=-1, keepdims=True)
    apart = effects - mean
    total = apart @ apart.swapaxes(-1, -2) / (worlds - 1)
    luck = gaps @ gaps.swapaxes(-1, -2) / (2.0 * twins)
    root, inverse = _power(total, 0.5), _power(total, -0.5)
    middle = _power(root @ _power(total - luck, 1.0) @ root, 0.5)
    return np.asarray(mean + inverse @ middle @ inverse @ apart)


def _power(matrix: Floats, power: float) -> Floats:
    """A power of symmetric matrices ``(..., arms, arms)``, of what of them is above nought."""
    values, vectors = np.linalg.eigh((matrix + matrix.swapaxes(-1, -2)) / 2.0)
    floor = 1e-12 * np.abs(values).max(axis=-1, keepdims=True)
    kept = values > np.maximum(floor, np.finfo(np.float64).tiny)
    raised = np.where(kept, np.where(kept, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * raised[..., None, :]) @ vectors.swapaxes(-1, -2))


def _numbers(effects: Floats, matters: float) -> Floats:
    """Effect, wins, enough, regret and worst regret of every choice, doing nothing first.

    Args:
        effects: ``(..., arms, worlds)``; what comes out is ``(..., arms + 1, 5)``.
        matters: Smallest effect of interest.
    """
    choices = np.concatenate([np.zeros_like(effects[..., :1, :]), effects], axis=-2)
    best = choices.max(axis=-2, keepdims=True)
    winner = (choices == best) & (best > matters)
    # An arm that is not better by what matters is no reason to do anything.
    winner[..., 0, :] = best[..., 0, :] <= matters
    regret = best - choices
    shared = winner / winner.sum(axis=-2, keepdims=True)
    columns = (
        choices.mean(axis=-1),
        shared.mean(axis=-1),
        (regret <= matters).mean(axis=-1),
        regret.mean(axis=-1),
        regret.max(axis=-1),
    )
    return np.stack(columns, axis=-1)
