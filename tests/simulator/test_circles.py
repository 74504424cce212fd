"""Circles: whom one talks before, what one need not read, whom one gets to know."""

import numpy as np
import pytest

from simulator.community import Community
from simulator.mechanisms.overload import MOST
from simulator.simulation import Simulation
from simulator.stimuli import Award, Offer
from simulator.ties import Ties
from tests import spoken
from tests.worlds import NO_AWARD, Says, bench, only, scenario, script, steps

TEN = Community(size=10, cap=12, arrivals=0.0, invitations=0.0)
NEAR = {"rel": 1e-5, "abs": 1e-7}
#: Two circles of four and of two; four in none, and two empty slots that nobody may count.
SEATS = np.tile([3, 3, 3, 3, 5, 5, -1, -1, -1, -1, 3, 5], (2, 1))
ALONE = ("attendance", "conversation", "circles")


def sat(monkeypatch, n, came=((1,) * 12,), posts=None, *, seats=SEATS, more=(), given=NO_AWARD, **settings):
    """The world after n days in circles, all without ties at first."""
    script(monkeypatch, came, posts)
    says = Says(shown=Offer(circles=seats), given=given)
    sim = bench(*ALONE, *more, says=says, community=TEN, **settings)
    sim.world.ties = Ties.empty(2, 12)
    return steps(sim, n)


@pytest.mark.parametrize(("audience", "few"), [(0.5, 0.0), (0.3, 0.3), (0.1, 0.6)])
def test_one_talks_before_ones_circle(monkeypatch, audience, few):
    """Yesterday 3 of 4, 0 of 2 and 3 others came, 6 in all: shares 4/7 and 1/7, power e - few."""
    came = [[1, 1, 1, 0, 0, 0, 1, 1, 1, 0]]
    settings = {"conversation": {"audience": audience}, "circles": {"few": few}}
    world = sat(monkeypatch, 2, came, **settings)
    want = (audience - few) * np.log([4 / 7] * 4 + [1 / 7] * 2 + [1] * 6)
    assert world.eager == pytest.approx(np.tile(want, (2, 1)), **NEAR)


def test_on_the_first_day_nobody_knows_who_will_listen(monkeypatch):
    assert not sat(monkeypatch, 1, conversation={"audience": 0.5}, circles={"few": 0.0}).eager.any()


def test_other_circles_talk_is_not_seen(monkeypatch):
    """12 messages: 9 in the first circle, 1 in the second, 2 by others."""
    posts = [[4, 5, 0, 0, 1, 0, 2]]
    world = sat(monkeypatch, 1, posts=posts, circles={"close": 0.8})
    want = 0.8 * np.array([1 - 9 / 12] * 4 + [1 - 1 / 12] * 2 + [0] * 6)
    assert world.shelter == pytest.approx(np.tile(want, (2, 1)), **NEAR)


def test_strain_is_of_what_one_sees(monkeypatch):
    """300 messages, 30 adverts of 5: load (300 (1 - shelter) + 150) (1 - 0.2) against 100; absent rest."""
    posts, came = [[150, 0, 0, 0, 150, 0, 0, 0]], [[1] * 7 + [0] * 5]
    overload = {"capacity": 100.0, "speed": 0.4, "advert": 5.0}
    noisy = Award(noise=30.0, order=0.2)
    world = sat(
        monkeypatch, 1, came, posts, more=["overload"], given=noisy, overload=overload, circles={"close": 1.0}
    )  # fmt: skip
    inside, outside = (300 * 0.5 + 150) * 0.8 / 100 - 1, min((300 + 150) * 0.8 / 100 - 1, MOST)
    want = 0.4 * np.array([inside] * 6 + [outside] + [0] * 5)
    assert world.members.fatigue == pytest.approx(np.tile(want, (2, 1)), **NEAR)


def test_speakers_of_a_circle_bond_two_a_day_at_most(monkeypatch):
    posts = [[1, 1, 1, 0, 1, 1, 1, 1]]
    world = sat(monkeypatch, 1, posts=posts, circles={"bond": 0.05})
    for r in range(2):
        a, b, strength = world.ties.edges(r)
        pairs = set(zip(a.tolist(), b.tolist(), strict=True))
        assert (4, 5) in pairs
        assert len(pairs) == 3
        assert pairs - {(4, 5)} < {(0, 1), (0, 2), (1, 2)}
        assert strength == pytest.approx(0.05, abs=1e-6)
    assert (world.new_ties == 3).all()


def test_in_time_all_who_talk_know_one_another(monkeypatch):
    world = sat(monkeypatch, 40, posts=[[1] * 6 + [1] * 4], circles={"bond": 0.02})
    for r in range(2):
        a, b, strength = world.ties.edges(r)
        assert set(zip(a.tolist(), b.tolist(), strict=True)) == {
            *((i, j) for i in range(4) for j in range(i + 1, 4)), (4, 5)
        }  # fmt: skip
        two = strength[(a == 4) & (b == 5)]
        assert two == pytest.approx(1 - 0.98**40, abs=1e-5)


def test_of_several_tactics_the_last_by_label_counts(monkeypatch):
    """And the same number in two tactics is not the same circle."""
    script(monkeypatch, [[1] * 12], [[1] * 10])
    first = Says(shown=Offer(circles=np.tile([0, 0, 0, 0, 0, 0], 2)[None]))
    last = Says(shown=Offer(circles=np.tile([0, 0, -1, -1, -1, -1], 2)[None]))
    told = scenario([("b", last), ("a", first)], community=TEN, mechanisms=only(*ALONE), uncertainty="luck")
    sim = Simulation(told, [0], 3)
    sim.world.ties = Ties.empty(1, 12)
    a, b, _ = steps(sim, 12).ties.edges(0)
    own = np.array([1, 1, 0, 0, 0, 0, 1, 1, 0, 0])
    assert (own[a] == own[b]).all()
    assert len(a) > 10


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("circles")
    spoken.felt_through_it_alone("circles", "circles")
    spoken.seats_do_not_matter("circles")
    spoken.engines_agree("circles", "noise")
