"""A study: everything that is to be run, complete and frozen. The engine needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from simulator.errors import UserError

if TYPE_CHECKING:  # what needs numba is loaded by those who make scenarios
    from experiments.designs.layout import Layout
    from experiments.rounds import Target
    from simulator.scenario import Scenario

#: Labels no arm may take: doing nothing, and every tactic at dose nought.
BASELINE, PLACEBO = "baseline", "placebo"
#: Most replicates of one study, and most worker processes.
MOST_REPLICATES, MOST_WORKERS = 1_000_000, 1024
_FEWEST_TWINS = 8


@dataclass(frozen=True)
class EngineChoice:
    """Where the work is done. It decides no number.

    Attributes:
        name: ``serial``, ``local`` or ``dask``.
        address: Of a scheduler that runs already; None for workers of our own.
    """

    name: str = "local"
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Study:
    """The arms of one comparison and how often each is run.

    Attributes:
        scenarios: The baseline first, then the arms, the placebo last; all with one community, horizon and
            set of mechanisms.
        replicates: Matched worlds each scenario is run in, 1 to :data:`MOST_REPLICATES`.
        twins: How many of these, the first ones, are run once more in the same world with other luck, for
            the interval that covers luck alone; see :func:`twins_for`.
        seed: 0 to 2^32 - 1.
        workers: Processes; None leaves it to the engine.
        precision: How well a change is to be known: replicates are added until it is; None where not asked.
        block: Replicates stepped together; None leaves it to the engine. Neither changes a result.
        engine: Where the work is done.
        lang: Language of what is shown, ``en`` or ``zh``.
        out: Folder for the results; None for none.
        store: Folder in which runs are kept, so that none is done twice; None for none.
        name: Name of the study: its experiment preset, or its community.
        command: The line that rebuilds it.
        group: Name of the community: its preset, or ``from_log``.
        group_title: What the community is called, by language; empty where nobody said.
        arm_titles: What arms are called, by label and language; empty for arms that go by their tactics.
        portrait: What was read from a real log, by word and number; None for a preset.
        layout: What the arms are of a design over arms; None for none.
        config: The resolved configuration, plain values.
    """

    scenarios: "tuple[Scenario, ...]"
    replicates: int = 100
    twins: int = 0
    precision: "Target | None" = None
    seed: int = 1
    workers: int | None = None
    block: int | None = None
    engine: EngineChoice = EngineChoice()
    lang: str = "en"
    out: str | None = None
    store: str | None = None
    name: str = "study"
    command: str = ""
    group: str = "community"
    group_title: Mapping[str, str] = field(default_factory=dict)
    arm_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    portrait: Mapping[str, Any] | None = None
    layout: "Layout | None" = None
    config: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        whole("replicates", self.replicates, 1, MOST_REPLICATES)
        whole("twins", self.twins, 0, self.replicates)
        whole("seed", self.seed, 0, 2**32 - 1)
        if self.workers is not None:
            whole("workers", self.workers, 1, MOST_WORKERS)
        if self.block is not None:
            whole("block", self.block, 1, MOST_REPLICATES)
        if not self.scenarios or self.scenarios[0].label != BASELINE or self.scenarios[0].strategies:
            raise UserError(f"The first scenario of a study must be {BASELINE!r}, without a tactic.")
        for label in self.labels:
            if self.labels.count(label) > 1:
                raise UserError(f"Two arms are called {label!r}; give one a label of its own: 'label:arm'.")

    @staticmethod
    def of(*arms: str, **settings: Any) -> "Study":
        """A study as the command makes it: ``Study.of("red_packet", community="study_camp", days=21)``.

        Args:
            arms: Arms in the grammar of the command; the configuration's own where there are none.
            settings: What the command takes as ``key=value``; dotted keys as ``**{"community.size": 200}``.
                ``config_dir`` names a folder of presets.

        Raises:
            UserError: Anything misspelt or not allowed.
        """
        from experiments.build import study_of  # the configuration needs Hydra; a study does not

        return study_of(arms, settings)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all scenarios, in order."""
        return tuple(scenario.label for scenario in self.scenarios)

    @property
    def hash(self) -> str:
        """SHA-256 of all that decides the results, 16 hex digits."""
        arms = [f"{scenario.label}\0{scenario.hash}" for scenario in self.scenarios]
        wanted = [] if self.precision is None else [repr(self.precision)]
        text = "\n".join([*arms, f"{self.replicates} {self.twins} {self.seed}", *wanted])
        return sha256(text.encode()).hexdigest()[:16]


def twins_for(replicates: int, uncertainty: str) -> int:
    """Twins that tell luck from parameters well enough: a quarter of the replicates, at least 8.

    None where parameters are held, for then there is nothing to tell apart.
    """
    return 0 if uncertainty == "luck" else min(replicates, max(_FEWEST_TWINS, replicates // 4))


def whole(name: str, value: Any, low: int, high: int) -> int:
    """``value`` where it is a whole number from ``low`` to ``high``.

    Raises:
        UserError: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is {value!r}; it must be a whole number from {low} to {high}.")
    return value
