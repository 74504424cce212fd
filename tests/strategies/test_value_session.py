"""Value sessions: what is announced, delivered and paid for."""

import pytest

from simulator.errors import UserError
from simulator.schedule import When
from simulator.stimuli import Award, Offer
from strategies.value_session import ValueSession
from tests.strategies.stage import Stage


def test_as_much_is_delivered_as_was_announced():
    made = ValueSession(messages=30, teaching=45, fee=500, notice=2, hours=4)
    assert Stage((1, 3)).offer(made) == Offer(prompt=2, announced=30)
    expected = Award(content=30, coaching=45, cost=500, hours=4)
    assert Stage((1, 3)).award(made, [[1, 0, 1]]) == expected


def test_the_speaker_is_paid_even_if_nobody_comes():
    assert Stage((1, 3)).award(ValueSession(fee=500), [[0, 0, 0]]).cost == 500


def test_once_a_week_unless_said_otherwise():
    assert ValueSession().when == When(every=7, start=3)


def test_at_dose_nought_nothing_happens():
    made = ValueSession(fee=300).placebo()
    assert Stage((1, 2)).offer(made) == Offer()
    assert Stage((1, 2)).award(made, [[1, 1]]) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        ValueSession.make(fee=-1)
    assert str(error.value) == "value_session.fee is -1; it must lie from 0 to 100000 yuan."
