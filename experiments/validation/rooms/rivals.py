"""What the simulation has to beat: regressions on the first week, and rules of thumb.

Each is fitted on the training rooms of a fold. ``AFT`` is the Weibull accelerated failure time model: log
lifetime = b x + s W, W standard Gumbel of minima, censored lifetimes by their survival, maximum likelihood.
Its like for messages is a normal regression of log(1 + messages), censored at nought, where many rooms lie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from experiments.validation.rooms.scoring import Fates
from experiments.validation.rooms.week import KNOWN, Week

Floats = NDArray[np.float64]
#: Weak pull of slopes towards nought, so that a fold in which a covariate is constant still has a fit.
_RIDGE = 1e-3
_QUANTILES = (np.arange(401) + 0.5) / 401


def plain(weeks: list[Week]) -> Floats:
    """1, log posters, log messages, ``(n, 3)``."""
    return np.array([[1.0, np.log(w.posters), np.log(w.total)] for w in weeks])


def full(weeks: list[Week]) -> Floats:
    """The same, the day of the week's last message and its active days, ``(n, 5)``."""
    more = np.array([[w.last / (KNOWN - 1), w.active / KNOWN] for w in weeks])
    return np.column_stack([plain(weeks), more])


def _minimum(loss: Callable[[Floats], tuple[float, Floats]], start: Floats, name: str) -> Floats:
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    if not np.isfinite(found.fun):
        raise ArithmeticError(name)
    return np.asarray(found.x, np.float64)


@dataclass(frozen=True, eq=False)
class AFT:
    """Weibull accelerated failure time: ``slopes`` of log lifetime and the scale s."""

    slopes: Floats
    scale: float

    @classmethod
    def fit(cls, x: Floats, fates: Fates) -> "AFT":
        """Maximum likelihood; rooms watched for no time at all are left out."""
        keep = fates.lived > 0
        x, y, died = x[keep], np.log(fates.lived[keep]), fates.died[keep]

        def loss(p: Floats) -> tuple[float, Floats]:
            s = np.exp(p[0])
            z = np.minimum((y - x @ p[1:]) / s, 50.0)
            e = np.exp(z)
            slope = np.where(died, 1.0, 0.0) - e
            value = -(np.where(died, z - p[0], 0.0) - e).sum() + _RIDGE * (p[2:] ** 2).sum()
            by_scale = (slope * z + died).sum()
            gradient = np.append(by_scale, x.T @ slope / s)
            gradient[2:] += 2 * _RIDGE * p[2:]
            return float(value), gradient

        start = np.zeros(x.shape[1] + 1)
        start[1] = y.mean() if len(y) else 0.0
        p = _minimum(loss, start, "AFT")
        return cls(p[1:], float(np.exp(p[0])))

    def survival(self, x: Floats, horizon: float) -> Floats:
        """Chance of living longer than a horizon, ``(n,)``."""
        return np.asarray(np.exp(-np.exp((np.log(horizon) - x @ self.slopes) / self.scale)))


@dataclass(frozen=True, eq=False)
class LogNormal:
    """Normal regression of log(1 + messages), censored at nought: ``slopes`` and residual ``scale``."""

    slopes: Floats
    scale: float

    @classmethod
    def fit(cls, x: Floats, messages: Floats) -> "LogNormal":
        """Maximum likelihood (Tobit)."""
        y = np.log1p(messages)
        some = y > 0

        def loss(p: Floats) -> tuple[float, Floats]:
            s = np.exp(p[0])
            z = (y - x @ p[1:]) / s
            tail = special.log_ndtr(z)
            value = -np.where(some, -0.5 * z**2 - p[0], tail).sum() + _RIDGE * (p[2:] ** 2).sum()
            mills = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - tail)
            by_mean = np.where(some, -z, mills)  # d(-log likelihood) by the mean, times s
            by_scale = np.where(some, 1.0 - z**2, mills * z)
            gradient = np.append(by_scale.sum(), x.T @ by_mean / s)
            gradient[2:] += 2 * _RIDGE * p[2:]
            return float(value), gradient

        start = np.append(np.log(y.std() + 0.1), np.zeros(x.shape[1]))
        start[1] = y.mean()
        p = _minimum(loss, start, "LogNormal")
        return cls(p[1:], float(np.exp(p[0])))

    def ensembles(self, x: Floats) -> Floats:
        """Even quantiles of the messages of each room, ``(n, 401)``."""
        spread = self.scale * special.ndtri(_QUANTILES)
        return np.round(np.expm1(np.maximum(x @ self.slopes[:, None] + spread, 0.0)))


class Rival(Protocol):
    """Predicts rooms from their first weeks."""

    def alive(self, weeks: list[Week], horizon: int) -> Floats | None:
        """Chance of living longer than a horizon, ``(n,)``; None where it has no view."""

    def messages(self, weeks: list[Week]) -> Floats | None:
        """Even quantiles of messages on days 7..36, ``(n, m)``; None where it has no view."""


@dataclass(frozen=True, eq=False)
class Regression:
    """The AFT and its analogue for messages, on the same facts."""

    facts: Callable[[list[Week]], Floats]
    life: AFT
    talk: LogNormal

    @classmethod
    def fit(
        cls, facts: Callable[[list[Week]], Floats], weeks: list[Week], fates: Fates, messages: Floats
    ) -> "Regression":
        """Fit both; rooms whose messages were not all watched (below nought) count for the AFT only."""
        x, known = facts(weeks), messages >= 0
        return cls(facts, AFT.fit(x, fates), LogNormal.fit(x[known], messages[known]))

    def alive(self, weeks: list[Week], horizon: int) -> Floats:
        """By the AFT."""
        return self.life.survival(self.facts(weeks), horizon)

    def messages(self, weeks: list[Week]) -> Floats:
        """By the regression of log messages."""
        return self.talk.ensembles(self.facts(weeks))


@dataclass(frozen=True, eq=False)
class Others:
    """The other rooms: their Kaplan-Meier curve, and what they wrote."""

    fates: Fates
    written: Floats

    def alive(self, weeks: list[Week], horizon: int) -> Floats:
        """The curve at the horizon, the same for every room."""
        known = stats.CensoredData(
            uncensored=self.fates.lived[self.fates.died], right=self.fates.lived[~self.fates.died]
        )
        alive = float(stats.ecdf(known).sf.evaluate(horizon))
        return np.full(len(weeks), alive, np.float64)

    def messages(self, weeks: list[Week]) -> Floats:
        """Even quantiles of the others' messages."""
        said = np.quantile(self.written[self.written >= 0], _QUANTILES)
        return np.asarray(np.tile(said, (len(weeks), 1)), np.float64)


@dataclass(frozen=True, eq=False)
class Persistence:
    """As in the first week, times a decay: messages only.

    ``decay`` is the median of log(1 + messages) - log(1 + first week's); ``errors`` the residuals' quantiles.
    """

    decay: float
    errors: Floats

    @classmethod
    def fit(cls, weeks: list[Week], messages: Floats) -> "Persistence":
        """From rooms whose messages were all watched."""
        known = messages >= 0
        before = np.array([w.total for w in weeks], np.float64)[known]
        change = np.log1p(messages[known]) - np.log1p(before)
        decay = float(np.median(change))
        return cls(decay, np.quantile(change - decay, _QUANTILES))

    def alive(self, weeks: list[Week], horizon: int) -> None:
        """It has no view of this."""
        del weeks, horizon

    def messages(self, weeks: list[Week]) -> Floats:
        """The first week's messages, decayed, with the errors of the training rooms."""
        centre = np.log1p([w.total for w in weeks])[:, None] + self.decay
        return np.asarray(np.round(np.expm1(np.maximum(centre + self.errors, 0.0))), np.float64)


def fitted(weeks: list[Week], fates: Fates, messages: Floats) -> dict[str, Rival]:
    """Every rival, fitted on these rooms."""
    return {
        "aft": Regression.fit(plain, weeks, fates, messages),
        "aft_full": Regression.fit(full, weeks, fates, messages),
        "others": Others(fates, messages),
        "persistence": Persistence.fit(weeks, messages),
    }
