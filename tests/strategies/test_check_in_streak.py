"""Check-in streaks: runs, milestones and repair cards by attendance tables written by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from strategies.check_in_streak import CheckInStreak
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=60)


def play(table, **knobs):
    """Days of one member as ``x`` (checks in) and ``.`` (does not): run, cards and pay after each."""
    streak, stage, kept = CheckInStreak(**knobs), Stage((1, 1)), []
    for day, mark in enumerate(table):
        award = stage.at(day).award(streak, [[mark == "x"]])
        run, cards = int(stage.memory["run"][0, 0]), int(stage.memory["cards"][0, 0])
        kept.append((run, cards, round(float(award.reward[0, 0]), 4)))
        assert award.cost[0] == pytest.approx(award.reward.sum(), abs=1e-5)
        assert award.tokens.tolist() == [[mark == "x"]]
    return kept


def test_a_run_grows_by_a_day_and_breaks_on_a_miss():
    assert [run for run, _, _ in play("xx.xxx..x", cards=0)] == [1, 2, 0, 1, 2, 3, 0, 0, 1]


def test_a_milestone_pays_a_bonus_and_earns_a_card():
    got = play("xxxxxx", milestone=3, point=0.1, bonus=2.0, cards=1)
    assert got == [(1, 0, 0.1), (2, 0, 0.1), (3, 1, 2.1), (4, 1, 0.1), (5, 1, 0.1), (6, 2, 2.1)]


def test_a_card_mends_one_missed_day_and_is_used_up():
    got = play("xxx.x.x", milestone=3, cards=1, point=0.1, bonus=2.0)
    assert [(run, cards) for run, cards, _ in got] == [(1, 0), (2, 0), (3, 1), (3, 0), (4, 0), (0, 0), (1, 0)]
    assert [pay for _, _, pay in got] == [0.1, 0.1, 2.1, 0.0, 0.1, 0.0, 0.1]


def test_two_cards_mend_two_days_in_a_row():
    got = play("xx...x", milestone=2, cards=2)
    assert [(run, cards) for run, cards, _ in got] == [(1, 0), (2, 2), (2, 1), (2, 0), (0, 0), (1, 0)]


def test_a_mended_run_at_a_milestone_is_not_paid_twice():
    assert [pay for _, _, pay in play("xx.", milestone=2, cards=1, point=0.0, bonus=3.0)] == [0.0, 3.0, 0.0]


def test_cards_are_not_wasted_on_who_has_no_run():
    got = play("xx..", milestone=2, cards=1)
    assert got[-1][:2] == (0, 0)
    again = play("..", milestone=2, cards=5)
    assert again == [(0, 0, 0.0), (0, 0, 0.0)]


@QUICK
@given(
    st.lists(st.booleans(), max_size=40),
    st.integers(2, 8),
    st.integers(0, 3),
    st.floats(0, 100),
    st.floats(0, 1000),
)
def test_runs_cards_and_pay_are_those_of_a_plain_count(days, milestone, cards, point, bonus):
    expected, run, held = [], 0, 0
    for checked in days:
        pay = 0.0
        if checked:
            run, pay = run + 1, point
            if run % milestone == 0:
                pay, held = pay + bonus, held + cards
        elif run and held:
            held -= 1
        else:
            run = 0
        expected.append((run, held, pay))
    got = play(
        ["x" if c else "." for c in days], milestone=milestone, cards=cards, point=point, bonus=bonus, stake=1
    )
    assert [(r, h) for r, h, _ in got] == [(r, h) for r, h, _ in expected]
    assert [p for _, _, p in got] == pytest.approx([p for _, _, p in expected], rel=1e-5, abs=1e-3)


def test_coming_is_not_yet_checking_in():
    stage = Stage((1, 3), takes_part=[[True, False, True]])
    award = stage.award(CheckInStreak(), [[True, True, False]])
    assert award.tokens.tolist() == [[True, False, False]]
    assert stage.memory["run"].tolist() == [[1, 0, 0]]


def test_only_those_addressed_check_in():
    stage = Stage((1, 2))
    award = stage.award(CheckInStreak(), [[True, True]], whom=[[False, True]])
    assert award.reward.tolist() == [[0.0, pytest.approx(0.1)]]


def test_the_offer_shows_the_run_and_what_today_would_pay():
    stage, streak = Stage((1, 3)), CheckInStreak(milestone=7, point=0.1, bonus=2.0, stake=0.5)
    stage.offer(streak)
    stage.memory["run"][:] = [[0, 6, 7]]
    offer = stage.offer(streak)
    (prospect,) = offer.prospects
    assert prospect.amount.tolist() == [pytest.approx(v) for v in ([0.1, 2.1, 0.1],)]
    assert prospect.chance == 1.0
    assert offer.run.tolist() == [[0.0, 3.0, 3.5]]
    assert offer.prompt == 0.5
    assert stage.memory["run"].tolist() == [[0, 6, 7]]


def test_each_part_can_be_switched_off():
    stage = Stage((1, 2))
    assert stage.offer(CheckInStreak(point=0, bonus=0)).prospects == ()
    assert stage.offer(CheckInStreak(stake=0)).run is None
    assert stage.offer(CheckInStreak(notice=0)).prompt is None
    assert stage.award(CheckInStreak(hours=0), [[1, 1]]).hours is None


def test_at_dose_nought_nobody_checks_in():
    stage = Stage((1, 2))
    award = stage.award(CheckInStreak().placebo(), [[True, True]])
    assert award.tokens is None
    assert not stage.memory["run"].any()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"milestone": 1}, "check_in_streak.milestone is 1; it must lie from 2 to 365 days."),
        ({"stake": 1.5}, "check_in_streak.stake is 1.5; it must lie from 0 to 1."),
        ({"cards": "x"}, "check_in_streak.cards is 'x'; it must be a number."),
        ({"milestones": 7}, "There is no knob of check_in_streak: 'milestones'. Did you mean 'milestone'?"),
    ],
)
def test_a_mistake_gets_one_line(words, message):
    with pytest.raises(UserError) as error:
        CheckInStreak.make(**words)
    assert str(error.value).startswith(message)
