"""``qunlab best``: the best of several arms with a stated probability, losers dropped on the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.cli import STOPPED, Call
from experiments.commands.asking import bar, read
from experiments.commands.lists import plain_table
from experiments.language import language
from experiments.messages import Catalogue
from experiments.report.amounts import NONE, Amounts, digits, shown
from experiments.study import MOST_REPLICATES
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.best.choose import Choice
    from experiments.engine.ensemble import Ensemble
    from experiments.study import Study
    from simulator.scenario import Scenario

NUMBERS = {"first": (40, 10, MOST_REPLICATES), "most": (5000, 10, MOST_REPLICATES)}
WORDS = {"goal": "voices", "confidence": "95%", "zone": "auto", "out": "outputs/best", "lang": "auto"}
#: Settings of a comparison that say how long to run, which is found out here.
_IDLE = ("replicates", "twins", "precision")
_WIDTH = 100


def run(call: Call) -> int:
    """Choose among what was named."""
    asked = read(call, NUMBERS, WORDS)
    own = asked.own
    for word in asked.overrides:
        if (key := word.partition("=")[0].lstrip("+")) in _IDLE:
            raise UserError(f"{key} would change nothing; 'qunlab best' takes first= and most=.")
    if own["first"] > own["most"]:
        raise UserError(f"first is {own['first']}; it must be at most most, {own['most']}.")
    say = Catalogue(language(own["lang"]))

    from experiments.best.choose import Goal, choose
    from experiments.best.frame import FRAME, rows
    from experiments.build import plan, study_from
    from experiments.engine.simulate import simulate
    from experiments.files import write
    from experiments.output import prepare
    from experiments.store.note import leave
    from experiments.store.store import Store

    study = study_from(plan(asked.arms, asked.overrides, call.folder))
    arms = study.scenarios[:-1]  # a placebo has nothing to win
    goal = Goal.read(own["goal"], own["confidence"], own["zone"], len(arms))
    folder = prepare(own["out"], say.lang)
    store = Store() if study.store is None else Store(study.store)
    if study.store is not None:
        leave(folder, asked.command, Path(study.store))
    with bar() as seen:
        task = seen.add_task(say("best.compiling"), total=None)

        def more(scenarios: "Sequence[Scenario]", replicates: int) -> "Ensemble":
            text = say("best.running", replicates=f"{replicates:,}", arms=len(scenarios))

            def progress(done: int, total: int, member_days: int) -> None:
                del member_days
                seen.update(task, completed=done, total=total, description=text)

            return simulate(
                scenarios,
                replicates,
                seed=study.seed,
                workers=study.workers,
                block=study.block,
                progress=progress,
                store=store,
                engine=study.engine,
            )

        choice = choose(arms, goal, more, first=own["first"], most=own["most"])
    files = write({FRAME.file: FRAME.csv(rows(choice)).decode()}, folder, say.lang)
    console = Console()
    show(choice, study, say, console)
    console.print(say("best.written", path=files[0]), style="dim", soft_wrap=True)
    console.print(Text(say("files.rebuild", command=asked.command), style="dim"), soft_wrap=True)
    return 0 if choice.decided or choice.rounds[-1] >= own["most"] else STOPPED


def show(choice: "Choice", study: "Study", say: Catalogue, console: Console) -> None:
    """The answer, the ranking, and what it took."""
    from experiments.report.names import arm_name

    if not console.is_terminal:
        console.width = _WIDTH
    metric, amounts = choice.goal.metric, Amounts(say)
    names = {place.arm: arm_name(study, place.arm, say) for place in choice.places}
    told = {
        "metric": say.name("metric", metric.name),
        "arm": names[choice.places[0].arm],
        "arms": len(choice.places),
        "level": f"{100.0 * choice.goal.level:.3g}%",
        "zone": amounts.line(float(f"{choice.delta:.2g}"), metric.unit),
        "replicates": f"{choice.rounds[-1]:,}",
        "left": sum(not place.dropped for place in choice.places),
    }
    key = "decided" if choice.decided else "open"
    console.print(Text(say(f"best.{key}", **told), style="bold"))
    console.print(Text(say(f"best.{key}_means", **told), style="dim"))
    console.print(_table(choice, names, say, amounts))
    saved = 1.0 - choice.spent / choice.equal
    spent = {"spent": f"{choice.spent:,}", "equal": f"{choice.equal:,}", "saved": f"{saved:.0%}"}
    console.print(Text(say("best.spent", **spent)))
    console.print(Text(say(f"best.{study.scenarios[0].uncertainty}"), style="dim"))


def _table(choice: "Choice", names: dict[str, str], say: Catalogue, amounts: "Amounts") -> Table:
    """The ranking."""
    unit, scale = shown(choice.goal.metric.unit, False)
    named = say(f"unit.{unit}", sign="", n="").strip()

    def bare(value: float, sign: str = "") -> str:
        return f"{value * scale:{sign},.{digits(unit, value * scale)}f}".replace("-", "−")

    heads = ("behind", "range", "dropped", "replicates", "equal")
    table = plain_table("", say("best.arm"), say("best.mean", unit=named), *(say(f"best.{h}") for h in heads))
    for place in choice.places:
        first = place.rank == 1
        table.add_row(
            f"{place.rank}. {names[place.arm]}",
            bare(place.mean) if first else NONE,  # the others saw other worlds
            NONE if first else bare(place.behind, "+"),
            NONE if first else amounts.interval(place.low, place.high, choice.goal.metric.unit, True),
            f"{place.dropped:,}" if place.dropped else say("best.in"),
            f"{place.spent:,}",
            f"{choice.rounds[-1]:,}",
            style="bold" if first else "",
        )
    return table
