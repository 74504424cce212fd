"""The figure of a robustness study: who wins in how many worlds, and what makes the leading gap."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.messages import Catalogue
from experiments.report.charts import INK, PALE, PALETTE, Chart, drawing, short
from experiments.report.charts import chart as finished
from experiments.report.names import arm_name
from experiments.robust.study import Robustness
from experiments.robust.words import value
from experiments.study import BASELINE

_SOFT, _NOTHING = "#57606a", "#8c959f"


def chart(found: Robustness, say: Catalogue) -> Chart:
    """Shares of worlds on the left, leading parameters on the right."""
    rows = max(len(found.outcome.standings), len(found.chosen))

    with drawing():
        figure = Figure(figsize=(11.5, 2.0 + 0.36 * rows))
        grid = figure.add_gridspec(
            1, 2, left=0.13, right=0.985, top=0.86, bottom=0.12, wspace=0.62, width_ratios=(1, 1.35)
        )
        _wins(figure.add_subplot(grid[0]), found, say)
        _parameters(figure.add_subplot(grid[1]), found, say)
        return finished(figure, "r", say("robust.title"))


def _wins(axes: Axes, found: Robustness, say: Catalogue) -> None:
    """Share of plausible worlds each choice wins."""
    result = found.outcome
    shown = [*(one for one in result.ranked if one.label != BASELINE), result.nothing]
    for y, one in enumerate(shown):
        colour = _NOTHING if one.label == BASELINE else PALETTE[0]
        axes.barh(y, one.wins, color=colour, height=0.6, alpha=0.9)
        axes.plot([one.wins_low, one.wins_high], [y, y], color=INK, linewidth=1.2, solid_capstyle="butt")
        for end in (one.wins_low, one.wins_high):
            axes.plot([end, end], [y - 0.12, y + 0.12], color=INK, linewidth=1.2)
        axes.text(max(one.wins, one.wins_high) + 0.02, y, f"{one.wins:.0%}", va="center", fontsize=10)
    names = [
        say("robust.nothing") if one.label == BASELINE else short(arm_name(found.study, one.label, say), 20)
        for one in shown
    ]
    axes.set_yticks(range(len(shown)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.set_title(say("robust.chart_wins"), pad=10)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _parameters(axes: Axes, found: Robustness, say: Catalogue) -> None:
    """Total index of the leading parameters, and where each flips the winner alone."""
    shares = found.indices
    reach = 0.0
    for y, n in enumerate(found.ranked):
        at = found.chosen.index(n)
        total, wide, flip = float(shares.total[at]), float(shares.total_wide[at]), found.flips[at]
        colour = {"yes": PALETTE[1], "perhaps": "#E8A87C", "no": PALE}[flip.verdict]
        axes.barh(y, total, color=colour, height=0.6)
        low, high = max(total - wide, 0.0), total + wide
        axes.plot([low, high], [y, y], color=INK, linewidth=1.0)
        place = {"xytext": (6, 0), "textcoords": "offset points"}
        axes.annotate(_flip(found, n, say), (high, y), **place, va="center", fontsize=9, color=_SOFT)  # type: ignore[arg-type]
        reach = max(reach, high)
    axes.set_yticks(range(len(found.chosen)), [found.factors[n].key for n in found.ranked])
    axes.invert_yaxis()
    axes.set_xlim(0, max(1.75 * reach, 0.1))
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= reach]
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    first, second = (short(arm_name(found.study, label, say), 18) for label in found.pair)
    axes.set_title(say("robust.chart_parameters", first=first, second=second), pad=10)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def _flip(found: Robustness, n: int, say: Catalogue) -> str:
    flip, factor = found.flip(n), found.factors[n]
    if flip.verdict == "no":
        return say("robust.chart_no_flip")
    return say(f"robust.chart_{flip.verdict}", at=value(flip.at, factor, say))
