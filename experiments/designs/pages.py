"""What a design over arms adds to a comparison: tables in its folder, and the short of them on the screen."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from experiments import files
from experiments.arms import read_arm
from experiments.commands.lists import plain_table
from experiments.designs.findings import Span, contrasts, steps
from experiments.designs.frames import DOSES, INTERACTIONS, tables
from experiments.designs.layout import Layout
from experiments.messages import Catalogue
from experiments.report.amounts import NONE, Amounts, tidy
from experiments.result import Result
from experiments.study import Study
from simulator.metrics import BY_NAME

#: Metrics of the tables on the screen.
_SHOWN = ("voices", "lifespan")


def write(study: Study, result: Result, folder: str | Path) -> tuple[Path, ...]:
    """Write the tables of a study's design; none where it has no design."""
    if study.layout is None:
        return ()
    spelling = {read_arm(word).label: word for word in study.config["arms"]}
    made = {name: data.decode() for name, data in tables(study.layout, result, spelling).items()}
    return files.write(made, folder, study.lang)


def show(study: Study, result: Result, console: Console) -> None:
    """Print what a study's design adds; nothing where it has none."""
    if study.layout is None:
        return
    say = Catalogue(study.lang)
    if study.layout.kind in ("factorial", "pairs"):
        _contrasts(study.layout, result, say, console)
    else:
        _steps(study.layout, result, say, console)


def _steps(layout: Layout, result: Result, say: Catalogue, console: Console) -> None:
    """Steps of each arm: what each costs, does, and adds to the one before."""
    amounts = Amounts(say)
    heads = ["arm", "cost", "hours", "voices", "price"]
    heads += ["more_days", "per_yuan"] if layout.kind == "ladder" else []
    table = plain_table(f"\n{say(f'designs.{layout.kind}')}", *(say(f"designs.{head}") for head in heads))
    for step in steps(layout, result):
        cells = [
            _amount(amounts, step.cost, "yuan"),
            _amount(amounts, step.hours, "hours"),
            _amount(amounts, step.voices, "plain", True),
            _amount(amounts, step.price, "yuan"),
        ]
        if layout.kind == "ladder":
            cells += [
                _amount(amounts, step.more_days, "plain", True),
                _amount(amounts, step.per_yuan, "plain", True),
            ]
        table.add_row(Text(tidy(step.cell.label)), *map(Text, cells))
    console.print(table)
    console.print(Text(say(f"designs.note_{layout.kind}", file=DOSES.file), style="dim"))


def _contrasts(layout: Layout, result: Result, say: Catalogue, console: Console) -> None:
    """Main effects and interactions on the metrics that decide."""
    amounts = Amounts(say)
    heads = [say("designs.tactics"), *(say.name("metric", name) for name in _SHOWN)]
    table = plain_table(f"\n{say('designs.contrasts')}", *heads)
    found = contrasts(layout, result)
    for at, one in enumerate(found[_SHOWN[0]]):
        cells = []
        for name in _SHOWN:
            row = found[name][at]
            cells.append(
                _amount(amounts, Span(row.effect, row.sim_low, row.sim_high), BY_NAME[name].unit, True)
            )
        table.add_row(Text(" × ".join(map(tidy, one.tactics))), *map(Text, cells))
    console.print(table)
    console.print(Text(say("designs.note_contrasts", file=INTERACTIONS.file), style="dim"))


def _amount(amounts: Amounts, span: Span, unit: str, signed: bool = False) -> str:
    """A mean with its interval."""
    said = amounts.amount(span.mean, unit, signed, (span.low, span.high))
    ends = amounts.interval(span.low, span.high, unit, bare=True)
    return said if NONE in (said, ends) else amounts.say("sweep.effect", effect=said, interval=ends)
