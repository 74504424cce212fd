"""How a pattern is put to the model: what is watched, what is made of it, and whether it was built in.

A trial is watched three times. Over worlds, each with its own parameters: the estimate and, by resampling
worlds, its 95% interval. Over prior draws, each run in worlds of its own that differ by luck alone: in how
many of them the pattern holds. And with the coefficient that carries it switched off.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.engine.simulate import BLOCK_SLOTS
from experiments.study import Study
from experiments.validation.targets import Part, patterns
from simulator.knobs import drawn, knobs
from simulator.mechanism import Parameters
from simulator.registry import make_mechanisms, mechanisms
from simulator.scenario import Scenario
from simulator.simulation import Simulation

#: What was watched: arrays whose first axis is worlds, ``(R, ...)``.
Data = dict[str, NDArray[Any]]
#: By key of the part, ``P1.day_7``.
Estimates = dict[str, float]
#: A pattern that holds in more of the prior draws than this is no credit to any of them.
NEARLY_ALWAYS = 0.95
RESAMPLES = 200
_TAILS = (0.025, 0.975)


@dataclass(frozen=True)
class Carrier:
    """A coefficient without which a pattern should not come about.

    Attributes:
        mechanism: Its mechanism.
        parameter: Its name; nothing for the mechanism as a whole.
        off: What it is set to.
    """

    mechanism: str
    parameter: str = ""
    off: float = 0.0

    @property
    def name(self) -> str:
        """``conversation.audience``, or ``bonding.others = 1`` where nought is not what switches it off."""
        name = f"{self.mechanism}.{self.parameter}" if self.parameter else self.mechanism
        return f"{name} = {self.off:g}" if self.off else name

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Mechanism settings that switch it off."""
        return {self.mechanism: {self.parameter: self.off} if self.parameter else {"on": False}}

    @property
    def one_sided(self) -> bool:
        """Whether its range cannot change sign; a whole mechanism's cannot unless one of its ranges does."""
        declared = knobs(mechanisms()[self.mechanism])
        asked = [self.parameter] if self.parameter else list(declared)
        return not any(declared[name][1].low < 0 < declared[name][1].high for name in asked)


@dataclass(frozen=True)
class Conditions:
    """Under which a trial is watched.

    Attributes:
        worlds: Numbers of the replicates.
        seed: Seed.
        uncertainty: ``full`` or ``luck``.
        mechanisms: What is switched off.
        parameters: Parameters row by row, where they are prescribed.
        community: Fields of the community that are not as its preset has them.
    """

    worlds: tuple[int, ...]
    seed: int = 1
    uncertainty: str = "full"
    mechanisms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parameters: Parameters | None = None
    community: Mapping[str, Any] = field(default_factory=dict)

    def blocks(self, slots: int) -> list["Conditions"]:
        """The same in parts that fit the caches."""
        size = max(1, BLOCK_SLOTS // slots)
        return [self._part(slice(at, at + size)) for at in range(0, len(self.worlds), size)]

    def _part(self, rows: slice) -> "Conditions":
        held = self.parameters and {
            name: {key: np.asarray(column)[rows] for key, column in columns.items()}
            for name, columns in self.parameters.items()
        }
        return replace(self, worlds=self.worlds[rows], parameters=held or None)

    def start(self, scenario: Scenario) -> Simulation:
        """A simulation of a scenario under these conditions."""
        settings = {**scenario.mechanisms}
        for name, given in self.mechanisms.items():
            settings[name] = {**settings.get(name, {}), **given}
        group = replace(scenario.community, **self.community)
        asked = replace(scenario, community=group, uncertainty=self.uncertainty, mechanisms=settings)
        return Simulation(asked, self.worlds, self.seed, self.parameters)


def _no_curves(data: Data) -> dict[str, NDArray[np.float64]]:
    """Nothing to draw."""
    del data
    return {}


@dataclass(frozen=True)
class Curve:
    """A curve by day from 0 and its 95% band over worlds, ``(days,)`` each."""

    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What a trial showed over worlds.

    Attributes:
        estimates: By part.
        ends: Both ends of the 95% interval, by part.
        curves: By name.
    """

    estimates: Estimates
    ends: Mapping[str, tuple[float, float]]
    curves: Mapping[str, Curve]


@dataclass(frozen=True)
class Trial:
    """One or more patterns that are read off the same runs.

    Attributes:
        patterns: Their keys.
        watch: Runs the model and keeps what is needed, for one block of worlds.
        read: From what was kept, the estimate of each part.
        carriers: What to switch off, by part (or pattern, for all its parts).
        worlds: How many worlds the estimate takes at least, for one asked for.
        draws: Prior draws, and worlds of each; none where no parameter has a say.
        slots: Slots of a world, by which worlds are put together in blocks.
        curves: Curves to be drawn, by name, from what was kept; by day from 0.
    """

    patterns: tuple[str, ...]
    watch: Callable[[Conditions], Data]
    read: Callable[[Data], Estimates]
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    worlds: float = 1.0
    draws: tuple[int, int] = (40, 50)
    slots: int = 150
    curves: Callable[[Data], dict[str, NDArray[np.float64]]] = _no_curves

    def parts(self) -> list[Part]:
        """Parts it can show."""
        found = (part for key in self.patterns for part in patterns()[key].parts.values())
        return [part for part in found if part.representable]

    def carrier(self, part: Part) -> Carrier | None:
        """What carries a part."""
        return self.carriers.get(part.name, self.carriers.get(part.pattern))


@dataclass(frozen=True)
class Finding:
    """What came out for one part.

    Attributes:
        pattern: Key of the pattern.
        part: Key of the part.
        estimate: Simulated value.
        low: Lower end of its 95% interval.
        high: Upper end.
        worlds: Worlds it is from.
        passed: Whether it is inside the bounds.
        prior: Share of prior draws in which the part holds; NaN where none were made.
        draws: How many draws.
        carrier: What was switched off; empty for nothing.
        off: The estimate without it; NaN for nothing.
        holds_off: Whether the part holds without it.
        built_in: Whether it was bound to come out.
    """

    pattern: str
    part: str
    estimate: float
    low: float
    high: float
    worlds: int
    passed: bool
    prior: float = float("nan")
    draws: int = 0
    carrier: str = ""
    off: float = float("nan")
    holds_off: bool = False
    built_in: bool = False

    @property
    def name(self) -> str:
        """``P1.day_7``."""
        return f"{self.pattern}.{self.part}"


@lru_cache
def community(name: str, **settings: Any) -> Scenario:
    """The baseline of a preset, and what is changed of it."""
    return Study.of("red_packet", community=name, **settings).scenarios[0]


def over_worlds(trial: Trial, worlds: int, seed: int) -> Seen:
    """Estimates and curves, with 95% intervals by the bootstrap over worlds."""
    data = gather(trial, Conditions(tuple(range(worlds)), seed))
    estimates, curves = trial.read(data), trial.curves(data)
    rng = np.random.default_rng(seed)
    again: dict[str, list[float]] = {name: [] for name in estimates}
    drawn: dict[str, list[NDArray[np.float64]]] = {name: [] for name in curves}
    for _ in range(RESAMPLES):
        rows = rng.integers(worlds, size=worlds)
        sample = {key: column[rows] for key, column in data.items()}
        for name, value in trial.read(sample).items():
            again[name].append(value)
        for name, curve in trial.curves(sample).items():
            drawn[name].append(curve)
    return Seen(
        estimates,
        {name: _ends(values) for name, values in again.items()},
        {name: Curve(curve, *np.quantile(drawn[name], _TAILS, axis=0)) for name, curve in curves.items()},
    )


def over_prior(trial: Trial, seed: int) -> dict[str, float]:
    """Share of prior draws in which each part holds."""
    draws, each = trial.draws
    rows = np.repeat(np.arange(draws, dtype=np.uint32), each)
    parameters = {
        mechanism.name: {name: column[rows] for name, column in mechanism.draw(
            seed, np.arange(draws, dtype=np.uint32), True
        ).items()}
        for part in make_mechanisms({}) for mechanism in part
        if any(drawn(f) for f, _ in knobs(mechanism).values())
    }  # fmt: skip
    asked = Conditions(tuple(range(draws * each)), seed, "luck", parameters=parameters)
    data = gather(trial, asked)
    held: dict[str, list[bool]] = {part.name: [] for part in trial.parts()}
    for draw in range(draws):
        found = trial.read({key: column[rows == draw] for key, column in data.items()})
        for part in trial.parts():
            held[part.name].append(part.holds(found[part.name]))
    return {name: float(np.mean(values)) for name, values in held.items()}


def without(trial: Trial, carrier: Carrier, worlds: int, seed: int) -> Estimates:
    """Estimates with a carrier switched off."""
    return trial.read(gather(trial, Conditions(tuple(range(worlds)), seed, mechanisms=carrier.settings)))


def gather(trial: Trial, asked: Conditions) -> Data:
    """What a trial keeps of all the worlds asked for."""
    blocks = [trial.watch(block) for block in asked.blocks(trial.slots)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _ends(values: list[float]) -> tuple[float, float]:
    known = np.array([value for value in values if value == value])
    if len(known) < RESAMPLES / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, _TAILS)
    return float(low), float(high)
