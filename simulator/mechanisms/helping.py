"""Helping: where word goes round that answering is wanted and seen, more questions find an answer.

    kappa x (1 + w s);    E <- E + relief s (answered / questions) (1 - E)
    s = sum of ability (1 - exp(-sum of mentions N)) over those asked / sum of ability

kappa is the ``answering`` of ``conversation``, E the owner's energy, N the novelty of a tactic. Ability is
that of ``conversation``, messages usual in the role x rate x expertise^2, of whoever has not muted the group;
the owner's (less what tiredness takes) stands below the line only, for it is the others who are asked. So s
is the share of the group's ability that was asked to help, and where the owner carries it all there is nobody
to ask. Answers by others are work the owner need not do: whether that keeps a group alive when its owner
steps back is for a run to say. Form and sizes are assumptions that reach nought.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U
from simulator.stimuli import broad

if TYPE_CHECKING:
    from simulator.world import World

_OWNER = int(Role.OWNER)
_FIX = 65536.0


@kernel
def _asked(role, rate, expertise, energy, level, awake, waking, heard, share):
    """Share of the ability present that was asked; sums are in whole grains, so order is nothing to them."""
    for r in range(role.shape[0]):
        part, whole = 0, 0
        for k in range(waking[r]):
            i = awake[r, k]
            kind = U(role[r, i])
            able = np.float64(level[kind]) * np.float64(rate[r, i]) * np.float64(expertise[r, i]) ** 2
            if kind == _OWNER:
                able *= np.float64(energy[r])
            else:
                part += np.int64(able * (1.0 - np.exp(-np.float64(heard[r, i]))) * _FIX)
            whole += np.int64(able * _FIX)
        share[r] = part / max(whole, 1)


@dataclass(frozen=True, kw_only=True)
class Helping(Mechanism):
    """Members who answer members."""

    name: ClassVar[str] = "helping"
    hears: ClassVar[frozenset[str]] = frozenset({"help"})

    weight: float = param(0.8, 0.0, 2.0, doc="more answers where all are asked to help", tag="A")
    relief: float = param(0.02, 0.0, 0.05, unit="1/day", doc="owner's relief by members' answers", tag="A")

    def pull(self, world: "World") -> None:
        """Make an answer the likelier."""
        world.helpers = share = self._share(world)
        if share is not None:
            world.helpful += np.log1p(world.params[self.name]["weight"] * share)

    def awards(self, world: "World") -> None:
        """Spare the owner what others answered."""
        share = world.helpers
        if share is not None:
            questions, answered = world.questions.T
            spared = world.params[self.name]["relief"] * share * answered / np.maximum(questions, 1)
            world.energy += (spared * (1 - world.energy)).astype(np.float32)

    @staticmethod
    def _share(world: "World") -> NDArray[np.float64] | None:
        """Share of the ability present that is asked to help today, ``(R,)``; None where nobody is."""
        heard = None
        for shown, dose in world.shown("help"):
            help = broad(dose, world.shape[0])
            if help is not None:
                more = help * world.fresh(shown.tactic) * shown.whom
                heard = more if heard is None else heard + more
        if heard is None:
            return None
        m, share = world.members, np.empty(world.shape[0])
        level = np.array(world.community.messages, np.float32)
        _asked(m.role, m.rate, m.expertise, world.energy, level, world.awake, world.waking, heard, share)
        return share
