"""A scenario: one community with one set of tactics, frozen and hashed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from simulator.community import Community
from simulator.errors import UserError, unknown
from simulator.strategy import Strategy
from simulator.triggers import check_nodes

#: Version of the model: part of every scenario's hash; raised by each change that moves numbers.
MODEL_VERSION = 2
UNCERTAINTY = ("full", "luck")


@dataclass(frozen=True)
class Scenario:
    """One arm: everything that decides what happens, except seed and replicate.

    Attributes:
        label: Name of the arm.
        community: The community on day 0.
        strategies: Tactics as ``(label, strategy)``; the label keys its luck, and two doses of one tactic
            need two.
        days: Campaign days; tactics act on these only.
        follow_up: Days simulated after that, without tactics.
        mechanisms: By mechanism name: ``on`` (bool) and parameters set by hand.
        uncertainty: ``full`` draws mechanism parameters from their ranges, ``luck`` keeps their defaults.
    """

    label: str = "baseline"
    community: Community = field(default_factory=Community)
    strategies: tuple[tuple[str, Strategy], ...] = ()
    days: int = 60
    follow_up: int = 60
    mechanisms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    uncertainty: str = "full"

    def __post_init__(self) -> None:
        for name, low in (("days", 1), ("follow_up", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= 10_000:
                raise UserError(f"{name} is {value!r}; it must be a whole number from {low} to 10000.")
        if self.uncertainty not in UNCERTAINTY:
            raise unknown("uncertainty", self.uncertainty, UNCERTAINTY)
        labels = [label for label, _ in self.strategies]
        if len(set(labels)) != len(labels):
            raise UserError(
                f"Scenario {self.label!r} holds two tactics with one label: {', '.join(sorted(labels))}."
            )
        check_nodes(self.strategies, self.label)

    @property
    def horizon(self) -> int:
        """Days simulated in all."""
        return self.days + self.follow_up

    def placebo(self, label: str = "placebo") -> "Scenario":
        """The same scenario with every tactic at dose nought."""
        doses = tuple((name, strategy.placebo()) for name, strategy in self.strategies)
        return replace(self, label=label, strategies=doses)

    def plain(self) -> dict[str, Any]:
        """Everything as lists, numbers and words; strategies by label, for their order cannot matter."""
        return {
            "model_version": MODEL_VERSION,
            "community": self.community.plain(),
            "strategies": {
                name: tactic.plain() for name, tactic in sorted(self.strategies, key=lambda s: s[0])
            },
            "days": self.days,
            "follow_up": self.follow_up,
            "mechanisms": {name: dict(sorted(m.items())) for name, m in sorted(self.mechanisms.items())},
            "uncertainty": self.uncertainty,
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the content, 16 hex digits; the arm's label is no part of it."""
        text = json.dumps(self.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:16]
