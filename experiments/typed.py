"""What would have to be typed: settings from Python as words, and the line that asks for the same again."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.language import language


def words(key: str, value: Any) -> list[str]:
    """A Python value as override words; a dictionary as one for each key."""
    if isinstance(value, Mapping):
        return [word for inner, one in value.items() for word in words(f"{key}.{inner}", one)]
    return [f"{key}={_word(value)}"]


def line(command: str, typed: Sequence[str], folder: Path | None) -> str:
    """The line that asks for the same again; it names the language where the terminal's was taken."""
    asked = any(word.lstrip("+").startswith("lang=") for word in typed)
    said = [] if asked or language() == "en" else [f"lang={language()}"]
    place = ["--config-dir", str(folder)] if folder is not None else []
    return shlex.join(["qunlab", command, *place, *typed, *said])


def _word(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{','.join(_word(one) for one in value)}]"
    return str(value)
