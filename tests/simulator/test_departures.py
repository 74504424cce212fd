"""Going away and coming back: muting, leaving, waking, losses and the k-core, each alone, in closed form."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from simulator.community import Community
from simulator.schedule import When
from simulator.stimuli import Award
from simulator.ties import Ties
from tests.worlds import Says, bench, steps

MANY = Community(size=2000, cap=2000, arrivals=0.0, invitations=0.0, topology="empty")
TEN = Community(size=10, cap=12, owners=1, kols=0.2, novices=0.3, arrivals=0.0, invitations=0.0)
ONLY_EXITS = {"theta": 0, "exit": 0.002}


def test_attention_survives_as_a_power_of_tenure():
    """With nothing else at work, what is left after t days is the product of 1 - theta/(t + t0)."""
    sim = bench("departure", community=replace(MANY, owners=0), departure={"exit": 0})
    sim.world.members.belonging[:] = MANY.belonging
    alive = np.array([1 - steps(sim, 1).members.muted.mean() for _ in range(60)])
    t = np.arange(60)
    expected = np.cumprod(1 - 0.4 / (t + 2.0))
    assert np.abs(alive - expected).max() < 4 * np.sqrt(0.25 / 4000)
    slope = np.polyfit(np.log(t[5:] + 2.5), np.log(alive[5:]), 1)[0]
    assert slope == pytest.approx(-0.4, abs=0.05)


def test_leaving_is_rare_and_gives_up_the_slot():
    sim = bench("departure", community=replace(MANY, owners=0), departure=ONLY_EXITS)
    sim.world.members.belonging[:] = MANY.belonging
    m = steps(sim, 50).members
    left = 1 - m.present.mean()
    assert left == pytest.approx(1 - 0.998**50, rel=0.2)
    assert not m.muted.any()
    assert len(sim.record().members["id"]) == 4000


def test_owners_neither_mute_nor_leave():
    sim = bench("departure", community=Community(size=100, cap=100, owners=100), departure={"theta": 0.6})
    assert steps(sim, 100).members.present[:, :100].all()
    assert not sim.world.members.muted.any()


@pytest.mark.parametrize(
    ("column", "low", "high", "weight"),
    [("belonging", 0.9, 0.1, "bond"), ("fatigue", 0.0, 2.0, "strain"), ("loss", 0.0, 2.0, "grief")],
)
def test_what_holds_people_and_what_drives_them_away(column, low, high, weight):
    def gone(value, **given):
        sim = bench("departure", community=MANY, departure=given)
        sim.world.members.belonging[:] = MANY.belonging
        sim.world.members[column][:] = value
        world = steps(sim, 1)
        return world.gone.copy(), world.members.muted.sum()

    (few, fewer), (many, more) = gone(low), gone(high)
    assert (few <= many).all()  # the same luck, a greater risk
    assert fewer < more
    assert gone(low, **{weight: 0})[1] == gone(high, **{weight: 0})[1]


def test_the_risk_grows_with_the_exponential():
    def muted(fatigue):
        sim = bench("departure", community=replace(MANY, owners=0), departure={"exit": 0, "strain": 1.0})
        sim.world.members.belonging[:] = MANY.belonging
        sim.world.members.fatigue[:] = fatigue
        return steps(sim, 1).members.muted.mean()

    for x in (0.0, 0.5, 1.0, 1.5):
        assert muted(x) == pytest.approx(0.2 * np.exp(x), abs=0.035)
    assert muted(3.0) == 1.0


def test_so_does_the_risk_of_leaving():
    def left(fatigue):
        sim = bench("departure", community=replace(MANY, owners=0), departure={**ONLY_EXITS, "strain": 1.0})
        sim.world.members.belonging[:] = MANY.belonging
        sim.world.members.fatigue[:] = fatigue
        return 1 - steps(sim, 1).members.present.mean()

    for x in (0.0, 1.0, 1.9, 3.0):
        assert left(x) == pytest.approx(0.002 * np.exp(x), abs=4 * np.sqrt(0.002 * np.exp(x) / 4000))


def test_who_is_put_out_leaves_at_once():
    sim = bench("departure", says=Says(given=Award(removals=1.0)), community=TEN)
    sim.step()
    assert not sim.world.members.present.any()
    assert (sim.record().daily["exits"] == 10).all()


def test_some_look_in_again_by_themselves_and_more_if_somebody_cares():
    quiet = replace(MANY, muted=1.0, owners=0)
    asleep = steps(bench("awakening", community=quiet), 50).members.muted.mean()
    assert asleep == pytest.approx(0.998**50, abs=0.02)
    cared = bench("awakening", says=Says(given=Award(care=10.0)), community=quiet)
    awake = 1 - steps(cared, 1).members.muted.mean()
    assert awake == pytest.approx(0.002 + 0.87 * 0.1 * 0.5, abs=0.015)
    left = steps(cared, 200).members.muted.mean()
    assert left == pytest.approx(0.13 * 0.998**201, abs=0.02)  # whom care never reaches


def test_friends_who_go_away_are_a_loss_that_fades():
    out = np.zeros((2, 12))
    out[0, 3] = 1  # one person in the first community
    says = Says(given=Award(removals=out), when=When(days=(0,)))
    sim = bench("contagion", "departure", says=says, community=TEN, departure={"theta": 0, "exit": 0})
    ends = [0, 0, 0, 1], [1, 1, 2, 1], [2, 3, 3, 2]
    sim.world.ties = Ties.from_edges(2, 12, *ends, [0.5, 0.25, 0.125, 0.5])
    loss = steps(sim, 1).members.loss
    assert loss[0, :4].tolist() == pytest.approx([0, 0.25, 0.125, 0])
    steps(sim, 10)
    assert loss[0, 1] == pytest.approx(0.25 * 0.9**10, rel=1e-4)
    assert not loss[1].any()


def test_friends_lost_to_the_k_core_rule_are_a_loss_too():
    sim = bench("contagion", "kcore", community=replace(TEN, owners=0), kcore={"ratio": 1})
    sim.world.ties = Ties.from_edges(2, 12, 0, [0, 1, 2, 2], [1, 2, 0, 3], 0.5)
    world = steps(sim, 1)
    assert np.flatnonzero(world.members.present[0]).tolist() == [0, 1, 2]
    assert world.members.loss[0, :3].tolist() == [0, 0, 0.5]


def test_the_k_core_remains():
    """Garcia et al. (2013): after all cascades those remain who have more friends than cost over benefit."""
    graph = nx.gnm_random_graph(60, 130, seed=4)
    sim = bench("kcore", community=Community(size=60, cap=60, owners=0, topology="empty"), replicates=1)
    sim.world.ties = Ties.from_networkx(graph, 60)
    steps(sim, 60)
    assert set(np.flatnonzero(sim.world.members.present[0])) == set(nx.k_core(graph, 3).nodes)
    assert 0 < sim.world.members.present.sum() < 60
