"""The figure of a screening: what moves the baseline, which way comparisons go, and what turns them."""

import re
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from experiments.messages import Catalogue
from experiments.report.charts import INK, PALE, PALETTE, drawing
from experiments.screening.result import Comparison, Screening
from experiments.screening.runs import METRICS
from experiments.study import BASELINE

_MOST, _TURNING = 14, 10
_BETTER, _WORSE = PALETTE[0], PALETTE[1]


def figure(found: Screening, say: Catalogue) -> str:
    """The figure as SVG, text as text; the same screening gives the same bytes."""
    with drawing():
        made = Figure(figsize=(11.0, 9.2))
        grid = made.add_gridspec(
            2,
            2,
            left=0.2,
            right=0.985,
            top=0.955,
            bottom=0.13,
            hspace=0.4,
            wspace=0.58,
            height_ratios=(1.25, 1),
        )
        for n, metric in enumerate(METRICS):
            _bars(made.add_subplot(grid[0, n]), found, metric, say)
        _shares(made.add_subplot(grid[1, 0]), found, say)
        _turns(made.add_subplot(grid[1, 1]), found, say)
        raw = BytesIO()
        made.savefig(raw, format="svg", metadata={"Date": None, "Creator": None})
    svg = raw.getvalue().decode()
    return re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)


def _bars(axes: Axes, found: Screening, metric: str, say: Catalogue) -> None:
    """The strongest movers of the baseline; a mark shows what luck alone would make of each."""
    moves = found.baseline[metric]
    order = np.argsort(-moves.mu_star[:-1], kind="stable")[:_MOST]
    y = np.arange(len(order))
    colours = [to_rgba(_BETTER if moves.mu[n] > 0 else _WORSE, 1.0 if moves.real[n] else 0.3) for n in order]
    axes.barh(y, moves.mu_star[order], color=colours, height=0.66)
    axes.errorbar(
        moves.mu_star[order],
        y,
        xerr=moves.wide[order],
        fmt="none",
        ecolor="#57606a",
        elinewidth=0.9,
        capsize=2,
    )
    axes.plot(moves.floor[order], y, "|", color=INK, markersize=9, markeredgewidth=2)
    axes.set_yticks(y, [found.design.keys[n] for n in order])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_title(say(f"screen.chart_{metric}"))
    axes.set_xlabel(say("screen.chart_axis"), fontsize=9)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _shares(axes: Axes, found: Screening, say: Catalogue) -> None:
    """Shares of points at which each comparison is clearly worse, unclear, clearly better."""
    shares = np.array([compared.shares["voices"] for compared in found.comparisons]).reshape(-1, 3)
    y, left = np.arange(len(shares)), np.zeros(len(shares))
    for part, (word, colour) in enumerate((("worse", _WORSE), ("unclear", PALE), ("better", _BETTER))):
        axes.barh(y, shares[:, part], left=left, color=colour, height=0.66, label=say(f"screen.{word}"))
        for at in y[shares[:, part] > 0.06]:
            ink = INK if word == "unclear" else "white"
            middle = left[at] + shares[at, part] / 2
            axes.text(middle, at, f"{shares[at, part]:.0%}", ha="center", va="center", color=ink, fontsize=9)
        left = left + shares[:, part]
    axes.set_yticks(y, [_label(compared, "\n") for compared in found.comparisons])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.set_title(say("screen.chart_shares"), pad=22)
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=9, borderpad=0)


def _turns(axes: Axes, found: Screening, say: Catalogue) -> None:
    """How many steps of a parameter turn a comparison's sign."""
    compared = found.comparisons
    flips = np.array([one.turns.flips[:-1] for one in compared]).reshape(len(compared), -1).T
    order = sorted(np.flatnonzero(flips.any(axis=1)), key=lambda n: (-flips[n].sum(), n))[:_TURNING]
    axes.set_title(say("screen.chart_turns"))
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    if not order:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0, 0.9, say("screen.nothing"), transform=axes.transAxes)
        return
    shown = flips[order]
    axes.imshow(shown / found.design.paths, cmap="Oranges", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(shown):
        if count:
            dark = count / found.design.paths > 0.55
            axes.text(column, row, str(count), ha="center", va="center", color="white" if dark else INK)
    axes.set_yticks(range(len(order)), [found.design.keys[n] for n in order])
    axes.set_xticks(
        range(len(compared)), [_label(one, "\n") for one in compared], fontsize=8, rotation=35, ha="right"
    )


def _label(compared: Comparison, between: str = " ") -> str:
    """An arm, and what it is compared with where that is not the baseline."""
    return compared.arm if compared.other == BASELINE else f"{compared.arm}{between}/ {compared.other}"
