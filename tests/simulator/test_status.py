"""Badges: they spur those who speak above the mean, and slight the rest."""

import numpy as np
import pytest

from simulator.community import Community
from simulator.stimuli import Award
from tests import spoken
from tests.worlds import Says, bench, script, steps

TEN = Community(size=10, cap=12, arrivals=0.0, invitations=0.0)
NEAR = {"rel": 2e-5, "abs": 1e-6}
SPEAKING = np.array([0.9, 0.4, 0.2, 0.1, 0, 0, 0, 0, 0.2, 0.2])  # mean 0.2


def badged(monkeypatch, n, badges=1.0, came=((1,) * 12,), **given):
    script(monkeypatch, came)
    sim = bench("attendance", "status", says=Says(given=Award(badges=badges)), community=TEN, status=given)
    sim.world.members.speaking[:, :10] = SPEAKING
    return steps(sim, n)


def test_a_badge_is_remembered_and_fades(monkeypatch):
    """P <- P exp(-1/fade) + (1 - e^-1) (1 - P exp(-1/fade)): a given once, and forgotten over weeks."""
    world = badged(monkeypatch, 15, came=[[1] * 5, [0] * 5], fade=20.0)
    assert world.members.fame[:, :5] == pytest.approx((1 - np.exp(-1)) * np.exp(-14 / 20), **NEAR)
    assert not world.members.fame[:, 5:].any()


def test_it_spurs_the_active_and_slights_the_rest(monkeypatch):
    """z is 7/11, 1/3, 0, -1/3, -1 against a mean of 0.2."""
    world = badged(monkeypatch, 2, badges=50.0, talk=0.4, slight=0.3, fade=60.0)
    z = np.array([7 / 11, 1 / 3, 0, -1 / 3, -1, -1, -1, -1, 0, 0])
    assert world.eager[0, :10] == pytest.approx(0.4 * np.maximum(z, 0), **NEAR)
    assert world.hazard[0, :10] == pytest.approx(0.3 * np.maximum(-z, 0), **NEAR)
    assert world.stirred


def test_output_rises_by_sixty_percent_at_most(monkeypatch):
    world = badged(monkeypatch, 30, badges=50.0, talk=0.47)
    assert np.exp(world.eager).max() < 1.61


def test_a_group_that_never_spoke_has_nobody_above(monkeypatch):
    script(monkeypatch, [[1] * 12])
    sim = bench("attendance", "status", says=Says(given=Award(badges=1.0)), community=TEN)
    sim.world.members.speaking[:] = 0
    assert not steps(sim, 3).eager.any()


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("status")
    spoken.felt_through_it_alone("status", "badges")
    spoken.seats_do_not_matter("badges")
    spoken.engines_agree("badges")
