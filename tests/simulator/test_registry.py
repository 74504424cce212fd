"""Finding plug-ins by entry point: ours, strangers', broken ones; and mechanisms as users set them."""

from importlib.metadata import entry_points
from types import SimpleNamespace

import numpy as np
import pytest

from simulator import registry
from simulator.errors import UserError
from simulator.knobs import drawn, knobs
from simulator.mechanism import Mechanism
from simulator.registry import (
    MECHANISMS,
    STRATEGIES,
    PluginWarning,
    distribution,
    make_mechanisms,
    make_strategy,
    mechanisms,
    strategies,
    switches,
)
from simulator.strategy import Strategy
from strategies.red_packet import RedPacket
from tests.worlds import FOUR, plug_in


def test_ours_are_found_by_name():
    assert set(FOUR) <= set(strategies())
    assert list(strategies()) == sorted(strategies())
    assert strategies()["red_packet"] is RedPacket
    assert all(issubclass(kind, Strategy) and kind.name == name for name, kind in strategies().items())
    assert all(issubclass(kind, Mechanism) and kind.name == name for name, kind in mechanisms().items())
    assert distribution(STRATEGIES, "red_packet") == distribution(MECHANISMS, "habit") == "qunlab"


def test_a_strategy_is_made_from_words():
    assert make_strategy("red_packet", purse="50", every=2) == RedPacket.make(purse=50, every=2)
    with pytest.raises(
        UserError, match=r"^There is no strategy 'red_paket'\. Did you mean 'red_packet'\? Known: "
    ):
        make_strategy("red_paket")


# Strangers --------------------------------------------------------------------------------------------------


class Lottery(RedPacket):
    name = "lottery"


class Fake(RedPacket):
    name = "red_packet"


def entry(name, thing, dist="stranger"):
    """An entry point that gives, or raises, ``thing``."""

    def load():
        if isinstance(thing, Exception):
            raise thing
        return thing

    return SimpleNamespace(name=name, load=load, dist=None if dist is None else SimpleNamespace(name=dist))


@pytest.fixture
def installed(monkeypatch):
    """Install entry points beside ours, and forget them afterwards."""

    def install(*extra):
        ours = list(entry_points(group=STRATEGIES))
        monkeypatch.setattr(
            registry, "entry_points", lambda group: [*extra, *ours] if group == STRATEGIES else []
        )
        registry._load.cache_clear()

    yield install
    registry._load.cache_clear()


def test_a_strangers_strategy_stands_beside_ours(installed):
    installed(entry("lottery", Lottery))
    assert strategies()["lottery"] is Lottery
    assert set(FOUR) <= set(strategies())
    assert distribution(STRATEGIES, "lottery") == "stranger"
    assert make_strategy("lottery", purse=3).purse == 3


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            entry("broken", ImportError("no module named 'nowhere'")),
            "Plug-in 'broken' of stranger does not load (ImportError: no module named 'nowhere').",
        ),
        (
            entry("broken", ValueError("two\nlines")),
            "Plug-in 'broken' of stranger does not load (ValueError: two lines).",
        ),
        (entry("number", 3), "Plug-in 'number' of stranger is no Strategy of that name; it is left out."),
        (entry("other", Lottery), "Plug-in 'other' of stranger is no Strategy of that name; it is left out."),
        (entry("dict", dict), "Plug-in 'dict' of stranger is no Strategy of that name; it is left out."),
        (
            entry("red_packet", Fake),
            "Plug-in 'red_packet' of stranger is left out: qunlab has a plug-in of that name.",
        ),
        (
            entry("red_packet", Fake, dist="acme"),  # before us in the alphabet, and all the same
            "Plug-in 'red_packet' of acme is left out: qunlab has a plug-in of that name.",
        ),
        (
            entry("broken", ImportError("x"), dist=None),
            "Plug-in 'broken' of an unknown distribution does not load (ImportError: x).",
        ),
    ],
)
def test_a_broken_plugin_warns_in_one_line_and_stops_nothing(installed, bad, message):
    ours = set(strategies())
    installed(bad, entry("lottery", Lottery))
    with pytest.warns(PluginWarning) as caught:
        found = strategies()
    assert [str(warning.message) for warning in caught] == [message]
    assert found["red_packet"] is RedPacket
    assert found["lottery"] is Lottery
    assert set(found) == {*ours, "lottery"}


def test_it_warns_once(installed):
    installed(entry("broken", ImportError("x")))
    with pytest.warns(PluginWarning):
        strategies()
    strategies()  # warnings are errors here


def test_of_two_strangers_with_one_name_the_first_in_the_alphabet_is_taken(installed):
    class Second(Lottery):
        pass

    installed(entry("lottery", Second, dist="zeta"), entry("lottery", Lottery, dist="alpha"))
    with pytest.warns(PluginWarning, match="Plug-in 'lottery' of zeta is left out: alpha has a plug-in of"):
        assert strategies()["lottery"] is Lottery


# Mechanisms as users set them -------------------------------------------------------------------------------


def test_mechanisms_are_on_or_off_as_declared_or_as_said():
    on, off = make_mechanisms({})
    silent = {name for name, kind in mechanisms().items() if not kind.on_by_default}
    assert {"kcore", "social_pull"} <= silent
    assert {m.name for m in off} == silent
    assert [m.name for m in on] == sorted(m.name for m in on)
    on, off = make_mechanisms({"social_pull": {"on": True}, "habit": {"on": False}})
    assert {m.name for m in off} == (silent - {"social_pull"}) | {"habit"}
    assert "social_pull" in {m.name for m in on}


@pytest.fixture
def strangers(monkeypatch):
    """Two mechanisms that would each take the place of habit, and one that takes that of nothing known."""

    def kind(name, instead):
        return type(name, (Mechanism,), {"name": name, "replaces": instead, "on_by_default": False})

    plug_in(monkeypatch, kind("brittle", "habit"), kind("elastic", "habit"), kind("lost", "habbit"))
    return switches


def test_one_that_is_on_switches_off_what_it_replaces(strangers):
    assert strangers({}) == {name: kind.on_by_default for name, kind in registry.mechanisms().items()}
    plain = strangers({})
    assert strangers({"brittle": {"on": True}}) == {**plain, "brittle": True, "habit": False}
    both = {"brittle": {"on": True}, "habit": {"on": True}}
    assert strangers(both) == {**plain, "brittle": True}
    assert strangers({"kcore": {"on": True}})["departure"] is False
    assert strangers({"brittle": {"on": None}, "habit": {"growth": 0.1}}) == plain


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"brittle": {"on": True}, "elastic": {"on": True}},
            "Mechanisms 'brittle' and 'elastic' both replace 'habit'; switch one of them off, as in "
            "mechanism.elastic.on=false.",
        ),
        ({"lost": {"on": True}}, "Mechanism 'lost': There is no mechanism 'habbit'. Did you mean 'habit'?"),
    ],
)
def test_replacements_that_cannot_be_are_told_in_one_line(strangers, given, line):
    with pytest.raises(UserError) as error:
        strangers(given)
    assert str(error.value).startswith(line)
    assert "\n" not in str(error.value)


def test_a_parameter_set_by_hand_is_the_same_everywhere():
    (habit,) = (m for m in make_mechanisms({"habit": {"growth": "0.1"}})[0] if m.name == "habit")
    drawn = habit.draw(1, np.arange(50, dtype=np.uint32), uncertain=True)
    assert set(drawn["growth"].tolist()) == {np.float32(0.1).item()}
    assert len(set(drawn["weight"].tolist())) == 50


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"habbit": {}}, "There is no mechanism 'habbit'. Did you mean 'habit'?"),
        (
            {"habit": {"grow": 0.1}},
            "There is no parameter of mechanism habit: 'grow'. Did you mean 'growth'?",
        ),
        ({"habit": {"growth": 0.5}}, "mechanism.habit.growth is 0.5; it must lie from 0 to 0.166 1/day."),
        ({"habit": {"growth": "nan"}}, "mechanism.habit.growth is nan; it must lie from 0 to 0.166 1/day."),
        ({"habit": {"growth": "fast"}}, "mechanism.habit.growth is 'fast'; it must be a number."),
        ({"habit": {"on": "yes"}}, "mechanism.habit.on is 'yes'; it must be true or false."),
        ({"rewards": {"phi": -0.3}}, "mechanism.rewards.phi is -0.3; it must lie from -0.2 to 1.1 logit."),
    ],
)
def test_a_mistake_gets_one_line(given, message):
    with pytest.raises(UserError) as error:
        make_mechanisms(given)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_nought_can_be_set_but_for_a_divisor():
    for kind in mechanisms().values():
        for name, (f, spec) in knobs(kind).items():
            if not drawn(f):
                continue
            if spec.off is None:
                with pytest.raises(
                    UserError, match=rf"^mechanism\.{kind.name}\.{name} is 0; it must lie from "
                ):
                    kind.make(**{name: 0})
            else:
                assert getattr(kind.make(**{name: 0}), name) == 0
