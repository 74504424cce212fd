"""The goal: how it grows and fades, and what it does to visits, talk and pay."""

import numpy as np
import pytest

from simulator.community import Community
from simulator.stimuli import Award
from tests import spoken
from tests.worlds import Says, bench, script, steps

TEN = Community(size=10, cap=12, arrivals=0.0, invitations=0.0, alignment=0.6)
NEAR = {"rel": 1e-5, "abs": 1e-7}


def held(monkeypatch, n, came=((1,) * 12,), mentions=1.0, **given):
    """The world after n days on which the goal was spoken of."""
    script(monkeypatch, came)
    says = Says(given=Award(purpose=mentions))
    return steps(bench("attendance", "goal", says=says, community=TEN, goal=given), n)


@pytest.mark.parametrize("days", [1, 5, 60])
def test_it_grows_to_where_fading_holds_it(monkeypatch, days):
    """G <- k G + u with u = grow x alignment x (1 - 1/e^2) and k = (1 - fade)(1 - u)."""
    world = held(monkeypatch, days, mentions=2.0, grow=0.3, fade=0.05)
    u = 0.3 * world.members.alignment * (1 - np.exp(-2))
    k = 0.95 * (1 - u)
    assert world.members.goal == pytest.approx(u * (1 - k**days) / (1 - k), **NEAR)


def test_it_reaches_those_who_came_and_fades_for_the_others(monkeypatch):
    world = held(monkeypatch, 4, came=[[1] * 5, [0] * 5], grow=0.2, fade=0.1)
    once = 0.2 * world.members.alignment * (1 - np.exp(-1))
    assert world.members.goal[:, :5] == pytest.approx(once[:, :5] * 0.9**3, **NEAR)
    assert not world.members.goal[:, 5:].any()


def test_it_draws_people_in_and_makes_them_talk(monkeypatch):
    before = held(monkeypatch, 7, weight=0.5, talk=0.2, fade=0.02).members.goal
    world = held(monkeypatch, 8, weight=0.5, talk=0.2, fade=0.02)
    assert before[:, :10].all()
    assert world.pull == pytest.approx(0.5 * before, **NEAR)
    assert world.eager == pytest.approx(0.2 * before, **NEAR)
    assert world.stirred


def test_who_shares_it_unlearns_pay_faster(monkeypatch):
    """pay (1 - shield G / 14) every day, with G held at one."""
    script(monkeypatch, [[0] * 12])
    sim = bench("attendance", "goal", says=Says(), community=TEN, goal={"fade": 0.0, "shield": 2.0})
    sim.world.members.goal[:] = 1
    sim.world.members.goal[0, 3] = 0
    sim.world.members.pay[:] = 0.8
    pay = steps(sim, 20).members.pay
    assert pay[0, 3] == np.float32(0.8)
    assert np.delete(pay, 3, axis=1) == pytest.approx(0.8 * (1 - 2 / 14) ** 20, **NEAR)


def test_without_a_shield_pay_is_left_alone(monkeypatch):
    script(monkeypatch, [[1] * 12])
    sim = bench(
        "attendance", "goal", says=Says(given=Award(purpose=3.0)), community=TEN, goal={"shield": 0.0}
    )
    sim.world.members.pay[:] = 0.8
    assert (steps(sim, 20).members.pay == np.float32(0.8)).all()


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("goal")
    spoken.felt_through_it_alone("goal", "purpose")
    spoken.seats_do_not_matter("purpose", "reward")
    spoken.engines_agree("purpose", "reward")
