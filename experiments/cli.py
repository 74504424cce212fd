"""The command ``qunlab``: which subcommand is meant, and one line for every mistake.

Nothing slow is imported before it is needed, so help, completion and most error messages come at once.
"""

import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from experiments import known
from experiments.language import language, near, spoken
from experiments.messages import Catalogue
from experiments.mistakes import in_language
from simulator.errors import UserError

#: Exit status: a mistake of the user's; an internal error; stopped by Ctrl-C; nobody reads what we print.
MISTAKE, INTERNAL, STOPPED, UNREAD = 2, 1, 130, 141
#: Each subcommand and the module that runs it; the options it takes.
COMMANDS = {
    "compare": ("experiments.commands.compare", ("--config-dir", "--cfg", "--help")),
    "sweep": ("experiments.commands.sweep", ("--config-dir", "--cfg", "--list", "--help")),
    "resume": ("experiments.commands.resume", ("--help",)),
    "status": ("experiments.commands.status", ("--help",)),
    "strategies": ("experiments.commands.lists", ("--config-dir", "--help")),
    "communities": ("experiments.commands.lists", ("--config-dir", "--help")),
    "beliefs": ("experiments.commands.beliefs", ("--help",)),
    "claims": ("experiments.commands.claims", ("--config-dir", "--help")),
    "validate": ("experiments.commands.validate", ("--help",)),
    "odd": ("experiments.commands.odd", ("--help",)),
    "screen": ("experiments.commands.screen", ("--config-dir", "--help")),
    "robust": ("experiments.commands.robust", ("--config-dir", "--help")),
    "optimise": ("experiments.commands.optimise", ("--config-dir", "--help")),
    "best": ("experiments.commands.best", ("--config-dir", "--help")),
    "selftest": ("experiments.commands.selftest", ("--config-dir", "--help")),
    "pilot": ("experiments.commands.pilot", ("--config-dir", "--help")),
    "sop": ("experiments.commands.sop", ("--config-dir", "--help")),
    "explain": ("experiments.commands.explain", ("--config-dir", "--help")),
    "check": ("experiments.commands.check", ("--help",)),
    "new": ("experiments.commands.new", ("--help",)),
    "completion": ("experiments.commands.completion", ("--help",)),
}
#: Other spellings of subcommands.
_ALIASES = {"optimize": "optimise"}
_VALUED = ("--config-dir",)
_SHORT = {"-h": "--help", "-V": "--version", "-cd": "--config-dir"}


@dataclass(frozen=True)
class Call:
    """What was typed after a subcommand.

    Attributes:
        command: The subcommand.
        words: Positional words, in order.
        options: Options given, with their values; True for those that take none.
        folder: The user's folder of presets.
        say: Messages in the user's language.
    """

    command: str
    words: tuple[str, ...]
    options: dict[str, Any]
    folder: Path | None
    say: Catalogue


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Words after ``qunlab``; those of the process where they are left out.

    Returns:
        Exit status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    lang = spoken(words)
    say = Catalogue(lang)
    with _notes(say):
        try:
            return _run(words, say)
        except UserError as error:
            return _complain(say, in_language(str(error), lang), MISTAKE)
        except KeyboardInterrupt:
            print(f"\n{say('cli.interrupted')}", file=sys.stderr)
            return STOPPED
        except BrokenPipeError:
            _close(sys.stdout)
            return UNREAD
        except MemoryError:
            return _complain(say, say("cli.memory"), MISTAKE)
        except Exception as error:  # a fault of ours: the user gets a line, we can ask for the rest
            if os.environ.get("QUNLAB_TRACEBACK"):
                traceback.print_exc()
            return _complain(say, say("cli.internal", text=f"{type(error).__name__}: {error}"), INTERNAL)


def _run(words: list[str], say: Catalogue) -> int:
    """Find the subcommand and run it."""
    if words and words[0] == "__complete":
        from experiments.commands.completion import complete

        return complete(words[1:])
    if not words or words[0] in ("--help", "-h", "help"):
        print(say("help.main"))
        return 0
    if words[0] in ("--version", "-V"):
        print(say("cli.version", version=version("qunlab")))
        return 0
    words = _multirun(words)
    name = _ALIASES.get(words[0], words[0])
    if name not in COMMANDS:
        kind = "no_option" if name.startswith("-") else "no_command"
        valid = ("--help", "--version") if name.startswith("-") else tuple(COMMANDS)
        raise UserError(say(f"cli.{kind}", name=name, hint=near(say, name, valid), known=", ".join(valid)))
    call = read(name, words[1:], say)
    if "--help" in call.options:
        print(say(f"help.{name}", **help_words(call)))
        return 0
    run: Callable[[Call], int] = import_module(COMMANDS[name][0]).run
    return run(call)


def _multirun(words: list[str]) -> list[str]:
    """Hydra's words for a sweep: ``-m`` or ``--multirun``, first or after ``compare``."""
    typed = words[: words.index("--")] if "--" in words else words
    asked = [word for word in typed if word in ("-m", "--multirun")]
    if not asked or typed[0] not in (*asked, "compare", "sweep"):
        return words
    rest = [word for word in words if word not in asked]
    return ["sweep", *(rest[1:] if rest[:1] in (["compare"], ["sweep"]) else rest)]


def read(command: str, words: Sequence[str], say: Catalogue) -> Call:
    """Sort words into options and the rest; ``--`` ends the options.

    Raises:
        UserError: An option that is unknown or lacks its value, or a folder that is none.
    """
    valid = COMMANDS[command][1]
    options: dict[str, Any] = {}
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest += queue
            break
        if not word.startswith("-") or len(word) == 1:
            rest.append(word)
            continue
        name, equals, value = word.partition("=")
        name = _SHORT.get(name, name)
        if name not in valid:
            hint = near(say, name, valid)
            raise UserError(say("cli.no_option", name=name, hint=hint, known=", ".join(valid)))
        if name in _VALUED and not equals:
            if not queue:
                raise UserError(say("cli.option_value", name=name))
            value = queue.pop(0)
        options[name] = value if name in _VALUED else True
    folder = known.folder_of(options.get("--config-dir"))
    return Call(command, tuple(rest), options, folder, say)


def help_words(call: Call) -> dict[str, str]:
    """Names that help shows: all presets there are, in lines of a narrow terminal."""
    groups = {"communities": "community", "topologies": "topology", "mechanisms": "mechanism"}
    groups |= {"experiments": "experiment", "engines": "engine"}
    indent = " " * 29
    shown = {word: _wrapped(known.presets(group, call.folder), indent) for word, group in groups.items()}
    return {**shown, "arms": _wrapped(known.plugins(known.STRATEGIES), indent)}


def _wrapped(names: Sequence[str], indent: str, width: int = 50) -> str:
    lines = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + len(name) + 2 > width:
            lines.append("")
        lines[-1] += f", {name}" if lines[-1] else name
    return f",\n{indent}".join(lines)


def _complain(say: Catalogue, text: str, status: int) -> int:
    """One line on stderr."""
    print(say("cli.error", text=" ".join(text.split())), file=sys.stderr)
    return status


@contextmanager
def _notes(say: Catalogue) -> Any:
    """Our own warnings as one line each; nobody else's."""

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if category.__module__.split(".")[0] in ("experiments", "simulator"):
            text = in_language(" ".join(str(message).split()), say.lang)
            print(say("cli.warning", text=text), file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = show
        yield


def _close(stream: TextIO) -> None:
    """Keep Python from complaining at exit about a pipe nobody reads."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def lang_of(words: Sequence[str]) -> str:
    """The language of a listing: ``lang=zh`` among its words, or the terminal's."""
    return language(next((word[5:] for word in words if word.startswith("lang=")), "auto"))
