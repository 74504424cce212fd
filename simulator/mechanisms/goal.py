"""Goal: a purpose held up to people becomes theirs, fades when nobody speaks of it, and moves them.

    G <- (1 - fade) G,   then   G <- G + grow alignment (1 - exp(-mentions)) (1 - G)
    logit += w G;    talk x exp(g G);    pay <- pay (1 - shield G / 14)

Mentions reach those who came. Shared identity makes people visit more (Ren et al. 2012: about twice as often
at the upper end); ``belonging`` hears the goal, too, and carries what lasts, so ``weight`` is only what comes
on top of it, well under the x1.3 that is taken for both. A goal of the group's own raises what people
contribute (Ling et al. 2005; the sign is theirs, x1.2 and 1.0 to 1.5 an assumption).

``shield`` says that who shares the goal does not take the money for the reason of coming: pay is unlearnt the
faster. No study of it was found. It reaches nought, so that nothing here decides whether incentives last
longer beside a goal.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.knobs import param
from simulator.logit import add_term
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World

_NIL = np.float32(0)
#: Days in which coming stops meaning being paid; as in ``rewards``.
_UNLEARN = np.float32(14)


@dataclass(frozen=True, kw_only=True)
class Goal(Mechanism):
    """A goal that is shared."""

    name: ClassVar[str] = "goal"
    hears: ClassVar[frozenset[str]] = frozenset({"purpose"})
    columns: ClassVar[dict[str, Column]] = {"goal": Column(np.float32, 0, "0..1, holds the shared goal")}

    weight: float = param(
        0.15, 0.0, 0.6, unit="logit", doc="a goal fully shared on coming", tag="A", source="ren2012"
    )
    talk: float = param(
        0.18, 0.0, 0.4, unit="log", doc="a goal fully shared on talk", tag="A", source="ling2005"
    )
    grow: float = param(0.2, 0.05, 0.4, doc="share taken up by being told, if fully aligned", tag="A")
    fade: float = param(0.03, 0.01, 0.10, unit="1/day", doc="fading", tag="A")
    shield: float = param(1.0, 0.0, 3.0, doc="how much faster a sharer unlearns being paid", tag="A")

    def pull(self, world: "World") -> None:
        """Come and talk for the goal."""
        if "purpose" in world.spoken:
            p, goal = world.params[self.name], world.members.goal
            add_term(world.pull, p["weight"], goal, _NIL)
            add_term(world.eager, p["talk"], goal, _NIL)
            world.stirred = True

    def belonging(self, world: "World") -> None:
        """Take up what was said of the goal, forget some of it, and think the less of pay."""
        if "purpose" in world.spoken:
            p, m = world.params[self.name], world.members
            goal, mentions = m.goal, world.given("purpose")
            goal *= 1 - p["fade"][:, None]
            if mentions is not None:
                goal += p["grow"][:, None] * m.alignment * (1 - np.exp(-mentions)) * (1 - goal)
            m.pay[:] *= 1 - p["shield"][:, None] * goal / _UNLEARN
