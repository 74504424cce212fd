"""Taking mechanisms away: each can go; with all that hear a tactic gone, it leaves only its ledger."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.registry import STRATEGIES, distribution, mechanisms, strategies
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS
from tests.simulator.test_reference import Everything
from tests.worlds import FOUR, LEDGER, SMALL, differences, off, scenario, simulate, tactics

NAMES = sorted(mechanisms())
ALL = sorted(name for name in strategies() if distribution(STRATEGIES, name) == "qunlab")
BUSY = replace(SMALL, arrivals=1.0)


def listeners(*arm):
    """The mechanisms that hear what these tactics use."""
    uses = frozenset().union(*(strategies()[name].uses for name in arm))
    return [name for name, kind in mechanisms().items() if kind.hears & uses]


@pytest.mark.parametrize("name", NAMES)
def test_the_model_runs_without_it(name):
    record = simulate(tactics(*FOUR), mechanisms=off(name), community=BUSY, days=10)
    assert record.days == 14
    assert all(np.isfinite(series).all() for series in record.daily.values())
    assert np.isfinite(record.summary()["voices"]).all()


@pytest.mark.parametrize("name", NAMES)
def test_switching_it_changes_something(name):
    """A switch that changes nothing is no switch; those off by default are switched on."""
    plain = mechanisms()[name].on_by_default
    community = replace(BUSY, muted=0.3, purpose_days=8)
    given = (*tactics(*FOUR, every=2, start=0), ("everything", Everything()))
    normal = simulate(given, community=community, days=25)
    switched = simulate(given, community=community, days=25, mechanisms={name: {"on": not plain}})
    assert differences(normal, switched) != []


def test_nobody_comes_where_nothing_decides_it():
    record = simulate(tactics(*FOUR), mechanisms=off("attendance"))
    for name in ("visitors", "voices", "messages", "tokens", "gifts"):
        assert not record.daily[name].any(), name


def test_nobody_talks_where_nothing_decides_it():
    record = simulate(tactics(*FOUR), mechanisms=off("conversation"))
    assert not record.daily["messages"].any()
    assert record.daily["visitors"].any()


def test_with_everything_off_a_community_stands_still():
    record = simulate(tactics(*FOUR), mechanisms=off(*NAMES), days=10)
    assert (record.daily["members"] == SMALL.size).all()
    assert not record.daily["visitors"].any()
    assert (record.daily["energy"] == 1).all()


@pytest.mark.parametrize("arm", [*((name,) for name in ALL), FOUR, ALL], ids=lambda arm: "+".join(arm)[:40])
@pytest.mark.parametrize("uncertainty", ["full", "luck"])
def test_with_its_listeners_gone_a_tactic_leaves_only_its_ledger(arm, uncertainty):
    deaf = {"mechanisms": off(*listeners(*arm)), "community": BUSY, "days": 20, "uncertainty": uncertainty}
    baseline = simulate(**deaf)
    treated = simulate(tactics(*arm, every=2, start=0), **deaf)
    assert differences(baseline, treated, but=LEDGER) == []
    assert treated.daily["hours"].any() or treated.daily["cost"].any() or treated.daily["income"].any()


def felt(name, deaf):
    """Whether a tactic changes people, ties, the owner or gifts with these mechanisms switched off."""
    worlds = []
    for arm in ((), tactics(name, every=1, start=0, hours=20)):
        sim = Simulation(scenario(arm, mechanisms=off(*deaf), community=BUSY, days=20), range(3), 5)
        gifts = sim.run(20).daily["gifts"]
        worlds.append((sim.world, gifts))
    (plain, given), (treated, more) = worlds
    return (
        any((plain.members[n] != treated.members[n]).any() for n in plain.members)
        or (plain.energy != treated.energy).any()
        or (plain.ties.total() != treated.ties.total()).any()
        or (given != more).any()
    )


@pytest.mark.parametrize(("name", "left"), [(name, left) for name in FOUR for left in listeners(name)])
def test_each_listener_alone_lets_the_tactic_be_felt(name, left):
    assert felt(name, [other for other in listeners(name) if other != left])


def test_every_strategy_is_heard():
    for name in ALL:
        heard = frozenset().union(*(mechanisms()[m].hears for m in listeners(name)))
        assert {c for c in strategies()[name].uses if CHANNELS[c].heard} <= heard
