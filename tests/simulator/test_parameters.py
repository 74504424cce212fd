"""Parameters of mechanisms as users and designs set them: row by row, as a number, as a range, as a word."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from simulator.errors import UserError
from simulator.knobs import knob
from simulator.mechanism import Mechanism
from simulator.registry import mechanisms
from simulator.simulation import Simulation
from tests.worlds import FOUR, SMALL, differences, rows, scenario, tactics

HABIT = mechanisms()["habit"]
WORLDS = np.arange(2000, dtype=np.uint32)


@dataclass(frozen=True, kw_only=True)
class Moderation(Mechanism):
    """A mechanism one setting of which is a word and one a whole number."""

    name: ClassVar[str] = "moderation"

    regime: str = knob("none", choices=("none", "community", "personalised"), doc="who sees what")
    topics: int = knob(5, low=1, high=50, doc="number of topics")
    strict: float = knob(0.5, low=0.0, high=1.0, doc="share removed")


# Row by row -------------------------------------------------------------------------------------------------


def test_a_design_prescribes_parameters_row_by_row():
    given = {"habit": {"growth": [0.02, 0.04, 0.16]}, "conversation": {"branching": np.full(3, 0.4)}}
    world = Simulation(scenario(), range(3), 5, given).world
    plain = Simulation(scenario(), range(3), 5).world
    assert np.allclose(world.params["habit"]["growth"], [0.02, 0.04, 0.16])
    assert world.params["habit"]["growth"].dtype == np.float32
    for name, columns in plain.params.items():
        for parameter, column in columns.items():
            if parameter not in given.get(name, {}):
                assert (world.params[name][parameter] == column).all(), (name, parameter)


def test_prescribing_what_would_be_drawn_changes_nothing():
    given = scenario(tactics(*FOUR))
    plain = Simulation(given, range(3), 5)
    drawn = {name: dict(columns) for name, columns in plain.world.params.items() if columns}
    assert differences(plain.run(), Simulation(given, range(3), 5, drawn).run()) == []


def test_one_community_may_be_run_under_many_parameters():
    """A number may repeat: the same founders and luck; rows do not touch, and each is counted by itself."""
    design = {"departure": {"theta": [0.15, 0.6, 0.15]}}
    record = Simulation(scenario(), [4, 4, 4], 5, design).run()
    alone = Simulation(scenario(), [4], 5, {"departure": {"theta": [0.6]}}).run()
    assert (record.daily["visitors"][0] == record.daily["visitors"][2]).all()
    assert (record.daily["visitors"][1] == alone.daily["visitors"][0]).all()
    assert (record.daily["mutes"][0] != record.daily["mutes"][1]).any()
    for name, values in alone.summary().items():
        assert np.array_equal(record.summary()[name][[1]], values, equal_nan=True), name
    people = [np.flatnonzero(record.members["row"] == r) for r in range(3)]
    founders = [np.sort(record.members["id"][one])[: SMALL.size] for one in people]
    assert (founders[0] == founders[1]).all()
    assert (
        differences(rows(Simulation(scenario(), [4, 7], 5).run(), [7]), Simulation(scenario(), [7], 5).run())
        == []
    )


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"habbit": {"growth": [0.1]}}, "There is no mechanism 'habbit'. Did you mean 'habit'?"),
        ({"habit": {"grwth": [0.1]}}, "'growth'?"),
        ({"habit": {"growth": [0.1, 0.1]}}, "one value for each of 1 replicates"),
        ({"habit": {"growth": 0.1}}, "one value for each of 1 replicates"),
        ({"habit": {"growth": ["much"]}}, "must hold numbers"),
        ({"habit": {"growth": [0.5]}}, "is 0.5; it must lie from 0 to 0.166 1/day."),
        ({"habit": {"growth": [float("nan")]}}, "is nan; it must lie"),
        ({"content": {"memory": [0.0]}}, "is 0.0; it must lie from 3 to 14 days."),
    ],
)
def test_a_design_that_cannot_be_is_told_in_one_line(given, line):
    with pytest.raises(UserError) as error:
        Simulation(scenario(), [0], 5, given)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


# A range of one's own ---------------------------------------------------------------------------------------


def test_a_range_set_by_hand_is_drawn_from():
    """Half of the worlds below its middle and half above, evenly on either side."""
    growth = HABIT.make(growth={"low": 0.02, "middle": 0.03, "high": 0.1}).draw(1, WORLDS, True)["growth"]
    assert growth.min() >= np.float32(0.02)
    assert growth.max() <= np.float32(0.1)
    assert abs((growth < 0.03).mean() - 0.5) < 0.04
    assert abs(np.median(growth[growth > 0.03]) - 0.065) < 0.004
    assert abs(np.median(growth[growth < 0.03]) - 0.025) < 0.001


def test_a_range_keeps_the_rank_of_each_world():
    """A world that has more of it than others has more of it under any range: arms and presets compare."""
    wide = HABIT().draw(1, WORLDS, True)["growth"]
    narrow = HABIT.make(growth={"low": 0.02, "middle": 0.03, "high": 0.04}).draw(1, WORLDS, True)["growth"]
    assert (np.argsort(wide, kind="stable") == np.argsort(narrow, kind="stable")).mean() > 0.98


def test_luck_alone_keeps_the_middle_of_a_range():
    growth = HABIT.make(growth={"low": 0.02, "middle": 0.03, "high": 0.1}).draw(1, WORLDS[:5], False)
    assert (growth["growth"] == np.float32(0.03)).all()


def test_what_was_set_by_hand_can_be_asked():
    given = {"growth": {"low": 0.02, "middle": 0.03, "high": 0.1}, "decay": 0.01}
    made = HABIT.make(**given)
    assert made.given() == given
    assert HABIT.make(**made.given()) == made
    assert made.range_of("growth") == (0.02, 0.1)
    assert made.range_of("decay") is None
    assert made.range_of("weight") == (0.4, 2.0)


def test_a_range_is_part_of_the_scenario():
    one, other = (
        scenario(mechanisms={"habit": {"growth": {"low": 0.02, "middle": m, "high": 0.1}}})
        for m in (0.03, 0.04)
    )
    assert len({one.hash, other.hash, scenario().hash}) == 3


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"low": 0.02, "middle": 0.03}, "is a range without 'high'; it needs low, middle and high."),
        ({"low": 0.02, "midle": 0.03, "high": 0.1}, "Did you mean 'middle'?"),
        ({"low": 0.03, "middle": 0.02, "high": 0.1}, "low, middle, high must rise"),
        (
            {"low": 0.02, "middle": 0.03, "high": 0.2},
            "growth.high is 0.2; it must lie from 0 to 0.166 1/day.",
        ),
        ({"low": "little", "middle": 0.03, "high": 0.1}, "growth.low is 'little'; it must be a number."),
    ],
)
def test_a_range_that_cannot_be_is_told_in_one_line(given, line):
    with pytest.raises(UserError) as error:
        HABIT.make(growth=given)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


# Words and whole numbers ------------------------------------------------------------------------------------


def test_words_and_whole_numbers_are_chosen_and_not_drawn():
    made = Moderation.make(regime="community", topics=3)
    assert (made.regime, made.topics) == ("community", 3)
    assert list(made.draw(1, WORLDS[:4], True)) == ["strict"]
    assert made.given() == {"regime": "community", "topics": 3}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"regime": "comunity"}, "Did you mean 'community'?"),
        ({"regime": {"low": 1, "middle": 2, "high": 3}}, "choice for mechanism.moderation.regime"),
        ({"topics": 2.5}, "it must be a whole number"),
        ({"topics": 90}, "it must lie from 1 to 50"),
    ],
)
def test_a_word_that_is_none_is_told_in_one_line(given, line):
    with pytest.raises(UserError) as error:
        Moderation.make(**given)
    assert line in str(error.value)
    assert "\n" not in str(error.value)
