"""Arrivals: strangers find the group, members bring friends; a full group refuses.

    strangers ~ Poisson(arrivals x exp(u_r / 2));   a member with invitations left sends one a day with chance 1 - exp(-1/delay)
    and it is accepted with the community's chance

Qiu et al. (2016): 80% of first invitations come within 5 days of the inviter's joining, an exponential delay of mean 3.1 days.
Invitations are finite. Newcomers know who brought them and whom they happen to meet.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import key, uniforms
from simulator.jit import kernel
from simulator.knobs import positive
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, pair, poisson
from simulator.traits import traits

if TYPE_CHECKING:
    from simulator.world import World

ORGANIC, REFERRED = np.uint64(1 << 62), np.uint64(1 << 63)
_MEETS = 2
_INVITER_TIE = np.float32(0.3)


@kernel
def _strangers(u, mean, out):
    for r in range(u.shape[0]):
        out[r] = poisson(u[r], mean[r])


@kernel
def _invited(inviter, nth, out):
    """Id of the nth person somebody brings: a hash of both."""
    for j in range(inviter.shape[0]):
        out[j] = (pair(inviter[j], U(1) << U(61) | U(nth[j])) >> U(2)) | (U(1) << U(63))


@kernel
def _acquaint(ids, came, replicate, u, out):
    """For each newcomer, the slot of a visitor chosen evenly, ranked by id; -1 where nobody came."""
    slots = ids.shape[1]
    here = np.empty(slots, np.int64)
    last = -1
    n = 0
    for j in range(replicate.shape[0]):
        r = replicate[j]
        if r != last:
            last = r
            n = 0
            for i in range(slots):
                if came[r, i]:
                    here[n] = i
                    n += 1
            here[:n] = here[:n][np.argsort(ids[r][here[:n]])]
        out[j] = here[np.int64(u[j] * n)] if n > 0 else -1


@dataclass(frozen=True, kw_only=True)
class Arrivals(Mechanism):
    """Who joins after the opening."""

    name: ClassVar[str] = "arrivals"
    hears: ClassVar[frozenset[str]] = frozenset({"invitations"})

    delay: float = positive(3.1, 2.0, 5.0, unit="days", doc="between joining and inviting", tag="D", source="qiu2016")

    def arrivals(self, world: "World") -> None:
        """Seat today's newcomers with their traits and first ties."""
        if world.day == 0:
            return
        ids, rows, inviters = self._who(world)
        if not len(ids):
            return
        role = self._role(world, ids, rows)
        columns = traits(world, ids, rows, role)
        seated, slot = world.members.join(rows, ids, joined=world.day, inviter=inviters, **columns)
        rows, ids, inviters = rows[seated], ids[seated], inviters[seated]
        world.joined += np.bincount(rows, minlength=world.shape[0])
        world.settle(rows, slot)
        self._introduce(world, ids, rows, slot, inviters)

    def awards(self, world: "World") -> None:
        """Hand out the invitations that tactics asked for; they are sent from tomorrow."""
        asked = world.given("invitations")
        if asked is not None:
            world.members.invitations[:] += np.floor(asked).astype(np.int16)

    def _who(self, world: "World") -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint64]]:
        """Ids, rows and inviters' slots + 1 of today's newcomers, by row; strangers first, then by inviter's id."""
        c, m, draws = world.community, world.members, world.draws.of(self.name, world.day)
        counts = np.zeros(world.shape[0], np.int64)
        if c.arrivals > 0:
            _strangers(draws.group("strangers"), c.arrivals * np.exp(world.effect.astype(np.float64) / 2), counts)
        rows = np.repeat(np.arange(world.shape[0]), counts)
        order = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        ids = ORGANIC | np.uint64(world.day << 32) | order.astype(np.uint64)
        inviters = np.zeros(len(ids), np.uint64)
        able = (m.invitations > 0) & m.present & ~m.muted
        if able.any():
            chance = -np.expm1(-1 / world.params[self.name]["delay"])[:, None]
            sends = draws.bernoulli(chance, "invite", able)
            m.invitations[sends] -= 1
            m.invited[sends] += 1
            r, i = np.nonzero(draws.bernoulli(c.acceptance, "accept", sends))
            brought = np.zeros(len(r), np.uint64)
            _invited(m.id[r, i], m.invited[r, i].astype(np.uint64), brought)
            ids, rows = np.append(ids, brought), np.append(rows, r)
            inviters = np.append(inviters, m.id[r, i] + np.uint64(1))
            by = np.lexsort((ids, inviters > 0, rows))
            ids, rows, inviters = ids[by], rows[by], inviters[by]
        return ids, rows, inviters

    def _role(self, world: "World", ids: NDArray[np.uint64], rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """Newcomers are novices or lurkers as the founders were; a KOL seldom walks in (a third of the share)."""
        c = world.community
        u = uniforms(ids, world.replicates[rows], world.seed, key(self.name, "role"))
        kol = c.kols / 3
        cuts = np.array([kol, kol + c.novices])
        roles = np.array([Role.KOL, Role.NOVICE, Role.LURKER], np.int8)
        return roles[np.searchsorted(cuts, u)]

    def _introduce(self, world: "World", ids: Any, rows: Any, slot: Any, inviters: Any) -> None:
        """Tie newcomers to who brought them and to a few they happen to meet."""
        m = world.members
        brought = np.flatnonzero(inviters)
        if len(brought):
            r = rows[brought]
            at = (m.id[r] == (inviters[brought] - np.uint64(1))[:, None]) & m.present[r]
            known = at.any(axis=1)
            host = at.argmax(axis=1)
            world.ties.add(r[known], slot[brought][known], host[known], _INVITER_TIE)
        for k in range(_MEETS):
            u = uniforms(ids, world.replicates[rows], world.seed, key(self.name, f"meets {k}"), world.day)
            met = np.empty(len(ids), np.int64)
            _acquaint(m.id, world.came, rows, u, met)
            ok = (met >= 0) & (met != slot)
            world.ties.add(rows[ok], slot[ok], met[ok], np.float32(world.community.tie_strength / 2))
