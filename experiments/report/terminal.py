"""What `qunlab compare` prints: sentences first, then a table of 100 columns, then where the files are."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from experiments.report import findings
from experiments.report.amounts import NONE
from experiments.report.words import SIGNS, Words
from experiments.report.worth import line
from experiments.result import Arm, Result

WIDTH = 100  # columns at most, however wide the terminal
_STYLES = {"launch": "green", "harmful": "red", "more_replicates": "yellow", "parameters_limit": "magenta"}
_FILES = (
    ("report", "report.html"),
    ("charts", "activity.png, survival.png"),
    ("tables", "comparison.csv, frontier.csv, runs.parquet, timeseries.parquet, manifest.json"),
)


def show(result: Result, console: Console | None = None, folder: Path | None = None) -> None:
    """Print a result in its language.

    Args:
        result: What was found.
        console: Where to; standard output when left out.
        folder: Where the files were written; None: nowhere.
    """
    console = console or Console()
    words = Words(result)
    arms = findings.ranked(result)
    parts: list[Text | Table] = [
        Text(words.headline(), style="bold"),
        Text(words.facts(), style="dim"),
        Text(),
    ]
    parts += [sentence(words, arm) for arm in arms]
    parts += [Text(words.baseline()), *notes(words)]
    if arms:
        foot = words.say("table.foot", tau=words.number(result.tau))
        parts += [table(result, words, arms), Text(foot, style="dim")]
    worth = line(result, words)
    if worth:
        parts += [Text(), Text(worth)]
    if folder is not None:
        parts += [Text(), Text(words.say("files.written", folder=folder)), *files(words)]
    if not console.is_terminal:
        console.width = WIDTH  # a pipe has no width of its own; a file is read later, in a wider window
    console.print(Group(*parts), width=min(console.width, WIDTH))
    if result.command:  # on one line, however long: it is there to be copied
        console.print(Text(words.say("files.rebuild", command=result.command), style="dim"), soft_wrap=True)


def sentence(words: Words, arm: Arm) -> Text:
    """The verdict sentence of an arm, with the sign and the colour of its verdict."""
    story = words.story(arm)
    style = _STYLES.get(story.code, "")
    said = Text.assemble((f"{SIGNS[story.code]} ", style), (story.title, f"bold {style}"))
    rest = story.sentence.removeprefix(story.title).removesuffix(story.advice)
    return said + Text(rest) + Text(story.advice, style=f"bold {style}")


def notes(words: Words) -> list[Text]:
    """What always belongs beside a verdict; warnings stand out."""
    return [
        Text(f"! {text}", style="bold yellow") if kind == "warn" else Text(text, style="dim")
        for kind, text in words.notes()
    ]


def table(result: Result, words: Words, arms: Sequence[Arm]) -> Table:
    """Every arm against doing nothing."""
    say = words.say
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), title_justify="left", expand=False)
    out.add_column(say("table.arm"), ratio=1, overflow="fold")
    for key in ("voices", "lifespan", *(("after",) if result.follow_up else ())):
        out.add_column(say(f"table.{key}"))
    for key in ("cost", "hours", "price", "won"):
        out.add_column(say(f"table.{key}"), justify="right")
    for arm in arms:
        out.add_row(*row(result, words, arm))
    return out


def row(result: Result, words: Words, arm: Arm) -> list[Text]:
    """One line of the table."""
    code = findings.verdict(result, arm.label).code
    cells = [Text(f"{SIGNS[code]} {words.arm(arm.label)}", style=_STYLES.get(code, ""))]
    voices = findings.effect(result, "voices", arm.label)
    cells.append(_pair(*words.relative(voices)) if voices else Text(NONE))
    cells.append(_lifespan(result, words, arm))
    if result.follow_up:
        after = findings.effect(result, "voices_after", arm.label)
        cells.append(_pair(*words.relative(after)) if after else Text(NONE))
    price = findings.price(result, arm.label)
    for metric in ("cost", "hours"):
        spent = findings.effect(result, metric, arm.label)
        cells.append(Text(words.amount(spent.mean, metric.replace("cost", "yuan")) if spent else NONE))
    free = isfinite(price.yuan) and not price.cost
    cells.append(Text(words.say("table.price_free") if free else words.amount(price.yuan, "yuan")))
    cells.append(Text(words.amount(voices.p_better, "share") if voices else NONE))
    return cells


def files(words: Words) -> list[Text]:
    """What lies in the output folder."""
    return [Text.assemble(f"  {names}  ", (words.say(f"files.{key}"), "dim")) for key, names in _FILES]


def _lifespan(result: Result, words: Words, arm: Arm) -> Text:
    found = findings.effect(result, "lifespan", arm.label)
    if found is None or not isfinite(found.diff):
        return Text(NONE)
    if found.verdict == "not_estimable":
        return Text(words.say("table.lifespan_none"))
    return _pair(words.diff(found), words.diff_interval(found))


def _pair(text: str, interval: str) -> Text:
    """A number, and under it its interval."""
    return Text(text) if interval == NONE else Text.assemble((text, "bold"), f"\n{interval}")
