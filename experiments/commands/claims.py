"""``qunlab claims``: practitioners' claims, put to the model one by one."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from experiments.claims.preset import key_of, keys
from experiments.cli import STOPPED, Call
from experiments.language import language
from experiments.messages import Catalogue
from experiments.study import MOST_REPLICATES, MOST_WORKERS, whole
from simulator.errors import UserError, unknown
from simulator.knobs import number

if TYPE_CHECKING:
    from experiments.claims.runner import Finding
    from experiments.claims.words import PartStory, Story

SETTINGS = ("replicates", "seed", "workers", "lang", "out")
_STYLES = {
    "supported": "green",
    "not_supported": "red",
    "depends": "yellow",
    "built_in": "blue",
    "undecided": "",
}
#: Fewest worlds from which anything is said.
_FEWEST = 10


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        keys: Keys of claims, in order.
        replicates: Plausible worlds.
        seed: Seed.
        workers: Processes; None for one a core.
        lang: Language.
        out: Folder for the files.
        command: The line that asks for it again.
    """

    keys: tuple[str, ...]
    replicates: int
    seed: int
    workers: int | None
    lang: str
    out: str
    command: str


def run(call: Call) -> int:
    """Answer the claims asked for; each is shown as it is answered.

    Who stops in between has those that were answered, on the screen and in the files.
    """
    asked = read(call)
    say = Catalogue(asked.lang)

    from experiments.claims.files import write
    from experiments.claims.preset import read as claim_of
    from experiments.claims.runner import answers
    from experiments.claims.words import Words, name
    from experiments.output import prepare

    prepare(asked.out, asked.lang)
    words, console = Words(say), Console()
    found: list[Finding] = []
    stopped: BaseException | None = None
    with _bar(console) as bar:
        task = bar.add_task("", total=len(asked.keys))

        def tell(key: str, done: int, total: int) -> None:
            text = say("claims.running", key=name(key), done=len(found), of=len(asked.keys))
            bar.update(task, completed=len(found) + done / (2 * total), description=text)

        claims = (claim_of(key, call.folder) for key in asked.keys)
        try:
            for finding in answers(claims, asked.replicates, asked.seed, asked.workers, tell):
                found.append(finding)
                bar.update(task, completed=len(found))
                _show(words.story(finding), say, console)
        except (KeyboardInterrupt, Exception) as error:  # what was answered before it is kept
            if not found:
                raise
            stopped = error
    files = write(found, asked.replicates, asked.seed, asked.command, asked.out, asked.lang)
    if stopped is not None:
        console.print(say("claims.stopped", n=len(found), of=len(asked.keys)))
    console.print(Text(words.summary(found), style="bold"))
    names = ", ".join(file.name for file in files)
    console.print(say("claims.written", folder=asked.out, files=names), style="dim", soft_wrap=True)
    if stopped is not None and not isinstance(stopped, KeyboardInterrupt):
        raise stopped
    return STOPPED if stopped is not None else 0


def read(call: Call) -> Asked:
    """Claims (all where none is named) and settings.

    Raises:
        UserError: A word that is neither, or a value that is not allowed.
    """
    chosen: list[str] = []
    given: dict[str, str] = {}
    for word in call.words:
        key, equals, value = word.partition("=")
        if not equals:
            chosen.append(key_of(key, call.folder))
        elif key in SETTINGS:
            given[key] = value
        else:
            raise unknown("setting of claims:", key, SETTINGS)
    if not given.get("out", "outputs/claims"):
        raise UserError("out is ''; it must be a folder.")
    replicates = number(given.get("replicates", 100), int, "replicates")
    workers = given.get("workers", "auto")
    place = ["--config-dir", str(call.options["--config-dir"])] if "--config-dir" in call.options else []
    return Asked(
        tuple(key for key in keys(call.folder) if key in chosen or not chosen),
        whole("replicates", replicates, _FEWEST, MOST_REPLICATES),
        whole("seed", number(given.get("seed", 1), int, "seed"), 0, 2**32 - 1),
        None if workers == "auto" else whole("workers", number(workers, int, "workers"), 1, MOST_WORKERS),
        language(given.get("lang", "auto")),
        given.get("out", "outputs/claims"),
        shlex.join(["qunlab", "claims", *place, *call.words]),
    )


def _show(story: "Story", say: Catalogue, console: Console) -> None:
    """One claim: the answer, the claim, its parts, what it means, what was spent."""
    style = _STYLES[story.code]
    head = Text.assemble(
        (f"{story.sign} {story.key} {story.answer}", f"bold {style}"),
        (f"  {story.worlds}", "dim"),
    )
    lines: Sequence[tuple[str, str]] = [
        (story.hypothesis, ""),
        *((_part(part, say), "") for part in story.parts),
        (story.meaning, ""),
        *([(f"{say('claims.label.spent')}: {story.spend}", "dim")] if story.spend else []),
        *((note, "dim") for note in story.notes),
    ]
    console.print(head)
    for text, shade in lines:
        console.print(Text(f"  {text}", style=shade))
    console.print()


def _part(part: "PartStory", say: Catalogue) -> str:
    """One part in a line."""
    luck = f"{say('claims.label.luck')} {part.luck}"
    rule = f"{say('claims.label.rule')} {part.rule}"
    return f"{part.mark} {part.title}: {part.effect} ({part.full}; {luck}); {rule}; {part.worlds}"


def _bar(console: Console) -> Progress:
    """A bar under what is printed, and only where somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
