"""The section on the rooms of one file: scores, what the model saves of its rivals', figures, cautions."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from experiments.messages import Catalogue
from experiments.validation.resampling import Skill
from experiments.validation.rooms.figures import pictures
from experiments.validation.rooms.logs import File
from experiments.validation.rooms.study import LIFE, MODEL, MODELS, TALK, Scores, Study
from experiments.validation.sections import Cell, Section, Table

#: Rivals in the order shown; credit is counted from the first.
RIVALS = ("aft", "aft_full", "others", "persistence")
COMMITTED = "committed"
WHAT = (*LIFE, *TALK)
_NOTES = ("built", "fitted", "waning", "identified", "level", "alive", "intervals")


def section(file: File, study: Study, found: Mapping[str, Any], lang: str) -> Section:
    """Everything that came out for a file.

    Args:
        file: The file.
        study: Its rooms, simulated.
        found: ``refitted`` and ``committed`` scores, ``later`` (scores, rooms fitted on, date; or None) and
            ``in_sample``.
        lang: Language.
    """
    say = Catalogue(lang)
    key = f"rooms:{file.name}"
    refitted: Scores = found["refitted"]
    dead = int(study.fates.died.sum())
    notes = [say(f"rooms.note.{name}") for name in _NOTES]
    if file.censored:
        notes.insert(0, say(f"rooms.note.censored.{file.censored}"))
    return Section(
        key=key,
        title=say("rooms.title", file=file.name, rooms=len(study.rooms), first=file.first, last=file.last),
        lead=" ".join(_lead(refitted, model, say) for model in MODELS),
        tables=_tables(refitted, found, say),
        pictures=pictures(study, refitted, say, f"r{file.digest[:6]}"),
        notes=[say("rooms.note.rooms", rooms=len(study.rooms), held=file.held, died=dead), *notes],
        data=_data(file, study, found),
    )


def few(file: File, fewest: int, lang: str) -> Section:
    """What is said of a file that cannot be scored."""
    say = Catalogue(lang)
    why = "letters" if file.letters else "few"
    return Section(
        key=f"rooms:{file.name}",
        title=say("rooms.title", file=file.name, rooms=len(file.rooms), first=file.first, last=file.last),
        lead=say(f"rooms.lead.{why}", rooms=len(file.rooms), fewest=fewest),
        data={"rooms": len(file.rooms), "scored": False, "reason": why},
    )


def _lead(scores: Scores, model: str, say: Catalogue) -> str:
    """What came out for a model against the first rival, in a sentence."""
    skills = scores.skills(RIVALS[0], model)
    parts = []
    for what in (*LIFE, TALK[0]):
        if what in skills:
            one = skills[what]
            verdict = "better" if one.low > 0 else "worse" if one.high < 0 else "tie"
            told = {"what": say(f"rooms.what.{what}"), "skill": _skill(one, say)}
            parts.append(say(f"rooms.lead.{verdict}", **told))
    return say(
        "rooms.lead.model", model=say(f"rooms.predictor.{model}"), parts=say("rooms.comma").join(parts)
    )


def _tables(refitted: Scores, found: Mapping[str, Any], say: Catalogue) -> list[Table]:
    columns = [say("rooms.column.prediction"), *(say(f"rooms.column.{what}") for what in WHAT)]
    mark = say("rooms.in_sample") if found["in_sample"] else say("rooms.not_refitted")
    rows = [_scores(refitted, name, say) for name in MODELS]
    rows += [_scores(found[COMMITTED], name, say, mark) for name in MODELS]
    rows += [_scores(refitted, name, say) for name in RIVALS]
    tables = [Table(columns, rows + _saved(refitted, say), say("rooms.table"))]
    if found["later"]:
        later, past, day = found["later"]
        future = int(np.isfinite(later.of[LIFE[0]][MODEL]).sum())
        when = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
        rows = [_scores(later, name, say) for name in (*MODELS, *RIVALS)] + _saved(later, say)
        tables.append(Table(columns, rows, say("rooms.forward", past=past, future=future, date=when)))
    return tables


def _scores(scores: Scores, predictor: str, say: Catalogue, small: str = "") -> list[Cell | str]:
    """Mean scores of a predictor; a dash where it has no view."""
    tone = "strong" if predictor in MODELS else ""
    cells: list[Cell | str] = [Cell(say(f"rooms.predictor.{predictor}"), tone, small)]
    for what in WHAT:
        there = predictor in scores.of[what]
        cells.append(_number(scores.mean(what, predictor)) if there else "–")
    return cells


def _saved(scores: Scores, say: Catalogue) -> list[list[Cell | str]]:
    """What each refitted model saves of each rival's score."""
    rows: list[list[Cell | str]] = []
    for model in MODELS:
        rows.append([Cell(say("rooms.saved", model=say(f"rooms.predictor.{model}")), "strong")])
        for rival in RIVALS:
            skills = scores.skills(rival, model)
            row: list[Cell | str] = [say(f"rooms.predictor.{rival}")]
            for what in WHAT:
                one = skills.get(what)
                tone = "" if one is None else "good" if one.low > 0 else "bad" if one.high < 0 else ""
                row.append("–" if one is None else Cell(_skill(one, say), tone))
            rows.append(row)
    return rows


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _skill(skill: Skill, say: Catalogue) -> str:
    estimate, low, high = (f"{100 * x:+.1f}%".replace("-", "−") for x in skill[:3])
    return f"{estimate} {say('rooms.interval', low=low, high=high)}"


def _data(file: File, study: Study, found: Mapping[str, Any]) -> dict[str, Any]:
    def table(scores: Scores) -> dict[str, Any]:
        means = {what: {name: scores.mean(what, name) for name in by} for what, by in scores.of.items()}
        saved = {
            model: {
                rival: {what: one._asdict() for what, one in scores.skills(rival, model).items()}
                for rival in RIVALS
            }
            for model in MODELS
        }
        return {"scores": means, "saved": saved}

    out: dict[str, Any] = {
        "rooms": len(study.rooms),
        "scored": True,
        "held": file.held,
        "died": int(study.fates.died.sum()),
        "censoring": file.censored,
        "left_out": table(found["refitted"]),
        COMMITTED: {**table(found[COMMITTED]), "in_sample": found["in_sample"]},
    }
    if found["later"]:
        scores, past, day = found["later"]
        out["forward"] = {**table(scores), "fitted_on": past, "date": day}
    return out
