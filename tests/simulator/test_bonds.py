"""Ties, learning, joining and taking part: each mechanism alone, against closed forms."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from scipy.special import logit

from simulator.community import Community
from simulator.mechanisms.uptake import Uptake
from simulator.members import Role
from simulator.schedule import When
from simulator.simulation import Simulation
from simulator.stimuli import Award
from simulator.ties import Ties
from tests.worlds import SMALL, Says, bench, only, plug_in, scenario, script, steps

TEN = Community(size=10, cap=12, owners=1, kols=0.2, novices=0.3, arrivals=0.0, invitations=0.0)
GRID = 1e-6  # strengths are multiples of 2^-23


def strengths(world, replicate=0):
    a, b, weight = world.ties.edges(replicate)
    return {(int(i), int(j)): float(w) for i, j, w in zip(a, b, weight, strict=True)}


def tied(sim, ends, strength):
    """The same ties in both communities."""
    a, b = np.array(ends).T
    n = len(a)
    sim.world.ties = Ties.from_edges(2, 12, np.repeat([0, 1], n), np.tile(a, 2), np.tile(b, 2), strength)
    return sim


# Bonding ----------------------------------------------------------------------------------------------------


def bonded(monkeypatch, n, ends, *, strength=0.5, says=None, posts=(1, 1, 0), replied=(0, 0, 0), **given):
    script(monkeypatch, [[1] * 12], [posts], replied=[replied])
    alone = ("attendance", "conversation", "bonding")
    sim = tied(bench(*alone, says=says, community=TEN, bonding=given), ends, strength)
    return steps(sim, n)


def test_talking_together_strengthens_ties(monkeypatch):
    got = strengths(bonded(monkeypatch, 5, [(0, 1), (1, 2), (2, 3)], talk=0.03))
    assert got[0, 1] == pytest.approx(1 - 0.5 * 0.97**5, abs=GRID * 10)
    assert got[1, 2] == got[2, 3] == 0.5  # one of the two, or both, said nothing


def test_ties_fade_week_by_week(monkeypatch):
    for week in (1, 4, 8):
        got = strengths(bonded(monkeypatch, 7 * week, [(2, 3)], fade=60.0))
        assert got[2, 3] == pytest.approx(0.5 * np.exp(-7 * week / 60), abs=GRID * 10)
    assert strengths(bonded(monkeypatch, 6, [(2, 3)], fade=60.0))[2, 3] == 0.5


def test_a_tie_too_weak_to_notice_is_gone(monkeypatch):
    """exp(-t/30) of a half falls under a hundredth after 117 days: 17 weeks."""
    assert strengths(bonded(monkeypatch, 7 * 16, [(2, 3)], fade=30.0))
    assert not strengths(bonded(monkeypatch, 7 * 17, [(2, 3)], fade=30.0))


def test_a_reply_makes_a_new_tie(monkeypatch):
    world = bonded(monkeypatch, 1, [(5, 6)], posts=(1, 1, 0), replied=(1, 0, 0))
    made = [set(strengths(world, r)) - {(5, 6)} for r in (0, 1)]
    assert all(pairs <= {(0, 1)} for pairs in made)
    assert (world.new_ties == [len(pairs) for pairs in made]).all()
    many = bonded(monkeypatch, 30, [(5, 6)], posts=(1, 1, 0), replied=(1, 0, 0), fade=180.0)
    assert (0, 1) in strengths(many)
    assert many.new_ties.sum() == 0  # they know each other already


def test_nobody_replies_to_the_only_speaker(monkeypatch):
    world = bonded(monkeypatch, 20, [(5, 6)], posts=(3, 0, 0), replied=(1, 0, 0))
    assert set(strengths(world)) == {(5, 6)}


def test_those_who_met_are_bound_and_other_ties_thin(monkeypatch):
    tables = np.full((2, 12), -1)
    tables[:, [2, 3, 4]] = 0
    tables[:, [5, 6]] = 1
    says = Says(given=Award(gatherings=tables), when=When(days=(0,)))
    ends = [(2, 3), (2, 5), (2, 7), (7, 8)]
    world = bonded(monkeypatch, 1, ends, says=says, posts=(0, 0, 0), strength=0.4)
    got = strengths(world)
    assert got[2, 3] == pytest.approx(0.4 + 0.35 * 0.6, abs=GRID)
    assert got[2, 4] == got[3, 4] == got[5, 6] == pytest.approx(0.35, abs=GRID)
    assert got[2, 5] == pytest.approx(0.9 * 0.4, abs=GRID)  # both were there, at other tables: once
    assert got[2, 7] == pytest.approx(0.9 * 0.4, abs=GRID)
    assert got[7, 8] == pytest.approx(0.4, abs=GRID)
    assert world.new_ties.tolist() == [3, 3]
    assert set(got) == {*ends, (2, 4), (3, 4), (5, 6)}


def test_meeting_at_one_table_only_makes_no_ties_to_the_other(monkeypatch):
    tables = np.tile(np.arange(12) // 2, (2, 1))
    world = bonded(monkeypatch, 1, [(0, 11)], says=Says(given=Award(gatherings=tables)), posts=(0, 0, 0))
    assert set(strengths(world)) == {(0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (0, 11)}  # 10 and 11 are empty


# Learning and roles -----------------------------------------------------------------------------------------


def learned(monkeypatch, n, *, posts=1, answered=0, award=None, state=None, **given):
    script(monkeypatch, [[1] * 10], [[posts] * 10], answered=[[answered] * 10])
    says = None if award is None else Says(given=award)
    sim = bench("attendance", "conversation", "learning", says=says, community=TEN, learning=given)
    for name, value in (state or {}).items():
        sim.world.members[name][:] = value
    return steps(sim, n).members


def test_answers_and_coaching_teach(monkeypatch):
    start = {"expertise": 0.2}
    taught = learned(monkeypatch, 10, answered=1, state=start).expertise
    assert np.allclose(taught[:, :10], 1 - 0.8 * 0.99**10, atol=1e-5)
    coached = learned(monkeypatch, 3, award=Award(coaching=30.0), state=start).expertise
    assert np.allclose(coached[:, :10], 1 - 0.8 * 0.99**3, atol=1e-5)
    assert np.allclose(learned(monkeypatch, 10, state=start).expertise[:, :10], 0.2)


def test_speaking_is_a_running_share_of_days(monkeypatch):
    got = learned(monkeypatch, 30, state={"speaking": 0.0}, pace=0)
    assert np.allclose(got.speaking[:, :10], 1 - (20 / 21) ** 30, atol=1e-5)
    quiet = learned(monkeypatch, 30, posts=0, state={"speaking": 0.8}, pace=0)
    assert np.allclose(quiet.speaking[:, :10], 0.8 * (20 / 21) ** 30, atol=1e-5)


@pytest.mark.parametrize(
    ("was", "becomes", "posts", "state"),
    [
        (Role.LURKER, Role.NOVICE, 1, {"speaking": 0.2}),
        (Role.NOVICE, Role.KOL, 1, {"speaking": 0.5, "expertise": 0.8}),
        (Role.NOVICE, Role.LURKER, 0, {"speaking": 0.01}),
        (Role.KOL, Role.NOVICE, 0, {"speaking": 0.05}),
        (Role.LURKER, Role.LURKER, 0, {"speaking": 0.1}),
        (Role.NOVICE, Role.NOVICE, 1, {"speaking": 0.5, "expertise": 0.6}),
        (Role.NOVICE, Role.NOVICE, 0, {"speaking": 0.3, "expertise": 0.9}),
        (Role.KOL, Role.KOL, 0, {"speaking": 0.2}),
        (Role.OWNER, Role.OWNER, 0, {"speaking": 0.0}),
        (Role.OWNER, Role.OWNER, 1, {"speaking": 1.0, "expertise": 0.0}),
    ],
)
def test_who_talks_rises_and_who_falls_silent_sinks(monkeypatch, was, becomes, posts, state):
    members = learned(monkeypatch, 1, posts=posts, state={"role": was, **state}, pace=0.1)
    share = (members.role[:, :10] == becomes).mean()
    assert share == 1 if was == becomes else 0 < share < 1


def test_a_change_that_is_due_comes_at_its_pace(monkeypatch):
    script(monkeypatch, [[0]])
    sim = bench("learning", community=replace(TEN, size=400, cap=400), learning={"pace": 0.05})
    sim.world.members.role[:] = Role.KOL
    sim.world.members.speaking[:] = 0.03
    left = [(steps(sim, 1).members.role == Role.KOL).mean() for _ in range(30)]
    assert np.abs(left - 0.95 ** np.arange(1, 31)).max() < 0.06


def test_half_of_the_roles_habits_comes_with_the_role(monkeypatch):
    """Attendance and talk move by the role's difference, of which the person keeps half."""
    script(monkeypatch, [[0]])
    sim = bench("learning", community=replace(TEN, size=400, cap=400), learning={"pace": 0.1})
    m, c = sim.world.members, TEN
    m.role[:], m.speaking[:], m.effect[:], m.rate[:] = Role.NOVICE, 0.0, 0.3, 1.0
    steps(sim, 1)
    changed = m.role == Role.LURKER
    assert changed.any()
    base = logit(np.array(c.visiting))
    assert np.allclose(m.effect[changed], 0.3 + 0.5 * (base[Role.NOVICE] - base[Role.LURKER]), atol=1e-5)
    ratio = np.sqrt((c.messages[Role.NOVICE] + 0.01) / (c.messages[Role.LURKER] + 0.01))
    assert np.allclose(m.rate[changed], ratio, atol=1e-5)
    assert np.allclose(m.effect[~changed], 0.3)
    assert (m.first_role != m.role).any()


# Joining ----------------------------------------------------------------------------------------------------


def joining(n, rows=300, says=None, spread=0.0, **community):
    given = {"arrivals": 0.0, "invitations": 0.0, "cap": 200, "topology": "empty", **community}
    alone = only("arrivals", "disposition", disposition={"group_spread": spread})
    told = scenario(
        () if says is None else [("says", says)],
        community=replace(SMALL, **given), mechanisms=alone, uncertainty="luck", days=n, follow_up=0,
    )  # fmt: skip
    sim = Simulation(told, range(rows), 3)
    return sim.run(), sim.world


def test_strangers_come_by_poisson_from_the_second_day():
    record, _ = joining(11, arrivals=2.0)
    joined = record.daily["joined"]
    assert not joined[:, 0].any()
    assert joined[:, 1:].mean() == pytest.approx(2.0, rel=0.06)
    assert joined[:, 1:].var() == pytest.approx(2.0, rel=0.1)


def test_a_lively_group_is_found_more_often():
    record, world = joining(11, arrivals=2.0, spread=1.2)
    per_day = record.daily["joined"][:, 1:].mean(axis=1)
    assert np.corrcoef(per_day, np.exp(world.effect / 2))[0, 1] > 0.9


def test_invitations_are_sent_after_a_delay_and_are_finite():
    """80% of first invitations within 5 days (Qiu et al. 2016): an exponential delay of mean 3.1 days."""
    record, world = joining(60, rows=40, invitations=2.0, acceptance=0.0)
    m = world.members
    founders = m.present & (m.id < 30)
    sent = m.invited[founders]
    assert sent.mean() == pytest.approx(2.0, rel=0.12)
    assert not m.invitations[founders].any()
    assert not record.daily["joined"].any()
    _, early = joining(6, rows=200, invitations=0.2, acceptance=0.0)
    e = early.members
    had = e.present & (e.invited + e.invitations == 1)
    assert e.invited[had].mean() == pytest.approx(1 - np.exp(-5 / 3.1), abs=0.05)


def test_acceptance_decides_who_comes_and_they_know_who_asked_them():
    record, world = joining(40, rows=60, invitations=1.0, acceptance=0.5, cap=400)
    m = world.members
    founders = m.present & (m.id < 30)
    brought = m.present & (m.inviter > 0)
    assert brought.any()
    assert record.daily["joined"].sum() == brought.sum()
    assert (m.id[brought] >> np.uint64(63) == 1).all()
    by_founders = brought & (m.inviter <= 30)
    assert by_founders.sum() / m.invited[founders].sum() == pytest.approx(0.5, abs=0.06)
    r, i = np.argwhere(by_founders)[0]
    (host,) = np.flatnonzero(m.present[r] & (m.id[r] == m.inviter[r, i] - np.uint64(1)))
    assert host in world.ties.neighbours(r, i)[0]


def test_a_tactic_can_have_people_invited():
    plain, _ = joining(20, rows=20)
    says = Says(given=Award(invitations=1.0))
    assert joining(20, rows=20, says=says)[0].daily["joined"].sum() == plain.daily["joined"].sum() == 0
    told = replace(SMALL, arrivals=0.0, invitations=0.0, acceptance=1.0, cap=200)
    alone = only("arrivals", "disposition", "attendance")
    sim = Simulation(scenario([("says", says)], community=told, mechanisms=alone), range(5), 3)
    assert sim.run().daily["joined"].sum() > 20


def test_a_full_group_refuses():
    record, world = joining(20, rows=20, arrivals=3.0, cap=33)
    assert (world.members.present.sum(axis=1) == 33).all()
    assert (record.daily["joined"].sum(axis=1) == 3).all()
    assert (record.daily["members"] <= 33).all()


def test_newcomers_are_novices_or_lurkers_and_seldom_kols():
    _, world = joining(20, rows=100, arrivals=5.0, kols=0.3, novices=0.5)
    role = world.members.role[world.members.present & (world.members.id >= 30)]
    shares = np.bincount(role, minlength=4) / len(role)
    assert shares.tolist() == pytest.approx([0, 0.1, 0.5, 0.4], abs=0.02)


def test_newcomers_get_to_know_some_who_were_there():
    told = replace(SMALL, arrivals=2.0, visiting=(0.9,) * 4, topology="empty", cap=120, invitations=0.0)
    alone = only("arrivals", "disposition", "attendance")
    sim = Simulation(scenario(community=told, mechanisms=alone, uncertainty="luck"), range(20), 3)
    world = steps(sim, 5)
    m, ties = world.members, world.ties.count()
    new = m.present & (m.joined > 0)
    assert ties[new].min() >= 1
    assert ties[new & (m.joined == 4)].max() <= 2 + 2
    assert not ties[m.present & (m.joined == 0)].max() > 10
    assert (world.ties.edges(0)[2] <= SMALL.tie_strength).all()


# Taking part, and friends -----------------------------------------------------------------------------------


def test_a_visitor_of_average_discipline_checks_in_with_the_chance_of_the_logit():
    sim = bench("uptake", community=replace(TEN, size=1000, cap=1000), replicates=4)
    w = sim.world
    for discipline, x in ((0.4, 0.5), (0.0, -0.7), (1.0, 2.3)):
        w.members.discipline[:] = discipline
        draws = w.draws.of(f"test {discipline}", 1)
        among = w.members.present & (np.arange(1000) < 900)
        checked = w.uptake.checks_in(w, draws, among)
        assert not (checked & ~among).any()
        assert checked[among].mean() == pytest.approx(1 / (1 + np.exp(-x)), abs=0.03)


def test_belonging_takes_people_to_meetings():
    w = bench("uptake", community=replace(TEN, size=1000, cap=1000), replicates=4).world
    for belonging, chance in ((0.0, 0.1), (0.5, 0.2), (1.0, 0.3)):
        w.members.belonging[:] = belonging
        going = w.uptake.goes(w, w.draws.of(f"test {belonging}", 1), w.members.present, "goes")
        assert going.mean() == pytest.approx(chance, abs=0.02)


def test_with_uptake_off_nobody_takes_part_in_anything():
    w = bench("habit").world
    assert not w.uptake.checks_in(w, w.draws, w.members.present).any()
    assert not w.uptake.goes(w, w.draws, w.members.present, "goes").any()


def test_what_takes_the_place_of_uptake_is_asked(monkeypatch):
    """A mechanism that others ask by name is found under its own name, too."""

    @dataclass(frozen=True, kw_only=True)
    class Eager(Uptake):
        name: ClassVar[str] = "eager"
        on_by_default: ClassVar[bool] = False
        replaces: ClassVar[str] = "uptake"

        def checks_in(self, world, draws, among):
            return among

    plug_in(monkeypatch, Eager)
    told = scenario(mechanisms={"eager": {"on": True}})
    w = Simulation(told, range(2), 3).world
    assert w.uptake.checks_in(w, w.draws, w.members.present).sum() == w.members.present.sum()


@pytest.mark.parametrize(("threshold", "one"), [(1.0, 0.8 * 0.5 / 1.5), (1.4, 0.8 * 0.5 / 1.5), (2.0, 0)])
def test_friends_who_came_yesterday_pull_where_that_is_switched_on(monkeypatch, threshold, one):
    """Complex contagion: by default two friends draw one in and one does not (Centola 2010)."""
    script(monkeypatch, [[1, 0, 1, 0]])
    given = {"threshold": threshold}
    sim = tied(
        bench("attendance", "social_pull", community=TEN, social_pull=given), [(0, 1), (1, 2), (2, 3)], 0.5
    )
    assert not steps(sim, 1).pull.any()
    assert steps(sim, 1).pull[0, :4].tolist() == pytest.approx([0, 0.8 * 1 / 2, 0, one], abs=1e-5)


def test_three_friends_may_be_needed(monkeypatch):
    script(monkeypatch, [[0, 1, 1, 1, 0]])
    sim = bench("attendance", "social_pull", community=TEN, social_pull={"threshold": 3.0})
    sim = tied(sim, [(0, 1), (0, 2), (0, 3), (4, 1), (4, 2)], 0.5)
    assert steps(sim, 2).pull[0, :5].tolist() == pytest.approx([0.8 * 1.5 / 2.5, 0, 0, 0, 0], abs=1e-5)
