"""The targets of the patterns, as ``configs/validation/patterns.yaml`` has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf, isnan
from typing import Any

import yaml  # type: ignore[import-untyped]

from experiments.known import OURS

#: What a pattern is to us; a pattern may be two of these.
KINDS = ("calibrated", "held_out", "implementation", "not_representable")


@dataclass(frozen=True)
class Part:
    """One figure of a pattern and the bounds it must lie in.

    Attributes:
        pattern: Key of the pattern, ``P1``.
        key: Its own key, ``day_7``.
        says: What is measured, by language.
        low: Lowest value; -inf for none.
        high: Highest value; inf for none.
        open_low: The lowest value itself fails.
        open_high: The highest value itself fails.
        whole: The whole interval must lie inside, not the estimate alone.
        representable: False for what happens within a day, which a daily tick cannot show.
    """

    pattern: str
    key: str
    says: Mapping[str, str]
    low: float = -inf
    high: float = inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    representable: bool = True

    @property
    def name(self) -> str:
        """``P1.day_7``."""
        return f"{self.pattern}.{self.key}"

    def holds(self, estimate: float, low: float | None = None, high: float | None = None) -> bool:
        """Whether an estimate, with its interval where that counts, lies inside the bounds."""
        ends = [estimate]
        if self.whole:
            ends += [one for one in (low, high) if one is not None]
        return all(self._inside(one) for one in ends)

    def _inside(self, x: float) -> bool:
        above = x > self.low if self.open_low else x >= self.low
        below = x < self.high if self.open_high else x <= self.high
        return not isnan(x) and above and below

    @property
    def text(self) -> str:
        """The bounds as signs: ``0.5 – 0.7``, ``< 1``, ``= 0``; a dash where there is no number."""
        low, high = (f"{end:.4g}".replace("-", "−") for end in (self.low, self.high))
        if self.low == self.high:
            return f"= {low}"
        if self.low > -inf and self.high < inf:
            return f"{low} – {high}"
        if self.high < inf:
            return f"{'<' if self.open_high else '≤'} {high}"
        if self.low > -inf:
            return f"{'>' if self.open_low else '≥'} {low}"
        return "–"


@dataclass(frozen=True)
class Pattern:
    """A pattern of the literature.

    Attributes:
        key: ``P1`` to ``P18``.
        kind: Of :data:`KINDS`, one or two.
        strength: How strong the evidence for the pattern itself is.
        sources: Keys of the bibliography.
        says: The pattern in a few words, by language.
        parts: Its figures by key.
    """

    key: str
    kind: tuple[str, ...]
    strength: str
    sources: tuple[str, ...]
    says: Mapping[str, str]
    parts: Mapping[str, Part] = field(default_factory=dict)


@cache
def patterns() -> Mapping[str, Pattern]:
    """Every pattern by key, in the order of the file."""
    tree = yaml.safe_load((OURS / "validation" / "patterns.yaml").read_text("utf-8"))
    return {key: _pattern(key, node) for key, node in tree.items()}


def _pattern(key: str, node: Mapping[str, Any]) -> Pattern:
    parts = {name: _part(key, name, part) for name, part in node["parts"].items()}
    return Pattern(
        key, tuple(node["kind"]), node["strength"], tuple(node["sources"]), dict(node["says"]), parts
    )


def _part(pattern: str, key: str, node: Mapping[str, Any]) -> Part:
    given = {name: float(node[name]) for name in ("low", "high", "above", "below") if name in node}
    if "equals" in node:
        given["low"] = given["high"] = float(node["equals"])
    if "value" in node:
        given["low"] = node["value"] * (1 - node["within"])
        given["high"] = node["value"] * (1 + node["within"])
    return Part(
        pattern,
        key,
        dict(node["says"]),
        low=given.get("above", given.get("low", -inf)),
        high=given.get("below", given.get("high", inf)),
        open_low="above" in given,
        open_high="below" in given,
        whole=node.get("rule") == "interval",
        representable=node.get("representable", True),
    )
