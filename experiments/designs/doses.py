"""Doses: more or less of the same tactic, or the same tactic at another time."""

from dataclasses import replace
from typing import Any

from simulator.knobs import knobs
from simulator.schedule import SCHEDULE_WORDS
from simulator.strategy import Strategy

#: Digits of a scaled number: enough to meet a budget within a thousandth, few enough to be typed again.
_DIGITS = 4


def scaled(strategy: Strategy, factor: float) -> Strategy:
    """A strategy at a multiple of its dose: 0 is its placebo, 1 itself, 2 twice as much of everything.

    Every knob that has an off-value moves from there by the factor, as far as its range goes; whole numbers
    are rounded. Knobs without one (chances, switches, words), and when and whom, stay.

    Args:
        strategy: The strategy.
        factor: At least 0.
    """
    if factor == 1:
        return strategy
    moved: dict[str, Any] = {}
    for name, off, value, low, high in _scales(strategy):
        now = min(max(off + factor * (value - off), low), high)
        moved[name] = round(now) if isinstance(value, int) else float(f"{now:.{_DIGITS}g}")
    return replace(strategy, **moved) if moved else strategy


def reach(strategy: Strategy) -> float:
    """The factor beyond which nothing grows any more; 0 where there is nothing to scale."""
    found = [
        ((high if value > off else low) - off) / (value - off)
        for _, off, value, low, high in _scales(strategy)
    ]
    return max(found, default=0.0)


def moved(strategy: Strategy, days: int) -> Strategy:
    """A strategy that starts so many days later and does everything else as late: days, stop.

    Weekdays and phases of the planned life are dates of the calendar and stay; so do triggers.
    """
    when = strategy.when
    later = replace(
        when,
        start=when.start + days,
        days=tuple(day + days for day in when.days),
        stop=None if when.stop is None else when.stop + days,
    )
    return replace(strategy, when=later)


def settings(before: Strategy, after: Strategy) -> dict[str, str]:
    """What must be typed to turn one dose of a strategy into another: knobs and words of When and Who."""
    old, new = before.plain(), after.plain()
    return {name: _typed(new[name]) for name in (*knobs(after), *SCHEDULE_WORDS) if new[name] != old[name]}


def _scales(strategy: Strategy) -> list[tuple[str, Any, Any, float, float]]:
    """Knobs that a dose consists of: name, off-value, value, and the range."""
    found = []
    for name, (_, spec) in knobs(strategy).items():
        value = getattr(strategy, name)
        known = not isinstance(value, bool | str) and spec.off is not None
        if known and value != spec.off:
            found.append((name, spec.off, value, spec.low, spec.high))
    return found


def _typed(value: Any) -> str:
    """A value as it stands in an arm."""
    if isinstance(value, list):
        return ",".join(map(_typed, value))
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, ".10g") if isinstance(value, float) else "none" if value is None else str(value)
