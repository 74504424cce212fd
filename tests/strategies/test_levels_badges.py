"""Levels and badges: points, levels and what is redeemed, by tables written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.stimuli import Award, Offer
from strategies.levels_badges import LevelsBadges
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)
GAME = {"visit": 1, "post": 2, "most": 3, "first": 5, "growth": 2.0, "levels": 3}


def play(table, **knobs):
    """Days of one member, each None (stayed away) or messages written: points and badges after each."""
    game, stage, kept = LevelsBadges(**GAME | knobs), Stage((1, 1)), []
    for day, posts in enumerate(table):
        award = stage.at(day, posts=posts or 0).award(game, [[posts is not None]])
        kept.append((int(stage.memory["points"][0, 0]), float(award.badges[0, 0])))
        assert award.cost[0] == pytest.approx(game.redeemed * award.reward[0, 0], abs=1e-5)
    return kept


def test_visits_and_messages_earn_points_and_levels_come_at_5_10_and_20():
    """A visit is worth 1, a message 2, three messages a day count."""
    got = play([0, 1, 0, None, 9, 1, 3, None, 9, 9])
    assert got == [(1, 0), (4, 0), (5, 1), (5, 0), (12, 1), (15, 0), (22, 1), (22, 0), (29, 0), (36, 0)]


def test_two_levels_on_one_day_are_two_badges_as_large_as_they_are_shown():
    assert play([50], most=50, post=1, badge=0.5) == [(51, 1.5)]


def test_thresholds_are_whole_points():
    assert [badges for _, badges in play([0] * 8, first=2, growth=1.5)] == [0, 1, 1, 1, 0, 0, 0, 0]


def test_a_visit_is_announced_at_its_worth():
    offer = Stage((1, 2)).offer(LevelsBadges(visit=3, worth=0.5, notice=0.4))
    (prospect,) = offer.prospects
    assert (prospect.amount, prospect.chance, offer.prompt) == (1.5, 1.0, 0.4)


def test_points_are_felt_at_their_worth_and_cost_what_is_redeemed():
    stage = Stage((1, 3), posts=[[2, 9, 0]])
    award = stage.award(LevelsBadges(visit=1, post=2, most=3, worth=0.5, redeemed=0.2), [[1, 1, 0]])
    assert award.reward.tolist() == [[2.5, 3.5, 0.0]]
    assert award.cost.tolist() == [pytest.approx(1.2)]
    virtual = Stage((1, 3)).award(LevelsBadges(worth=0.5, redeemed=0), [[1, 1, 0]])
    assert virtual.reward.any()
    assert virtual.cost.tolist() == [0.0]


def test_only_those_addressed_earn_points():
    stage = Stage((1, 3))
    stage.award(LevelsBadges(visit=2), [[1, 1, 0]], whom=[[0, 1, 1]])
    assert stage.memory["points"].tolist() == [[0, 2, 0]]


@QUICK
@given(st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=30), st.integers(1, 30), st.integers(1, 6))
def test_nobody_gets_more_badges_than_levels_and_as_many_as_points_allow(days, first, levels):
    got = play(days, first=first, levels=levels)
    points = got[-1][0] if got else 0
    assert sum(badges for _, badges in got) == sum(points >= first * 2**n for n in range(levels))


@pytest.mark.parametrize("off", ["badge", "levels"])
def test_without_badges_there_are_points_only(off):
    award = Stage((1, 2)).award(LevelsBadges(**{off: 0}), [[1, 1]])
    assert award.badges is None
    assert award.reward.any()


def test_points_worth_nothing_are_no_reward():
    stage, game = Stage((1, 2)), LevelsBadges(worth=0)
    assert stage.offer(game).prospects == ()
    award = stage.award(game, [[1, 1]])
    assert award.reward is None
    assert award.cost is None
    assert stage.memory["points"].tolist() == [[1, 1]]


def test_points_are_counted_apart_for_each_member_of_each_group():
    stage, game = Stage((2, 2), posts=[[4, 0], [1, 9]]), LevelsBadges(**GAME | {"most": 9})
    award = stage.award(game, [[1, 1], [0, 1]])
    assert stage.memory["points"].tolist() == [[9, 1], [0, 19]]
    assert award.badges.tolist() == [[1, 0], [0, 2]]


def test_nobody_came():
    award = Stage((2, 3)).award(LevelsBadges(), np.zeros((2, 3)))
    assert not award.reward.any()
    assert not award.badges.any()
    assert award.cost.tolist() == [0, 0]


def test_at_dose_nought_nothing_is_counted():
    stage, game = Stage((1, 2), posts=3), LevelsBadges().placebo()
    assert stage.offer(game) == Offer()
    assert stage.award(game, [[1, 1]]) == Award()
    assert not stage.memory["points"].any()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"^levels_badges\.growth is 1; it must lie from 1\.1 to 10\.$"):
        LevelsBadges.make(growth=1)
