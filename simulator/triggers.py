"""Acting on what an operator can see: conditions on yesterday's numbers, decided in each replicate.

    voices<3 for 2 days cooldown 7      dormant>=50%      quiet>=3      since(opening)>=3

``voices``, ``messages``, ``visitors``, ``exits`` and ``joined`` are those of yesterday; ``dormant`` is a
share of the members. ``quiet`` counts whole days without a message by anyone but the owner, from the opening
on; ``since(NODE)`` the days since the tactic of that label last acted here: before it ever did, never.
On day 0 nothing is known and nothing holds, unless the group was watched while it warmed up: then what was
seen of those days counts, and ``quiet`` from its first day on.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, did_you_mean
from simulator.knobs import number

if TYPE_CHECKING:
    from simulator.strategy import Strategy

Rows = NDArray[np.bool_]
#: Daily metrics that are looked at as they are.
_COUNTED = ("voices", "messages", "visitors", "exits", "dormant", "joined")
#: Daily metrics that deciding takes.
WATCHED = (*_COUNTED, "messages_owner")
#: What a trigger may look at.
METRICS = (*_COUNTED, "quiet", "since")
_OPS: dict[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: The words of a trigger written as a mapping.
_WORDS = {"below": "<", "at_most": "<=", "above": ">", "at_least": ">="}
_KEYS = ("metric", *_WORDS, "days", "cooldown", "of")
#: What Chinese keyboards give, as ASCII.
_ASCII = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: " ", ord("≤"): "<=", ord("≥"): ">="}
_TAIL = r"(for|cooldown)\s*(\d+)\s*(?:days?\b|天)?"
_FORM = re.compile(
    rf"(?P<metric>\w+)\s*(?:\((?P<of>[^()]*)\))?\s*(?P<op>[<>]=?)\s*(?P<level>[\d.]+)\s*(?P<per>%)?"
    rf"(?P<tail>(?:\s*\b{_TAIL})*)"
)
_AND = re.compile(r"(?:\s+and\s+|[,;])(?![^()]*\))")
_READS = (
    "a trigger reads 'voices<3 for 2 days cooldown 7': one of "
    f"{', '.join(METRICS[:-1])}, since(NODE); <, <=, > or >=; a number; 'for' and 'cooldown' if wanted"
)
_NEVER = -1


@dataclass(frozen=True)
class Trigger:
    """One condition on what an operator saw up to yesterday.

    Attributes:
        metric: What is looked at, see :data:`METRICS`.
        op: ``<``, ``<=``, ``>`` or ``>=``.
        level: What it is compared with: a count, a share or a number of days, from 0.
        days: On how many days in a row it must have been so, from 1.
        cooldown: On how many days after acting the tactic does not act again in that replicate.
        of: With ``since``: label of the tactic looked at.
    """

    metric: str
    op: str
    level: float
    days: int = 1
    cooldown: int = 0
    of: str = ""

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise UserError(
                f"There is no trigger metric {self.metric!r}.{did_you_mean(self.metric, METRICS)} "
                f"Known: {', '.join(METRICS[:-1])}, since(NODE)."
            )
        if self.op not in _OPS:
            raise UserError(f"The trigger on {self.metric} compares by {self.op!r}; use <, <=, > or >=.")
        top = 1.0 if self.metric == "dormant" else float("inf")
        if not isfinite(self.level) or not 0 <= self.level <= top:
            allowed = "a share from 0 to 1" if top == 1 else "a number from 0"
            raise UserError(f"The trigger on {self.metric} has level {self.level:g}; it must be {allowed}.")
        for name, low in (("days", 1), ("cooldown", 0)):
            value: object = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < low:
                allowed = f"a whole number from {low}"
                raise UserError(f"The trigger on {self.metric} has {name} {value!r}; it must be {allowed}.")
        if bool(self.of) != (self.metric == "since"):
            raise UserError(
                "A trigger on since needs the tactic it looks at, as in since(red_packet)>=3."
                if self.metric == "since"
                else f"The trigger on {self.metric} names {self.of!r}; only since(NODE) looks at a tactic."
            )

    def __str__(self) -> str:
        level = f"{self.level:g}" if float(f"{self.level:g}") == self.level else repr(self.level)
        return (
            self.metric
            + (f"({self.of})" if self.of else "")
            + f"{self.op}{level}"
            + (f" for {self.days} days" if self.days > 1 else "")
            + (f" cooldown {self.cooldown}" if self.cooldown else "")
        )

    @classmethod
    def read(cls, given: Any, where: str = "triggers") -> "Trigger":
        """A trigger from text or from a mapping, ``{metric: voices, below: 3, days: 2, cooldown: 7}``.

        Raises:
            UserError: It is none; names the field, the text and what is allowed.
        """
        if isinstance(given, Trigger):
            return given
        text = str(dict(given)) if isinstance(given, Mapping) else str(given)
        try:
            return cls(**(_mapping(given, where) if isinstance(given, Mapping) else _parts(text)))
        except UserError as error:
            raise UserError(f"{where} holds {' '.join(text.split())!r}: {error}") from None

    def holds(self, seen: NDArray[Any]) -> Rows:
        """Where what was seen, ``(R,)``, lies on the right side of the level."""
        out: Rows = _OPS[self.op](seen, self.level)
        return out


def _parts(text: str) -> dict[str, Any]:
    """The fields of a trigger from its text."""
    plain = text.translate(_ASCII).strip()
    found = _FORM.fullmatch(plain)
    named = re.match(r"\w+", plain)
    if named and named[0] not in METRICS:
        return {"metric": named[0], "op": "<", "level": 0.0}  # which is refused, with the nearest name
    tail = re.findall(_TAIL, found["tail"]) if found else []
    if found is None or len(dict(tail)) < len(tail):
        raise UserError(f"{_READS}.")
    given = {{"for": "days"}.get(word, word): int(n) for word, n in tail}
    level = number(found["level"], float, "its level") / (100 if found["per"] else 1)
    of = (found["of"] or "").strip()
    return {"metric": found["metric"], "op": found["op"], "level": level, "of": of, **given}


def _mapping(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The fields of a trigger from a mapping."""
    for key in given:
        if key not in _KEYS:
            raise UserError(
                f"there is no {str(key)!r}.{did_you_mean(str(key), _KEYS)} Known: {', '.join(_KEYS)}."
            )
    sides = [word for word in _WORDS if given.get(word) is not None]
    if len(sides) != 1 or not given.get("metric"):
        raise UserError(f"it needs a metric and one of {', '.join(_WORDS)}.")
    level = number(given[sides[0]], float, f"{where}.{sides[0]}")
    whole = {key: number(given[key], int, f"{where}.{key}") for key in ("days", "cooldown") if key in given}
    of = {"of": str(given["of"])} if given.get("of") else {}
    return {"metric": str(given["metric"]), "op": _WORDS[sides[0]], "level": level, **whole, **of}


def read_triggers(given: Any, where: str = "triggers") -> tuple[Trigger, ...]:
    """Triggers as users give them: text (several joined by ``and`` or commas), a mapping, a list of such.

    Raises:
        UserError: One of them is none.
    """
    if given is None or isinstance(given, Trigger | Mapping):
        return () if given is None else (Trigger.read(given, where),)
    if isinstance(given, str):
        bare = given.translate(_ASCII | {0x3001: ","}).strip()
        inner = bare[1:-1] if bare[:1] + bare[-1:] == "[]" else bare
        return tuple(Trigger.read(part.strip(" '\""), where) for part in _AND.split(inner) if part.strip())
    if not isinstance(given, Iterable):
        raise UserError(f"{where} holds {given!r}: {_READS}.")
    return tuple(trigger for one in given for trigger in read_triggers(one, where))


def check_nodes(tactics: Iterable[tuple[str, "Strategy"]], arm: str) -> None:
    """Refuse a ``since(NODE)`` of which no tactic is called NODE, and nodes that wait for one another.

    Args:
        tactics: Labels and strategies of one arm.
        arm: What the arm is called.

    Raises:
        UserError: Naming the tactic, the node and the nearest label.
    """
    waits = {label: {t.of for t in s.when.conditions if t.of} for label, s in tactics}
    for label, nodes in waits.items():
        for node in sorted(nodes - waits.keys()):
            raise UserError(
                f"Arm {arm!r}: {label} waits on since({node}), but no tactic of the arm is called {node!r}."
                f"{did_you_mean(node, waits)} Known: {', '.join(sorted(waits))}."
            )
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        ring = " -> ".join(error.args[1][::-1])
        raise UserError(
            f"Arm {arm!r}: no tactic of {ring} can ever act, for each waits for the next."
        ) from None


class Watch:
    """Which tactics act, day by day, and in which replicates; both engines ask it.

    Args:
        tactics: Labels and strategies.
        rows: Number of replicates, R.
        days: Campaign days; on later ones nothing acts.
    """

    def __init__(self, tactics: Sequence[tuple[str, "Strategy"]], rows: int, days: int) -> None:
        self._whens = [(label, strategy.when) for label, strategy in tactics]
        self._days = days
        self._all = np.ones(rows, bool)
        self._all.flags.writeable = False
        self._quiet = np.zeros(rows, np.int64)
        self._last = {label: np.full(rows, _NEVER, np.int64) for label, _ in self._whens}
        waits = {trigger.of for _, when in self._whens for trigger in when.conditions}
        self._noted = waits | {label for label, when in self._whens if when.conditions}
        self._held = {
            (label, n): np.zeros(rows, np.int64)
            for label, when in self._whens
            for n in range(len(when.conditions))
        }

    def today(self, day: int, yesterday: Mapping[str, Any]) -> dict[str, Rows]:
        """The replicates in which each tactic acts on ``day``, ``(R,)`` by label; left out: in none.

        To be asked once a day, in order (the first as often as one likes), with yesterday's metrics, ``(R,)``
        each. Before day 0 nothing acts, but what is seen is noted.
        """
        if day >= self._days:
            return {}
        if yesterday:
            spoke = yesterday["messages"] > yesterday["messages_owner"]
            self._quiet = np.where(spoke, 0, self._quiet + 1)
        acting = {}
        for label, when in self._whens:
            acts, conditions = self._all, when.conditions
            for n, trigger in enumerate(conditions):
                acts = acts & self._true(label, n, trigger, day, yesterday)
            if day >= 0 and when.today(day) and (not conditions or acts.any()):
                acting[label] = acts
        for label in self._noted & acting.keys():
            self._last[label] = np.where(acting[label], day, self._last[label])
        return acting

    def _true(self, label: str, n: int, trigger: Trigger, day: int, yesterday: Mapping[str, Any]) -> Rows:
        """Where one trigger of a tactic lets it act."""
        if not yesterday:
            return np.zeros_like(self._all)
        if trigger.metric == "since":
            last = self._last[trigger.of]
            now = trigger.holds(day - last) & (last != _NEVER)
        else:
            now = trigger.holds(self._quiet if trigger.metric == "quiet" else yesterday[trigger.metric])
        held = self._held[label, n] = np.where(now, self._held[label, n] + 1, 0)
        acted = self._last[label]
        return np.asarray((held >= trigger.days) & ((acted == _NEVER) | (day - acted > trigger.cooldown)))
