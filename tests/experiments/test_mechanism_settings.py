"""Settings of mechanisms as users type them and keep them in files: numbers, ranges, and what is refused."""

import pytest

from experiments.build import plan, study_from
from experiments.config import compose
from experiments.workbench import assumptions
from simulator.errors import UserError

WIDE = {"low": 0.02, "middle": 0.03, "high": 0.1}
TYPED = "mechanism.habit.growth={low:0.02,middle:0.03,high:0.1}"


@pytest.fixture
def folder(tmp_path):
    """A user's folder with a fitted set of parameters and another one."""
    place = tmp_path / "mechanism"
    place.mkdir()
    fitted = "# Fitted.\nhabit:\n  growth: {low: 0.02, middle: 0.03, high: 0.1}\n  decay: 0.01\n"
    (place / "fitted.yaml").write_text(fitted, "utf-8")
    (place / "other.yaml").write_text("habit: {growth: 0.05}\n", "utf-8")
    return tmp_path


def habit(*words, folder=None):
    return compose(words, folder).values["mechanism"]["habit"]


def test_a_file_may_hold_a_range_and_a_number(folder):
    made = habit("mechanism=fitted", folder=folder)
    assert made == {"on": True, "weight": None, "growth": WIDE, "decay": 0.01}


def test_the_later_of_two_files_says_what_holds(folder):
    assert habit("mechanism=[fitted,other]", folder=folder)["growth"] == 0.05
    assert habit("mechanism=[other,fitted]", folder=folder)["growth"] == WIDE


def test_words_go_before_files(folder):
    assert habit("mechanism=fitted", "mechanism.habit.growth=0.04", folder=folder)["growth"] == 0.04
    assert habit("mechanism=other", TYPED, folder=folder)["growth"] == WIDE
    assert habit("mechanism=fitted", "mechanism.habit.growth=null", folder=folder)["growth"] is None
    lower = habit("mechanism=fitted", "mechanism.habit.growth.low=0.01", folder=folder)
    assert lower["growth"] == {**WIDE, "low": 0.01}


def test_whole_numbers_are_the_same_numbers():
    """Typed as 1 or 1.0, it is one scenario with one hash."""
    one, other = (study_from(plan((), [f"mechanism.habit.weight={w}"], None)) for w in ("1", "1.0"))
    assert one.scenarios[0].hash == other.scenarios[0].hash


def test_a_study_carries_the_range_and_tells_it():
    study, plain = (study_from(plan((), words, None)) for words in ([TYPED], []))
    assert study.scenarios[0].mechanisms["habit"] == {"growth": WIDE}
    assert study.scenarios[0].hash != plain.scenarios[0].hash
    told = {(one.mechanism, one.parameter): one for one in assumptions(study)}["habit", "growth"]
    assert (told.low, told.default, told.high) == (0.02, 0.03, 0.1)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("mechanism.habit.growth={low:0.02,middle:0.03}", "is a range without 'high'"),
        ("mechanism.habit.growth={low:0.02,middle:0.03,hgh:0.1}", "Did you mean 'high'?"),
        ("mechanism.habit.growth={low:0.02,middle:0.03,high:0.9}", "growth.high is 0.9; it must lie from 0"),
        ("mechanism.habit.growth.low=0.02", "a range is set whole, as in mechanism.habit.growth={low:"),
        ("mechanism.habit.growth=[1,2]", "it must be a number"),
        ("mechanism.habit.growth=0.9", "it must lie from 0 to 0.166 1/day"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(word, line):
    with pytest.raises(UserError) as error:
        compose([word])
    assert line in str(error.value)
    assert "\n" not in str(error.value)
