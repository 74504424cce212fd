"""The opening: founders take their seats, ties are laid, and what an ordinary day brings is worked out."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from simulator.community import Community
from simulator.draws import key, uniforms
from simulator.members import Role
from simulator.ties import Ties
from simulator.topology import edges
from simulator.traits import traits

if TYPE_CHECKING:
    from simulator.world import World


#: Expertise usual in each role: the default community's.
NORMAL_EXPERTISE = next(f.default for f in fields(Community) if f.name == "expertise")


@dataclass(frozen=True)
class Reference:
    """What an ordinary opening day is expected to bring; mechanisms measure the present against it.

    Attributes:
        visitors: Members who come, at least 1.
        messages: Messages started by them, at least 0.5.
        useful: The same weighted by the expertise usual in each role, replies not counted, at least 0.5. What
            the group's own people know is not in it, or a group of poor answerers would count as normal.
    """

    visitors: float
    messages: float
    useful: float


def reference(community: Community) -> Reference:
    """Expected numbers of an ordinary opening day, from roles or from the founders given."""
    role = community.roles()
    visiting, messages = np.array(community.visiting)[role], np.array(community.messages)[role]
    if community.founders is not None:
        visiting, messages = community.founders.visiting, community.founders.messages
    awake = np.where(role == Role.OWNER, 1.0, 1.0 - community.muted)
    started = visiting * awake * messages
    useful = float(started @ np.array(NORMAL_EXPERTISE)[role])
    return Reference(max(float(visiting @ awake), 1.0), max(float(started.sum()), 0.5), max(useful, 0.5))


def found(world: "World") -> None:
    """Seat the founders and lay their ties, the same in every arm; who declines to join leaves no trace.

    The ties of those who decline go with them. What an ordinary opening day brings (:func:`reference`) stays
    that of all who were asked.
    """
    community, m = world.community, world.members
    rows, size = world.shape[0], community.size
    replicate = np.repeat(np.arange(rows), size)
    ids = np.tile(np.arange(size, dtype=np.uint64), rows)
    role = np.tile(community.roles(), rows)
    columns = traits(world, ids, replicate, role)
    numbers = world.replicates[replicate]
    given = community.founders
    if given is None:
        since = uniforms(ids, numbers, world.seed, key("founding", "joined")) * community.age
        since = np.where(role == Role.OWNER, community.age, since)
        columns["joined"] = world.first - np.floor(since).astype(np.int32)
    else:
        level = np.array(community.messages)[given.role]
        columns["rate"] = np.tile(np.divide(given.messages, level, out=np.zeros(size), where=level > 0), rows)
        columns["effect"] = np.tile(
            logit(given.visiting) - logit(np.array(community.visiting)[given.role]), rows
        )
        columns["joined"] = world.first - np.tile(given.tenure, rows)
    if community.muted > 0:
        quiet = uniforms(ids, numbers, world.seed, key("founding", "muted")) < community.muted
        columns["muted"] = quiet & (role != Role.OWNER)
    declined = ~world.admits(replicate, ids, columns).reshape(rows, size)
    m.join(replicate, ids, **columns)
    world.ties = _ties(world)
    if declined.any():
        gone = np.zeros(world.shape, bool)
        gone[:, :size] = declined
        world.ties.drop_members(gone)
        m.leave(gone)


def _ties(world: "World") -> Ties:
    community, (rows, slots) = world.community, world.shape
    given = community.founders
    if given is not None:
        n = len(given.a)
        where = np.repeat(np.arange(rows), n)
        return Ties.from_edges(
            rows, slots, where, np.tile(given.a, rows), np.tile(given.b, rows), np.tile(given.strength, rows)
        )
    parts: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = [
        edges(community.topology, community.size, world.seed, int(number), **community.ties)
        for number in world.replicates
    ]
    where = np.repeat(np.arange(rows), [len(a) for a, _ in parts])
    a, b = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return Ties.from_edges(rows, slots, where, a, b, np.full(len(a), community.tie_strength, np.float32))
