"""What a screening found, for whoever shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.screening.design import LUCK, Design
from experiments.screening.effects import Moves, Turns, moves, signs, turns
from experiments.screening.runs import METRICS
from experiments.study import Study

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One arm against another at every point.

    Attributes:
        arm: Label of the arm.
        other: Label of what it is compared with.
        mean: Mean difference over points and lucks, by metric.
        shares: Shares of points at which it is clearly worse, unclear and clearly better, by metric.
        moves: What moves the difference in voices.
        turns: What turns its sign.
    """

    arm: str
    other: str
    mean: dict[str, float]
    shares: dict[str, tuple[float, float, float]]
    moves: Moves
    turns: Turns

    @property
    def turned(self) -> list[int]:
        """The parameters that turn its sign more often than fresh luck does, and move it beyond luck."""
        flips = self.turns.flips
        return [
            n for n in np.argsort(-flips[:-1], kind="stable") if flips[n] > flips[-1] and self.moves.real[n]
        ]

    @property
    def one_sided(self) -> bool:
        """Whether it is clear at a third of all points at least, and one sign at over 95% of those."""
        worse, unclear, better = self.shares["voices"]
        return unclear <= 2 / 3 and max(worse, better) > 0.95 * (worse + better)


@dataclass(frozen=True, eq=False)
class Screening:
    """A screening.

    Attributes:
        study: Arms, community and horizon.
        design: What was moved, and how.
        values: ``(metrics, arms, points, lucks)``.
        pairs: Labels of arms that are compared.
        command: The line that gives it again.
    """

    study: Study
    design: Design
    values: Floats
    pairs: Sequence[tuple[str, str]]
    command: str

    @cached_property
    def baseline(self) -> dict[str, Moves]:
        """What moves the baseline, by metric."""
        return {
            name: moves(self.design, self.values[n, 0], self.study.seed) for n, name in enumerate(METRICS)
        }

    @cached_property
    def level(self) -> dict[str, float]:
        """The baseline's mean over points and lucks, by metric."""
        return {name: float(self.values[n, 0].mean()) for n, name in enumerate(METRICS)}

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every comparison asked for."""
        return tuple(self._compare(arm, other) for arm, other in self.pairs)

    def _compare(self, arm: str, other: str) -> Comparison:
        at, of = self.study.labels.index(arm), self.study.labels.index(other)
        gap = dict(zip(METRICS, self.values[:, at] - self.values[:, of], strict=True))
        sign = {name: signs(difference) for name, difference in gap.items()}
        return Comparison(
            arm,
            other,
            {name: float(difference.mean()) for name, difference in gap.items()},
            {name: tuple(float((one == side).mean()) for side in (-1, 0, 1)) for name, one in sign.items()},  # type: ignore[misc]
            moves(self.design, gap["voices"], self.study.seed),
            turns(self.design, sign["voices"]),
        )

    def largest(self, found: Moves, most: int) -> list[int]:
        """The parameters that move an output beyond luck, the strongest first, at most so many."""
        order = np.argsort(-found.mu_star, kind="stable")
        return [int(n) for n in order if found.real[n] and self.design.keys[n] != LUCK][:most]

    def turning(self, comparison: Comparison, most: int) -> list[int]:
        """The parameters that turn a comparison's sign or move it most, at most so many."""
        flips, size = comparison.turns.flips, comparison.moves.mu_star
        order = sorted(range(len(self.design.factors)), key=lambda n: (-flips[n], -size[n]))
        return [n for n in order if flips[n] or comparison.moves.real[n]][:most]
