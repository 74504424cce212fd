"""``qunlab screen``: which parameters move a group left alone, and which turn a comparison."""

import re
import shlex
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments import known
from experiments.arms import is_override, read_arms
from experiments.cli import Call
from experiments.commands.asking import bar as progress_bar
from experiments.commands.lists import plain_table
from experiments.language import language
from experiments.messages import Catalogue
from experiments.study import BASELINE, MOST_REPLICATES, MOST_WORKERS, Study, whole
from simulator.errors import UserError
from simulator.knobs import number

#: What is compared where nobody says: the four tactics, and each kind of money by luck against evenly.
ARMS = (
    "red_packet",
    "uncertain_reward",
    "check_in_streak",
    "offline_meetup",
    "uncertain_reward/sure_reward",
    "red_packet/equal_packets",
)
#: Settings of a screening with their ranges; the rest is the configuration's.
_NUMBERS = {
    "trajectories": (16, 2, 10_000),
    "replicates": (12, 2, MOST_REPLICATES),
    "seed": (1, 0, 2**32 - 1),
    "workers": (None, 1, MOST_WORKERS),
}
_DOCS, _ROWS = "docs", 10


def run(call: Call) -> int:
    """Screen what was asked for."""
    settings, arms, overrides = _read(call.words)
    say = Catalogue(settings["lang"])
    texts, pairs = _pairs(arms or ARMS)
    for arm in read_arms(texts):
        for term in arm.terms:
            known.tactic(term.name, call.folder)
    found = _screen(call, settings, texts, pairs, overrides, say)

    from experiments.screening.pages import write

    try:
        files = write(found, Path(settings["out"]))
    except OSError as error:
        text = error.strerror or str(error)
        raise UserError(say("odd.unwritten", folder=settings["out"], text=text)) from None
    _show(found, say)
    print(say("screen.written", list=", ".join(map(str, files))))
    return 0


def _read(words: tuple[str, ...]) -> tuple[dict[str, Any], list[str], list[str]]:
    """Settings of the screening, arms, and the words that the configuration takes."""
    settings: dict[str, Any] = {name: default for name, (default, _, _) in _NUMBERS.items()}
    settings |= {"out": _DOCS, "lang": language()}
    arms, overrides = [], []
    for word in words:
        key, _, value = word.partition("=")
        if not is_override(word):
            arms.append(word)
        elif key in _NUMBERS:
            settings[key] = whole(key, number(value, int, key), *_NUMBERS[key][1:])
        elif key == "lang":
            settings[key] = language(value)
        elif key == "out" and value:
            settings[key] = value
        else:
            overrides.append(word)
    return settings, arms, overrides


def _pairs(words: tuple[str, ...] | list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """All arms named, each once, and which are compared: ``a/b``, or ``a`` with the baseline.

    Raises:
        UserError: An arm compared with nothing, or with two others.
    """
    texts: dict[str, str] = {}
    pairs = []
    for word in words:
        sides = re.split(r"/(?![^()（）\[\]]*[)）\]])", word)
        if len(sides) > 2 or not all(sides):
            raise UserError(f"{word!r} is no comparison; write ARM, or ARM/ARM for two arms.")
        labels = []
        for side in sides:
            label = read_arms([side])[0].label
            texts.setdefault(label, side)
            labels.append(label)
        pairs.append((labels[0], labels[1] if len(labels) > 1 else BASELINE))
    return list(texts.values()), pairs


def _screen(
    call: Call,
    settings: dict[str, Any],
    texts: list[str],
    pairs: list[tuple[str, str]],
    overrides: list[str],
    say: Catalogue,
) -> Any:
    """Make the study and the design, and run them."""
    from dataclasses import replace

    from experiments.build import plan, study_from
    from experiments.screening.design import Design, factors
    from experiments.screening.result import Screening
    from experiments.screening.runs import simulate

    study: Study = study_from(plan(texts, overrides, call.folder))
    arms = study.scenarios[:-1]  # a placebo has nothing to say here
    study = replace(study, scenarios=arms, seed=settings["seed"])
    design = Design.of(
        factors(arms[0].mechanisms), settings["trajectories"], settings["replicates"], settings["seed"]
    )
    with progress_bar() as bar:
        text = {"n": len(design.unit), "arms": len(arms)}
        task = bar.add_task(say("screen.compiling", **text), total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=say("screen.running", **text))

        values = simulate(arms, design, settings["seed"], settings["workers"], progress, engine=study.engine)
    return Screening(study, design, values, pairs, _command(call, settings, pairs, texts, overrides))


def _command(
    call: Call,
    settings: dict[str, Any],
    pairs: list[tuple[str, str]],
    texts: list[str],
    overrides: list[str],
) -> str:
    """The line that gives the same page again; what only decides speed or language is left out."""
    of = {read_arms([text])[0].label: text for text in texts}
    arms = [of[arm] if other == BASELINE else f"{of[arm]}/{of[other]}" for arm, other in pairs]
    kept = [f"{name}={settings[name]}" for name in ("trajectories", "replicates", "seed")]
    folder = ["--config-dir", str(call.options["--config-dir"])] if "--config-dir" in call.options else []
    return shlex.join(["qunlab", "screen", *folder, *arms, *overrides, *kept])


def _show(found: Any, say: Catalogue) -> None:
    """The short of it on the screen."""
    console = Console()
    for metric, moves in found.baseline.items():
        title = say("screen.title", metric=say.name("metric", metric), n=len(found.design.factors))
        head = [say(f"screen.{word}").replace("\\", "") for word in ("parameter", "mu_star", "mu", "floor")]
        table = plain_table(title, *head)
        for n in found.largest(moves, _ROWS):
            size = f"{moves.mu_star[n]:.2f} ± {moves.wide[n]:.2f}"
            table.add_row(found.design.keys[n], size, f"{moves.mu[n]:+.2f}", f"{moves.floor[n]:.2f}")
        console.print(table)
    head = [say(f"screen.{word}") for word in ("comparison", "worse", "unclear", "better", "flips")]
    table = plain_table(say("screen.signs"), *head)
    for compared in found.comparisons:
        label = compared.arm if compared.other == BASELINE else f"{compared.arm}/{compared.other}"
        flips = int(compared.turns.flips[:-1].sum())
        table.add_row(label, *(f"{share:.0%}" for share in compared.shares["voices"]), str(flips))
    console.print(table)
