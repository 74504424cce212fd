"""The statistics that patterns are read with; known answers are in the tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import gammaln

Floats = NDArray[np.float64]


def weibull_shape(times: ArrayLike, censored: ArrayLike) -> float:
    """Shape of a Weibull distribution by maximum likelihood; NaN with fewer than two different deaths.

    The scale is worked out of the likelihood, and the shape is the root of what is left.

    Args:
        times: Lifetimes or times of censoring, above 0, ``(n,)``.
        censored: Still alive then, ``(n,)``.
    """
    t, dead = np.asarray(times, np.float64), ~np.asarray(censored, bool)
    if len(np.unique(t[dead])) < 2:
        return float("nan")
    logs = np.log(t / t.max())
    middle = logs[dead].mean()

    def score(shape: float) -> float:
        weight = np.exp(shape * logs)
        return float(1 / shape + middle - weight @ logs / weight.sum())

    return float(brentq(score, 1e-3, 50.0))


def auc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Chance that a positive case scores above a negative one, ties half; NaN without both kinds."""
    x, yes = np.asarray(scores, np.float64), np.asarray(positive, bool)
    n, m = int(yes.sum()), int((~yes).sum())
    if not n or not m:
        return float("nan")
    return float((stats.rankdata(x)[yes].sum() - n * (n + 1) / 2) / (n * m))


def held_out_auc(features: ArrayLike, positive: ArrayLike, fold: ArrayLike) -> float:
    """AUC of a linear discriminant that is fitted on each half of the cases and scored on the other.

    Args:
        features: ``(n, k)``.
        positive: Class, ``(n,)``.
        fold: Half of each case, ``(n,)`` bool.
    """
    x, yes, half = np.asarray(features, np.float64), np.asarray(positive, bool), np.asarray(fold, bool)
    found = []
    for test in (half, ~half):
        a, b = x[~test & yes], x[~test & ~yes]
        if len(a) < 2 or len(b) < 2:
            return float("nan")
        within = np.cov(a.T) * (len(a) - 1) + np.cov(b.T) * (len(b) - 1)
        ridge = 1e-6 * np.trace(np.atleast_2d(within)) + 1e-12
        weights = np.linalg.solve(np.atleast_2d(within) + ridge * np.eye(x.shape[1]), a.mean(0) - b.mean(0))
        found.append(auc(x[test] @ weights, yes[test]))
    return float(np.mean(found))


def heavier_than_poisson(counts: ArrayLike) -> bool:
    """Whether a negative binomial or a log-normal distribution beats Poisson by AIC on these counts."""
    x = np.asarray(counts, np.float64)
    mean = x.mean()
    if mean == 0:
        return False
    poisson = 2 - 2 * float((x * np.log(mean) - mean - gammaln(x + 1)).sum())
    if 4 - 2 * _negative_binomial(x, mean) < poisson:
        return True
    return 4 - 2 * _log_normal(x) < poisson


def _negative_binomial(x: Floats, mean: float) -> float:
    """Greatest log-likelihood; the mean of the best fit is that of the data."""

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        terms = gammaln(x + size) - gammaln(size) - gammaln(x + 1)
        terms += size * np.log(size / (size + mean)) + x * np.log(mean / (size + mean))
        return -float(terms.sum())

    return -float(minimize_scalar(loss, bounds=(-7, 9), method="bounded").fun)


def _log_normal(x: Floats) -> float:
    """Greatest log-likelihood of a log-normal cut to whole numbers: n stands for n to n + 1."""

    def loss(at: Floats) -> float:
        spread = np.exp(at[1])
        upper = stats.norm.cdf(np.log(x + 1), at[0], spread)
        lower = np.where(x > 0, stats.norm.cdf(np.log(np.maximum(x, 1)), at[0], spread), 0.0)
        return -float(np.log(np.maximum(upper - lower, 1e-300)).sum())

    logs = np.log(x + 0.5)
    start = np.array([logs.mean(), np.log(logs.std() + 0.1)])
    return -float(minimize(loss, start, method="Nelder-Mead").fun)


def top_share(counts: ArrayLike, share: float = 0.1) -> float:
    """Part of the total that comes from the given share of people, at least one; NaN for no total."""
    x = np.sort(np.asarray(counts, np.float64))[::-1]
    if x.sum() == 0:
        return float("nan")
    return float(x[: max(1, round(share * len(x)))].sum() / x.sum())


def largest_spearman(columns: ArrayLike) -> float:
    """Largest rank correlation among the pairs of columns, ``(n, k)``; rows with a gap are left out."""
    x = np.asarray(columns, np.float64)
    x = x[np.isfinite(x).all(axis=1)]
    ranks = np.apply_along_axis(stats.rankdata, 0, x)
    if len(x) < 3 or (ranks.std(axis=0) == 0).any():
        return float("nan")
    rho = np.corrcoef(ranks.T)
    return float(rho[np.triu_indices(len(rho), 1)].max())


def slope(x: ArrayLike, y: ArrayLike) -> float:
    """Slope of a straight line by least squares."""
    a, b = np.asarray(x, np.float64), np.asarray(y, np.float64)
    a = a - a.mean()
    return float(a @ b / (a @ a))


def pooled_difference(good: ArrayLike, of: ArrayLike, rival_good: ArrayLike, rival_of: ArrayLike) -> float:
    """Difference of two shares within groups, pooled over groups (Mantel and Haenszel).

    Args:
        good: Successes of each group, ``(G,)``.
        of: Cases of each.
        rival_good: Successes of those compared with.
        rival_of: Their cases.
    """
    a, n, b, m = (np.asarray(x, np.float64) for x in (good, of, rival_good, rival_of))
    both = (n > 0) & (m > 0)
    a, n, b, m = a[both], n[both], b[both], m[both]
    weight = n * m / (n + m)
    return float(((a / n - b / m) * weight).sum() / weight.sum()) if len(weight) else float("nan")
