"""P11 and P12: what more people bring and cost, and what is left when half of them go."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.draws import Bools
from simulator.members import Role
from simulator.scenario import Scenario
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Strategy

_SMALL, _LARGE, _MIDDLE = 50, 500, 200
_DAYS, _LOAD = 60, 2.0
#: The day half the members go, and the two weeks after it.
_SHOCK, _AFTER = 28, 14


@dataclass(frozen=True, kw_only=True)
class HalfGo(Strategy):
    """Half the members are put out on one day, by lot; not a tactic, but a shock as that of 2005."""

    name: ClassVar[str] = "half_go"
    title: ClassVar[dict[str, str]] = {"en": "Half the members go", "zh": "一半成员离开"}
    uses: ClassVar[frozenset[str]] = frozenset({"removals"})
    evidence: ClassVar[tuple[str, ...]] = ("zhang2011",)

    when: When = When(days=(_SHOCK,))

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Put out every other member, by the oddness of their number."""
        del came, memory
        return Award(
            removals=(whom & chosen(day.members.id) & (day.members.role != Role.OWNER)).astype(float)
        )


def chosen(ids: np.ndarray) -> Bools:
    """Half of all people, by a hash of who they are."""
    half: Bools = (ids * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(63) == 1
    return half


def watch_size(asked: Conditions) -> Data:
    """Messages and member-days, small and large; losses and member-days, single and double load."""
    group = community("interest_group", days=_DAYS, follow_up=0)
    out: Data = {}
    for name, size in (("small", _SMALL), ("large", _LARGE)):
        daily = asked.start(_sized(group, size)).run().daily
        out[name] = np.stack([daily["messages"].sum(axis=1), daily["members"].sum(axis=1)], axis=1)
    middle = _sized(group, _MIDDLE)
    owner, kol, novice, lurker = (_LOAD * messages for messages in middle.community.messages)
    double = replace(middle, community=replace(middle.community, messages=(owner, kol, novice, lurker)))
    for name, arm in (("single", middle), ("double", double)):
        daily = asked.start(arm).run().daily
        lost = daily["exits"].sum(axis=1) + daily["mutes"].sum(axis=1)
        out[name] = np.stack([lost, daily["members"].sum(axis=1)], axis=1)
    return out


def read_size(data: Data) -> Estimates:
    """Ratios of rates per member-day."""
    rate = {name: column[:, 0].sum() / column[:, 1].sum() for name, column in data.items()}
    return {"P11.per_member": rate["large"] / rate["small"], "P11.exits": rate["double"] / rate["single"]}


def _sized(scenario: Scenario, size: int) -> Scenario:
    return replace(scenario, community=replace(scenario.community, size=size, cap=None))


def watch_shock(asked: Conditions) -> Data:
    """Messages of those who stay in the two weeks after half the others went, and where nobody did."""
    group = community("interest_group", days=_SHOCK + 1, follow_up=_AFTER)
    out: Data = {}
    for name, arm in (("calm", group), ("shock", replace(group, strategies=(("half_go", HalfGo()),)))):
        simulation = asked.start(arm)
        w = simulation.world
        wrote = np.zeros(len(asked.worlds))
        for day in range(arm.horizon):
            simulation.step()
            if day > _SHOCK:
                stays = w.members.present & ~chosen(w.members.id) & (w.members.joined <= _SHOCK)
                wrote += np.where(stays, w.posts, 0).sum(axis=1)
        out[name] = wrote
    return out


def read_shock(data: Data) -> Estimates:
    """Fall of their posting."""
    return {"P12.fall": float(1 - data["shock"].sum() / max(data["calm"].sum(), 1))}


SIZE = Trial(
    ("P11",),
    watch_size,
    read_size,
    {
        "P11.per_member": Carrier("conversation", "ceiling", 3000.0),
        "P11.exits": Carrier("departure", "strain"),
    },
    draws=(25, 8),
    worlds=0.5,
    slots=625,
)
SHOCK = Trial(("P12",), watch_shock, read_shock, {"P12": Carrier("conversation", "audience")}, draws=(40, 25))
