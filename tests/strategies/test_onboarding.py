"""Onboarding: who is welcomed when, what is told on the first visit, and the work; days written by hand."""

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.schedule import Who
from simulator.stimuli import Award, Offer
from strategies.onboarding import Onboarding
from tests.strategies.stage import Stage

PLAIN = {"rules": 6.0, "minutes": 3.0, "opening": 2.0}


def test_newcomers_of_the_last_two_days_are_addressed():
    assert Onboarding().who == Who(tenure_max=2)


def test_newcomers_are_called_by_name():
    assert Stage((1, 2)).offer(Onboarding(notice=0.7)) == Offer(prompt=0.7)
    assert Stage((1, 2)).offer(Onboarding(notice=0)) == Offer()


def test_a_new_group_opens_with_one_ceremony():
    """All three founders are welcomed; the two who came hear rules (6 minutes, at once) and goal."""
    award = Stage((1, 3), takes_part=[[1, 0, 1]]).award(Onboarding(**PLAIN), [[1, 1, 0]])
    assert award.welcome.tolist() == [[1, 1, 1]]
    assert award.coaching.tolist() == [[6, 6, 0]]
    assert award.purpose.tolist() == [[1, 1, 0]]
    assert award.tokens.tolist() == [[1, 0, 0]]
    assert award.hours.tolist() == [pytest.approx(2.1)]
    assert award.cost is None


def test_who_is_late_is_told_on_the_first_visit_and_nobody_twice():
    stage, tactic = Stage((1, 3)), Onboarding(**PLAIN)
    stage.award(tactic, [[1, 0, 0]])
    late = stage.at(1).award(tactic, [[1, 1, 0]])
    assert not late.welcome.any()
    assert late.coaching.tolist() == [[0, 6, 0]]
    assert late.tokens.tolist() == [[0, 1, 0]]
    assert late.hours.tolist() == [pytest.approx(0.1)]
    assert stage.at(2).award(tactic, [[1, 1, 0]]) == Award()


def test_each_who_joins_later_takes_minutes():
    """Two newcomers, one of whom comes: 3 minutes for each and 6 for the rules, told once."""
    stage, tactic = Stage((1, 4), day=9), Onboarding(**PLAIN)
    award = stage.award(tactic, [[1, 1, 0, 1]], whom=[[0, 1, 1, 0]])
    assert award.welcome.tolist() == [[0, 1, 1, 0]]
    assert award.coaching.tolist() == [[0, 6, 0, 0]]
    assert award.hours.tolist() == [pytest.approx(12 / 60)]


def test_a_group_without_newcomers_takes_no_work_beside_one_with():
    stage = Stage((2, 2), day=4)
    award = stage.award(Onboarding(**PLAIN), [[1, 1], [1, 1]], whom=[[0, 0], [1, 0]])
    assert award.hours.tolist() == [0.0, pytest.approx(0.15)]
    assert award.welcome.tolist() == [[0, 0], [1, 0]]


def test_who_joins_and_does_not_come_is_welcomed_all_the_same():
    award = Stage((1, 2), day=3).award(Onboarding(), [[0, 0]], whom=[[0, 1]])
    assert award.welcome.tolist() == [[0, 1]]
    assert not award.coaching.any()


def test_an_old_group_has_no_opening():
    assert Stage((1, 2)).award(Onboarding(), [[1, 1]], whom=[[0, 0]]) == Award()
    both = Stage((2, 2)).award(Onboarding(opening=2, rules=0), np.ones((2, 2)), whom=[[0, 0], [1, 1]])
    assert both.hours.tolist() == [0.0, 2.0]


def test_an_introduction_may_be_several_messages():
    award = Stage((1, 2), takes_part=[[0, 1]]).award(Onboarding(introduce=3), [[1, 1]])
    assert award.tokens.tolist() == [[0, 3]]


def test_where_nobody_is_new_nothing_is_done():
    stage = Stage((1, 3), day=50)
    assert stage.award(Onboarding(), [[1, 1, 1]], whom=np.zeros((1, 3))) == Award()


@pytest.mark.parametrize(
    ("knob", "channel"),
    [("welcome", "welcome"), ("rules", "coaching"), ("goal", "purpose"), ("introduce", "tokens")],
)
def test_each_part_can_be_left_out(knob, channel):
    award = Stage((1, 2)).award(Onboarding(**{knob: 0}), [[1, 1]])
    assert getattr(award, channel) is None
    assert Stage((1, 2)).award(Onboarding(), [[1, 1]]).__dict__[channel].any()


def test_at_dose_nought_nothing_is_said_given_or_done():
    stage, tactic = Stage((1, 3)), Onboarding().placebo()
    assert stage.offer(tactic) == Offer()
    assert stage.award(tactic, [[1, 1, 0]]) == Award()
    assert stage.at(3).award(tactic, [[1, 1, 0]], whom=[[0, 0, 1]]) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"^onboarding\.introduce is 'perhaps'; it must be a number\.$"):
        Onboarding.make(introduce="perhaps")
