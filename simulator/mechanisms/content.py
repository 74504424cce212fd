"""Content: people come for what is useful to them: talk, answers and what is brought in.

    logit += w I (V - V0) + w (I - I0) V0 + w I (1 - exp(-announced / knee))
    V <- V + (1 - exp(-ln2 x useful / reference) - V) / memory

V is the value of recent content, 0..1; ``useful`` counts messages by the expertise of who wrote them, an
answered question as two messages more, and delivered content. Concave, as information benefit is (knee 40
messages a day, Ren and Kraut 2014). The reference is what the opening days of an ordinary group of this kind
are expected to yield, replies included, so V starts at V0 = 0.5. Weight and memory are assumptions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.logit import nudge
from simulator.mechanism import Mechanism
from simulator.stimuli import broad

if TYPE_CHECKING:
    from simulator.world import World

V0 = 0.5
_FIX = 65536.0


@kernel
def _attract(pull, interest, weight, value, opening):
    for r in range(pull.shape[0]):
        row, likes, w, v = pull[r], interest[r], weight[r], value[r]
        for i in range(row.shape[0]):
            row[i] += w * (likes[i] * v - opening)


@kernel
def _useful(here, visitors, posts, expertise, answered, out):
    for r in range(posts.shape[0]):
        total = 0
        for k in range(visitors[r]):
            i = here[r, k]
            if posts[r, i] > 0:
                total += np.int64(np.float64(posts[r, i]) * np.float64(expertise[r, i]) * _FIX)
                if answered[r, i]:
                    total += np.int64(2.0 * _FIX)
        out[r] = total / _FIX


@dataclass(frozen=True, kw_only=True)
class Content(Mechanism):
    """Value of recent content, and interest meeting it."""

    name: ClassVar[str] = "content"
    hears: ClassVar[frozenset[str]] = frozenset({"announced", "content"})

    weight: float = param(2.0, 1.0, 3.0, unit="logit", doc="interest x value on coming", tag="A")
    memory: float = positive(7.0, 3.0, 14.0, unit="days", doc="how long content keeps its value", tag="A")
    knee: float = positive(
        40.0, 20.0, 100.0, unit="messages", doc="saturation of announced", tag="S", source="ren2014"
    )

    def pull(self, world: "World") -> None:
        """Add the term of interest and value."""
        p = world.params[self.name]
        interest, opening = world.members.interest, np.float32(world.community.interest)
        _attract(world.pull, interest, p["weight"], world.value, opening * np.float32(V0))
        for shown, announced in world.shown("announced"):
            dose = broad(announced, world.shape[0])
            if dose is not None:
                force = p["weight"][:, None] * interest * (1 - np.exp(-dose / p["knee"][:, None]))
                nudge(world.pull, force, world.fresh(shown.tactic), shown.whom)

    def content(self, world: "World") -> None:
        """Move the value of content towards today's."""
        p = world.params[self.name]
        useful = np.zeros(world.shape[0])
        _useful(world.here, world.visitors, world.posts, world.members.expertise, world.answered, useful)
        useful += world.given_to_all("content")
        replies = 1.0 - world.params["conversation"]["branching"].astype(np.float64)
        today = 1.0 - np.exp(-np.log(2.0) * useful * replies / world.reference_useful)
        world.value += (today.astype(np.float32) - world.value) / p["memory"]
