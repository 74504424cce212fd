"""Belonging: answers, replies and friends make one of us; silence and unanswered questions do not.

    logit += w (B - B0)
    dB = gain (1 - B) - unanswered B - decay B
    gain = reply replied + answer answered + tie t/(1+t) came + care minutes/(minutes+10) + purpose a mentions

t is the strength of ties to today's visitors: contagion enters here, once. What an early reply does for
coming back is said in ``reception``; what is left of each reply for good is an assumption, and so are all
other sizes here. Signs: unanswered questions (Burke et al. 2007); singling out helps those who were not
inclined (Burke et al. 2009): weekly attention for a month comes to about a third of a logit; identity (Ren
et al. 2012): a mention of the goal every day makes visits about 1.3 times as frequent in the end, most so
for those who belong least.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param
from simulator.logit import add_term
from simulator.mechanism import Mechanism
from simulator.philox import U

if TYPE_CHECKING:
    from simulator.world import World

_MINUTES = np.float32(10)


@kernel
def _belong(
    start, used, other, strength, came, here, visitors, replied, asked, answered,
    reply, answer, unanswered, tie, decay, b,
):  # fmt: skip
    one = np.float32(1)
    moved, about = np.empty(b.shape[1], np.float32), np.empty(b.shape[1], np.float32)
    for r in range(b.shape[0]):
        row, fading = b[r], decay[r]
        for i in range(about.shape[0]):
            about[i] = came[r, i]
        for k in range(visitors[r]):
            i = here[r, k]
            # Strengths are multiples of 2^-23: their sum is exact, whatever the order. One sum after another
            # would wait for itself.
            even, odd, first = 0.0, 0.0, start[r, i]
            pairs = used[r, i] >> 1
            for e in range(first, first + 2 * pairs, 2):
                even += strength[U(e)] * about[U(other[U(e)])]
                odd += strength[U(e + 1)] * about[U(other[U(e + 1)])]
            if used[r, i] & 1:
                e = first + 2 * pairs
                even += strength[U(e)] * about[U(other[U(e)])]
            t = np.float32(even + odd)
            up, down = tie[r] * t / (one + t), fading
            if replied[r, i]:
                up += reply[r]
            if asked[r, i]:
                if answered[r, i]:
                    up += answer[r]
                else:
                    down += unanswered[r]
            moved[k] = min(max(row[i] + up * (one - row[i]) - down * row[i], np.float32(0)), one)
        for i in range(row.shape[0]):
            row[i] = min(max(row[i] - fading * row[i], np.float32(0)), one)
        for k in range(visitors[r]):
            row[here[r, k]] = moved[k]


@kernel
def _cared(care, weight, b):
    one = np.float32(1)
    for r in range(b.shape[0]):
        for i in range(b.shape[1]):
            b[r, i] += weight[r] * care[r, i] / (care[r, i] + _MINUTES) * (one - b[r, i])


@kernel
def _told(purpose, alignment, weight, b):
    one = np.float32(1)
    for r in range(b.shape[0]):
        for i in range(b.shape[1]):
            b[r, i] += min(weight[r] * purpose[r, i] * alignment[r, i], one) * (one - b[r, i])


@dataclass(frozen=True, kw_only=True)
class Belonging(Mechanism):
    """Feeling one of us."""

    name: ClassVar[str] = "belonging"
    hears: ClassVar[frozenset[str]] = frozenset({"care", "purpose"})

    weight: float = param(1.6, 0.8, 2.4, unit="logit", doc="full belonging on coming", tag="A")
    reply: float = param(0.03, 0.005, 0.06, doc="gain by being replied to", tag="A", source="joyce2006")
    answer: float = param(0.03, 0.005, 0.06, doc="gain by an answer", tag="A", source="joyce2006")
    unanswered: float = param(
        0.05, 0.0, 0.10, doc="loss by an unanswered question", tag="A", source="burke2007"
    )
    tie: float = param(0.03, 0.0, 0.06, doc="gain a visit among strong ties", tag="A")
    care: float = param(0.10, 0.0, 0.2, doc="gain by long personal attention", tag="A", source="burke2009")
    purpose: float = param(
        0.02, 0.0, 0.06, unit="1/mention", doc="gain by the shared goal", tag="A", source="ren2012"
    )
    decay: float = param(0.015, 0.005, 0.03, unit="1/day", doc="fading", tag="A")

    def pull(self, world: "World") -> None:
        """Add the belonging term."""
        weight, opening = world.params[self.name]["weight"], np.float32(world.community.belonging)
        add_term(world.pull, weight, world.members.belonging, opening)

    def belonging(self, world: "World") -> None:
        """Move belonging."""
        p, m = world.params[self.name], world.members
        ties = world.ties
        _belong(
            ties.start, ties.used, ties.other, ties.strength,
            world.came, world.here, world.visitors, world.replied, world.asked, world.answered,
            p["reply"], p["answer"], p["unanswered"], p["tie"], p["decay"], m.belonging,
        )  # fmt: skip
        care, purpose = world.given("care"), world.given("purpose")
        if care is not None:
            _cared(care, p["care"], m.belonging)
        if purpose is not None:
            _told(purpose, m.alignment, p["purpose"], m.belonging)
