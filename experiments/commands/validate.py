"""``qunlab validate``: the model against published patterns and real groups, failures included."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from experiments.cli import Call
from experiments.language import language
from experiments.messages import Catalogue
from experiments.study import MOST_REPLICATES, MOST_WORKERS, whole
from experiments.validation.targets import patterns
from simulator.errors import UserError, unknown
from simulator.knobs import number

SETTINGS = ("data", "replicates", "seed", "workers", "lang", "out")


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        keys: Keys of patterns, in order.
        data: Folder of logs of real groups to score on; nothing for none.
        replicates: Worlds of an estimate.
        seed: Seed.
        workers: Processes; None for one a core.
        lang: Language.
        out: Folder for the files.
        command: The line that asks for it again.
    """

    keys: tuple[str, ...]
    data: str = ""
    replicates: int = 400
    seed: int = 1
    workers: int | None = None
    lang: str = "en"
    out: str = "outputs/validation"
    command: str = ""


def run(call: Call) -> int:
    """Put the patterns to the model, score it on real groups where there are some, print and write it all.

    What fails is no error. The patterns are printed and written before groups are scored, which takes longer:
    who stops then has them.
    """
    asked = read(call.words)
    say = Catalogue(asked.lang)
    console = Console()

    from experiments.output import prepare
    from experiments.validation import real
    from experiments.validation.files import write
    from experiments.validation.picture import pictures
    from experiments.validation.runner import run as put
    from experiments.validation.sections import show
    from experiments.validation.table import section

    prepare(asked.out, asked.lang)
    groups = real.gather(asked.data, asked.lang) if asked.data else None
    with console.status("") as status:

        def tell(done: int, of: int) -> None:
            status.update(say("validate.running", done=done, of=of))

        findings, curves = put(asked.keys, asked.replicates, asked.seed, asked.workers, tell)
    published = [section(asked.keys, findings, asked.lang, pictures(findings, curves, asked.lang))]
    files = write(published, asked.out, asked.command, asked.lang)
    show(published, console)
    if groups:
        with console.status("") as status:

            def count(kind: str, done: int, of: int) -> None:
                status.update(say(f"validate.scoring.{kind}", done=done, of=of))

            scored = real.score(
                groups, lang=asked.lang, seed=asked.seed, workers=asked.workers, progress=count
            )
        files = write([*published, *scored], asked.out, asked.command, asked.lang)
        show(scored, console)
    names = ", ".join(file.name for file in files)
    console.print(say("validate.written", folder=asked.out, files=names), style="dim", soft_wrap=True)
    return 0


def read(words: tuple[str, ...]) -> Asked:
    """Patterns (all where none is named) and settings.

    Raises:
        UserError: A word that is neither, or a value that is not allowed.
    """
    keys: list[str] = []
    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            if key.upper() not in patterns():
                raise unknown("pattern", key, patterns())
            keys.append(key.upper())
        elif key in SETTINGS:
            given[key] = value
        else:
            raise unknown("setting of validate:", key, SETTINGS)
    made = Asked(
        tuple(key for key in patterns() if key in keys or not keys),
        given.get("data", ""),
        whole("replicates", number(given.get("replicates", 400), int, "replicates"), 20, MOST_REPLICATES),
        whole("seed", number(given.get("seed", 1), int, "seed"), 0, 2**32 - 1),
        _workers(given.get("workers", "auto")),
        language(given.get("lang", "auto")),
        given.get("out", Asked.out),
        shlex.join(["qunlab", "validate", *words]),
    )
    for name, folder in (("out", made.out), ("data", given.get("data", "."))):
        if not folder:
            raise UserError(f"{name} is ''; it must be a folder.")
    if made.data and not Path(made.data).expanduser().is_dir():
        raise UserError(f"data is {made.data!r}; it must be a folder with logs of real groups.")
    return made


def _workers(word: str) -> int | None:
    return None if word == "auto" else whole("workers", number(word, int, "workers"), 1, MOST_WORKERS)
