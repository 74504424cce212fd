"""Confidence sequences: intervals of a mean that hold at all looks at once, however often and when one looks.

A 95% interval holds for one look that was fixed beforehand. Who looks after every replicate and stops as soon
as 0 is left out finds an effect of nothing far more often than once in twenty. Here the probability that the
interval ever misses the mean, at any n from 2 on, is at most 1 - level.

**How.** The effect in standard deviations is mixed over N(0, tau^2) and the unknown spread over its right
Haar measure. The likelihood ratio of that mixture against a mean of mu is, with t the t statistic for mu,

    L_n = (1 + n tau^2)^(-1/2) [ (1 + t^2/(n-1)) / (1 + t^2/((n-1)(1 + n tau^2))) ]^(n/2),

the Bayes factor of Rouder et al. 2009 (Psychon. Bull. Rev. 16) with a normal prior. For normal differences it
is a martingale of mean 1, so by Ville's inequality it ever passes 1/alpha with probability alpha at most, and
{mu: L_n < 1/alpha} is a confidence sequence: exact at any n, however small (Wang & Ramdas 2023, Anytime-valid
t-tests and confidence sequences for Gaussian means with unknown variance, arXiv 2310.03722). As n grows it
becomes Robbins' normal mixture with the estimated spread, which is an asymptotic confidence sequence for
differences of any distribution with a little more than two moments (Waudby-Smith, Arbour, Sinha, Kennedy &
Ramdas 2024, Time-uniform central limit theory, Ann. Statist. 52). So skewed differences should not be looked
at too early: start at ``intervals.ENOUGH``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.intervals import Floats

#: Number of replicates at which a sequence is narrowest, unless said otherwise.
TIGHTEST = 200


@dataclass(frozen=True)
class ConfidenceSequence:
    """A confidence sequence; all of it is fixed before the first look.

    Attributes:
        level: Probability that every interval of the sequence holds the mean.
        tightest: About the number of replicates at which it is narrowest beside a fixed interval. It stays
            valid everywhere, and is hardly wider over a decade to either side.
    """

    level: float = 0.95
    tightest: int = TIGHTEST

    @property
    def alpha(self) -> float:
        """Probability of ever missing."""
        return 1.0 - self.level

    @property
    def tau2(self) -> float:
        """Variance of the mixture, in squared standard deviations (Waudby-Smith et al. 2024, appendix)."""
        twice = -2.0 * np.log(self.alpha)
        return float((twice + np.log(twice + 1.0)) / self.tightest)

    def critical(self, n: ArrayLike) -> Floats:
        """Largest |t| inside at ``n`` replicates: what Student's quantile is for a single look.

        Infinite below two replicates and as long as nothing can be left out.
        """
        count = np.asarray(n, np.float64)
        wider = 1.0 + count * self.tau2
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            grown = (wider / self.alpha**2) ** (1.0 / count)
            t2 = (count - 1.0) * wider * (grown - 1.0) / (wider - grown)
            open_ended = (count < 2.0) | ~(grown < wider)
            return np.where(open_ended, np.inf, np.sqrt(np.where(open_ended, 0.0, t2)))

    def interval(self, n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> tuple[Floats, Floats]:
        """Interval at a look, from the moments of the differences seen so far.

        Args:
            n: Number of differences.
            mean: Their mean.
            sd: Their standard deviation (ddof 1); where 0 the interval is the mean, from two replicates on.

        Returns:
            Lower and upper ends, of the arguments' common shape; infinite while nothing is left out.
        """
        count, middle, spread = (np.asarray(x, np.float64) for x in (n, mean, sd))
        with np.errstate(invalid="ignore", divide="ignore"):
            reach = self.critical(count) * spread / np.sqrt(count)
        reach = np.where((count >= 2.0) & (spread == 0.0), 0.0, np.where(np.isnan(reach), np.inf, reach))
        return middle - reach, middle + reach


@dataclass(frozen=True)
class Looks:
    """Mean and spread of differences at every look, and the intervals there.

    Attributes:
        n: ``(looks,)`` replicates seen at each look.
        mean: ``(..., looks)`` mean of the differences seen so far.
        sd: The same for their standard deviation.
    """

    n: Floats
    mean: Floats
    sd: Floats

    @classmethod
    def at(cls, differences: ArrayLike, n: ArrayLike) -> "Looks":
        """Looks at differences ``(..., replicates)`` after the first ``n`` of them, each at least 1.

        All differences must be finite: drop undefined pairs before.
        """
        d = np.asarray(differences, np.float64)
        counts = np.asarray(n, np.intp)
        shift = d[..., :1]  # near the mean, so that sums of squares keep their digits
        total = np.cumsum(d - shift, axis=-1)[..., counts - 1]
        squares = np.cumsum((d - shift) ** 2, axis=-1)[..., counts - 1]
        size = counts.astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = (squares - total**2 / size) / (size - 1.0)
        return cls(size, shift + total / size, np.sqrt(np.maximum(variance, 0.0)))

    def intervals(self, sequence: ConfidenceSequence) -> tuple[Floats, Floats]:
        """Ends of the sequence's interval at each look, ``(..., looks)``."""
        return sequence.interval(self.n, self.mean, self.sd)

    def leaves_out(self, critical: ArrayLike, value: float = 0.0) -> NDArray[np.bool_]:
        """``(...)`` whether ``value`` is left out at some look, given the largest |t| inside at each."""
        reach = np.asarray(critical, np.float64) * self.sd / np.sqrt(self.n)
        return np.asarray((np.abs(self.mean - value) > reach).any(axis=-1))
