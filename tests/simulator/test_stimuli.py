"""Channels: what an offer and an award may hold, whom it reaches, and who must listen."""

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.members import Role
from simulator.registry import mechanisms
from simulator.schedule import Who
from simulator.simulation import Simulation
from simulator.stimuli import (
    CHANNELS,
    Award,
    Offer,
    Prospect,
    broad,
    check_heard,
    per_group,
    per_member,
    used,
)
from tests.worlds import SMALL, Says, only, scenario, script

EVERYTHING = frozenset(CHANNELS)


def day_of(*strategies, **more):
    """The world at the end of a day on which the strategies spoke."""
    sim = Simulation(scenario([(s.name, s) for s in strategies], **more), range(2), 1)
    sim.step()
    return sim.world


def test_there_is_a_channel_for_every_field_and_a_field_for_every_channel():
    by_side = {"offer": Offer, "award": Award}
    for side, kind in by_side.items():
        assert [f.name for f in fields(kind)] == [c.name for c in CHANNELS.values() if c.side == side]
    assert all(channel.unit and channel.doc for channel in CHANNELS.values())
    assert not used(Offer())
    assert not used(Award())


def test_channels_in_use_are_those_that_hold_something():
    assert used(Offer(prompt=0.0, prospects=(Prospect(1.0),))) == {"prompt", "prospects"}
    assert used(Award(cost=np.zeros(2), gatherings=np.zeros((2, 3), int))) == {"cost", "gatherings"}


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        (None, None),
        (0, None),
        (0.0, None),
        (1.5, [[1.5, 1.5], [1.5, 1.5]]),
        (np.array([[1.0], [2.0]]), [[1, 1], [2, 2]]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array([[True, False], [False, True]]), [[1, 0], [0, 1]]),
    ],
)
def test_a_dose_for_each_member(dose, expected):
    got = per_member(dose, (2, 2))
    if expected is None:
        assert got is None
    else:
        assert got.dtype == np.float32
        assert got.tolist() == expected


def test_a_dose_for_all_stays_small():
    assert broad(None, 3) is None
    assert broad(0, 3) is None
    assert broad(2.0, 3).tolist() == [[2], [2], [2]]
    assert broad(np.array([1.0, 2.0, 3.0]), 3).tolist() == [[1], [2], [3]]
    assert broad(np.ones((3, 5)), 3).shape == (3, 5)


def test_a_dose_for_the_group():
    assert per_group(None, 2).tolist() == [0, 0]
    assert per_group(1.5, 2).tolist() == [1.5, 1.5]
    assert per_group(np.array([1, 2]), 2).tolist() == [1, 2]


# Listeners --------------------------------------------------------------------------------------------------


def test_every_channel_is_heard_by_some_mechanism_or_is_bookkeeping():
    heard = frozenset().union(*(kind.hears for kind in mechanisms().values()))
    assert heard <= EVERYTHING
    assert {name for name, channel in CHANNELS.items() if channel.heard} <= heard


def test_a_channel_that_nobody_hears_is_an_error():
    with pytest.raises(UserError, match=r"^x uses channel 'praise', which no registered mechanism hears\.$"):
        check_heard(frozenset({"praise", "cost"}), frozenset({"prompt"}), "x")
    with pytest.raises(UserError, match=r"^x uses channel 'bribe', which does not exist\. Known: prompt, "):
        check_heard(frozenset({"bribe"}), EVERYTHING, "x")
    check_heard(frozenset({"cost"}), frozenset(), "x")


def test_a_mechanism_that_is_switched_off_still_hears():
    sim = Simulation(scenario([("says", Says())], mechanisms={n: {"on": False} for n in mechanisms()}), [0])
    assert {name for name, channel in CHANNELS.items() if channel.heard} <= sim.world.heard


def test_a_tactic_may_use_only_what_it_declares():
    @dataclass(frozen=True, kw_only=True)
    class Sly(Says):
        name: ClassVar[str] = "sly"
        uses: ClassVar[frozenset[str]] = frozenset({"reward"})

    day_of(Sly(given=Award(reward=1.0, cost=3.0)))
    with pytest.raises(UserError, match=r"^Strategy 'sly' uses channel 'praise' but declares only reward\.$"):
        day_of(Sly(given=Award(praise=1.0)))
    with pytest.raises(UserError, match=r"^Strategy 'sly' uses channel 'prompt' but declares"):
        day_of(Sly(shown=Offer(prompt=1.0)))


# Reach ------------------------------------------------------------------------------------------------------

CAME = np.arange(38) % 3 == 0
PER_MEMBER = [
    c.name for c in CHANNELS.values() if c.side == "award" and c.reaches != "group" and c.name != "gatherings"
]


@pytest.mark.parametrize("channel", PER_MEMBER)
def test_awards_reach_only_those_they_may(monkeypatch, channel):
    """Whatever a strategy returns, money is for visitors, care for members, neither for empty slots."""
    script(monkeypatch, [CAME])
    world = day_of(Says(given=Award(**{channel: 2.0})))
    present = world.members.present | world.exiting
    reached = world.came | (world.exiting & CAME[0]) if CHANNELS[channel].reaches == "came" else present
    got = world.given(channel)
    if channel != "removals":
        assert ((got > 0) == reached).all()
    assert set(np.unique(got)) <= {0.0, 2.0}


@pytest.mark.parametrize("channel", ["praise", "care", "invitations"])
def test_awards_reach_only_those_whom_the_tactic_addresses(monkeypatch, channel):
    script(monkeypatch, [CAME])
    world = day_of(Says(given=Award(**{channel: 2.0}), who=Who(roles=("novice", "lurker"))))
    got, outside = world.given(channel), world.members.role < Role.NOVICE
    assert (got[world.came & ~outside] == 2).all()
    assert (got[outside] == 0).all()
    assert (world.came & outside).any()


def test_only_members_addressed_meet(monkeypatch):
    """Whatever tables a strategy returns, seats are for members, and for those it addresses."""
    script(monkeypatch, [CAME])
    tables = np.zeros((2, SMALL.slots), int)
    world = day_of(Says(given=Award(gatherings=tables), who=Who(roles=("kol",))), mechanisms=only("bonding"))
    kols = world.members.role == Role.KOL
    assert (world.ties.count()[kols] >= kols.sum(axis=1).min() - 1).all()
    assert not world.ties.count()[~world.members.present].any()
    assert (world.new_ties <= kols.sum(axis=1) * (kols.sum(axis=1) - 1) // 2).all()


def test_awards_of_several_tactics_add_up(monkeypatch):
    @dataclass(frozen=True, kw_only=True)
    class Other(Says):
        name: ClassVar[str] = "other"

    script(monkeypatch, [CAME])
    world = day_of(
        Says(given=Award(praise=2.0, cost=1.0)), Other(given=Award(praise=0.5, noise=3.0, cost=2.5))
    )
    assert set(np.unique(world.given("praise")[world.came])) == {2.5}
    assert world.given_to_all("noise").tolist() == [3, 3]
    assert world.given_to_all("cost").tolist() == [3.5, 3.5]
    assert world.given("care") is None
    assert world.given_to_all("order").tolist() == [0, 0]
