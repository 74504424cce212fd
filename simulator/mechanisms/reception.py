"""Reception: a reply, or a welcome, to somebody new makes coming back likelier, for as long as they are new.

    logit += reply max(1 - t / new, 0)    for those who were replied to, or answered, while t < new
    logit += welcome (1 - exp(-welcomes)) max(1 - t / new, 0)    welcomes had while t < new

t is days since joining. Joyce and Kraut (2006): of 2,777 newcomers to six Usenet groups 44% came back
without a reply and 56% with one, 0.48 on the logit, whatever its tone; correlational, so shrunk to 0.40. How
long somebody is new, and that the effect fades evenly meanwhile, are assumptions. Belonging grows apart from
this. Morgan and Halfaker (2018): newcomers to Wikipedia who were by lot invited to a place of welcome stayed
oftener; the size was not seen, so that of a welcome is assumed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from simulator.jit import kernel
from simulator.knobs import param, positive
from simulator.mechanism import Mechanism
from simulator.members import Column

if TYPE_CHECKING:
    from simulator.world import World


@kernel
def _return(pull, welcomed, joined, weight, new, day):
    nil, one, today = np.float32(0), np.float32(1), np.int32(day)
    for r in range(pull.shape[0]):
        row, was, since, w, long = pull[r], welcomed[r], joined[r], weight[r], new[r]
        for i in range(row.shape[0]):
            left = max(one - np.float32(today - since[i]) / long, nil)
            row[i] += w * left if was[i] else nil


@kernel
def _greeted(pull, greeted, joined, weight, new, day):
    nil, one, today = np.float32(0), np.float32(1), np.int32(day)
    for r in range(pull.shape[0]):
        row, had, since, w, long = pull[r], greeted[r], joined[r], weight[r], new[r]
        for i in range(row.shape[0]):
            row[i] += w * had[i] * max(one - np.float32(today - since[i]) / long, nil)


@kernel
def _greet(welcomes, joined, new, day, greeted):
    for r in range(greeted.shape[0]):
        for i in range(greeted.shape[1]):
            if welcomes[r, i] > 0 and np.float32(day - joined[r, i]) < new[r]:
                left = np.exp(-welcomes[r, i])
                greeted[r, i] = np.float32(1) - (np.float32(1) - greeted[r, i]) * left


@kernel
def _receive(here, visitors, replied, answered, joined, new, day, welcomed):
    for r in range(visitors.shape[0]):
        for k in range(visitors[r]):
            i = here[r, k]
            if (replied[r, i] or answered[r, i]) and np.float32(day - joined[r, i]) < new[r]:
                welcomed[r, i] = True


@dataclass(frozen=True, kw_only=True)
class Reception(Mechanism):
    """How newcomers are met."""

    name: ClassVar[str] = "reception"
    hears: ClassVar[frozenset[str]] = frozenset({"welcome"})
    columns: ClassVar[dict[str, Column]] = {
        "welcomed": Column(np.bool_, 0, "was replied to while new"),
        "greeted": Column(np.float32, 0, "0..1, 1 - exp(-welcomes had while new)"),
    }

    reply: float = param(
        0.4, 0.1, 0.65, unit="logit", doc="an early reply on coming back", tag="D", source="joyce2006"
    )
    welcome: float = param(
        0.2, 0.0, 0.5, unit="logit", doc="being welcomed on coming back", tag="A", source="morgan2018"
    )
    new: float = positive(30.0, 14.0, 60.0, unit="days", doc="how long somebody is new", tag="A")

    def pull(self, world: "World") -> None:
        """Add the terms of those who were replied to, or welcomed, and are new."""
        p, m = world.params[self.name], world.members
        _return(world.pull, m.welcomed, m.joined, p["reply"], p["new"], world.day)
        if "welcome" in world.spoken:
            _greeted(world.pull, m.greeted, m.joined, p["welcome"], p["new"], world.day)

    def learning(self, world: "World") -> None:
        """Note which newcomers were replied to, or welcomed, today."""
        m, new = world.members, world.params[self.name]["new"]
        _receive(
            world.here, world.visitors, world.replied, world.answered, m.joined, new, world.day,
            m.welcomed,
        )  # fmt: skip
        welcomes = world.given("welcome")
        if welcomes is not None:
            _greet(welcomes, m.joined, new, world.day, m.greeted)
