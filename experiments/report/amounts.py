"""Numbers with their units as a strategist reads them: no more decimals than help, in their language."""

from math import isfinite

from experiments.messages import Catalogue

#: Shown for a number that is not there.
NONE = "–"
#: Units whose numbers are whole from 10 on; the others keep two figures or so.
_COARSE = ("percent", "share", "points", "days", "hours", "yuan")


class Amounts:
    """Numbers in one language.

    Attributes:
        say: Its catalogue.
    """

    def __init__(self, say: Catalogue) -> None:
        self.say = say

    def amount(self, value: float, unit: str, signed: bool = False, beside: tuple[float, ...] = ()) -> str:
        """A number with its unit; a difference of shares is in points.

        Args:
            value: The number, in ``unit``.
            unit: A unit of the metric table, ``points`` (of a share) or ``percent``.
            signed: True for a difference.
            beside: Other numbers shown with it, to which its decimals are fitted.
        """
        if not isfinite(value):
            return NONE
        unit, scale = shown(unit, signed)
        n = f"{abs(value * scale):,.{digits(unit, *(x * scale for x in (value, *beside)))}f}"
        if not beside and unit in _COARSE:
            n = n.removesuffix(".0")
        return self.say(f"unit.{unit}", sign=_sign(value, n, signed), n=n)

    def line(self, value: float, unit: str) -> str:
        """A red line of a metric, as exactly as it was set."""
        unit, scale = shown(unit, True)
        return self.say(f"unit.{unit}", sign="", n=f"{value * scale:g}")

    def number(self, value: float) -> str:
        """A count or a day, without a unit."""
        return f"{value:,.0f}"

    def interval(self, low: float, high: float, unit: str, bare: bool = False) -> str:
        """Two ends of an interval of a difference; ``bare`` leaves the unit to the number beside it."""
        if not (isfinite(low) and isfinite(high)):
            return NONE
        unit, scale = shown(unit, True)
        places = digits(unit, low * scale, high * scale)
        ends = [f"{abs(x * scale):,.{places}f}" for x in (low, high)]
        signs = [_sign(x, n, False) for x, n in zip((low, high), ends, strict=True)]
        span = self.say("range", low=signs[0] + ends[0], high=signs[1] + ends[1])
        return span if bare else self.say(f"unit.{unit}", sign="", n=span)


def digits(unit: str, *values: float) -> int:
    """Decimals at which numbers of a unit are read easily; all numbers of an interval get the same."""
    big = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if not big:
        return 0
    if unit in _COARSE:
        return 0 if big >= 9.5 else 1
    return 0 if big >= 99.5 else 1 if big >= 0.95 else 2 if big >= 0.095 else 3


def tidy(text: str) -> str:
    """A user's text fit to be shown: one line, no control characters, nothing that UTF-8 cannot hold."""
    plain = "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode())
    return " ".join(plain.split())


def shown(unit: str, difference: bool) -> tuple[str, float]:
    """The unit that a number of the metric table is shown in, and what it is multiplied with."""
    if unit in ("share", "share/day"):
        return (unit.replace("share", "points") if difference else unit), 100.0
    return unit, 100.0 if unit in ("points", "points/day") else 1.0


def _sign(value: float, n: str, signed: bool) -> str:
    """Sign of a number shown as ``n``; a difference that shows as nought is ±."""
    if not float(n.replace(",", "")):
        return "±" if signed else ""
    return "−" if value < 0 else "+" if signed else ""
