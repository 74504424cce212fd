"""The border of :mod:`simulator.ties`: edge lists and networkx graphs come in, graphs go out."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import UserError
from simulator.ties_rows import UNIT

Array = NDArray[Any]


def pairs(
    shape: tuple[int, ...],
    replicate: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    strength: ArrayLike,
    *,
    zero: bool = False,
) -> tuple[Array, Array, Array, Array]:
    """Edge arrays checked, of one length: replicate, a, b as int32, strength as float32 on its grid.

    Args:
        shape: Replicates and slots.
        replicate: Community of each edge, or one for all.
        a: One end.
        b: The other.
        strength: In (0, 1], or one for all.
        zero: Whether it may be 0 too; such pairs are left out.

    Raises:
        UserError: Out of range, or an edge from a member to itself.
    """
    arrays = np.asarray(replicate), np.asarray(a), np.asarray(b)
    size = np.broadcast(*arrays).size
    whole = []
    for name, value, limit in zip(
        ("replicate", "a", "b"), arrays, (shape[0], shape[1], shape[1]), strict=True
    ):
        if value.size and value.dtype.kind not in "iu":
            raise UserError(f"{name} of ties must be whole numbers, not {value.dtype}.")
        if value.size and (value.min() < 0 or value.max() >= limit):
            wrong = value.min() if value.min() < 0 else value.max()
            raise UserError(f"{name} of a tie is {wrong}; it must lie from 0 to {limit - 1}.")
        whole.append(np.ascontiguousarray(_full(value, size), np.int32))
    itself = np.flatnonzero(whole[1] == whole[2])
    if itself.size:
        raise UserError(f"A tie joins member {whole[1][itself[0]]} to itself; its ends must be two members.")
    weight = np.array(_full(np.asarray(strength), size), np.float32)
    if weight.size and not (weight.min() > 0 and weight.max() <= 1):
        wrong = weight[~((weight >= 0 if zero else weight > 0) & (weight <= 1))]
        if wrong.size:
            least = "from 0" if zero else "above 0 and up"
            raise UserError(f"strength of a tie is {wrong[0]:g}; it must lie {least} to 1.")
        kept = weight > 0
        whole, weight = [value[kept] for value in whole], weight[kept]
    weight += np.float32(1)
    weight -= np.float32(1)
    np.maximum(weight, UNIT, out=weight)
    return whole[0], whole[1], whole[2], weight


def _full(value: Array, size: int) -> Array:
    """One for all, or one each: in any case ``(size,)``."""
    return value if value.shape == (size,) else np.broadcast_to(value, (size,))


def share(name: str, value: ArrayLike, replicates: int) -> NDArray[np.float32]:
    """A number in [0, 1] for each replicate, from one for all, ``(R,)`` or ``(R, 1)``.

    Raises:
        UserError: Out of range.
    """
    given = np.asarray(value, np.float32)
    if given.size and not (given.min() >= 0 and given.max() <= 1):
        wrong = given[~((given >= 0) & (given <= 1))]
        raise UserError(f"{name} of ties is {wrong.flat[0]:g}; it must lie from 0 to 1.")
    return np.full(replicates, given.reshape(-1) if given.ndim else given)


def edges_of(
    graph: nx.Graph, slots: int, order: Sequence[Hashable] | None, strength: float
) -> tuple[Array, Array, Array]:
    """The edges of a graph as slot numbers and strengths; self-loops are left out.

    Args:
        graph: Any networkx graph.
        slots: Places there are.
        order: Nodes in the order of slots, or None for that of the graph.
        strength: Of edges that carry none.

    Raises:
        UserError: Too many nodes, a node missing from ``order``, a strength out of (0, 1].
    """
    names = list(graph if order is None else order)
    slot = {name: n for n, name in enumerate(names)}
    if len(slot) < len(names):
        raise UserError("order of nodes names a node twice; it must name each once.")
    missing = next((node for node in graph if node not in slot), None)
    if missing is not None:
        raise UserError(f"order of nodes lacks node {missing!r}; it must name every node of the graph.")
    if len(names) > slots:
        raise UserError(f"The graph has {len(names)} nodes; there are only {slots} slots.")
    kept = [(u, v, _strength(u, v, data, strength)) for u, v, data in graph.edges(data=True) if u != v]
    a = np.array([slot[u] for u, _, _ in kept], np.int32)
    b = np.array([slot[v] for _, v, _ in kept], np.int32)
    return a, b, np.array([w for _, _, w in kept], np.float32)


def _strength(u: Hashable, v: Hashable, data: Mapping[str, Any], default: float) -> float:
    """The strength an edge carries, under that name or as its weight."""
    name = next((name for name in ("strength", "weight") if name in data), None)
    value = default if name is None else data[name]
    try:
        number = float("nan" if isinstance(value, str | bool) else value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 < number <= 1:
        what = "strength" if name is None else f"{name} of edge {u!r} - {v!r}"
        raise UserError(f"{what} is {value!r}; it must be a number above 0 and up to 1.")
    return number


def graph_of(
    a: Array, b: Array, strength: Array, shown: NDArray[np.bool_], columns: Mapping[str, Array]
) -> nx.Graph:
    """A graph of the slots shown, with columns ``(N,)`` as node attributes and edges by ``strength``."""
    graph = nx.Graph()
    slots = np.flatnonzero(shown)
    graph.add_nodes_from(slots.tolist())
    for name, column in columns.items():
        nx.set_node_attributes(graph, dict(zip(slots.tolist(), column[slots].tolist(), strict=True)), name)
    both = shown[a] & shown[b]
    graph.add_weighted_edges_from(
        zip(a[both].tolist(), b[both].tolist(), strength[both].tolist(), strict=True), weight="strength"
    )
    return graph
