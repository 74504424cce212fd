"""Five beliefs of practitioners, put to the model.

Each is run as it stands and once more with the mechanism that should carry it off: effect and interval over
worlds. None is a target: whatever comes out is printed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.engine.ensemble import Ensemble
from experiments.engine.simulate import simulate
from experiments.statistics.effects import paired
from experiments.study import Study
from simulator.scenario import Scenario

#: What is read off an ensemble for each arm and replicate, ``(arms, replicates)``.
Reading = Callable[[Ensemble], NDArray[np.float64]]


def window(metric: str, start: int, stop: int) -> Reading:
    """Mean of a daily metric over days ``start`` to ``stop - 1``."""

    def read(ensemble: Ensemble) -> NDArray[np.float64]:
        return ensemble.series[metric][:, :, start:stop].mean(axis=2, dtype=np.float64)

    return read


def summary(metric: str) -> Reading:
    """A metric of the table."""

    def read(ensemble: Ensemble) -> NDArray[np.float64]:
        return ensemble.summary[metric][:, ~ensemble.twin]

    return read


@dataclass(frozen=True)
class Belief:
    """One belief and how it is put to the model.

    Attributes:
        key: Its name, a key of the message catalogue under ``belief``.
        settings: Settings of the study, as on the command line.
        arm: The arm that is compared with doing nothing; empty to compare communities or read the baseline
            alone.
        altered: Settings of the other community, where communities are compared.
        readings: What is read, by a key of the catalogue under ``reading``.
        carrier: Mechanism settings that switch off what should carry the effect.
    """

    key: str
    settings: Mapping[str, Any]
    readings: Mapping[str, Reading]
    carrier: Mapping[str, Mapping[str, Any]]
    arm: str = ""
    altered: Mapping[str, Any] = field(default_factory=dict)


OFF = {"on": False}
BELIEFS: tuple[Belief, ...] = (
    Belief(
        "kol_novice",
        {"community": "interest_group"},
        {"kol_novice_share": summary("kol_novice_share")},
        {"conversation": {"branching": 0.0}},
    ),
    Belief(
        "red_packet",
        {"community": "interest_group", "days": 30, "follow_up": 60},
        {
            "first_week": window("voices", 0, 7),
            "fourth_week": window("voices", 21, 28),
            "after": window("voices", 37, 90),
        },
        {"rewards": OFF, "prompts": OFF, "gift_echo": OFF},
        arm="red_packet",
    ),
    Belief(
        "check_in",
        {"community": "study_camp", "days": 21, "follow_up": 21},
        {
            "camp_visitors": window("visitors", 0, 21),
            "last_week_visitors": window("visitors", 14, 21),
            "camp_voices": window("voices", 0, 21),
        },
        {"streaks": OFF},
        arm="check_in_streak",
    ),
    Belief(
        "meetup",
        {"community": "interest_group", "days": 60, "follow_up": 60},
        {
            "month_after": window("voices", 11, 41),
            "day_60_after": window("voices", 63, 78),
            "lifespan": summary("lifespan"),
        },
        {"bonding": OFF},
        arm="offline_meetup(days=10,every=1,start=0)",
    ),
    Belief(
        "kol_skill",
        {"community": "interest_group", "days": 60, "follow_up": 60},
        {"lifespan": summary("lifespan"), "voices": window("voices", 0, 60)},
        {"content": OFF},
        altered={"community.expertise.kol": 0.2},
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What came out of one reading of one belief; a share (no baseline) has ``diff`` equal to its mean.

    Attributes:
        belief: Key of the belief.
        reading: Key of what was read.
        off: Whether the carrying mechanism was off.
        baseline: Mean of the baseline; NaN where nothing is compared.
        diff: Difference to it, or the mean.
        low: Lower end of the 95% interval over worlds.
        high: Upper end.
        n: Replicates.
    """

    belief: str
    reading: str
    off: bool
    baseline: float
    diff: float
    low: float
    high: float
    n: int


def put(belief: Belief, replicates: int = 200, seed: int = 1, workers: int | None = None) -> list[Finding]:
    """Put one belief to the model, as it stands and with its carrier off."""
    found: list[Finding] = []
    for off in (False, True):
        arms = _arms(belief, belief.carrier if off else {})
        ensemble = simulate(arms, replicates, seed=seed, workers=workers)
        for reading, read in belief.readings.items():
            values = read(ensemble)
            alone = len(values) == 1
            result, _ = paired(np.zeros(values.shape[1]) if alone else values[0], values[-1])
            found.append(
                Finding(
                    belief.key,
                    reading,
                    off,
                    float("nan") if alone else result.baseline_mean,
                    result.diff,
                    result.ci_low,
                    result.ci_high,
                    result.n_pairs,
                )
            )
    return found


def _arms(belief: Belief, mechanisms: Mapping[str, Mapping[str, Any]]) -> Sequence[Scenario]:
    """The scenarios compared, the reference first."""
    study = Study.of(*([belief.arm] if belief.arm else []), **belief.settings)
    arms = list(study.scenarios[:2] if belief.arm else study.scenarios[:1])
    if belief.altered:
        other = Study.of(**belief.settings, **belief.altered).scenarios[0]
        arms.append(replace(other, label="altered"))
    return [replace(arm, mechanisms={**arm.mechanisms, **mechanisms}) for arm in arms]
