"""The settings that were fitted once and are kept in the repository, as a prior over settings and people."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import qmc

from experiments.validation.cohorts.people import FITTED, LEVELS, WEEKEND, People, Settings

Floats = NDArray[np.float64]
MECHANISM, COMMUNITY = "mechanism/fitted_cohorts.yaml", "community/check_in_cohort.yaml"
#: Settings drawn from the committed ranges.
DRAWS = 16
_SPREADS = (("disposition", "person_spread"), ("disposition", "group_spread"))
#: The line of the file that says what it was fitted to.
_MARK = "# content:"


@dataclass(frozen=True, eq=False)
class Committed:
    """What the committed files say.

    Attributes:
        bank: Settings drawn from their ranges.
        peoples: People of each, one a setting.
        prior: Weight by settings, people and level of a group not seen, ``(DRAWS, DRAWS, levels)``.
        content: Content hash of the cohorts they were fitted to.
    """

    bank: tuple[Settings, ...]
    peoples: tuple[People, ...]
    prior: Floats
    content: str


@lru_cache
def committed() -> Committed:
    """Draw from the committed ranges as the model does: half under the middle, half over it."""
    text = _text(MECHANISM)
    content = next(line.removeprefix(_MARK).strip() for line in text.splitlines() if line.startswith(_MARK))
    values, who = yaml.safe_load(text), yaml.safe_load(_text(COMMUNITY))
    names = (*(name for name in FITTED if name != WEEKEND), *_SPREADS)
    points = qmc.Sobol(len(names), rng=np.random.default_rng(1)).random(DRAWS)
    rows = [
        {name: _at(values[name[0]][name[1]], float(u)) for name, u in zip(names, row, strict=True)}
        | {WEEKEND: float(who["weekdays"]["sat"])}
        for row in points
    ]
    chance = who["visiting"]
    level, above, below = (float(logit(chance[role])) for role in ("novice", "kol", "lurker"))
    idle = 1.0 - who["kols"] - who["novices"]
    peoples = tuple(People(row[_SPREADS[0]], who["kols"], idle, above - level, level - below) for row in rows)
    prior = np.zeros((DRAWS, DRAWS, len(LEVELS)))
    for k, row in enumerate(rows):
        density = np.exp(-0.5 * ((LEVELS - level) / row[_SPREADS[1]]) ** 2)
        prior[k, k] = density / density.sum() / DRAWS
    return Committed(tuple({name: row[name] for name in FITTED} for row in rows), peoples, prior, content)


def _at(value: Any, u: float) -> float:
    """Quantile of a committed value: a number, or a range."""
    if not isinstance(value, dict):
        return float(value)
    low, middle, high = (float(value[part]) for part in ("low", "middle", "high"))
    return low + (middle - low) * 2 * u if u < 0.5 else middle + (high - middle) * (2 * u - 1)


def _text(name: str) -> str:
    return resources.files("configs").joinpath(name).read_text("utf-8")
