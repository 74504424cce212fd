"""Learning and roles: answers and coaching teach; who talks rises, who falls silent sinks.

    X <- X + (answer answered + coach minutes/60) (1 - X),     S <- S + (spoke - S) / 21
    lurker -> novice where S > 0.15;   novice -> KOL where X > 0.7 and S > 0.4;
    novice -> lurker where S < 0.02;   KOL -> novice where S < 0.08       (each with a daily chance ``pace``)

On a change half of the difference between the roles' habits is the role's, half stays the person's. All of
this is assumption; owners stay owners.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param
from simulator.logit import logits
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, unit, words
from simulator.rows import anybody

if TYPE_CHECKING:
    from simulator.world import World

_DECISION = key("learning", "role")
_OWNER, _KOL, _NOVICE, _LURKER = (int(role) for role in Role)
_DAYS = 21.0
#: Share of days with a message above which a lurker becomes a novice.
_NOVICE_FROM = 0.15
#: The same from novice to KOL.
_KOL_FROM = 0.4
#: Share of days with a message below which a novice becomes a lurker.
_NOVICE_TO = 0.02
#: The same from KOL to novice.
_KOL_TO = 0.08
#: A share that nobody passes.
_NO = 2.0


@kernel
def _learn(
    ids, role, posts, here, visitors, answered, expertise, speaking, rate, effect, level, base, gain, pace,
    day, replicates, seed, decision,
):  # fmt: skip
    step, one = np.float32(1 / _DAYS), np.float32(1)
    due = np.empty(ids.shape[1], np.bool_)
    for r in range(ids.shape[0]):
        for k in range(visitors[r]):
            i = here[r, k]
            if answered[r, i]:
                expertise[r, i] += gain[r] * (one - expertise[r, i])
        share, spoke = speaking[r], posts[r]
        for i in range(share.shape[0]):
            share[i] += ((one if spoke[i] > 0 else np.float32(0)) - share[i]) * step
        roles = role[r]
        for i in range(share.shape[0]):
            kind = roles[i]
            rises = _KOL_FROM if kind == _NOVICE else (_NOVICE_FROM if kind == _LURKER else _NO)
            sinks = _KOL_TO if kind == _KOL else (_NOVICE_TO if kind == _NOVICE else -_NO)
            due[i] = (np.float64(share[i]) > rises) | (np.float64(share[i]) < sinks)
        for i in range(share.shape[0] if anybody(due) else 0):
            if not due[i]:
                continue
            was, s = role[r, i], np.float64(share[i])
            new = was
            if s < (_KOL_TO if was == _KOL else _NOVICE_TO):
                new = _LURKER if was == _NOVICE else _NOVICE
            elif was == _LURKER:
                new = _NOVICE
            elif expertise[r, i] > 0.7:
                new = _KOL
            if new != was:
                word, _, _, _ = words(ids[r, i], day, 0, replicates[r], seed, decision)
                if unit(word) < pace[r]:
                    role[r, i] = new
                    rate[r, i] *= np.sqrt((level[was] + np.float32(0.01)) / (level[new] + np.float32(0.01)))
                    effect[r, i] += np.float32(0.5) * (base[was] - base[new])


@dataclass(frozen=True, kw_only=True)
class Learning(Mechanism):
    """Getting better, and changing role."""

    name: ClassVar[str] = "learning"
    hears: ClassVar[frozenset[str]] = frozenset({"coaching"})

    answer: float = param(0.01, 0.0, 0.03, doc="what one answer teaches", tag="A")
    coach: float = param(0.02, 0.0, 0.05, unit="1/hour", doc="what an hour of coaching teaches", tag="A")
    pace: float = param(0.05, 0.01, 0.1, unit="1/day", doc="chance of changing role once due", tag="A")

    def learning(self, world: "World") -> None:
        """Teach, and move people between roles."""
        p, m, c = world.params[self.name], world.members, world.community
        coaching = world.given("coaching")
        if coaching is not None:
            at = np.nonzero(coaching)
            m.expertise[at] += np.minimum(p["coach"][at[0]] * coaching[at] / 60, 1) * (1 - m.expertise[at])
        _learn(
            m.id, m.role, world.posts, world.here, world.visitors, world.answered,
            m.expertise, m.speaking, m.rate, m.effect,
            np.array(c.messages, np.float32), logits(c.visiting),
            p["answer"], p["pace"], world.day, world.replicates, U(world.seed), U(_DECISION),
        )  # fmt: skip
