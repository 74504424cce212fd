"""``qunlab optimise``: the best plan within so many yuan and hours, searched and then confirmed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from experiments import known
from experiments.arms import is_override, read_arms
from experiments.cli import Call
from experiments.messages import Catalogue
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.optimise.ask import Asked
    from experiments.optimise.confirm import Outcome
    from experiments.optimise.score import Score
    from experiments.optimise.search import Trial
    from experiments.optimise.space import Candidate
    from experiments.result import Result


def run(call: Call) -> int:
    """Search, confirm, write and show."""
    for arm in read_arms([word for word in call.words if not is_override(word)]):
        for term in arm.terms:
            known.tactic(term.name, call.folder)

    from experiments.optimise.ask import (
        asked_from,
        check_optuna,
    )  # a mistake in a name need not wait for these

    check_optuna()
    asked = asked_from(call.words, call.options, call.folder)
    say = Catalogue(asked.study.lang)

    from experiments.output import prepare
    from experiments.store.note import leave

    folder = prepare(asked.out, say.lang)
    leave(folder, asked.command, folder / "store")
    outcome = _found(asked, folder, say)
    _show(asked, outcome, folder, say)
    return 0


def _found(asked: "Asked", folder: Path, say: Catalogue) -> "Outcome":
    """Search and confirmation, with a bar."""
    from experiments.optimise.confirm import confirm
    from experiments.optimise.search import LOG

    trials = asked.numbers["trials"]
    with _bar() as bar:
        search = bar.add_task(say("optimise.running", n=trials), total=trials)
        done = asked.search.run(
            asked.play(), trials, folder / LOG, lambda n, total: bar.update(search, completed=n, total=total)
        )
        heat = bar.add_task(say("optimise.running_heat"), total=None, visible=False)
        last = bar.add_task(say("optimise.running_final"), total=None, visible=False)

        def heats(candidates: Sequence["Candidate"]) -> list["Score"]:
            return asked.play(1, _told(bar, heat))(candidates)

        def final(best: Sequence["Trial"]) -> "Result":
            return asked.final(best, _told(bar, last))

        return confirm(asked.search.aim, done, heats, final)


def _told(bar: Progress, task: TaskID) -> Callable[[int, int, int], None]:
    """What moves a bar."""

    def progress(done: int, total: int, member_days: int) -> None:
        del member_days
        bar.update(task, completed=done, total=total, visible=True)

    return progress


def _bar() -> Progress:
    """A bar with the time left, on stderr and only where somebody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _show(asked: "Asked", outcome: "Outcome", folder: Path, say: Catalogue) -> None:
    """The sentence first, then finalists, the plan's days, and where the files are."""
    from experiments.optimise.pages import Told, write

    try:
        files = write(asked, outcome, folder)
    except OSError as error:
        text = error.strerror or str(error)
        raise UserError(say("odd.unwritten", folder=str(folder), text=text)) from None
    section = Told(asked, outcome).section(folder)
    console = Console()
    if not console.is_terminal:
        console.width = 100
    console.print(Text(section.lead, style="bold"))
    for table in section.tables:
        console.print()
        console.print(table.rich())
    console.print()
    for note in section.notes[1:] if outcome.plan else section.notes:
        console.print(Text(note, style="dim"))
    names = ", ".join(str(file.relative_to(folder)) for file in files)
    console.print(Text(say("optimise.written", folder=folder, list=names), style="dim"))
    if outcome.plan is not None:  # on a line of its own, however long: it is there to be copied
        console.print(Text(section.notes[0]), soft_wrap=True)
