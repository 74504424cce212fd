"""Mutual help: who is taken for a helper, how many, and what it costs; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.stimuli import Award, Offer
from strategies.mutual_help import MutualHelp
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)


def stage(posts, asked, answered, expertise=0.5, rows=1):
    made = Stage((rows, len(posts)), posts=posts, asked=asked, answered=answered)
    made.members.expertise[:] = expertise
    return made


def helped(award):
    return np.flatnonzero(award.praise[0]).tolist()


def test_it_is_said_that_answers_are_wanted():
    assert Stage((1, 2)).offer(MutualHelp(call=2)) == Offer(help=2)
    assert Stage((1, 2)).offer(MutualHelp(call=0)) == Offer()


def test_helpers_are_those_who_talked_and_did_not_ask():
    """Four came: one asked and was answered, one talked, one was silent, one talks without any ability."""
    made = stage([1, 2, 0, 5], [1, 0, 0, 0], [1, 0, 0, 0], expertise=[0.9, 0.2, 0.9, 0.0])
    award = made.award(MutualHelp(reward=3, thanks=2), [[1, 1, 1, 1]])
    assert helped(award) == [1]
    assert award.reward.tolist() == [[0, 3, 0, 0]]
    assert award.praise.tolist() == [[0, 2, 0, 0]]
    assert award.cost.tolist() == [3.0]
    assert award.hours == pytest.approx(0.1)


@pytest.mark.parametrize(("most", "solved", "paid"), [(3, 1, 1), (3, 2, 2), (2, 4, 2), (9, 4, 4)])
def test_no_more_are_thanked_than_questions_were_answered_nor_than_the_most(most, solved, paid):
    asked = np.arange(10) < 4
    made = stage(np.ones(10), asked, asked & (np.arange(10) < solved))
    award = made.award(MutualHelp(helpers=most, reward=2), np.ones((1, 10), bool))
    assert len(helped(award)) == paid
    assert award.cost.tolist() == [2.0 * paid]


def test_who_talks_more_and_knows_more_is_likelier():
    made = stage([4, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1], expertise=[0.3, 0.8, 0.4, 1], rows=2000)
    award = made.award(MutualHelp(helpers=1), np.ones((2000, 4), bool))
    assert np.abs((award.reward > 0).mean(axis=0) - [0.5, 1 / 3, 1 / 6, 0]).max() < 0.04


def test_each_group_pays_for_its_own_answers():
    made = Stage((3, 3), posts=2, answered=[[0, 0, 1], [0, 0, 0], [1, 1, 1]], asked=[[0, 0, 1]] * 3)
    made.members.expertise[:] = 0.5
    award = made.award(MutualHelp(helpers=2, reward=5), [[1, 1, 1], [1, 1, 1], [0, 0, 0]])
    assert award.cost.tolist() == [5.0, 0.0, 0.0]


def test_only_those_addressed_are_thanked():
    made = stage([3, 3, 1], [0, 0, 1], [0, 0, 1])
    assert helped(made.award(MutualHelp(), [[1, 1, 1]], whom=[[0, 1, 1]])) == [1]


@QUICK
@given(st.data(), st.integers(1, 12), st.integers(0, 5), st.floats(0.01, 100))
def test_what_is_paid_is_booked(data, size, most, reward):
    came, asked, answered = (
        np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size))) for _ in range(3)
    )
    made = stage(came * 2, asked & came, answered & asked & came)
    award = made.award(MutualHelp(helpers=most, reward=reward), [came])
    paid = 0.0 if award.reward is None else award.reward.sum()
    assert (0.0 if award.cost is None else award.cost[0]) == pytest.approx(paid, rel=1e-5)
    assert award.reward is None or (award.reward > 0).sum() <= min(most, answered.sum())


@pytest.mark.parametrize("knobs", [{"helpers": 0}, {"reward": 0, "thanks": 0}, {}])
def test_where_nobody_is_to_be_thanked_only_the_work_is_booked(knobs):
    answered = bool(knobs)
    made = stage([1, 1], [1, 0], [answered, 0])
    assert made.award(MutualHelp(hours=0.5, **knobs), [[1, 1]]) == Award(hours=0.5)


def test_thanks_without_pay_cost_nothing():
    award = stage([1, 1], [1, 0], [1, 0]).award(MutualHelp(reward=0), [[1, 1]])
    assert helped(award) == [1]
    assert (award.reward, award.cost) == (None, None)


def test_at_dose_nought_nothing_is_said_given_or_done():
    tactic = MutualHelp().placebo()
    assert Stage((1, 2)).offer(tactic) == Offer()
    assert stage([1, 1], [1, 0], [1, 0]).award(tactic, [[1, 1]]) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"^mutual_help\.helpers is -1; it must lie from 0 to 1000 people\.$"):
        MutualHelp.make(helpers=-1)
