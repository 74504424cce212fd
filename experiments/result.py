"""What one `qunlab compare` found, as plain values from which the report and the files are made.

No field holds a clock time but ``timing``, which goes to the manifest alone, so that the same command twice
gives the same files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.comparison import Comparison
from experiments.statistics.survival import Lifespans
from experiments.study import PLACEBO

if TYPE_CHECKING:
    from experiments.rounds import Stop


@dataclass(frozen=True)
class Tactic:
    """One strategy of one arm.

    Attributes:
        label: What it is called in its arm; two doses of one strategy have two labels.
        name: Name of the strategy.
        title: Its title by language (``en``, ``zh``).
        settings: Knobs, when and who as plain values: ``Strategy.plain()``.
        cost: Yuan it cost the operator in a replicate, on average, campaign and follow-up together.
        hours: Hours it cost the operator, the same way.
    """

    label: str
    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    cost: float = 0.0
    hours: float = 0.0


@dataclass(frozen=True)
class Arm:
    """One scenario. Its label is the user's, or the labels of its tactics joined by ``+``.

    Attributes:
        label: Unique among the arms.
        hash: Hash of the scenario's content.
        tactics: None for the baseline.
        title: What it is called, by language; empty where it goes by its tactics or its label.
    """

    label: str
    hash: str
    tactics: tuple[Tactic, ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """The community the tactics were tried on.

    Attributes:
        name: Preset or ``from_log``.
        size: Members on day 0.
        roles: How many of them are ``owner``, ``kol``, ``novice``, ``lurker``.
        topology: Who knows whom, by the name of the generator.
        arrivals: Strangers joining a day.
        portrait: What was read from a real log, as label -> number or words; None for a preset.
        title: What it is called, by language; empty where nobody said.
    """

    name: str
    size: int
    roles: Mapping[str, int]
    topology: str
    arrivals: float
    portrait: Mapping[str, Any] | None = None
    title: Mapping[str, str] = field(default_factory=dict)


class Assumption(NamedTuple):
    """One parameter of a mechanism: default, the range it is plausible in, evidence tag, bibliography key."""

    mechanism: str
    parameter: str
    default: float
    low: float
    high: float
    tag: str
    source: str
    unit: str = ""
    doc: str = ""


class Failure(NamedTuple):
    """A run that ended in an error: where (``stage``) and which (one line of ``error``)."""

    replicate: int
    scenario: str
    stage: str
    error: str
    twin: bool = False


@dataclass(frozen=True, eq=False)
class Result:
    """Everything that is shown and written.

    A *run* is a replicate, or the twin of one (same parameters, other luck); replicates come first in every
    array. A run that failed has NaN throughout. Metrics beyond the metric table are only written.

    Attributes:
        name: Name of the study, free text.
        command: The line that rebuilds it.
        lang: Language of the report, ``en`` or ``zh``.
        group: The community.
        arms: The baseline first, the placebo (every tactic at dose nought) last where there is one.
        days: Campaign days.
        follow_up: Days after them without tactics.
        seed: Seed.
        uncertainty: ``full`` or ``luck``.
        replicate: (runs,) number of the replicate; a twin has the number of the one it repeats.
        twin: (runs,) True for twins.
        series: Per daily metric (arms, replicates, horizon), in the metric's unit; no twins.
        summary: Per metric (arms, runs), in the metric's unit.
        life: (arms, runs) lifespan of the community in days.
        censored: (arms, runs) True where it was still alive at ``tau``.
        tau: Last day on which a death can be seen: horizon minus the days of silence that make one.
        comparison: Effects and verdicts.
        asked: Replicates asked for; fewer done means that the work was interrupted.
        failures: Runs that failed.
        assumptions: Parameters of all mechanisms that acted.
        bibliography: Key -> reference, for the sources and evidence in use.
        calibrated: True where the community was built from the user's own log.
        config: The resolved configuration, plain values.
        timing: Clock times in seconds by stage.
        precision: How replicates were added until a change was known well enough; None where they were not.
        warmup: Days before the campaign, without tactics; of these nothing is shown or written.
    """

    name: str
    command: str
    lang: str
    group: Group
    arms: tuple[Arm, ...]
    days: int
    follow_up: int
    seed: int
    uncertainty: str
    replicate: NDArray[np.int64]
    twin: NDArray[np.bool_]
    series: Mapping[str, NDArray[np.float32]]
    summary: Mapping[str, NDArray[np.float64]]
    life: NDArray[np.float64]
    censored: NDArray[np.bool_]
    tau: float
    comparison: Comparison
    asked: int
    failures: tuple[Failure, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    bibliography: Mapping[str, str] = field(default_factory=dict)
    calibrated: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)
    timing: Mapping[str, float] = field(default_factory=dict)
    warmup: int = 0
    precision: "Stop | None" = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all arms."""
        return tuple(arm.label for arm in self.arms)

    @property
    def baseline(self) -> Arm:
        """The arm in which nothing is done."""
        return self.arms[0]

    @property
    def tested(self) -> tuple[Arm, ...]:
        """The arms somebody wants to know about: neither the baseline nor the placebo."""
        return tuple(arm for arm in self.arms[1:] if arm.label != PLACEBO)

    @property
    def horizon(self) -> int:
        """Days from the campaign's first to the last."""
        return self.days + self.follow_up

    @property
    def replicates(self) -> int:
        """Replicates done, twins not counted."""
        return int((~self.twin).sum())

    @property
    def lifespans(self) -> Lifespans:
        """Lifespans of the replicates, twins left out."""
        return Lifespans(self.life[:, ~self.twin], self.censored[:, ~self.twin], self.tau)
