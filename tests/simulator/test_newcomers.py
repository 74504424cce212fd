"""Newcomers: how they are met, that they come on the day they join, whom they bring and who holds them."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from simulator.community import Community
from simulator.mechanisms.conversation import Conversation
from simulator.simulation import Simulation
from tests.worlds import SMALL, Says, bench, only, plug_in, scenario, script, simulate, steps

TEN = Community(size=10, cap=12, topology="empty", arrivals=0.0, invitations=0.0)
#: Novices and lurkers who join on day 0 of a new group, each left to themselves.
NEW = Community(
    size=400, cap=400, owners=0, kols=0.0, novices=0.6, arrivals=0.0, invitations=0.0, topology="empty"
)


# Reception --------------------------------------------------------------------------------------------------


def test_a_reply_to_somebody_new_counts_while_they_are_new(monkeypatch):
    """0.40 on the logit on joining, falling evenly to nought over 30 days."""
    script(monkeypatch, [[1, 1, 1]], [[1, 1, 1]], replied=[[1, 0, 0]], answered=[[0, 1, 0]])
    sim = bench("attendance", "conversation", "reception", community=TEN)
    assert not steps(sim, 1).pull.any()
    assert steps(sim, 1).pull[0, :4].tolist() == pytest.approx([0.4 * 29 / 30, 0.4 * 29 / 30, 0, 0], abs=1e-6)
    assert steps(sim, 14).pull[0, 0] == pytest.approx(0.4 * 15 / 30, abs=1e-6)
    assert not steps(sim, 15).pull.any()


def test_a_reply_to_those_who_have_been_there_for_long_does_not(monkeypatch):
    script(monkeypatch, [[1, 1]], [[1, 1]], replied=[[1, 1]])
    sim = bench("attendance", "conversation", "reception", community=TEN)
    sim.world.members.joined[:, 1] = -29
    assert steps(sim, 1).members.welcomed[0, :2].tolist() == [True, True]
    sim = bench("attendance", "conversation", "reception", community=TEN)
    sim.world.members.joined[:, 1] = -30
    assert steps(sim, 2).members.welcomed[0, :2].tolist() == [True, False]
    assert sim.world.pull[0, 1] == 0


def test_a_reply_brings_newcomers_back(monkeypatch):
    """P7, an implementation check: return 5 to 20 points likelier, replies given by lot."""

    @dataclass(frozen=True, kw_only=True)
    class ByLot(Conversation):
        def conversation(self, world):
            lucky = world.draws.of("lot", 0).bernoulli(0.5, f"reply {world.day}", world.members.present)
            world.posts[:] = world.came
            world.replied[:] = world.came & lucky & (world.day == 0)

    plug_in(monkeypatch, ByLot)
    told = scenario(
        community=NEW,
        days=8,
        mechanisms=only("attendance", "belonging", "conversation", "disposition", "reception"),
    )
    sim = Simulation(told, range(30), 3)
    sim.step()
    m, first = sim.world.members, sim.world.came.copy()
    met = first & sim.world.replied
    sim.step()
    back, base = sim.world.came[met].mean(), sim.world.came[first & ~met].mean()
    assert 0.35 < base < 0.6  # Joyce and Kraut: 44%; where nearly all come back anyway, there is less to gain
    assert 0.05 < back - base < 0.20
    assert m.present[met].all()


def test_with_reception_off_a_reply_does_nothing_there(monkeypatch):
    script(monkeypatch, [[1]], [[1]], replied=[[1]])
    assert not steps(bench("attendance", "conversation", community=TEN), 3).pull.any()


# Joining ----------------------------------------------------------------------------------------------------


def test_newcomers_come_on_the_day_they_join():
    told = replace(SMALL, size=5, cap=400, arrivals=6.0, invitations=0.0, visiting=(0.9, 0.5, 0.25, 0.1))
    alone = only("arrivals", "attendance", "disposition", disposition={"group_spread": 0, "person_spread": 0})
    sim = Simulation(scenario(community=told, mechanisms=alone, uncertainty="luck", days=200), range(30), 3)
    came, later = [], []
    for _ in range(20):
        w = steps(sim, 1)
        new = w.members.present & (w.members.joined == w.day - 1) & (w.day > 1)
        came.append(w.came[new & (w.members.role == 3)])
        later.append(w.came[w.members.present & (w.members.joined > 0) & ~new & (w.members.role == 3)])
    share = 1 / (1 + np.exp(-(np.log(0.1 / 0.9) + 4.0)))
    assert np.concatenate(came).mean() == pytest.approx(share, abs=0.05)
    assert np.concatenate(later).mean() == pytest.approx(0.1, abs=0.01)


def test_founders_do_not_join_on_the_first_day():
    alone = bench(
        "arrivals", "attendance", "disposition", community=replace(SMALL, arrivals=0.0, invitations=0.0)
    )
    plain = bench("attendance", "disposition", community=replace(SMALL, arrivals=0.0, invitations=0.0))
    assert np.array_equal(steps(alone, 1).pull, steps(plain, 1).pull)


def strangers(**settings):
    told = replace(SMALL, arrivals=2.0, invitations=0.0, cap=400, age=settings.pop("age", 0))
    alone = only("arrivals", "disposition", arrivals=settings, disposition={"group_spread": 0})
    record = Simulation(
        scenario(community=told, mechanisms=alone, uncertainty="luck", days=60, follow_up=0), range(150), 3
    ).run()
    return record.daily["joined"].mean(axis=0)


@pytest.mark.parametrize("age", [0, 300])
def test_strangers_come_less_as_a_group_ages(age):
    """``arrivals`` is what comes at the opening, whatever the age; from there a power of age."""
    joined = strangers(age=age, fading=1.0, youth=20.0)
    for start, end in ((1, 8), (25, 35), (50, 60)):
        days = np.arange(start, end)
        expected = 2.0 * ((20.0 + age) / (20.0 + age + days)).mean()
        assert joined[start:end].mean() == pytest.approx(expected, rel=0.1)


def test_without_fading_they_come_as_before():
    joined = strangers(fading=0.0)
    assert joined[1:].mean() == pytest.approx(2.0, rel=0.05)


# Inviting ---------------------------------------------------------------------------------------------------


def test_most_first_invitations_follow_soon_after_joining():
    """P17, an implementation check: 70 to 90% within 5 days of joining (Qiu et al. 2016: 80%)."""
    told = Community(size=60, cap=200, arrivals=2.0, invitations=2.0, acceptance=0.2)
    table = simulate(community=told, days=60, replicates=range(12)).members
    began = table["first_invited"]
    sent = (began >= 0) & (table["joined"] >= 0) & (table["joined"] < 40)
    after = (began - table["joined"])[sent]
    assert sent.sum() > 500
    assert 0.70 < (after <= 5).mean() < 0.90
    assert after.min() >= 0


def test_founders_of_long_standing_have_sent_theirs():
    told = replace(SMALL, size=200, cap=200, arrivals=0.0, invitations=3.0, age=400)
    m = bench("arrivals", community=told, replicates=5).world.members
    old, had = m.joined < -60, m.invitations + m.invited
    assert not m.invitations[old].any()
    assert m.invited[old].mean() == pytest.approx(3.0, rel=0.1)
    new = (m.joined > -3) & (m.role != 0)
    assert m.invitations[new].mean() > 1.5
    young = bench("arrivals", community=replace(told, age=0), replicates=5).world.members
    assert np.array_equal(had, young.invitations)
    assert not young.invited.any()


# Who brought them -------------------------------------------------------------------------------------------


def brought(n=4000, **state):
    """A day's risk of going of somebody brought by slot 0, to that of one whom nobody brought."""
    told = replace(TEN, size=4, cap=4, owners=0, kols=0.0, novices=1.0)
    shares = []
    for inviter in (0, 1):
        sim = bench(
            "referral", "departure", community=told, replicates=n, departure={"theta": 0.6, "start": 1.0}
        )
        m = sim.world.members
        m.inviter[:, 1] = inviter
        for column, value in state.items():
            m[column][:, 0] = value
        shares.append(steps(sim, 1).gone[:, 1].mean())
    return shares[1] / shares[0]


def test_who_brought_one_holds_one():
    assert brought() == pytest.approx(0.82, abs=0.03)


@pytest.mark.parametrize("state", [{"muted": True}, {"present": False}], ids=["muted", "gone"])
def test_but_not_when_gone_or_no_longer_looking(state):
    assert brought(n=500, **state) == 1.0


def test_the_hold_ends_with_the_inviter_and_nobody_takes_their_seat():
    told = replace(TEN, size=4, cap=4, owners=0)
    sim = bench("referral", community=told)
    m = sim.world.members
    m.inviter[:, 1] = 1
    relief = np.float32(np.log(np.float32(0.82)))
    assert steps(sim, 1).hazard[0].tolist() == pytest.approx([0, relief, 0, 0])
    gone = np.zeros(sim.world.shape, bool)
    gone[:, 0] = True
    m.leave(gone)
    m.join(np.array([0]), np.array([99], np.uint64))  # a stranger in the seat
    assert not steps(sim, 1).hazard.any()
    assert (m.host[:, 1] == -2).all()


def test_those_who_met_are_less_likely_to_go_and_it_fades():
    from simulator.stimuli import Award

    told = replace(TEN, size=6, cap=6, owners=0)
    table = np.array([0, 0, -1, -1, -1, -1], np.int32)
    says = Says(given=Award(gatherings=table))
    sim = bench("bonding", says=says, community=told, bonding={"stay": 0.7})
    held = np.log(0.7)
    assert steps(sim, 1).hazard[0].tolist() == pytest.approx([held, held, 0, 0, 0, 0], abs=1e-6)
    sim.world.members.met[:, 2] = 1
    assert steps(sim, 9).hazard[0, 2] == pytest.approx(held * np.exp(-7 / 90), abs=1e-6)
    quiet = bench("bonding", community=told)
    quiet.world.members.met[:] = 1
    assert not steps(quiet, 1).hazard.any()


def test_a_risk_that_is_multiplied_is_multiplied():
    told = replace(TEN, size=1, cap=1, owners=0)

    def going(factor):
        sim = bench("departure", community=told, replicates=6000, departure={"theta": 0.2, "start": 1.0})
        plain = sim._run

        def run(phase):
            plain(phase)
            if phase == "bonding":
                sim.world.hazard[:] = np.log(factor)

        sim._run = run
        return steps(sim, 1).gone.mean()

    assert going(2.0) / going(1.0) == pytest.approx(2.0, rel=0.12)
    assert going(0.5) / going(1.0) == pytest.approx(0.5, rel=0.15)
