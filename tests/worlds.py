"""Small communities for tests: run them, compare them to the bit, move them about, script what people do."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator import registry
from simulator.community import Community
from simulator.mechanisms.attendance import Attendance
from simulator.mechanisms.conversation import Conversation
from simulator.members import Role
from simulator.registry import make_strategy, mechanisms
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS, Award, Offer
from simulator.strategy import Strategy
from simulator.ties import Ties

#: Small, with room to spare, and lively enough that every mechanism has something to do.
SMALL = Community(size=30, cap=60, arrivals=0.3, invitations=0.3, visiting=(0.9, 0.6, 0.4, 0.2))
FOUR = ("check_in_streak", "offline_meetup", "red_packet", "uncertain_reward")
#: What a tactic books even where nobody hears it.
LEDGER = {"cost", "hours", "income", "tokens", "gifts"}


NO_OFFER, NO_AWARD = Offer(), Award()


@dataclass(frozen=True, kw_only=True)
class Says(Strategy):
    """Shows and gives, every day, what it is told to."""

    name: ClassVar[str] = "says"
    title: ClassVar[dict[str, str]] = {"en": "Says", "zh": "说"}
    uses: ClassVar[frozenset[str]] = frozenset(CHANNELS)
    evidence: ClassVar[tuple[str, ...]] = ()

    shown: Offer = NO_OFFER
    given: Award = NO_AWARD

    def offer(self, day, whom, memory):
        return self.shown

    def award(self, day, whom, came, memory):
        return self.given


def tactics(*names, **knobs):
    """Labels and strategies, each under its own name, with knobs for all of them."""
    return tuple((name, make_strategy(name, **knobs)) for name in names)


def scenario(strategies=(), *, community=SMALL, days=12, follow_up=4, **more):
    return Scenario(community=community, strategies=tuple(strategies), days=days, follow_up=follow_up, **more)


def simulate(strategies=(), *, replicates=(0, 1, 2), seed=5, **more):
    """The record of a small scenario."""
    return Simulation(scenario(strategies, **more), replicates, seed).run()


def off(*names):
    """Settings with these mechanisms switched off."""
    return {name: {"on": False} for name in names}


def only(*names, **settings):
    """Settings with every other mechanism switched off; ``settings`` holds parameters by mechanism."""
    return {name: {"on": name in names, **settings.get(name, {})} for name in mechanisms()}


def differences(one, other, but=()):
    """Everything in which two records are not the same to the bit, but for some daily series."""
    found = [
        name
        for name in one.daily.keys() | other.daily.keys()
        if name not in but and one.daily[name].tobytes() != other.daily[name].tobytes()
    ]
    people = one.members.keys() | other.members.keys()
    return found + [f"life {n}" for n in people if one.members[n].tobytes() != other.members[n].tobytes()]


def rows(record, replicates):
    """The part of a record that is about some replicates, in the same form."""
    at = np.flatnonzero(np.isin(record.replicates, replicates))
    of = np.isin(record.members["replicate"], replicates)
    daily = {name: np.ascontiguousarray(series[at]) for name, series in record.daily.items()}
    people = {name: column[of] for name, column in record.members.items()}
    people["row"] = np.searchsorted(at, people["row"]).astype(np.int32)
    ledger = {
        label: {kind: series[at] for kind, series in booked.items()}
        for label, booked in record.ledger.items()
    }
    return type(record)(record.scenario, record.seed, record.replicates[at], daily, people, ledger)


def steps(simulation, n):
    """The world n days on."""
    for _ in range(n):
        simulation.step()
    return simulation.world


def reseat(simulation, rng):
    """Give everybody another slot, in each replicate another way; nothing should come of it."""
    world = simulation.world
    shape = world.shape
    new = np.argsort(rng.random(shape), axis=1)  # new[r, i] is the slot of who sat in i
    old = np.argsort(new, axis=1)
    for column in world.members.values():
        column[...] = np.take_along_axis(column, old, axis=1)
    parts = [world.ties.edges(r) for r in range(shape[0])]
    where = np.repeat(np.arange(shape[0]), [len(a) for a, _, _ in parts])
    a, b, strength = (np.concatenate([part[k] for part in parts]) for k in range(3))
    world.ties = Ties.from_edges(*shape, where, new[where, a], new[where, b], strength)


def bench(*names, says=None, community=SMALL, replicates=2, **settings):
    """A simulation with these mechanisms alone, at their defaults but for ``settings``, before day 0."""
    strategies = () if says is None else (("says", says),)
    alone = only(*names, **settings)
    told = scenario(strategies, community=community, days=400, mechanisms=alone, uncertainty="luck")
    return Simulation(told, range(replicates), 3)


def script(monkeypatch, came, posts=None, asked=None, answered=None, replied=None):
    """Let people do what is written, whatever their logits: tables ``(days, slots)``, for every replicate.

    A day after the last is like the last. What is not given does not happen. Only members who are there and
    have not muted the group come, and only those who come speak.
    """

    def at(table, world):
        row = np.asarray(table)[min(world.day, len(table) - 1)]
        out = np.zeros(world.shape, row.dtype)
        out[:, : len(row)] = row
        return out

    @dataclass(frozen=True, kw_only=True)
    class Come(Attendance):
        def attendance(self, world):
            m = world.members
            world.came[:] = at(came, world).astype(bool) & m.present & ~m.muted
            m.visits[:] += world.came
            world.visitors[:] = world.came.sum(axis=1)

    @dataclass(frozen=True, kw_only=True)
    class Speak(Conversation):
        def conversation(self, world):
            given = {"posts": posts, "asked": asked, "answered": answered, "replied": replied}
            for name, table in given.items():
                now = 0 if table is None else at(table, world) * world.came
                getattr(world, name)[:] = now
            for role in Role:
                his = np.where(world.members.role == role, world.posts, 0)
                world.talk[:, role], world.voices[:, role] = his.sum(axis=1), (his > 0).sum(axis=1)
            world.questions[:, 0] = world.asked.sum(axis=1)
            world.questions[:, 1] = world.answered.sum(axis=1)

    plug_in(monkeypatch, Come, Speak)


def plug_in(monkeypatch, *kinds):
    """Put mechanisms beside the registered ones, or in place of those with the same name."""
    known = dict(sorted({**registry.mechanisms(), **{kind.name: kind for kind in kinds}}.items()))
    monkeypatch.setattr(registry, "mechanisms", lambda: known)
