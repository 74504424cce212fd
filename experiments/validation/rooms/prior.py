"""The parameter vectors a room is simulated with: a Sobol design over what posts can tell.

Everything else keeps its default. What posts cannot tell (coming without writing, interest against
belonging, every tactic's effect) is not varied: no score here says anything about it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Unknown:
    """Something to be found out: a parameter of a mechanism, or of communities of this kind.

    Attributes:
        low: Least value.
        high: Greatest value.
        mechanism: Mechanism whose parameter it is; empty for one of the community.
        log: Whether the design is even on the logarithm.
    """

    low: float
    high: float
    mechanism: str = ""
    log: bool = False


#: What is varied; mechanisms' bounds are those they declare, or reach nought as any of them may. Of
#: communities of this kind: ``level``, the mean of u_r; ``arrivals``, new writers a day on day 0;
#: ``evenness``, the gamma shape of that over rooms; ``lasting``, the median of the days for which a room is
#: wanted, as ``purpose`` has it. ``holding`` is what ties people to a room as time goes by: habit, belonging
#: and the protection it gives together, as a share of their defaults, for posts cannot tell them apart.
UNKNOWN: dict[str, Unknown] = {
    "theta": Unknown(0.15, 0.6, "departure"),
    "start": Unknown(1.0, 5.0, "departure"),
    "person_spread": Unknown(0.4, 1.2, "disposition"),
    "group_spread": Unknown(0.0, 1.8, "disposition"),
    "rate_shape": Unknown(0.2, 1.5, "disposition"),
    "dispersion": Unknown(0.2, 1.0, "conversation"),
    "branching": Unknown(0.3, 0.8, "conversation"),
    "audience": Unknown(0.0, 0.3, "conversation"),
    "fading": Unknown(0.3, 1.0, "arrivals"),
    "rate": Unknown(0.0, 0.006, "awakening"),
    "weight": Unknown(0.0, 3.0, "content"),
    "memory": Unknown(3.0, 14.0, "content"),
    "feed": Unknown(0.0, 1.0, "interest"),
    "lasting": Unknown(10.0, 300.0, log=True),
    "holding": Unknown(0.0, 1.0),
    "level": Unknown(-1.5, 0.3),
    "arrivals": Unknown(0.15, 0.8, log=True),
    "evenness": Unknown(0.3, 1.2, log=True),
    "waning": Unknown(0.0, 0.06),
    "wander": Unknown(0.0, 0.3),
}
#: What the model does not have: u_r that falls by ``waning`` a day and wanders with SD ``wander`` a day. The
#: first half of the vectors are without; the model as it stands is scored by these alone.
MISSING = ("waning", "wander")
#: What ``holding`` is a share of.
HOLDING = (("habit", "weight", 1.2), ("belonging", "weight", 1.6), ("departure", "bond", 2.0))
_SEED = 2015


@dataclass(frozen=True, eq=False)
class Vectors:
    """K parameter vectors: ``vectors["theta"]`` is of shape ``(K,)``."""

    values: dict[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def repeated(self, times: int) -> "Vectors":
        """Each of them so many times in turn."""
        return Vectors({name: np.repeat(value, times) for name, value in self.values.items()})

    def parameters(self, lucks: int) -> dict[str, dict[str, Floats]]:
        """Those of mechanisms, as a simulation takes them, each vector for ``lucks`` rows in turn."""
        out: dict[str, dict[str, Floats]] = {}
        for name, unknown in UNKNOWN.items():
            if unknown.mechanism:
                out.setdefault(unknown.mechanism, {})[name] = np.repeat(self[name], lucks)
        for mechanism, name, usual in HOLDING:
            out.setdefault(mechanism, {})[name] = np.repeat(usual * self["holding"], lucks)
        return out


def design(count: int) -> Vectors:
    """``count`` vectors, a power of two; always the same ones."""
    even = qmc.Sobol(len(UNKNOWN), seed=_SEED).random(count)
    values = {}
    for column, (name, unknown) in enumerate(UNKNOWN.items()):
        low, high, u = unknown.low, unknown.high, even[:, column]
        values[name] = low * (high / low) ** u if unknown.log else low + (high - low) * u
        if name in MISSING:
            values[name][: count // 2] = 0.0
    return Vectors(values)


def quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Weighted quantiles, at the middle of each value's weight."""
    order = np.argsort(values)
    place = np.cumsum(weights[order]) - weights[order] / 2
    return tuple(float(x) for x in np.interp(shares, place / weights.sum(), values[order]))
