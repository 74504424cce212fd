"""Gift echo: who receives from a public packet sometimes sends one back, the luckiest more often.

    P(send) = min(1, rho x received / packet x m / mean m),    m = luckiest for the luckiest, else 1
    mean m = sum m received / sum received;    the sender gives ``packet`` yuan

Yuan et al. (2024), 36 million WeChat packets: one more unit received brings 0.18 sent within 24 h, by more
people sending (extensive margin), more by the luckiest. The 0.18 is the mean over all who received, so what
the luckiest send more the others send less. Subcritical: it dies out. What is sent back is split next day
among that day's visitors; it is the members' money, not the operator's cost.
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
def _split(ids, here, visitors, pot, day, replicates, seed, decision, echo):
    """Lucky split of each pot among the visitors, by exponential shares; a pot nobody came for stays."""
    for r in range(ids.shape[0]):
        if pot[r] <= 0.0:
            continue
        total = 0
        for k in range(visitors[r]):
            i = here[r, k]
            word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
            part = np.int64(-np.log(unit(word)) * _FIX)
            echo[r, i] = part
            total += part
        if total > 0:
            for k in range(visitors[r]):
                echo[r, here[r, k]] *= np.float32(pot[r] / total)
            pot[r] = 0.0


@kernel
def _send(
    ids, here, visitors, echo, packet, rho, luckiest, gift, day, replicates, seed, decision, sent, senders
):  # fmt: skip
    for r in range(ids.shape[0]):
        top = np.float32(0)
        first, total = 0, 0  # how many got the most: of equals nobody is the luckiest
        for k in range(visitors[r]):
            received = echo[r, here[r, k]] + packet[r, here[r, k]]
            total += np.int64(np.float64(received) * _FIX)
            if received > top:
                top, first = received, 0
            first += received == top
        each = 1.0 / gift[r]
        if first == 1:  # the mean over all yuan received stays rho
            whole = total / _FIX
            each *= whole / (whole + (np.float64(luckiest[r]) - 1.0) * np.float64(top))
        for k in range(visitors[r] if top > 0 else 0):
            i = here[r, k]
            received = echo[r, i] + packet[r, i]
            if received > 0:
                chance = np.float64(rho[r]) * received * each
                if received == top and first == 1:
                    chance *= luckiest[r]
                word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                if unit(word) < chance:
                    sent[r, i] = True
                    senders[r] += 1


@dataclass(frozen=True, kw_only=True)
class GiftEcho(Mechanism):
    """Packets that members send because they got one."""

    name: ClassVar[str] = "gift_echo"
    hears: ClassVar[frozenset[str]] = frozenset({"packet"})

    rho: float = param(
        0.18, 0.10, 0.30, unit="yuan/yuan", doc="sent back per yuan received", tag="S", source="yuan2024"
    )
    luckiest: float = param(3.0, 1.5, 6.0, doc="multiplier for the luckiest", tag="A", source="yuan2024")
    packet: float = positive(5.0, 2.0, 20.0, unit="yuan", doc="what a member's packet holds", tag="A")

    def gifts(self, world: "World") -> None:
        """Split yesterday's echo among today's visitors, then decide who sends tomorrow's."""
        packet, split = world.given("packet"), world.pot.any()
        if packet is None and not split:
            return
        p, seed = world.params[self.name], U(world.seed)
        who = world.members.id, world.here, world.visitors
        if split:
            _split(*who, world.pot, world.day, world.replicates, seed, U(_SPLIT), world.echo)
        senders = np.zeros(world.shape[0], np.int64)
        _send(
            *who, world.echo, world.nought if packet is None else packet,
            p["rho"], p["luckiest"], p["packet"],
            world.day, world.replicates, seed, U(_SEND), world.sent, senders,
        )  # fmt: skip
        yuan = senders * p["packet"].astype(np.float64)
        world.gifts += yuan
        world.pot += yuan
