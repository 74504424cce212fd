"""KOL cultivation: who is taken on and kept, what each gets, what it takes; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.schedule import When
from simulator.stimuli import Award
from strategies.kol_cultivation import KolCultivation
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)
ROLES = [0, 1, 1, 2, 2, 3, 3, 3]
ALL = np.ones((1, 8), bool)


def stage(roles=ROLES, rows=1, messages=0, speaking=0.3, day=0):
    """Owner, two KOLs, two novices, three lurkers."""
    made = Stage((rows, len(roles)), roles=roles, day=day)
    made.members.messages[:] = messages
    made.members.speaking[:] = speaking
    return made


def taken(made):
    return np.flatnonzero(made.memory["taken"][0]).tolist()


def test_once_a_week_unless_said_otherwise():
    assert KolCultivation().when == When(every=7)


def test_where_nobody_has_talked_yet_kols_are_taken_on_and_never_the_owner():
    made = stage()
    made.award(KolCultivation(people=5), ALL)
    assert taken(made) == [1, 2]


def test_kols_come_first_and_then_who_talks_most():
    made = stage(messages=[9, 9, 9, 9, 9, 9, 0, 9], speaking=[1, 0, 0, 0, 0, 1, 1, 0])
    made.award(KolCultivation(people=3), ALL)
    assert taken(made) == [1, 2, 5]


def test_who_talks_more_often_is_likelier():
    made = stage(rows=2000, messages=5, speaking=[0, 0, 0, 0.6, 0.2, 0.2, 0, 0])
    made.award(KolCultivation(people=1, choice="promising"), np.ones((2000, 8), bool))
    assert np.abs(made.memory["taken"].mean(axis=0)[3:6] - [0.6, 0.2, 0.2]).max() < 0.04


@pytest.mark.parametrize(
    ("choice", "whom"), [("kols", [1, 2]), ("promising", [3, 6]), ("both", [1, 2, 3, 6])]
)
def test_who_may_be_taken_on(choice, whom):
    made = stage(messages=[5, 0, 5, 5, 0, 0, 5, 0])
    made.award(KolCultivation(people=8, choice=choice), ALL)
    assert taken(made) == whom


def test_who_was_taken_on_is_kept_and_only_free_places_are_filled():
    made, tactic = stage(messages=5, roles=[0, 3, 3, 3, 3, 3, 3, 3]), KolCultivation(people=3)
    made.award(tactic, ALL)
    first = taken(made)
    for day in range(7, 70, 7):
        made.at(day).award(tactic, ALL)
        assert taken(made) == first
    made.memory["taken"][0, first[0]] = False  # gone, and somebody else in the slot
    made.at(70).award(tactic, ALL)
    assert len(taken(made)) == 3
    assert set(first[1:]) < set(taken(made))


def test_only_those_addressed_are_taken_on_and_cultivated():
    made = stage()
    award = made.award(KolCultivation(), ALL, whom=[[1, 1, 0, 1, 1, 1, 1, 1]])
    assert taken(made) == [1]
    assert award.care.astype(bool).tolist() == [[False, True] + [False] * 6]
    award = made.at(7).award(KolCultivation(), ALL, whom=[[0] * 8])
    assert not award.care.any()
    assert (award.cost[0], award.hours[0]) == (0, 0)


def test_whoever_is_no_longer_addressed_leaves_a_place_free():
    made, tactic = stage(messages=5, roles=[3, 3, 3], day=0), KolCultivation(people=1)
    made.award(tactic, [[1, 1, 1]], whom=[[1, 0, 0]])
    made.at(7).award(tactic, [[1, 1, 1]], whom=[[0, 1, 0]])
    assert taken(made) == [0, 1]


def test_talk_reaches_those_who_stayed_away_and_the_rest_those_who_came():
    """Two KOLs, one there: 10 minutes each, 20 for who came; 20 yuan."""
    award = stage().award(KolCultivation(), [[1, 1, 0, 1, 1, 1, 1, 1]])
    assert award.care[0].tolist() == [0, 10, 10, 0, 0, 0, 0, 0]
    assert award.coaching[0].tolist() == [0, 20, 0, 0, 0, 0, 0, 0]
    assert award.praise[0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert award.reward[0].tolist() == [0, 20, 0, 0, 0, 0, 0, 0]
    assert award.cost.tolist() == [20.0]
    assert award.hours.tolist() == [pytest.approx(40 / 60)]


@QUICK
@given(
    came=st.lists(st.booleans(), min_size=8, max_size=8),
    people=st.integers(1, 10),
    doses=st.tuples(*[st.floats(0, 100)] * 3),
)
def test_what_is_given_is_booked(came, people, doses):
    coaching, talk, reward = doses
    award = stage(messages=3).award(
        KolCultivation(people=people, coaching=coaching, talk=talk, reward=reward), [came]
    )

    def given(dose):
        return 0.0 if dose is None else float(np.sum(dose))

    assert given(award.cost) == pytest.approx(given(award.reward), rel=1e-5)
    assert given(award.hours) == pytest.approx((given(award.coaching) + given(award.care)) / 60, rel=1e-5)


@pytest.mark.parametrize("roles", [[3], [0], [3, 3, 3], [0, 3]])
def test_where_there_is_nobody_to_cultivate_nothing_is_spent(roles):
    award = stage(roles=roles).award(KolCultivation(), np.ones((1, len(roles)), bool))
    assert (award.cost[0], award.hours[0]) == (0, 0)


def test_at_dose_nought_nobody_is_taken_on():
    made = stage()
    assert made.award(KolCultivation().placebo(), ALL) == Award()
    assert taken(made) == []


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError, match=r"choice for kol_cultivation\.choice: 'kol'\. Did you mean 'kols'\?"):
        KolCultivation.make(choice="kol")
