"""What moved what: elementary effects with their noise, and signs of comparisons that steps flip.

Morris (1991): the elementary effect of a parameter is the change of an output over one step divided by the
step; mu is its mean over paths, mu* the mean of its size (Campolongo et al. 2007), sigma its spread, which
interactions and curvature make.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import morris
from scipy.stats import t as student

from experiments.screening.design import LEVELS, STEP, Design

Floats = NDArray[np.float64]
_RESAMPLES = 1000


@dataclass(frozen=True, eq=False)
class Moves:
    """How each coordinate of a design moves an output.

    Arrays are ``(coordinates,)``, in the output's unit per whole range.

    Attributes:
        mu: Mean effect of going from one end of the range to the other.
        mu_star: Mean size of it, whatever its sign.
        wide: Half width of the 95% bootstrap interval of ``mu_star`` over paths.
        sigma: Spread of the effect over paths.
        floor: The ``mu_star`` that luck alone would show, were the true effect nought on every path.
        clear: Share of steps that moved the output by more than luck does, 95% paired t over lucks.
    """

    mu: Floats
    mu_star: Floats
    wide: Floats
    sigma: Floats
    floor: Floats
    clear: Floats

    @property
    def real(self) -> NDArray[np.bool_]:
        """Coordinates whose effect stands out of luck: the interval of ``mu_star`` lies over the floor."""
        return (self.mu_star - self.wide > self.floor) & (self.mu_star > 0)


def moves(design: Design, values: Floats, seed: int = 0) -> Moves:
    """Elementary effects of an output ``(points, lucks)``; lucks of one path are matched."""
    count = design.unit.shape[1]
    problem = {"num_vars": count, "names": list(design.keys), "bounds": [[0.0, 1.0]] * count}
    found = morris.analyze(
        problem,
        design.unit,
        np.asarray(values.mean(axis=1), np.float64),
        num_resamples=_RESAMPLES,
        num_levels=LEVELS,
        seed=seed,
    )
    change = values[design.after] - values[design.before]  # (paths, coordinates, lucks)
    error = change.std(axis=2, ddof=1) / np.sqrt(change.shape[2])
    reach = student.ppf(0.975, change.shape[2] - 1)
    return Moves(
        np.asarray(found["mu"], np.float64),
        np.asarray(found["mu_star"], np.float64),
        np.asarray(found["mu_star_conf"], np.float64),
        np.asarray(found["sigma"], np.float64),
        np.sqrt(2 / np.pi) * error.mean(axis=0) / STEP,
        (np.abs(change.mean(axis=2)) > reach * error).mean(axis=0),
    )


def signs(difference: Floats) -> NDArray[np.int64]:
    """Sign of a matched difference ``(points, lucks)`` at each point; 0 where its 95% interval holds 0."""
    lucks = difference.shape[1]
    error = difference.std(axis=1, ddof=1) / np.sqrt(lucks)
    mean = difference.mean(axis=1)
    return np.where(np.abs(mean) > student.ppf(0.975, lucks - 1) * error, np.sign(mean), 0).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Turns:
    """What the steps of each coordinate do to the sign of a comparison; counts of paths, ``(coordinates,)``.

    Attributes:
        flips: Steps that lead from one clear sign to the other.
        low: Clearly worse and clearly better at the lower end of the step, ``(coordinates, 2)``.
        high: The same at its upper end.
    """

    flips: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def turns(design: Design, sign: NDArray[np.int64]) -> Turns:
    """Count what steps do to the signs ``(points,)`` of a comparison."""
    low, high = sign[design.before], sign[design.after]
    return Turns(
        (low * high == -1).sum(axis=0),
        np.stack([(low == side).sum(axis=0) for side in (-1, 1)], axis=1),
        np.stack([(high == side).sum(axis=0) for side in (-1, 1)], axis=1),
    )
