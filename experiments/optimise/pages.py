"""What a search says: one sentence first, then finalists, the plan's days and what to mind; and its files."""

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from experiments import known
from experiments.messages import LANGUAGES, Catalogue
from experiments.optimise import frames
from experiments.optimise.ask import Asked
from experiments.optimise.chart import chart, name
from experiments.optimise.confirm import Finalist, Outcome
from experiments.optimise.score import LIMITED
from experiments.optimise.search import cheapest
from experiments.optimise.words import content, doses, plan_of, rhythm
from experiments.report.amounts import Amounts
from experiments.report.words import SIGNS
from experiments.validation.page import page
from experiments.validation.sections import Cell, Picture, Section, Table
from simulator.metrics import Metric

PAGE, PICTURE = "optimise.html", "optimise.png"
_TONES = {"launch": "good", "harmful": "bad"}


class Told(Amounts):
    """The words of one search, in one language."""

    def __init__(self, asked: Asked, outcome: Outcome, lang: str = "") -> None:
        super().__init__(Catalogue(lang or asked.study.lang))
        self.asked, self.outcome = asked, outcome

    def plan(self, one: Any) -> str:
        """Tactics and days of a candidate."""
        return plan_of(self.asked.search.space, one, self.say)

    def gain(self, one: Finalist, goal: Metric) -> tuple[str, str]:
        """Confirmed difference and its interval."""
        row = one.result.comparison.effect(goal.name, one.label)
        ends = (row.ci_low, row.ci_high)
        return self.amount(row.diff, goal.unit, True, ends), self.interval(*ends, goal.unit, bare=True)

    def spent(self, one: Finalist, kind: str) -> tuple[str, str]:
        """Mean yuan or hours, and the interval."""
        row = one.result.comparison.effect(kind, one.label)
        unit = kind.replace("cost", "yuan")
        same = row.ci_low == row.ci_high
        return self.amount(row.mean, unit), "" if same else self.interval(
            row.ci_low, row.ci_high, unit, bare=True
        )

    def limits(self) -> str:
        """What it was to stay within."""
        limits = self.outcome.aim.limits
        parts = [self.amount(most, LIMITED[kind].replace("cost", "yuan")) for kind, most in limits.items()]
        return (
            self.say("optimise.within", list=self.say("optimise.and").join(parts))
            if parts
            else self.say("optimise.free")
        )

    def lead(self) -> str:
        """The sentence."""
        plan, say = self.outcome.plan, self.say
        if plan is None:
            return self._none()
        gains = []
        for goal in self.outcome.aim.goals:
            diff, interval = self.gain(plan, goal)
            gains.append(
                say("optimise.effect", metric=say.name("metric", goal.name), diff=diff, interval=interval)
            )
        cost, hours = self.spent(plan, "cost")[0], self.spent(plan, "hours")[0]
        verdict = say(f"verdict.{frames.verdict(plan)}")
        text = say(
            "optimise.lead",
            limits=self.limits(),
            plan=self.plan(plan.trial.candidate),
            gains=say("optimise.and").join(gains),
            cost=cost,
            hours=hours,
            verdict=verdict,
        )
        return text + self._beside(plan)

    def _beside(self, plan: Finalist) -> str:
        """The plan beside the best tactic on its own."""
        alone, goal = self.outcome.single, self.outcome.aim.goals[0]
        if alone is None:
            return ""
        if alone.trial.number == plan.trial.number:
            return self.say("optimise.is_single")
        diff, interval = self.gain(alone, goal)
        return self.say(
            "optimise.beside", single=self.plan(alone.trial.candidate), diff=diff, interval=interval
        )

    def _none(self) -> str:
        """Why there is no plan, and what would come nearest."""
        near = cheapest(self.outcome.trials)
        text = self.say("optimise.no_plan", limits=self.limits(), n=len(self.outcome.trials))
        if near is None:
            return text
        over = frames.broken(near.score).split()
        names = [self.say(f"optimise.{x}") if x in LIMITED else self.say.name("metric", x) for x in over]
        return text + self.say(
            "optimise.nearest",
            plan=self.plan(near.candidate),
            cost=self.amount(near.score.cost, "yuan"),
            hours=self.amount(near.score.hours, "hours"),
            list=self.say("optimise.and").join(names) or self.say("optimise.noise"),
        )

    def finalists(self) -> Table:
        """Everything that was confirmed."""
        say, goals = self.say, self.outcome.aim.goals
        heads = [say("optimise.plan_head"), *(say.name("metric", goal.name) for goal in goals)]
        heads += [
            say("optimise.searched_head"),
            say("optimise.budget"),
            say("optimise.hours"),
            say("optimise.verdict"),
        ]
        rows = []
        for one in frames.listed(self.outcome):
            code = frames.verdict(one)
            gains = [
                Cell(diff, "strong", interval) for diff, interval in (self.gain(one, goal) for goal in goals)
            ]
            searched = [
                self.amount(x, goal.unit, True) for x, goal in zip(one.trial.score.gains, goals, strict=True)
            ]
            money = [
                Cell(text, "", span) for text, span in (self.spent(one, kind) for kind in ("cost", "hours"))
            ]
            kept = "" if one.score.feasible else say("optimise.breaks", list=self._broken(one))
            word = Cell(f"{SIGNS[code]} {say(f'verdict.{code}')}", _TONES.get(code, ""), kept)
            title = Cell(name(one, say), "strong", self.plan(one.trial.candidate))
            rows.append([title, *gains, Cell(say("optimise.and").join(searched), "soft"), *money, word])
        return Table(heads, rows)

    def _broken(self, one: Finalist) -> str:
        words = frames.broken(one.score).split()
        return ", ".join(
            self.say(f"optimise.{x}") if x in LIMITED else self.say.name("metric", x) for x in words
        )

    def calendar(self, plan: Finalist) -> Table:
        """What the plan does, and when."""
        say, space = self.say, self.asked.search.space
        by = {option.name: option for option in space.options}
        rows: list[list[Cell | str]] = []
        for node, _, said in plan.trial.candidate.nodes:
            what = doses(by[node], self.asked.uses[node], said, say.lang)
            title = by[node].title.get(say.lang) or say.name("strategy", node)
            rows.append([Cell(title, "strong"), rhythm(said, say), what])
        return Table(
            [say("optimise.tactic"), say("optimise.when"), say("optimise.how")],
            rows,
            say("optimise.calendar"),
        )

    def compare(self, folder: Path, name: str = "plan") -> str:
        """The line that runs the plan."""
        return shlex.join(
            ["qunlab", "compare", "--config-dir", str(folder), f"{known.SOP}{name}", *self.asked.overrides]
        )

    def section(self, folder: Path, svg: str = "") -> Section:
        """All of it."""
        say, plan = self.say, self.outcome.plan
        n = self.asked.numbers
        told = {"trials": len(self.outcome.trials), "replicates": n["replicates"], "confirm": n["confirm"]}
        notes = [say("optimise.note_search", **told), say("optimise.note_dose"), say("optimise.note_model")]
        if len(self.outcome.aim.goals) > 1:
            notes.insert(1, say("optimise.note_front"))
        if plan is None:
            return Section("plan", say("optimise.section"), self.lead(), (), _pictures(svg, say), notes[:1])
        return Section(
            "plan",
            say("optimise.section"),
            self.lead(),
            (self.finalists(), self.calendar(plan)),
            _pictures(svg, say),
            [say("optimise.run", command=self.compare(folder)), *notes],
        )


def write(asked: Asked, outcome: Outcome, folder: Path) -> list[Path]:
    """Write plans, tables, page and picture; returns what was written, the plans first.

    Raises:
        OSError: The folder cannot be written to.
    """
    told = Told(asked, outcome)
    drawn = chart(outcome, asked.search.space, told.say)
    made: dict[str, bytes] = {}
    for one in frames.listed(outcome):
        made[f"sop/{one.name}.yaml"] = _sop(asked, outcome, one).encode()
    made |= {
        frames.FINALISTS.file: frames.finalists(outcome, asked.search.space, told.say),
        frames.TRIALS.file: frames.trials(outcome, asked.search.space, told.say),
        PAGE: page([told.section(folder, drawn.svg)], asked.command, asked.study.lang, "optimise").encode(),
        PICTURE: drawn.png,
    }
    if asked.folder is not None:
        _bring(asked.folder, folder)
    for file, data in made.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        temporary.write_bytes(data)
        temporary.replace(path)
    return [folder / file for file in made]


def _sop(asked: Asked, outcome: Outcome, one: Finalist) -> str:
    """The file of a plan: the head comments say what it is worth."""
    candidate = one.trial.candidate
    titles, heads = {}, []
    for lang in LANGUAGES:
        told = Told(asked, outcome, lang)
        goal = outcome.aim.goals[0]
        diff, interval = told.gain(one, goal)
        metric = told.say.name("metric", goal.name)
        titles[lang] = told.say("optimise.sop_title", limits=told.limits())
        effect = told.say("optimise.effect", metric=metric, diff=diff, interval=interval)
        spent = told.say("optimise.spent", cost=told.spent(one, "cost")[0], hours=told.spent(one, "hours")[0])
        heads.append(
            f"# {told.say('optimise.sop_head', plan=told.plan(candidate), effect=effect, spent=spent)}"
        )
    made = content(asked.search.space, candidate, asked.uses, asked.study.group, asked.days, titles)
    return "\n".join(heads) + "\n" + yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=110)


def _bring(source: Path, folder: Path) -> None:
    """Copy the user's presets beside the plan, so that one folder holds all that its command needs."""
    if source == folder.resolve():
        return
    files = [
        source / "config.yaml",
        *(f for group in known.GROUPS for f in sorted((source / group).glob("*.y*ml"))),
    ]
    for file in files:
        if file.is_file():
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def _pictures(svg: str, say: Catalogue) -> Sequence[Picture]:
    return (Picture(svg, say("optimise.caption")),) if svg else ()
