"""Main effects and interactions of tactics from matched cells, each a contrast within replicates.

In every replicate a contrast is one number, so its interval is an ordinary paired one. Two designs:

* **factorial**: every combination of k tactics, 2^k cells with the empty one. A main effect is the mean over
  the other tactics' combinations of (with - without); the interaction of two is the mean over the others'
  combinations of (both - one - other + neither): what both do beyond the sum of each. Up to their scale these
  are the orthogonal contrasts of Box, Hunter & Hunter (Statistics for Experimenters, ch. 10): an interaction
  of j tactics is 2^(j-1) times theirs, which halves it with each further tactic.
* **pairs**: the empty cell, every tactic alone, and pairs. A main effect is (alone - neither), an interaction
  (both - one - other + neither).

So an interaction means the same in both, in the metric's unit; a factorial measures it with fewer runs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from experiments.statistics.intervals import Estimate, Floats, simultaneous_level

#: Which tactics a cell holds.
Cell = frozenset[str]


@dataclass(frozen=True)
class Contrast:
    """A main effect or an interaction.

    Attributes:
        tactics: One for a main effect, two or more for an interaction, in the design's order.
        n_pairs: Replicates in which every cell it needs is defined.
        effect: Its mean, in the metric's unit; NaN for none.
        ci_low: Lower end of its 95% interval.
        ci_high: Upper end.
        ci90_low: Lower end of its 90% interval, for "no material interaction".
        ci90_high: Upper end.
        sim_low: Lower end of the 95% interval that holds for all contrasts of the design at once (max-t).
        sim_high: Upper end.
        method: ``paired t`` or ``bootstrap-t``.
    """

    tactics: tuple[str, ...]
    n_pairs: int
    effect: float
    ci_low: float
    ci_high: float
    ci90_low: float
    ci90_high: float
    sim_low: float
    sim_high: float
    method: str


def weights(cells: Iterable[Cell], order: Sequence[str] = ()) -> dict[tuple[str, ...], dict[Cell, float]]:
    """Weight of each cell in each contrast, main effects first; what a design cannot tell is not in it.

    Args:
        cells: The design's cells. Every combination makes it a factorial; else it is read as pairs.
        order: Order of the tactics; by name where left out.

    Raises:
        ValueError: The empty cell is not there, or no contrast can be made.
    """
    there = frozenset(cells)
    names = tuple(order) or tuple(sorted({name for cell in there for name in cell}))
    if Cell() not in there:
        raise ValueError("cells: one without any tactic must be among them")
    full = len(there) == 2 ** len(names)
    found: dict[tuple[str, ...], dict[Cell, float]] = {}
    for size in range(1, len(names) + 1 if full else 3):
        for chosen in combinations(names, size):
            made = _factorial(chosen, there) if full else _apart(chosen)
            if made.keys() <= there:
                found[chosen] = made
    if not found:
        raise ValueError("cells: there is no tactic alone among them")
    return found


def interactions(values: Mapping[Cell, ArrayLike], order: Sequence[str] = ()) -> tuple[Contrast, ...]:
    """Every main effect and interaction that a design can tell, main effects first.

    Args:
        values: Per cell (n,) the metric in each replicate; NaN where it is not defined there.
        order: Order of the tactics; by name where left out.

    Raises:
        ValueError: The empty cell is not there, or no contrast can be made.
    """
    table = {cell: np.asarray(numbers, np.float64) for cell, numbers in values.items()}
    rows: dict[tuple[str, ...], Floats] = {}
    for chosen, weight in weights(table, order).items():
        rows[chosen] = np.asarray(sum(w * table[cell] for cell, w in weight.items()), np.float64)
        rows[chosen][~np.isfinite(rows[chosen])] = np.nan
    level = simultaneous_level(list(rows.values()))
    scale = max((float(np.nanmax(np.abs(x), initial=0.0)) for x in table.values()), default=0.0)
    return tuple(_contrast(chosen, row, level, scale) for chosen, row in rows.items())


def _contrast(chosen: tuple[str, ...], row: Floats, level: float, scale: float) -> Contrast:
    estimate = Estimate.of(row[np.isfinite(row)], scale)
    (low, high), (low90, high90) = estimate.interval(), estimate.interval(0.90)
    sim_low, sim_high = estimate.interval(level)
    return Contrast(
        tactics=chosen,
        n_pairs=estimate.n,
        effect=estimate.mean,
        ci_low=low,
        ci_high=high,
        ci90_low=low90,
        ci90_high=high90,
        sim_low=sim_low,
        sim_high=sim_high,
        method=estimate.method,
    )


def _factorial(chosen: tuple[str, ...], cells: Iterable[Cell]) -> dict[Cell, float]:
    """Signs by how many of the chosen a cell lacks; the mean over combinations of the others."""
    made = {cell: (-1.0) ** len(set(chosen) - cell) for cell in cells}
    return {cell: sign * 2 ** len(chosen) / len(made) for cell, sign in made.items()}


def _apart(chosen: tuple[str, ...]) -> dict[Cell, float]:
    """The same from the cells that hold none but the chosen."""
    return {
        Cell(held): (-1.0) ** (len(chosen) - size)
        for size in range(len(chosen) + 1)
        for held in combinations(chosen, size)
    }
