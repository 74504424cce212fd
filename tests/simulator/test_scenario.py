"""Scenarios and communities: frozen plain values, checked at once, with a hash that tells them apart."""

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.errors import UserError
from simulator.founding import reference
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.topology import TOPOLOGIES
from tests.worlds import FOUR, tactics


def test_the_default_is_the_baseline():
    told = Scenario()
    assert told.label == "baseline"
    assert told.strategies == ()
    assert told.horizon == told.days + told.follow_up
    assert told.uncertainty == "full"


def test_scenarios_and_communities_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Scenario().days = 3
    with pytest.raises(FrozenInstanceError):
        Community().size = 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"days": 0}, "days is 0; it must be a whole number from 1 to 10000."),
        ({"days": -3}, "days is -3; it must be a whole number from 1 to 10000."),
        ({"days": 10_001}, "days is 10001; it must be a whole number from 1 to 10000."),
        ({"days": 2.5}, "days is 2.5; it must be a whole number from 1 to 10000."),
        ({"days": True}, "days is True; it must be a whole number from 1 to 10000."),
        ({"days": "60"}, "days is '60'; it must be a whole number from 1 to 10000."),
        ({"follow_up": -1}, "follow_up is -1; it must be a whole number from 0 to 10000."),
        ({"uncertainty": "ful"}, "There is no uncertainty 'ful'. Did you mean 'full'?"),
        (
            {"strategies": (("a", make_strategy("red_packet")), ("a", make_strategy("offline_meetup")))},
            "Scenario 'baseline' holds two tactics with one label: a, a.",
        ),
    ],
)
def test_a_wrong_scenario_gets_one_line(given, message):
    with pytest.raises(UserError) as error:
        Scenario(**given)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": 0}, "community.size is 0; it must be a number from 1 to 1e+06."),
        ({"size": "many"}, "community.size is 'many'; it must be a number from 1 to 1e+06."),
        ({"size": True}, "community.size is True; it must be a number from 1 to 1e+06."),
        ({"interest": 1.01}, "community.interest is 1.01; it must be a number from 0 to 1."),
        ({"interest": float("nan")}, "community.interest is nan; it must be a number from 0 to 1."),
        ({"visiting": (0.9, 0.5, 0.0, 0.1)}, "community.visiting is 0.0; it must be a number from 0.001 to"),
        ({"visiting": (0.9, 0.5)}, "community.visiting must hold 4 numbers: owner, kol, novice, lurker."),
        ({"weekdays": (1.0,) * 6}, "community.weekdays holds 6 numbers; it must hold 7, Monday first."),
        ({"kols": 0.7, "novices": 0.4}, "community.kols + novices is 1.1; shares must not pass 1."),
        ({"size": 50, "cap": 49}, "community.cap is 49; it must not be under community.size, 50."),
    ],
)
def test_a_wrong_community_gets_one_line(given, message):
    with pytest.raises(UserError) as error:
        Community(**given)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_wrong_topology_gets_one_line_when_the_community_is_founded():
    with pytest.raises(UserError, match=r"There is no topology 'small_word'\. Did you mean 'small_world'\?"):
        Simulation(Scenario(community=Community(topology="small_word")), [0])
    with pytest.raises(UserError, match=r"There is no parameter of topology small_world: 'kk'"):
        Simulation(Scenario(community=Community(ties={"kk": 3})), [0])
    assert "small_world" in TOPOLOGIES


def test_every_field_of_a_community_says_what_it_is():
    for field in fields(Community):
        if field.name not in ("name", "topology", "ties", "founders"):
            assert field.metadata["doc"]
            assert field.metadata["low"] < field.metadata["high"]


@pytest.mark.parametrize(
    ("size", "cap", "slots"), [(100, None, 125), (4, None, 12), (10, 10, 10), (10, 99, 99)]
)
def test_seats(size, cap, slots):
    assert Community(size=size, cap=cap).slots == slots


# Hashes -----------------------------------------------------------------------------------------------------


def test_the_hash_is_of_the_content_and_not_of_the_name_or_the_order():
    one = Scenario(strategies=tactics(*FOUR), mechanisms={"habit": {"on": True, "growth": 0.05}, "kcore": {}})
    two = Scenario(
        label="other",
        strategies=tactics(*reversed(FOUR)),
        mechanisms={"kcore": {}, "habit": {"growth": 0.05, "on": True}},
    )
    assert one.hash == two.hash
    assert len(one.hash) == 16
    assert int(one.hash, 16) >= 0


@pytest.mark.parametrize(
    "other",
    [
        Scenario(days=61),
        Scenario(follow_up=61),
        Scenario(uncertainty="luck"),
        Scenario(community=Community(arrivals=0.11)),
        Scenario(community=Community(ties={"k": 8})),
        Scenario(strategies=tactics("red_packet")),
        Scenario(strategies=(("other", make_strategy("red_packet")),)),
        Scenario(strategies=tactics("red_packet", purse=21)),
        Scenario(strategies=tactics("red_packet", every=2)),
        Scenario(strategies=tactics("red_packet", roles="kol")),
        Scenario(mechanisms={"habit": {"on": False}}),
    ],
)
def test_every_difference_makes_another_hash(other):
    others = {Scenario().hash, Scenario(strategies=tactics("red_packet")).hash} - {other.hash}
    assert Scenario().hash in others


def test_every_field_of_the_community_is_hashed():
    plain = Community().plain()
    assert set(plain) == {field.name for field in fields(Community)}
    assert json.loads(json.dumps(plain)) == plain


def test_the_hash_is_the_same_in_another_process():
    """No set order, no address, no salt of the interpreter."""
    code = "from simulator.scenario import Scenario; print(Scenario().hash)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == Scenario().hash


# The placebo ------------------------------------------------------------------------------------------------


def test_the_placebo_keeps_all_but_the_doses():
    told = Scenario(label="four", strategies=tactics(*FOUR, every=2), days=21)
    placebo = told.placebo()
    assert placebo.label == "placebo"
    assert [label for label, _ in placebo.strategies] == [label for label, _ in told.strategies]
    assert all(
        one.when == two.when for (_, one), (_, two) in zip(placebo.strategies, told.strategies, strict=True)
    )
    assert replace(placebo, strategies=told.strategies, label="four") == told
    assert placebo.hash != told.hash


# What an ordinary day brings --------------------------------------------------------------------------------


def test_the_reference_day_is_what_roles_add_up_to():
    community = Community(size=10, owners=1, kols=0.2, novices=0.3)  # 1 owner, 2 KOLs, 3 novices, 4 lurkers
    expected = reference(community)
    visiting, messages = np.array(community.visiting), np.array(community.messages)
    counts = np.array([1, 2, 3, 4])
    assert expected.visitors == pytest.approx(counts @ visiting)
    assert expected.messages == pytest.approx(counts @ (visiting * messages))


def test_a_group_that_has_muted_itself_expects_little_but_never_nothing():
    silent = reference(Community(size=20, owners=0, muted=1.0))
    assert (silent.visitors, silent.messages, silent.useful) == (1.0, 0.5, 0.5)
