"""When a tactic acts and whom it addresses."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.day import Day
from simulator.draws import Draws
from simulator.errors import UserError
from simulator.members import NEVER, ROLES, Members, Role
from simulator.metrics import TIERS
from simulator.schedule import PHASES, SCHEDULE_WORDS, WEEKDAYS, When, Who, phase, words
from simulator.standing import tier
from simulator.ties import Ties

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
        (When(phases=("opening",), life=10), [0]),
        (When(phases=("growth",), life=10), [1, 2, 3]),
        (When(phases=("maturity",), life=10), [4, 5, 6, 7]),
        (When(phases=("decline",), life=10), [8, 9, 10, 11, 12, 13, 14]),
        (When(phases=("opening", "decline"), life=10, every=4), [0, 8, 12]),
        (When(phases=("growth",), life=10, start=2, days=(1, 2, 9)), [2]),
        (When(life=10), list(range(15))),
        (When(triggers=("voices<3",), every=7), [0, 7, 14]),
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
        (
            lambda: When(phases=("grown",), life=9),
            "There is no phase 'grown'. Did you mean 'growth'? Known: ",
        ),
        (
            lambda: When(phases=("growth",)),
            "phases is growth but life is not set; say how many days the group",
        ),
        (lambda: When(life=0), "life is 0; it must be a whole number of days from 1."),
        (lambda: When(triggers=("voicess<3",)), "triggers holds 'voicess<3': There is no trigger metric"),
        (lambda: Who(top=-1), "top is -1; it must be a number of members from 0, which is no limit."),
        (lambda: Who(share=1.5), "share is 1.5; it must lie from 0 to 1."),
        (lambda: Who(share=float("nan")), "share is nan; it must lie from 0 to 1."),
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


@pytest.mark.parametrize("life", [1, 3, 7, 10, 100, 365])
def test_phases_follow_one_another_at_fixed_shares_of_life(life):
    order = [list(PHASES).index(phase(day, life)) for day in range(2 * life)]
    assert order == sorted(order)
    for day in range(2 * life):
        done = day / life
        assert order[day] == (done >= 0.1) + (done >= 0.4 - 1e-12) + (done >= 0.8 - 1e-12)


def on(members, day=12, ties=None, label="tactic", seed=7, replicates=None):
    """A day as a tactic of that label sees it."""
    numbers = np.arange(members.shape[0], dtype=np.uint32) if replicates is None else replicates
    draws = Draws(seed, numbers, members.id, f"strategy {label}", day)
    return Day(day, members, draws, {}, SimpleNamespace(ties=ties))


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
    assert np.flatnonzero(who.among(on(group()))[0]).tolist() == slots


@pytest.mark.parametrize(
    "who",
    [
        Who(),
        Who(roles=ROLES),
        Who(tiers=TIERS),
        Who(roles=("lurker",), tenure_max=99),
        Who(top=9),
        Who(share=1),
    ],
)
def test_nobody_in_an_empty_slot_is_addressed(who):
    assert not who.among(on(group()))[0, 8]


def talkers():
    """Most of late spoke 4, then 2 and 6 (2 wrote more), then 0 and 5 (alike: 0 is in the books first)."""
    members = group()
    members.speaking[0] = [0.3, 0.1, 0.5, 0.0, 0.6, 0.3, 0.5, 0.0, 0.9]
    members.messages[0] = [7, 99, 9, 0, 1, 7, 8, 0, 99]
    return members


@pytest.mark.parametrize(
    ("who", "slots"),
    [
        (Who(top=1), [4]),
        (Who(top=2), [2, 4]),
        (Who(top=3), [2, 4, 6]),
        (Who(top=4), [0, 2, 4, 6]),
        (Who(top=5), [0, 2, 4, 5, 6]),
        (Who(top=8), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Who(top=500), [0, 1, 2, 3, 4, 5, 6, 7]),
        (Who(top=2, roles=("kol", "lurker")), [1, 5]),
        (Who(top=1, tenure_min=3), [2]),
        (Who(top=3, roles=("kol",)), [1, 5]),
    ],
)
def test_top_posters_among_those_whom_role_tier_and_tenure_leave(who, slots):
    assert np.flatnonzero(who.among(on(talkers()))[0]).tolist() == slots


def test_of_top_posters_who_are_equal_the_first_in_the_books_is_taken_whatever_the_slot():
    rng = np.random.default_rng(3)
    members = Members(4, 12)
    for row in range(4):
        members.join(np.full(10, row), rng.permutation(10).astype(np.uint64))
    members.speaking[:] = np.where(members.id < 5, 0.4, 0.2)
    for top in range(1, 11):
        who = Who(top=top).among(on(members))
        assert [sorted(members.id[row, who[row]].tolist()) for row in range(4)] == [list(range(top))] * 4


def test_a_group_that_nobody_is_in_has_no_top_posters():
    assert not Who(top=3).among(on(Members(2, 4))).any()
    assert Who(top=3).among(on(Members(1, 0))).shape == (1, 0)


def tied(*pairs):
    a, b = np.array(pairs, np.int32).T
    return Ties.from_edges(1, 9, 0, a, b, np.full(len(pairs), 0.2, np.float32))


def test_near_a_kol_is_tied_to_one_or_to_an_owner_who_is_there():
    # owners 0 and 4, KOLs 1 and 5; slot 8 is empty
    near = Who(near_kol=True)
    ties = tied((0, 2), (5, 6), (2, 3), (6, 7), (1, 5))
    assert np.flatnonzero(near.among(on(group(), ties=ties))[0]).tolist() == [1, 2, 5, 6]
    told = Who(near_kol=True, roles=("novice",), tenure_max=2)
    assert np.flatnonzero(told.among(on(group(), ties=ties))[0]).tolist() == [6]
    left = group()
    left.leave(np.arange(9)[None] == 5)
    assert np.flatnonzero(near.among(on(left, ties=tied((0, 2), (6, 7))))[0]).tolist() == [2]
    assert Who(near_kol=True, top=1).among(on(talkers(), ties=ties)).sum() == 0  # top first: 4 knows nobody


def crowd(rows=4, slots=500):
    members = Members(rows, slots)
    for row in range(rows):
        members.join(np.full(slots, row), np.arange(slots, dtype=np.uint64))
    return members


def test_a_share_is_lasting_random_and_nested():
    members = crowd()
    half = Who(share=0.5).among(on(members, day=3))
    assert abs(half.mean() - 0.5) < 0.05
    assert (half == Who(share=0.5).among(on(members, day=90))).all()
    assert not (Who(share=0.3).among(on(members)) & ~half).any()
    for other in (on(members, label="other"), on(members, seed=8)):
        assert 0.4 < (half == Who(share=0.5).among(other)).mean() < 0.6
    assert 0.4 < (half[0] == half[1]).mean() < 0.6  # each replicate its own
    assert not Who(share=0).among(on(members)).any()
    assert Who(share=1).among(on(members)).all()
    people = Who(share=0.5, roles=("kol",)).among(on(members))
    assert not people.any()


def test_a_share_goes_with_the_person_and_is_no_tactics_own_number():
    members, moved = crowd(1, 40), Members(1, 60)
    order = np.random.default_rng(1).permutation(40).astype(np.uint64)
    moved.join(np.zeros(40, int), order)
    fixed, there = Who(share=0.5).among(on(members)), Who(share=0.5).among(on(moved))
    assert set(members.id[fixed]) == set(moved.id[there])
    day = on(members, day=0)
    assert (Who(share=0.5).among(day) != (day.draws.uniform("share") < 0.5)).any()


def test_tiers_are_talk_then_visits_of_the_last_two_weeks():
    members = group()
    members.last_spoke[0] = [16, 15, 29, NEVER, NEVER, NEVER, 3, 30, NEVER]
    members.last_came[0] = [30, 30, 30, 16, 15, NEVER, 20, 30, NEVER]
    assert [TIERS[t] for t in tier(members.last_came, members.last_spoke, 30)[0]] == [
        "active", "watching", "active", "watching", "silent", "silent", "watching", "active", "silent",
    ]  # fmt: skip
    assert np.flatnonzero(Who(tiers=("silent",)).among(on(members, 30))[0]).tolist() == [4, 5]


def test_tiers_share_the_members_out():
    members = group()
    shares = [Who(tiers=(name,)).among(on(members)) for name in TIERS]
    assert (np.sum(shares, axis=0) == members.present).all()


def test_conditions_narrow():
    both = Who(roles=("owner", "kol"), tenure_max=2).among(on(group()))
    assert (
        both == (Who(roles=("owner", "kol")).among(on(group())) & Who(tenure_max=2).among(on(group())))
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
        "every", "days", "weekdays", "start", "stop", "phases", "life", "triggers",
        "roles", "tiers", "tenure_min", "tenure_max", "top", "near_kol", "share",
    }  # fmt: skip
