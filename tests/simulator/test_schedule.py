"""When a tactic acts and whom it addresses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.members import NEVER, ROLES, Members, Role
from simulator.schedule import SCHEDULE_WORDS, TIERS, WEEKDAYS, When, Who, tier, words

QUICK = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("when", "days"),
    [
        (When(), list(range(15))),
        (When(every=7), [0, 7, 14]),
        (When(every=7, start=3), [3, 10]),
        (When(every=5, start=3, stop=13), [3, 8]),
        (When(days=(2, 9, 40)), [2, 9]),
        (When(weekdays=("sat", "sun")), [5, 6, 12, 13]),
        (When(weekdays=("mon",), start=1), [7, 14]),
        (When(every=2, weekdays=("mon",)), [0, 14]),
        (When(start=4, stop=4), []),
        (When(days=(1, 2, 3), start=2), [2, 3]),
    ],
)
def test_the_days_a_tactic_acts_on(when, days):
    assert [day for day in range(15) if when.today(day)] == days


@QUICK
@given(
    st.integers(1, 9),
    st.integers(0, 20),
    st.integers(0, 20) | st.none(),
    st.sets(st.sampled_from(WEEKDAYS)),
    st.sets(st.integers(0, 40)),
)
def test_all_conditions_must_hold(every, start, length, weekdays, days):
    stop = None if length is None else start + length
    when = When(every=every, start=start, stop=stop, weekdays=tuple(weekdays), days=tuple(days))
    counted = list(range(start, 60, every))
    for day in range(60):
        allowed = day in counted and (stop is None or day < stop)
        allowed = allowed and (not days or day in days) and (not weekdays or WEEKDAYS[day % 7] in weekdays)
        assert when.today(day) == allowed


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: When(every=0), "every is 0; it must be a whole number of days from 1."),
        (lambda: When(start=-1), "start is -1; it must be a day from 0."),
        (lambda: When(start=5, stop=4), "stop is 4; it must not come before start, which is 5."),
        (lambda: When(weekdays=("monday",)), "There is no weekday 'monday'. Did you mean 'mon'?"),
        (lambda: When(days=(3, -1)), "days is [3, -1]; days count from 0."),
        (lambda: Who(roles=("novize",)), "There is no role 'novize'. Did you mean 'novice'?"),
        (lambda: Who(tiers=("actief",)), "There is no tier 'actief'. Did you mean 'active'?"),
        (lambda: Who(tenure_min=-2), "tenure_min is -2; it must be a number of days from 0."),
        (lambda: Who(tenure_min=9, tenure_max=3), "tenure_max is 3; it must not be under tenure_min, 9."),
    ],
)
def test_mistakes_get_one_line(make, message):
    with pytest.raises(UserError) as error:
        make()
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def group():
    """Four roles, twice; the second half joined on day 10, and the last seat is empty."""
    members = Members(1, 9)
    role = np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int8)
    ids = np.arange(8, dtype=np.uint64)
    members.join(np.zeros(8, int), ids, role=role, joined=np.array([-5] * 4 + [10] * 4))
    return members


@pytest.mark.parametrize(
    ("who", "slots"),
    [
        (Who(), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Who(roles=("novice",)), [2, 6]),
        (Who(roles=("novice", "lurker")), [2, 3, 6, 7]),
        (Who(tenure_min=3), [0, 1, 2, 3]),
        (Who(tenure_min=2), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Who(tenure_max=2), [4, 5, 6, 7]),
        (Who(tenure_max=1), []),
        (Who(tenure_min=2, tenure_max=16), [4, 5, 6, 7]),
        (Who(roles=("kol",), tenure_max=2), [5]),
    ],
)
def test_whom_a_tactic_addresses(who, slots):
    assert np.flatnonzero(who.among(group(), 12)[0]).tolist() == slots


@pytest.mark.parametrize(
    "who", [Who(), Who(roles=ROLES), Who(tiers=TIERS), Who(roles=("lurker",), tenure_max=99)]
)
def test_nobody_in_an_empty_slot_is_addressed(who):
    assert not who.among(group(), 12)[0, 8]


def test_tiers_are_talk_then_visits_of_the_last_two_weeks():
    members = group()
    members.last_spoke[0] = [16, 15, 29, NEVER, NEVER, NEVER, 3, 30, NEVER]
    members.last_came[0] = [30, 30, 30, 16, 15, NEVER, 20, 30, NEVER]
    assert [TIERS[t] for t in tier(members, 30)[0]] == [
        "active", "watching", "active", "watching", "silent", "silent", "watching", "active", "silent",
    ]  # fmt: skip
    assert np.flatnonzero(Who(tiers=("silent",)).among(members, 30)[0]).tolist() == [4, 5]


def test_tiers_share_the_members_out():
    members = group()
    shares = [Who(tiers=(name,)).among(members, 12) for name in TIERS]
    assert (np.sum(shares, axis=0) == members.present).all()


def test_conditions_narrow():
    both = Who(roles=("owner", "kol"), tenure_max=2).among(group(), 12)
    assert (
        both == (Who(roles=("owner", "kol")).among(group(), 12) & Who(tenure_max=2).among(group(), 12))
    ).all()
    assert (group().role[both] <= Role.KOL).all()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a+b", ("a", "b")),
        ("a, b", ("a", "b")),
        ("a b", ("a", "b")),
        (["a", "b"], ("a", "b")),
        ((1, 2), ("1", "2")),
        ("", ()),
        (None, ()),
    ],
)
def test_lists_as_users_type_them(text, parts):
    assert words(text) == parts


def test_no_word_of_when_is_a_word_of_who():
    assert set(SCHEDULE_WORDS) == {
        "every", "days", "weekdays", "start", "stop", "roles", "tiers", "tenure_min", "tenure_max",
    }  # fmt: skip
