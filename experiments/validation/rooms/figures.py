"""Real rooms beside simulated ones, as SVG: lines with names, real first."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, PercentFormatter
from numpy.typing import NDArray
from scipy import stats

from experiments.messages import Catalogue
from experiments.report.charts import BASELINE, PALETTE, drawing
from experiments.validation.rooms.bank import COUNTS, DAYS, SPANS
from experiments.validation.rooms.scoring import weights as censored_weights
from experiments.validation.rooms.study import MODELS, Scores, Study
from experiments.validation.rooms.week import HORIZONS, KNOWN
from experiments.validation.sections import Picture

Floats = NDArray[np.float64]
_SIZE = (7.2, 3.4)
#: Rooms from which a figure of what was watched to the end is drawn.
_FEW = 10
#: Real (or the exact line) first, then the models.
_LOOKS: tuple[tuple[str, Any], ...] = (
    (BASELINE, "-"),
    (PALETTE[0], (0, (6, 2))),
    (PALETTE[1], (0, (2, 1.5))),
)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a figure: places and values, ``(k,)`` each."""

    x: Floats
    y: Floats


def survival(study: Study) -> Line:
    """Share of rooms not yet silent by day: Kaplan-Meier."""
    days = np.arange(1, HORIZONS[-1] + 1, dtype=np.float64)
    known = stats.CensoredData(
        uncensored=study.fates.lived[study.fates.died], right=study.fates.lived[~study.fates.died]
    )
    return Line(days, np.asarray(stats.ecdf(known).sf.evaluate(days)))


def survival_simulated(study: Study, weights: Floats) -> Line:
    """The same as predicted, each room with its own weights ``(n, K)``."""
    days = np.arange(1, HORIZONS[-1] + 1, dtype=np.float64)
    parts = zip(study.runs, weights, strict=True)
    chances = [(run.lived[:, :, None] > days).mean(axis=1).T @ weight for run, weight in parts]
    return Line(days, np.mean(chances, axis=0))


def calibration(study: Study, alive: Floats, horizon: int) -> Line:
    """Share alive at a horizon by decile of its predicted chance ``(n,)``, over rooms whose fate is known.

    Weighted as the Brier score is: of two rooms alike, the one that died is likelier to have been seen.
    """
    weight = censored_weights(study.fates, horizon, study.fates)
    known = np.flatnonzero(weight > 0)
    order = known[np.argsort(alive[known], kind="stable")]
    parts = [part for part in np.array_split(order, 10) if len(part)]
    lived = (study.fates.lived > horizon).astype(np.float64)
    return Line(
        np.array([np.average(alive[part], weights=weight[part]) for part in parts]),
        np.array([np.average(lived[part], weights=weight[part]) for part in parts]),
    )


def watched(study: Study) -> list[int]:
    """Rooms watched for as long as was simulated."""
    return [i for i, room in enumerate(study.rooms) if room.later.watched >= KNOWN + DAYS]


def talk(study: Study) -> Line:
    """Messages a day in the typical room, by week from the second: exp(mean log(1 + the week's)) - 1."""
    weeks = DAYS // 7
    daily = [study.rooms[i].later.daily[KNOWN : KNOWN + 7 * weeks] for i in watched(study)]
    mean = np.mean([np.log1p(one.reshape(weeks, 7).sum(axis=1)) for one in daily], axis=0)
    return Line(np.arange(2, weeks + 2, dtype=np.float64), np.expm1(mean) / 7)


def talk_simulated(study: Study, weights: Floats) -> Line:
    """The same as predicted."""
    mean = np.mean([weights[i] @ study.runs[i].weekly for i in watched(study)], axis=0)
    return Line(np.arange(2, len(mean) + 2, dtype=np.float64), np.expm1(mean) / 7)


def amounts(study: Study) -> Line:
    """Share of new writers who wrote at least so many messages within the time simulated."""
    later = [study.rooms[i].later for i in watched(study)]
    wrote = np.concatenate([one.wrote[one.joined < KNOWN + DAYS] for one in later])
    return Line(np.array(COUNTS, np.float64), np.array([(wrote >= count).mean() for count in COUNTS]))


def amounts_simulated(study: Study, weights: Floats) -> Line:
    """The same as predicted."""
    wrote = np.sum([weights[i] @ study.runs[i].wrote for i in watched(study)], axis=0)
    return Line(np.array(COUNTS, np.float64), wrote / wrote[0])


def returns(study: Study) -> Line:
    """Share of new writers who write again k days or more after their first message, of those watched."""
    end = KNOWN + DAYS
    later = [study.rooms[i].later for i in watched(study)]
    joined = np.concatenate([one.joined for one in later])
    span = np.minimum(np.concatenate([one.spoke for one in later]), end - 1) - joined
    shares = [float((span[joined < end - k] >= k).mean()) for k in SPANS[1:]]
    return Line(np.array(SPANS[1:], np.float64), np.array(shares))


def returns_simulated(study: Study, weights: Floats) -> Line:
    """The same as predicted."""
    stayed = np.sum([weights[i] @ study.runs[i].stayed for i in watched(study)], axis=0)
    could = np.sum([weights[i] @ study.runs[i].could for i in watched(study)], axis=0)
    return Line(np.array(SPANS[1:], np.float64), (stayed / could)[1:])


def pictures(study: Study, scores: Scores, say: Catalogue, key: str) -> list[Picture]:
    """All figures there are rooms for; every room is predicted as it was scored."""

    def beside(real: Line, simulated: Callable[[Study, Floats], Line]) -> dict[str, Line]:
        return {"real": real, **{model: simulated(study, scores.weights[model]) for model in MODELS}}

    out = [_draw(beside(survival(study), survival_simulated), "survival", say, key)]
    for horizon in HORIZONS:
        lines = {model: calibration(study, scores.alive[model][horizon], horizon) for model in MODELS}
        top = max(float(line.x.max()) for line in lines.values())
        lines = {"exact": Line(np.array([0.0, top]), np.array([0.0, top])), **lines}
        out.append(_draw(lines, f"calibration_{horizon}", say, key))
    if len(watched(study)) >= _FEW and any(len(study.rooms[i].later.joined) > 0 for i in watched(study)):
        out.append(_draw(beside(talk(study), talk_simulated), "talk", say, key, share=False))
        out.append(_draw(beside(amounts(study), amounts_simulated), "amounts", say, key, log=True))
        out.append(_draw(beside(returns(study), returns_simulated), "returns", say, key, log=True))
    return out


def _draw(
    lines: Mapping[str, Line], name: str, say: Catalogue, key: str, *, share: bool = True, log: bool = False
) -> Picture:
    caption = say(f"rooms.picture.{name}")
    kind = name.partition("_")[0]
    with drawing():
        figure = Figure(figsize=_SIZE)
        axes = figure.add_axes((0.09, 0.16, 0.88, 0.8))
        for (word, line), (colour, dash) in zip(lines.items(), _LOOKS, strict=False):
            mark = "o" if len(line.x) < 20 and word != "exact" else ""
            label = say(f"rooms.picture.{word}")
            axes.plot(line.x, line.y, color=colour, ls=dash, marker=mark, ms=4, lw=2, label=label)
        axes.legend(frameon=False)
        axes.set_xlabel(say(f"rooms.axis.{kind}"))
        axes.set_ylim(bottom=0)
        if share:
            axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        if kind == "calibration":
            axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        if log:
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(FixedLocator([float(x) for x in next(iter(lines.values())).x]))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
            axes.xaxis.set_minor_locator(FixedLocator([]))
        return Picture(_svg(figure, f"{key}-{name}", caption), caption)


def _svg(figure: Figure, prefix: str, title: str) -> str:
    """The ``<svg>`` element with ids of its own and a name for screen readers; the same bytes every time."""
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    body = re.sub(r"<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}-", body[body.index("<svg") :].strip())
    head, rest = body.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    name = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'{head} role="img" aria-label="{name}">{rest}'
