"""Fitting: how much each parameter vector counts, from the training rooms alone.

The prediction for a room is a mixture over vectors. Their weights minimise the training rooms' mean scores
(Brier at both horizons, CRPS of log(1 + messages), each over that of a forecast that knows nothing of the
room) plus a pull towards even weights, :data:`PULL` times the Kullback-Leibler divergence. All scores are
quadratic in the weights, so there is one minimum; exponentiated gradients find it. Rooms differ in their
parameters, so a mixture that stays wide has not failed to converge: it is what a room's own are drawn from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.validation.rooms.bank import Runs
from experiments.validation.rooms.scoring import Fates, weights
from experiments.validation.rooms.week import HORIZONS

Floats = NDArray[np.float64]
#: How strongly weights are pulled together; chosen beforehand.
PULL = 0.1
_STEPS, _STRIDE = 400, 0.5
_GRID = np.linspace(0.0, 10.0, 51)


@dataclass(frozen=True, eq=False)
class Chances:
    """What each vector says about n rooms.

    Attributes:
        alive: Chance of living longer than each horizon, ``(n, K)`` each.
        below: Chance that log(1 + messages) is at most each point of a grid, ``(n, K, G)``.
    """

    alive: dict[int, Floats]
    below: Floats

    @classmethod
    def of(cls, runs: list[Runs]) -> "Chances":
        """From the bank."""
        return cls(
            {h: np.array([(r.lived > h).mean(axis=1) for r in runs]) for h in HORIZONS},
            np.array([(np.log1p(r.messages)[:, :, None] <= _GRID).mean(axis=1) for r in runs]),
        )

    def first(self, vectors: int) -> "Chances":
        """Of the first vectors only."""
        return Chances({h: a[:, :vectors] for h, a in self.alive.items()}, self.below[:, :vectors])


def fit(chances: Chances, fates: Fates, messages: Floats, train: NDArray[np.int64]) -> Floats:
    """Weights of the vectors, ``(K,)``, from the rooms in ``train``.

    A horizon beyond which no training room was watched says nothing and is left out.
    """
    known = fates.take(train)
    parts: list[tuple[Floats, Floats, Floats]] = []  # predictions (m, K), outcomes and weights (m,)
    for horizon, alive in chances.alive.items():
        parts += _part(alive[train], known.lived > horizon, weights(known, horizon, known))
    seen = train[messages[train] >= 0]
    if len(seen):
        below = chances.below[seen]
        parts += _part(
            below.transpose(0, 2, 1).reshape(-1, below.shape[1]),
            (np.log1p(messages[seen])[:, None] <= _GRID).reshape(-1),
            np.ones(below.shape[0] * len(_GRID)),
        )
    count = chances.below.shape[1]
    log = np.zeros(count)
    hessians = [(p * w[:, None]).T @ p for p, _, w in parts]
    slopes = [(p * w[:, None]).T @ y for p, y, w in parts]
    for _ in range(_STEPS):
        share = _softmax(log)
        gradient = sum(
            (2.0 * (h @ share - s) for h, s in zip(hessians, slopes, strict=True)), np.zeros(count)
        )
        gradient += PULL * (np.log(share) + np.log(count))
        log = np.log(share) - _STRIDE * (gradient - gradient @ share)
    return _softmax(log)


def _part(
    predicted: Floats, happened: NDArray[np.bool_], weight: Floats
) -> list[tuple[Floats, Floats, Floats]]:
    """A quadratic score, scaled by that of the mean outcome; none where that one is perfect."""
    outcome = happened.astype(np.float64)
    if weight.sum() == 0:
        return []
    usual = _usual(outcome, weight)
    ignorant = float((weight * (outcome - usual) ** 2).sum())
    return [(predicted, outcome, weight / ignorant)] if ignorant > 0 else []


def _usual(outcome: Floats, weight: Floats) -> Floats | float:
    """The mean outcome, of each point of the grid where it is one."""
    if len(outcome) % len(_GRID) == 0 and (weight == 1).all():
        mean = outcome.reshape(-1, len(_GRID)).mean(axis=0)
        return np.tile(mean, len(outcome) // len(_GRID))
    return float(weight @ outcome / weight.sum())


def _softmax(log: Floats) -> Floats:
    share = np.exp(log - log.max())
    return np.asarray(share / share.sum())
