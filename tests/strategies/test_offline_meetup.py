"""Offline meetups: seats, tables, cost a head and who is asked; meetings written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.schedule import When
from strategies.offline_meetup import OfflineMeetup
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)
ROLES = [0, 1, 1, 2, 3, 3]


def meet(came=None, whom=None, shape=(1, 6), takes_part=None, muted=None, **knobs):
    stage = Stage(shape, roles=ROLES if shape[1] == 6 else None, takes_part=takes_part)
    if muted is not None:
        stage.members.muted[:] = muted
    return stage.award(OfflineMeetup(**knobs), np.zeros(shape, bool) if came is None else came, whom)


def seats(award):
    return (award.gatherings >= 0).tolist()


def test_every_thirty_days_from_the_tenth_unless_said_otherwise():
    assert OfflineMeetup().when == When(every=30, start=10)
    assert OfflineMeetup.make(every=7).when == When(every=7, start=10)


def test_everybody_asked_who_would_go_goes_while_there_are_seats():
    award = meet(takes_part=[[1, 0, 1, 0, 1, 1]], seats=20)
    assert seats(award) == [[True, False, True, False, True, True]]
    assert award.cost.tolist() == [320.0]
    assert award.hours == 6.0


@QUICK
@given(st.integers(1, 30), st.integers(0, 40), st.integers(2, 9), st.floats(0, 10_000), st.integers(0, 50))
def test_tables_fill_one_after_the_other(size, places, table, per_head, day):
    """As many go as have a seat; all tables but the last are full; everybody sits at one."""
    stage = Stage((2, size), day=day)
    award = stage.award(
        OfflineMeetup(seats=places, table=table, per_head=per_head, notice=0), np.zeros((2, size), bool)
    )
    if places == 0:
        assert award.gatherings is None
        return
    for r in range(2):
        at = award.gatherings[r][award.gatherings[r] >= 0]
        go = min(size, places)
        assert len(at) == go
        assert award.cost[r] == pytest.approx(per_head * go)
        full, rest = divmod(go, table)
        assert np.bincount(at).tolist() == [table] * full + [rest] * (rest > 0)


def test_seats_and_tables_are_by_lot():
    award = Stage((2000, 6)).award(OfflineMeetup(seats=4, table=2), np.zeros((2000, 6), bool))
    go = (award.gatherings >= 0).mean(axis=0)
    assert np.abs(go - 4 / 6).max() < 0.05
    together = (award.gatherings[:, 0] == award.gatherings[:, 1]) & (award.gatherings[:, 0] >= 0)
    assert together.mean() == pytest.approx(4 / 6 * 3 / 5 / 3, abs=0.03)


@pytest.mark.parametrize(
    ("invited", "asked"),
    [
        ("everyone", [True] * 6),
        ("visitors", [True, False, True, False, True, False]),
        ("kols", [True, True, True, False, False, False]),
    ],
)
def test_who_is_asked(invited, asked):
    assert seats(meet(came=np.array([[1, 0, 1, 0, 1, 0]], bool), invited=invited)) == [asked]


def test_who_has_muted_the_group_does_not_hear_of_it():
    assert seats(meet(muted=[[0, 1, 0, 0, 0, 1]])) == [[True, False, True, True, True, False]]


def test_only_those_addressed_are_asked():
    assert seats(meet(whom=[[0, 1, 0, 1, 0, 0]])) == [[False, True, False, True, False, False]]


def test_nobody_goes_and_only_the_work_is_spent():
    award = meet(takes_part=[[0] * 6])
    assert award.cost.tolist() == [0.0]
    assert award.hours == 6.0
    assert not (award.gatherings >= 0).any()


def test_it_is_announced_and_can_be_silent():
    assert Stage((1, 2)).offer(OfflineMeetup()).prompt == 0.5
    assert Stage((1, 2)).offer(OfflineMeetup(notice=0)).prompt is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"seats": -1}, "offline_meetup.seats is -1; it must lie from 0 to 100000 people."),
        ({"table": 1}, "offline_meetup.table is 1; it must lie from 2 to 1000 people."),
        (
            {"invited": "visitor"},
            "There is no choice for offline_meetup.invited: 'visitor'. Did you mean 'visitors'?",
        ),
        ({"per_hed": 5}, "There is no knob of offline_meetup: 'per_hed'. Did you mean 'per_head'?"),
        ({"start": -3}, "start is -3; it must be a day from 0."),
    ],
)
def test_a_mistake_gets_one_line(words, message):
    with pytest.raises(UserError) as error:
        OfflineMeetup.make(**words)
    assert str(error.value).startswith(message)
