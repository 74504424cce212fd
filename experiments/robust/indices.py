"""Sobol indices of the gap between two arms: what share of it each leading parameter makes.

First order from the curves (see :mod:`experiments.robust.curves`), total by Jansen (1999, Comput. Phys.
Commun. 117) as SALib has it. What luck leaves over in a mean of few lucks is measured by their spread and
taken out: of the variance, and of the squared steps that total indices are made of.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analyse

from experiments.robust.curves import Curves
from experiments.robust.saltelli import Saltelli, problem

Floats = NDArray[np.float64]
_RESAMPLES, _SEED = 1000, 20_240_229
#: Share of the variance that is not luck below which nothing can be told; intervals then say so.
_LEAST = 0.05


@dataclass(frozen=True, eq=False)
class Indices:
    """Shares of the variance of an output that parameters make, luck taken out; ``(factors,)`` each.

    Attributes:
        first: Alone (first-order index).
        first_wide: Half width of its 95% bootstrap interval over blocks.
        total: Together with what it does through others (total index).
        total_wide: The same of it.
        luck: Share of the variance of the points' means that luck and all other parameters made; a number.
    """

    first: Floats
    first_wide: Floats
    total: Floats
    total_wide: Floats
    luck: float


def indices(design: Saltelli, values: Floats, curves: Curves, seed: int = 0) -> Indices:
    """Sobol indices of an output ``(points, lucks)`` with its curves; lucks of one block are matched."""
    count, lucks = len(design.factors), values.shape[1]
    mean = values.mean(axis=1)
    variance = float(mean.var())
    nothing = np.zeros(count)
    if not variance > 0.0:
        return Indices(nothing, nothing, nothing, nothing, 0.0)
    found = analyse.analyze(
        problem(count), mean, calc_second_order=False, num_resamples=_RESAMPLES, seed=seed
    )
    blocks = values.reshape(design.blocks, count + 2, lucks)
    steps = blocks[:, 1:-1] - blocks[:, :1]  # (blocks, factors, lucks)
    noise = steps.var(axis=2, ddof=1).mean(axis=0) / lucks / 2.0 / variance
    luck = min(float(values.var(axis=1, ddof=1).mean()) / lucks / variance, 1.0)
    scale = 1.0 / max(1.0 - luck, _LEAST)
    alone, error = curves.variances()
    unsure = alone * scale * _spread(mean.reshape(design.blocks, -1)) / variance
    return Indices(
        np.minimum(scale * alone / variance, 1.0),
        scale * 1.96 * np.hypot(error, unsure) / variance,
        np.clip(scale * (np.asarray(found["ST"], np.float64) - noise), 0.0, 1.0),
        scale * np.asarray(found["ST_conf"], np.float64),
        luck,
    )


def _spread(blocks: Floats) -> float:
    """Standard error of the variance of all points ``(blocks, points)``, by resampled blocks."""
    count = len(blocks)
    rng = np.random.default_rng(_SEED)
    some = rng.multinomial(count, np.full(count, 1 / count), _RESAMPLES) / count
    centred = blocks - blocks.mean()
    return float((some @ (centred**2).mean(axis=1) - (some @ centred.mean(axis=1)) ** 2).std())
