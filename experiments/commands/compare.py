"""``qunlab compare``: from words to a verdict on the screen and files in a folder."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from experiments import known
from experiments.arms import is_override, read_arms
from experiments.build import Plan, plan, study_from
from experiments.cli import STOPPED, Call
from experiments.messages import Catalogue
from experiments.study import Study
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.store.store import Store

#: Bytes of a number in the tables, and in memory, where a chart holds a metric and some copies of it.
_BYTES, _HELD = 4, 40
_INTERNAL = 1


def run(call: Call) -> int:
    """Compare what was asked for."""
    overrides = [word for word in call.words if is_override(word)]
    arms = [word for word in call.words if not is_override(word)]
    _check_early(arms, call.folder)
    asked = _designed(plan(arms, overrides, call.folder), call.say)
    if "--cfg" in call.options:
        print(replace(asked.settings, values=_checked(asked)).yaml(), end="")
        return 0
    study = study_from(asked)
    say = Catalogue(study.lang)
    return _carry_out(study, say)


def _designed(asked: Plan, say: Catalogue) -> Plan:
    """The plan with the arms that its design makes of those named; a matched budget takes a pilot."""
    if asked.settings.values["match"] is None:
        return asked  # laid out where the study is made
    from experiments.designs.layout_of import designed

    arms = len(asked.arms)
    with _bar() as bar:
        task = bar.add_task(say("designs.matching", n=0, arms=arms), total=arms)

        def progress(found: int) -> None:
            bar.update(task, completed=found, description=say("designs.matching", n=found, arms=arms))

        return designed([asked], progress=progress)[0]


def _check_early(arms: list[str], folder: Path | None) -> None:
    """Names of strategies, before Hydra and numba take their time."""
    for arm in read_arms(arms):
        for term in arm.terms:
            known.tactic(term.name, folder)


def _checked(asked: Plan) -> Any:
    """The values of a plan that holds: a study can be made of it."""
    return study_from(asked).config


def _carry_out(study: Study, say: Catalogue) -> int:
    """Run a study, write what it found and show it."""
    from experiments.designs import pages
    from experiments.output import prepare, write
    from experiments.report.terminal import show
    from experiments.workbench import run as run_study

    console = Console()
    memory, room = _needed(study)
    _check_memory(memory, say)
    folder = prepare(study.out or "", study.lang, room)
    store = _begin(study, folder)
    if study.portrait is not None:
        console.print(_portrait(study, say))
    arms = len(study.scenarios)
    with _bar() as bar:
        task = bar.add_task(
            say("cli.compiling", n=study.replicates, arms=arms), total=study.replicates + study.twins
        )

        def progress(done: int, total: int, member_days: int) -> None:
            del member_days
            text = say("cli.running", n=study.replicates, arms=arms)
            bar.update(task, completed=done, total=total, description=text)

        result = run_study(study, progress, store)
    lost = {(f.scenario, f.replicate, f.twin) for f in result.failures}
    if result.failures and len(lost) == len(result.arms) * len(result.replicate):
        raise UserError(say("cli.all_failed", text=result.failures[0].error))
    pages.write(study, result, folder)
    write(result, folder)
    show(result, console, folder)
    pages.show(study, result, console)
    if result.replicates == result.asked:
        return 0
    if store is not None:
        console.print(say("resume.how", folder=folder), soft_wrap=True)
    return STOPPED


def _bar() -> Progress:
    """A bar with the time left, on stderr and only where somebody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _portrait(study: Study, say: Catalogue) -> Table:
    """What was read from a log."""
    table = Table(
        title=say("cli.portrait"), title_justify="left", show_header=False, box=None, pad_edge=False
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for word, value in (study.portrait or {}).items():
        table.add_row(say(f"portrait.{word}"), str(value))
    return table


def _begin(study: Study, folder: Path) -> "Store | None":
    """The store, and a note on what is begun, by which it can be gone on with."""
    from experiments.engine.simulate import Arms
    from experiments.store.note import leave
    from experiments.store.store import Store

    if study.store is None:
        return None
    arms = Arms.of(study.scenarios, study.seed)
    asked = list(zip(study.labels, arms.keys, arms.grounds, strict=True))
    leave(folder, study.command, Path(study.store), study.replicates, study.twins, asked)
    return Store(study.store)


def _needed(study: Study) -> tuple[int, int]:
    """Bytes of memory that a study's results take, the simulation itself aside, and bytes on the disk."""
    from simulator.metrics import METRICS

    daily = sum(metric.daily for metric in METRICS)
    days, runs = study.scenarios[0].horizon, len(study.scenarios) * (study.replicates + study.twins)
    small = runs * 8 * len(METRICS) * _BYTES
    of_one_arm = (study.replicates + study.twins) * days * daily * _BYTES
    return small + 3 * of_one_arm + runs * days * _HELD, small + 2 * runs * days * daily * _BYTES


def _check_memory(needed: int, say: Catalogue) -> None:
    """Refuse what cannot end well, before hours have gone into it."""
    free = _free_memory()
    if free is not None and needed > free:
        raise UserError(say("cli.too_large", needed=f"{needed / 2**30:.1f}", free=f"{free / 2**30:.1f}"))


def _free_memory() -> int | None:
    """Bytes of memory that can be had, where the system tells."""
    with suppress(OSError, ValueError, AttributeError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None
