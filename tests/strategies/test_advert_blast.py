"""Adverts every day: how many, what they take and what they earn; days written by hand."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.stimuli import Award, Offer
from strategies.advert_blast import AdvertBlast
from tests.strategies.stage import Stage


def test_adverts_are_noise_and_work_and_cost_no_money():
    award = Stage((2, 3)).award(AdvertBlast(adverts=4, hours=0.25), np.zeros((2, 3)))
    assert award == Award(noise=4, hours=1.0)


def test_nothing_is_shown_before():
    assert Stage((1, 3)).offer(AdvertBlast()) == Offer()


def test_each_visitor_is_worth_a_commission_on_each_advert():
    award = Stage((2, 3)).award(AdvertBlast(adverts=4, commission=0.5), [[1, 1, 0], [0, 0, 0]])
    assert award.income.tolist() == [4.0, 0.0]
    assert award.cost is None


def test_only_those_addressed_earn_a_commission():
    award = Stage((1, 3)).award(AdvertBlast(adverts=1, commission=1), [[1, 1, 0]], whom=[[0, 1, 1]])
    assert award.income.tolist() == [1.0]


def test_at_dose_nought_nothing_is_given_earned_or_worked():
    stage = Stage((1, 3))
    for tactic in (AdvertBlast().placebo(), AdvertBlast(adverts=0, commission=3)):
        assert stage.award(tactic, [[1, 1, 1]]) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(
        UserError, match=r"^advert_blast\.adverts is -1; it must lie from 0 to 500 messages\.$"
    ):
        AdvertBlast.make(adverts=-1)
