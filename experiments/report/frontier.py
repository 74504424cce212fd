"""The cost frontier as a picture: what arms give against yuan, and beside it against hours."""

from collections.abc import Sequence
from math import isfinite

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.frontier import Worth, worths
from experiments.report import charts
from experiments.report.words import Words
from experiments.result import Result

_SOFT = "#8c959f"
_FONT = 9.5
_NAME = 26  # width of a name in half-width characters


def picture(result: Result, words: Words) -> str:
    """Gain against yuan, and beside it against hours, as an ``<svg>``; empty with fewer than two arms."""
    found = [worth for worth in worths(result) if isfinite(worth.place.effect)]
    if len(found) < 2:
        return ""
    with charts.drawing():
        figure = Figure(figsize=(charts.WIDTH, 3.9))
        grid = figure.add_gridspec(1, 2, left=0.075, right=0.985, top=0.9, bottom=0.14, wspace=0.1)
        left = figure.add_subplot(grid[0])
        right = figure.add_subplot(grid[1], sharey=left)
        _frame(left, right, found, words)
        for axes, kind in ((left, "yuan"), (right, "hours")):
            _panel(axes, kind, found, result, words)
        return charts.inline(figure, "f", words.say("frontier.section"))


def _frame(left: Axes, right: Axes, found: Sequence[Worth], words: Words) -> None:
    """Scales that hold every mean and, unless they are out of all proportion, the intervals."""
    means = [0.0, *(worth.place.effect for worth in found)]
    reach = 3.0 * max(map(abs, means))
    ends = [end for worth in found for end in (worth.low, worth.high) if isfinite(end)]
    low, high = (max(min([*ends, *means]), -reach), min(max([*ends, *means]), reach))
    pad = 0.1 * (high - low) or 1.0
    left.set_ylim(low - pad, high + pad)
    for axes, kind, unit in ((left, "yuan", "yuan"), (right, "hours", "time")):
        far = max(_spent(worth, kind) for worth in found) or 1.0
        near = min(0.0, *(_spent(worth, kind) for worth in found))
        axes.set_xlim(near - 0.05 * far, 1.1 * far)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.10g}".replace("-", "−"))
        axes.axhline(0, color=charts.BASELINE, linewidth=1)
        axes.set_xlabel(words.say(f"frontier.{unit}"))
        axes.set_title(words.say(f"frontier.for_{kind}"))
    left.set_ylabel(words.say("frontier.gain"))
    right.tick_params(labelleft=False)


def _panel(axes: Axes, kind: str, found: Sequence[Worth], result: Result, words: Words) -> None:
    """Arms as points with their intervals, the frontier as a step line that starts from doing nothing."""
    looks = charts.looks(result)
    on = [w for w in found if w.counts and (w.place.on_yuan if kind == "yuan" else w.place.on_hours)]
    steps = sorted([(0.0, 0.0), *((_spent(worth, kind), worth.place.effect) for worth in on)])
    end = axes.get_xlim()[1]
    xs, ys = [x for x, _ in steps], [y for _, y in steps]
    axes.step([*xs, end], [*ys, ys[-1]], where="post", color=charts.INK, lw=1.3, alpha=0.75, zorder=2)
    axes.plot(0, 0, "s", color=charts.BASELINE, ms=7, zorder=4, clip_on=False)
    texts = [(0.0, 0.0, words.say("frontier.nothing"), charts.BASELINE)]
    for worth in found:
        x, y, good = _spent(worth, kind), worth.place.effect, worth in on
        colour = looks[worth.arm.label].colour if good else _SOFT
        if isfinite(worth.low):
            axes.plot(
                [x, x], [worth.low, worth.high], color=colour, lw=1.4, alpha=0.8 if good else 0.6, zorder=2
            )
        mark = "X" if worth.harmful else "o"
        axes.plot(x, y, mark, ms=8, mec=colour, mfc=colour if good else "white", mew=1.5, zorder=4)
        name = charts.short(words.arm(worth.arm.label), _NAME)
        texts.append(
            (x, y, name if good else f"{name}\n({words.say(_why(worth))})", colour if good else "#6e7781")
        )
    corners = [*xs, end]
    along = [(x, y, far, y) for x, y, far in zip(xs, ys, corners[1:], strict=True) if y]
    up = [(x, low, x, y) for x, low, y in zip(xs[1:], ys, ys[1:], strict=False)]
    bars = [(_spent(w, kind), w.low, _spent(w, kind), w.high) for w in found if isfinite(w.low)]
    _label(axes, texts, [*along, *up], [(axes.get_xlim()[0], 0.0, end, 0.0), *bars])


def _why(worth: Worth) -> str:
    """Why an arm is grey."""
    if worth.harmful:
        return "frontier.not_run"
    return "frontier.beaten" if worth.told else "frontier.not_sure"


def _spent(worth: Worth, kind: str) -> float:
    return worth.place.yuan if kind == "yuan" else worth.place.hours


Box = tuple[float, float, float, float]


def _label(
    axes: Axes, texts: Sequence[tuple[float, float, str, str]], lines: Sequence[Box], faint: Sequence[Box]
) -> None:
    """A name beside each point, where it covers no point, name or line; ``faint`` ones if need be."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    size = axes.figure.get_size_inches()  # type: ignore[union-attr]
    place = axes.get_position()
    wide, high = place.width * size[0] * 72, place.height * size[1] * 72

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - x0) / (x1 - x0) * wide, (y - y0) / (y1 - y0) * high

    spots = [at(x, y) for x, y, _, _ in texts]
    taken: list[tuple[Box, float]] = [((x - 6, y - 6, x + 6, y + 6), 1.5) for x, y in spots]
    for (left, low, right, top), weight in [*((a, 0.6) for a in lines), *((a, 0.08) for a in faint)]:
        (a, b), (c, d) = at(left, low), at(right, top)
        taken.append(((a - 1.5, b - 1.5, c + 1.5, d + 1.5), weight))
    for (x, y), (_, _, text, colour) in sorted(zip(spots, texts, strict=True), key=lambda one: -one[0][1]):
        rows = text.split("\n")
        w, h = max(map(charts.cells, rows)) * _FONT * 0.6, len(rows) * _FONT * 1.3
        options = [
            (abs(up) + (3 if left else 0), x + (-9 - w if left else 9), y + up - h / 2)
            for up in (0, *(sign * 6 * k for k in range(1, 30) for sign in (1, -1)))
            for left in (False, True)
        ]

        def cost(option: tuple[float, float, float], w: float = w, h: float = h) -> float:
            far, left, foot = option
            box = (left, foot, left + w, foot + h)
            out = max(0.0, -left) + max(0.0, left + w - wide) + max(0.0, -foot) + max(0.0, foot + h - high)
            return far + 20 * out + sum(weight * _shared(box, other) for other, weight in taken)

        far, left, foot = min(options, key=cost)
        taken.append(((left, foot, left + w, foot + h), 0.8))
        right = left > x
        axes.annotate(
            text,
            xy=(x / wide, y / high),
            xycoords="axes fraction",
            xytext=((left if right else left + w) / wide, (foot + h / 2) / high),
            textcoords="axes fraction",
            ha="left" if right else "right",
            va="center",
            multialignment="left" if right else "right",
            fontsize=_FONT,
            color=colour,
            zorder=5,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.7, "shrinkB": 5} if far > 14 else None,
        )


def _shared(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(up, 0.0)
