"""What a model and its agents are given by hand, checked: a scenario, tactics, a seed, values of columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.errors import UserError, unknown
from simulator.knobs import number
from simulator.members import Column, Role
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from simulator.schedule import words
from simulator.strategy import Strategy

#: A tactic: its name, itself, or the knobs of the tactic that its label names.
Tactic = str | Strategy | Mapping[str, Any]
Tactics = str | Strategy | Mapping[str, Tactic] | Sequence[str | Strategy | tuple[str, Tactic]]
#: Columns that say who sits where; they change by joining and leaving only.
IDENTITY = ("present", "id")
#: Columns that hold a role; kernels count by it, so it must be one.
_ROLES = ("role", "first_role")


def seed_from(rng: Any) -> int:
    """A seed from 0 to 2^32 - 1 from whatever Mesa takes as ``rng``; one that may be a seed stays as it is.

    Raises:
        UserError: Mesa would not take it either.
    """
    if isinstance(rng, str):  # from a text box of Mesa's viewer
        rng = number(rng, int, "rng")
    if isinstance(rng, np.random.Generator | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(2**32))
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool) and 0 <= rng < 2**32:
        return int(rng)
    try:
        if isinstance(rng, bool):
            raise TypeError
        sequence = rng if isinstance(rng, np.random.SeedSequence) else np.random.SeedSequence(rng)
    except (TypeError, ValueError):
        raise UserError(f"rng is {rng!r}; it must be a whole number from 0.") from None
    return int(sequence.generate_state(1)[0])


def scenario_from(
    spec: Scenario | None,
    *,
    size: int | None,
    days: int | None,
    follow_up: int | None,
    tactics: Tactics | None,
    uncertainty: str | None,
) -> Scenario:
    """``spec``, or the default scenario, with what is not None in place of its own.

    Raises:
        UserError: A value that is not allowed.
    """
    spec = Scenario() if spec is None else spec
    if not isinstance(spec, Scenario):
        raise UserError(f"spec is {spec!r}; it must be a Scenario.")
    new: dict[str, Any] = {}
    if size is not None:
        if spec.community.founders is not None:
            raise UserError(f"size is {size}; it cannot be changed where founders are given one by one.")
        new["community"] = replace(spec.community, size=number(size, int, "size"))
    for name, days_long in (("days", days), ("follow_up", follow_up)):
        if days_long is not None:
            new[name] = number(days_long, int, name)
    if tactics is not None:
        chosen = tuple(_tactics(tactics))
        new["strategies"], new["label"] = chosen, "+".join(label for label, _ in chosen) or "baseline"
    if uncertainty is not None:
        new["uncertainty"] = uncertainty
    return replace(spec, **new)


def _tactics(given: Tactics) -> Iterator[tuple[str, Strategy]]:
    """Labels and strategies."""
    many: Any = given
    if isinstance(given, str):
        many = () if given == "baseline" else words(given)
    elif isinstance(given, Strategy):
        many = (given,)
    elif isinstance(given, Mapping):
        many = given.items()
    for one in many:
        label, what = one if isinstance(one, tuple) else (getattr(one, "name", one), one)
        if isinstance(what, Strategy):
            yield label, what
        elif isinstance(what, str):
            yield label, make_strategy(what)
        elif isinstance(what, Mapping) and isinstance(label, str):
            yield label, make_strategy(label, **what)
        else:
            raise UserError(f"tactics holds {what!r}; it must hold names, strategies or mappings of knobs.")


def fit(name: str, column: Column, value: Any) -> Any:
    """``value`` as a column holds it; numpy alone would round, wrap or take any text for true.

    Args:
        name: The column's name, for the error.
        column: Its declaration.
        value: A bool, a whole number or a number, as the column's type asks.

    Raises:
        UserError: It is of another kind, out of the type's range, or no role.
    """
    dtype = np.dtype(column.dtype)
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if dtype.kind == "b":
        if isinstance(value, bool | np.bool_):
            return bool(value)
        wanted = "true or false"
    elif dtype.kind == "f":
        if number and abs(value) <= float(np.finfo(dtype).max):
            return float(value)
        wanted = "a finite number"
    else:
        info = np.iinfo(dtype)
        low, high = (min(Role), max(Role)) if name in _ROLES else (info.min, info.max)
        if number and low <= value <= high and value == int(value):
            return int(value)
        wanted = f"a whole number from {low} to {high}"
    raise UserError(f"{name} is {value!r}; it must be {wanted}.")


def columns_from(schema: Mapping[str, Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values given by hand for a new person, checked.

    Raises:
        UserError: No such column, one that is not given by hand, or a value that does not fit.
    """
    settled = {*IDENTITY, *_ROLES}
    out = {}
    for name, value in values.items():
        if name in settled or name not in schema:
            raise unknown("column to be given:", name, set(schema) - settled)
        out[name] = fit(name, schema[name], value)
    return out
