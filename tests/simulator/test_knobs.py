"""Knobs: a parameter declared once, numbers as users type them, and one line for each mistake."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UserError, did_you_mean, unknown
from simulator.knobs import TAGS, Knob, check, knob, knobs, number, param

QUICK = settings(deadline=None, max_examples=60)


@dataclass(frozen=True, kw_only=True)
class Thing:
    purse: float = knob(20.0, low=0, high=100, off=0.0, unit="yuan", doc="money")
    shares: int = knob(10, low=1, high=50, doc="winners")
    split: str = knob("lucky", choices=("lucky", "equal"), doc="how")
    shown: bool = knob(True, off=False, doc="in public")
    plain: int = 3


def test_a_declaration_is_found_by_name():
    declared = knobs(Thing)
    assert list(declared) == ["purse", "shares", "split", "shown"]
    field, spec = declared["purse"]
    assert (field.default, spec) == (20.0, Knob(0, 100, "yuan", "money", off=0.0))
    assert knobs(Thing()) == declared


def test_parameters_of_mechanisms_are_declared_with_their_range():
    @dataclass(frozen=True)
    class Law:
        weight: float = param(0.5, 0.1, 0.9, unit="logit", doc="pull", tag="S", source="paper")

    _, spec = knobs(Law)["weight"]
    assert (spec.low, spec.high, spec.unit, spec.tag, spec.source) == (0.1, 0.9, "logit", "S", "paper")
    assert spec.tag in TAGS


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", int, 3),
        (3.0, int, 3),
        ("3.0", int, 3),
        ("1e3", int, 1000),
        ("3", float, 3.0),
        (3, float, 3.0),
        ("-0.5", float, -0.5),
        ("True", bool, True),
        ("no", bool, False),
        (1, bool, True),
        (False, bool, False),
        (5, str, "5"),
        ("lucky", str, "lucky"),
    ],
)
def test_values_as_users_type_them(text, kind, value):
    got = number(text, kind, "x.y")
    assert got == value
    assert type(got) is kind


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("lots", float, "x.y is 'lots'; it must be a number."),
        ("", float, "x.y is ''; it must be a number."),
        (None, int, "x.y is None; it must be a number."),
        ([1], float, "x.y is [1]; it must be a number."),
        (True, float, "x.y is True; it must be a number."),
        (True, int, "x.y is True; it must be a number."),
        ("2.5", int, "x.y is '2.5'; it must be a whole number."),
        ("inf", int, "x.y is 'inf'; it must be a whole number."),
        ("nan", int, "x.y is 'nan'; it must be a whole number."),
        ("maybe", bool, "x.y is 'maybe'; it must be true or false."),
    ],
)
def test_what_is_no_such_value_gets_one_line(text, kind, message):
    with pytest.raises(UserError) as error:
        number(text, kind, "x.y")
    assert str(error.value) == message


@QUICK
@given(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15))
def test_numbers_survive_being_typed(whole, real):
    assert number(str(whole), int, "x") == whole
    assert number(repr(real), float, "x") == real


@QUICK
@given(st.floats(0, 100), st.integers(1, 50), st.sampled_from(["lucky", "equal"]))
def test_what_lies_in_its_range_passes(purse, shares, split):
    check(Thing(purse=purse, shares=shares, split=split), "thing")


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"purse": 100.5}, "thing.purse is 100.5; it must lie from 0 to 100 yuan."),
        ({"purse": -1}, "thing.purse is -1; it must lie from 0 to 100 yuan."),
        ({"shares": 0}, "thing.shares is 0; it must lie from 1 to 50."),
        ({"purse": float("nan")}, "thing.purse is nan; it must be a number from 0 to 100."),
        ({"purse": float("inf")}, "thing.purse is inf; it must lie from 0 to 100 yuan."),
        ({"purse": "20"}, "thing.purse is '20'; it must be a number from 0 to 100."),
        (
            {"split": "equel"},
            "There is no choice for thing.split: 'equel'. Did you mean 'equal'? Known: equal, lucky.",
        ),
    ],
)
def test_what_does_not_gets_one_line(given_, message):
    with pytest.raises(UserError) as error:
        check(Thing(**given_), "thing")
    assert str(error.value) == message


def test_the_nearest_name_is_offered_and_none_where_none_is_near():
    assert did_you_mean("red_paket", ["red_packet", "offline_meetup"]) == " Did you mean 'red_packet'?"
    assert did_you_mean("RED_PACKET", ["red_packet"]) == " Did you mean 'red_packet'?"
    assert did_you_mean("zzz", ["red_packet"]) == ""
    assert did_you_mean("x", []) == ""
    assert str(unknown("cat", "x", [])) == "There is no cat 'x'. Known: none."
    assert str(unknown("cat", "tm", {"tim", "tom"})).endswith("Known: tim, tom.")
    assert isinstance(unknown("cat", "x", []), ValueError)
