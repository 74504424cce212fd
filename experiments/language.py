"""Which language to speak."""

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from experiments.messages import LANGUAGES, Catalogue
from simulator.errors import unknown


def language(asked: str = "auto") -> str:
    """The language asked for, or the one the terminal speaks.

    Raises:
        UserError: There is no such language.
    """
    if asked == "auto":
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        terminal = next((os.environ[name] for name in names if os.environ.get(name)), "")
        return "zh" if terminal.lower().startswith("zh") else "en"
    if asked not in LANGUAGES:
        raise unknown("lang", asked, (*LANGUAGES, "auto"))
    return asked


def spoken(words: Sequence[str]) -> str:
    """The language for errors, before anything is checked: ``lang=zh`` among the words, or the terminal's."""
    for word in words:
        key, _, value = word.lstrip("+").partition("=")
        if key == "lang" and value in LANGUAGES:
            return value
    return language()


def near(say: Catalogue, name: str, valid: Iterable[str]) -> str:
    """A sentence with the nearest valid word, empty where nothing is near."""
    found = get_close_matches(name.lower(), list(valid), n=1, cutoff=0.5)
    return say("cli.near", name=found[0]) if found else ""
