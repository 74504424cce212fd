"""The shape of the configuration: typed nodes made from the knobs of strategies, mechanisms and topologies.

Each parameter is declared once, where it acts; types, defaults and names here follow from that. Ranges are
checked where the values are used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from typing import Any

from experiments.claims.node import ClaimNode
from simulator.community import Community
from simulator.knobs import knobs
from simulator.members import ROLES
from simulator.registry import mechanisms, strategies
from simulator.schedule import WEEKDAYS
from simulator.topology import TOPOLOGIES
from simulator.triggers import Trigger

#: Fields of a community that hold a number for each role.
BY_ROLE = ("visiting", "messages", "questions", "expertise")
#: Fields that a real log tells; there they are null, and nobody may set them.
TOLD = ("size", "owners", "kols", "novices", "visiting", "messages", "weekdays", "age")
#: Fields that a real log tells and a user may set against it.
HINTED = ("arrivals",)
#: Settings of a community made from a log.
LOG = ("log", "group", "members", "start", "utc_offset")
_NOT_SET = ("name", "topology", "ties", "founders")


@dataclass
class Horizon:
    """Days that suit a community, unless the study says otherwise."""

    days: int = 60
    follow_up: int = 30


@dataclass
class Engine:
    """Who does the work, and where the scheduler of a cluster is."""

    use: str = "local"
    address: str | None = None


def _node(name: str, parts: Iterable[tuple[str, Any, Any]]) -> type:
    """A dataclass of (name, type, default); lists and dictionaries are copied for each instance."""

    def default(value: Any) -> Any:
        if isinstance(value, list | dict):
            return field(default_factory=lambda: type(value)(value))
        return field(default_factory=value) if isinstance(value, type) else field(default=value)

    return make_dataclass(name, [(key, kind, default(value)) for key, kind, value in parts])


@cache
def community() -> type:
    """Every field of :class:`~simulator.community.Community`; by role and by weekday by name."""
    parts: list[tuple[str, Any, Any]] = [
        ("title", dict[str, str], {}),
        ("horizon", Horizon, Horizon),
        ("log", str | None, None),
        ("group", str | None, None),
        ("members", int | None, None),
        ("start", str, "now"),
        ("utc_offset", float | None, None),
    ]
    for f in fields(Community):
        if f.name in _NOT_SET:
            continue
        kind: Any = f.type
        value: Any = f.default
        if f.name in (*BY_ROLE, "weekdays"):
            names = WEEKDAYS if f.name == "weekdays" else ROLES
            kind = value = _node(f.name, [(n, float, v) for n, v in zip(names, value, strict=True)])
        if f.name in TOLD + HINTED:
            kind = kind | None
        parts.append((f.name, kind, value))
    return _node("community", parts)


def _typed(thing: type, unset: bool) -> list[tuple[str, Any, Any]]:
    """Knobs of a class with their types; ``unset`` makes null, "not said", the default of each."""
    found = []
    for name, (f, _) in knobs(thing).items():
        kind: Any = type(f.default)
        found.append((name, kind | None, None) if unset else (name, kind, f.default))
    return found


def _schedule(thing: type, unset: bool) -> list[tuple[str, Any, Any]]:
    """The words of When and Who; lists may be typed as ``[a,b]`` or ``a+b``, triggers as text."""
    default: dict[str, Any] = {f.name: f.default for f in fields(thing)}
    found: list[tuple[str, Any, Any]] = []
    for part in (default["when"], default["who"]):
        for f in fields(part):
            value = getattr(part, f.name)
            if isinstance(value, tuple):
                typed = [str(one) if isinstance(one, Trigger) else one for one in value]
                found.append((f.name, Any, None if unset else typed))
                continue
            kind: Any = int if value is None else type(value)
            if unset or value is None:
                found.append((f.name, kind | None, None if unset else value))
            else:
                found.append((f.name, kind, value))
    return found


@cache
def strategy(name: str) -> type:
    """Knobs, When and Who of a strategy, at its own defaults."""
    thing = strategies()[name]
    return _node(name, [*_typed(thing, False), *_schedule(thing, False)])


@cache
def dose(name: str) -> type:
    """A preset of a strategy: which one, what the dose is called, and the knobs it sets."""
    thing = strategies()[name]
    parts: list[tuple[str, Any, Any]] = [("use", str, name), ("title", dict[str, str], {})]
    return _node(name, [*parts, *_typed(thing, True), *_schedule(thing, True)])


@cache
def mechanism(name: str) -> type:
    """Whether a mechanism is on, null: as it comes; and its settings, null: drawn, one a replicate.

    A parameter may also be a range of its own, ``{low, middle, high}``; what it may be says the mechanism.
    """
    thing = mechanisms()[name]
    parts: list[tuple[str, Any, Any]] = [(n, Any, None) for n in knobs(thing)]
    return _node(name, [("on", bool | None, None), *parts])


@cache
def topology(name: str) -> type:
    """Which topology, and its parameters."""
    return _node(name, [("use", str, name), *_typed(TOPOLOGIES[name], False)])


def root(topology_name: str, doses: Mapping[str, str]) -> type:
    """The whole configuration.

    Args:
        topology_name: The topology chosen.
        doses: Presets of strategies, each with the strategy it uses.
    """
    tactics = {name: strategy(name) for name in strategies()}
    tactics |= {name: dose(use) for name, use in doses.items() if name not in tactics}
    groups: dict[str, type] = {
        "community": community(),
        "topology": topology(topology_name),
        "mechanism": _node("mechanism", [(n, mechanism(n), mechanism(n)) for n in mechanisms()]),
        "strategy": _node("strategy", [(n, kind, kind) for n, kind in tactics.items()]),
    }
    return _node(
        "qunlab",
        [
            ("title", dict[str, str], {}),
            ("claim", ClaimNode | None, None),
            ("arms", list[str], []),
            ("design", str | None, None),
            ("ladder", Any, None),
            ("shift", Any, None),
            ("match", Any, None),
            ("days", int, 60),
            ("follow_up", int, 30),
            ("warmup", int, 0),
            ("replicates", int, 100),
            ("twins", Any, "auto"),
            ("precision", str | None, None),
            ("most", int, 5000),
            ("seed", int, 1),
            ("uncertainty", str, "full"),
            ("workers", Any, "auto"),
            ("block", Any, "auto"),
            ("out", str, "auto"),
            ("store", str, "auto"),
            ("lang", str, "auto"),
            ("engine", Engine, Engine),
            *((name, node, node) for name, node in groups.items()),
        ],
    )
