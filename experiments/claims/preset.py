"""Reading a claim from its preset: cells become scenarios, parts are checked against the metric table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import known
from experiments.claims import expression
from experiments.messages import LANGUAGES
from experiments.study import BASELINE
from simulator.errors import UserError, unknown
from simulator.metrics import BY_NAME

if TYPE_CHECKING:  # what needs numba is loaded when a claim is read
    from simulator.scenario import Scenario

PREFIX = "claim_"
#: What a part may say of its contrast c, d being the smallest effect of interest: c > d, c < -d, -d < c < d,
#: c < d.
HOLDS = ("more", "less", "about", "not_more")
Words = Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """One cell: a scenario under the cell's name.

    Attributes:
        name: As contrasts call it.
        scenario: What is run.
        arm: The arm as it can be typed; ``baseline`` for none.
        set: Words by which its community differs from the preset's.
        title: What it is called, by language.
    """

    name: str
    scenario: "Scenario"
    arm: str
    set: tuple[str, ...]
    title: Words


@dataclass(frozen=True)
class Part:
    """One statement of a claim; see :class:`experiments.claims.node.PartNode`."""

    name: str
    metric: str
    contrast: str
    holds: str
    against: str
    matters_rel: float
    matters_abs: float
    title: Words

    @property
    def unit(self) -> str:
        """Unit of the metric, and so of the contrast as a rule; nothing where the metrics' units differ."""
        units = {BY_NAME[term.name].unit for term in expression.terms(self.metric, BY_NAME, "metric")}
        return units.pop() if len(units) == 1 and not {"*", "/"} & set(self.metric) else ""

    def matters(self, mean: float) -> float:
        """Smallest effect of interest where the cell it is held against has this mean."""
        share = self.matters_rel * abs(mean) if self.matters_rel else 0.0
        return max(self.matters_abs, share)


@dataclass(frozen=True)
class Claim:
    """A claim, ready to be run. See :class:`experiments.claims.node.ClaimNode` for the rest.

    Attributes:
        key: ``c01``.
        title: By language.
    """

    key: str
    title: Words
    hypothesis: Words
    why: Words
    equal: Words
    spend: tuple[str, ...]
    cells: tuple[Cell, ...]
    parts: tuple[Part, ...]

    @property
    def scenarios(self) -> "tuple[Scenario, ...]":
        """What is run, cell by cell."""
        return tuple(cell.scenario for cell in self.cells)


def keys(folder: Path | None = None) -> tuple[str, ...]:
    """Every claim there is: ``c01`` is the preset ``experiment/claim_c01.yaml``."""
    return tuple(
        name.removeprefix(PREFIX) for name in known.presets("experiment", folder) if name.startswith(PREFIX)
    )


def key_of(word: str, folder: Path | None = None) -> str:
    """The claim that was typed: ``c01``, ``C1``, ``1`` and ``claim_c01`` are one.

    Raises:
        UserError: There is none.
    """
    text = word.lower().removeprefix(PREFIX)
    number = text.removeprefix("c")
    made = f"c{int(number):02d}" if number.isascii() and number.isdigit() else text
    if made not in keys(folder):
        raise unknown("claim", word, keys(folder))
    return made


def read(key: str, folder: Path | None = None) -> Claim:
    """The claim of a preset.

    Raises:
        UserError: The preset states none, or one that cannot be run.
    """
    from experiments.build import plan, study_from

    name = f"{PREFIX}{key}"
    made: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def of(words: tuple[str, ...]) -> tuple[Any, Any]:
        if words not in made:
            planned = plan([], [f"experiment={name}", *words], folder)
            made[words] = planned, study_from(planned)
        return made[words]

    planned, _ = of(())
    node = planned.settings.values["claim"]
    if not node or not node["cells"] or not node["parts"]:
        raise UserError(f"Preset {name!r} states no claim: it needs claim.cells and claim.parts.")
    _spoken(name, node)
    cells = tuple(_cell(name, cell, node["cells"][cell], of) for cell in node["cells"])
    horizons = {cell.scenario.horizon for cell in cells}
    if len(horizons) > 1:
        raise UserError(f"Preset {name!r}: cells run {sorted(horizons)} days; all must run the same.")
    parts = tuple(
        _part(f"Preset {name!r}, part {part!r}", part, given, cells) for part, given in node["parts"].items()
    )
    for text in node["spend"]:
        expression.terms(text, node["cells"], f"Preset {name!r}, spend")
    return Claim(
        key,
        planned.settings.values["title"],
        node["hypothesis"],
        node["why"],
        node["equal"],
        tuple(node["spend"]),
        cells,
        parts,
    )


def _spoken(name: str, node: Mapping[str, Any]) -> None:
    """What is said must be said in every language."""
    for key in ("hypothesis", "why", *(["equal"] if node["spend"] else [])):
        for lang in LANGUAGES:
            if not str(node[key].get(lang, "")).strip():
                raise UserError(f"Preset {name!r}: claim.{key}.{lang} is missing.")


def _cell(name: str, cell: str, node: Mapping[str, Any], of: Any) -> Cell:
    """The scenario of a cell, under the cell's name."""
    words = tuple(str(word) for word in node["set"])
    planned, study = of(words)
    texts = {arm.label: arm.text for arm in planned.arms} | {BASELINE: BASELINE}
    if node["arm"] not in texts:
        raise UserError(f"Preset {name!r}, cell {cell!r}: {unknown('arm', node['arm'], texts)}")
    scenario = study.scenarios[study.labels.index(node["arm"])]
    return Cell(cell, replace(scenario, label=cell), texts[node["arm"]], words, node["title"])


def _part(where: str, name: str, node: Mapping[str, Any], cells: tuple[Cell, ...]) -> Part:
    """One part, checked."""
    labels = [cell.name for cell in cells]
    named = expression.terms(node["metric"], BY_NAME, f"{where}: metric")
    if not named:
        raise UserError(f"{where}: metric is {node['metric']!r}; it must name a metric.")
    for term in named:
        _check_days(where, term, cells[0].scenario.horizon)
    compared = expression.terms(node["contrast"], labels, f"{where}: contrast")
    if not compared or any(term.days for term in compared):
        raise UserError(f"{where}: contrast is {node['contrast']!r}; it must name cells.")
    if node["holds"] not in HOLDS:
        raise UserError(f"{where}: {unknown('choice for holds:', node['holds'], HOLDS)}")
    if node["against"] and node["against"] not in labels:
        raise UserError(f"{where}: {unknown('cell', node['against'], labels)}")
    rel, least = node["matters_rel"], node["matters_abs"]
    if rel is None and least is None:
        if len(named) > 1:
            raise UserError(
                f"{where}: matters_abs or matters_rel must be set, for several metrics are joined."
            )
        metric = BY_NAME[named[0].name]
        rel, least = metric.matters_rel, metric.matters_abs
    if rel and not node["against"]:
        raise UserError(f"{where}: against must name the cell of whose mean matters_rel is a share.")
    if not (rel or least) or min(rel or 0.0, least or 0.0) < 0:
        raise UserError(f"{where}: the smallest effect of interest must be above nought.")
    texts = (node["metric"], node["contrast"], node["holds"], node["against"])
    return Part(name, *texts, rel or 0.0, least or 0.0, node["title"])


def _check_days(where: str, term: expression.Term, horizon: int) -> None:
    """Days of one's own are for daily metrics, and lie within the horizon."""
    if term.days is None:
        return
    if not BY_NAME[term.name].daily:
        raise UserError(f"{where}: {term.name} is of a run as a whole; it takes no days.")
    if not 0 <= term.days[0] < term.days[1] <= horizon:
        first, last = term.days
        raise UserError(f"{where}: {term.name}[{first}:{last}] must lie within days 0 to {horizon}.")
