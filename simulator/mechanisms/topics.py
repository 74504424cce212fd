"""Topics (off by default): people care for different things, and read past what they do not care for.

    logit += w_i f - w_c c + w_b b,      messages a visit x exp(e b)
    f, c, b follow with ``speed`` on a visit, and forget with ``fade`` on a day away,
        information   (K/V) (1 - exp(-V/knee))           less that of an ordinary day
        reading cost  min(V / (M/V) / capacity, 3)       less that of an ordinary day
        bond          1 - exp(-F/familiar)               less that of an ordinary day

Of the day's messages by others a visitor views V; M of them are wanted, K of these on topics the visitor
cares for (M counts small talk, too, for the share ``smalltalk`` who care for it), F are off the topics, as a
share ``offtopic`` of all messages is. Moderation ``none``: all see all. ``community``: talk off the topics is
deleted for all. ``personalised``: each sees what is wanted, and as much more as the precision of the filter,
M/V, lets pass.

Ren and Kraut (2014): information is a joint function of number and match of messages read, with little more
to gain after 40 a day; reading costs grow with messages viewed over signal share; deleting talk off the
topics takes chances to bond, for which members write, too. Sizes were not seen: weights are assumptions and
may be nought.

A person's tastes are drawn once, from the person's own numbers; who writes on what from the author's of the
day. An ordinary day is that of the opening without moderation, so what a preset says of visits holds for it.
Messages that a moderator deletes have been written, and are counted as such. Overload counts all that is
written, whoever wants it: the presets of topics switch it off, or reading would tire twice.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.draws import key
from simulator.knobs import knob, param, positive
from simulator.logit import add_term
from simulator.mechanism import Mechanism
from simulator.mechanisms.topics_reading import REGIMES, live
from simulator.members import Column
from simulator.philox import U

if TYPE_CHECKING:
    from simulator.world import World

_TASTE, _WRITE = key("topics", "taste"), key("topics", "write")
_NIL = np.float32(0)


@dataclass(frozen=True, kw_only=True)
class Topics(Mechanism):
    """What is talked about, who cares for it, and who gets to see it."""

    name: ClassVar[str] = "topics"
    on_by_default: ClassVar[bool] = False
    columns: ClassVar[dict[str, Column]] = {
        "tastes": Column(np.uint32, 0, "bits of what one cares for, once seen: 0 small talk, t topic t"),
        "finds": Column(np.float32, 0, "information benefit lately, against an ordinary day's"),
        "toil": Column(np.float32, 0, "reading cost lately, against an ordinary day's"),
        "company": Column(np.float32, 0, "bond benefit lately, against an ordinary day's"),
    }  # fmt: skip

    moderation: str = knob("none", choices=REGIMES, doc="who sees what: all, nothing off topic, one's own")
    topics: int = knob(6, low=1, high=31, doc="topical breadth: number of topics")
    tastes: float = positive(2.0, 1.0, 4.0, unit="topics", doc="topics a member cares for", tag="A")
    offtopic: float = param(0.3, 0.0, 0.6, doc="share of messages off the topics", tag="A")
    smalltalk: float = param(0.5, 0.2, 0.8, doc="share of members who care for those", tag="A")
    precision: float = positive(
        0.8, 0.4, 1.0, doc="share of what a personal filter shows that is wanted", tag="A", source="ren2014"
    )
    information: float = param(
        1.0, 0.0, 2.0, unit="logit", doc="information benefit on coming", tag="A", source="ren2014"
    )
    knee: float = positive(
        40.0, 20.0, 100.0, unit="messages/day", doc="saturation of reading", tag="S", source="ren2014"
    )
    reading: float = param(
        0.6, 0.0, 1.2, unit="logit", doc="reading cost on coming", tag="A", source="ren2014"
    )
    capacity: float = positive(
        250.0, 100.0, 500.0, unit="messages/day", doc="viewed over signal share that costs one", tag="A"
    )
    bond: float = param(0.3, 0.0, 0.6, unit="logit", doc="bond benefit on coming", tag="A", source="ren2014")
    familiar: float = positive(
        10.0, 5.0, 20.0, unit="messages/day", doc="saturation of talk off the topics", tag="A"
    )
    contribution: float = param(
        0.3, 0.0, 0.6, doc="bond benefit on messages a visit, log", tag="A", source="ren2014"
    )
    speed: float = param(0.2, 0.1, 0.4, unit="1/visit", doc="learning what a visit brings", tag="A")
    fade: float = param(0.05, 0.02, 0.1, unit="1/day", doc="forgetting it on a day away", tag="A")

    def pull(self, world: "World") -> None:
        """Add what the last visits brought."""
        p, m = world.params[self.name], world.members
        add_term(world.pull, p["information"], m.finds, _NIL)
        add_term(world.pull, -p["reading"], m.toil, _NIL)
        add_term(world.pull, p["bond"], m.company, _NIL)

    def content(self, world: "World") -> None:
        """Sort today's talk by topic, and let visitors find in it what they find."""
        p, m = world.params[self.name], world.members
        replies = 1.0 - world.params["conversation"]["branching"].astype(np.float64)
        live(
            m.id, world.here, world.visitors, world.posts, world.day, world.replicates, U(world.seed),
            U(_TASTE), U(_WRITE), REGIMES.index(self.moderation), self.topics,
            p["tastes"], p["offtopic"], p["smalltalk"], p["precision"],
            p["knee"], p["capacity"], p["familiar"], p["speed"], p["fade"], p["contribution"],
            world.reference_messages / replies,
            m.tastes, m.finds, m.toil, m.company, m.rate,
        )  # fmt: skip
