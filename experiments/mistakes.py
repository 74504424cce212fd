"""What the simulator says of a mistake, in the user's language.

The simulator speaks English; the shapes of its sentences are few, and each has its Chinese in
``mistakes.zh.yaml``. What has none is shown as it is.
"""

import re
from functools import cache
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from experiments import messages

#: A number and its unit: ``100 yuan``.
_AMOUNT = re.compile(r"(-?[\d.]+(?:e[+-]?\d+)?) (\D.*)")


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    file = Path(messages.__file__).with_name("mistakes.zh.yaml")
    pairs = yaml.safe_load(file.read_text("utf-8"))
    return tuple((re.compile(english, re.DOTALL), chinese) for english, chinese in pairs.items())


def _filled(chinese: str, found: re.Match[str]) -> str:
    """A sentence with what was found put in; a number's unit is in Chinese, too."""
    from experiments.commands.cards import texts  # not before there is a mistake

    def part(place: re.Match[str]) -> str:
        text = found[int(place[1])] or ""
        number = _AMOUNT.fullmatch(text)
        return f"{number[1]} {texts(number[2], 'zh')}" if number else text

    return re.sub(r"\\(\d)", part, chinese)


def in_language(text: str, lang: str) -> str:
    """A sentence, or several, in a language; sentence by sentence, as far as their shapes are known."""
    if lang == "en":
        return text
    done, rest = "", text
    while rest:
        for shape, chinese in _shapes():
            found = shape.match(rest)
            if found:
                done += _filled(chinese, found)
                rest = rest[found.end() :].lstrip()
                break
        else:
            return done + rest
    return done
