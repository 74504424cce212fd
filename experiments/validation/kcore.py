"""P13: leaving for lack of company, played out to the end, against k-cores by networkx and by theory.

No parameter has a say in it. Networks are random, G(n, c/n), grown edge by edge, so that one order of edges
gives every mean degree c. Member by member, who is left where our mechanism alone is on is compared with
networkx. Thresholds show only in networks too large for playing out every round; there the core numbers of
``ties`` are taken, and these are compared with networkx as well.
"""

from typing import Any

import networkx as nx
import numpy as np
from scipy.optimize import minimize_scalar

from experiments.validation.trial import Conditions, Data, Estimates, Trial
from simulator.community import Community
from simulator.registry import mechanisms
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.ties import Ties

#: Members of the networks compared member by member, and of those in which the threshold is sought.
_EXACT, _LARGE = 400, 100_000
KS = (3, 4, 5)
#: Mean degrees looked at, as multiples of the published thresholds.
_AROUND = np.array([0.97, 0.98, 0.99, 0.995, 1, 1.005, 1.01, 1.015, 1.02, 1.03, 1.04, 1.06, 1.08, 1.1, 1.13])
#: A core is giant or none at all.
_NOTHING = 0.05
#: Terms of the series that is fitted beyond the threshold.
_POWERS = 4
_PUBLISHED = {3: 3.351, 4: 5.149, 5: 6.799}


def survivors(k: int, size: int, pairs: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Who is left of each of R networks once nobody leaves any more, ``(R, size)``.

    Args:
        k: Friends that are just enough.
        size: Members.
        pairs: Edges ``(E, 2)``.
        used: How many of them, from the first, each network has, ``(R,)``.
    """
    settings: dict[str, dict[str, Any]] = {name: {"on": False} for name in mechanisms()}
    settings["kcore"] = {"on": True, "ratio": float(k - 1)}
    group = Community(size=size, cap=size, owners=0, topology="empty", arrivals=0.0, invitations=0.0)
    simulation = Simulation(Scenario(community=group, mechanisms=settings), range(len(used)))
    row = np.repeat(np.arange(len(used)), used)
    edge = np.concatenate([pairs[:n] for n in used])
    simulation.world.ties = Ties.from_edges(len(used), size, row, edge[:, 0], edge[:, 1], 1.0)
    left = -1
    while (now := int(simulation.world.members.present.sum())) != left:
        left = now
        simulation.step()
    return simulation.world.members.present.copy()


def random_pairs(size: int, edges: int, rng: np.random.Generator) -> np.ndarray:
    """Different pairs of members in random order, ``(edges, 2)``."""
    drawn = rng.integers(size, size=(2 * edges + 100, 2))
    drawn = np.sort(drawn[drawn[:, 0] != drawn[:, 1]], axis=1)
    _, first = np.unique(drawn, axis=0, return_index=True)
    return drawn[np.sort(first)[:edges]]


def watch(asked: Conditions) -> Data:
    """Of each sequence of networks: mismatches, and the share in the core at every degree, ``(R, 3, D)``."""
    rows = [_grown(asked.seed, number) for number in asked.worlds]
    return {"mismatches": np.array([row[0] for row in rows]), "share": np.array([row[1] for row in rows])}


def _grown(seed: int, number: int) -> tuple[int, np.ndarray]:
    rng = np.random.default_rng((seed, number))
    wrong, share = 0, np.zeros((len(KS), len(_AROUND)))
    for at, k in enumerate(KS):
        degrees = _PUBLISHED[k] * _AROUND
        wrong += mismatches(k, degrees[::5], rng)
        pairs = random_pairs(_LARGE, int(degrees[-1] * _LARGE / 2), rng)
        share[at] = [(_cores(_LARGE, pairs[: int(c * _LARGE / 2)]) >= k).mean() for c in degrees]
    return wrong, share


def mismatches(k: int, degrees: np.ndarray, rng: np.random.Generator) -> int:
    """Members whom our mechanism or our core numbers judge differently than networkx."""
    pairs = random_pairs(_EXACT, int(degrees[-1] * _EXACT / 2), rng)
    used = (degrees * _EXACT / 2).astype(int)
    wrong = 0
    for kept, n in zip(survivors(k, _EXACT, pairs, used), used, strict=True):
        core = np.isin(np.arange(_EXACT), list(nx.k_core(nx.Graph(map(tuple, pairs[:n].tolist())), k)))
        wrong += int((core != kept).sum() + (core != (_cores(_EXACT, pairs[:n]) >= k)).sum())
    return wrong


def _cores(size: int, pairs: np.ndarray) -> np.ndarray:
    return Ties.from_edges(1, size, 0, pairs[:, 0], pairs[:, 1], 1.0).core_numbers()[0]


def threshold(degrees: np.ndarray, share: np.ndarray) -> tuple[float, float]:
    """Mean degree at which the core appears, and its size there.

    The core jumps up from nothing and then grows as a power series in the root of the distance to the
    threshold; where it appears, and how large, is what fits that series best.

    Args:
        degrees: Mean degrees, rising, ``(D,)``.
        share: Share in the core at each, in several networks, ``(R, D)``.
    """
    never, always = (share < _NOTHING).all(axis=0), (share > _NOTHING).all(axis=0)
    if not never.any() or always.sum() < _POWERS + 1:
        return float("nan"), float("nan")
    curve = share.mean(axis=0)[always]

    def fit(at: float) -> tuple[float, float]:
        powers = np.sqrt(np.maximum(degrees[always] - at, 0.0))[:, None] ** np.arange(_POWERS)
        found = np.linalg.lstsq(powers, curve, rcond=None)[0]
        return float(((curve - powers @ found) ** 2).sum()), float(found[0])

    ends = (degrees[never].max(), degrees[always].min())
    at = float(minimize_scalar(lambda x: fit(x)[0], bounds=ends, method="bounded").x)
    return at, fit(at)[1]


def read(data: Data) -> Estimates:
    """Mismatches in all; threshold and size of each core from all networks together."""
    out = {"P13.mismatches": float(data["mismatches"].sum())}
    for at, k in enumerate(KS):
        found = threshold(_PUBLISHED[k] * _AROUND, data["share"][:, at])
        out[f"P13.threshold_{k}"], out[f"P13.core_{k}"] = found
    return out


TRIAL = Trial(("P13",), watch, read, worlds=0.02, draws=(0, 0), slots=128_000)
