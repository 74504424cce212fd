"""Who knows whom at the start: networks by name, made as arrays of edges, a million members in seconds.

Ordinals of founders run owner, KOLs, novices, lurkers. Where position matters the low ordinals have the
better: hubs, the top of a pyramid, the bridges between circles. Circles are dealt round like cards, member
i to circle i modulo their number, so that each has its share of every role.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, unknown
from simulator.knobs import check, knob, knobs, number
from simulator.topology_pairs import (
    attach,
    contains,
    distinct,
    firsts,
    other_circle,
    same_circle,
    sample,
    unrank,
)

#: Two arrays of ends.
Edges: TypeAlias = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]


class Topology:
    """A way to make a network; its knobs are its parameters."""

    name: ClassVar[str]

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """Unique pairs of different members among ``size``, in any order."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Empty(Topology):
    """Strangers: nobody knows anybody."""

    name: ClassVar[str] = "empty"

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """No pairs."""
        return np.empty(0, np.int32), np.empty(0, np.int32)


@dataclass(frozen=True, kw_only=True)
class SmallWorld(Topology):
    """A ring of neighbours, seated at random, with some ties rewired to anyone.

    After Watts and Strogatz (1998), except that a rewired tie does not land on a neighbour of the ring.
    """

    name: ClassVar[str] = "small_world"
    k: int = knob(12, low=2, high=1000, doc="mean ties of a member, taken down to an even number")
    rewire: float = knob(0.1, low=0.0, high=1.0, off=0.0, doc="share of ties whose one end goes to anyone")

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """Ring, rewired."""
        reach = min(self.k // 2, size // 2)
        near = np.tile(np.arange(size), reach)
        step = np.repeat(np.arange(1, reach + 1), size)
        once = (2 * step < size) | (near < step)  # right across an even ring, each pair would come twice
        near, step = near[once], step[once]
        far = (near + step) % size
        open_ = np.flatnonzero(rng.random(len(near)) < self.rewire)
        taken = np.empty(0, np.int64)
        # Draws that hit a neighbour on the ring or a tie made before are repeated; in a network too dense for
        # that, what is left after some rounds stays on the ring, where it can collide with nothing.
        for _ in range(20):
            if not open_.size:
                break
            one, other = near[open_], rng.integers(size, size=len(open_))
            gap = np.abs(one - other)
            key = np.minimum(one, other) * size + np.maximum(one, other)
            fits = firsts(key) & (np.minimum(gap, size - gap) > reach) & ~contains(taken, key)
            far[open_[fits]] = other[fits]
            taken = np.sort(np.concatenate((taken, key[fits])))
            open_ = open_[~fits]
        seat = rng.permutation(size)
        return seat[near], seat[far]


@dataclass(frozen=True, kw_only=True)
class ScaleFree(Topology):
    """Each member in turn ties to some before them, likelier to those with many ties: the first become hubs.

    Barabasi and Albert (1999), from a star of the first ``m + 1``, as in networkx.
    """

    name: ClassVar[str] = "scale_free"
    m: int = knob(6, low=1, high=500, doc="ties each member makes on coming")

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """Preferential attachment."""
        m = min(self.m, size - 1)
        later = size - m - 1
        a = np.zeros(m + later * m, np.int32)
        b = np.zeros(m + later * m, np.int32)
        b[:m] = np.arange(1, m + 1)
        if later > 0:
            attach(m, rng.integers(2**64, size=later * m, dtype=np.uint64), a, b)
        return a, b


@dataclass(frozen=True, kw_only=True)
class RingOfCliques(Topology):
    """Circles in which all know all, in a ring, each tied once to the next."""

    name: ClassVar[str] = "ring_of_cliques"
    clique: int = knob(10, low=2, high=1000, doc="members of a circle, fewer where it does not divide")

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """Each circle, then the second of each to the first of the next."""
        circles = -(-size // self.clique)
        inside = np.arange(size) // circles
        a, b = same_circle(circles, *unrank(inside, np.arange(inside.sum())))
        first = np.arange(circles if circles > 1 else 0)
        second = np.where(first + circles < size, first + circles, first)
        return np.concatenate((a, second)), np.concatenate((b, np.roll(first, -1)))


@dataclass(frozen=True, kw_only=True)
class Pyramid(Topology):
    """A tree from the owner down, with some ties across."""

    name: ClassVar[str] = "pyramid"
    branching: int = knob(8, low=1, high=1000, doc="members directly under each")
    cross: float = knob(0.25, low=0.0, high=20.0, off=0.0, doc="ties across, per tie of the tree")

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """The tree in order of ordinals, then pairs that are not in it."""
        child = np.arange(1, size)
        above = np.concatenate(([0], (child - 1) // self.branching))
        others = np.maximum(np.arange(size) - 1, 0)  # those before a member, but for the one above
        count = min(round(self.cross * (size - 1)), int(others.sum()))
        late, nth = unrank(others, distinct(rng, int(others.sum()), count))
        early = nth + (nth >= above[late])
        return np.concatenate((above[1:], early)), np.concatenate((child, late))


@dataclass(frozen=True, kw_only=True)
class Planted(Topology):
    """Dense circles with ties across: each pair is tied by chance, likelier within a circle."""

    name: ClassVar[str] = "planted"
    groups: int = knob(8, low=1, high=100_000, doc="number of circles")
    inside: float = knob(10.0, low=0.0, high=1000.0, doc="mean ties of a member within the circle")
    across: float = knob(2.0, low=0.0, high=1000.0, doc="mean ties of a member to other circles")

    def edges(self, size: int, rng: np.random.Generator) -> Edges:
        """The planted partition model, each of the two kinds of pair with one probability."""
        circles = min(self.groups, size)
        same = np.arange(size) // circles
        apart = np.arange(size) - same
        a, b = same_circle(circles, *sample(same, self.inside, rng))
        c, d = other_circle(circles, *sample(apart, self.across, rng))
        return np.concatenate((a, c)), np.concatenate((b, d))


#: Every topology by name.
TOPOLOGIES: dict[str, type[Topology]] = {
    cls.name: cls for cls in (SmallWorld, ScaleFree, RingOfCliques, Pyramid, Planted, Empty)
}


def topology(kind: str, **given: Any) -> Topology:
    """A topology by name, with some of its parameters.

    Raises:
        UserError: No such topology or parameter, or a value out of range.
    """
    if kind not in TOPOLOGIES:
        raise unknown("topology", kind, TOPOLOGIES)
    cls = TOPOLOGIES[kind]
    declared = knobs(cls)
    for name in given:
        if name not in declared:
            raise unknown(f"parameter of topology {kind}:", name, declared)
    values = {n: number(v, type(declared[n][0].default), f"topology.{kind}.{n}") for n, v in given.items()}
    made = cls(**values)
    check(made, f"topology.{kind}")
    return made


def edges(
    kind: str, size: int, seed: int, replicate: int, **params: Any
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The network of one replicate, which depends on its seed and number alone.

    Args:
        kind: Name of the topology, see :data:`TOPOLOGIES`.
        size: Members, at least 1. Parameters too large for it are taken as large as it allows.
        seed: Seed of the experiment.
        replicate: Number of the replicate in it.
        **params: Parameters of the topology.

    Returns:
        Unique pairs ``a < b`` of ordinals, int32.

    Raises:
        UserError: As :func:`topology`, or size below 1.
    """
    made = topology(kind, **params)
    if size < 1:
        raise UserError(f"size of a network is {size}; it must be at least 1.")
    words = np.array([seed % 2**64, replicate % 2**64], np.uint64)
    a, b = made.edges(size, np.random.Generator(np.random.Philox(key=words)))
    return np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
