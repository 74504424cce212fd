"""Small circles: who sits where, for how long, and how the group's growth and shrinking is met."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.members import Role
from simulator.stimuli import Award, Offer
from strategies.small_circles import SmallCircles
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=60)


def seated(stage, made, day=1, whom=None):
    """Circles as shown on the day after people were seated, and what the seating cost."""
    award = stage.award(made, np.zeros(stage.shape, bool), whom)
    stage.at(day)
    return stage.offer(made, whom).circles, award


def sizes(circles):
    return sorted(np.bincount(circles[circles >= 0]).tolist())


@QUICK
@given(st.integers(1, 60), st.integers(2, 20), st.sampled_from(["lot", "role"]), st.integers(0, 99))
def test_circles_are_even_and_about_as_large_as_asked(people, size, by, day):
    made, stage = SmallCircles(size=size, by=by), Stage((2, people), day=day)
    assert stage.offer(made) == Offer()
    circles, award = seated(stage, made, day + 1)
    wanted = max(round(people / size), 1)
    for row in circles:
        assert sorted(set(row.tolist())) == list(range(min(wanted, people)))
        assert np.ptp(np.bincount(row, minlength=min(wanted, people))) <= 1
    assert award.hours == pytest.approx([made.hours * min(wanted, people)] * 2)


def test_a_seat_is_for_good():
    stage, made = Stage((3, 20)), SmallCircles(size=5)
    first, _ = seated(stage, made)
    assert all((seated(stage, made, day)[0] == first).all() for day in range(2, 6))


def test_owners_and_those_not_addressed_are_in_none():
    stage = Stage((1, 6), roles=[Role.OWNER, 1, 2, 3, 3, 3])
    circles, _ = seated(stage, SmallCircles(size=2), whom=[[1, 1, 1, 1, 0, 1]])
    assert circles.dtype == np.int32
    assert circles[0, [0, 4]].tolist() == [-1, -1]
    assert sizes(circles[0]) == [2, 2]


def test_by_role_every_circle_gets_its_share():
    roles = [1] * 4 + [2] * 8 + [3] * 8
    circles, _ = seated(Stage((5, 20), roles=roles), SmallCircles(size=5, by="role"))
    for row in circles:
        assert [sorted(row[:4]), sizes(row[4:12]), sizes(row[12:])] == [[0, 1, 2, 3], [2] * 4, [2] * 4]


def test_by_lot_any_two_are_together_as_often():
    circles, _ = seated(Stage((3000, 6)), SmallCircles(size=3))
    together = [(circles[:, a] == circles[:, b]).mean() for a in range(6) for b in range(a)]
    assert np.abs(np.array(together) - 2 / 5).max() < 0.04


def test_newcomers_go_to_the_smallest_circle():
    """Three circles of four; three of one leave and two others come."""
    stage, made = Stage((1, 12)), SmallCircles(size=4)
    circles, _ = seated(stage, made)
    least = circles[0, 0]
    left = np.flatnonzero(circles[0] == least)[:3]
    stage.memory["circle"][0, left] = 0
    stage.members.present[0, left[0]] = False
    after, _ = seated(stage, made, 2)
    assert after[0, left[1:]].tolist() == [least, least]
    assert after[0, left[0]] == -1


def test_when_a_group_has_shrunk_by_half_circles_close_and_only_their_members_move():
    stage, made = Stage((1, 24)), SmallCircles(size=6)
    before, _ = seated(stage, made)
    gone = [who for c in range(4) for who in np.flatnonzero(before[0] == c)[:4]]
    stage.members.present[0, gone] = False
    stage.memory["circle"][0, gone] = 0
    after, award = seated(stage, made, 2)  # eight are left: one circle
    assert sizes(after[0]) == [8]
    assert award.hours == pytest.approx([made.hours])
    stayed = (before[0] == 0) & stage.members.present[0]
    assert (after[0, stayed] == 0).all()


def test_when_a_group_has_grown_by_half_newcomers_found_circles():
    stage, made = Stage((1, 20)), SmallCircles(size=5)
    stage.members.present[0, 10:] = False
    before, _ = seated(stage, made)
    assert sizes(before[0]) == [5, 5]
    stage.members.present[0, 10:] = True
    after, _ = seated(stage, made, 2)
    assert sizes(after[0]) == [5] * 4
    assert (after[0, :10] == before[0, :10]).all()


def test_a_circle_goes_with_the_person_not_with_the_slot():
    order = np.random.default_rng(1).permutation(30)
    straight, moved = Stage((2, 30)), Stage((2, 30))
    moved.members.id[:] = straight.members.id[:, order]
    moved.at(0)
    made = SmallCircles(size=7)
    assert (seated(moved, made)[0] == seated(straight, made)[0][:, order]).all()


@pytest.mark.parametrize("present", [[], [2]])
def test_an_empty_group_and_one_of_one(present):
    stage = Stage((2, 4))
    stage.members.present[0] = np.isin(np.arange(4), present)
    circles, award = seated(stage, SmallCircles(size=2))
    assert circles[0].tolist() == [0 if i in present else -1 for i in range(4)]
    assert award.hours == pytest.approx([0.03 * len(present), 0.06])


def test_at_dose_nought_nobody_is_seated():
    stage, made = Stage((1, 9)), SmallCircles().placebo()
    assert stage.award(made, np.ones((1, 9), bool)) == Award()
    assert stage.offer(made) == Offer()
    assert not stage.memory["circle"].any()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        SmallCircles.make(size=1)
    assert str(error.value) == "small_circles.size is 1; it must lie from 2 to 500 people."
