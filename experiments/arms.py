"""The grammar of arms, as typed on the command line.

    arm     = [label ":"] tactic { "+" tactic }
    tactic  = ["sop:"] name [ "(" [ knob "=" value { "," knob "=" value } ] ")" ]
    knob    = name | node "." name
    value   = number | word | word "+" word | "[" value { "," value } "]" | quoted text

So ``red_packet``, ``red_packet+offline_meetup``, ``big:red_packet(purse=200)``, ``red_packet(days=[1,8],
roles=novice+lurker)``, ``sop:camp_21(gift.purse=50,meetup=off)``. The punctuation of a Chinese keyboard is
read as well, and needs no quotes in a shell: ``大红包：red_packet（purse=200）``. Nothing here knows which
strategies there are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.known import SOP
from experiments.study import BASELINE, PLACEBO
from simulator.errors import UserError

#: The full-width forms that Chinese keyboards give lie at a fixed distance from ASCII.
ASCII = {ord(char) + 0xFEE0: char for char in ":(),=+[]<>\"'"}
#: Quotes that Chinese keyboards and word processors give, which no shell takes away.
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_OPEN, _CLOSE = {"(": ")", "[": "]"}, {")": "(", "]": "["}
_LONGEST = 80
_EXAMPLE = "big:red_packet(purse=200)"
_TERM = re.compile(r"(sop\s*:)?\s*([^\s()\[\]=,:\"']+)\s*(?:\((.*)\))?", re.DOTALL | re.IGNORECASE)
_OVERRIDE = re.compile(r"[+~]{0,2}[^\s(:]*=|~")


@dataclass(frozen=True)
class Term:
    """One tactic of an arm: a strategy or a preset by name, and the knobs set for it, as text.

    Attributes:
        name: As typed; that of an SOP with ``sop:`` before it.
        settings: Knob and value, in the order typed; lists without their brackets. A knob of an SOP's node is
            ``node.knob``.
        text: Canonical spelling.
    """

    name: str
    settings: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True)
class Arm:
    """An arm: its label and its tactics."""

    label: str
    terms: tuple[Term, ...]

    @property
    def text(self) -> str:
        """The word that gives this arm again."""
        plain = "+".join(term.text for term in self.terms)
        return plain if plain == self.label else f"{self.label}:{plain}"


def is_override(word: str) -> bool:
    """Whether a positional word is ``key=value`` (or ``~key``) and no arm: ``=`` comes before brackets."""
    return _OVERRIDE.match(word.translate(ASCII)) is not None


def read_arms(words: Sequence[str]) -> tuple[Arm, ...]:
    """Arms from words, in order.

    Raises:
        UserError: A word that is no arm, or two arms of one label.
    """
    arms = tuple(read_arm(word) for word in words)
    seen: dict[str, str] = {}
    for arm, word in zip(arms, words, strict=True):
        if arm.label in (BASELINE, PLACEBO):
            raise UserError(f"{_arm(word)}: every comparison has its own {arm.label!r}; use another label.")
        if arm.label in seen:
            twice = f"Two arms are called {arm.label!r}"
            raise UserError(f"{twice}; leave one out, or give it a label of its own: 'label:{arm.text}'.")
        seen[arm.label] = word
    return arms


def read_arm(word: str) -> Arm:
    """One arm.

    Raises:
        UserError: The word is no arm; says what is wrong in one line.
    """
    text = word.translate(ASCII).strip()
    if text[:1] == "“" and text[-1:] == "”" and "“" not in text[1:]:
        text = text[1:-1].strip()  # the whole arm in quotes
    _balanced(word, text.translate(_QUOTES))
    label = None
    head = text.split("(", 1)[0]
    at = head.find(":")
    if at >= 0 and head[:at].rpartition("+")[2].strip().lower() != SOP[:-1]:
        label, text = _label(word, text[:at]), text[at + 1 :]
    terms = tuple(_term(word, part) for part in split(text.translate(_QUOTES), "+"))
    return Arm(label if label is not None else "+".join(term.text for term in terms), terms)


def _arm(word: str) -> str:
    return f"Arm {_short(word)!r}"


def _short(word: str) -> str:
    flat = " ".join(word.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def _balanced(word: str, text: str) -> None:
    """Refuse brackets that do not match: as a rule a shell has cut the word at a space."""
    stack: list[str] = []
    for char in _bare(text):
        if char in _OPEN:
            stack.append(char)
        elif char in _CLOSE and (not stack or stack.pop() != _CLOSE[char]):
            raise UserError(f"{_arm(word)}: {char!r} closes nothing; put the whole arm in quotes.")
    if stack:
        missing = _OPEN[stack[-1]]
        raise UserError(
            f'{_arm(word)}: {missing!r} is missing; put the whole arm in quotes, as in "{_EXAMPLE}".'
        )


def _bare(text: str) -> Iterator[str]:
    """The characters outside of quotes."""
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            yield char


def split(text: str, at: str) -> list[str]:
    """Parts of a text between the characters ``at`` that lie outside of brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == at and depth == 0:
            parts.append("")
            continue
        parts[-1] += char
    return parts


def _label(word: str, text: str) -> str:
    """A label that can be shown, sorted and typed again."""
    label = " ".join(text.split())
    if not label:
        raise UserError(f"{_arm(word)}: there is no label before ':'.")
    if len(label) > _LONGEST or not label.isprintable() or set(label) & set("()[]=+,\"'"):
        rule = f"up to {_LONGEST} letters, digits, spaces, '_', '-' or '.'"
        raise UserError(f"{_arm(word)}: the label {_short(label)!r} must be {rule}.")
    return label


def _term(word: str, part: str) -> Term:
    """One tactic."""
    part = part.strip()
    found = _TERM.fullmatch(part)
    if found is None:
        what = f"{_short(part)!r} is no tactic" if part else "a tactic is missing"
        raise UserError(f"{_arm(word)}: {what}; write name or name(knob=value,...), joined by '+'.")
    name, inside = (SOP if found[1] else "") + found[2], (found[3] or "").strip()
    key_shape = r"\w+(\.\w+)?" if found[1] else r"\w+"
    settings: dict[str, str] = {}
    for piece in split(inside, ",") if inside else []:
        key, equals, value = (s.strip() for s in piece.partition("="))
        if not equals or not re.fullmatch(key_shape, key) or not value:
            hint = "; join words with '+', as in roles=novice+lurker" if settings and not equals else ""
            raise UserError(f"{_arm(word)}: {_short(piece.strip())!r} is not knob=value{hint}.")
        if key in settings:
            raise UserError(f"{_arm(word)}: {key} is set twice.")
        settings[key] = _value(value)
    return term_of(name, settings)


def term_of(name: str, settings: Mapping[str, str]) -> Term:
    """A tactic from its name and what is set for it, lists without their brackets."""
    shown = ",".join(f"{key}={_shown(value)}" for key, value in settings.items())
    return Term(name, tuple(settings.items()), f"{name}({shown})" if shown else name)


def _value(text: str) -> str:
    """A value without the brackets of a list or the quotes of a text."""
    if text[0] in "\"'" and text[-1] == text[0] and len(text) > 1:
        return text[1:-1]
    if text[0] == "[":
        return ",".join(_value(part.strip()) for part in split(text[1:-1], ",") if part.strip())
    return text


def _shown(value: str) -> str:
    """A value as it can be typed: lists in brackets again."""
    return f"[{value}]" if "," in value or not value else value
