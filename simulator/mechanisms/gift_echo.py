"""Gift echo: who receives from a public packet sometimes sends one back, the luckiest more often.

    P(send) = min(1, rho x received / packet),  x luckiest for the day's luckiest;  the sender gives ``packet`` yuan

Yuan et al. (2024), 36 million WeChat packets: one more unit received brings 0.18 sent within 24 h, by more people sending
(extensive margin), more by the luckiest. Subcritical: it dies out. What is sent back is split next day among
that day's visitors; it is the members' money, not the operator's cost.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.day import exact_sum
from simulator.knobs import param
from simulator.mechanism import Mechanism

if TYPE_CHECKING:
    from simulator.world import World


@dataclass(frozen=True, kw_only=True)
class GiftEcho(Mechanism):
    """Packets that members send because they got one."""

    name: ClassVar[str] = "gift_echo"
    hears: ClassVar[frozenset[str]] = frozenset({"packet"})

    rho: float = param(0.18, 0.10, 0.30, unit="yuan/yuan", doc="sent back per yuan received", tag="S", source="yuan2024")
    luckiest: float = param(3.0, 1.5, 6.0, doc="multiplier for the luckiest", tag="A", source="yuan2024")
    packet: float = param(5.0, 2.0, 20.0, unit="yuan", doc="what a member's packet holds", tag="A")

    def gifts(self, world: "World") -> None:
        """Split yesterday's echo among today's visitors, then decide who sends tomorrow's."""
        p = world.params[self.name]
        world.echo[:] = 0
        draws = world.draws.of(self.name, world.day)
        if world.pot.any():
            came = world.came
            share = np.where(came, -np.log(draws.uniform("split", came)), 0.0)
            total = exact_sum(share)
            paid = np.divide(world.pot, total, out=np.zeros_like(total), where=total > 0)
            world.echo[:] = share * paid[:, None]
            world.pot = np.where(total > 0, 0.0, world.pot)
        packet = world.given("packet")
        received = world.echo if packet is None else world.echo + packet
        if not received.any():
            return
        top = received.max(axis=1, keepdims=True)
        chance = p["rho"][:, None] * received / p["packet"][:, None]
        chance = np.where((received == top) & (top > 0), chance * p["luckiest"][:, None], chance)
        sends = draws.bernoulli(np.minimum(chance, 1.0), "send", received > 0)
        sent = sends.sum(axis=1) * p["packet"].astype(np.float64)
        world.gifts += sent
        world.pot = world.pot + sent
