"""Finding strategies and mechanisms: ours and other people's, through entry points, by name only.

A plug-in that does not load, or whose name is taken, is reported and stops nothing.
"""

import warnings
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from simulator.errors import UserError, unknown
from simulator.mechanism import Mechanism
from simulator.strategy import Strategy

STRATEGIES, MECHANISMS = "qunlab.strategies", "qunlab.mechanisms"
_OURS = "qunlab"


class PluginWarning(UserWarning):
    """A plug-in could not be used. Everything else goes on."""


def _from(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "an unknown distribution"


@cache
def _load(group: str, base: type) -> dict[str, tuple[type, str]]:
    """Class and distribution of every usable entry point of a group, in order of name; ours win a clash."""
    found: dict[str, tuple[type, str]] = {}
    ordered = sorted(entry_points(group=group), key=lambda e: (_from(e) != _OURS, e.name, _from(e)))
    for entry in ordered:
        try:
            thing = entry.load()
        except Exception as error:  # a plug-in's import may raise anything
            _warn(entry, f"does not load ({type(error).__name__}: {error}).")
            continue
        if not _is_one(thing, base, entry.name):
            _warn(entry, f"is no {base.__name__} of that name; it is left out.")
        elif entry.name in found:
            if found[entry.name][0] is not thing:
                _warn(entry, f"is left out: {found[entry.name][1]} has a plug-in of that name.")
        else:
            found[entry.name] = (thing, _from(entry))
    return dict(sorted(found.items()))


def _is_one(thing: object, base: type, name: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, base) and getattr(thing, "name", None) == name


def _warn(entry: EntryPoint, what: str) -> None:
    line = f"Plug-in {entry.name!r} of {_from(entry)} {what}"
    warnings.warn(" ".join(line.split()), PluginWarning, stacklevel=4)


def strategies() -> dict[str, type[Strategy]]:
    """Every strategy by name."""
    return {name: kind for name, (kind, _) in _load(STRATEGIES, Strategy).items()}


def mechanisms() -> dict[str, type[Mechanism]]:
    """Every mechanism by name."""
    return {name: kind for name, (kind, _) in _load(MECHANISMS, Mechanism).items()}


def distribution(group: str, name: str) -> str:
    """The distribution a plug-in came from."""
    base = Strategy if group == STRATEGIES else Mechanism
    return _load(group, base)[name][1]


def make_strategy(name: str, **given: Any) -> Strategy:
    """A strategy by name with knobs as users type them.

    Raises:
        UserError: An unknown name or knob, or a value that is not allowed.
    """
    known = strategies()
    if name not in known:
        raise unknown("strategy", name, known)
    return known[name].make(**given)


def starts_on(name: str) -> bool:
    """Whether a mechanism is on where nothing is said; a stranger's never is, or installing it would tell."""
    home = _load(MECHANISMS, Mechanism).get(name, (Mechanism, _OURS))[1]
    return mechanisms()[name].on_by_default and home == _OURS


def switches(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """Which mechanisms are on; one that is replaced is off, unless the settings say otherwise.

    Args:
        settings: By mechanism name, a mapping; its ``on`` counts where it is there and not None.

    Raises:
        UserError: An unknown mechanism, a switch that is none, or two that would replace the same one.
    """
    known = mechanisms()
    said: dict[str, bool] = {}
    for name, given in settings.items():
        if name not in known:
            raise unknown("mechanism", name, known)
        switch = given.get("on")
        if switch is not None and not isinstance(switch, bool):
            raise UserError(f"mechanism.{name}.on is {switch!r}; it must be true or false.")
        if switch is not None:
            said[name] = switch
    on = {name: said.get(name, starts_on(name)) for name in known}
    by: dict[str, str] = {}
    for name, kind in known.items():
        if not kind.replaces or not on[name]:
            continue
        if kind.replaces not in known:
            raise UserError(f"Mechanism {name!r}: {unknown('mechanism', kind.replaces, known)}")
        if kind.replaces in by:
            raise UserError(
                f"Mechanisms {by[kind.replaces]!r} and {name!r} both replace {kind.replaces!r}; "
                f"switch one of them off, as in mechanism.{name}.on=false."
            )
        by[kind.replaces] = name
    return on | {name: said.get(name, False) for name in by}


def make_mechanisms(settings: Mapping[str, Mapping[str, Any]]) -> tuple[list[Mechanism], list[Mechanism]]:
    """Mechanisms that are on, and those that are off, each in order of name.

    Args:
        settings: By mechanism name, a mapping of ``on`` and parameters; mechanisms not named keep their
            defaults.

    Raises:
        UserError: An unknown mechanism or parameter, or a value that is not allowed.
    """
    on, parts = switches(settings), (list[Mechanism](), list[Mechanism]())
    for name, kind in mechanisms().items():
        given = {key: value for key, value in settings.get(name, {}).items() if key != "on"}
        parts[not on[name]].append(kind.make(**given))
    return parts
