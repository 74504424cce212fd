"""Irritation: adverts annoy those who see them, the annoyed come less and go sooner."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.community import Community
from simulator.members import Role
from simulator.schedule import When
from simulator.simulation import Simulation
from simulator.stimuli import Award
from tests.lockstep import lockstep
from tests.worlds import LEDGER, SMALL, Says, bench, differences, off, only, scenario, script, simulate, steps

TEN = Community(size=10, cap=12, topology="empty", arrivals=0.0, invitations=0.0)
BUSY = replace(SMALL, arrivals=1.0)


@dataclass(frozen=True, kw_only=True)
class Adverts(Says):
    """So many adverts a day, and so much of them taken away."""

    uses: ClassVar[frozenset[str]] = frozenset({"noise", "order"})


def adverts(noise, order=0.0, **when):
    return Adverts(given=Award(noise=noise, order=order), when=When(**when))


def test_adverts_annoy_those_who_came_and_it_fades(monkeypatch):
    script(monkeypatch, [[1, 1, 0], [1, 0, 0]])
    sim = bench("attendance", "conversation", "irritation", says=adverts(4.0, stop=1), community=TEN)
    first = 0.1 * np.log(5.0)
    assert not sim.world.members.irritation.any()
    w = steps(sim, 1)
    assert w.members.irritation[0, :3] == pytest.approx([first, first, 0])
    assert w.hazard[0, :3] == pytest.approx([0.3 * first, 0.3 * first, 0])
    assert not w.pull.any()
    w = steps(sim, 1)
    assert w.pull[0, :3] == pytest.approx([-0.3 * first, -0.3 * first, 0])
    assert steps(sim, 8).members.irritation[0, :3] == pytest.approx([first * 0.9**9, first * 0.9**9, 0])


def test_adverts_every_day_annoy_up_to_a_ceiling_and_more_adverts_annoy_more_by_less(monkeypatch):
    script(monkeypatch, [[1]])
    felt = []
    for noise in (1.0, 2.0, 4.0, 8.0):
        sim = bench("attendance", "conversation", "irritation", says=adverts(noise), community=TEN)
        felt.append(float(steps(sim, 120).members.irritation[0, 0]))
    assert felt == pytest.approx(np.log1p([1.0, 2.0, 4.0, 8.0]), rel=1e-4)
    assert (np.diff(felt) > 0).all()
    assert (np.diff(felt) < np.array([1, 2, 4]) * felt[0]).all()


@pytest.mark.parametrize(("order", "seen"), [(0.0, 8.0), (0.5, 4.0), (1.0, 0.0), (3.0, 0.0)])
def test_house_rules_take_adverts_away(order, seen, monkeypatch):
    script(monkeypatch, [[1]])
    sim = bench("attendance", "conversation", "irritation", says=adverts(8.0, order), community=TEN)
    assert steps(sim, 1).members.irritation[0, 0] == pytest.approx(0.1 * np.log1p(seen))


def test_the_annoyed_mute_sooner():
    """The risk is multiplied by exp(r A), for muting as for leaving."""
    told = Community(size=400, cap=400, topology="empty", arrivals=0.0, invitations=0.0)

    def muting(noise):
        settings = only("attendance", "departure", "irritation", irritation={"speed": 0.3})
        spec = scenario(
            [("adverts", adverts(noise))], community=told, mechanisms=settings, uncertainty="luck"
        )
        sim = Simulation(spec, range(100), 3)
        w = steps(sim, 1)
        came = w.came & (w.members.role != Role.OWNER)
        return w.gone[came].mean()

    assert muting(15.0) / muting(0.0) == pytest.approx(np.exp(0.3 * 0.3 * np.log(16)), abs=0.05)


def test_adverts_drive_people_away_and_more_adverts_more_so():
    told = replace(SMALL, size=60, cap=60)
    alone = {"mechanisms": off("overload"), "community": told, "uncertainty": "luck", "days": 40}
    visits, mutes = [], []
    for noise in (0.0, 2.0, 20.0):
        record = simulate([("adverts", adverts(noise))], replicates=range(30), **alone)
        visits.append(record.daily["visitors"][:, 10:40].mean())
        mutes.append(record.daily["mutes"].sum(axis=1).mean())
    assert visits[0] > visits[1] > visits[2]
    assert mutes[0] < mutes[1] < mutes[2]


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_without_adverts_or_sizes_nothing_changes(noise):
    alone = {
        "mechanisms": off("overload") | {"irritation": {"weight": 0.0, "risk": 0.0}}, "community": BUSY,
    }  # fmt: skip
    record = simulate([("adverts", adverts(noise))], **alone)
    assert differences(record, simulate(**alone)) == []


def test_with_its_listeners_off_an_advert_does_nothing():
    deaf = {"mechanisms": off("irritation", "overload"), "community": BUSY}
    assert differences(simulate([("a", adverts(9.0, 0.5))], **deaf), simulate(**deaf), but=LEDGER) == []


@dataclass(frozen=True, kw_only=True)
class Uneven(Adverts):
    """Another number of adverts every day."""

    def award(self, day, whom, came, memory):
        return Award(noise=12 * day.draws.group("noise"), order=0.4 * (day.index % 3 == 0))


@pytest.mark.parametrize("seed", [1, 2])
def test_both_engines_agree(seed):
    given = [("uneven", Uneven(when=When(stop=20))), ("adverts", adverts(2.0, every=3))]
    outcome = lockstep(scenario(given, community=BUSY, days=30, follow_up=6), seed, seed, (8, 9))
    assert outcome.wrong == [], f"day {outcome.days}"
    assert any(member.irritation > 0 for member in outcome.model.people)


def test_both_engines_agree_without_it():
    given = [("uneven", Uneven())]
    assert lockstep(scenario(given, community=BUSY, mechanisms=off("irritation")), 4, 4).wrong == []
