"""From words to a search: what is limited, which tactics, on which community."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from experiments import known
from experiments.arms import is_override, read_arms
from experiments.build import Plan, check_names, maker, plan, study_from
from experiments.language import language
from experiments.optimise.confirm import fresh
from experiments.optimise.score import LIMITED, Aim, Play
from experiments.optimise.search import BATCH, Search, Trial
from experiments.optimise.space import Candidate, Option, Space, option
from experiments.result import Result
from experiments.sop import Sop
from experiments.store.store import Store
from experiments.study import MOST_REPLICATES, MOST_WORKERS, Study, twins_for, whole
from experiments.workbench import run
from simulator.errors import UserError, unknown
from simulator.knobs import number

#: Settings of the search with default, least and most; the rest is the configuration's.
NUMBERS: Mapping[str, tuple[int | None, int, int]] = {
    "trials": (288, 1, 100_000),
    "replicates": (32, 2, MOST_REPLICATES),
    "confirm": (400, 2, MOST_REPLICATES),
    "tactics": (3, 1, 8),
    "seed": (1, 0, 2**32 - 1),
    "workers": (None, 1, MOST_WORKERS),
}
#: The rest of its settings.
OTHERS = (*LIMITED, "goal", "triggers", "out", "lang")
_GOAL, _MOST = "voices", 1e9
#: Of the configuration, what a search decides itself.
_NOT_OURS = ("arms", "title", "twins", "block", "defaults", "precision", "match", "design")
#: Replicates of the heat for each of the search.
HEAT_REPLICATES = 4


@dataclass(frozen=True)
class Asked:
    """What was asked for, ready to be run.

    Attributes:
        search: What is searched.
        numbers: Settings of :data:`NUMBERS`.
        study: The community, with each tactic as an arm.
        plan: The words behind it.
        uses: Strategy of each option, by its name.
        overrides: Words that the configuration took.
        folder: The user's presets.
        out: Folder for the results.
        command: The line that does it again.
    """

    search: Search
    numbers: Mapping[str, Any]
    study: Study
    plan: Plan
    uses: Mapping[str, str]
    overrides: tuple[str, ...]
    folder: Path | None
    out: str
    command: str

    @property
    def days(self) -> int:
        """Campaign days."""
        return self.study.scenarios[0].days

    @property
    def store(self) -> Store:
        """Where the runs of heat and confirmation are kept; those of the search stand in its log."""
        return Store(Path(self.out) / "store")

    def sop(self, candidate: Candidate, name: str = "plan") -> Sop:
        """The SOP of a candidate."""
        return candidate.sop(name, self.study.group, self.days, self.folder)

    def tactics(self, candidate: Candidate) -> tuple[tuple[str, Any], ...]:
        """The strategies of a candidate, as an arm has them."""
        return tuple(self.sop(candidate).tactics(maker(self.plan.settings.values["strategy"])).items())

    def play(self, stage: int = 0, progress: Callable[[int, int, int], None] | None = None) -> Play:
        """What scores candidates: of the search (stage 0) or of the heat (1)."""
        n = self.numbers["replicates"]
        return Play(
            aim=self.search.aim,
            baseline=self.study.scenarios[0],
            tactics=self.tactics,
            replicates=min(n * HEAT_REPLICATES, MOST_REPLICATES) if stage else n,
            seed=fresh(self.numbers["seed"], stage) if stage else self.numbers["seed"],
            workers=self.numbers["workers"],
            engine=self.study.engine,
            store=self.store if stage else None,
            progress=progress,
        )

    def final(
        self, trials: Sequence[Trial], progress: Callable[[int, int, int], None] | None = None
    ) -> Result:
        """The comparison of plans with doing nothing; the arms are ``p0``, ``p1`` ...

        Raises:
            KeyboardInterrupt: Ctrl-C; half a confirmation is none.
        """
        replicates, first = self.numbers["confirm"], self.study.scenarios[0]
        arms = [
            replace(first, label=f"p{n}", strategies=self.tactics(one.candidate))
            for n, one in enumerate(trials)
        ]
        study = replace(
            self.study,
            scenarios=(first, *arms),
            replicates=replicates,
            twins=twins_for(replicates, first.uncertainty),
            seed=fresh(self.numbers["seed"], 2),
            workers=self.numbers["workers"],
            command=self.command,
            out=None,
        )
        found = run(study, progress, self.store)
        if found.replicates < found.asked:
            raise KeyboardInterrupt
        return found


def check_optuna() -> None:
    """Say how to get Optuna where it is missing."""
    if find_spec("optuna") is None:
        raise UserError("qunlab optimise needs Optuna; install it with: pip install 'qunlab[plan]'")


def asked_from(words: Sequence[str], options: Mapping[str, Any], folder: Path | None) -> Asked:
    """What the words of the command ask for.

    Raises:
        UserError: Anything misspelt or out of range.
    """
    given, names, overrides = read(words)
    arms = check_names(names or list(known.plugins(known.STRATEGIES)), folder)
    aim = Aim.of(given["goal"], {name: given[name] for name in LIMITED if given[name] is not None})
    asked = plan([arm.text for arm in arms], overrides, folder)
    study = replace(study_from(asked), seed=given["seed"], lang=language(given["lang"]))
    voices = _voices(study, given) if given["triggers"] else None
    typed = _typed(asked)
    found: list[Option] = []
    uses: dict[str, str] = {}
    days = study.scenarios[0].days
    by_label = {scenario.label: scenario.strategies for scenario in study.scenarios}
    for arm in read_arms([arm.text for arm in arms]):
        strategy = by_label[arm.label][0][1]
        own = [knob for name, knob in typed if name in (strategy.name, arm.terms[0].name)]
        made = option(arm, strategy, days, own, voices, folder)
        found.append(made)
        uses[made.name] = strategy.name
    space = Space(tuple(found), given["tactics"])
    seed, replicates = given["seed"], given["replicates"]
    decisive = {
        "space": space.plain,
        "goals": [goal.name for goal in aim.goals],
        "limits": dict(aim.limits),
        "strategies": {name: asked.settings.values["strategy"][name] for _, name, *_ in space.plain[1]},
        "scenario": study.scenarios[0].hash,
        "replicates": replicates,
        "seed": seed,
        "batch": BATCH,
    }
    key = sha256(json.dumps(decisive, sort_keys=True, default=str).encode()).hexdigest()[:16]
    out = given["out"] or f"outputs/plan-{study.group}-{key[:8]}"
    place = ["--config-dir", str(options["--config-dir"])] if "--config-dir" in options else []
    command = shlex.join(["qunlab", "optimise", *place, *words])
    return Asked(
        Search(space, aim, key, seed), given, study, asked, uses, tuple(overrides), folder, out, command
    )


def read(words: Sequence[str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """Settings of the search, tactics, and the words that the configuration takes."""
    given: dict[str, Any] = {name: default for name, (default, _, _) in NUMBERS.items()}
    given |= {**dict.fromkeys(LIMITED), "goal": _GOAL, "triggers": False, "out": "", "lang": "auto"}
    top = yaml.safe_load((known.OURS / "config.yaml").read_text("utf-8"))
    valid = {*given, *known.GROUPS, "engine", *top} - {*_NOT_OURS, *known.ARMS}
    tactics, overrides = [], []
    for word in words:
        key, _, value = word.lstrip("+").partition("=")
        if not is_override(word):
            tactics.append(word)
        elif key in NUMBERS:
            _, low, high = NUMBERS[key]
            if key == "workers" and value == "auto":
                continue
            given[key] = whole(key, number(value, int, key), low, high)
        elif key in LIMITED:
            given[key] = _amount(key, value)
        elif key == "triggers":
            given[key] = number(value, bool, key)
        elif key in ("goal", "out", "lang"):
            given[key] = value
        elif "." in key or key in valid:
            overrides.append(word)
        else:
            raise unknown("setting", key, valid)
    return given, tactics, overrides


def _amount(key: str, value: str) -> float:
    amount = float(number(value.replace("，", "").replace(",", ""), float, key))
    if not 0 <= amount <= _MOST:
        raise UserError(f"{key} is {value}; it must be a number from 0 to {_MOST:.0f}.")
    return amount


def _typed(asked: Plan) -> list[tuple[str, str]]:
    """Strategy or preset and knob of what was set by hand in the configuration."""
    keys = [key.split(".") for key in asked.settings.typed]
    return [(key[1], key[2]) for key in keys if key[0] == "strategy" and len(key) == 3]


def _voices(study: Study, given: Mapping[str, Any]) -> float:
    """Voices a day of the group left alone."""
    from experiments.engine.simulate import simulate

    numbers = {"seed": given["seed"], "workers": given["workers"], "engine": study.engine}
    found = simulate([study.scenarios[0]], given["replicates"], **numbers)
    if found.interrupted:
        raise KeyboardInterrupt
    return float(found.summary["voices"].mean())
