"""What each parameter alone makes of an output: a curve for each, fitted to the points of a design at once.

The output is taken for a sum of curves and of what is left over; a curve is a polynomial in the quantile of
its parameter's range, in Legendre's polynomials, which are uncorrelated where quantiles are even. So a curve
is the mean output over the plausible values of all other parameters and over luck, and its variance is what
the parameter makes alone (polynomial chaos; Sudret 2008, Reliab. Eng. Syst. Saf. 93). That uses every point
for every parameter, and so needs far fewer groups than differences between pairs of points do.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from experiments.robust.saltelli import Saltelli

Floats = NDArray[np.float64]
DEGREE = 2
_RESAMPLES, _SEED = 1000, 20_240_229


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves of all parameters of a design.

    Attributes:
        level: Mean output.
        slopes: ``(factors, degree)`` weights of the polynomials, each of mean 0 and variance 1.
        levels: ``(resamples,)`` means in resamples of the design's blocks, whose points share their luck.
        many: ``(resamples, factors, degree)`` weights in the same resamples.
    """

    level: float
    slopes: Floats
    levels: Floats
    many: Floats

    @classmethod
    def fit(cls, design: Saltelli, values: Floats, degree: int = DEGREE) -> Self:
        """Least squares on an output ``(points, lucks)``, told of the luck that points of a block share."""
        gap, count = values.mean(axis=1), len(design.factors)
        columns = polynomials(design.unit[:, :count], degree).reshape(len(gap), -1)
        table = np.column_stack([np.ones(len(gap)), columns]).reshape(design.blocks, -1, 1 + columns.shape[1])
        gap = gap.reshape(design.blocks, -1)
        drawn_in = _common(table, gap)
        inner = table - drawn_in * table.mean(axis=1, keepdims=True)
        squares = np.einsum("bpi,bpj->bij", inner, inner)
        sides = np.einsum("bpi,bp->bi", inner, gap - drawn_in * gap.mean(axis=1, keepdims=True))
        rng = np.random.default_rng(_SEED)
        even = np.full(design.blocks, 1 / design.blocks)
        weights = np.vstack([np.ones(design.blocks), rng.multinomial(design.blocks, even, _RESAMPLES)])
        left = np.tensordot(weights, squares, 1)
        left += 1e-9 * gap.size * np.eye(left.shape[1])  # a resample may lack what tells two columns apart
        solved = np.linalg.solve(left, (weights @ sides)[..., None])[..., 0]
        slopes = solved[:, 1:].reshape(len(solved), count, degree)
        return cls(float(solved[0, 0]), slopes[0], solved[1:, 0], slopes[1:])

    def along(self, u: Floats) -> tuple[Floats, Floats]:
        """Every curve at quantiles ``(places,)``: ``(factors, places)``, and of resamples before that."""
        basis = polynomials(u, self.slopes.shape[1])
        one = self.level + self.slopes @ basis.T
        return one, self.levels[:, None, None] + self.many @ basis.T

    def variances(self) -> tuple[Floats, Floats]:
        """Variance that each parameter makes alone, ``(factors,)``, and its standard error.

        What noise adds to squares of weights, as its spread over resamples tells, is taken off.
        """
        noise = self.many.var(axis=0).sum(axis=1)
        again = (self.many**2).sum(axis=2)
        return np.maximum((self.slopes**2).sum(axis=1) - noise, 0.0), again.std(axis=0)


def _common(table: Floats, gap: Floats) -> float:
    """How much of its block's mean to take off each point, so that what is left is independent.

    That is generalised least squares with one variance for blocks and one within them (Fuller and Battese
    1973, J. Am. Stat. Assoc. 68), both from the residuals of plain least squares.

    Args:
        table: ``(blocks, points, columns)``.
        gap: ``(blocks, points)``.
    """
    columns = table.reshape(-1, table.shape[2])
    weights = np.linalg.lstsq(columns, gap.ravel(), rcond=None)[0]
    left = gap - table @ weights
    within, between = float(left.var(axis=1, ddof=1).mean()) / left.shape[1], float(left.mean(axis=1).var())
    return 1.0 - min(1.0, float(np.sqrt(within / between))) if between > 0.0 else 0.0


def polynomials(u: Floats, degree: int) -> Floats:
    """Legendre's polynomials on quantiles, but for the constant, each of mean 0 and variance 1."""
    scale = np.sqrt(2.0 * np.arange(1, degree + 1) + 1.0)
    return np.asarray(legvander(2.0 * u - 1.0, degree)[..., 1:] * scale, np.float64)
