"""Uncertain rewards: few win much or all win little, from one budget; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from strategies.uncertain_reward import UncertainReward
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)


def draw(came, whom=None, day=0, **knobs):
    came = np.atleast_2d(came).astype(bool)
    return Stage(came.shape, day=day).award(UncertainReward(**knobs), came, whom)


@pytest.mark.parametrize(
    ("winners", "visitors", "prize", "chance"),
    [(2, 10, 10.0, 0.2), (1, 10, 20.0, 0.1), (10, 10, 2.0, 1.0), (500, 10, 2.0, 1.0), (2, 0, 20.0, 1.0)],
)
def test_prize_and_odds_are_announced(winners, visitors, prize, chance):
    stage = Stage((1, 30), day=4, yesterday={"visitors": np.array([visitors])})
    (prospect,) = stage.offer(UncertainReward(winners=winners)).prospects
    assert prospect.amount == pytest.approx(prize)
    assert prospect.chance == pytest.approx(chance)


def test_the_first_draw_counts_everybody_asked():
    (prospect,) = Stage((1, 40)).offer(UncertainReward(winners=4)).prospects
    assert prospect.chance == pytest.approx(0.1)


@pytest.mark.parametrize("winners", [1, 2, 7, 10_000])
def test_one_budget_however_many_win(winners):
    """What is expected a head is the budget over the number in the draw, whatever the number of winners."""
    stage = Stage((1, 30), day=4, yesterday={"visitors": np.array([10])})
    (prospect,) = stage.offer(UncertainReward(winners=winners)).prospects
    assert (prospect.amount * prospect.chance).item() == pytest.approx(2.0)
    award = draw([1] * 10, winners=winners)
    assert award.cost.tolist() == [pytest.approx(20.0)]
    assert award.reward.sum() == pytest.approx(20.0)


@QUICK
@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.integers(1, 40),
    st.floats(0.01, 20_000),
    st.integers(0, 99),
)
def test_winners_share_the_budget_evenly(came, winners, budget, day):
    award = draw(came, day=day, winners=winners, budget=budget)
    prizes = award.reward[0][award.reward[0] > 0]
    assert len(prizes) == min(winners, sum(came))
    assert not (award.reward[0] * ~np.array(came)).any()
    assert len(set(prizes.tolist())) <= 1
    assert award.cost[0] == pytest.approx(budget if any(came) else 0.0)
    assert award.reward.sum() == pytest.approx(award.cost[0])


def test_the_draw_is_fair():
    won = (draw(np.ones((3000, 6)), winners=3).reward > 0).mean(axis=0)
    assert np.abs(won - 0.5).max() < 0.04


def test_only_those_addressed_win():
    award = draw([1, 1, 1], whom=np.array([[False, True, True]]), winners=3)
    assert award.reward.tolist() == [[0, 10, 10]]


def test_no_budget_is_an_announcement():
    offer = Stage((1, 5)).offer(UncertainReward(budget=0))
    assert (offer.prompt, offer.prospects) == (1.0, ())
    assert draw([1, 1], budget=0).reward is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"budget": 20_001}, "uncertain_reward.budget is 20001; it must lie from 0 to 20000 yuan."),
        ({"winners": 0}, "uncertain_reward.winners is 0; it must lie from 1 to 10000."),
        ({"winner": 3}, "There is no knob of uncertain_reward: 'winner'. Did you mean 'winners'?"),
        ({"budget": "[5]"}, "uncertain_reward.budget is '[5]'; it must be a number."),
    ],
)
def test_a_mistake_gets_one_line(words, message):
    with pytest.raises(UserError) as error:
        UncertainReward.make(**words)
    assert str(error.value).startswith(message)
