"""What the cells show: each part's effect, both intervals, in how many worlds it holds, and what turns it.

**Effect.** In each world the contrast is taken of the mean of the world and its twin; twins tell luck from
parameters, as in :mod:`experiments.statistics.effects`. Worlds are counted by their effects, luck taken out.

**What turns it.** Each uncertain parameter's rank correlation with the effect over worlds; the largest of all
is held against 1999 permutations of the worlds, which keeps the chance of naming any by accident at 5%
(Westfall and Young 1993). One that is named must also matter: between the worlds in the lower and the upper
half of its range the effect must differ in sign, or in what its interval decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.claims import expression
from experiments.claims.cells import Played
from experiments.claims.preset import Claim, Part
from experiments.statistics.effects import Paired, paired, world_effects
from experiments.statistics.intervals import NAN, Estimate
from simulator.registry import make_mechanisms

Floats = NDArray[np.float64]
PERMUTATIONS, LEVEL = 1999, 0.05
#: Most parameters that are named.
NAMED = 2
#: More worlds than this are not asked for.
MOST = 100_000
#: Fewest worlds in which a parameter is looked for.
_FEWEST = 20
_SEED = 20_261_122


@dataclass(frozen=True)
class Turn:
    """A parameter that turns the answer.

    Attributes:
        name: ``rewards.uncertainty``.
        rho: Rank correlation with the effect over worlds.
        p: Its p-value, corrected for all parameters tried.
        cut: Median of the parameter, between both halves.
        low: Mean effect where it is below.
        high: Mean effect where it is above.
    """

    name: str
    rho: float
    p: float
    cut: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """What one part shows.

    Attributes:
        part: The part.
        effect: Paired statistics of its contrast against nought: ``diff``, both intervals, spreads.
        matters: Smallest effect of interest, in the metric's unit.
        decided: What the interval says: ``for``, ``against`` or ``open``.
        holds: Whether it holds in each world, luck taken out; NaN where not known, ``(n,)``.
        turns: Parameters that turn it, the strongest first.
        needed: How many worlds would about decide it; None where it is decided, or no number would.
    """

    part: Part
    effect: Paired
    matters: float
    decided: str
    holds: Floats
    turns: tuple[Turn, ...]
    needed: int | None

    @property
    def share(self) -> float:
        """Share of plausible worlds in which it holds; NaN where there are none."""
        known = self.holds[np.isfinite(self.holds)]
        return float(known.mean()) if known.size else NAN


def region(holds: str, d: float) -> tuple[float, float]:
    """Between which effects a part holds."""
    return {
        "more": (d, np.inf),
        "less": (-np.inf, -d),
        "about": (-d, d),
        "not_more": (-np.inf, d),
    }[holds]


def decide(ends: tuple[float, float], within: tuple[float, float]) -> str:
    """What an interval says of a region: it lies inside, outside, or neither."""
    low, high = ends
    if not (isfinite(low) and isfinite(high)):
        return "open"
    if within[0] < low and high < within[1]:
        return "for"
    return "against" if high <= within[0] or low >= within[1] else "open"


def weigh(claim: Claim, played: Played, parameters: Mapping[str, Floats]) -> tuple[Evidence, ...]:
    """The evidence on every part.

    Args:
        claim: The claim.
        played: Its cells.
        parameters: Of the worlds, by name, ``(n,)``.
    """
    return tuple(_part(part, played, parameters) for part in claim.parts)


def _part(part: Part, played: Played, parameters: Mapping[str, Floats]) -> Evidence:
    of = played.values[part.name]
    runs = played.contrast(part.contrast, part.name)
    mean = _contrast(part, of)
    # The mean of a world and its twin has half the luck of either: the gap between means of two such pairs
    # would be the gap between the runs over the root of two.
    gap = (runs[0] - runs[1]) / np.sqrt(2.0) if len(runs) > 1 else np.empty(0)
    effect, estimate = paired(np.zeros_like(mean), mean, 0, gap)
    d = part.matters(_mean(of[part.against])) if part.against else part.matters_abs
    within = region(part.holds, d)
    decided = decide((effect.ci_low, effect.ci_high), within)
    worlds = world_effects(mean, effect.world_sd)
    holds = np.where(np.isfinite(worlds), (worlds > within[0]) & (worlds < within[1]), NAN)
    return Evidence(
        part,
        effect,
        d,
        decided,
        holds,
        turns(mean, parameters, within),
        _needed(estimate, within) if decided == "open" else None,
    )


def _contrast(part: Part, of: Mapping[str, Floats]) -> Floats:
    """The contrast in each world, of the means of the world and its twin, ``(n,)``."""
    means = {expression.Term(cell): values.mean(axis=0) for cell, values in of.items()}
    size = next(iter(means.values())).shape
    return np.array(np.broadcast_to(expression.value(part.contrast, means), size))


def turns(effects: Floats, parameters: Mapping[str, Floats], within: tuple[float, float]) -> tuple[Turn, ...]:
    """Parameters that turn an effect; none where it does not vary or worlds are few."""
    known = np.isfinite(effects)
    x = effects[known]
    if x.size < _FEWEST or np.ptp(x) == 0:
        return ()
    columns = {name: column[known] for name, column in parameters.items() if np.ptp(column[known]) > 0}
    if not columns:
        return ()
    ranks = _standard(stats.rankdata(x)[None, :])[0]
    table = _standard(np.array([stats.rankdata(column) for column in columns.values()]))
    rho = table @ ranks
    rng = np.random.default_rng(_SEED)
    shuffled = rng.permuted(np.tile(ranks, (PERMUTATIONS, 1)), axis=1)
    largest = np.abs(shuffled @ table.T).max(axis=1)
    found: list[Turn] = []
    for at in np.argsort(-np.abs(rho), kind="stable"):
        p = (1 + int((largest >= abs(rho[at])).sum())) / (1 + PERMUTATIONS)
        if p > LEVEL or len(found) == NAMED:
            break
        name, column = list(columns.items())[at]
        cut = float(np.median(column))
        low, high = Estimate.of(x[column <= cut]), Estimate.of(x[column > cut])
        sides = decide(low.interval(), within), decide(high.interval(), within)
        if sides[0] != sides[1] or low.mean * high.mean < 0:
            found.append(Turn(name, float(rho[at]), p, cut, low.mean, high.mean))
    return tuple(found)


def _standard(rows: Floats) -> Floats:
    """Rows with mean nought and length one."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True), np.float64)


def _mean(x: Floats) -> float:
    known = x[np.isfinite(x)]
    return float(known.mean()) if known.size else NAN


def _needed(estimate: Estimate, within: tuple[float, float]) -> int | None:
    """Worlds with which the interval would about leave out the nearest end of the region."""
    if estimate.n < 2 or not estimate.sd > 0:
        return None
    away = min(abs(estimate.mean - end) for end in within if isfinite(end))
    low, high = estimate.interval()
    if away == 0:
        return None
    wanted = ceil(estimate.n * (max(estimate.mean - low, high - estimate.mean) / away) ** 2)
    return wanted if wanted <= MOST else None


def parameters(claim: Claim, worlds: int, seed: int) -> dict[str, Floats]:
    """Every parameter that the worlds of a claim differ in, by name, ``(n,)``."""
    numbers = np.arange(worlds, dtype=np.uint32)
    found: dict[str, Floats] = {}
    for scenario in claim.scenarios:
        for mechanism in make_mechanisms(scenario.mechanisms)[0]:
            drawn = mechanism.draw(seed, numbers, scenario.uncertainty == "full")
            for name, column in drawn.items():
                if np.ptp(column) > 0:
                    found.setdefault(f"{mechanism.name}.{name}", column.astype(np.float64))
    return dict(sorted(found.items()))
