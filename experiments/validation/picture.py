"""The figures of the patterns, drawn as SVG: every value against its target, and two curves."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import inf, isfinite

import numpy as np

from experiments.messages import Catalogue
from experiments.validation.sections import Picture
from experiments.validation.table import number
from experiments.validation.targets import Part, patterns
from experiments.validation.trial import Curve, Finding

_GOOD, _BAD, _BAND, _SOFT, _BLUE = "#1a7f37", "#b42318", "#ddf4e4", "#57606a", "#0072B2"
_WIDTH, _ROW, _TOP = 360.0, 34.0, 8.0
#: Lines up to which one column will do.
_COLUMN = 8
#: Where the ends of a target lie, in shares of the width.
_LOW, _HIGH = 0.36, 0.64


def pictures(findings: Sequence[Finding], curves: Mapping[str, Curve], lang: str) -> list[Picture]:
    """All figures there is something to show in."""
    say = Catalogue(lang)
    drawn = [Picture(forest(findings, say), say("validate.chart.forest"))] if findings else []
    if "survival" in curves:
        drawn.append(Picture(survival(curves["survival"], say), say("validate.chart.survival")))
    if "retention" in curves:
        drawn.append(Picture(retention(curves["retention"], say), say("validate.chart.retention")))
    return drawn


def survival(curve: Curve, say: Catalogue) -> str:
    """Groups not yet silent, by day, beside the published shares with the bounds of their targets."""
    plot = Plot(len(curve.middle) - 1, say("validate.chart.survival"), say("validate.chart.day"))
    plot.band(range(len(curve.middle)), curve.low, curve.high, _BLUE, 0.18)
    plot.line(range(len(curve.middle)), curve.middle, _BLUE)
    for day in (7, 30):
        part = patterns()["P1"].parts[f"day_{day}"]
        plot.bar(day, part.low, part.high, (part.low + part.high) / 2)
    return plot.svg()


def retention(curve: Curve, say: Catalogue) -> str:
    """Founders who come, by day, beside the power laws of the published slopes through its first day."""
    days = np.arange(1, len(curve.middle))
    part = patterns()["P6"].parts["slope"]
    plot = Plot(
        len(days), say("validate.chart.retention"), say("validate.chart.day"), float(curve.high.max())
    )
    plot.band(days, curve.middle[1] * days**part.low, curve.middle[1] * days**part.high, _GOOD, 0.14)
    plot.band(days, curve.low[1:], curve.high[1:], _BLUE, 0.18)
    plot.line(days, curve.middle[1:], _BLUE)
    return plot.svg()


class Plot:
    """A chart of shares by day.

    Args:
        days: Last day shown.
        name: What it is, for screen readers.
        across: What is counted along it.
        top: Largest share.
    """

    width, height = 360.0, 190.0
    left, right, foot, head = 34.0, 8.0, 30.0, 8.0

    def __init__(self, days: int, name: str, across: str, top: float = 1.0) -> None:
        self.days, self.name, self.across = days, name, across
        self.top = min(1.0, np.ceil(top * 10) / 10)
        self.parts: list[str] = []

    def x(self, day: float) -> float:
        """Place of a day."""
        return self.left + day / self.days * (self.width - self.left - self.right)

    def y(self, share: float) -> float:
        """Place of a share."""
        return self.head + (1 - min(share / self.top, 1.0)) * (self.height - self.head - self.foot)

    def line(self, days: Iterable[float], shares: Iterable[float], colour: str) -> None:
        """Add a line."""
        self.parts.append(
            f'<path d="{self._path(days, shares)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )

    def band(
        self,
        days: Sequence[float] | np.ndarray | range,
        low: np.ndarray,
        high: np.ndarray,
        colour: str,
        faint: float,
    ) -> None:
        """Add an area between two curves."""
        ends = self._path([*days, *reversed(days)], [*high, *reversed(low)])
        self.parts.append(f'<path d="{ends}Z" fill="{colour}" opacity="{faint:g}"/>')

    def bar(self, day: float, low: float, high: float, middle: float) -> None:
        """Add a published share with its bounds."""
        x, a, b, y = self.x(day), self.y(low), self.y(high), self.y(middle)
        self.parts += [
            f'<rect x="{x - 4:.1f}" y="{b:.1f}" width="8" height="{a - b:.1f}" fill="{_BAND}"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{_GOOD}"/>',
        ]

    def svg(self) -> str:
        """The element."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}"'
        head = f'<svg {size} role="img" aria-label="{escape(self.name)}" style="max-width:560px">'
        return "\n".join([head, *self._frame(), *self.parts, "</svg>"])

    def _path(self, days: Iterable[float], shares: Iterable[float]) -> str:
        return "M" + "L".join(f"{self.x(d):.1f} {self.y(s):.1f}" for d, s in zip(days, shares, strict=True))

    def _frame(self) -> Iterable[str]:
        right = self.width - self.right
        for share in np.linspace(0, self.top, 5 if self.top > 0.4 else 3):
            y = self.y(share)
            yield f'<line x1="{self.left:g}" x2="{right:g}" y1="{y:.1f}" y2="{y:.1f}" stroke="#eaeef2"/>'
            yield _text(self.left - 5, y + 3.5, f"{100 * share:.0f}%", "end")
        step = 10 if self.days > 20 else 5
        for day in range(0, self.days + 1, step):
            yield _text(self.x(day), self.height - self.foot + 13, f"{day}", "middle")
        yield _text((self.left + right) / 2, self.height - 3, self.across, "middle")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="9.5" fill="{_SOFT}">{escape(text)}</text>'


def forest(findings: Sequence[Finding], say: Catalogue) -> str:
    """A line for each part: its target a band in the middle, its value and interval on the same scale.

    Each line has a scale of its own, on which every target is as wide, so that in or out is seen at a glance.
    Many lines make two columns, which stand one below the other where there is little room.
    """
    half = -(-len(findings) // 2) if len(findings) > _COLUMN else len(findings)
    return "\n".join(_column(part, say) for part in (findings[:half], findings[half:]) if part)


def _column(findings: Sequence[Finding], say: Catalogue) -> str:
    height = _TOP + _ROW * len(findings) + 4
    name = escape(say("validate.chart.forest"))
    head = f'viewBox="0 0 {_WIDTH:g} {height:g}" role="img" aria-label="{name}" style="max-width:560px"'
    lines = [f"<svg {head}>"]
    for row, finding in enumerate(findings):
        part = patterns()[finding.pattern].parts[finding.part]
        lines += _line(part, finding, _TOP + row * _ROW, say)
    return "\n".join([*lines, "</svg>"])


def _line(part: Part, finding: Finding, top: float, say: Catalogue) -> list[str]:
    scale = _Scale.of(part)
    colour = _GOOD if finding.passed else _BAD
    fill = colour if "held_out" in patterns()[part.pattern].kind else "#fff"
    y = top + 22
    left, right = scale.at(part.low), scale.at(part.high)
    at, low, high = (scale.at(x) for x in (finding.estimate, finding.low, finding.high))
    name = f"{part.pattern} {part.says[say.lang]}"
    value = number(finding.estimate)
    texts = [
        f'<text x="0" y="{top + 10:g}" font-size="10.5" fill="#24292f">{escape(name)}</text>',
        f'<text x="{_WIDTH:g}" y="{y + 4:g}" font-size="10.5" text-anchor="end" fill="{colour}">'
        f"{value} {'✓' if finding.passed else '✗'}</text>",
        f'<text x="0" y="{y + 4:g}" font-size="9.5" fill="{_SOFT}">{escape(part.text)}</text>',
    ]
    return [
        *texts,
        f'<rect x="{left:.1f}" y="{y - 6:g}" width="{max(right - left, 2):.1f}" height="12" fill="{_BAND}"/>',
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:g}" y2="{y:g}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{at:.1f}" cy="{y:g}" r="3.6" fill="{fill}" stroke="{colour}" stroke-width="1.6"/>',
    ]


class _Scale:
    """Where a value of one part lies in the drawing; what is far out stands at the edge."""

    left, right = 90.0, _WIDTH - 56.0

    def __init__(self, origin: float, unit: float, place: float) -> None:
        self.origin, self.unit, self.place = origin, unit, place

    @classmethod
    def of(cls, part: Part) -> "_Scale":
        """A target with two ends fills the middle; one with a single end begins or stops there."""
        if part.low > -inf and part.high < inf:
            width = part.high - part.low or 1.0
            return cls(part.low, (_HIGH - _LOW) / width, _LOW)
        bound = part.low if part.low > -inf else part.high
        return cls(bound, 0.35 / (abs(bound) or 1.0), 0.5)

    def at(self, x: float) -> float:
        """Place across, cut at the edges."""
        share = self.place + (x - self.origin) * self.unit if isfinite(x) else (1.0 if x > 0 else 0.0)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)
