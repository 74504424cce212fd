"""The figures of the patterns, drawn as SVG: every value against its target, and two curves."""

from collections.abc import Sequence
from html import escape
from math import inf, isfinite

from experiments.messages import Catalogue
from experiments.validation.sections import Picture
from experiments.validation.table import number
from experiments.validation.targets import Part, patterns
from experiments.validation.trial import Finding

_GOOD, _BAD, _BAND, _SOFT = "#1a7f37", "#b42318", "#ddf4e4", "#57606a"
_WIDTH, _ROW, _TOP = 360.0, 34.0, 8.0
#: Where the ends of a target lie, in shares of the width.
_LOW, _HIGH = 0.36, 0.64


def pictures(findings: Sequence[Finding], lang: str) -> list[Picture]:
    """All figures there is something to show in."""
    say = Catalogue(lang)
    return [Picture(forest(findings, say), say("validate.chart.forest"))] if findings else []


def forest(findings: Sequence[Finding], say: Catalogue) -> str:
    """A line for each part: its target a band in the middle, its value and interval on the same scale.

    Each line has a scale of its own, on which every target is as wide, so that in or out is seen at a glance.
    """
    height = _TOP + _ROW * len(findings) + 4
    name = escape(say("validate.chart.forest"))
    head = f'viewBox="0 0 {_WIDTH:g} {height:g}" role="img" aria-label="{name}" style="max-width:720px"'
    lines = [f"<svg {head}>"]
    for row, finding in enumerate(findings):
        part = patterns()[finding.pattern].parts[finding.part]
        lines += _line(part, finding, _TOP + row * _ROW, say)
    return "\n".join([*lines, "</svg>"])


def _line(part: Part, finding: Finding, top: float, say: Catalogue) -> list[str]:
    scale = _Scale.of(part)
    colour = _GOOD if finding.passed else _BAD
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
        f'<circle cx="{at:.1f}" cy="{y:g}" r="3.6" fill="{colour}"/>',
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
