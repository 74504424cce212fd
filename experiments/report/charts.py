"""The two main charts, as SVG for the page and PNG for slides; their numbers come from `curves`.

The same result always gives the same bytes: fixed settings, a font of our own, no dates, no random ids.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import PercentFormatter

from experiments.report import curves, findings
from experiments.report.words import Words
from experiments.result import Result

FONT = Path(__file__).parent / "fonts" / "QunlabSansSC-Regular.otf"
FAMILY = "Qunlab Sans SC"
BASELINE = "#555555"
#: After Okabe and Ito, told apart with every kind of colour vision; darkened where too pale for a line.
PALETTE = ("#0072B2", "#D55E00", "#008F6B", "#B0568E", "#B58900", "#2E9BD6", "#7A5195", "#4D4D00")
#: The second carrier beside colour.
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (4, 1, 1, 1, 1, 1)))
INK, PALE = "#24292f", "#d0d7de"
SETTINGS: Any = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 10.5,
    "text.parse_math": False,  # a label may hold dollar signs
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8c959f",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "normal",
    "axes.unicode_minus": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#eaeef2",
    "xtick.color": "#57606a",
    "ytick.color": "#57606a",
    "svg.fonttype": "none",
    "svg.hashsalt": "qunlab",
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
}
WIDTH = 8.2  # inches
_NAME = 24  # width of a name beside its line, in half-width characters


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes:
        svg: An ``<svg>`` element with text as text, to stand in a page.
        png: The same as a PNG file at twice the size of the screen.
    """

    svg: str
    png: bytes


@dataclass(frozen=True)
class Look:
    """How the line of an arm is drawn: the same in every chart and beside its name in the page."""

    colour: str
    dash: Any
    width: float = 1.9


def looks(result: Result) -> dict[str, Look]:
    """The look of each arm, by its place in the command, so that adding an arm changes no other."""
    pairs = zip(cycle(PALETTE), (dash for dash in cycle(DASHES)), strict=False)
    out = {result.baseline.label: Look(BASELINE, "-", 2.4)}
    out |= {arm.label: Look(*pair) for arm, pair in zip(result.tested, pairs, strict=False)}
    return out


def activity(result: Result, words: Words) -> Chart:
    """Voices a day of every arm, and below it the matched difference from doing nothing."""
    arms = [result.baseline, *findings.ranked(result)]
    at = [result.labels.index(arm.label) for arm in arms]
    smooth = curves.window(result) > 1
    with drawing():
        figure = Figure(figsize=(WIDTH, 6.4))
        grid = figure.add_gridspec(2, 1, left=0.075, right=0.76, top=0.94, bottom=0.08, hspace=0.32)
        top = figure.add_subplot(grid[0])
        low = figure.add_subplot(grid[1], sharex=top)
        _lines(top, curves.levels(result, at), [arm.label for arm in arms], result, words, _faint(len(at)))
        top.set_ylim(bottom=0)
        top.set_title(words.say("chart.activity_smooth" if smooth else "chart.activity"))
        if len(at) > 1:
            _lines(low, curves.differences(result, at[1:]), [arm.label for arm in arms[1:]], result, words)
        low.axhline(0, color=BASELINE, linewidth=1.4)
        low.set_title(words.say("chart.difference"))
        low.set_xlabel(words.say("chart.day"))
        for axes in (top, low):
            axes.set_xlim(0, max(result.horizon - 1, 1))
            if result.follow_up:
                axes.axvline(result.days - 0.5, color="#8c959f", linewidth=1, linestyle=(0, (2, 2)))
        if result.follow_up:
            _mark(top, result.days - 0.5, words.say("chart.campaign_ends"))
        return chart(figure, "a", words.say("section.activity"))


def survival(result: Result, words: Words) -> Chart:
    """Kaplan-Meier curves of the communities' lifespans."""
    arms = [result.baseline, *findings.ranked(result)]
    known = looks(result)
    with drawing():
        figure = Figure(figsize=(WIDTH, 3.9))
        axes = figure.add_axes((0.075, 0.135, 0.685, 0.765))
        lines = curves.survivals(result, [result.labels.index(arm.label) for arm in arms])
        for arm, line in zip(arms, lines, strict=True):
            look = known[arm.label]
            axes.fill_between(
                line.days, line.low, line.high, step="post", color=look.colour, alpha=_faint(len(arms)), lw=0
            )
            axes.step(line.days, line.survival, where="post", color=look.colour, ls=look.dash, lw=look.width)
        axes.set_xlim(0, max(result.tau, 1.0))
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_title(words.say("chart.survival"))
        axes.set_xlabel(words.say("chart.day"))
        if result.follow_up and result.days <= result.tau:
            axes.axvline(result.days, color="#8c959f", linewidth=1, linestyle=(0, (2, 2)))
            _mark(axes, result.days, words.say("chart.campaign_ends"), top=False)
        _names(
            axes,
            max(result.tau, 1.0),
            [line.survival[-1] for line in lines],
            [a.label for a in arms],
            result,
            words,
        )
        return chart(figure, "s", words.say("section.survival"))


def short(text: str, width: int = _NAME) -> str:
    """``text`` cut to a width in half-width characters; a hanzi takes two."""
    if cells(text) <= width:
        return text
    kept = ""
    for character in text:
        if cells(kept + character) > width - 3:
            break
        kept += character
    return kept.rstrip() + "..."


def cells(text: str) -> int:
    """Width of a text in half-width characters."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _faint(bands: int) -> float:
    """Opacity at which so many bands, one over the other, leave the lines in sight."""
    return min(0.13, 0.35 / bands)


def _lines(
    axes: Axes,
    bands: curves.Bands,
    labels: Sequence[str],
    result: Result,
    words: Words,
    opacity: float = 0.13,
) -> None:
    """A line with its band per arm, and the names beside their ends."""
    known = looks(result)
    days = np.arange(bands.mean.shape[1])
    for row, label in enumerate(labels):
        look = known[label]
        axes.fill_between(days, bands.low[row], bands.high[row], color=look.colour, alpha=opacity, lw=0)
        axes.plot(days, bands.mean[row], color=look.colour, ls=look.dash, lw=look.width)
    _names(axes, max(days[-1], 1), bands.mean[:, -1].tolist(), labels, result, words)


def _names(
    axes: Axes, x: float, ends: Sequence[float], labels: Sequence[str], result: Result, words: Words
) -> None:
    """The name of each line to the right of its end, with a leader, moved apart where they would overlap."""
    known = looks(result)
    shown = [i for i, y in enumerate(ends) if np.isfinite(y)]
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72  # type: ignore[union-attr]
    places = curves.apart([ends[i] for i in shown], 14.0 * (high - low) / height, low, high)
    for i, y in zip(shown, places, strict=True):
        look = known[labels[i]]
        axes.annotate(
            short(words.arm(labels[i])),
            xy=(x, ends[i]),
            xytext=(1.035, y),
            xycoords="data",
            textcoords=("axes fraction", "data"),
            color=look.colour,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": look.colour,
                "lw": 0.8,
                "shrinkA": 1,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )
    axes.set_ylim(low, high)


def _mark(axes: Axes, x: float, text: str, top: bool = True) -> None:
    """A word at the top or the foot of a vertical line, on the side with more room."""
    left, right = axes.get_xlim()
    far = x > (left + right) / 2
    axes.annotate(
        text,
        xy=(x, float(top)),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if far else 5, -3 if top else 4),
        textcoords="offset points",
        ha="right" if far else "left",
        va="top" if top else "bottom",
        color="#57606a",
        fontsize=9.5,
    )


@contextmanager
def drawing() -> Iterator[None]:
    """Our settings, whatever the user's own; a character that no font of ours has is a box, silently."""
    if FAMILY not in fontManager.get_font_names():
        fontManager.addfont(FONT)
    with matplotlib.style.context("default"), mpl.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def chart(figure: Figure, prefix: str, title: str) -> Chart:
    """Both forms of a drawn figure."""
    png = BytesIO()
    figure.savefig(png, format="png", dpi=200, metadata={"Software": None})
    return Chart(inline(figure, prefix, title), png.getvalue())


def inline(figure: Figure, prefix: str, title: str) -> str:
    """A drawn figure as an ``<svg>`` element."""
    svg = BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return _inline(svg.getvalue().decode(), prefix, title)


def _inline(svg: str, prefix: str, title: str) -> str:
    """The ``<svg>`` element alone, of the page's width, with ids of its own and a name for screen readers."""
    body = svg[svg.index("<svg") :].strip()
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}-", body)
    head, rest = body.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    name = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'{head} role="img" aria-label="{name}">{rest}'
