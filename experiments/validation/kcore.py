"""P13: leaving for lack of company, played out to the end, against k-cores by networkx and by theory.

No parameter has a say in it. Networks are random, G(n, c/n), grown edge by edge, so that one order of edges
gives every mean degree c. Member by member, who is left where our mechanism alone is on is compared with
networkx. Thresholds show only in networks too large for playing out every round; there the core numbers of
``ties`` are taken, and these are compared with networkx as well.
"""

from typing import Any

import networkx as nx
import numpy as np

from experiments.validation.trial import Conditions, Data, Estimates, Trial
from simulator.community import Community
from simulator.registry import mechanisms
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.ties import Ties

#: Members of the networks compared member by member, and of those in which the threshold is sought.
_EXACT, _LARGE = 400, 200_000
KS = (3, 4, 5)
#: Mean degrees looked at, as multiples of the published thresholds: close to them, and further out.
_NEAR = np.array([0.97, 0.985, 0.995, 1.005, 1.01])
_BEYOND = np.array([1.015, 1.02, 1.03, 1.04, 1.06, 1.08, 1.1, 1.13])
_AROUND = np.concatenate([_NEAR, _BEYOND])
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
    drawn = np.sort(rng.integers(size, size=(edges + edges // 8 + 100, 2)), axis=1)
    code = (drawn[:, 0] * size + drawn[:, 1])[drawn[:, 0] != drawn[:, 1]]
    _, first = np.unique(code, return_index=True)
    kept = code[np.sort(first)[:edges]]
    return np.stack([kept // size, kept % size], axis=1)


def watch(asked: Conditions) -> Data:
    """Of each sequence of networks: mismatches, and the share in the core at every degree, ``(R, 3, D)``."""
    rows = [_grown(asked.seed, number) for number in asked.worlds]
    return {"mismatches": np.array([row[0] for row in rows]), "share": np.array([row[1] for row in rows])}


def _grown(seed: int, number: int) -> tuple[int, np.ndarray]:
    rng = np.random.default_rng((seed, number))
    wrong, share = 0, np.zeros((len(KS), len(_AROUND)))
    for at, k in enumerate(KS):
        degrees = _PUBLISHED[k] * _AROUND
        wrong += mismatches(k, degrees[::4], rng)
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


def threshold(degrees: np.ndarray, share: np.ndarray) -> float:
    """Mean degree at which the core appears: half-way between the last without and the first with one.

    Args:
        degrees: Mean degrees, rising, ``(D,)``.
        share: Share in the core at each, in several networks, ``(R, D)``; the mean over these is returned.
    """
    first = (share > _NOTHING).argmax(axis=1)
    return (
        float(((degrees[first - 1] + degrees[first]) / 2)[first > 0].mean()) if (first > 0).any() else np.nan
    )


def at_threshold(degrees: np.ndarray, share: np.ndarray, appears: float) -> float:
    """Share in the core where it appears, carried back from larger degrees.

    Beyond the threshold the core grows as a power series in the root of the distance. Close to it networks of
    any size that can be made are of two minds, which is why the series is fitted further out.

    Args:
        degrees: Mean degrees beyond the threshold, ``(D,)``.
        share: Share in the core at each, in several networks, ``(R, D)``.
        appears: The threshold.
    """
    powers = np.sqrt(degrees - appears)[:, None] ** np.arange(_POWERS)
    return float(np.linalg.lstsq(powers, share.mean(axis=0), rcond=None)[0][0])


def read(data: Data) -> Estimates:
    """Mismatches in all; threshold of each core, and its size at the published threshold."""
    out = {"P13.mismatches": float(data["mismatches"].sum())}
    far = len(_NEAR) - 1
    for at, k in enumerate(KS):
        degrees, share = _PUBLISHED[k] * _AROUND, data["share"][:, at]
        out[f"P13.threshold_{k}"] = threshold(degrees, share)
        out[f"P13.core_{k}"] = at_threshold(degrees[far:], share[:, far:], _PUBLISHED[k])
    return out


TRIAL = Trial(("P13",), watch, read, worlds=0.0125, draws=(0, 0), slots=128_000)
