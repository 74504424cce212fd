"""What a setting declares of itself where it is defined: range, unit, what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from simulator.community import Community
from simulator.knobs import Knob, knobs
from simulator.registry import mechanisms, strategies
from simulator.topology import TOPOLOGIES

#: Whole numbers of the schedule and of the study, which declare no range that could be swept.
_WHOLE = (
    *("days", "follow_up", "warmup", "every", "start", "stop", "life"),
    *("tenure_min", "tenure_max", "top"),
)


@dataclass(frozen=True)
class Declared:
    """What is known of a number.

    Attributes:
        whole: Whether it is a whole number.
        low: Lowest value of its declared range; None where it declares none.
        high: Highest.
        unit: Its unit; empty for none.
        doc: What it is.
    """

    whole: bool
    low: float | None = None
    high: float | None = None
    unit: str = ""
    doc: str = ""


def declared(key: str, values: Mapping[str, Any]) -> Declared | None:
    """What a setting declares; None where it is no number.

    Args:
        key: The setting, ``strategy.red_packet.purse``.
        values: The configuration, which says what presets stand for.
    """
    top, _, rest = key.partition(".")
    name, _, inner = rest.partition(".")
    if top == "community":
        return _of_community(name)
    if top == "strategy" and inner:
        use = values["strategy"].get(name, {}).get("use", name)
        return _of_knob(strategies().get(use), inner)
    if top == "mechanism" and inner:
        return _of_knob(mechanisms().get(name), inner)
    if top == "topology" and name:
        return _of_knob(TOPOLOGIES.get(values["topology"]["use"]), name)
    return Declared(whole=True) if key in _WHOLE else None


def _of_knob(thing: type | None, name: str) -> Declared | None:
    """Of a knob of a strategy, mechanism or topology, or of a number of the schedule."""
    found = knobs(thing).get(name) if thing is not None else None
    if found is None:
        if name == "share":
            return Declared(whole=False, low=0.0, high=1.0)
        return Declared(whole=True) if name in _WHOLE else None
    f, spec = found
    if isinstance(f.default, bool | str):
        return None
    return _number(isinstance(f.default, int), spec)


def _number(whole: bool, spec: Knob) -> Declared:
    return Declared(whole, spec.low, spec.high, spec.unit, spec.doc)


def _of_community(name: str) -> Declared | None:
    """Of a field of a community; how large it may be at most is no range to sample from."""
    field = next((f for f in fields(Community) if f.name == name and "low" in f.metadata), None)
    if field is None:
        return None
    return Declared(int in (field.type, *get_args(field.type)), doc=field.metadata["doc"])
