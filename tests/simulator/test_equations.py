"""The equations of the mechanisms that move people without tactics, each alone, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from simulator.community import Community
from simulator.members import Role
from simulator.stimuli import Award
from simulator.ties import Ties
from tests.worlds import SMALL, Says, bench, script, steps

MANY = Community(size=2000, cap=2000, arrivals=0.0, invitations=0.0, topology="empty")
TEN = Community(size=10, cap=12, owners=1, kols=0.2, novices=0.3, arrivals=0.0, invitations=0.0)
FLAT = {"group_spread": 0, "person_spread": 0}


def logistic(x):
    return 1 / (1 + np.exp(-np.asarray(x, float)))


# Coming -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", [0.02, 0.3, 0.9])
def test_attendance_is_bernoulli_of_the_logit(chance):
    """With weights alone and nobody special, the share who come is the logistic of the pull."""
    community = replace(MANY, visiting=(chance,) * 4, owners=0)
    sim = bench("attendance", "disposition", community=community, disposition=FLAT)
    world = steps(sim, 10)
    n = 10 * 2 * 2000
    assert abs(world.members.visits.sum() / n - chance) < 4 * np.sqrt(chance * (1 - chance) / n)
    assert np.allclose(logistic(world.pull), chance, atol=1e-5)
    assert (world.visitors == world.came.sum(axis=1)).all()


def test_nobody_comes_who_has_muted_the_group_or_is_not_there():
    sim = bench("attendance", "disposition", community=replace(SMALL, visiting=(0.999,) * 4, muted=0.5))
    world = steps(sim, 3)
    m = world.members
    assert m.muted.any()
    assert not world.came[m.muted | ~m.present].any()
    assert (m.visits[m.muted] == 0).all()
    assert not m.muted[m.role == Role.OWNER].any()


def test_more_pull_brings_more_and_sends_nobody_away():
    came = [
        steps(
            bench("attendance", "disposition", community=replace(SMALL, habit=0, visiting=(v,) * 4)), 1
        ).came
        for v in (0.1, 0.3, 0.7)
    ]
    assert (came[0] <= came[1]).all()
    assert (came[1] <= came[2]).all()
    assert came[0].sum() < came[2].sum()


def test_disposition_is_role_person_group_and_weekday():
    community = replace(SMALL, weekdays=(1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 0.0))
    sim = bench("disposition", community=community)
    base = np.log(np.array(community.visiting) / (1 - np.array(community.visiting)))
    for odds in (1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 1e-3):
        world = steps(sim, 1)
        m = world.members
        expected = base[m.role] + m.effect + world.effect[:, None] + np.log(odds)
        assert np.allclose(world.pull, expected, atol=1e-5)


def test_people_and_groups_differ_as_much_as_declared():
    world = bench("disposition", community=Community(size=50, cap=50), replicates=400).world
    m = world.members
    assert world.effect.mean() == pytest.approx(0, abs=0.2)
    assert world.effect.std() == pytest.approx(1.2, rel=0.1)
    other = m.effect[m.role != Role.OWNER]
    assert other.mean() == pytest.approx(0, abs=0.03)
    assert other.std() == pytest.approx(0.8, rel=0.03)
    assert not m.effect[m.role == Role.OWNER].any()
    assert m.rate.mean() == pytest.approx(1, rel=0.05)  # Gamma of mean 1 and shape 0.6
    assert m.rate.var() == pytest.approx(1 / 0.6, rel=0.1)
    assert stats.spearmanr(m.effect[:, 5:].ravel(), m.rate[:, 5:].ravel()).statistic == pytest.approx(
        0, abs=0.05
    )


# Habit ------------------------------------------------------------------------------------------------------


def test_habit_is_95_percent_formed_in_66_days(monkeypatch):
    """Lally et al. (2010): the median time to 95% of the plateau is 66 days."""
    script(monkeypatch, [[1, 0]])
    sim = bench("attendance", "habit", community=TEN)
    grown = [steps(sim, 1).members.habit[0, 0] for _ in range(80)]
    assert np.allclose(grown, 1 - (1 - 0.045) ** np.arange(1, 81), atol=1e-5)
    assert next(n + 1 for n in range(80) if grown[n] >= 0.95) in (65, 66, 67)
    assert sim.world.members.habit[0, 1] == 0


def test_one_missed_day_does_no_harm(monkeypatch):
    came = np.ones((60, 2), int)
    came[30, 0] = 0
    script(monkeypatch, came)
    sim = bench("attendance", "habit", community=TEN)
    missed, never = steps(sim, 60).members.habit[0, :2]
    assert never - missed < 0.02


def test_habit_fades_away(monkeypatch):
    script(monkeypatch, [[0]])
    sim = bench("attendance", "habit", community=replace(TEN, habit=0.8))
    assert steps(sim, 20).members.habit[0, 0] == pytest.approx(0.8 * 0.98**20, rel=1e-4)


# Belonging --------------------------------------------------------------------------------------------------


def belonging(
    monkeypatch, *, came=1, replied=0, asked=0, answered=0, award=None, n=1, start=0.4, ties=0.0, **given
):
    """Belonging of the KOL in slot 1 after n days like this one."""
    script(monkeypatch, [[1, came]], replied=[[0, replied]], asked=[[0, asked]], answered=[[0, answered]])
    says = None if award is None else Says(given=award)
    sim = bench("attendance", "conversation", "belonging", says=says, community=TEN, belonging=given)
    sim.world.ties = Ties.from_edges(2, 12, [0, 1], [0, 0], [1, 1], ties) if ties else Ties.empty(2, 12)
    sim.world.members.belonging[:] = start
    sim.world.members.alignment[:] = 0.5
    return steps(sim, n).members.belonging[0, 1]


def test_belonging_fades(monkeypatch):
    assert belonging(monkeypatch, came=0, n=30) == pytest.approx(0.4 * (1 - 0.015) ** 30, rel=1e-4)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ({}, 0.0),
        ({"replied": 1}, 0.03 * 0.6),
        ({"asked": 1, "answered": 1}, 0.03 * 0.6),
        ({"asked": 1}, -0.05 * 0.4),
        ({"ties": 0.5}, 0.03 * 0.5 / 1.5 * 0.6),
        ({"replied": 1, "asked": 1, "answered": 1, "ties": 1.0}, (0.03 + 0.03 + 0.015) * 0.6),
        ({"award": Award(care=10.0)}, 0.10 * 0.5 * 0.6),
        ({"award": Award(purpose=2.0)}, 0.02 * 2 * 0.5 * 0.6),
        ({"came": 0, "ties": 1.0}, 0.0),
        ({"came": 0, "award": Award(care=10.0)}, 0.10 * 0.5 * 0.6),  # care reaches the silent
        ({"came": 0, "award": Award(purpose=2.0)}, 0.0),
    ],
)
def test_what_moves_belonging(monkeypatch, what, change):
    assert belonging(monkeypatch, decay=0.0, **what) == pytest.approx(0.4 + change, abs=1e-5)


def test_belonging_never_leaves_its_range(monkeypatch):
    high = {"award": Award(care=1e6, purpose=1e6), "replied": 1, "asked": 1, "answered": 1, "ties": 1.0}
    assert 0.9 < belonging(monkeypatch, n=50, purpose=0.06, care=0.2, **high) <= 1
    assert 0 <= belonging(monkeypatch, n=300, asked=1, unanswered=0.1, decay=0.03) < 0.01


# Content and interest ---------------------------------------------------------------------------------------


def test_value_stays_where_talk_is_what_it_is_expected_to_be(monkeypatch):
    sim = bench("content", community=TEN)
    useful = sim.world.reference_useful / (1 - 0.5)  # replies included, branching 0.5
    sim = bench("content", says=Says(given=Award(content=useful)), community=TEN)
    assert np.allclose(steps(sim, 20).value, 0.5, atol=1e-5)


@pytest.mark.parametrize(("times", "level"), [(0.0, 0.0), (2.0, 0.75), (1000.0, 1.0)])
def test_value_moves_to_its_level_over_its_memory(times, level):
    useful = bench("content", community=TEN).world.reference_useful / 0.5 * times
    sim = bench("content", says=Says(given=Award(content=useful)), community=TEN)
    values = [steps(sim, 1).value[0] for _ in range(40)]
    assert np.allclose(values, level + (0.5 - level) * (1 - 1 / 7) ** np.arange(1, 41), atol=1e-4)


def test_talk_is_worth_what_its_authors_know_and_answers_more(monkeypatch):
    def value(posts, expertise=1.0, answered=0):
        script(monkeypatch, [[1]], [[posts]], asked=[[answered]], answered=[[answered]])
        sim = bench("attendance", "conversation", "content", community=TEN)
        sim.world.members.expertise[:] = expertise
        return steps(sim, 1).value[0]

    assert value(0) < value(2, 0.4) < value(2, 0.8) < value(2, 0.8, answered=1)
    assert value(4, 0.4) == pytest.approx(value(2, 0.8), abs=1e-6)


def interest(start=0.9, n=1, community=TEN, value=0.5, pay=0.0, says=None, **given):
    sim = bench("interest", "purpose", community=community, says=says, interest=given)
    sim.world.members.interest[:] = start
    sim.world.members.pay[:] = pay
    for _ in range(n):
        sim.world.value[:] = value
        sim.step()
    return sim.world.members.interest[0, 0]


def test_interest_returns_to_its_own_level():
    own = TEN.interest
    assert interest(n=40) == pytest.approx(own + (0.9 - own) * (1 - 0.03) ** 40, rel=1e-4)
    assert interest(start=0.1, n=500) == pytest.approx(own, abs=1e-4)


@pytest.mark.parametrize(("value", "worth"), [(0.0, 0.4), (0.25, 0.7), (0.5, 1.0), (0.75, 1.3), (1.0, 1.3)])
def test_interest_follows_the_worth_of_what_is_found(value, worth):
    assert interest(n=600, value=value, feed=0.6) == pytest.approx(TEN.interest * worth, rel=1e-3)


def test_pay_crowds_interest_out_and_praise_feeds_it():
    paid = Says()  # pay counts only where there is a tactic
    assert interest(0.5, pay=1.0, says=paid, recovery=0, crowding=0.06) == pytest.approx(
        0.5 * (1 - 0.06), rel=1e-5
    )
    assert interest(0.5, pay=1.0, says=paid, recovery=0, crowding=0) == pytest.approx(0.5)
    praised = Says(given=Award(praise=1.0))
    sim = bench(
        "attendance", "disposition", "interest", says=praised, community=replace(TEN, visiting=(0.999,) * 4)
    )
    sim.world.members.interest[:] = TEN.interest
    world = steps(sim, 1)
    gain = world.members.interest[world.came] - np.float32(TEN.interest)
    assert np.allclose(gain, 0.05 * (1 - TEN.interest), atol=1e-5)
    assert np.allclose(world.members.interest[world.members.present & ~world.came], TEN.interest)


def test_all_that_pay_can_do_is_about_two_thirds_of_a_logit():
    """DESIGN: the shift by crowding out is capped near 0.65 logit at the defaults, by interest's way back."""
    lowest = interest(TEN.interest, n=2000, pay=1.0, says=Says())
    shift = 2.0 * 0.5 * (TEN.interest - lowest)  # weight x value x interest lost
    assert 0.1 < shift < 0.66


def test_a_purpose_served_leaves_nothing_to_return_to():
    camp = replace(TEN, purpose_days=5)
    assert interest(start=TEN.interest, n=5, community=camp) == pytest.approx(TEN.interest, rel=1e-3)
    assert interest(start=TEN.interest, n=250, community=camp) < 0.01


# Overload and the owner -------------------------------------------------------------------------------------


def fatigue(posts, n=1, award=None, **given):
    with pytest.MonkeyPatch.context() as monkeypatch:
        script(monkeypatch, [[1]], [[posts]])
        says = None if award is None else Says(given=award)
        sim = bench("attendance", "conversation", "overload", says=says, community=TEN, overload=given)
        return steps(sim, n).members.fatigue[0]


def test_fatigue_follows_what_is_too_much_to_read():
    assert fatigue(150)[0] == 0  # exactly what one can read
    assert fatigue(300)[0] == pytest.approx(0.2 * 1)
    assert fatigue(450, n=30)[0] == pytest.approx(2 * (1 - 0.8**30), rel=1e-4)
    assert fatigue(450)[1] == 0  # who did not come has not read it


def test_adverts_tire_order_relieves_and_tokens_count():
    assert fatigue(150, award=Award(noise=30.0))[0] == pytest.approx(0.2 * 1)
    assert fatigue(300, award=Award(order=0.5))[0] == 0
    assert fatigue(300, award=Award(order=9.0))[0] == 0
    assert fatigue(150, award=Award(tokens=75.0))[0] == pytest.approx(0.2 * 0.5)


def energy(n=1, *, start=0.5, hours=0.0, posts=(), community=TEN, **given):
    with pytest.MonkeyPatch.context() as monkeypatch:
        script(monkeypatch, [[1] * 10], [list(posts) + [0] * (10 - len(posts))])
        says = Says(given=Award(hours=hours)) if hours else None
        told = replace(community, energy=start)
        sim = bench(
            "attendance", "conversation", "owner_energy", says=says, community=told, owner_energy=given
        )
        return steps(sim, n).energy[0]


def test_rest_brings_energy_back():
    assert energy(40) == pytest.approx(1 - 0.5 * 0.97**40, rel=1e-4)
    assert energy(5, start=1.0) == 1.0


def test_work_takes_energy():
    assert energy(rest=0, hours=3.0) == pytest.approx(0.5 - 0.02 * 3)
    assert energy(rest=0, posts=[60]) == pytest.approx(0.5 - 0.02 * 2)  # sixty messages are two hours
    assert energy(300, hours=24.0) == 0
    assert energy(n=200, hours=1.0) == pytest.approx(1 - 0.02 / 0.03, rel=1e-2)  # where work and rest balance


def test_two_owners_share_the_work():
    assert energy(rest=0, hours=3.0, community=replace(TEN, owners=2)) == pytest.approx(0.5 - 0.02 * 1.5)


def test_kols_who_carry_the_talk_are_a_relief():
    assert energy(rest=0, posts=[0, 5]) == pytest.approx(0.5 + 0.02 * 0.5)
    assert energy(rest=0, posts=[0, 5, 0, 5], minutes=0) == pytest.approx(0.5 + 0.02 * 0.5 * 0.5)


def test_a_tired_owner_comes_less_and_nobody_else():
    sim = bench("owner_energy", community=replace(TEN, energy=0.4))
    pull = steps(sim, 1).pull
    assert np.allclose(pull[:, 0], 2 * (0.4 - 1))
    assert not pull[:, 1:].any()
