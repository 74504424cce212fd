"""Red packets: what is announced, how a purse is split, what it costs; days written by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError
from strategies.red_packet import RedPacket
from tests.strategies.stage import Stage

QUICK = settings(deadline=None, max_examples=40)
LATE = 5  # a day on which yesterday is known


def drop(came, whom=None, day=0, **knobs):
    """The award of one drop for those who came."""
    came = np.atleast_2d(came).astype(bool)
    return Stage(came.shape, day=day).award(RedPacket(**knobs), came, whom)


def test_what_is_announced_without_knowledge_of_yesterday():
    """Ten shares of 2 yuan; twenty members are asked, so every second may hope for one: a little or a lot."""
    offer = Stage((1, 20)).offer(RedPacket())
    assert offer.prompt == 1.0
    low, high = offer.prospects
    assert (low.amount, high.amount) == (pytest.approx(0.8), pytest.approx(3.2))
    assert low.chance == high.chance == pytest.approx(0.25)


@pytest.mark.parametrize(("visitors", "chance"), [(0, 1.0), (5, 1.0), (10, 1.0), (40, 0.25)])
def test_the_chance_follows_yesterdays_visitors(visitors, chance):
    offer = Stage((1, 50), day=LATE, yesterday={"visitors": np.array([visitors])}).offer(
        RedPacket(split="equal")
    )
    (share,) = offer.prospects
    assert share.amount == pytest.approx(2.0)
    assert share.chance == pytest.approx(chance)


def test_both_splits_promise_the_same_on_average():
    stage = Stage((1, 20))
    means = [
        sum(p.amount * p.chance for p in stage.offer(RedPacket(split=split)).prospects)
        for split in ("lucky", "equal")
    ]
    assert means[0] == pytest.approx(means[1])


def test_an_equal_split_gives_everyone_the_same():
    award = drop([1] * 4, shares=4, split="equal", purse=20.0)
    assert award.packet.tolist() == [[5.0] * 4]
    assert award.tokens.tolist() == [[True] * 4]
    assert award.cost.tolist() == [20.0]
    assert award.hours == pytest.approx(0.1)


@QUICK
@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.integers(1, 12),
    st.floats(0.01, 20_000),
    st.sampled_from(["lucky", "equal"]),
    st.integers(0, 99),
)
def test_shares_sum_to_what_is_booked_and_go_to_visitors(came, shares, purse, split, day):
    """At most ``shares`` grab, all do if fewer come; each takes one share, the rest is not spent."""
    award = drop(came, day=day, shares=shares, purse=purse, split=split)
    there, winners = np.array([came]), award.packet > 0
    assert winners.sum() == min(shares, sum(came))
    assert (winners == award.tokens).all()
    assert not (winners & ~there).any()
    assert award.packet.sum() == pytest.approx(award.cost[0])
    assert award.cost[0] == pytest.approx(purse * min(sum(came), shares) / shares)


def test_a_lucky_split_is_even_on_average_and_at_most_about_twice_the_mean():
    award = drop(np.ones((400, 10)), shares=10, purse=20.0)
    assert np.allclose(award.packet.sum(axis=1), 20.0)
    assert np.abs(award.packet.mean(axis=0) - 2.0).max() < 0.2
    assert award.packet.std() == pytest.approx(2.0 / np.sqrt(3), rel=0.15)
    assert award.packet.max() < 6.0


def test_the_quickest_are_a_fair_draw_among_those_who_came():
    came = np.ones((2000, 6), bool)
    came[:, 4] = False
    won = drop(came, shares=2).tokens.mean(axis=0)
    assert won[4] == 0
    assert np.abs(np.delete(won, 4) - 0.4).max() < 0.05


def test_only_those_addressed_grab():
    award = drop([1, 1, 1, 1], whom=np.array([[True, False, True, False]]), shares=3)
    assert (award.packet[0] > 0).tolist() == [True, False, True, False]


def test_nobody_comes_and_nothing_is_spent():
    award = drop([0, 0, 0])
    assert award.cost.tolist() == [0.0]
    assert not award.packet.any()
    assert award.hours == pytest.approx(0.1)  # the work is done all the same


def test_an_empty_purse_is_an_announcement():
    made = RedPacket(purse=0)
    assert Stage((1, 5)).offer(made).prospects == ()
    assert drop([1, 1], purse=0).packet is None
    assert drop([1, 1], purse=0).cost is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"purse": -1}, "red_packet.purse is -1; it must lie from 0 to 20000 yuan."),
        ({"purse": "much"}, "red_packet.purse is 'much'; it must be a number."),
        ({"shares": 0}, "red_packet.shares is 0; it must lie from 1 to 1000."),
        ({"shares": "1.5"}, "red_packet.shares is '1.5'; it must be a whole number."),
        ({"split": "luck"}, "There is no choice for red_packet.split: 'luck'. Did you mean 'lucky'?"),
        ({"purze": 5}, "There is no knob of red_packet: 'purze'. Did you mean 'purse'?"),
    ],
)
def test_a_mistake_gets_one_line(words, message):
    with pytest.raises(UserError) as error:
        RedPacket.make(**words)
    assert str(error.value).startswith(message)
