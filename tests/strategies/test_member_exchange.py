"""Member exchange: guests, adverts in return and the bill."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.schedule import When
from simulator.stimuli import Award, Offer
from strategies.member_exchange import MemberExchange
from tests.strategies.stage import Stage

NOBODY = np.zeros((2, 3))


def test_every_fortnight_from_the_first_week_unless_said_otherwise():
    assert MemberExchange().when == When(every=14, start=7)


def test_guests_cost_a_gift_each_and_their_group_is_shown_in_return():
    award = Stage((2, 3)).award(MemberExchange(guests=30, per_guest=1.5, adverts=2, hours=3), NOBODY)
    assert award == Award(guests=30, noise=2, cost=45.0, hours=3)


def test_it_is_announced_and_can_be_silent():
    assert Stage((1, 2)).offer(MemberExchange()).prompt == 0.5
    assert Stage((1, 2)).offer(MemberExchange(notice=0)) == Offer()


def test_without_guests_there_is_no_gift():
    assert Stage((2, 3)).award(MemberExchange(guests=0, per_guest=9), NOBODY).cost is None


def test_at_dose_nought_nothing_is_shown_spent_or_done():
    tactic = MemberExchange().placebo()
    assert Stage((2, 3)).offer(tactic) == Offer()
    assert Stage((2, 3)).award(tactic, NOBODY) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"knob of member_exchange: 'guest'\. Did you mean 'guests'\?"):
        MemberExchange.make(guest=3)
