"""Friends who are praised: an example, or a discouragement."""

import numpy as np
import pytest

from simulator.community import Community
from simulator.stimuli import Award
from simulator.ties import Ties
from tests import spoken
from tests.worlds import Says, bench, script, steps

TEN = Community(size=10, cap=12, arrivals=0.0, invitations=0.0)
NEAR = {"rel": 1e-5, "abs": 1e-7}


def praised(monkeypatch, n, came=((1,) * 12,), **given):
    """Member 1 is praised twice a day, 2 once; 0 knows both, 3 knows 1 alone."""
    script(monkeypatch, came)
    praise = np.zeros((2, 12))
    praise[:, 1], praise[:, 2] = 2, 1
    says = Says(given=Award(praise=praise))
    sim = bench("attendance", "role_models", says=says, community=TEN, role_models=given)
    a, b, w = (0, 0, 3), (1, 2, 1), (0.5, 0.25, 0.125)
    sim.world.ties = Ties.from_edges(2, 12, np.repeat([0, 1], 3), np.tile(a, 2), np.tile(b, 2), np.tile(w, 2))
    return steps(sim, n)


def test_the_example_is_what_friends_were_praised_for(monkeypatch):
    """e = 0.5 x 2 + 0.25 x 1 for one who knows both, 0.125 x 2 for one who knows one; 1 - exp(-e)."""
    world = praised(monkeypatch, 1)
    seen = np.zeros((2, 12))
    seen[:, 0], seen[:, 3] = 1.25, 0.25
    assert world.members.example == pytest.approx(1 - np.exp(-seen), **NEAR)


def test_it_fades_and_who_stays_away_sees_nothing(monkeypatch):
    world = praised(monkeypatch, 6, came=[[1, 1, 1, 0], [0, 0, 0, 0]], fade=4.0)
    assert world.members.example[:, 0] == pytest.approx((1 - np.exp(-1.25)) * np.exp(-5 / 4), **NEAR)
    assert not world.members.example[:, 3].any()


@pytest.mark.parametrize("weight", [0.4, 0.0, -0.2])
def test_it_may_spur_or_discourage(monkeypatch, weight):
    world = praised(monkeypatch, 2, weight=weight, fade=14.0)
    assert world.eager[0, 0] == pytest.approx(weight * (1 - np.exp(-1.25)), **NEAR)


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("role_models")
    spoken.felt_through_it_alone("role_models", "praise")
    spoken.seats_do_not_matter("praise")
    spoken.engines_agree("praise")
