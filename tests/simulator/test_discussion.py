"""Topics put up: who talks the more, and by how much."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from simulator.community import Community
from simulator.mechanism import Mechanism
from simulator.simulation import Simulation
from simulator.stimuli import Offer
from tests import spoken
from tests.worlds import SMALL, Says, bench, plug_in, scenario, script, steps

TEN = Community(size=10, cap=12, arrivals=0.0, invitations=0.0, interest=0.5)
NEAR = {"rel": 1e-5, "abs": 1e-7}


def stirred(monkeypatch, topics=1.0, novelty=None, days=1, **given):
    script(monkeypatch, [[1] * 12])
    names = ("attendance", "discussion", *(["novelty"] if novelty else []))
    settings = {"discussion": given, **({"novelty": novelty} if novelty else {})}
    sim = bench(*names, says=Says(shown=Offer(topics=topics)), community=TEN, **settings)
    sim.world.members.interest[:, :4] = [0.0, 0.25, 0.5, 1.0]
    return steps(sim, days)


def test_who_cares_twice_as_much_talks_the_more_up_to_a_limit(monkeypatch):
    """1 + w (1 - e^-2) x 0, 1/2, 1 and, for twice the usual interest, 3/2."""
    world = stirred(monkeypatch, topics=2.0, weight=0.4)
    force = 0.4 * (1 - np.exp(-2))
    want = np.log1p(force * np.array([0, 0.5, 1, 1.5]))
    assert world.eager[:, :4] == pytest.approx(np.tile(want, (2, 1)), **NEAR)
    assert world.stirred


def test_each_member_has_topics_of_his_own(monkeypatch):
    topics = np.zeros((2, 12))
    topics[1, 2] = 3
    world = stirred(monkeypatch, topics=topics, weight=0.4)
    assert world.eager[1, 2] == pytest.approx(np.log1p(0.4 * (1 - np.exp(-3))), **NEAR)
    assert np.count_nonzero(world.eager) == 1


def test_it_wears_off(monkeypatch):
    """After n exposures, none forgotten, N = f + (1 - f) exp(-n / x0)."""
    world = stirred(monkeypatch, novelty={"floor": 0.2, "scale": 8.0, "recovery": 0.0}, days=9, weight=0.4)
    fresh = 0.2 + 0.8 * np.exp(-8 / 8)
    assert world.eager[0, 2] == pytest.approx(np.log1p(0.4 * (1 - np.exp(-1)) * fresh), **NEAR)


def test_talk_follows_what_stirs_it(monkeypatch):
    """Thrice as eager is thrice the rate: nearly every draw comes to the same messages."""

    @dataclass(frozen=True, kw_only=True)
    class Stir(Mechanism):
        name: ClassVar[str] = "stir"

        def pull(self, world):
            world.eager[1] += np.log(3)
            world.stirred = True

    plug_in(monkeypatch, Stir)
    told = scenario(community=SMALL, mechanisms={"stir": {"on": True}}, uncertainty="luck")
    sim = Simulation(told, [4, 4], 5)
    sim.world.members.rate[0] *= 3
    sim.step()
    posts = sim.world.posts
    assert posts[0].sum() > 20
    assert (posts[0] == posts[1]).mean() > 0.95
    sim.world.members.rate[0] /= 3
    sim._clear()
    assert not sim.world.stirred
    assert not sim.world.eager.any()


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("discussion")
    spoken.felt_through_it_alone("discussion", "topics")
    spoken.seats_do_not_matter("topics")
    spoken.engines_agree("topics")
