"""A small picture of one effect: its intervals, and the zone in which it must lie."""

from dataclasses import dataclass
from math import isfinite

from experiments.claims.evidence import Evidence, region

_WIDTH, _HEIGHT, _PAD = 260.0, 34.0, 8.0
_LINE = 16.0


@dataclass(frozen=True)
class Picture:
    """Places on a line ``_WIDTH`` wide; see the template.

    Attributes:
        zone: Left end and width of the zone in which the part holds.
        zero: Where no effect is.
        full: Ends of the interval, luck and parameters.
        luck: Ends of the interval, luck alone.
        dot: The effect.
        decided: ``for``, ``against`` or ``open``.
        text: The same in words.
    """

    zone: tuple[float, float]
    zero: float
    full: tuple[float, float]
    luck: tuple[float, float]
    dot: float
    decided: str
    text: str
    width: float = _WIDTH
    height: float = _HEIGHT
    line: float = _LINE


def picture(evidence: Evidence, text: str) -> Picture | None:
    """The picture of a part; None where there is nothing to draw."""
    e = evidence.effect
    shown = (e.ci_low, e.ci_high, e.diff, e.ci_low_luck, e.ci_high_luck)
    if not all(map(isfinite, shown)):
        return None
    within = region(evidence.part.holds, evidence.matters)
    inner = [end for end in within if isfinite(end)]
    low, high = min(*shown, *inner, 0.0), max(*shown, *inner, 0.0)
    room = 0.12 * (high - low) or 1.0
    low, high = low - room, high + room

    def at(x: float) -> float:
        place = _PAD + (_WIDTH - 2 * _PAD) * (min(max(x, low), high) - low) / (high - low)
        return round(place, 1)

    left, right = at(within[0]), at(within[1])
    return Picture(
        zone=(left, round(right - left, 1)),
        zero=at(0.0),
        full=(at(e.ci_low), at(e.ci_high)),
        luck=(at(e.ci_low_luck), at(e.ci_high_luck)),
        dot=at(e.diff),
        decided=evidence.decided,
        text=text,
    )
