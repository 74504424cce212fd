"""Designs over arms: which arms are run where only a few are named, as arms that can be typed again.

design=factorial        every combination of the tactics named, with main effects and interactions
design=pairs            every tactic alone, and all pairs
ladder=0.25,0.5,1,2,4   each arm at multiples of its dose
shift=0,7,14            each arm that many days later
match=cost:2000         each arm at the dose that spends as much; see ``match.py``
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from experiments.arms import ASCII, Arm, Term, term_of
from experiments.designs.doses import moved, scaled, settings
from experiments.designs.layout import Cell, Layout
from experiments.known import SOP
from simulator.errors import UserError, unknown
from simulator.knobs import number
from simulator.strategy import Strategy

#: Designs over arms by name, and most tactics of each.
DESIGNS = {"factorial": 6, "pairs": 12}
#: Settings of which one at most may be given.
WORDS = ("design", "ladder", "shift", "match")
#: Longest spelling of an arm that serves as its label.
_LABEL = 28
#: The tactics that one term of an arm stands for, by label.
Made = Callable[[Term], Mapping[str, Strategy]]


def expand(
    arms: Sequence[Arm], values: Mapping[str, Any], made: Made, stable: bool = False
) -> tuple[tuple[Arm, ...], Layout | None]:
    """The arms that are run, and what they are of the design; as they are where there is none.

    A matched budget is left alone: it needs a pilot.

    Args:
        arms: The arms named.
        values: The configuration.
        made: Makes the strategies of a term.
        stable: Whether labels may not depend on the configuration, for a sweep over it.

    Raises:
        UserError: No such design, two of them, or numbers that are none.
    """
    asked = [word for word in WORDS if values.get(word) is not None]
    if len(asked) > 1:
        raise UserError(f"{asked[0]} and {asked[1]} are two designs; give one of them.")
    if not asked or asked == ["match"]:
        return tuple(arms), None
    word, value = asked[0], values[asked[0]]
    if word == "design":
        return _combined(arms, str(value))
    steps = _numbers(word, value)
    found: list[tuple[Arm, Cell]] = []
    for arm in arms:
        for step in steps:
            one = laddered(arm, step, made) if word == "ladder" else shifted(arm, int(step), made)
            if stable:
                one = Arm(f"{arm.label} {_suffix(word, step)}", one.terms)
            found.append((one, Cell(one.label, arm.label, step=step)))
    kept = found if stable else _distinct(found)
    return tuple(arm for arm, _ in kept), Layout(word, tuple(cell for _, cell in kept))


def laddered(arm: Arm, factor: float, made: Made) -> Arm:
    """An arm at a multiple of its dose."""
    return _changed(arm, _suffix("ladder", factor), lambda tactic: scaled(tactic, factor), made)


def shifted(arm: Arm, days: int, made: Made) -> Arm:
    """An arm that starts so many days later.

    Raises:
        UserError: It is an SOP, whose calendar ends with its days.
    """
    sop = next((term.name for term in arm.terms if term.name.startswith(SOP)), None)
    if sop is not None:
        raise UserError(
            f"shift: {sop} is an SOP, a calendar that ends with its days; write a later one instead."
        )
    return _changed(arm, _suffix("shift", days), lambda tactic: moved(tactic, days), made)


def _suffix(word: str, step: float) -> str:
    """What a label says of a rung or a shift."""
    return f"x{step:.4g}" if word == "ladder" else f"{step:g}d later"


def _changed(arm: Arm, suffix: str, change: Callable[[Strategy], Strategy], made: Made) -> Arm:
    """An arm every tactic of which is changed, spelt so that it can be typed."""
    terms = []
    for term in arm.terms:
        given = dict(term.settings)
        for label, tactic in made(term).items():
            before = f"{label}." if term.name.startswith(SOP) else ""
            given |= {f"{before}{key}": value for key, value in settings(tactic, change(tactic)).items()}
        terms.append(term_of(term.name, given))
    if tuple(terms) == arm.terms:
        return arm
    text = "+".join(term.text for term in terms)
    named = arm.label != "+".join(term.text for term in arm.terms)
    return Arm(f"{_plain(arm, named)} {suffix}" if named or len(text) > _LABEL else text, tuple(terms))


def _plain(arm: Arm, named: bool) -> str:
    """What an arm may be called in a label: its own, or the names of its tactics."""
    if named:
        return arm.label
    return re.sub(r"[()\[\]=+,\"':]", " ", " & ".join(term.name.removeprefix(SOP) for term in arm.terms))


def _distinct(found: Iterable[tuple[Arm, Cell]]) -> list[tuple[Arm, Cell]]:
    """One of each: doses that a range or whole numbers make the same are run once; labels are told apart."""
    kept: list[tuple[Arm, Cell]] = []
    for arm, cell in found:
        if any(arm.terms == other.terms and cell.origin == known.origin for other, known in kept):
            continue
        label, count = arm.label, 2
        while label in {other.label for other, _ in kept}:
            label, count = f"{arm.label} {count}", count + 1
        kept.append((Arm(label, arm.terms), Cell(label, cell.origin, cell.step, cell.tactics)))
    return kept


def _combined(arms: Sequence[Arm], kind: str) -> tuple[tuple[Arm, ...], Layout]:
    """Combinations of the tactics of all arms: all of them, or singles and pairs."""
    if kind not in DESIGNS:
        raise unknown("design", kind, DESIGNS)
    terms = list({term.text: term for arm in arms for term in arm.terms}.values())
    if not 2 <= len(terms) <= DESIGNS[kind]:
        raise UserError(
            f"design={kind} takes 2 to {DESIGNS[kind]} tactics; here are {len(terms)}: "
            f"{', '.join(term.text for term in terms)}."
        )
    sizes = range(1, len(terms) + 1 if kind == "factorial" else 3)
    found, cells = [], []
    for size in sizes:
        for chosen in combinations(terms, size):
            texts = tuple(term.text for term in chosen)
            found.append(Arm("+".join(texts), chosen))
            cells.append(Cell("+".join(texts), "", tactics=texts))
    return tuple(found), Layout(kind, tuple(cells))


def _numbers(word: str, value: Any) -> tuple[float, ...]:
    """The steps of a ladder or a shift, each once."""
    text = str(value).translate(ASCII).strip("[]") if not isinstance(value, list | tuple) else ""
    parts = [part.strip() for part in text.split(",")] if text else list(value or ())
    if not parts:
        raise UserError(f"{word} is empty; give numbers, as in {_example(word)}.")
    kind = float if word == "ladder" else int
    found = tuple(dict.fromkeys(number(part, kind, word) for part in parts))
    worst = min(found)
    if not worst >= 0 or (word == "ladder" and not (worst > 0 and max(found) < float("inf"))):
        least = "multiples of a dose above 0" if word == "ladder" else "days from 0"
        raise UserError(f"{word} is {text or value!r}; it must be {least}, as in {_example(word)}.")
    return found


def _example(word: str) -> str:
    return "ladder=0.25,0.5,1,2,4" if word == "ladder" else "shift=0,7,14"
