"""Effects as bars on a common scale, in percent of the width they are drawn in."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from matplotlib.ticker import MaxNLocator

from experiments.report.amounts import digits
from experiments.statistics.comparison import Effect

_FAR = 5.0
#: Percent of the width that half of a tick's text takes.
_EDGE = 6.0


@dataclass(frozen=True)
class Bar:
    """An effect drawn in percent of the width of its cell.

    Attributes:
        zero: Where no difference lies.
        zone: Where differences are too small to matter: left end and width; None where that is not drawn.
        wide: 95% interval over luck and parameters, left end and width; None where there is none.
        narrow: 95% interval over luck alone; None where there are no twins to tell it by.
        point: The difference.
        clear: True where the wide interval leaves out 0.
    """

    zero: float
    zone: tuple[float, float] | None
    wide: tuple[float, float] | None
    narrow: tuple[float, float] | None
    point: float
    clear: bool


@dataclass(frozen=True)
class Axis:
    """A common scale for the bars of a table.

    Attributes:
        low: Left end.
        high: Right end.
    """

    low: float
    high: float

    @classmethod
    def over(cls, rows: Iterable[Effect], zone: bool = True) -> "Axis":
        """The scale on which all these effects, 0 and (with ``zone``) what matters can be seen.

        Intervals too, unless they are so wide (over ``_FAR`` times the rest) that nothing else could be seen;
        those run to the edge.
        """
        rows = list(rows)
        middle = [0.0, *(row.diff for row in rows)]
        middle += [sign * row.matters for row in rows for sign in (-1, 1) if zone]
        middle = [value for value in middle if isfinite(value)]
        reach = _FAR * max(map(abs, middle)) or float("inf")
        ends = [end for row in rows for end in (row.ci_low, row.ci_high) if isfinite(end)]
        ends += middle
        low, high = max(min(ends), -reach), min(max(ends), reach)
        pad = 0.06 * (high - low) or 1.0
        return cls(low - pad, high + pad)

    def at(self, value: float) -> float:
        """Place of a value in percent of the width."""
        return round(100.0 * (value - self.low) / (self.high - self.low), 2)

    def span(self, low: float, high: float) -> tuple[float, float] | None:
        """Left end and width of an interval in percent, cut at the edges; None where it is not defined."""
        if not (isfinite(low) and isfinite(high)):
            return None
        left, right = (min(max(self.at(end), 0.0), 100.0) for end in (low, high))
        return left, round(right - left, 2)

    def bar(self, row: Effect, zone: bool = True, luck_only: bool = False) -> Bar | None:
        """An effect on this scale; None where it is not defined.

        Args:
            row: The effect.
            zone: Whether to show what is too small to matter.
            luck_only: True where parameters were held, so that the wide interval is the narrow one.
        """
        if not isfinite(row.diff):
            return None
        return Bar(
            zero=self.at(0.0),
            zone=self.span(-row.matters, row.matters) if zone else None,
            wide=self.span(row.ci_low, row.ci_high),
            narrow=self.span(row.ci_low_luck, row.ci_high_luck) if row.n_twins or luck_only else None,
            point=self.at(row.diff),
            clear=row.ci_low > 0.0 or row.ci_high < 0.0,
        )

    def ticks(self) -> list[tuple[float, str]]:
        """Places and texts of a few round numbers, none so near an edge that it would run over it."""
        round_ones = MaxNLocator(nbins=4).tick_values(self.low, self.high)
        found = [x for x in round_ones if _EDGE <= self.at(float(x)) <= 100.0 - _EDGE]
        places = digits("", found[-1] - found[0]) if len(found) > 1 else 1
        texts = [f"{x:+,.{places}f}".replace("-", "−") if x else "0" for x in map(float, found)]
        return [(self.at(float(x)), text) for x, text in zip(found, texts, strict=True)]
