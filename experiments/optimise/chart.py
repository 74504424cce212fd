"""The figure of a search: the finalists as confirmed, and all trials by what they cost."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.messages import Catalogue
from experiments.optimise.confirm import Finalist, Outcome
from experiments.optimise.frames import listed
from experiments.optimise.space import Space
from experiments.optimise.words import titles
from experiments.report.amounts import Amounts
from experiments.report.charts import BASELINE, INK, PALE, PALETTE, Chart, drawing, short
from experiments.report.charts import chart as finished
from experiments.statistics.comparison import Effect
from simulator.metrics import Metric

_FEASIBLE, _PLAN = PALETTE[0], PALETTE[1]
#: How much of the axis lies beyond the budget.
_BEYOND = 1.6
#: Width of the tactics' names under a line, in half-width characters.
_NAMES = 46


def chart(outcome: Outcome, space: Space, say: Catalogue) -> Chart:
    """The figure, as SVG for the page and PNG for slides."""
    with drawing():
        figure = Figure(figsize=(11.0, 4.6))
        shown = listed(outcome)
        grid = figure.add_gridspec(
            1, 2, left=0.135, right=0.985, top=0.84, bottom=0.13, wspace=0.16, width_ratios=(1.15, 1)
        )
        left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
        if len(outcome.aim.goals) > 1:
            _both(left, outcome, shown, say)
        else:
            _forest(left, outcome, shown, space, say)
        _money(right, outcome, shown, say)
        return finished(figure, "o", say("optimise.title"))


def name(one: Finalist, say: Catalogue) -> str:
    """What a finalist is called: Plan, Plan 2 ..., or the best tactic alone."""
    number = one.name.partition("_")[2]
    return say("optimise.plan_n", n=number) if number else say(f"optimise.{one.name}")


def scaled(metric: Metric) -> float:
    """What numbers of a metric are shown times: shares in points."""
    return 100.0 if metric.unit in ("share", "share/day") else 1.0


def _effect(one: Finalist, metric: str) -> Effect:
    return one.result.comparison.effect(metric, one.label)


def _forest(axes: Axes, outcome: Outcome, shown: Sequence[Finalist], space: Space, say: Catalogue) -> None:
    """Confirmed effects with intervals; a hollow mark where the search had put them."""
    goal, amounts = outcome.aim.goals[0], Amounts(say)
    k = scaled(goal)
    for y, one in enumerate(shown):
        row = _effect(one, goal.name)
        colour = _colour(one, outcome)
        if np.isfinite(row.ci_low):
            axes.plot([k * row.ci_low, k * row.ci_high], [y, y], color=colour, lw=3, solid_capstyle="butt")
        axes.plot(
            k * row.diff, y, "o", color=colour, ms=8, label=say("optimise.confirmed") if not y else None
        )
        searched = k * one.trial.score.gains[0]
        axes.plot(
            searched,
            y,
            "o",
            mfc="none",
            mec="#57606a",
            ms=7,
            label=say("optimise.searched") if not y else None,
        )
        cost, hours = amounts.amount(one.score.cost, "yuan"), amounts.amount(one.score.hours, "hours")
        names = short(" + ".join(titles(space, one.trial.candidate, say)), _NAMES)
        text = f"{names} · {say('optimise.spent', cost=cost, hours=hours)}"
        axes.annotate(
            text,
            (0.015, y),
            xycoords=("axes fraction", "data"),
            xytext=(0, -13),
            textcoords="offset points",
            color="#57606a",
            fontsize=9,
            va="center",
            bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.8},
        )
    axes.set_yticks(range(len(shown)), [name(one, say) for one in shown])
    axes.set_ylim(len(shown) - 0.3, -0.6)
    axes.axvline(0, color=BASELINE, lw=1.2)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_title(say("optimise.chart_left"), pad=24)
    axes.set_xlabel(_label(goal, say))
    axes.legend(
        ncols=2, loc="lower left", bbox_to_anchor=(-0.01, 0.985), frameon=False, fontsize=9.5, borderpad=0
    )


def _both(axes: Axes, outcome: Outcome, shown: Sequence[Finalist], say: Catalogue) -> None:
    """The front of two goals, each plan with both intervals."""
    first, second = outcome.aim.goals
    a, b = scaled(first), scaled(second)
    for at, one in enumerate(shown):
        x, y = _effect(one, first.name), _effect(one, second.name)
        colour = _colour(one, outcome)
        if np.isfinite((x.ci_low, y.ci_low)).all():
            axes.plot([a * x.ci_low, a * x.ci_high], [b * y.diff] * 2, color=colour, lw=1.6)
            axes.plot([a * x.diff] * 2, [b * y.ci_low, b * y.ci_high], color=colour, lw=1.6)
        axes.plot(
            a * x.diff,
            b * y.diff,
            "o",
            color=colour,
            ms=8,
            label=say("optimise.confirmed") if not at else None,
        )
        axes.annotate(
            name(one, say),
            (a * x.diff, b * y.diff),
            xytext=(5, 5),
            textcoords="offset points",
            color=colour,
            fontsize=9.5,
        )
    axes.axhline(0, color=BASELINE, lw=1.2)
    axes.axvline(0, color=BASELINE, lw=1.2)
    axes.set_title(say("optimise.chart_front"), pad=24)
    axes.set_xlabel(_label(first, say))
    axes.set_ylabel(_label(second, say))


def _money(axes: Axes, outcome: Outcome, shown: Sequence[Finalist], say: Catalogue) -> None:
    """All trials: yuan and what the search saw of them, the frontier of those that keep the limits."""
    goal, budget = outcome.aim.goals[0], outcome.aim.limits.get("budget")
    k = scaled(goal)
    known = [one.score for one in outcome.trials if one.score.known]
    cost, gain = (np.array(x) for x in ([s.cost for s in known], [k * s.gains[0] for s in known]))
    kept = np.array([s.feasible for s in known], bool)
    right = _BEYOND * budget if budget else float(np.percentile(cost, 95)) if cost.size else 1.0
    right = max(right, 1.05 * max((one.score.cost for one in shown), default=0.0), 1.0)
    inside = cost <= right
    axes.plot(
        cost[kept & inside],
        gain[kept & inside],
        "o",
        color=_FEASIBLE,
        ms=4,
        alpha=0.55,
        mew=0,
        label=say("optimise.kept"),
    )
    axes.plot(
        cost[~kept & inside],
        gain[~kept & inside],
        "x",
        color="#8c959f",
        ms=4.5,
        mew=1,
        label=say("optimise.over"),
    )
    steps = [(cost[n], gain[n]) for n in np.lexsort((-goal.direction * gain, cost)) if kept[n]]
    line: list[tuple[float, float]] = []
    for x, y in steps:
        if not line or goal.direction * y > goal.direction * line[-1][1]:
            line.append((float(x), float(y)))
    if line:
        xs, ys = zip(*line, strict=True)
        axes.step(
            [*xs, min(budget or right, right)],
            [*ys, ys[-1]],
            where="post",
            color=_FEASIBLE,
            lw=1.3,
            label=say("optimise.frontier"),
        )
    for one in shown:
        row = _effect(one, goal.name)
        axes.plot(one.score.cost, k * row.diff, "o", color=_colour(one, outcome), ms=8, mec="white", zorder=4)
    if budget is not None:
        axes.axvline(budget, color=INK, lw=1, ls=(0, (3, 2)))
        axes.annotate(
            say("optimise.limit"),
            (budget, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -4),
            textcoords="offset points",
            va="top",
            fontsize=9.5,
            color="#57606a",
        )
    axes.axhline(0, color=BASELINE, lw=1.2)
    axes.set_xlim(-0.02 * right, right)
    axes.set_title(say("optimise.chart_right", n=len(outcome.trials)), pad=24)
    axes.set_xlabel(say("optimise.yuan"))
    axes.grid(visible=True, color=PALE, lw=0.5)
    axes.legend(
        ncols=3,
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.985),
        frameon=False,
        fontsize=9.5,
        borderpad=0,
        handletextpad=0.3,
        columnspacing=1.0,
    )


def _label(metric: Metric, say: Catalogue) -> str:
    unit = {"share": "points", "share/day": "points/day"}.get(metric.unit, metric.unit)
    inner = say(f"unit.{unit}", sign="", n="").strip()
    return say("optimise.gain", metric=say.name("metric", metric.name), unit=inner or say("optimise.plain"))


def _colour(one: Finalist, outcome: Outcome) -> str:
    return _PLAN if one is outcome.plan else "#8c959f" if not one.score.feasible else PALETTE[2]
