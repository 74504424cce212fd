"""``qunlab selftest``: how often the method finds an effect where there is none."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from experiments.cli import Call
from experiments.commands.asking import bar, read
from experiments.commands.lists import plain_table
from experiments.language import language
from experiments.messages import Catalogue
from experiments.study import MOST_REPLICATES
from simulator.errors import UserError

if TYPE_CHECKING:
    from experiments.selftest.rates import Rate
    from experiments.selftest.trial import Trial

#: Numbers of the test: default, least and most; the rest is the configuration's.
NUMBERS = {
    "comparisons": (2000, 20, MOST_REPLICATES),
    "replicates": (40, 15, MOST_REPLICATES),
    "day": (1, 0, 10_000),
}
#: A small group that runs a short time and dies about as often as not, so that both primary metrics have
#: something to get wrong. Where the user names another community, its size is its own.
DEFAULTS = {"days": "14", "follow_up": "28"}
GROUP = {"community": "cold_start", "community.size": "16", "community.cap": "16"}
_OUT = "outputs/selftest"
_STYLES = {"holds": "", "off": "bold red", "shown": "dim"}
#: Columns where the output is a file or a pipe.
_WIDTH = 100


def run(call: Call) -> int:
    """Put the method on trial."""
    asked = read(call, NUMBERS, {"out": _OUT, "lang": "auto"})
    if asked.arms:
        raise UserError(call.say("cli.no_words", word=asked.arms[0], allowed="KEY=VALUE"))
    say = Catalogue(language(asked.own["lang"]))

    from experiments.build import plan, study_from
    from experiments.files import write
    from experiments.output import prepare
    from experiments.selftest.frame import FRAME, rows
    from experiments.selftest.trial import carry_out, sham_of

    comparisons, replicates, day = (asked.own[name] for name in NUMBERS)
    if comparisons * replicates > MOST_REPLICATES:
        raise UserError(
            f"comparisons x replicates is {comparisons * replicates}; it must be at most {MOST_REPLICATES}."
        )
    study = study_from(plan([], _with_defaults(asked.overrides), call.folder))
    sham_of(study.scenarios[0], day)
    folder = prepare(asked.own["out"], say.lang)
    with bar() as shown:
        task = shown.add_task(say("selftest.compiling"), total=None)

        def progress(kind: str, done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, description=say(f"selftest.{kind}"))

        trial = carry_out(study, comparisons, replicates, day, progress=progress)
    files = write({FRAME.file: FRAME.csv(rows(trial)).decode()}, folder, say.lang)
    console = Console()
    show(trial, say, console)
    console.print(say("selftest.written", path=files[0]), style="dim", soft_wrap=True)
    console.print(Text(say("files.rebuild", command=asked.command), style="dim"), soft_wrap=True)
    return 0 if trial.holds else 1


def show(trial: "Trial", say: Catalogue, console: Console) -> None:
    """The sentences and a table for each metric."""
    if not console.is_terminal:
        console.width = _WIDTH
    used = [rate for rate in trial.rates if rate.row == ("once", "by rule")]
    shares = [say("selftest.one", metric=say.name("metric", r.metric), rate=percent(r.rate)) for r in used]
    head = say("selftest.head", shares=say("selftest.and").join(shares), n=f"{used[0].comparisons:,}")
    console.print(Text(head, style="bold"))
    console.print(Text(say("selftest.what", replicates=trial.replicates, day=trial.day), style="dim"))
    heads = [say(f"selftest.{word}") for word in ("interval", "found", "range", "should", "verdict")]
    for metric in dict.fromkeys(rate.metric for rate in trial.rates):
        table = plain_table(f"\n{say.name('metric', metric)}", *heads)
        for rate in trial.rates:
            if rate.metric == metric:
                table.add_row(*line(rate, say), style=_STYLES[rate.state])
        console.print(table)
    console.print(Text(say("selftest.naive"), style="dim"))
    for name, holds in vars(trial.checks).items():
        mark, style = ("✓", "green") if holds else ("✗", "bold red")
        console.print(Text(f"{mark} {say(f'selftest.check.{name}')}", style=style))
    verdict = "fine" if trial.holds else "wrong"
    console.print(Text(say(f"selftest.{verdict}"), style="bold" if trial.holds else "bold red"))


def line(rate: "Rate", say: Catalogue) -> list[str]:
    """Cells of one line."""
    kind = rate.row.method.replace(" ", "_").replace("-", "_")
    bound = rate.row.method in ("material", "sequence")
    should = say("selftest.most" if bound else "selftest.about", share=percent(rate.promised))
    return [
        say(f"selftest.row.{kind}"),
        percent(rate.rate),
        f"{100.0 * rate.low:.1f}–{percent(rate.high)}",
        "–" if rate.state == "shown" else should,
        say(f"selftest.state.{rate.state}"),
    ]


def percent(share: float) -> str:
    """A share in percent, to a tenth."""
    return f"{100.0 * share:.1f}%"


def _with_defaults(overrides: list[str]) -> list[str]:
    """The words with our defaults before them where nothing is said."""
    said = {word.partition("=")[0].lstrip("+") for word in overrides}
    ours = DEFAULTS if said & {"community", "experiment"} else {**DEFAULTS, **GROUP}
    if "experiment" in said:
        ours = {}
    return [*(f"{key}={value}" for key, value in ours.items() if key not in said), *overrides]
