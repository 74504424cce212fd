"""Conversation: who talks, who is replied to, whose question is answered.

    seeds_i   ~ NegBin(messages_role x rate_i x exp(u_r / 2) x (0.3 + 0.7 I/I0) x audience x room, dispersion)
    replies   ~ NegBin with the mean S n/(1-n) and variance S n/(1-n)^3 of a branching cluster started by S seeds
    audience  = (visitors yesterday / visitors expected at the opening)^e
    room      = 1 / (1 + expected messages / ceiling)
    answered  with chance 1 - exp(-kappa x ability present / questions asked)

Replies are spread over those present by how much they talk and know. Branching n < 1: talk dies out by itself; with few
people there is nobody to answer, n -> n (1 - exp(-others / 3)).
Sources: negative-binomial posting (GroupMe student group), excitation and its form (Ross and Deutsch 2026), audience effect
(Zhang and Zhu 2011), saturation of talk (Jones et al. 2008), unanswered questions (Burke et al. 2007).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Role
from simulator.philox import U, negative_binomial, poisson, unit, words

if TYPE_CHECKING:
    from simulator.world import World

_TALK, _REPLY = key("conversation", "talk"), key("conversation", "reply")
_OWNER = int(Role.OWNER)
_FIX = 65536.0


@kernel
def _talk(
    ids, role, came, rate, interest, expertise, energy, own, level, ask, scale, dispersion, branching, kappa,
    day, replicates, seed, talk, reply, posts, asked, answered, replied, weight, stats, said, spoke,
):  # fmt: skip
    slots = ids.shape[1]
    for r in range(ids.shape[0]):
        here = 0
        for k in range(said.shape[1]):
            said[r, k] = 0
            spoke[r, k] = 0
        for i in range(slots):
            posts[r, i] = 0
            asked[r, i] = False
            answered[r, i] = False
            replied[r, i] = False
            if came[r, i]:
                here += 1
        n = np.float64(branching[r]) * (1.0 - np.exp(-max(here - 1, 0) / 3.0))
        wide = 1.0 / ((1.0 - n) * (1.0 - n)) - 1.0
        started = 0
        replies = 0
        questions = 0
        able = 0
        total = 0
        for i in range(slots):
            if not came[r, i]:
                continue
            mean = np.float64(level[role[r, i]]) * np.float64(rate[r, i])
            if role[r, i] == _OWNER:
                mean *= np.float64(energy[r])
            mean *= 0.3 + 0.7 * min(np.float64(interest[r, i]) / own, 1.5)
            know = np.float64(expertise[r, i])
            weight[i] = np.int64(mean * (0.3 + know) * _FIX)
            total += weight[i]
            able += np.int64(mean * know * know * _FIX)
            a, b, c, _ = words(ids[r, i], day, 0, replicates[r], seed, talk)
            seeds = negative_binomial(unit(a), mean * scale[r], np.float64(dispersion[r]))
            if seeds > 0:
                posts[r, i] = seeds
                started += seeds
                if unit(b) < 1.0 - (1.0 - np.float64(ask[role[r, i]])) ** seeds:
                    asked[r, i] = True
                    questions += 1
                if n > 0.0:
                    mu = seeds * n / (1.0 - n)
                    size = negative_binomial(unit(c), mu, mu / wide)
                    replied[r, i] = size > 0
                    replies += size
        hit = 0
        if questions > 0:
            chance = 1.0 - np.exp(-np.float64(kappa[r]) * able / _FIX / questions)
        share = replies / max(total, 1)
        for i in range(slots):
            if not came[r, i]:
                continue
            if replies > 0 or asked[r, i]:
                a, b, _, _ = words(ids[r, i], day, 0, replicates[r], seed, reply)
                if replies > 0:
                    posts[r, i] += poisson(unit(a), weight[i] * share)
                if asked[r, i] and here > 1 and unit(b) < chance:
                    answered[r, i] = True
                    hit += 1
            if posts[r, i] > 0:
                said[r, role[r, i]] += posts[r, i]
                spoke[r, role[r, i]] += 1
        stats[r, 0] = questions
        stats[r, 1] = hit


@dataclass(frozen=True, kw_only=True)
class Conversation(Mechanism):
    """The day's talk."""

    name: ClassVar[str] = "conversation"

    dispersion: float = positive(0.5, 0.2, 1.0, doc="negative-binomial shape of a day's messages", tag="A", source="groupme-nbd")
    branching: float = param(0.5, 0.3, 0.8, doc="replies a message excites", tag="A", source="masuda2013")
    audience: float = param(0.3, 0.1, 0.6, doc="exponent of the audience effect", tag="A", source="zhang2011")
    ceiling: float = positive(1500.0, 600.0, 3000.0, unit="messages/day", doc="where talk saturates", tag="A", source="jones2008")
    answering: float = param(1.5, 0.5, 3.0, doc="answers per question and unit of ability", tag="A", source="burke2007")

    def conversation(self, world: "World") -> None:
        """Let those who came talk."""
        p, m, c = world.params[self.name], world.members, world.community
        crowd = np.maximum(world.crowd.astype(np.float64) / world.reference_visitors, 0.02)
        expected = world.reference_messages * crowd / (1.0 - p["branching"].astype(np.float64))
        scale = np.exp(world.effect / 2.0) * crowd ** p["audience"] / (1.0 + expected / p["ceiling"])
        weight = np.zeros(world.shape[1], np.int64)
        _talk(
            m.id, m.role, world.came, m.rate, m.interest, m.expertise, world.energy, max(c.interest, 0.01),
            np.array(c.messages, np.float32), np.array(c.questions, np.float32), scale,
            p["dispersion"], p["branching"], p["answering"], world.day, world.replicates, U(world.seed),
            U(_TALK), U(_REPLY), world.posts, world.asked, world.answered, world.replied, weight, world.questions,
            world.talk, world.voices,
        )  # fmt: skip
