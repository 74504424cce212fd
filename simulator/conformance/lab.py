"""A small real community, for what only shows once mechanisms answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, ClassVar
from unittest import mock

import numpy as np

from simulator import registry
from simulator.community import Community
from simulator.day import Day
from simulator.draws import Bools
from simulator.mechanism import Mechanism
from simulator.members import COLUMNS
from simulator.record import RunRecord
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS, Award, Entry, Offer, Prospect
from simulator.strategy import Memory, Strategy
from simulator.ties import Ties

#: Some 50 members who come often, room to grow, people who come and go, and a purpose that is served.
GROUP = Community(size=50, cap=80, arrivals=0.7, invitations=0.3, visiting=(0.9, 0.6, 0.4, 0.2), muted=0.1)
REPLICATES, DAYS, AFTER, SEED = (0, 1, 2), 13, 2, 5
#: What a tactic books even where nobody hears it.
LEDGER = frozenset({"cost", "hours", "income", "tokens", "gifts"})
Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Companion(Strategy):
    """Another tactic beside the one that is looked at. It draws nothing, so its label changes nothing."""

    name: ClassVar[str] = "companion"
    title: ClassVar[dict[str, str]] = {"en": "Companion", "zh": "同伴"}
    uses: ClassVar[frozenset[str]] = frozenset({"content", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ()

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Useful messages for all."""
        return Award(content=0.5, hours=0.1)


@dataclass(frozen=True, kw_only=True)
class Everything(Strategy):
    """Speaks into every channel on every second day, so that every mechanism has something to hear."""

    name: ClassVar[str] = "everything"
    title: ClassVar[dict[str, str]] = {"en": "Everything", "zh": "全部"}
    uses: ClassVar[frozenset[str]] = frozenset(CHANNELS)
    evidence: ClassVar[tuple[str, ...]] = ()

    but: frozenset[str] = frozenset()

    def _told(self, kind: Any, doses: Mapping[str, Any]) -> Any:
        """Doses as an offer, award or entry, but for the channels left out."""
        return kind(**{name: dose for name, dose in doses.items() if name not in self.but})

    def entry(self) -> Entry:
        """A fee, a test and a ritual."""
        told: Entry = self._told(Entry, {"fee": 5.0, "screening": 2.0, "ceremony": 5.0})
        return told

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Every second day; circles of those whose ids are alike."""
        if day.index % 2:
            return Offer()
        circle = np.where(whom, (day.members.id % np.uint64(3)).astype(np.int32), -1)
        amount = (Prospect(1.0, 0.5),)
        doses = {"prompt": 0.5, "announced": 1.0, "prospects": amount, "run": 2.0, "topics": 1.0, "help": 1.0}
        told: Offer = self._told(Offer, {**doses, "circles": circle})
        return told

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """A little of everything; nobody is put out but one in seven of those who stayed away, once."""
        if day.index % 2:
            return Award()
        go = day.goes(came & whom)
        table = np.where(go, (day.members.id % np.uint64(5)).astype(np.int32), -1)
        out = whom & ~came & (day.members.id % np.uint64(7) == 0) & (day.index == 10)
        ones = (
            "reward",
            "packet",
            "praise",
            "badges",
            "coaching",
            "purpose",
            "invitations",
            "welcome",
            "hours",
        )
        doses = {
            **dict.fromkeys(ones, 1.0), "care": 2.0, "content": 2.0, "noise": 2.0, "order": 0.3,
            "tokens": day.checks_in(came & whom), "gatherings": table, "removals": out, "guests": 3.0,
            "income": 1.0, "cost": 10.0,
        }  # fmt: skip
        told: Award = self._told(Award, doses)
        return told


def scenario(strategies: Sequence[tuple[str, Strategy]] = (), **more: Any) -> Scenario:
    """The small community with these tactics."""
    told = {"community": GROUP, "days": DAYS, "follow_up": AFTER, **more}
    return Scenario(strategies=tuple(strategies), **told)


def simulate(
    strategies: Sequence[tuple[str, Strategy]] = (), replicates: Sequence[int] = REPLICATES, **more: Any
) -> RunRecord:
    """The record of the small community with these tactics."""
    return Simulation(scenario(strategies, **more), replicates, SEED).run()


@lru_cache(maxsize=64)
def baseline(off: frozenset[str] = frozenset()) -> RunRecord:
    """The small community without tactics, with these mechanisms off."""
    return simulate(mechanisms=without(off))


def without(names: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Settings with these mechanisms off."""
    return {name: {"on": False} for name in sorted(names)}


def differences(one: RunRecord, other: RunRecord, but: frozenset[str] = frozenset()) -> list[str]:
    """Everything in which two records are not the same to the bit, but for some daily series."""
    found = [
        name
        for name in sorted(one.daily.keys() - but)
        if name not in other.daily or one.daily[name].tobytes() != other.daily[name].tobytes()
    ]
    found += [n for n in sorted(one.groups) if one.groups[n].tobytes() != other.groups[n].tobytes()]
    people = sorted(one.members.keys() & other.members.keys())
    return found + [
        f"{n} of members" for n in people if one.members[n].tobytes() != other.members[n].tobytes()
    ]


def part(record: RunRecord, number: int) -> RunRecord:
    """The part of a record that is about one replicate, in the same form."""
    at = np.flatnonzero(record.replicates == number)
    of = record.members["replicate"] == number
    daily = {name: np.ascontiguousarray(series[at]) for name, series in record.daily.items()}
    people = {name: column[of] for name, column in record.members.items()}
    people["row"] = np.zeros_like(people["row"])
    groups = {name: np.ascontiguousarray(column[at]) for name, column in record.groups.items()}
    return replace(
        record, replicates=record.replicates[at], daily=daily, members=people, ledger={}, groups=groups
    )


def with_state(simulation: Simulation) -> RunRecord:
    """The record of a simulation, with what its people are in the end, as a number for each row.

    Columns of mechanisms are left out: they may hold slots.
    """
    world, record = simulation.world, simulation.record()
    columns = {**{name: world.members[name] for name in COLUMNS}, "pull": world.pull, "hazard": world.hazard}
    state = {f"{name} of each": np.zeros(world.shape[0]) for name in columns}
    for r in range(world.shape[0]):
        there = np.flatnonzero(world.members.present[r])
        there = there[np.argsort(world.members.id[r, there])]
        for name, column in columns.items():
            digest = blake2b(column[r, there].tobytes(), digest_size=6).digest()
            state[f"{name} of each"][r] = int.from_bytes(digest, "little")
    return replace(record, groups={**record.groups, **state})


def reseat(simulation: Simulation, seed: int) -> None:
    """Give everybody another slot, in each replicate another way; nothing should come of it."""
    world, rng = simulation.world, np.random.default_rng(seed)
    rows, slots = world.shape
    new = np.argsort(rng.random(world.shape), axis=1)  # new[r, i] is the slot of who sat in i
    old = np.argsort(new, axis=1)
    for column in world.members.values():
        column[...] = np.take_along_axis(column, old, axis=1)
    parts = [world.ties.edges(r) for r in range(rows)]
    where = np.repeat(np.arange(rows), [len(a) for a, _, _ in parts])
    a, b, strength = (np.concatenate([p[k] for p in parts]) for k in range(3))
    world.ties = Ties.from_edges(rows, slots, where, new[where, a], new[where, b], strength)


@contextmanager
def known(kind: type[Mechanism] | None, name: str, place: str = "by name") -> Iterator[None]:
    """Simulations within know this mechanism among all others; None is nothing of that name.

    Args:
        kind: Its class.
        name: Its name.
        place: Where it stands among those of one phase: ``by name``, ``first`` or ``last``.
    """
    others = {n: k for n, k in registry.mechanisms().items() if n != name}
    mine = {} if kind is None else {name: kind}
    whole = {**mine, **others} if place == "first" else {**others, **mine}
    whole = dict(sorted(whole.items())) if place == "by name" else whole
    with mock.patch.object(registry, "mechanisms", return_value=whole):
        yield
