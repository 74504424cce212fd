"""Small line charts as SVG: a real curve with its band, and what was predicted or simulated beside it."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_WIDTH, _HEIGHT = 560.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 120.0, 12.0, 38.0
_SOFT, _LINE, _BAND = "#57606a", "#d8dee4", "#e3eaf1"
#: Colours (after Okabe and Ito) and dashes: told apart without colour as well.
STYLES = {"real": ("#24292f", ""), "predicted": ("#0072B2", "7 3"), "simulated": ("#D55E00", "2 3")}
#: Least distance between the names of two lines.
_GAP = 14.0


def lines(
    x: Sequence[str],
    curves: Mapping[str, tuple[str, Floats]],
    axis: str,
    name: str,
    band: tuple[Floats, Floats] | None = None,
) -> str:
    """A chart of shares, 0..100%, or up to the largest.

    Args:
        x: Label of each place.
        curves: By kind (a key of :data:`STYLES`) name and values, ``(len(x),)``; NaN is left out.
        axis: Name of the horizontal axis.
        name: What the chart shows.
        band: Lower and upper end around the real curve.
    """
    values = [value for _, value in curves.values()] + list(band or ())
    top = max(float(np.nanmax(np.concatenate(values))), 0.05)
    top = 1.0 if top > 0.5 else np.ceil(top * 10) / 10
    places = np.linspace(_LEFT + 6, _WIDTH - _RIGHT - 6, len(x))

    def height(share: float) -> float:
        return _HEIGHT - _BOTTOM - share / top * (_HEIGHT - _TOP - _BOTTOM)

    size = f'viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" style="max-width:720px"'
    out = [f'<svg {size} role="img" aria-label="{escape(name)}">']
    for share in np.linspace(0, top, 5):
        y = height(share)
        out.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LINE}"/>')
        out.append(_text(_LEFT - 6, y + 4, f"{100 * share:.0f}%", _SOFT, "end"))
    every = max(1, -(-len(x) // 12))
    out += [_text(places[k], _HEIGHT - _BOTTOM + 16, x[k], _SOFT, "middle") for k in range(0, len(x), every)]
    out.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, axis, _SOFT, "middle"))
    if band is not None:
        ok = np.isfinite(band[0]) & np.isfinite(band[1])
        edge = [(places[k], height(band[0][k])) for k in np.flatnonzero(ok)]
        edge += [(places[k], height(band[1][k])) for k in np.flatnonzero(ok)[::-1]]
        out.append(f'<polygon points="{_points(edge)}" fill="{_BAND}"/>')
    ends = []
    for kind, (label, value) in curves.items():
        colour, dash = STYLES[kind]
        points = [(places[k], height(value[k])) for k in np.flatnonzero(np.isfinite(value))]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        out.append(
            f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'
        )
        ends.append((points[-1][1], label, colour))
    last = -np.inf
    for y, label, colour in sorted(ends):
        last = max(y, last + _GAP)
        out.append(_text(_WIDTH - _RIGHT + 4, last + 4, label, colour, "start"))
    return "\n".join([*out, "</svg>"])


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="11" fill="{colour}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(text)}</text>"
