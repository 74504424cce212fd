"""The grammar of factors, in the words of Hydra's users.

    factor = key "=" value "," value { "," value }     community.size=50,100,200
           | key "=" "choice(" value { "," value } ")"
           | key "=" "range(" [start ","] stop ["," step] ")"
           | key "=" "interval(" [low "," high] ")"

As in Hydra, ``range`` leaves out its stop: ``range(50,500,50)`` is 50, 100 ... 450. ``interval`` is for
designs that sample; left empty, it is the range the knob itself declares. The punctuation of a Chinese
keyboard is read as well and needs no quotes in a shell: ``community.size=range（50，500，50）``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ceil, isfinite
from typing import Any

import numpy as np

from experiments.arms import ASCII, split
from simulator.errors import UserError, did_you_mean

#: Settings that hold for a sweep as a whole, so that they cannot differ from point to point.
FIXED = (
    *(
        "replicates",
        "twins",
        "seed",
        "workers",
        "block",
        "out",
        "lang",
        "title",
        "arms",
        "claim",
        "precision",
    ),
    *(
        "precision",
        "most",
        "store",
        "engine",
        "experiment",
        "sop",
        "design",
        "points",
        "ladder",
        "shift",
        "match",
    ),
)
#: Of these a list is one value.
LISTS = ("ladder", "shift", "arms", "title")
#: Most values of one factor.
MOST = 100_000
_CALL = re.compile(r"(\w+)\s*\((.*)\)", re.DOTALL)
_ARGUMENTS = {"range": ("start", "stop", "step"), "interval": ("start", "end")}


@dataclass(frozen=True)
class Factor:
    """A setting that differs from point to point.

    Attributes:
        key: The setting.
        values: What it may be, as typed; empty for an interval.
        interval: Its ends, for a design that samples; (NaN, NaN) for those that the knob declares.
    """

    key: str
    values: tuple[str, ...] = ()
    interval: tuple[float, float] | None = None

    @property
    def word(self) -> str:
        """The word that gives this factor again."""
        if self.interval is not None:
            low, high = self.interval
            inside = f"{low:.10g},{high:.10g}" if isfinite(low) else ""
            return f"{self.key}=interval({inside})"
        return (
            f"{self.key}={','.join(self.values)}"
            if len(self.values) > 1
            else f"{self.key}=choice({self.values[0]})"
        )


def read_factor(word: str) -> Factor | None:
    """The factor a word ``key=value`` stands for; None where it is a setting with one value.

    Raises:
        UserError: A list that is empty or has a gap, a function that is none, or a key that cannot be varied.
    """
    key, equals, text = word.translate(ASCII).partition("=")
    key, text = key.lstrip("+").strip(), text.strip()
    if not equals or key.split(".")[0] in LISTS:
        return None
    call = _CALL.fullmatch(text)
    parts = [part.strip() for part in split(call[2] if call else text, ",")]
    if call is None and (len(parts) == 1 or (text[:1] == "{" and text[-1:] == "}")):
        return None
    shown = f"{key}={text}"
    name = call[1] if call else "choice"
    if name not in ("choice", *_ARGUMENTS):
        near = did_you_mean(name, ("choice", *_ARGUMENTS))
        raise UserError(f"{shown}: there is no function {name!r}.{near} Known: choice, interval, range.")
    check_key(key, shown)
    if name == "interval":
        return Factor(key, interval=_interval(shown, parts))
    return of_values(key, _range(shown, parts) if name == "range" else parts, shown)


def of_values(key: str, values: Sequence[Any], shown: str = "") -> Factor:
    """A factor from its values, as text or as Python has them.

    Raises:
        UserError: None, an empty one, one twice, or too many.
    """
    words = tuple(_plain(value) for value in values)
    shown = shown or f"{key}={','.join(words)}"
    check_key(key, shown)
    if not any(words):
        raise UserError(f"{shown}: there is no value; give two or more, as in {key}=1,2,3.")
    if not all(words):
        raise UserError(f"{shown}: a value is empty; take out one comma.")
    if len(words) > MOST:
        raise UserError(f"{shown}: these are {len(words)} values; at most {MOST} are allowed.")
    twice = next((word for word, count in Counter(words).items() if count > 1), None)
    if twice is not None:
        raise UserError(f"{shown}: {twice} stands there twice.")
    return Factor(key, words)


def check_key(key: str, shown: str) -> None:
    """Refuse what is no setting of a point.

    Raises:
        UserError: It is a setting of the sweep as a whole, or arms.
    """
    top = key.split(".")[0]
    if key == "strategy":
        raise UserError(f"{shown}: strategies are arms; type them as words of their own, as in 'red_packet'.")
    if top in FIXED:
        raise UserError(f"{shown}: {top} is the same at all points; give it one value.")


def _plain(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, ".10g")
    if isinstance(value, list | tuple):
        return f"[{','.join(_plain(one) for one in value)}]"
    return str(value)


def _named(shown: str, name: str, parts: Sequence[str]) -> dict[str, str]:
    """Arguments by name, typed in order or as ``step=50``."""
    names = _ARGUMENTS[name]
    given: dict[str, str] = {}
    for at, part in enumerate(parts):
        word, equals, value = (side.strip() for side in part.partition("="))
        slot = word if equals else names[at] if at < len(names) else ""
        if slot not in names or slot in given:
            raise UserError(f"{shown}: write {name}({','.join(names)}).")
        given[slot] = value if equals else part
    return given


def _decimal(shown: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise UserError(f"{shown}: {text!r} is no number.") from None
    if not value.is_finite():
        raise UserError(f"{shown}: {text!r} is no finite number.")
    return value


def _range(shown: str, parts: Sequence[str]) -> list[str]:
    """Values of a range, exact to the last decimal; a single argument is the stop, as in Python."""
    given = _named(shown, "range", parts)
    if len(given) == 1 and "start" in given:
        given = {"stop": given["start"]}
    if "stop" not in given:
        raise UserError(f"{shown}: write range(start,stop,step).")
    start, stop, step = (
        _decimal(shown, given.get(word, default))
        for word, default in (("start", "0"), ("stop", ""), ("step", "1"))
    )
    if not step:
        raise UserError(f"{shown}: step must not be 0.")
    count = max(0, ceil((stop - start) / step))
    if not count:
        raise UserError(f"{shown}: the range is empty; it goes from start up to, but not including, stop.")
    if count > MOST:
        raise UserError(f"{shown}: these are {count} values; at most {MOST} are allowed.")
    return [format((start + n * step).normalize(), "f") for n in range(count)]


def _interval(shown: str, parts: Sequence[str]) -> tuple[float, float]:
    given = _named(shown, "interval", [part for part in parts if part])
    if not given:
        return float("nan"), float("nan")
    if len(given) != 2:
        raise UserError(f"{shown}: write interval(low,high), or interval() for the knob's own range.")
    low, high = (float(_decimal(shown, given[word])) for word in ("start", "end"))
    if not low < high:
        raise UserError(f"{shown}: {low:g} is not under {high:g}.")
    return low, high
