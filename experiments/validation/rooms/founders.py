"""What each row makes of a room's first week: drawn by the model's own equations, given what was written.

The room has an effect u_r ~ N(level, group_spread). A person has a chance p of coming on a day, logit-normal
around the usual one shifted by u_r; starts s messages on a visit on average, gamma, times exp(u_r / 2); and
may have stopped looking at the end of any day t after joining, with the chance theta / (t + start) of
``departure``. Given p and s, a day with m messages has the likelihood

    p NB(m; s, dispersion)            m > 0
    1 - p + p NB(0; s, dispersion)    m = 0

and the day somebody is first seen NB(m; s, dispersion): who wrote much is seen first. Whoever has been silent
of late has stopped looking, or has not: both are weighed. New writers of days 1..6 are Poisson, at a rate of
the room's own, gamma over rooms, times exp(u_r / 2), fading with age. u_r, p and s are summed over even
quantiles, so the draw is exact but for that grid. Belonging, habit and content move little in a week and are
left out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaincinv, gammaln, logit, ndtri

from experiments.validation.rooms.prior import Vectors
from experiments.validation.rooms.week import KNOWN, Week

Floats = NDArray[np.float64]
#: Chance that somebody new comes on a day, and messages they start on a visit, where u_r is nought.
VISITING, MESSAGES = 0.1, 4.0
#: Age from which strangers come less, in days: the first week's end.
YOUTH = 7.0
#: Points of the grid: chances of coming, messages a visit, effects of the room.
_CHANCES, _LEVELS, _EFFECTS = 9, 7, 7


@dataclass(frozen=True, eq=False)
class Drawn:
    """A draw for each of K vectors and L lucks, with n founders.

    Attributes:
        effect: u_r, ``(K, L)``.
        strangers: Strangers a day on day 7, u_r apart, ``(K, L)``.
        coming: Each founder's logit of the chance of coming on a day, u_r apart, ``(K, L, n)``.
        messages: Messages each starts on a visit, u_r apart, ``(K, L, n)``.
        gone: Whether each has stopped looking, ``(K, L, n)``.
    """

    effect: Floats
    strangers: Floats
    coming: Floats
    messages: Floats
    gone: NDArray[np.bool_]

    def few(self, lucks: int) -> "Drawn":
        """The first ``lucks`` of each vector."""
        parts = {name: value[:, :lucks] for name, value in vars(self).items()}
        return replace(self, **parts)


def draw(week: Week, vectors: Vectors, lucks: int, luck: np.random.Generator) -> Drawn:
    """Draw a room as it may stand on the morning of day 7."""
    count = len(vectors)
    points = ndtri((np.arange(_EFFECTS) + 0.5) / _EFFECTS)
    effect = (vectors["level"][:, None] + vectors["group_spread"][:, None] * points).reshape(-1)
    grid = _Grid.of(week, vectors.repeated(_EFFECTS), effect)

    weight = [grid.posterior(counts[first:]) for first, counts in zip(week.first, week.messages, strict=True)]
    evidence = grid.arrivals(week.newcomers)
    for one in weight:
        evidence += np.log(one.sum(axis=(1, 2, 3)) / grid.writing)
    evidence = evidence.reshape(count, _EFFECTS)
    which = pick(np.exp(evidence - evidence.max(axis=1, keepdims=True)), lucks, luck)
    row = which + np.arange(count)[:, None] * _EFFECTS  # which line of the grid each draw is from

    shape = (count, lucks, week.posters)
    coming, messages, gone = np.empty(shape), np.empty(shape), np.empty(shape, bool)
    for i, one in enumerate(weight):
        flat = one.reshape(len(one), -1)[row.reshape(-1)]
        at = pick(flat, 1, luck).reshape(count, lucks)
        p, s, left = np.unravel_index(at, one.shape[1:])
        coming[:, :, i], messages[:, :, i] = grid.coming[row, p], grid.started[row, s]
        gone[:, :, i] = left == 1
    return Drawn(
        effect[row],
        grid.strangers(week.newcomers, row, luck),
        coming - effect[row][:, :, None],
        messages * np.exp(-effect[row] / 2)[:, :, None],
        gone,
    )


def pick(weight: Floats, lucks: int, luck: np.random.Generator) -> NDArray[np.int64]:
    """Places drawn with these weights, ``(rows, lucks)``: spread evenly over each row, then shuffled."""
    whole = np.cumsum(weight, axis=1)
    u = spread_out(len(weight), lucks, luck)
    return np.asarray((u[:, :, None] * whole[:, None, -1:] > whole[:, None, :]).sum(axis=2), np.int64)


def spread_out(rows: int, lucks: int, luck: np.random.Generator) -> Floats:
    """Uniforms, one in each of ``lucks`` equal cells, shuffled in every row, ``(rows, lucks)``."""
    cells = luck.permuted(np.tile(np.arange(lucks), (rows, 1)), axis=1)
    return np.asarray((cells + luck.random((rows, lucks))) / lucks)


def negative_binomial(count: int, mean: Floats, k: Floats) -> Floats:
    """Log probability of a count under a negative binomial with this mean and shape."""
    constant = gammaln(count + k) - gammaln(k) - gammaln(count + 1)
    return np.asarray(constant + k * np.log(k / (k + mean)) + count * np.log(mean / (k + mean)))


def others(week: Week) -> float:
    """Writers beside oneself on a day with messages."""
    writers = (week.messages > 0).sum(axis=0)
    return max(float(writers[writers > 0].mean()) - 1.0, 0.0)


def started(vectors: Vectors, effect: Floats) -> Floats:
    """Messages that somebody new starts on a visit, at even shares of their distribution, ``(V, levels)``."""
    shape = vectors["rate_shape"][:, None]
    middles = (np.arange(_LEVELS) + 0.5) / _LEVELS
    mean = MESSAGES * np.exp(effect / 2)[:, None]
    return np.maximum(gammaincinv(shape, middles) / shape * mean, 1e-3)


def writing(vectors: Vectors, effect: Floats) -> Floats:
    """Chance that somebody new writes on a visit, ``(V,)``."""
    k = vectors["dispersion"][:, None]
    return np.asarray((1.0 - (1.0 + started(vectors, effect) / k) ** -k).mean(axis=1))


@dataclass(frozen=True, eq=False)
class _Grid:
    """Lines of the grid, V = vectors x effects.

    Attributes:
        coming: Logit of the chance of coming, ``(V, chances)``.
        started: Messages started on a visit, ``(V, levels)``.
        level: The same with replies, as the log shows them, ``(V, levels)``.
        k: Shape of a day's messages, ``(V, 1)``.
        looking: Chance of still looking after 0, 1, ... days, ``(V, 8)``.
        writing: Chance that somebody new writes on a visit, ``(V,)``.
        shape: Gamma shape of rooms' rates of new writers, ``(V,)``; ``mean`` their mean on day 0.
        days: What days 1..6 add up to in days like day 0, times exp(u_r / 2), ``(V,)``.
        seventh: What a day like day 0 has become on day 7, ``(V,)``.
    """

    coming: Floats
    started: Floats
    level: Floats
    k: Floats
    looking: Floats
    writing: Floats
    shape: Floats
    mean: Floats
    days: Floats
    seventh: Floats

    @classmethod
    def of(cls, week: Week, v: Vectors, effect: Floats) -> "_Grid":
        """Lay it out for a room."""
        middles = (np.arange(_CHANCES) + 0.5) / _CHANCES
        begun = started(v, effect)
        replies = v["branching"] * -np.expm1(-others(week) / 3.0)
        hazard = v["theta"][:, None] / (np.arange(KNOWN) + v["start"][:, None])
        older = (1.0 + np.arange(KNOWN + 1) / YOUTH) ** -v["fading"][:, None]
        return cls(
            coming=logit(VISITING) + effect[:, None] + v["person_spread"][:, None] * ndtri(middles),
            started=begun,
            level=begun / (1.0 - replies)[:, None],
            k=v["dispersion"][:, None],
            looking=np.asarray(np.cumprod(np.column_stack([np.ones(len(hazard)), 1.0 - hazard]), axis=1)),
            writing=writing(v, effect),
            shape=v["evenness"],
            mean=v["arrivals"],
            days=older[:, 1:KNOWN].sum(axis=1) * np.exp(effect / 2),
            seventh=older[:, KNOWN],
        )

    def posterior(self, counts: NDArray[np.int64]) -> Floats:
        """Likelihood of a person's days since first seen by (chance, level, still looking or gone).

        Returns:
            ``(V, chances, levels, 2)``, the prior weights being even.
        """
        p = expit(self.coming)[:, :, None]
        quiet = 1.0 - p * (1.0 - (1.0 + self.level / self.k) ** -self.k)[:, None, :]
        last = int(np.flatnonzero(counts)[-1])
        log = negative_binomial(int(counts[0]), self.level, self.k)[:, None, :] + np.zeros_like(quiet)
        for m in counts[1 : last + 1]:
            if m == 0:
                log += np.log(quiet)
            else:
                log += np.log(p) + negative_binomial(int(m), self.level, self.k)[:, None, :]
        seen = np.exp(log)
        days = len(counts)  # the day first seen and those after it
        here = self.looking[:, days, None, None] * quiet ** (days - 1 - last)
        left = np.zeros_like(quiet)
        for t in range(last, days):
            left += (self.looking[:, t] - self.looking[:, t + 1])[:, None, None] * quiet ** (t - last)
        return np.stack([seen * here, seen * left], axis=3)

    def arrivals(self, newcomers: int) -> Floats:
        """Log likelihood of the new writers of days 1..6, ``(V,)``: negative binomial."""
        return negative_binomial(newcomers, self.mean * self.days, self.shape)

    def strangers(self, newcomers: int, row: NDArray[np.int64], luck: np.random.Generator) -> Floats:
        """Strangers a day on day 7, u_r apart, given the new writers so far, for these lines ``(K, L)``."""
        u = spread_out(len(row), row.shape[1], luck)
        writers = gammaincinv((self.shape + newcomers)[row], u) / (self.shape / self.mean + self.days)[row]
        return np.asarray(writers * (self.seventh / self.writing)[row])
