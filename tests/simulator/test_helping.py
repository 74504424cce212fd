"""Help asked for: the chance of an answer, what the owner is spared, and a group whose owner steps back."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.members import Role
from simulator.schedule import Who
from simulator.stimuli import Award, Offer
from tests import spoken
from tests.worlds import SMALL, Says, bench, script, simulate, steps

TEN = Community(size=10, cap=12, kols=0.2, arrivals=0.0, invitations=0.0)
NEAR = {"rel": 1e-4}  # ability is counted in grains of 2^-16


def asked(monkeypatch, says, **given):
    """The world after a day on which three asked and two were answered."""
    script(monkeypatch, [[1] * 12], asked=[[1, 1, 1]], answered=[[1, 1, 0]])
    sim = bench("attendance", "conversation", "helping", says=says, community=TEN, helping=given)
    sim.world.energy[:] = 0.6
    able = np.array(TEN.messages)[sim.world.members.role] * sim.world.members.rate
    able = able * sim.world.members.expertise.astype(float) ** 2 * sim.world.members.present
    able[sim.world.members.role == Role.OWNER] *= 0.6
    return steps(sim, 1), able, sim.world.members.role == Role.OWNER


def test_an_answer_is_the_likelier_the_more_ability_is_asked(monkeypatch):
    world, able, owner = asked(monkeypatch, Says(shown=Offer(help=1.5)), weight=1.2)
    share = (1 - np.exp(-1.5)) * np.where(owner, 0, able).sum(axis=1) / able.sum(axis=1)
    assert world.helpful == pytest.approx(np.log1p(1.2 * share), **NEAR)


def test_it_asks_only_those_addressed_and_owners_never(monkeypatch):
    kols = Says(shown=Offer(help=2.0), who=Who(roles=("kol",)))
    world, able, _ = asked(monkeypatch, kols, weight=1.0)
    part = np.where(world.members.role == Role.KOL, able, 0).sum(axis=1) / able.sum(axis=1)
    assert world.helpful == pytest.approx(np.log1p((1 - np.exp(-2)) * part), **NEAR)
    world, *_ = asked(monkeypatch, Says(shown=Offer(help=2.0), who=Who(roles=("owner",))), weight=1.0)
    assert not world.helpful.any()


def test_answers_by_others_spare_the_owner(monkeypatch):
    """E + relief s (2 of 3 questions) (1 - E), once, for the day."""
    world, able, owner = asked(monkeypatch, Says(shown=Offer(help=1.0)), relief=0.05)
    share = (1 - np.exp(-1)) * np.where(owner, 0, able).sum(axis=1) / able.sum(axis=1)
    assert world.energy == pytest.approx(0.6 + 0.05 * share * 2 / 3 * 0.4, **NEAR)


def test_more_questions_are_answered():
    busy = replace(SMALL, size=60, cap=60, arrivals=0.0, questions=(0.3, 0.3, 0.3, 0.3))
    told = {"community": busy, "days": 30, "replicates": range(12), "uncertainty": "luck"}
    plain = simulate(**told)
    helped = simulate(
        [("says", Says(shown=Offer(help=2.0)))], **told, mechanisms={"helping": {"weight": 2.0}}
    )
    shares = [r.daily["answered"].sum() / r.daily["questions"].sum() for r in (plain, helped)]
    assert shares[1] > shares[0] + 0.05


def test_whether_help_replaces_an_owner_is_open():
    """The owner's toll is heavy; with relief the owner has more left, without weight and relief nothing."""
    heavy = {"owner_energy": {"toll": 0.05, "minutes": 4.0, "help": 0.0}}
    told = {"community": SMALL, "days": 40, "replicates": range(8), "uncertainty": "luck"}
    arm = [("says", Says(shown=Offer(help=2.0), given=Award(hours=2.0)))]
    energy = [
        simulate(arm, **told, mechanisms={**heavy, "helping": {"weight": 0.0, "relief": relief}})
        .daily["energy"].mean()
        for relief in (0.0, 0.05)
    ]  # fmt: skip
    deaf = simulate(arm, **told, mechanisms={**heavy, "helping": {"on": False}}).daily["energy"].mean()
    assert energy[0] == deaf
    assert energy[1] > deaf


def test_silence_tactics_seats_and_engines():
    spoken.silent_without_a_word("helping")
    spoken.felt_through_it_alone("helping", "help")
    spoken.seats_do_not_matter("help")
    spoken.engines_agree("help", "hours")
