"""``qunlab robust``: how often each arm wins over plausible worlds, and what flips the winner."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from experiments.cli import Call
from experiments.commands.asking import Asked, bar, read
from experiments.messages import Catalogue
from experiments.study import Study

if TYPE_CHECKING:
    from experiments.robust.study import Robustness

#: Own settings: default, least, most.
NUMBERS = {
    "trajectories": (8, 2, 10_000),
    "samples": (128, 2, 1 << 16),
    "lucks": (6, 2, 1000),
    "leading": (10, 1, 100),
}


def run(call: Call) -> int:
    """Weigh what was asked for."""
    asked = read(call, NUMBERS, {"goal": "voices"})

    from experiments.output import prepare
    from experiments.robust.study import Effort, robustness

    study = _study(call, asked)
    say = Catalogue(study.lang)
    folder = prepare(study.out or "", study.lang)
    with bar() as shown:
        task = shown.add_task(say("robust.running_worlds"), total=None)

        def progress(part: str, done: int, total: int) -> None:
            text = say(f"robust.running_{part}")
            shown.update(task, completed=done, total=total, description=text)

        own = {name: asked.own[name] for name in NUMBERS}
        found = robustness(study, asked.own["goal"], Effort(**own), progress)
    _write(found, asked, folder, say)
    return 0


def _study(call: Call, asked: Asked) -> Study:
    """The study; every world gets its twin where nobody says how many: wins are about worlds, not luck."""
    from experiments.build import plan, study_from

    study = study_from(plan(asked.arms, asked.overrides, call.folder))
    if study.config["twins"] == "auto" and study.scenarios[0].uncertainty != "luck":
        study = replace(study, twins=study.replicates)
    return study


def _write(found: "Robustness", asked: Asked, folder: Path, say: Catalogue) -> None:
    """Files and screen."""
    from experiments.files import write
    from experiments.report.terminal import WIDTH
    from experiments.robust.chart import chart
    from experiments.robust.frames import ARMS, FLIPS, arm_rows, flip_rows
    from experiments.robust.words import section
    from experiments.validation.page import page
    from experiments.validation.sections import show

    drawn = chart(found, say)
    shown = section(found, say, drawn.svg)
    made = {
        ARMS.file: ARMS.csv(arm_rows(found)),
        FLIPS.file: FLIPS.csv(flip_rows(found)),
        "robust.png": drawn.png,
        "robust.html": page([shown], asked.command, say.lang, "robust").encode("utf-8", "replace"),
    }
    files = write(made, folder, say.lang)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    show([shown], console)
    names = ", ".join(file.name for file in files)
    console.print(Text(say("robust.written", folder=folder, files=names), style="dim"), soft_wrap=True)
