"""Checks of what a strategy declares: nothing is run for them."""

import json
import re
from dataclasses import fields, is_dataclass, replace
from inspect import getdoc
from typing import Any

from simulator.conformance.verdict import Bibliography, Book, need
from simulator.errors import UserError
from simulator.knobs import TAGS, Knob, knobs, number
from simulator.scenario import Scenario
from simulator.stimuli import CHANNELS
from simulator.strategy import Strategy

STRATEGY = Book()
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@STRATEGY.says("It declares a name, titles, channels, evidence, and every field as a knob.")
def declaration(s: Strategy, _: Bibliography) -> None:
    """A frozen dataclass that says what it is."""
    need(isinstance(s, Strategy), f"{type(s).__name__} does not extend Strategy")
    kind = type(s)
    whole = all(getattr(kind, name, None) is not None for name in ("name", "title", "uses", "evidence"))
    need(whole, "name, title, uses and evidence must all be set")
    frozen_dataclass(kind)
    need(set(kind.title) >= {"en", "zh"} and all(kind.title.values()), "title must be given in en and zh")
    need(
        isinstance(kind.uses, frozenset | set),
        f"uses is a {type(kind.uses).__name__}; it must be a frozenset",
    )
    need(isinstance(kind.evidence, tuple), f"evidence is {kind.evidence!r}; it must be a tuple of keys")
    declared = knobs(s)
    for f in fields(s):
        need(f.name in declared or f.name in ("when", "who"), f"field {f.name!r} is not a knob()")
    for name, (f, spec) in declared.items():
        knob_declared(name, f.default, spec)
        need(
            spec.off is None or _allowed(spec, spec.off),
            f"knob {name!r}: off={spec.off!r} is not in its range",
        )


def frozen_dataclass(kind: type) -> None:
    """The part of the declaration that strategies and mechanisms share."""
    own = "__dataclass_params__" in vars(kind) or not vars(kind).get("__annotations__")
    frozen = is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    need(own and frozen, "it must be a frozen dataclass: @dataclass(frozen=True, kw_only=True)")
    name = kind.name  # type: ignore[attr-defined]
    need(isinstance(name, str) and _NAME.fullmatch(name), f"name {name!r} is not in snake_case")
    doc = vars(kind).get("__doc__") or getdoc(kind) or ""
    need(doc.strip() and not doc.startswith(f"{kind.__name__}("), "the class has no docstring")


def knob_declared(name: str, default: Any, spec: Knob) -> None:
    """A knob has a range that holds its default, a meaning and an evidence tag."""
    need(spec.doc, f"knob {name!r} says nothing about itself: doc is empty")
    need(spec.tag in TAGS, f"knob {name!r}: tag {spec.tag!r} is none of {', '.join(TAGS)}")
    need(spec.tag == "A" or spec.source, f"knob {name!r} is tagged {spec.tag} but names no source")
    if not spec.choices and not isinstance(default, bool):
        need(spec.low < spec.high, f"knob {name!r}: its range goes from {spec.low:g} to {spec.high:g}")
    need(_allowed(spec, default), f"knob {name!r}: its default {default!r} is not in its range")


def _allowed(spec: Knob, value: Any) -> bool:
    if spec.choices:
        return value in spec.choices
    return isinstance(value, bool) or (isinstance(value, int | float) and spec.low <= value <= spec.high)


@STRATEGY.says("A value out of a knob's range is refused, and the error names the knob.")
def ranges_enforced(s: Strategy, _: Bibliography) -> None:
    """Whatever a knob may not be, it cannot be."""
    for name, (f, spec) in knobs(s).items():
        if isinstance(f.default, bool):
            continue
        kind = type(f.default)
        wrong: tuple[Any, ...] = ("no such word",) if spec.choices else (spec.low - 1, spec.high + 1)
        for value in wrong:
            refused(lambda n=name, v=value, k=kind: replace(s, **{n: v if k is str else k(v)}), name, value)


def refused(build: Any, name: str, value: Any) -> None:
    """Building it fails, with an error that names ``name``."""
    try:
        build()
    except UserError as error:
        need(name in str(error), f"the error for {name}={value!r} does not name it: {error}")
    except Exception as error:  # whatever a plug-in raises of its own
        need(False, f"{name}={value!r} raises {type(error).__name__}, not UserError: {error}")
    else:
        need(False, f"{name}={value!r} was accepted")


@STRATEGY.says("Written as plain values and read back it is the same strategy, with the same hash.")
def round_trip(s: Strategy, _: Bibliography) -> None:
    """Configuration, manifests and hashes stand on this."""
    plain = s.plain()
    given = {name: value for name, value in plain.items() if name != "name"}
    again = type(s).make(**json.loads(json.dumps(given)))
    need(again == s, f"make(**plain()) gives {_first_difference(s, again)}")
    typed = type(s).make(**{name: str(getattr(s, name)) for name in knobs(s)})
    need(
        all(getattr(typed, n) == getattr(s, n) for n in knobs(s)),
        "make() of words as typed gives other knobs",
    )
    need(_hash(again) == _hash(s), "the hash of a scenario that holds it is not stable")
    for name, (f, spec) in knobs(s).items():
        other = next((v for v in (*spec.choices, spec.high, spec.low) if v != getattr(s, name)), None)
        try:
            changed = replace(s, **{name: number(other, type(f.default), name)})
        except UserError:  # two knobs that do not go together
            continue
        need(_hash(changed) != _hash(s), f"{name}={other!r} has the same hash as {name}={getattr(s, name)!r}")


def _hash(s: Strategy) -> str:
    return Scenario(strategies=((s.name, s),)).hash


def _first_difference(one: Any, other: Any) -> str:
    for f in fields(one):
        if getattr(one, f.name) != getattr(other, f.name):
            return f"{f.name}={getattr(other, f.name)!r}, not {getattr(one, f.name)!r}"
    return f"a {type(other).__name__}"


@STRATEGY.says("Every source it cites is in the bibliography.")
def citations(s: Any, bibliography: Bibliography) -> None:
    """Evidence and sources of knobs resolve."""
    keys = [*getattr(s, "evidence", ()), *(spec.source for _, spec in knobs(s).values() if spec.source)]
    for key in keys:
        need(isinstance(key, str) and key, f"{key!r} is no bibliography key")
        need(bibliography is None or key in bibliography, f"{key!r} is in no bibliography")


@STRATEGY.says("Every channel it declares exists and some mechanism hears it.")
def heard(s: Strategy, _: Bibliography) -> None:
    """Nobody speaks into the void."""
    from simulator.registry import mechanisms

    hears = frozenset().union(*(kind.hears for kind in mechanisms().values()))
    for name in sorted(s.uses):
        need(name in CHANNELS, f"channel {name!r} does not exist")
        need(name in hears or not CHANNELS[name].heard, f"no mechanism hears channel {name!r}")
