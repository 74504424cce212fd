"""Arrivals: strangers find the group, guests look in, members bring friends; a full group refuses.

    strangers ~ Poisson(arrivals x exp(u_r / 2) x ((1 + (A + day)/youth) / (1 + A/youth))^-fading)
    P(sends an invitation today) = 1 - exp(-1/delay) while any is left;   it is accepted with the community's
    chance;   sent before the opening by a founder of t days: min(all, Poisson(t/delay))
    guests who join ~ Poisson(visit x people of another group who were shown this one yesterday)
    logit += opens    on the day of joining

A is the group's age at the opening. Qiu et al. (2016): 80% of first invitations come within 5 days of the
inviter's joining, an exponential delay of mean 3.1 days. Invitations are finite, and whoever has been there
for long has sent theirs. Newcomers know who brought them and whom they happen to meet.

Who joins a chat group opens it, so ``opens`` is large; that, and how fast a group ceases to be found as it
ages (``fading`` reaches nought), are assumptions. So is who joins of another group whose people are shown
this one: a share ``visit``, whose interest is by ``curious`` another than a stranger's, either way. Tactics
may hand out invitations, whole ones, on top of those that people have. Who is to join may be asked a price
first: see ``entry``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import GROUP, key, sheet, uniforms
from simulator.errors import UserError
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, cell, pair, poisson, unit, words
from simulator.rows import rank_by_id
from simulator.traits import traits

if TYPE_CHECKING:
    from simulator.world import World

#: Blocks of ids: strangers, guests of another group (by days since the opening and number) and people brought
#: by a member.
ORGANIC, GUEST, REFERRED = np.uint64(1 << 62), np.uint64(3 << 62), np.uint64(1 << 63)
_MEETS = 2
MOST = 30_000
_INVITER_TIE = np.float32(0.3)


@kernel
def _unbidden(mean, block, day, replicates, seed, decision):
    """Rows and ids of those who come by themselves today, as many as drawn around ``mean``, ``(R,)``.

    Their ids count from ``block``, the one for the first who comes on day 0.
    """
    counts, total = np.empty(mean.shape[0], np.int64), 0
    for r in range(mean.shape[0]):
        a, _, _, _ = words(GROUP, day, 0, replicates[r], seed, decision)
        counts[r] = poisson(cell(a), mean[r])
        total += counts[r]
    rows, ids = np.empty(total, np.int64), np.empty(total, np.uint64)
    n = 0
    for r in range(mean.shape[0]):
        for k in range(counts[r]):
            rows[n], ids[n] = r, block + (U(day) << U(32)) + U(k)
            n += 1
    return rows, ids


@kernel
def _send(
    ids, present, muted, invitations, invited, began, chance, accepted, day, replicates, seed, send, accept
):
    """Send today's invitations: row, inviter's slot and new id of each one accepted.

    The id of the nth person somebody brings is a hash of both.
    """
    left = np.zeros(ids.shape[0], np.int64)  # of most groups all invitations have long been sent
    for r in range(ids.shape[0]):
        mine, here, away, n = invitations[r], present[r], muted[r], 0
        for i in range(mine.shape[0]):
            n += (mine[i] > 0) & here[i] & (not away[i])
        left[r] = n
    most = left.sum()
    rows, slots, brought = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint64)
    n = 0
    for r in range(ids.shape[0]):
        for i in range(ids.shape[1] if left[r] > 0 else 0):
            if invitations[r, i] > 0 and present[r, i] and not muted[r, i]:
                a, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, send)
                if unit(a) < chance[r]:
                    if invited[r, i] == 0:
                        began[r, i] = day
                    invitations[r, i] -= 1
                    invited[r, i] += 1
                    b, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, accept)
                    if unit(b) < accepted:
                        rows[n], slots[n] = r, i
                        nth = U(1) << U(61) | U(invited[r, i])
                        brought[n] = (pair(ids[r, i], nth) >> U(2)) | (U(1) << U(63))
                        n += 1
    return rows[:n], slots[:n], brought[:n]


@kernel
def _acquaint(ids, came, replicate, u, out):
    """For each newcomer, the slots of visitors chosen evenly, ranked by id; -1 where nobody came."""
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
            rank_by_id(ids[r], here[:n])
        for k in range(u.shape[0]):
            out[k, j] = here[np.int64(u[k, j] * n)] if n > 0 else -1


@kernel
def _sent(present, joined, delay, u, invitations, invited):
    """Take from founders of long standing the invitations they have sent; ``u`` is a number each, by row."""
    for r in range(present.shape[0]):
        for i in range(present.shape[1]):
            if present[r, i] and joined[r, i] < 0 and invitations[r, i] > 0:
                sent = min(poisson(u[r, i], -joined[r, i] / np.float64(delay[r])), invitations[r, i])
                invitations[r, i] -= sent
                invited[r, i] += sent


@dataclass(frozen=True, kw_only=True)
class Arrivals(Mechanism):
    """Who joins after the opening."""

    name: ClassVar[str] = "arrivals"
    hears: ClassVar[frozenset[str]] = frozenset({"guests", "invitations"})

    delay: float = positive(
        3.1, 2.0, 5.0, unit="days", doc="between joining and inviting", tag="D", source="qiu2016"
    )
    opens: float = param(4.0, 2.0, 6.0, unit="logit", doc="opening the group on the day of joining", tag="A")
    fading: float = param(0.3, 0.0, 1.0, doc="exponent: strangers come less as it ages", tag="A")
    youth: float = positive(30.0, 7.0, 90.0, unit="days", doc="age from which that shows", tag="A")
    visit: float = param(
        0.1, 0.0, 0.3, doc="share of another group's people shown this one who join", tag="A"
    )
    curious: float = param(-0.05, -0.2, 0.1, doc="interest of these people against a stranger's", tag="A")

    def opening(self, world: "World") -> None:
        """Let founders of long standing have sent their invitations."""
        if world.community.age == 0 and world.community.founders is None:
            return
        m, draws = world.members, world.draws.of(self.name)
        delay = world.params[self.name]["delay"]
        before = m.joined - np.int32(world.first)
        _sent(m.present, before, delay, draws.uniform("sent before"), m.invitations, m.invited)

    def pull(self, world: "World") -> None:
        """Today's newcomers open the group."""
        rows, slots = world.newcomers
        world.pull[rows, slots] += world.params[self.name]["opens"][rows]

    def arrivals(self, world: "World") -> None:
        """Seat today's newcomers with their traits and first ties."""
        if world.day == world.first:
            return
        ids, rows, hosts = self._who(world)
        if not len(ids):
            return
        known = hosts >= 0
        inviters = np.where(known, world.members.id[rows, hosts] + np.uint64(1), np.uint64(0))
        role = self._role(world, ids, rows)
        columns = traits(world, ids, rows, role)
        columns |= {"joined": np.full(len(ids), world.day), "inviter": inviters}
        guest = ids >= GUEST
        if guest.any():
            less = world.params[self.name]["curious"][rows] * guest
            columns["interest"] = np.clip(columns["interest"] + less, 0, 1)
        admitted = world.admits(rows, ids, columns)
        if not admitted.all():
            columns = {name: one[admitted] if np.ndim(one) else one for name, one in columns.items()}
            rows, ids, hosts, known = rows[admitted], ids[admitted], hosts[admitted], known[admitted]
        seated, slot = world.members.join(rows, ids, **columns)
        rows, ids, hosts, known = rows[seated], ids[seated], hosts[seated], known[seated]
        world.joined += np.bincount(rows, minlength=world.shape[0])
        world.settle(rows, slot)
        world.newcomers = rows, slot
        if known.any():
            gain = np.full(len(rows), _INVITER_TIE)
            world.ties.bind(rows[known], slot[known], hosts[known], gain[known])
        self._introduce(world, ids, rows, slot)

    def awards(self, world: "World") -> None:
        """Hand out the invitations that tactics asked for; they are sent, and guests join, from tomorrow."""
        asked, m = world.given("invitations"), world.members
        if asked is not None:
            for wrong in asked[asked != np.floor(asked)][:1]:
                raise UserError(f"invitations is {wrong:g}; a tactic hands out whole ones to each member.")
            m.invitations[:] = np.minimum(m.invitations + asked, MOST)
        world.guests = world.given_to_all("guests")

    def _who(self, world: "World") -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
        """Ids, rows and inviters' slots (-1: none) of newcomers, by row, then strangers first."""
        c, m, draws = world.community, world.members, world.draws.of(self.name, world.day)
        p = world.params[self.name]
        youth, fading = p["youth"].astype(np.float64), p["fading"].astype(np.float64)
        older = (youth + c.age + (world.day - world.first)) / (youth + c.age)
        mean = world.arrivals * np.exp(world.effect.astype(np.float64) / 2) * older**-fading
        day = world.day, world.replicates, U(world.seed)
        lived = np.uint64(-world.first) << np.uint64(32)  # ids tell who came first, from the first day on
        rows, ids = _unbidden(mean, ORGANIC + lived, *day, U(draws.key("strangers")))
        if world.guests.any():
            more, guests = _unbidden(world.guests * p["visit"], GUEST + lived, *day, U(draws.key("guests")))
            rows, ids = np.append(rows, more), np.append(ids, guests)
            by = np.lexsort((ids, rows))
            rows, ids = rows[by], ids[by]
        hosts = np.full(len(ids), -1)
        chance = -np.expm1(-1 / p["delay"])
        where, whose, brought = _send(
            m.id, m.present, m.muted, m.invitations, m.invited, m.first_invited, chance, c.acceptance,
            world.day, world.replicates, U(world.seed), U(draws.key("invite")), U(draws.key("accept")),
        )  # fmt: skip
        if len(brought):
            ids, rows, hosts = np.append(ids, brought), np.append(rows, where), np.append(hosts, whose)
            by = np.lexsort((ids, hosts >= 0, rows))
            ids, rows, hosts = ids[by], rows[by], hosts[by]
        return ids, rows, hosts

    def _role(self, world: "World", ids: NDArray[np.uint64], rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """Newcomers are what founders were, but seldom KOLs: a third of the share."""
        c = world.community
        u = uniforms(ids, world.replicates[rows], world.seed, key(self.name, "role"))
        kol = c.kols / 3
        cuts = np.array([kol, kol + c.novices])
        roles = np.array([Role.KOL, Role.NOVICE, Role.LURKER], np.int8)
        return roles[np.searchsorted(cuts, u)]

    def _introduce(self, world: "World", ids: Any, rows: Any, slot: Any) -> None:
        """Tie newcomers to a few they happen to meet."""
        keys = [key(self.name, f"meets {k}") for k in range(_MEETS)]
        u = sheet(ids, world.replicates[rows], world.seed, keys, world.day)
        met = np.empty(u.shape, np.int64)
        _acquaint(world.members.id, world.came, rows, u, met)
        when, who = np.nonzero((met >= 0) & (met != slot))
        strength = np.full(len(who), world.community.tie_strength / 2, np.float32)
        world.ties.bind(rows[who], slot[who], met[when, who], strength)
