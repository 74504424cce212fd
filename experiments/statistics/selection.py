"""Choosing the best of several arms with a stated probability of being right, and dropping losers on the way.

Procedure KN (Kim & Nelson 2001, A fully sequential procedure for indifference-zone selection in simulation,
ACM TOMACS 11), with c = 1. Every arm gets ``first`` replicates; then one replicate at a time to each arm that
is left, and after each an arm is dropped once its mean lies further below another's than

    W(r) = max(0, (delta / 2r) (h^2 S^2 / delta^2 - r)),   h^2 = 2 eta (first - 1),
    eta = ((2 (1 - level) / (arms - 1))^(-2 / (first - 1)) - 1) / 2,

S^2 being the variance of the two arms' *difference* over the first replicates. So matched replicates, which
make S^2 small, end it sooner, and it stays valid with them: the Bonferroni form of eta needs no independence.
For normal values the arm that is left is the best with probability ``level`` at least, if the best is ahead
by ``delta`` or more; means of skewed values come close as ``first`` grows.

The package ``sim-tools`` (1.3.0) has a KN as well. It looks the variance of a pair up at the wrong place of a
flattened table whenever the second arm stands before the first, takes one run at a time through a callback,
and brings pandas, plotly and scikit-learn along; its KN++ adds the arms' variances and so takes them for
independent. Hence these lines.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from experiments.statistics.intervals import Floats


def eta(arms: int, first: int, level: float) -> float:
    """The constant of KN for c = 1 and arms that need not be independent."""
    return 0.5 * float((2.0 * (1.0 - level) / (arms - 1)) ** (-2.0 / (first - 1)) - 1.0)


@dataclass
class Selection:
    """KN under way. Feed it replicates as they come; what it decides does not depend on how many at a time.

    Attributes:
        arms: Number of arms.
        delta: Indifference zone: the smallest lead worth finding, above 0.
        level: Probability of a correct choice, above 1 / ``arms`` and below 1.
        first: Replicates of every arm before any is dropped, at least 2.
        left: Arms still in, rising; one when it is over.
        dropped: For each arm that is out, how many replicates it had.
        drawn: Replicates that every arm still in has had.
        means: ``(arms,)`` means over the replicates each arm had.
    """

    arms: int
    delta: float
    level: float = 0.95
    first: int = 40
    left: tuple[int, ...] = ()
    dropped: dict[int, int] = field(default_factory=dict)
    drawn: int = 0

    def __post_init__(self) -> None:
        if not (self.arms >= 1 and self.delta > 0.0 and self.first >= 2):
            raise ValueError(f"arms {self.arms}, delta {self.delta}, first {self.first}: too small")
        if not 1.0 / self.arms < self.level < 1.0 and self.arms > 1:
            raise ValueError(f"level is {self.level}; it must lie between 1/{self.arms} and 1")
        self.left = tuple(range(self.arms))
        self._sums = np.zeros(self.arms)
        self._opening: list[Floats] = []
        self._variance = np.zeros((self.arms, self.arms))
        self._h2 = 2.0 * eta(self.arms, self.first, self.level) * (self.first - 1) if self.arms > 1 else 0.0

    @property
    def done(self) -> bool:
        """Whether one arm is left."""
        return len(self.left) == 1

    @property
    def means(self) -> Floats:
        """Means over the replicates each arm had; NaN before the first."""
        count = np.array([self.dropped.get(arm, self.drawn) for arm in range(self.arms)], np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self._sums / count, np.float64)

    @property
    def leader(self) -> int:
        """The arm still in with the largest mean."""
        means = self.means
        return max(self.left, key=lambda arm: (float(means[arm]), -arm))

    @property
    def most(self) -> int:
        """Replicates after which one arm is left for certain; 0 while it is not known yet."""
        if self.drawn < self.first:
            return 0
        spread = self._variance[np.ix_(self.left, self.left)].max()
        return max(self.first, int(self._h2 * spread / self.delta**2) + 1)

    def add(self, values: ArrayLike) -> "Selection":
        """Go through more replicates, ``(arms, n)``, in order; larger is better.

        A replicate that is not finite in an arm still in is passed over for all; arms that are out are not
        looked at. Replicates behind the end are not looked at either.
        """
        for column in np.asarray(values, np.float64).T:
            if self.done:
                break
            if np.isfinite(column[list(self.left)]).all():
                self._step(column)
        return self

    def _step(self, column: Floats) -> None:
        """One replicate of every arm still in, and the screening after it."""
        inside = list(self.left)
        self._sums[inside] += column[inside]
        self.drawn += 1
        if self.drawn <= self.first:
            self._opening.append(column)
            if self.drawn < self.first:
                return
            x = np.array(self._opening)
            self._variance = (x[:, :, None] - x[:, None, :]).var(axis=0, ddof=1)
        r = self.drawn
        mean = self._sums[inside] / r
        spread = self._variance[np.ix_(inside, inside)]
        width = np.maximum(0.0, self.delta / (2.0 * r) * (self._h2 * spread / self.delta**2 - r))
        keep = np.asarray((mean[:, None] >= mean[None, :] - width).all(axis=1))
        if r >= self.most:  # ties to the bit, as between equal arms, would go on for ever
            keep = np.arange(len(inside)) == int(np.argmax(mean))
        for arm, stays in zip(inside, keep, strict=True):
            if not stays:
                self.dropped[arm] = r
        self.left = tuple(arm for arm, stays in zip(inside, keep, strict=True) if stays)
