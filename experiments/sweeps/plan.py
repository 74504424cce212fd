"""From words to a sweep: every point is a study that has been checked, before anything runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from experiments import known
from experiments.arms import is_override
from experiments.build import plan, study_from
from experiments.designs.arms import DESIGNS
from experiments.designs.factors import Factor, of_values, read_factor
from experiments.designs.layout_of import designed
from experiments.designs.points import KINDS, MOST_POINTS, points
from experiments.designs.ranges import Declared, declared
from experiments.study import PLACEBO, Study, whole
from experiments.typed import line
from experiments.typed import words as words_of
from simulator.errors import UserError, unknown
from simulator.scenario import Scenario


@dataclass(frozen=True)
class Point:
    """One point of a design.

    Attributes:
        number: From 1, in the order of the design.
        values: The value of each factor, as typed.
        study: The baseline and the arms at this point; no placebo.
    """

    number: int
    values: Mapping[str, str]
    study: Study

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """Hashes of its scenarios, the baseline's first."""
        return tuple(scenario.hash for scenario in self.study.scenarios)


@dataclass(frozen=True)
class Sweep:
    """Arms at every point of a design.

    Attributes:
        kind: ``grid``, ``lhs`` or ``sobol``.
        factors: What differs from point to point.
        known: What factors that are numbers declare of themselves, by key.
        points: The points; all with the same arms, replicates and seed.
        command: The line that asks for it again.
        out: Folder for the results.
        store: Folder in which runs are kept; None for none.
    """

    kind: str
    factors: tuple[Factor, ...]
    known: Mapping[str, Declared | None]
    points: tuple[Point, ...]
    command: str
    out: str
    store: str | None = None

    @property
    def study(self) -> Study:
        """The study of the first point: what all points share is read off it."""
        return self.points[0].study

    @property
    def keys(self) -> tuple[str, ...]:
        """Settings that differ from point to point."""
        return tuple(factor.key for factor in self.factors)

    @property
    def arms(self) -> tuple[str, ...]:
        """Labels of the arms, without the baseline."""
        return self.study.labels[1:]

    @cached_property
    def scenarios(self) -> Mapping[str, Scenario]:
        """What is run, by hash, each once: a baseline that no factor touches is shared by all points."""
        found: dict[str, Scenario] = {}
        for point in self.points:
            for key, scenario in zip(point.hashes, point.study.scenarios, strict=True):
                found.setdefault(key, replace(scenario, label=f"p{point.number}/{scenario.label}"))
        return found

    @cached_property
    def size(self) -> int:
        """Member-days that are about to be simulated, were nobody to join or leave."""
        runs = self.study.replicates + self.study.twins
        return runs * sum(one.community.size * one.horizon for one in self.scenarios.values())


def sweep_of(arms: Sequence[str], settings: Mapping[str, Any]) -> Sweep:
    """A sweep from arms and settings as Python has them: a list, a range or an array is a factor."""
    given = dict(settings)
    folder = known.folder_of(given.pop("config_dir", None))
    factors: list[Factor] = []
    words: list[str] = []
    for key, value in given.items():
        listed = isinstance(value, list | tuple | range | np.ndarray)
        if listed and key not in ("ladder", "shift", "arms", "title"):
            factors.append(of_values(key, list(value)))
        else:
            words += words_of(key, list(value) if listed else value)
    return sweep_from([*(factor.word for factor in factors), *arms, *words], folder)


def sweep_from(words: Sequence[str], folder: Path | None = None) -> Sweep:
    """A sweep from words as they are typed: arms, factors and settings.

    Raises:
        UserError: Anything misspelt or not allowed, at whatever point.
    """
    arms, factors, rest, kind, count = _sorted(words)
    if not arms:
        arms = _swept_strategies(factors)
    base = plan(arms, [*rest, *_firsts(factors)], folder)
    if base.settings.values.get("precision") is not None:
        raise UserError("precision is for qunlab compare; at every point of a sweep replicates=N are run.")
    known = {factor.key: declared(factor.key, base.settings.values) for factor in factors}
    seed = whole("seed", base.settings.values["seed"], 0, 2**32 - 1)
    values = points(kind, factors, known, count, seed)
    made = tuple(_made(arms, rest, factors, values, folder))
    text = "\n".join(sorted({key for point in made for key in point.hashes}))
    key = sha256(f"{text}\n{made[0].study.replicates} {made[0].study.twins} {seed}".encode()).hexdigest()
    out = base.settings.values["out"]
    if out == "auto":
        out = f"outputs/sweep-{made[0].study.group}-{key[:8]}"
    return Sweep(kind, tuple(factors), known, made, line("sweep", words, folder), out, made[0].study.store)


def _made(
    arms: Sequence[str],
    rest: Sequence[str],
    factors: Sequence[Factor],
    values: Sequence[Sequence[str]],
    folder: Path | None,
) -> Iterator[Point]:
    """The study of every point; arms of a design are called the same everywhere."""
    given = [dict(zip((factor.key for factor in factors), at, strict=True)) for at in values]
    plans = [plan(arms, [*rest, *(f"{key}={one}" for key, one in point.items())], folder) for point in given]
    for number, (point, made) in enumerate(zip(given, designed(plans, stable=True), strict=True), start=1):
        study = study_from(made)
        kept = tuple(scenario for scenario in study.scenarios if scenario.label != PLACEBO)
        yield Point(number, point, replace(study, scenarios=kept))


def _sorted(words: Sequence[str]) -> tuple[list[str], list[Factor], list[str], str, int | None]:
    """Arms, factors, settings, the design and how many points a sample has."""
    arms, rest = [], []
    factors: dict[str, Factor] = {}
    kind, count = "", None
    for word in words:
        if not is_override(word):
            arms.append(word)
            continue
        key, _, value = word.replace("＝", "=", 1).partition("=")
        key, value = key.strip().lstrip("+"), value.strip()
        factor = read_factor(word)
        if factor is not None and factor.key in factors:
            raise UserError(f"{factor.key} is varied twice; give all its values in one list.")
        if factor is not None:
            factors[factor.key] = factor
        elif key == "points":
            count = whole("points", int(value) if value.isdecimal() else value, 1, MOST_POINTS)
        elif key == "design":
            for part in value.split("+"):
                if part in DESIGNS:
                    rest.append(f"design={part}")
                elif part in KINDS:
                    kind = part
                else:
                    raise unknown("design", part, (*KINDS, *DESIGNS))
        else:
            rest.append(word)
    if not factors:
        raise UserError("Nothing is varied; give a list, as in community.size=50,100,200.")
    for word in rest:
        if (key := word.lstrip("+").partition("=")[0]) in factors:
            raise UserError(f"{key} is varied and set as well; leave out {word}.")
    wide = any(factor.interval is not None for factor in factors.values())
    return arms, list(factors.values()), rest, kind or ("sobol" if wide else "grid"), count


def _swept_strategies(factors: Sequence[Factor]) -> list[str]:
    """The strategies whose knobs are varied: where no arm is named, these are the arms."""
    parts = [factor.key.split(".") for factor in factors]
    return list(dict.fromkeys(part[1] for part in parts if part[0] == "strategy" and len(part) > 1))


def _firsts(factors: Sequence[Factor]) -> list[str]:
    """Presets that are varied, at their first values: what a knob declares may depend on them."""
    return [
        f"{factor.key}={factor.values[0]}" for factor in factors if "." not in factor.key and factor.values
    ]
