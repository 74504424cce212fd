"""The figures of a sweep: the best arm on a map of two factors, and each arm's response to each factor."""

from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from experiments.report.charts import BASELINE, DASHES, INK, PALETTE, WIDTH, Chart, chart, drawing, short
from experiments.sweeps import findings
from experiments.sweeps.findings import METRICS, Level
from experiments.sweeps.run import Swept
from experiments.sweeps.words import Words

#: Most cells of a side of a map whose cells are written into; from which values a scale is logarithmic.
_WRITTEN, _WIDE = 9, 16.0
#: Panels beside each other.
_COLUMNS = 3


def responses(found: Swept, words: Words) -> Chart:
    """Effect of each arm against each factor, a panel for each, the metrics that decide below each other."""
    keys = found.sweep.keys
    columns = min(len(keys), _COLUMNS)
    bands = -(-len(keys) // columns)
    rows = bands * len(METRICS)
    with drawing():
        figure = Figure(figsize=(WIDTH, 0.9 + 2.75 * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat:
            axes.set_visible(False)
        for at, key in enumerate(keys):
            for below, metric in enumerate(METRICS):
                axes = grid[at // columns * len(METRICS) + below, at % columns]
                axes.set_visible(True)
                _response(axes, found, words, key, metric)
                if at % columns == 0:
                    axes.set_ylabel(words.say(f"sweep.axis_{metric}"), fontsize=9.5)
                if below == 0:
                    axes.set_title(words.factor(key), fontsize=11)
        names, lines = [words.arm(arm) for arm in found.sweep.arms], grid[0, 0].get_lines()
        figure.legend(
            [line for line in lines if not str(line.get_label()).startswith("_")],
            [short(name, 40) for name in names],
            loc="outside upper left",
            ncols=min(len(names), 3),
            frameon=False,
        )
        return chart(figure, "r", words.say("sweep.responses"))


def best_map(found: Swept, words: Words) -> Chart | None:
    """Which arm is best, and by how much, over two factors of a grid; None for any other design."""
    if (
        found.sweep.kind != "grid"
        or len(found.sweep.keys) != 2
        or len(found.points) < len(found.sweep.points)
    ):
        return None
    with drawing():
        figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
        _map(figure.subplots(), found, words, METRICS[0])
        return chart(figure, "m", words.say("sweep.map"))


def _response(axes: Axes, found: Swept, words: Words, key: str, metric: str) -> None:
    looks = zip(cycle(PALETTE), cycle(DASHES), strict=False)
    numeric = findings.numeric(found, key)
    axes.axhline(0, color=BASELINE, linewidth=1.2)
    count = len(found.sweep.arms)
    levels: tuple[Level, ...] = ()
    for number, (arm, (colour, dash)) in enumerate(zip(found.sweep.arms, looks, strict=False)):
        levels = findings.response(found, arm, key, metric)
        mean, low, high = (np.array([getattr(one, end) for one in levels]) for end in ("mean", "low", "high"))
        if numeric:
            x = np.array([one.at for one in levels], np.float64)
            axes.fill_between(x, low, high, color=colour, alpha=min(0.15, 0.4 / count), lw=0)
            axes.plot(x, mean, color=colour, ls=dash, marker="o", markersize=4, label=arm)
            if found.sweep.kind != "grid":
                _dots(axes, found, arm, key, metric, colour)
        else:
            x = np.arange(len(levels), dtype=np.float64) + (number - (count - 1) / 2) * 0.5 / count
            span = np.abs(np.array([low, high]) - mean)
            axes.errorbar(x, mean, yerr=span, fmt="none", ecolor=colour, elinewidth=1.4, capsize=2)
            axes.plot(x, mean, "o", color=colour, markersize=5, label=arm)
    if not numeric:
        axes.set_xticks(
            range(len(levels)), [short(words.value(key, one.word), 14) for one in levels], fontsize=9
        )
        axes.set_xlim(-0.6, len(levels) - 0.4)
    elif found.sweep.kind == "grid":
        _numbers(axes, [one.at or 0.0 for one in levels])
    axes.set_xlabel(short(words.meaning(key), 46 if len(found.sweep.keys) > 1 else 90), fontsize=9)


def _dots(axes: Axes, found: Swept, arm: str, key: str, metric: str, colour: str) -> None:
    """Every point of a sample by itself."""
    x = [findings.value_of(point.values[key]) or 0.0 for point in found.points]
    y = [found.effect(point.number, arm, metric).diff for point in found.points]
    axes.plot(x, y, "o", color=colour, markersize=2.5, alpha=0.45, lw=0)


def _numbers(axes: Axes, at: list[float]) -> None:
    """Ticks of their own where values are few, a scale of logs where they lie far apart."""
    if min(at) > 0 and max(at) / min(at) >= _WIDE:
        axes.set_xscale("log")
        axes.minorticks_off()
    if len(at) <= 6:
        axes.set_xticks(at, [f"{one:g}" for one in at])


def _map(axes: Axes, found: Swept, words: Words, metric: str) -> None:
    """Cells coloured by the best arm's effect, with its name in them where something gains."""
    across, up = found.sweep.factors
    size = np.full((len(up.values), len(across.values)), np.nan)
    said = {}
    for point in found.points:
        cell = up.values.index(point.values[up.key]), across.values.index(point.values[across.key])
        first = findings.best(found, point, metric)
        if first is not None:
            size[cell] = first.effect.diff
            names = [words.say("sweep.none_short")]
            if first.gains:
                names = [short(words.arm(arm), 16) for arm in (first.effect.scenario, *first.rivals[:1])]
            said[cell] = "\n".join([" ≈\n".join(names), words.amount(first.effect.diff, "plain", True)])
    most = float(np.nanmax(np.abs(size), initial=1e-9))
    image = axes.imshow(size, cmap="PuOr_r", norm=TwoSlopeNorm(0, -most, most), origin="lower", aspect="auto")
    if max(size.shape) <= _WRITTEN:
        for (row, column), text in said.items():
            dark = abs(size[row, column]) / most > 0.6
            colour = "white" if dark else INK
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(across.values)), [words.value(across.key, value) for value in across.values])
    axes.set_yticks(range(len(up.values)), [words.value(up.key, value) for value in up.values])
    axes.grid(visible=False)
    axes.set_xlabel(f"{words.factor(across.key)}: {words.meaning(across.key)}")
    axes.set_ylabel(short(f"{words.factor(up.key)}: {words.meaning(up.key)}", 50))
    axes.set_title(words.say("sweep.map_title", metric=words.say.name("metric", metric)))
    bar = axes.figure.colorbar(image, ax=axes, pad=0.02)
    bar.set_label(words.say(f"sweep.axis_{metric}"), fontsize=9.5)
    bar.outline.set_visible(False)
