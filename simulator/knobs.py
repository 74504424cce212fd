"""Declaring a parameter once: range, unit, evidence and off-value come with it wherever it goes."""

from dataclasses import Field, dataclass, field, fields
from typing import Any

from simulator.errors import UserError, unknown

#: How a number was come by. The first six are EVIDENCE tags; ``D`` derived, ``A`` assumption.
TAGS = ("S", "S2", "IND", "LQ", "M+", "M?", "D", "A")


@dataclass(frozen=True)
class Knob:
    """What a parameter may be and where its default comes from.

    Attributes:
        low: Smallest value allowed (for a mechanism: of its plausible range).
        high: Largest.
        unit: Unit, empty for a pure number.
        doc: What it is, in a few words.
        off: Value at which it does nothing; None where there is no such value.
        tag: Evidence tag of the default, see :data:`TAGS`.
        source: Bibliography key, or empty for an assumption.
        choices: Allowed words, for a knob that is a word.
    """

    low: float
    high: float
    unit: str
    doc: str
    off: Any = None
    tag: str = "A"
    source: str = ""
    choices: tuple[str, ...] = ()


def knob(
    default: Any,
    *,
    low: float = 0.0,
    high: float = 0.0,
    off: Any = None,
    unit: str = "",
    doc: str,
    tag: str = "A",
    source: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that is a parameter of a strategy, or a setting of a mechanism that is never drawn.

    Args:
        default: Its default; int, float, bool or, with ``choices``, a word.
        low: Smallest value allowed.
        high: Largest value allowed.
        off: Value at which the knob does nothing (used by ``placebo()``); None if it has no such value.
        unit: Unit shown to users.
        doc: One line on what it is.
        tag: Evidence tag of the default.
        source: Bibliography key.
        choices: Allowed words.
    """
    return field(default=default, metadata={"knob": Knob(low, high, unit, doc, off, tag, source, choices)})


def param(
    default: float, low: float, high: float, *, unit: str = "", doc: str, tag: str, source: str = ""
) -> Any:
    """A dataclass field that is a parameter of a mechanism, with the range it is plausible in.

    ``high`` and ``low`` bound what the literature leaves open; ``uncertainty=full`` draws from there.
    """
    return field(default=default, metadata={"knob": Knob(low, high, unit, doc, 0.0, tag, source)})


def positive(
    default: float, low: float, high: float, *, unit: str = "", doc: str, tag: str, source: str = ""
) -> Any:
    """A :func:`param` of which nought is no value: what is divided by, or the shape of a distribution."""
    return field(default=default, metadata={"knob": Knob(low, high, unit, doc, None, tag, source)})


def knobs(thing: Any) -> dict[str, tuple[Field[Any], Knob]]:
    """Name, field and declaration of every knob of a dataclass or an instance of one."""
    return {f.name: (f, f.metadata["knob"]) for f in fields(thing) if "knob" in f.metadata}


def drawn(f: Field[Any]) -> bool:
    """Whether a mechanism's knob is uncertain; words, switches and whole numbers are chosen, not drawn."""
    return isinstance(f.default, float)


def number(text: Any, kind: type, where: str) -> Any:
    """``text`` as the type of a default; whole numbers pass for floats and ``true/false`` for booleans.

    Raises:
        UserError: It is not of that type.
    """
    if kind is bool:
        word = str(text).lower()
        if word in ("true", "1", "yes", "on"):
            return True
        if word in ("false", "0", "no", "off"):
            return False
        raise UserError(f"{where} is {text!r}; it must be true or false.")
    if kind is str:
        return str(text)
    try:
        value = float(text)
    except (TypeError, ValueError):
        raise UserError(f"{where} is {text!r}; it must be a number.") from None
    if isinstance(text, bool):
        raise UserError(f"{where} is {text!r}; it must be a number.")
    if kind is int:
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):
            raise UserError(f"{where} is {text!r}; it must be a whole number.")
        return int(value)
    return value


def check(thing: Any, owner: str) -> None:
    """Check every knob of a dataclass instance against its declaration.

    Raises:
        UserError: Naming the field, the value and what is allowed.
    """
    for name, (_, spec) in knobs(thing).items():
        value = getattr(thing, name)
        where = f"{owner}.{name}"
        if spec.choices:
            if value not in spec.choices:
                raise unknown(f"choice for {where}:", str(value), spec.choices)
            continue
        if isinstance(value, bool):
            continue
        if not isinstance(value, int | float) or value != value:
            raise UserError(f"{where} is {value!r}; it must be a number from {spec.low:g} to {spec.high:g}.")
        if not spec.low <= value <= spec.high:
            unit = f" {spec.unit}" if spec.unit else ""
            raise UserError(f"{where} is {value:g}; it must lie from {spec.low:g} to {spec.high:g}{unit}.")
