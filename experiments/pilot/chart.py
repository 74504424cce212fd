"""The figure of a pilot: the chance of finding the effect by number of groups, days and analysis."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from experiments.messages import Catalogue
from experiments.pilot.plan import Pilot
from experiments.pilot.trials import Analysis
from experiments.report.charts import INK, PALETTE, Chart, drawing
from experiments.report.charts import chart as finished
from experiments.report.curves import apart

_TICKS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)
_LINES = 4


def chart(found: Pilot, say: Catalogue) -> Chart:
    """A panel for each analysis, a line for each of a few trial days."""
    with drawing():
        figure = Figure(figsize=(11.0, 4.6))
        grid = figure.add_gridspec(
            1, len(found.analyses), left=0.06, right=0.925, top=0.88, bottom=0.15, wspace=0.28
        )
        for n, analysis in enumerate(found.analyses):
            _panel(figure.add_subplot(grid[n]), found, analysis, say)
        return finished(figure, "p", say("pilot.title"))


def shown_days(found: Pilot) -> list[int]:
    """Trial days that are drawn: a few, the shortest and the whole campaign among them."""
    some = np.unique(np.linspace(0, len(found.days) - 1, min(_LINES, len(found.days))).round().astype(int))
    return [found.days[n] for n in some]


def _panel(axes: Axes, found: Pilot, analysis: Analysis, say: Catalogue) -> None:
    days = shown_days(found)
    last = found.curve(days[-1], analysis)
    sizes = [one.groups for one in last]
    band = [one.tenth for one in last], [one.nine_tenths for one in last]
    axes.fill_between(sizes, *band, color=PALETTE[0], alpha=0.12, lw=0)
    asked = found.effort.chance / 100
    axes.axhline(asked, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    ends = []
    for n, day in enumerate(days):
        faint = 0.35 + 0.65 * (n + 1) / len(days)
        chances = [one.power for one in found.curve(day, analysis)]
        axes.plot(sizes, chances, color=PALETTE[0], alpha=faint, linewidth=1.4 + 0.4 * n)
        ends.append(chances[-1])
    axes.set_xscale("log")
    axes.set_xlim(sizes[0], sizes[-1])
    axes.set_ylim(0, 1.02)
    for day, end, place in zip(days, ends, apart(ends, 0.06, 0.0, 1.02), strict=True):
        axes.annotate(
            say("pilot.days", n=day),
            xy=(sizes[-1], end),
            xytext=(1.03, place),
            textcoords=("axes fraction", "data"),
            va="center",
            fontsize=9.5,
            color=PALETTE[0],
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": PALETTE[0], "lw": 0.7, "shrinkA": 1, "shrinkB": 0},
        )
    need = found.need(found.choice(analysis).days, analysis)
    if need.groups is not None:
        axes.plot([need.groups], [asked], "o", color=PALETTE[1], markersize=7, zorder=5)
        text = say("pilot.mark", n=need.groups, days=need.days)
        left = need.groups > np.sqrt(sizes[0] * sizes[-1])
        axes.annotate(
            text,
            (need.groups, asked),
            xytext=(-8 if left else 8, 8),
            textcoords="offset points",
            ha="right" if left else "left",
            color=PALETTE[1],
            fontsize=10,
        )
    ticks = [tick for tick in _TICKS if sizes[0] <= tick <= sizes[-1]]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20%", "40%", "60%", "80%", "100%"])
    axes.set_xlabel(say("pilot.chart_groups"))
    axes.set_title(say(f"pilot.chart_{analysis}", n=found.effort.before), pad=10)
