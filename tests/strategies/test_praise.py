"""Praise: who wrote most, whose turn it is, prizes and work; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.stimuli import Award
from strategies.praise import Praise
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)


def named(award):
    return np.flatnonzero(award.praise[0]).tolist()


def test_the_best_of_the_day_are_praised_in_public():
    award = Stage((1, 5), posts=[3, 9, 0, 5, 1]).award(Praise(best=2, mentions=2, minutes=6), np.ones((1, 5)))
    assert award.praise.tolist() == [[0, 2, 0, 2, 0]]
    assert award.hours.tolist() == pytest.approx([0.2])
    assert (award.reward, award.cost) == (None, None)


def test_others_get_their_turn_before_the_same_person_is_praised_again():
    stage, made, best = Stage((1, 4), posts=[9, 5, 3, 1]), Praise(best=1, rotate=3), []
    for day in range(5):
        best += named(stage.at(day).award(made, np.ones((1, 4))))
        stage.members.messages[:] += stage.day.posts
    assert best == [0, 1, 2, 0, 1]


def test_without_rotation_it_is_always_the_best():
    stage, made = Stage((1, 4), posts=[9, 5, 3, 1]), Praise(best=1, rotate=0)
    for day in range(3):
        assert named(stage.at(day).award(made, np.ones((1, 4)))) == [0]
        stage.members.messages[:] += stage.day.posts


def test_what_counts_is_what_was_written_since_the_last_time():
    """The first led on day 0; until day 7 the second wrote 4, the first 3 and the third nothing."""
    stage, made = Stage((1, 3), posts=[9, 1, 2]), Praise(best=1, rotate=0)
    assert named(stage.award(made, np.ones((1, 3)))) == [0]
    stage.members.messages[:] = [9, 1, 2]
    stage.members.messages[:] += [3, 2, 0]
    assert named(stage.at(7, posts=[0, 2, 0]).award(made, np.ones((1, 3)))) == [1]


def test_equals_are_chosen_by_lot():
    award = Stage((2000, 4), posts=[2, 2, 2, 5]).award(Praise(best=2), np.ones((2000, 4)))
    assert np.abs(award.praise.mean(axis=0) - [1 / 3, 1 / 3, 1 / 3, 1]).max() < 0.04


@QUICK
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(0, 8), st.floats(0.01, 100))
def test_prizes_come_to_what_is_booked(posts, best, prize):
    award = Stage((2, len(posts)), posts=posts).award(
        Praise(best=best, prize=prize), np.ones((2, len(posts)))
    )
    winners = min(best, sum(n > 0 for n in posts))
    if not best:
        assert award == Award()
        return
    assert award.cost == pytest.approx([prize * winners] * 2)
    assert award.reward.sum(axis=1) == pytest.approx(award.cost)
    assert (award.praise > 0).sum(axis=1).tolist() == [winners] * 2


def test_who_is_away_or_not_addressed_or_has_written_nothing_is_not_praised():
    stage = Stage((1, 4), posts=[5, 5, 5, 0])
    award = stage.award(Praise(best=4), [[0, 1, 1, 1]], whom=[[1, 0, 1, 1]])
    assert named(award) == [2]


def test_nobody_wrote():
    award = Stage((2, 3)).award(Praise(prize=5), np.ones((2, 3)))
    assert not award.praise.any()
    assert award.cost.tolist() == award.hours.tolist() == [0.0, 0.0]


def test_owners_do_not_praise_themselves():
    assert "owner" not in Praise().who.roles


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        Praise.make(rotate=400)
    assert str(error.value) == "praise.rotate is 400; it must lie from 0 to 365 days."
