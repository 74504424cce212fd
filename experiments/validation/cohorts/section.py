"""The section on check-in cohorts: a table of scores, the distance of the streak curve, four figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.messages import Catalogue
from experiments.validation.cohorts import curves
from experiments.validation.cohorts.drawing import lines
from experiments.validation.cohorts.scoring import COMMITTED, REFITTED, Scored
from experiments.validation.resampling import Skill
from experiments.validation.sections import Cell, Picture, Section, Table

_RIVALS = ("constant", "running", "streak", "wide")
#: The baseline that credit is counted from.
BASELINE = "running"
_NOTES = ("feed", "cells", "identified", "streak")


def section(scored: Scored, lang: str) -> Section:
    """Everything that came out, in words, tables and figures."""
    say = Catalogue(lang)
    gain = scored.skill(REFITTED, BASELINE)
    verdict = "better" if gain.low > 0 else "worse" if gain.high < 0 else "tie"
    words = {"gain": _signed(gain.estimate), "low": _signed(gain.low), "high": _signed(gain.high)}
    counts = {"cohorts": len(scored.cohorts), "members": sum(len(one.members) for one in scored.cohorts)}
    return Section(
        key="cohorts",
        title=say("cohorts.title", **counts, cells=len(scored.cohort_of)),
        lead=say(f"cohorts.lead.{verdict}", **words, won=gain.won, of=gain.groups),
        tables=[_scores(scored, say), _curve(scored, say)],
        pictures=_pictures(scored, say),
        notes=[say("cohorts.note.units", of=gain.groups), *(say(f"cohorts.note.{name}") for name in _NOTES)],
        data=data(scored),
    )


def alone(lang: str, members: int) -> Section:
    """What is said of a single cohort."""
    say = Catalogue(lang)
    title = say("cohorts.title", cohorts=1, members=members, cells="–")
    return Section(key="cohorts", title=title, lead=say("cohorts.lead.one"), data={"cohorts": 1})


def data(scored: Scored) -> dict[str, Any]:
    """Scores, gains and distances as plain numbers."""
    later = _later(scored)
    rows = []
    for name in (REFITTED, COMMITTED, *_RIVALS):
        score = scored.scores(name)
        row: dict[str, Any] = {"prediction": name, "log_score": score.mean(), "later": score[later].mean()}
        if name != REFITTED:
            row |= {"gain_of_refitted": scored.skill(REFITTED, name)._asdict()}
        if name == COMMITTED:
            row |= {"in_sample": scored.in_sample, "gain_on_running": scored.skill(name, BASELINE)._asdict()}
        rows.append(row)
    real, others = _streaks(scored)
    mean, upper = curves.floor(real)
    distances = {name: curves.distance(real, curve) for name, curve in others.items()}
    return {
        "cohorts": len(scored.cohorts),
        "cells": len(scored.cohort_of),
        "scores": rows,
        "by_cohort": {
            one.name: {
                name: float(scored.scores(name)[scored.cohort_of == k].mean()) for name in scored.chances
            }
            for k, one in enumerate(scored.cohorts)
        },
        "streak_curve": {"distances": distances, "floor": mean, "floor_95": upper},
    }


def _scores(scored: Scored, say: Catalogue) -> Table:
    heads = ("prediction", "all", "later", "gain", "won")
    later, rows = _later(scored), []
    for name in (REFITTED, COMMITTED, *_RIVALS):
        score = scored.scores(name)
        small = say("cohorts.in_sample") if name == COMMITTED and scored.in_sample else ""
        row = [Cell(say(f"cohorts.prediction.{name}"), "strong" if name == REFITTED else "", small)]
        row += [Cell(_score(score.mean())), Cell(_score(score[later].mean()))]
        if name == REFITTED:
            row += [Cell(""), Cell("")]
        else:
            gain = scored.skill(REFITTED, name)
            row += [_gain(gain, say), Cell(say("cohorts.of", won=gain.won, of=gain.groups))]
        rows.append(row)
    return Table([say(f"cohorts.scores.{head}") for head in heads], rows, say("cohorts.scores.title"))


def _gain(gain: Skill, say: Catalogue) -> Cell:
    tone = "good" if gain.low > 0 else "bad" if gain.high < 0 else ""
    span = say("cohorts.interval", low=_signed(gain.low), high=_signed(gain.high))
    return Cell(_signed(gain.estimate), tone, span)


def _curve(scored: Scored, say: Catalogue) -> Table:
    real, others = _streaks(scored)
    mean, upper = curves.floor(real)
    rows = []
    for name, curve in others.items():
        gap = curves.distance(real, curve)
        tone = "good" if gap <= upper else "bad"
        rows.append([Cell(say(f"cohorts.prediction.{name}")), Cell(_share(gap), tone)])
    small = say("cohorts.curve.upper", mean=_share(mean), upper=_share(upper))
    rows.append([Cell(say("cohorts.curve.floor"), "soft"), Cell(_share(mean), "soft", small)])
    heads = [say("cohorts.scores.prediction"), say("cohorts.curve.distance")]
    return Table(heads, rows, say("cohorts.curve.title"))


def _streaks(scored: Scored) -> tuple[curves.Tally, dict[str, Any]]:
    """The real streak curve, and the others by name."""
    nothing = [None] * len(scored.cohorts)
    real = curves.tally(scored.cohorts, nothing, "streak")
    found = {REFITTED: curves.tally(scored.cohorts, scored.tables, "streak").curve}
    for name in (BASELINE, "streak"):
        tables = []
        for cohort, chance, cells in zip(scored.cohorts, scored.chances[name], scored.cells, strict=True):
            table = np.zeros(cohort.told.shape)
            table[cells.day, cells.member] = chance
            tables.append(table)
        found[name] = curves.tally(scored.cohorts, tables, "streak").curve
    found["simulated"] = _free(scored, "streak")
    return real, found


def _free(scored: Scored, key: str) -> Any:
    worlds = [world for worlds in scored.worlds for world in worlds]
    return curves.tally(worlds, [None] * len(worlds), key).curve


def _pictures(scored: Scored, say: Catalogue) -> list[Picture]:
    nothing: Sequence[None] = [None] * len(scored.cohorts)
    out = []
    for key in ("streak", "day", "place"):
        real = curves.tally(scored.cohorts, nothing, key)
        band = np.nanquantile(real.resampled(), (0.025, 0.975), axis=0)
        names = [str(k) for k in range(len(real.curve))]
        if key == "streak":
            names[-1] += "+"
        shown = {
            "real": real.curve,
            "predicted": curves.tally(scored.cohorts, scored.tables, key).curve,
            "simulated": _free(scored, key),
        }
        caption = say(f"cohorts.picture.{key}")
        axis = say(f"cohorts.picture.{key}_axis")
        out.append(Picture(lines(names, _named(shown, say), axis, caption, (band[0], band[1])), caption))
    worlds = [world for worlds in scored.worlds for world in worlds]
    shown = {"real": curves.rates(scored.cohorts), "simulated": curves.rates(worlds)}
    tenths = [f"{10 * k}%+" for k in range(10)]
    caption = say("cohorts.picture.rates")
    chart = lines(tenths, _named(shown, say), say("cohorts.picture.rates_axis"), caption)
    return [*out[:2], Picture(chart, caption), *out[2:]]


def _named(shown: Mapping[str, Any], say: Catalogue) -> dict[str, tuple[str, Any]]:
    """Curves with the names they have in this language."""
    return {kind: (say(f"cohorts.picture.{kind}"), curve) for kind, curve in shown.items()}


def _later(scored: Scored) -> Any:
    """Cells from a member's second day on, days of removal left out."""
    return np.concatenate([(one.before > 0) & ~one.removal for one in scored.cells])


def _score(x: float) -> str:
    return f"{x:.4f}".replace("-", "−")


def _signed(x: float) -> str:
    return f"{x:+.4f}".replace("-", "−")


def _share(x: float) -> str:
    return f"{x:.4f}"
