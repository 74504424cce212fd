"""What must not matter, to the bit: company in a batch, chunks, padding, slots, order, names, looks."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.mechanism import TWIN
from simulator.registry import make_strategy
from simulator.simulation import Simulation
from simulator.stimuli import LEDGER
from simulator.topology import TOPOLOGIES
from tests.worlds import FOUR, SMALL, differences, reseat, rows, scenario, simulate, tactics

WAYS = ("full", "luck")
ARMS = [(), *((name,) for name in FOUR), FOUR]
NAMES = ["+".join(arm) or "baseline" for arm in ARMS]
#: Busy enough for slots to be given again, roomy enough that nobody is refused.
BUSY = replace(SMALL, arrivals=1.0, cap=90)
LIVELY = {"departure": {"exit": 0.002, "theta": 0.6}}


def busy(strategies, **more):
    return simulate(strategies, **{"community": BUSY, "mechanisms": LIVELY, "days": 16, **more})


# Replicates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uncertainty", WAYS)
@pytest.mark.parametrize("arm", ARMS, ids=NAMES)
def test_a_replicate_alone_is_itself_in_a_batch(arm, uncertainty):
    batch = busy(tactics(*arm), replicates=(3, 7, 12, 13), uncertainty=uncertainty)
    for number in (3, 13):
        alone = busy(tactics(*arm), replicates=(number,), uncertainty=uncertainty)
        assert differences(alone, rows(batch, [number])) == []


def test_chunks_do_not_matter():
    whole = busy(tactics(*FOUR), replicates=range(8))
    for size in (1, 3, 5):
        for first in range(0, 8, size):
            numbers = range(first, min(first + size, 8))
            assert differences(busy(tactics(*FOUR), replicates=numbers), rows(whole, numbers)) == []


def test_replicates_may_come_in_any_order_and_differ():
    forth, back = busy(tactics(*FOUR), replicates=(1, 2, 3)), busy(tactics(*FOUR), replicates=(3, 2, 1))
    for name, series in forth.daily.items():
        assert (series == back.daily[name][::-1]).all(), name
    assert (forth.daily["visitors"][0] != forth.daily["visitors"][1]).any()


def test_a_twin_is_another_draw_of_the_same_world():
    both = Simulation(scenario(), [5, 5 | int(TWIN)], 5)
    for params in both.world.params.values():
        for name, column in params.items():
            assert column[0] == column[1], name
    daily = both.run().daily["visitors"]
    assert (daily[0] != daily[1]).any()


# Seats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm", ARMS, ids=NAMES)
def test_empty_seats_do_not_matter(arm):
    roomy = replace(BUSY, cap=BUSY.slots + 37)
    assert differences(busy(tactics(*arm)), busy(tactics(*arm), community=roomy)) == []


@pytest.mark.parametrize("arm", ARMS, ids=NAMES)
def test_who_sits_where_does_not_matter(arm):
    """Founders are given other slots after the opening; newcomers then find other slots free."""
    told = scenario(tactics(*arm), community=BUSY, mechanisms=LIVELY, days=16)
    plain, moved = Simulation(told, range(3), 5), Simulation(told, range(3), 5)
    reseat(moved, np.random.default_rng(1))
    assert (plain.world.members.id != moved.world.members.id).any()
    assert differences(plain.run(), moved.run()) == []


def test_people_can_change_seats_in_the_middle_of_a_run():
    told = scenario(tactics(*FOUR), community=BUSY, days=16)
    plain, moved = Simulation(told, range(3), 5), Simulation(told, range(3), 5)
    moved.run(8)
    moved.world.came[:] = False  # who meets whom of yesterday's visitors is the one thing kept by slot
    plain.run(8)
    plain.world.came[:] = False
    reseat(moved, np.random.default_rng(2))
    assert differences(plain.run(), moved.run()) == []


# Order, names, looks ----------------------------------------------------------------------------------------


def test_the_order_of_strategies_does_not_matter():
    given = tactics(*FOUR)
    for order in ((3, 2, 1, 0), (1, 3, 0, 2)):
        other = busy(tuple(given[k] for k in order))
        assert differences(busy(given), other) == []
    assert scenario(given).hash == scenario(given[::-1]).hash
    backwards = Simulation(scenario(given[::-1]), [0]).world.tactics
    assert [tactic.label for tactic in backwards] == sorted(FOUR)


def test_a_tactics_luck_is_its_labels():
    lottery = make_strategy("uncertain_reward", budget=200)
    one, again = busy([("one", lottery)]), busy([("one", lottery)])
    two = busy([("two", lottery)])
    assert differences(one, again) == []
    assert differences(one, two) != []
    lone = busy([("one", lottery)], days=1, follow_up=0)
    beside = busy([("one", lottery), ("zero", make_strategy("red_packet").placebo())], days=1, follow_up=0)
    assert differences(lone, beside) == []


def test_looking_changes_nothing():
    told = scenario(tactics(*FOUR), community=BUSY)
    plain, seen = Simulation(told, range(3), 5), Simulation(told, range(3), 5)
    seen.step()
    while seen.world.day < told.horizon:
        seen.plan()
        seen.record().summary()
        seen.record().manifest()
        watched = seen.world.watched
        assert all(watched[name].shape == watched.shape for name in watched)
        seen.world.ties.count()
        seen.world.ties.to_networkx(0, dict(seen.world.members), seen.world.members.present)
        seen.world.draws.of("onlooker", seen.world.day).uniform("curiosity")
        seen.step()
    assert differences(plain.run(), seen.record()) == []


# The placebo ------------------------------------------------------------------------------------------------

BASELINE = {}


def baseline(topology, uncertainty):
    if (topology, uncertainty) not in BASELINE:
        BASELINE[topology, uncertainty] = placebo_run((), topology, uncertainty)
    return BASELINE[topology, uncertainty]


def placebo_run(arm, topology, uncertainty):
    told = scenario(
        tactics(*arm, every=2, start=0),
        community=replace(SMALL, topology=topology, arrivals=1.0),
        uncertainty=uncertainty,
        days=9,
        follow_up=2,
    )
    return Simulation(told.placebo(), range(2), 5).run()


@pytest.mark.parametrize("uncertainty", WAYS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("arm", ARMS[1:], ids=NAMES[1:])
def test_the_placebo_is_the_baseline(arm, topology, uncertainty):
    placebo = placebo_run(arm, topology, uncertainty)
    assert differences(placebo, baseline(topology, uncertainty)) == []
    assert all(not booked[kind].any() for booked in placebo.ledger.values() for kind in LEDGER)


def test_the_real_thing_is_not_the_baseline():
    for name in FOUR:
        assert differences(busy(tactics(name, every=2, start=0)), busy(())) != [], name


# Shared luck ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUR)
def test_days_before_the_start_are_the_baselines(name):
    late = busy(tactics(name, start=9, every=1), days=16)
    plain = busy((), days=16)
    for metric, series in plain.daily.items():
        assert (late.daily[metric][:, :9] == series[:, :9]).all(), metric
    assert any((late.daily[metric][:, 9:] != series[:, 9:]).any() for metric, series in plain.daily.items())


@pytest.mark.parametrize("name", FOUR)
def test_arms_share_their_luck(name):
    """Where a tactic does not bite, the same people come: replicates rank alike under both arms."""
    plain = simulate(replicates=range(40), days=12, follow_up=0).daily["voices"].mean(axis=1)
    treated = simulate(tactics(name), replicates=range(40), days=12, follow_up=0).daily["voices"].mean(axis=1)
    assert np.corrcoef(plain, treated)[0, 1] > 0.9


def test_traits_and_the_groups_own_effect_are_those_of_every_arm():
    plain, treated = (Simulation(scenario(arm), range(3), 5) for arm in ((), tactics(*FOUR)))
    for name, column in plain.world.members.items():
        assert (treated.world.members[name] == column).all()
    assert (plain.world.effect == treated.world.effect).all()
    assert plain.world.ties.edges(1)[0].tolist() == treated.world.ties.edges(1)[0].tolist()
    for name, params in plain.world.params.items():
        assert all((treated.world.params[name][k] == column).all() for k, column in params.items())
