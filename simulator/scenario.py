"""A scenario: one community with one set of tactics, frozen and hashed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from simulator.community import Community
from simulator.errors import UserError, unknown
from simulator.stimuli import used
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
        community: The community on its first day.
        strategies: Tactics as ``(label, strategy)``; the label keys its luck, and two doses of one tactic
            need two.
        days: Campaign days; tactics act on these only.
        follow_up: Days simulated after that, without tactics.
        mechanisms: By mechanism name: ``on`` (bool) and parameters set by hand.
        uncertainty: ``full`` draws mechanism parameters from their ranges, ``luck`` keeps their defaults.
        warmup: Days that the community lives before day 0, without tactics: its first day is ``-warmup``, and
            ``community`` describes it then, its ``age`` and ``purpose_days`` included. Nothing of these days
            is in series, summaries or ledger, which are about day 0 and after.
        luck_from: Sham: from this day on (from ``-warmup``) everything is drawn by another luck, with the
            same people, ties and parameters and the same days before; None for never.
        luck_salt: Which other luck that is.
    """

    label: str = "baseline"
    community: Community = field(default_factory=Community)
    strategies: tuple[tuple[str, Strategy], ...] = ()
    days: int = 60
    follow_up: int = 60
    mechanisms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    uncertainty: str = "full"
    warmup: int = 0
    luck_from: int | None = None
    luck_salt: int = 1

    def __post_init__(self) -> None:
        for name, low in (("days", 1), ("follow_up", 0), ("warmup", 0)):
            _whole(name, getattr(self, name), low, 10_000)
        if self.luck_from is not None:
            _whole("luck_from", self.luck_from, -self.warmup, self.horizon)
        _whole("luck_salt", self.luck_salt, 0, 2**32 - 1)
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
        """Days simulated from day 0 on: the campaign and what follows it."""
        return self.days + self.follow_up

    @property
    def ground(self) -> "Scenario":
        """The scenario whose community this arm starts from, the same for arms that may share one.

        Without tactics, but for those that ask a price of founders: after a warm-up there are none. Without a
        sham that begins with the campaign or later.
        """
        asking = () if self.warmup else tuple(t for t in self.strategies if _asks_founders(t[1]))
        early = self.luck_from is not None and self.luck_from < 0
        luck = (self.luck_from, self.luck_salt) if early else (None, 1)
        return replace(self, label="ground", strategies=asking, luck_from=luck[0], luck_salt=luck[1])

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
            **({"warmup": self.warmup} if self.warmup else {}),
            **({} if self.luck_from is None else {"luck_from": self.luck_from, "luck_salt": self.luck_salt}),
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the content, 16 hex digits; the arm's label is no part of it."""
        text = json.dumps(self.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:16]


def _whole(name: str, value: object, low: int, high: int) -> None:
    """Refuse what is no whole number in a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is {value!r}; it must be a whole number from {low} to {high}.")


def _asks_founders(strategy: Strategy) -> bool:
    """Whether a tactic has terms of joining on day 0; with triggers it acts on no first day."""
    when = strategy.when
    return when.today(0) and not when.conditions and bool(used(strategy.entry()))
