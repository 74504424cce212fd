"""Personal care: whose turn it is, that the message and the care go to the same people, and the hours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.stimuli import Award, Offer
from strategies.personal_care import PersonalCare
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)


def nobody(shape):
    return np.zeros(shape, bool)


@QUICK
@given(st.integers(1, 30), st.integers(0, 12), st.floats(0.1, 60), st.integers(0, 99))
def test_who_is_written_to_is_cared_for_whether_they_come_or_not(size, people, minutes, day):
    made, stage = PersonalCare(people=people, minutes=minutes, message=2), Stage((2, size), day=day)
    offer, award = stage.offer(made), stage.award(made, nobody((2, size)))
    if not people:
        assert (offer, award) == (Offer(), Award())
        return
    assert ((offer.prompt > 0) == (award.care > 0)).all()
    assert set(np.unique(offer.prompt)) <= {0.0, 2.0}
    assert (award.care > 0).sum(axis=1).tolist() == [min(people, size)] * 2
    assert award.hours == pytest.approx(award.care.sum(axis=1) / 60)


def test_everybody_gets_a_turn_before_anybody_gets_a_second():
    """Ten members, three a day: after three days one is left, who is first on the fourth."""
    made, stage = PersonalCare(people=3), Stage((50, 10))
    turns = []
    for day in range(4):
        turns.append(stage.at(day).award(made, nobody((50, 10))).care > 0)
    assert (sum(turns[:3]) <= 1).all()
    left = ~(turns[0] | turns[1] | turns[2])
    assert (turns[3] & left).sum() == 50
    again = turns[3] & ~left
    assert (again & ~turns[0]).sum() == 0  # then those whose turn was longest ago


def test_turns_are_by_lot():
    share = (Stage((2000, 6)).award(PersonalCare(people=2), nobody((2000, 6))).care > 0).mean(axis=0)
    assert np.abs(share - 1 / 3).max() < 0.04


def test_only_those_addressed_are_cared_for():
    stage = Stage((1, 4))
    award = stage.award(PersonalCare(people=3, minutes=5), nobody((1, 4)), whom=[[0, 1, 0, 1]])
    assert award.care.tolist() == [[0, 5, 0, 5]]
    assert stage.memory["cared"].tolist() == [[0, 1, 0, 1]]


def test_offers_remember_nothing_and_nobody_to_care_for_takes_no_time():
    stage = Stage((1, 4))
    stage.offer(PersonalCare())
    assert not stage.memory["cared"].any()
    assert stage.award(PersonalCare(), nobody((1, 4)), whom=nobody((1, 4))) == Award()


def test_it_is_for_silent_members_who_have_been_there_for_a_while():
    made = PersonalCare.make(tiers="watching")
    assert PersonalCare().who.tiers == ("silent",)
    assert (made.who.tiers, made.who.tenure_min) == (("watching",), 7)
    assert "owner" not in made.who.roles


def test_attention_without_a_message_and_no_message_without_attention():
    stage = Stage((1, 4))
    assert stage.offer(PersonalCare(message=0)) == Offer()
    assert stage.award(PersonalCare(message=0), nobody((1, 4))).care.any()
    assert stage.offer(PersonalCare(minutes=0)) == Offer()
    assert stage.award(PersonalCare(minutes=0), nobody((1, 4))) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        PersonalCare.make(people=-1)
    assert str(error.value) == "personal_care.people is -1; it must lie from 0 to 1000 people."
