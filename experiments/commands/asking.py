"""What commands that run a design of their own share: their settings among the words, and the bar.

These settings are ``key=value`` like those of the configuration and are taken out before it sees the rest.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from experiments import known
from experiments.arms import is_override, read_arms
from experiments.cli import Call
from experiments.study import whole
from simulator.knobs import number


@dataclass(frozen=True)
class Asked:
    """What was typed.

    Attributes:
        own: The command's own settings, as given or by default.
        arms: Words that are arms.
        overrides: Words that the configuration takes.
        command: The line that asks for the same again.
    """

    own: dict[str, Any]
    arms: list[str]
    overrides: list[str]
    command: str


def read(
    call: Call,
    numbers: Mapping[str, tuple[int | None, int, int]],
    words: Mapping[str, str] | None = None,
) -> Asked:
    """Sort the words of a call; names of tactics are looked up at once, before anything slow is loaded.

    Args:
        call: What was typed.
        numbers: Own settings that are whole numbers: default, least and most.
        words: Own settings that are words, with their defaults.

    Raises:
        UserError: A number out of range, or an arm that is not there.
    """
    own: dict[str, Any] = {name: default for name, (default, _, _) in numbers.items()} | dict(words or {})
    arms, overrides = [], []
    for word in call.words:
        key, _, value = word.partition("=")
        if not is_override(word):
            arms.append(word)
        elif key in numbers:
            own[key] = whole(key, number(value, int, key), *numbers[key][1:])
        elif key in own:
            own[key] = value
        else:
            overrides.append(word)
    for arm in read_arms(arms):
        for term in arm.terms:
            known.tactic(term.name, call.folder)
    folder = ["--config-dir", str(call.options["--config-dir"])] if "--config-dir" in call.options else []
    return Asked(own, arms, overrides, shlex.join(["qunlab", call.command, *folder, *call.words]))


def bar() -> Progress:
    """A bar with the time left, on stderr and only where somebody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
