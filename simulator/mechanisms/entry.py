"""Entry: what joining costs keeps some out, lets the keen in, and is remembered by those who paid it.

    P(join) = 1 / (1 + odds),   odds = [(1 - a)/a (fee / 1000)^s + screening / patience] exp(-keen z)
    z = ((interest - I0) + (alignment - A0)) / 2
    on joining:    K <- 1 - exp(-(fee / stake + screening / patience)),
                   B <- B + ritual (1 - exp(-ceremony / 30)) (1 - B)
    every day:     risk of going x risk^K,   K <- K / 2^(1/fading)

It meets whoever joins on day 0 or later, founders of a new group among them; owners and those who were there
before are never asked. Who declines is never a member, and what an ordinary opening day is expected to bring
stays that of all who were asked. Fees add up over tactics, and so do minutes.

Halpern et al. (2015): 13.7% took up a deposit of 150 dollars, some 1,000 yuan, in one trial on health; among
those who would, it worked about twice as well as a reward. So ``a`` is what is left at 1,000 yuan; that who
paid leaves less, by a risk shrunk from a half, is our reading of it. That odds of declining rise as a power
of the fee and with the minutes of a test, less for those whom the group suits, and all sizes of these, are
assumptions; so are ceremonies: replications of the severity of initiation are mixed, so ``ritual`` spans
nought.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.draws import key, uniforms
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column, Role

if TYPE_CHECKING:
    from simulator.world import World

#: Yuan that the trial's deposit of 150 dollars comes to.
DEPOSIT = 1000.0
#: Minutes of a ceremony after which two thirds of what it can do is done.
CEREMONY = 30.0
_ACCEPT = key("entry", "accept")


@kernel
def _hold(sunk, log_risk, kept, hazard):
    for r in range(sunk.shape[0]):
        felt, odds, relief, keep = sunk[r], hazard[r], log_risk[r], kept[r]
        for i in range(felt.shape[0]):
            odds[i] += relief * felt[i]
            felt[i] *= keep


@dataclass(frozen=True, kw_only=True)
class Entry(Mechanism):
    """Who pays to get in, and what it does to them."""

    name: ClassVar[str] = "entry"
    hears: ClassVar[frozenset[str]] = frozenset({"fee", "screening", "ceremony"})
    columns: ClassVar[dict[str, Column]] = {
        "sunk": Column(np.float32, 0, "0..1, what joining cost, as far as it is still felt")
    }

    accepted: float = positive(
        0.137, 0.05, 0.5, doc="share who join for 1,000 yuan", tag="D", source="halpern2015"
    )
    steep: float = positive(1.0, 0.5, 2.0, doc="exponent of the fee in the odds of declining", tag="A")
    patience: float = positive(60.0, 15.0, 240.0, unit="minutes", doc="test at which half decline", tag="A")
    keen: float = param(2.0, 0.0, 5.0, doc="interest and alignment on joining in spite of it", tag="A")
    risk: float = positive(
        0.6, 0.4, 1.0, doc="risk of going of those who paid much", tag="A", source="halpern2015"
    )
    stake: float = positive(200.0, 50.0, 1000.0, unit="yuan", doc="fee that is felt by two thirds", tag="A")
    fading: float = positive(60.0, 14.0, 180.0, unit="days", doc="half-life of what was paid", tag="A")
    ritual: float = param(0.1, -0.1, 0.3, doc="a long ceremony on belonging", tag="A")

    def admits(
        self,
        world: "World",
        rows: NDArray[np.int64],
        ids: NDArray[np.uint64],
        columns: dict[str, Any],
    ) -> NDArray[np.bool_]:
        """Who of a list of people joins, on the terms of today; those who do feel it.

        Args:
            world: The world they would enter.
            rows: Row of each, ``(n,)``.
            ids: Person id of each, ``(n,)``.
            columns: Their columns, each ``(n,)``; ``belonging`` and ``sunk`` are set.
        """
        terms = world.joining()
        if terms is None:
            return np.ones(len(ids), bool)
        fee, screening, ceremony = (dose[rows] for dose in terms)
        p = {name: column.astype(np.float64)[rows] for name, column in world.params[self.name].items()}
        c, belonging = world.community, columns["belonging"]
        asked = (columns["role"] != Role.OWNER) & (columns["joined"] >= 0)
        suits = (columns["interest"] - c.interest + columns["alignment"] - c.alignment) / 2
        odds = (1 - p["accepted"]) / p["accepted"] * (fee / DEPOSIT) ** p["steep"] + screening / p["patience"]
        chance = 1 / (1 + odds * np.exp(-p["keen"] * suits))
        felt = p["ritual"] * -np.expm1(-ceremony / CEREMONY) * (1 - belonging)
        columns["belonging"] = np.where(asked, np.clip(belonging + felt, 0, 1), belonging)
        columns["sunk"] = asked * -np.expm1(-(fee / p["stake"] + screening / p["patience"]))
        admitted: NDArray[np.bool_] = ~asked | (
            uniforms(ids, world.replicates[rows], world.seed, _ACCEPT) < chance
        )
        return admitted

    def bonding(self, world: "World") -> None:
        """Ease today's risk of those who paid, and let what they paid fade."""
        if world.spoken.isdisjoint(self.hears):
            return
        p = world.params[self.name]
        kept = np.float32(0.5) ** (1 / p["fading"])
        _hold(world.members.sunk, np.log(p["risk"]), kept, world.hazard)
