"""A sham: from some day on the same people in the same community have other luck."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.draws import Draws, Seeds
from simulator.errors import UserError
from simulator.model import CommunityModel
from simulator.registry import make_strategy, strategies
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from tests.lockstep import lockstep
from tests.worlds import SMALL, differences, tactics

DAYS = 12


def told(*strategies, **more):
    return Scenario(**{"community": SMALL, "days": DAYS, "follow_up": 3, "strategies": strategies} | more)


def run(*strategies, **more):
    return Simulation(told(*strategies, **more), range(3), 5).run()


@pytest.fixture(scope="module")
def plain():
    return run()


@pytest.mark.parametrize("day", [0, 1, 7])
def test_everything_before_the_day_is_the_baseline_and_then_it_is_not(plain, day):
    sham = run(luck_from=day)
    for name, series in sham.daily.items():
        assert np.array_equal(series[:, :day], plain.daily[name][:, :day]), name
    assert (sham.daily["visitors"][:, day] != plain.daily["visitors"][:, day]).any()
    assert sham.groups["effect"].tobytes() == plain.groups["effect"].tobytes()


def test_people_ties_and_parameters_stay():
    community = replace(SMALL, age=20, purpose_days=9, event_share=0.5)
    one, other = (Simulation(told(community=community, luck_from=day), range(3), 5) for day in (None, 0))
    for name, column in one.world.members.items():
        assert column.tobytes() == other.world.members[name].tobytes(), name
    for mine, theirs in zip(one.world.ties.edges(1), other.world.ties.edges(1), strict=True):
        assert mine.tobytes() == theirs.tobytes()
    for name, params in one.world.params.items():
        for key, column in params.items():
            assert column.tobytes() == other.world.params[name][key].tobytes()
    assert one.world.ends.tobytes() == other.world.ends.tobytes()


def test_a_day_that_never_comes_is_no_sham(plain):
    assert differences(run(luck_from=DAYS + 3), plain) == []


def test_shams_differ_by_salt_and_are_the_same_again(plain):
    one, other, again = (run(luck_from=0, luck_salt=salt) for salt in (1, 2, 1))
    assert differences(one, again) == []
    assert "visitors" in differences(one, other)
    assert "visitors" in differences(one, plain)


def test_on_average_a_sham_is_like_the_baseline():
    """400 communities of 30 for a week: means lie within four standard errors of one another."""
    one, other = (
        Simulation(told(days=7, follow_up=0, luck_from=day, uncertainty="luck"), range(400), 5).run().daily
        for day in (None, 0)
    )
    for name in ("visitors", "messages", "voices"):
        gap = (one[name] - other[name]).mean(axis=1)
        assert abs(gap.mean()) < 4 * gap.std() / 20
        assert 0.2 < np.corrcoef(one[name].mean(axis=1), other[name].mean(axis=1))[0, 1] < 0.99


def test_a_sham_may_begin_in_the_warm_up():
    warm = {"warmup": 9}
    plain, early, late = (run(**warm, luck_from=day) for day in (None, -9, 0))
    assert "visitors" in differences(plain, early)
    assert "visitors" in differences(early, late)
    one, other = (Simulation(told(**warm, luck_from=day), range(3), 5).warm_up() for day in (None, 0))
    assert one.world.came.tobytes() == other.world.came.tobytes()
    for name, column in one.world.members.items():
        assert column.tobytes() == other.world.members[name].tobytes(), name


def test_a_forked_sham_is_the_sham():
    ground = Simulation(told(warmup=9), range(3), 5).warm_up()
    for day, salt in ((0, 1), (5, 2)):
        sham = told(warmup=9, luck_from=day, luck_salt=salt)
        assert differences(ground.fork(sham).run(), Simulation(sham, range(3), 5).run()) == []
    early = told(warmup=9, luck_from=-4)
    assert early.ground.luck_from == -4
    forked = Simulation(early.ground, range(3), 5).warm_up().fork(early).run()
    assert differences(forked, Simulation(early, range(3), 5).run()) == []


def test_tactics_have_the_other_luck_too_but_a_lasting_share_lasts():
    half = make_strategy("red_packet", every=1, share=0.5)
    whom = []
    simulation = Simulation(told(("x", half), luck_from=3, community=replace(SMALL, arrivals=0.0)), [0], 5)
    for _ in range(6):
        simulation.step()
        world = simulation.world
        whom.append(set(world.members.id[world.offers[0].whom].tolist()))
    assert whom[0]
    assert all(now <= whom[0] for now in whom)
    ids, numbers = np.arange(5, dtype=np.uint64)[None], np.zeros(1, np.uint32)
    draws = Draws(Seeds(5, 3), numbers, ids)
    for day in (0, 2, 3, 9):
        assert draws.of("x", day).uniform("u").tobytes() == (
            Draws(Seeds(5, 3).of(day), numbers, ids, "x", day).uniform("u").tobytes()
        )
    assert Seeds(5, 3).of(2) == 5 != Seeds(5, 3).of(3)


def test_shams_of_a_seed_have_seeds_of_their_own():
    seeds = {Seeds(5, 0, salt).of(0) for salt in range(2000)}
    assert len(seeds) == 2000
    assert 5 not in seeds
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_a_mesa_model_has_it_too():
    model = CommunityModel(told(luck_from=4), replicates=3, rng=5)
    assert differences(model.run(), run(luck_from=4)) == []


@pytest.mark.parametrize(("day", "warmup"), [(0, 0), (6, 0), (-5, 10)])
def test_both_engines_draw_it_alike(day, warmup):
    scenario = told(*tactics(*strategies()), luck_from=day, warmup=warmup, luck_salt=2)
    outcome = lockstep(scenario, 1, 5)
    assert outcome.wrong == []
    assert outcome.followed <= 1


def test_it_is_part_of_the_hash():
    hashes = {told(luck_from=day, luck_salt=salt).hash for day in (None, 0, 3) for salt in (1, 2)}
    assert len(hashes) == 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"luck_from": -1}, "luck_from is -1; it must be a whole number from 0 to 15"),
        ({"luck_from": 16}, "luck_from is 16"),
        ({"luck_from": -6, "warmup": 5}, "luck_from is -6; it must be a whole number from -5 to 15"),
        ({"luck_from": 1.0}, "luck_from is 1.0"),
        ({"luck_salt": -1}, "luck_salt is -1"),
    ],
)
def test_what_is_no_day_is_refused(given, said):
    with pytest.raises(UserError, match=said):
        told(**given)
