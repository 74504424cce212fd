"""What a run is kept under: a hash of all that decides its numbers.

That is the scenario, the seed, the model and the plug-ins. Model and plug-ins count by the text of their
code, not by a version that somebody may forget to raise: after any change of it runs are done anew, and never
is an old number taken for a new one. The replicate stands in the part itself.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any

import simulator
from simulator.registry import make_mechanisms
from simulator.scenario import Scenario
from simulator.strategy import Strategy

_DIGITS = 16
#: What of a scenario arms may differ in and still live on one ground: founders, ties, worlds and warm-up.
_OF_AN_ARM = ("strategies", "luck")


def ground_of(scenario: Scenario, seed: int) -> str:
    """What scenarios that share their founders, worlds and warm-up have in common, 16 hex digits."""
    plain = {name: value for name, value in scenario.plain().items() if not name.startswith(_OF_AN_ARM)}
    return _hash(
        {**plain, "seed": seed, "model": model(), "mechanisms_code": _at_work(_text(plain["mechanisms"]))}
    )


@lru_cache(maxsize=64)
def _at_work(mechanisms: str) -> dict[str, str]:
    """Code of the mechanisms that are on, for settings as text, asked for again and again."""
    on, _ = make_mechanisms(json.loads(mechanisms))
    return _code(type(mechanism) for mechanism in on)


def key_of(scenario: Scenario, seed: int) -> str:
    """What the runs of a scenario are kept under, 16 hex digits; its label is no part of it."""
    tactics = _code(type(strategy) for _, strategy in scenario.strategies)
    more = {label: _undeclared(strategy) for label, strategy in scenario.strategies}
    parts = {"ground": ground_of(scenario, seed), "scenario": scenario.plain(), "tactics": tactics}
    return _hash({**parts, "more": more})


def _undeclared(strategy: Strategy) -> dict[str, str]:
    """Fields of a strategy that are no knobs, as a plug-in's author may have them."""
    names = {f.name for f in fields(strategy)} - {*strategy.plain(), "when", "who"}
    return {name: repr(getattr(strategy, name)) for name in sorted(names)}


@cache
def model() -> str:
    """Hash of the simulator's code, 16 hex digits."""
    root = Path(simulator.__file__).parent
    found = sha256()
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:_DIGITS]


def _code(kinds: Iterable[type]) -> dict[str, str]:
    """Hash of each class's code, by name; of what the simulator itself brings it stands in :func:`model`."""
    return {f"{kind.__module__}.{kind.__qualname__}": _of(kind) for kind in kinds}


@cache
def _of(kind: type) -> str:
    """Hash of the modules that a class and its bases come from; of a stranger's, of their whole packages."""
    found = sha256()
    for base in kind.__mro__:
        top, module = base.__module__.partition(".")[0], sys.modules.get(base.__module__)
        if top in ("simulator", "builtins", "abc", "typing"):
            continue
        source = getattr(module, "__file__", None)
        found.update(_package(top) if top != "strategies" else b"")
        found.update(Path(source).read_bytes() if source else _typed(base))
    return found.hexdigest()[:_DIGITS]


@cache
def _package(name: str) -> bytes:
    """All Python of a package; nothing where it is a lone module."""
    places = [Path(place) for place in getattr(sys.modules.get(name), "__path__", ())]
    return b"".join(path.read_bytes() for place in places for path in sorted(place.rglob("*.py")))


def _typed(kind: type) -> bytes:
    """The code of a class that was typed into a session and stands in no file."""
    parts = [f"{name}={value!r}" for name, value in sorted(vars(kind).items()) if _plain(value)]
    parts += [
        f"{name}:{value.__code__.co_code.hex()}{value.__code__.co_consts!r}{value.__code__.co_names!r}"
        for name, value in sorted(vars(kind).items())
        if isinstance(value, FunctionType)
    ]
    return "\n".join(parts).encode()


def _plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | tuple | dict)


def _hash(tree: Mapping[str, Any]) -> str:
    return sha256(_text(tree).encode()).hexdigest()[:_DIGITS]


def _text(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
