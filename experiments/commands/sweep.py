"""``qunlab sweep``: from factors to the best arm at every point, on the screen and in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.arms import is_override, read_arms
from experiments.cli import STOPPED, Call
from experiments.commands.lists import plain_table
from experiments.designs.factors import read_factor
from experiments.known import tactic
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.store.store import Store
    from experiments.sweeps.plan import Sweep
    from experiments.sweeps.run import Swept
    from experiments.sweeps.words import Words

#: Rows on the screen, and columns where nobody says.
_SHOWN, _LISTED, WIDTH = 40, 1000, 100
_FILE = "sweep.csv"


def run(call: Call) -> int:
    """Run a sweep, or show its points."""
    _check_early(call)

    from experiments.sweeps.plan import sweep_from  # a mistake in a name need not wait for these
    from experiments.sweeps.words import Words

    if "--cfg" in call.options:
        print(_configuration(call), end="")
        return 0
    asked = sweep_from(call.words, call.folder)
    words, console = Words(asked), Console()
    if not console.is_terminal:
        console.width = WIDTH  # a pipe has no width of its own
    console.print(words.guard(), style="dim", soft_wrap=True)
    if "--list" in call.options:
        table = plain_table("", words.say("sweep.point"), *asked.keys)
        for point in asked.points[:_LISTED]:
            table.add_row(str(point.number), *(Text(value) for value in point.values.values()))
        console.print(table)
        if len(asked.points) > _LISTED:
            console.print(words.say("sweep.more", n=len(asked.points) - _LISTED, file=_FILE), style="dim")
        return 0

    from experiments.output import prepare
    from experiments.sweeps.output import write
    from experiments.sweeps.run import run as run_sweep

    folder = prepare(asked.out, words.say.lang)
    total = len(asked.scenarios) * (asked.study.replicates + asked.study.twins)
    told = {"points": len(asked.points), "scenarios": len(asked.scenarios)}
    store = _begin(asked, folder)
    with _bar() as bar:
        task = bar.add_task(words.say("sweep.compiling", **told), total=total)

        def progress(done: int, of: int, member_days: int) -> None:
            del member_days
            bar.update(task, completed=done, total=of, description=words.say("sweep.running", **told))

        found = run_sweep(asked, progress, store)
        if not found.points:
            raise KeyboardInterrupt
        if found.failures and len(found.failures) == sum(int(one.done.sum()) for one in found.runs.values()):
            raise UserError(words.say("cli.all_failed", text=found.failures[0].error))
        bar.update(task, description=words.say("sweep.comparing"))
        files = write(found, folder)
    _show(found, words, console, files)
    if not found.interrupted:
        return 0
    if store is not None:
        console.print(words.say("resume.how", folder=folder), soft_wrap=True)
    return STOPPED


def _check_early(call: Call) -> None:
    """The grammar of factors and the names of strategies, before Hydra and numba take their time."""
    for word in call.words:
        if is_override(word):
            read_factor(word)
    for arm in read_arms([word for word in call.words if not is_override(word)]):
        for term in arm.terms:
            tactic(term.name, call.folder)


def _configuration(call: Call) -> str:
    """What all points share, as YAML that is a preset."""
    from experiments.build import plan, study_from
    from experiments.sweeps.plan import sweep_from

    sweep_from(call.words, call.folder)
    arms = [word for word in call.words if not is_override(word)]
    rest = [word for word in call.words if is_override(word) and read_factor(word) is None]
    asked = plan(arms, [word for word in rest if word.split("=")[0] not in ("design", "points")], call.folder)
    study_from(asked)
    return asked.settings.yaml()


def _bar() -> Progress:
    """A bar with the time left, on stderr and only where somebody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _begin(asked: "Sweep", folder: Path) -> "Store | None":
    """The store, and a note on what is begun, by which it can be gone on with."""
    from experiments.engine.simulate import Arms
    from experiments.store.note import leave
    from experiments.store.store import Store

    if asked.store is None:
        return None
    study, scenarios = asked.study, tuple(asked.scenarios.values())
    arms = Arms.of(scenarios, study.seed)
    labels = [scenario.label for scenario in scenarios]
    runs = list(zip(labels, arms.keys, arms.grounds, strict=True))
    leave(folder, asked.command, Path(asked.store), study.replicates, study.twins, runs)
    return Store(asked.store)


def _show(found: "Swept", words: "Words", console: Console, files: tuple[Path, ...]) -> None:
    """The headline, the best arm at each point, and where the files are."""
    from experiments.sweeps.page import stopped

    console.print(Text(words.headline(found), style="bold"))
    console.print(Text(words.facts(found), style="dim"))
    if found.interrupted:
        console.print(Text(stopped(found, words), style="yellow"))
    console.print(_table(found, words))
    console.print(Text(words.say("sweep.foot"), style="dim"))
    console.print(words.say("sweep.written", folder=files[0].parent), style="dim", soft_wrap=True)
    console.print("  " + ", ".join(file.name for file in files), style="dim", soft_wrap=True)
    console.print(Text(words.say("sweep.rebuild", command=found.sweep.command), style="dim"), soft_wrap=True)


def _table(found: "Swept", words: "Words") -> Table:
    """Each point with its best arm and what that arm does."""
    from experiments.sweeps import findings

    say = words.say
    names = [say.name("metric", metric) for metric in findings.METRICS]
    table = plain_table(
        "", say("sweep.point"), *map(words.factor, found.sweep.keys), say("sweep.best"), *names
    )
    for point in found.points[:_SHOWN]:
        first = findings.best(found, point)
        values = [Text(words.value(key, value)) for key, value in point.values.items()]
        effects = ["", ""]
        if first is not None:
            arm = first.effect.scenario
            rows = [found.effect(point.number, arm, metric) for metric in findings.METRICS]
            effects = [words.effect(row) for row in rows]
        style = "" if first is not None and first.gains else "dim"
        table.add_row(str(point.number), *values, Text(words.best(first), style=style), *map(Text, effects))
    if len(found.points) > _SHOWN:
        table.add_row("", Text(say("sweep.more", n=len(found.points) - _SHOWN, file=_FILE), style="dim"))
    return table
