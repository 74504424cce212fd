"""``qunlab pilot``: groups and days that a real trial needs to see the simulated effect."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from experiments.cli import Call
from experiments.commands.asking import Asked, bar, read
from experiments.messages import Catalogue
from experiments.study import MOST_REPLICATES
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.pilot.plan import Pilot

#: Own settings: default, least, most. Replicates are plausible worlds here, too.
NUMBERS = {
    "replicates": (60, 5, MOST_REPLICATES),
    "pool": (50, 10, 1000),
    "groups": (200, 4, 1000),
    "before": (None, 0, 365),
    "chance": (80, 50, 99),
}


def run(call: Call) -> int:
    """Plan what was asked for."""
    asked = read(call, NUMBERS)
    if len(asked.arms) != 1:
        raise UserError(f"pilot tries one arm, and {len(asked.arms)} are named; name one.")

    from experiments.build import plan, study_from
    from experiments.output import prepare
    from experiments.pilot.groups import days_before
    from experiments.pilot.plan import Effort, pilot

    study = study_from(plan(asked.arms, asked.overrides, call.folder))
    say = Catalogue(study.lang)
    folder = prepare(study.out or "", study.lang)
    own = dict(asked.own)
    if own["before"] is None:
        own["before"] = days_before(study)
    effort = Effort(worlds=own.pop("replicates"), **own)
    with bar() as shown:
        words = {"worlds": effort.worlds, "n": effort.pool}
        task = shown.add_task(say("pilot.running", **words), total=None)
        found = pilot(study, effort, lambda done, total: shown.update(task, completed=done, total=total))
    _write(found, asked, folder, say)
    return 0


def _write(found: "Pilot", asked: Asked, folder: Path, say: Catalogue) -> None:
    """Files and screen."""
    from experiments.files import write
    from experiments.pilot.chart import chart
    from experiments.pilot.frames import POWERS, rows
    from experiments.pilot.words import section
    from experiments.report.terminal import WIDTH
    from experiments.validation.page import page
    from experiments.validation.sections import show

    drawn = chart(found, say)
    shown = section(found, say, drawn.svg)
    made: dict[str, str | bytes] = {
        POWERS.file: POWERS.csv(rows(found)),
        "pilot.png": drawn.png,
        "pilot.html": page([shown], asked.command, say.lang, "pilot"),
    }
    files = write(made, folder, say.lang)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    show([shown], console)
    names = ", ".join(file.name for file in files)
    console.print(Text(say("pilot.written", folder=folder, files=names), style="dim"), soft_wrap=True)
