"""Conversation: who talks, who is replied to, whose question is answered.

    seeds_i   ~ NegBin(messages_role x rate_i x exp(u_r / 2) x (0.3 + 0.7 I/I0) x audience x room, dispersion)
    replies   ~ NegBin, mean S n/(1-n), variance S n/(1-n)^3: a branching cluster started by S seeds
    audience  = (visitors yesterday / visitors expected at the opening)^e
    room      = 1 / (1 + expected messages / ceiling)
    answered  with chance 1 - exp(-kappa x ability present / questions asked)

Where tactics stir people, rate and kappa are multiplied by what other mechanisms make of it (``World.eager``,
``World.helpful``). Replies are spread over those present by how much they talk and know. Branching n < 1:
talk dies out by itself; with few people there is nobody to answer, n -> n (1 - exp(-others / 3)).

Evidence of the form: negative-binomial posting (GroupMe student group), excitation (Ross and Deutsch 2026),
the audience effect (Zhang and Zhu 2011: a smaller audience lowers effort), saturation (Jones et al. 2008:
some 40 speakers in 20 minutes, whoever is present). Burke et al. (2007): 40% of thread-starting messages in
Usenet get no reply; ``answering`` leaves 31 to 43% of questions open in most ready-made communities, fewer
where KOLs are about. All sizes are assumptions; no branching ratio of a chat group was found, and n stays
well under 1, for one message starts 1 / (1 - n).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, negative_binomial, poisson, row_words, unit

if TYPE_CHECKING:
    from simulator.world import World

_TALK, _REPLY = key("conversation", "talk"), key("conversation", "reply")
_OWNER = int(Role.OWNER)
_FIX = 65536.0


@kernel
def _talk(
    ids, role, here, visitors, rate, interest, expertise, energy, eager, stirred, own, level, ask, scale,
    dispersion, branching, kappa,
    day, replicates, seed, talk, reply, posts, asked, answered, replied, stats, said, spoke,
):  # fmt: skip
    slots = ids.shape[1]
    who, weight, usual = np.empty(slots, np.uint64), np.empty(slots, np.int64), np.empty(slots)
    lanes = np.empty((3, slots), np.uint32)
    first, second, third = lanes[0], lanes[1], lanes[2]
    for r in range(ids.shape[0]):
        posts[r], asked[r], answered[r], replied[r], said[r], spoke[r] = 0, False, False, False, 0, 0
        present = visitors[r]
        for k in range(present):
            who[k] = ids[r, here[r, k]]
        row_words(who[:present], day, replicates[r], seed, talk, lanes)
        n = np.float64(branching[r]) * (1.0 - np.exp(-max(present - 1, 0) / 3.0))
        wide = 1.0 / ((1.0 - n) * (1.0 - n)) - 1.0
        replies, questions, able, total = 0, 0, 0, 0
        for k in range(present):  # apart from the draws, so that members are fetched all at once
            i = here[r, k]
            kind = U(role[r, i])
            mean = np.float64(level[kind]) * np.float64(rate[r, i])
            mean *= np.float64(energy[r]) if kind == _OWNER else 1.0
            mean *= 0.3 + 0.7 * min(np.float64(interest[r, i]) / own, 1.5)
            if stirred:
                mean *= np.exp(np.float64(eager[r, i]))
            know = np.float64(expertise[r, i])
            weight[k] = np.int64(mean * (0.3 + know) * _FIX)
            total += weight[k]
            able += np.int64(mean * know * know * _FIX)
            usual[k] = mean
        for k in range(present):
            seeds = negative_binomial(unit(first[k]), usual[k] * scale[r], np.float64(dispersion[r]))
            if seeds > 0:
                i = here[r, k]
                posts[r, i] = seeds
                if unit(second[k]) < 1.0 - (1.0 - np.float64(ask[U(role[r, i])])) ** seeds:
                    asked[r, i] = True
                    questions += 1
                if n > 0.0:
                    mu = seeds * n / (1.0 - n)
                    size = negative_binomial(unit(third[k]), mu, mu / wide)
                    replied[r, i] = size > 0
                    replies += size
        hit, chance = 0, 0.0
        if questions > 0 and present > 1:
            chance = 1.0 - np.exp(-np.float64(kappa[r]) * able / _FIX / questions)
        if replies > 0 or questions > 0:
            row_words(who[:present], day, replicates[r], seed, reply, lanes)
        share = replies / max(total, 1)
        for k in range(present):
            i = here[r, k]
            if replies > 0:
                posts[r, i] += poisson(unit(first[k]), weight[k] * share)
            if asked[r, i] and unit(second[k]) < chance:
                answered[r, i] = True
                hit += 1
            if posts[r, i] > 0:
                said[r, U(role[r, i])] += posts[r, i]
                spoke[r, U(role[r, i])] += 1
        stats[r, 0], stats[r, 1] = questions, hit


@dataclass(frozen=True, kw_only=True)
class Conversation(Mechanism):
    """The day's talk."""

    name: ClassVar[str] = "conversation"

    dispersion: float = positive(
        0.5, 0.2, 1.0, doc="negative-binomial shape of a day's messages", tag="A", source="groupme-nbd"
    )
    branching: float = param(0.5, 0.3, 0.8, doc="replies a message excites", tag="A", source="masuda2013")
    audience: float = param(0.3, 0.1, 0.6, doc="exponent of the audience effect", tag="A", source="zhang2011")
    ceiling: float = positive(
        1500.0, 600.0, 3000.0, unit="messages/day", doc="where talk saturates", tag="A", source="jones2008"
    )
    answering: float = param(
        1.0, 0.5, 2.5, doc="answers per question and unit of ability", tag="A", source="burke2007"
    )

    def conversation(self, world: "World") -> None:
        """Let those who came talk."""
        p, m, c = world.params[self.name], world.members, world.community
        crowd = np.maximum(world.crowd.astype(np.float64) / world.reference_visitors, 0.02)
        expected = world.reference_messages * crowd / (1.0 - p["branching"].astype(np.float64))
        scale = np.exp(world.effect / 2.0) * crowd ** p["audience"] / (1.0 + expected / p["ceiling"])
        _talk(
            m.id, m.role, world.here, world.visitors, m.rate, m.interest, m.expertise, world.energy,
            world.eager, world.stirred, max(c.interest, 0.01),
            np.array(c.messages, np.float32), np.array(c.questions, np.float32), scale,
            p["dispersion"], p["branching"], p["answering"] * np.exp(world.helpful),
            world.day, world.replicates, U(world.seed), U(_TALK), U(_REPLY),
            world.posts, world.asked, world.answered, world.replied, world.questions,
            world.talk, world.voices,
        )  # fmt: skip
