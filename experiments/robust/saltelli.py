"""The points at which the gap between two arms is split into what makes it: Saltelli's design, by SALib.

Source: Saltelli et al. 2010, Comput. Phys. Commun. 181. A group's luck is no parameter, so every block of the
design, one base point with its neighbours and a second one, has lucks of its own, shared by all its points: a
step from one point to another meets the same luck, and luck as a whole is not left to a few draws. Parameters
that are not moved are drawn with the luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from SALib.sample import sobol as sample

from experiments.screening.design import Factor, Points

Floats = NDArray[np.float64]
#: Numbers of replicates from here on: none that another part of a study uses.
_FIRST = 1 << 30


@dataclass(frozen=True, eq=False)
class Saltelli(Points):
    """Blocks of a base point, its neighbours by one coordinate, and a second base point."""

    @classmethod
    def of(cls, factors: Sequence[Factor], samples: int, lucks: int, seed: int) -> Self:
        """Lay ``samples`` blocks, a power of 2, of ``factors + 2`` points."""
        made = sample.sample(problem(len(factors)), samples, calc_second_order=False, seed=seed)
        unit = np.asarray(made, np.float64)
        block = np.repeat(np.arange(samples), len(factors) + 2)
        return cls(tuple(factors), unit, _FIRST + block[:, None] * lucks + np.arange(lucks))

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.unit) // (len(self.factors) + 2)


def problem(count: int) -> dict[str, Any]:
    """So many coordinates as SALib wants them told."""
    return {"num_vars": count, "names": [str(n) for n in range(count)], "bounds": [[0.0, 1.0]] * count}
