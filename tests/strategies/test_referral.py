"""Referral: who is asked, who is paid for whom, and when, in each of the four kinds; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from simulator.schedule import When
from simulator.stimuli import Award, Entry, Offer
from strategies.referral import Referral
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)
ALL = np.ones((1, 6), bool)


def brings(stage, **hosts):
    """Newcomers of the stage's day by slot, each with the slot of who brought them: ``s3=0``."""
    m = stage.members
    for slot, host in hosts.items():
        i = int(slot[1:])
        m.joined[:, i], m.inviter[:, i] = stage.day.index, m.id[:, host] + np.uint64(1)
    return stage


def start(**hosts):
    return brings(Stage((1, 6), day=1), **hosts)


def test_a_round_is_announced_and_some_visitors_forward_it():
    stage, made = Stage((3, 6)), Referral(asked=2, friends=4, notice=0.8, hours=0.5)
    assert (stage.offer(made).prompt == 0.8).all()
    award = stage.award(made, [[1, 1, 1, 0, 0, 0]] * 3)
    assert award.tokens.sum(axis=1).tolist() == [2, 2, 2]
    assert not award.tokens[:, 3:].any()
    assert (award.invitations == 4 * award.tokens).all()
    assert award.hours.tolist() == [0.5] * 3
    assert award.cost is None


def test_the_next_round_comes_when_the_interval_has_passed():
    stage, made, opened = Stage((1, 6)), Referral(interval=3), []
    for day in range(8):
        opened.append(stage.at(day).offer(made).prompt is not None)
        assert (stage.award(made, ALL).tokens is not None) == opened[-1]
    assert opened == [True, False, False, True, False, False, True, False]


def test_where_it_acts_on_some_days_only_a_round_opens_on_the_first_when_it_is_due():
    stage, made, opened = Stage((1, 6)), Referral(interval=7), []
    for day in (4, 10, 12, 30):
        opened.append(stage.at(day).award(made, ALL).tokens is not None)
    assert opened == [True, False, True, True]


def test_forwarding_pays_for_each_friend_and_says_so_before():
    stage, made = start(s3=0, s4=0, s5=1), Referral(reward=5)
    (prospect,) = stage.offer(made).prospects
    assert prospect.amount.tolist() == [[10, 5, 0, 0, 0, 0]]
    assert prospect.chance.tolist() == [[1, 1, 0, 0, 0, 0]]
    award = stage.award(made, ALL)
    assert award.reward.tolist() == [[10, 5, 0, 0, 0, 0]]
    assert award.cost.tolist() == [15.0]
    assert not stage.at(2).offer(made).prospects[0].amount.any()


def test_what_is_due_waits_until_the_next_visit():
    stage, made = start(s3=0), Referral(reward=5)
    assert stage.award(made, ~ALL).cost.tolist() == [0.0]
    assert stage.at(2).offer(made).prospects[0].amount.tolist() == [[5, 0, 0, 0, 0, 0]]
    assert stage.award(made, ALL).reward.tolist() == [[5, 0, 0, 0, 0, 0]]
    assert stage.at(3).award(made, ALL).reward is None


def test_a_task_pays_when_the_set_is_full():
    """Two friends on the first day, two on the second: three are a set, one is left over."""
    stage, made = start(s3=0, s4=0, s5=1), Referral(kind="task", friends=3, reward=5)
    assert not stage.offer(made).prospects[0].chance.any()
    assert stage.award(made, ALL).cost.tolist() == [0.0]
    brings(stage.at(2), s3=0, s4=0)
    award = stage.award(made, ALL)
    assert award.reward.tolist() == [[15, 0, 0, 0, 0, 0]]
    assert stage.memory["owed"].tolist() == [[1, 1, 0, 0, 0, 0]]


def test_a_lottery_pays_few_much_and_the_same_on_average():
    stage = brings(Stage((4000, 6), day=1), s3=0, s4=0, s5=1)
    made, came = Referral(kind="lottery", odds=10, reward=5), np.ones((4000, 6), bool)
    (prospect,) = stage.offer(made).prospects
    assert prospect.amount[0].tolist() == [100, 50, 0, 0, 0, 0]
    assert prospect.chance[0].tolist() == [0.1, 0.1, 0, 0, 0, 0]
    award = stage.award(made, came)
    assert set(np.unique(award.reward[:, 0])) == {0.0, 100.0}
    assert award.reward.mean(axis=0)[:2] == pytest.approx([10, 5], rel=0.12)
    assert (award.cost == award.reward.sum(axis=1)).all()
    assert not stage.memory["owed"].any()


def test_a_test_is_for_whoever_joins_and_who_brought_them_is_thanked():
    stage, made = start(s3=0, s4=0, s5=1), Referral(kind="test", test=6, thanks=2, hours=0, reward=5)
    assert made.entry() == Entry(screening=6)
    assert stage.offer(made).prospects == ()
    award = stage.award(made, ALL)
    assert award.praise.tolist() == [[4, 2, 0, 0, 0, 0]]
    assert (award.reward, award.cost) == (None, None)
    assert award.hours == pytest.approx([3 * 6 * 0.5 / 60])


@pytest.mark.parametrize("kind", ["forward", "task", "lottery"])
def test_other_kinds_ask_nothing_of_friends(kind):
    assert Referral(kind=kind).entry() == Entry()


@QUICK
@given(st.sampled_from(["forward", "task", "lottery"]), st.lists(st.booleans(), min_size=6, max_size=6))
def test_what_is_paid_is_booked_and_goes_to_visitors(kind, came):
    stage = start(s2=0, s3=0, s4=1, s5=1)
    award = stage.award(Referral(kind=kind, odds=2), [came])
    assert award.reward.sum() == pytest.approx(award.cost[0])
    assert not (award.reward * ~np.array(came)).any()


def test_who_is_not_addressed_is_neither_asked_nor_paid():
    stage, whom = start(s3=0, s4=1), [[0, 1, 1, 1, 1, 1]]
    made = Referral(asked=6)
    assert stage.offer(made, whom).prospects[0].amount.tolist() == [[0, 5, 0, 0, 0, 0]]
    award = stage.award(made, ALL, whom)
    assert award.reward.tolist() == [[0, 5, 0, 0, 0, 0]]
    assert award.tokens.tolist() == [[False, True, True, True, True, True]]


def test_it_starts_after_the_opening_and_not_with_owners():
    assert Referral().when == When(start=1)
    assert "owner" not in Referral().who.roles


@pytest.mark.parametrize("kind", ["forward", "task", "lottery", "test"])
def test_at_dose_nought_nothing_happens(kind):
    stage, made = start(s3=0), Referral(kind=kind).placebo()
    assert made.entry() == Entry()
    assert stage.offer(made) == Offer()
    assert stage.award(made, ALL) == Award()


def test_a_mistake_gets_one_line():
    with pytest.raises(UserError) as error:
        Referral.make(kind="lotery")
    assert str(error.value).startswith(
        "There is no choice for referral.kind: 'lotery'. Did you mean 'lottery'?"
    )
