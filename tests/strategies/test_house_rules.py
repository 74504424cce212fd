"""House rules: who is told when, what is removed, who is put out; days written by hand."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.members import NEVER
from simulator.stimuli import Award, Offer
from strategies.house_rules import HouseRules
from tests.strategies.stage import Stage

NOBODY = np.zeros((1, 5), bool)


def away(idle, came=NOBODY, day=30, whom=None, **columns):
    """Who of five is put out: owner, KOL, novice, two lurkers."""
    stage = Stage((1, 5), day=day, roles=[0, 1, 2, 3, 3])
    for name, column in columns.items():
        stage.members[name][:] = column
    return stage.award(HouseRules(idle=idle), came, whom).removals.astype(int).tolist()[0]


def test_everybody_is_told_once_and_newcomers_when_they_join():
    stage, rules = Stage((1, 3)), HouseRules(notice=0.5)
    assert stage.offer(rules).prompt.tolist() == [[0.5, 0.5, 0.5]]
    stage.award(rules, [[0, 0, 0]])
    assert not stage.at(1).offer(rules).prompt.any()
    stage.memory["told"][0, 1] = False  # the slot has a new holder, whose memory is blank
    assert stage.at(2).offer(rules).prompt.tolist() == [[0.0, 0.5, 0.0]]


def test_only_those_addressed_are_told():
    stage, rules = Stage((1, 3)), HouseRules()
    assert stage.offer(rules, whom=[[1, 0, 0]]).prompt.astype(bool).tolist() == [[True, False, False]]
    stage.award(rules, [[1, 1, 1]], whom=[[1, 0, 0]])
    assert stage.offer(rules).prompt.astype(bool).tolist() == [[False, True, True]]


def test_the_more_is_removed_the_more_work_it_is():
    stage = Stage((1, 2))
    half, all_ = (stage.award(HouseRules(order=order, hours=0.6), [[1, 1]]) for order in (0.5, 1.0))
    assert (half.order, half.hours) == (0.5, pytest.approx(0.3))
    assert (all_.order, all_.hours) == (1.0, pytest.approx(0.6))
    assert half.cost is None


def test_nobody_is_put_out_unless_asked_for():
    assert Stage((1, 2), day=1000).award(HouseRules(), [[0, 0]]).removals is None


def test_who_stays_away_too_long_is_put_out_but_never_an_owner_or_a_kol():
    assert away(30) == [0, 0, 1, 1, 1]
    assert away(31) == [0, 0, 0, 0, 0]


def test_days_away_count_from_the_last_visit():
    assert away(10, last_came=[NEVER, NEVER, 20, 21, NEVER]) == [0, 0, 1, 0, 1]


def test_who_joined_lately_has_time_to_come():
    assert away(10, joined=[0, 0, 20, 21, 29]) == [0, 0, 1, 0, 0]


def test_founders_of_an_old_group_are_counted_from_its_first_simulated_day():
    assert away(10, day=9, joined=-400) == [0] * 5
    assert away(10, day=10, joined=-400) == [0, 0, 1, 1, 1]


def test_who_comes_today_stays():
    assert away(10, came=np.array([[0, 0, 1, 0, 0]], bool)) == [0, 0, 0, 1, 1]


def test_only_those_addressed_are_put_out():
    assert away(10, whom=[[1, 1, 1, 0, 1]]) == [0, 0, 1, 0, 1]


def test_an_empty_slot_is_nobody():
    assert away(10, present=[True, True, True, False, True]) == [0, 0, 1, 0, 1]


def test_at_dose_nought_nothing_is_said_or_done():
    stage, rules = Stage((1, 3), day=500), HouseRules(idle=5).placebo()
    assert stage.offer(rules) == Offer()
    assert stage.award(rules, [[0, 0, 0]]) == Award()
    assert not stage.memory["told"].any()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"^house_rules\.order is 1\.5; it must lie from 0 to 1 share\.$"):
        HouseRules.make(order=1.5)
