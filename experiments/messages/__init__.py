"""Every sentence that users read, in English (`en.yaml`) and Chinese (`zh.yaml`), under the same keys.

Every other pair, `cli.en.yaml` and `cli.zh.yaml` for instance, holds the words of one part of the program.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from simulator.errors import UserError, did_you_mean

LANGUAGES = ("en", "zh")


class Catalogue:
    """The messages of one language: ``catalogue("head.best", arm="...")``.

    A message with ``|`` holds its form for one and its form for many; the value of ``n`` chooses.

    Attributes:
        lang: The language.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            near = did_you_mean(lang, LANGUAGES)
            raise UserError(f"lang is {lang!r}; it must be one of {', '.join(LANGUAGES)}.{near}")
        self.lang = lang
        self._messages, self._texts = load(lang)

    def __call__(self, key: str, /, **values: object) -> str:
        """The message under ``key`` with its placeholders filled.

        Raises:
            KeyError: There is no such message, or a placeholder has no value: faults of ours, not a user's.
        """
        message = self._messages[key]
        if "|" in message:
            one, many = message.split("|")
            message = one if str(values.get("n", "")).strip("+−") == "1" else many
        return message.format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def name(self, kind: str, name: str) -> str:
        """How a thing is called here, ``name("strategy", "red_packet")``; its name where nobody has said."""
        return self._messages.get(f"{kind}.{name}", name)

    def text(self, english: str) -> str:
        """A text that stands in the code (formula, window) in this language; itself where nobody has said."""
        return self._texts.get(english, english)


@lru_cache
def load(lang: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Messages by dotted key, and translations of texts in the code by their English."""
    messages: dict[str, str] = {}
    texts: Mapping[str, str] = {}
    here = Path(__file__).parent
    for path in [here / f"{lang}.yaml", *sorted(here.glob(f"*.{lang}.yaml"))]:
        if path.stem.partition(".")[0] in ("cards", "mistakes"):
            continue  # of another form, read by those who use them
        tree = yaml.safe_load(path.read_text("utf-8"))
        texts = tree.pop("texts", texts)
        tree.pop("cards", None)  # short texts of the code, for cards
        messages.update(_flat(tree))
    return messages, texts


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested messages as one dictionary with dotted keys."""
    out: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            out.update(_flat(value, f"{prefix}{key}."))
        else:
            out[f"{prefix}{key}"] = str(value)
    return out
