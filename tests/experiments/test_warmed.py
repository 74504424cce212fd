"""Arms of a comparison start from one community, founded and warmed up once."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from experiments.engine.simulate import simulate
from experiments.output import manifest
from experiments.report.words import Words
from experiments.study import Study
from experiments.workbench import run
from simulator import simulation
from simulator.community import Community
from simulator.mechanism import Mechanism
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from tests.worlds import plug_in

SMALL = Community(size=14, cap=18, arrivals=0.2)


@dataclass(frozen=True, kw_only=True)
class Frost(Mechanism):
    """Breaks a community as it warms up."""

    name: ClassVar[str] = "frost"

    def habit(self, world):
        if world.day == -2 and 3 in world.replicates:
            raise FloatingPointError("the pipes\nburst")


def arm(label, *names, **more):
    tactics = tuple((name, make_strategy(name)) for name in names)
    return Scenario(label, strategies=tactics, **{"community": SMALL, "days": 6, "follow_up": 9} | more)


def arms(**more):
    told = (("baseline",), ("red", "red_packet"), ("door", "paid_entry", "praise"))
    return [arm(*one, **more) for one in told]


@pytest.mark.parametrize(("warmup", "founded"), [(5, 1), (0, 2)])
def test_arms_come_to_what_each_comes_to_alone_and_share_their_founding(monkeypatch, warmup, founded):
    alone = [Simulation(one, range(4), 5).run() for one in arms(warmup=warmup)]
    calls, found = [], simulation.found
    monkeypatch.setattr(simulation, "found", lambda world: calls.append(1) or found(world))
    together = simulate(arms(warmup=warmup), 4, seed=5, workers=1, block=4)
    assert len(calls) == founded
    for at, record in enumerate(alone):
        for name, values in record.summary().items():
            np.testing.assert_array_equal(together.summary[name][at], values)
        assert together.series["voices"][at].tobytes() == record.daily["voices"].astype(np.float32).tobytes()


def test_an_error_as_it_warms_up_is_one_of_every_arm_of_that_replicate(monkeypatch):
    sound = simulate(arms(warmup=4), 6, seed=5, workers=1)
    plug_in(monkeypatch, Frost)
    ensemble = simulate(arms(warmup=4), 6, seed=5, workers=1, block=6)
    assert [failure[:4] for failure in ensemble.failures] == [
        (3, label, "day -2, habit of frost", "FloatingPointError: the pipes burst")
        for label in ("baseline", "red", "door")
    ]
    there = [0, 1, 2, 4, 5]
    np.testing.assert_array_equal(ensemble.summary["voices"][:, there], sound.summary["voices"][:, there])


@pytest.fixture(scope="module")
def study():
    given = {"days": 5, "follow_up": 2, "replicates": 3, "twins": 0, "community.size": 20}
    return Study.of("red_packet", **given, store="none", warmup=4, workers=1)


def test_every_arm_of_a_comparison_has_it_and_the_hash_too(study):
    assert {scenario.warmup for scenario in study.scenarios} == {4}
    labels = [scenario.label for scenario in study.scenarios]
    assert (labels[0], labels[-1]) == ("baseline", "placebo")
    assert Study.of("red_packet").scenarios[0].warmup == 0


def test_results_say_so_in_one_line_in_either_language(study):
    result = run(study)
    assert manifest(result)["warmup"] == result.warmup == 4
    assert result.series["voices"].shape[-1] == 7
    for lang, said in (("en", "after 4 days of warm-up"), ("zh", "过了 4 天（预热")):
        shown = Words(replace(result, lang=lang))
        assert len([text for kind, text in shown.notes() if kind == "plain" and said in text]) == 1
        at_once = Words(replace(result, lang=lang, warmup=0))
        assert len(at_once.notes()) == len(shown.notes()) - 1
