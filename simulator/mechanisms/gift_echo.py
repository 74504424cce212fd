"""Gift echo: who receives from a public packet sometimes sends one back, the luckiest more often.

    P(send) = min(1, rho x received / packet),  x luckiest for the day's luckiest;  the sender gives ``packet`` yuan

Yuan et al. (2024), 36 million WeChat packets: one more unit received brings 0.18 sent within 24 h, by more people sending
(extensive margin), more by the luckiest. Subcritical: it dies out. What is sent back is split next day among
that day's visitors; it is the members' money, not the operator's cost.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.philox import U, unit, words

if TYPE_CHECKING:
    from simulator.world import World


_SPLIT, _SEND = key("gift_echo", "split"), key("gift_echo", "send")
_FIX = 2.0**20


@kernel
def _split(ids, came, pot, day, replicates, seed, decision, echo):
    """Lucky split of each pot among the visitors, by exponential shares; a pot nobody came for stays."""
    for r in range(ids.shape[0]):
        if pot[r] <= 0.0:
            continue
        total = 0
        for i in range(ids.shape[1]):
            if came[r, i]:
                word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                part = np.int64(-np.log(unit(word)) * _FIX)
                echo[r, i] = part
                total += part
        if total > 0:
            for i in range(ids.shape[1]):
                echo[r, i] *= np.float32(pot[r] / total)
            pot[r] = 0.0


@kernel
def _send(ids, received, rho, luckiest, packet, day, replicates, seed, decision, senders):
    for r in range(ids.shape[0]):
        top = np.float32(0)
        first = 0  # how many got the most: of equals nobody is the luckiest
        for i in range(ids.shape[1]):
            if received[r, i] > top:
                top = received[r, i]
                first = 0
            if received[r, i] == top:
                first += 1
        if top <= 0:
            continue
        for i in range(ids.shape[1]):
            if received[r, i] > 0:
                chance = np.float64(rho[r]) * received[r, i] / packet[r]
                if received[r, i] == top and first == 1:
                    chance *= luckiest[r]
                word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                if unit(word) < chance:
                    senders[r] += 1


@dataclass(frozen=True, kw_only=True)
class GiftEcho(Mechanism):
    """Packets that members send because they got one."""

    name: ClassVar[str] = "gift_echo"
    hears: ClassVar[frozenset[str]] = frozenset({"packet"})

    rho: float = param(0.18, 0.10, 0.30, unit="yuan/yuan", doc="sent back per yuan received", tag="S", source="yuan2024")
    luckiest: float = param(3.0, 1.5, 6.0, doc="multiplier for the luckiest", tag="A", source="yuan2024")
    packet: float = positive(5.0, 2.0, 20.0, unit="yuan", doc="what a member's packet holds", tag="A")

    def gifts(self, world: "World") -> None:
        """Split yesterday's echo among today's visitors, then decide who sends tomorrow's."""
        p, ids, seed = world.params[self.name], world.members.id, U(world.seed)
        if world.pot.any():
            _split(ids, world.came, world.pot, world.day, world.replicates, seed, U(_SPLIT), world.echo)
        packet = world.given("packet")
        received = world.echo if packet is None else world.echo + packet
        if not received.any():
            return
        senders = np.zeros(world.shape[0], np.int64)
        _send(
            ids, received, p["rho"], p["luckiest"], p["packet"], world.day, world.replicates, seed, U(_SEND), senders
        )
        sent = senders * p["packet"].astype(np.float64)
        world.gifts += sent
        world.pot += sent
