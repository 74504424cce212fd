"""`report.html`, one file that opens anywhere: what it shows is gathered here, how, is in the template."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from experiments.report import charts, curves, findings
from experiments.report.amounts import NONE, tidy
from experiments.report.forest import Axis
from experiments.report.words import SIGNS, Words
from experiments.report.worth import sentences
from experiments.result import Arm, Group, Result
from experiments.statistics.comparison import Effect
from experiments.templates import template
from simulator.metrics import BY_NAME, METRICS, Metric

RATES = ("new_rate", "conversion_rate", "churn_rate", "awakening_rate")
#: What the names of the read-outs of standing begin with.
STANDING = ("tier_", "customers_", "loyalty_")
ROLES = ("owner", "kol", "novice", "lurker")
_TEMPLATE = Path(__file__).with_name("template.html")
_FAILURES = 50  # shown; all of them are in runs.parquet


def page(result: Result, activity: charts.Chart, survival: charts.Chart, worth: str = "") -> str:
    """The whole report as HTML text; ``worth`` is the picture of the cost frontier, where there is one."""
    words = Words(result)
    arms = findings.ranked(result)
    known = charts.looks(result)
    context = {
        "result": result,
        "words": words,
        "say": words.say,
        "name": tidy(result.name),
        "command": tidy(result.command),
        "language": {"zh": "zh-CN"}.get(result.lang, result.lang),
        "stories": [words.story(arm) for arm in arms],
        "signs": SIGNS,
        "colours": {label: look.colour for label, look in known.items()},
        "strokes": {label: _stroke(look.dash) for label, look in known.items()},
        "activity": activity.svg,
        "survival": survival.svg,
        "smooth": curves.window(result) > 1,
        "side": side_by_side(result, words, arms),
        "roles": [roles(result, words, arms, kind) for kind in ("voices", "messages")],
        "guards": guards(result, words, arms),
        "standing": standing(result, words, arms),
        "costs": costs(result, words, arms),
        "worth": worth,
        "frontier": sentences(result, words),
        "gifts": gifts(result, words, arms),
        "settings": [(words.arm(arm.label), arm, settings(arm, words)) for arm in result.arms],
        "group": group(result.group, words),
        "matching": matching(result, words),
        "measures": [measure(metric, words) for metric in METRICS],
        "failures": result.failures[:_FAILURES],
        "failures_more": len(result.failures) - _FAILURES,
        "tidy": tidy,
        "number": lambda x: f"{x:g}".replace("-", "−"),
    }
    return template(_TEMPLATE).render(context)


def side_by_side(result: Result, words: Words, arms: Sequence[Arm]) -> dict[str, Any]:
    """The main table: a row per tested arm, and the scale of its bars."""
    found = {arm.label: findings.effect(result, "voices", arm.label) for arm in arms}
    axis = Axis.over(row for row in found.values() if row is not None)
    luck_only = result.uncertainty == "luck"
    rows = []
    for arm in arms:
        voices = found[arm.label]
        spans = findings.effect(result, "lifespan", arm.label)
        vital = findings.effect(result, "vital_days", arm.label)
        after = findings.effect(result, "voices_after", arm.label) if result.follow_up else None
        told = spans is not None and spans.verdict != "not_estimable"
        rows.append(
            {
                "label": arm.label,
                "title": words.arm(arm.label),
                "verdict": findings.verdict(result, arm.label).code,
                "bar": axis.bar(voices, luck_only=luck_only) if voices else None,
                "voices": words.relative(voices) if voices else (NONE, NONE),
                "voices_plain": words.amount(voices.diff, "members/day", True) if voices else NONE,
                "lifespan": cell(spans if told else None, words),
                "told": told,
                "vital": cell(vital, words),
                "after": words.relative(after) if after else (NONE, NONE),
                "cost": spent(result, "cost", arm, words),
                "hours": spent(result, "hours", arm, words),
                "price": price(result, arm, words),
                "won": words.amount(voices.p_better, "share") if voices else NONE,
            }
        )
    matters = next((row.matters for row in found.values() if row is not None), float("nan"))
    return {"rows": rows, "ticks": axis.ticks(), "matters": words.amount(matters, "members/day")}


def cell(row: Effect | None, words: Words) -> tuple[str, str]:
    """A difference with its unit, and its interval without."""
    if row is None or not isfinite(row.diff):
        return NONE, NONE
    return words.diff(row), words.diff_interval(row)


def spent(result: Result, metric: str, arm: Arm, words: Words) -> str:
    """What an arm costs the operator, in yuan or hours."""
    row = findings.effect(result, metric, arm.label)
    return words.amount(row.mean if row else float("nan"), BY_NAME[metric].unit)


def price(result: Result, arm: Arm, words: Words) -> tuple[str, str]:
    """Yuan per extra active member-day and its interval, or why there is none."""
    found = findings.price(result, arm.label)
    if not isfinite(found.yuan):
        return words.say("table.price_none"), NONE
    if not found.cost:
        return words.say("table.price_free"), NONE
    return words.amount(found.yuan, "yuan"), words.interval(found.low, found.high, "yuan", bare=True)


def roles(result: Result, words: Words, arms: Sequence[Arm], kind: str) -> dict[str, Any]:
    """Differences in voices or messages by role: a row per arm, a cell per role, bars on one scale."""
    found = {
        arm.label: [findings.effect(result, f"{kind}_{role}", arm.label) for role in ROLES] for arm in arms
    }
    luck_only = result.uncertainty == "luck"
    axis = Axis.over((row for line in found.values() for row in line if row is not None), zone=False)
    rows = [
        {
            "label": arm.label,
            "title": words.arm(arm.label),
            "cells": [
                {
                    "role": words.say.name("role", role),
                    "bar": axis.bar(row, zone=False, luck_only=luck_only) if row else None,
                    "text": words.amount(row.diff, "plain", True, (row.ci_low, row.ci_high)) if row else NONE,
                    "interval": words.interval(row.ci_low, row.ci_high, "plain", True) if row else NONE,
                }
                for role, row in zip(ROLES, found[arm.label], strict=True)
            ],
        }
        for arm in arms
    ]
    return {"title": words.say(f"roles.{kind}"), "rows": rows}


def guards(result: Result, words: Words, arms: Sequence[Arm]) -> list[dict[str, Any]]:
    """Guardrails with their red lines, then the four rates: a row per metric, a cell per arm."""
    wanted = (*(m for m in METRICS if m.kind == "guardrail"), *(BY_NAME[name] for name in RATES))
    return _lines(result, words, arms, wanted)


def standing(result: Result, words: Words, arms: Sequence[Arm]) -> list[dict[str, Any]]:
    """Where members stand on the last day: a row per tier, customer group and level, a cell per arm."""
    return _lines(result, words, arms, (m for m in METRICS if m.name.startswith(STANDING)))


def _lines(
    result: Result, words: Words, arms: Sequence[Arm], metrics: Iterable[Metric]
) -> list[dict[str, Any]]:
    """A row per metric, a cell per arm; with the state of its red line where it has one."""
    lines = []
    for metric in metrics:
        found = [findings.effect(result, metric.name, arm.label) for arm in arms]
        base = next((row.baseline_mean for row in found if row is not None), float("nan"))
        line = None if metric.red_line is None else words.line(metric.red_line, metric.unit)
        lines.append(
            {
                "title": words.metric(metric.name),
                "base": words.amount(base, metric.unit),
                "line": NONE if line is None else words.say("guard.line_worse", line=line),
                "cells": [
                    {
                        "title": words.arm(arm.label),
                        "text": cell(row, words),
                        "state": findings.guard_state(result, arm.label, metric.name) if line and row else "",
                    }
                    for arm, row in zip(arms, found, strict=True)
                ],
            }
        )
    return lines


def costs(result: Result, words: Words, arms: Sequence[Arm]) -> list[dict[str, Any]]:
    """What each arm costs, and each of its tactics."""
    return [
        {
            "title": words.arm(arm.label),
            "label": arm.label,
            "cost": spent(result, "cost", arm, words),
            "hours": spent(result, "hours", arm, words),
            "price": price(result, arm, words),
            "parts": [
                (words.tactic(t), words.amount(t.cost, "yuan"), words.amount(t.hours, "hours"))
                for t in arm.tactics
            ],
        }
        for arm in arms
    ]


def gifts(result: Result, words: Words, arms: Sequence[Arm]) -> str:
    """What members send each other, where they do."""
    found = [(arm, findings.effect(result, "gifts", arm.label)) for arm in arms]
    texts = [
        f"{words.arm(arm.label)} {words.amount(row.mean, 'yuan')}"
        for arm, row in found
        if row and row.mean > 0
    ]
    return words.say("cost.gifts", list=words.say("join").join(texts)) if texts else ""


def settings(arm: Arm, words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """Tactics of an arm with their knobs; what is not set is left out."""
    return [
        (
            words.tactic(tactic),
            [
                (tidy(k), tidy(_plain(v)))
                for k, v in tactic.settings.items()
                if k != "name" and v not in (None, [], ())
            ],
        )
        for tactic in arm.tactics
    ]


def group(group: Group, words: Words) -> list[tuple[str, str]]:
    """Facts of the community, then what was read from a log where there is one."""
    known = {
        "community": words.community(),
        "members": group.size,
        "topology": words.say.name("topology", group.topology),
        "arrivals": group.arrivals,
    }
    facts = known | dict(group.portrait or {})
    return [(words.say.name("portrait", tidy(str(key))), tidy(_plain(value))) for key, value in facts.items()]


def matching(result: Result, words: Words) -> str:
    """What matching replicates won."""
    correlation, ratio = findings.matching(result)
    if not isfinite(correlation):
        return words.say("method.matched_plain")
    return words.say(
        "method.matched", ratio=f"{ratio:.{0 if ratio >= 9.5 else 1}f}", correlation=f"{correlation:.2f}"
    )


def measure(metric: Metric, words: Words) -> dict[str, str]:
    """One line of the table of metrics."""
    relative = words.amount(100 * metric.matters_rel, "percent")
    absolute = (
        words.amount(metric.matters_abs, metric.unit.replace("share", "points")) if metric.matters_abs else ""
    )
    return {
        "title": words.metric(metric.name),
        "name": metric.name,
        "formula": words.say.text(metric.formula),
        "window": words.say.text(metric.window),
        "unit": words.say.text(metric.unit),
        "direction": words.say("measure." + {1: "more", -1: "less", 0: "neither"}[metric.direction]),
        "matters": words.say("measure.or", one=relative, other=absolute) if absolute else relative,
    }


def _plain(value: Any) -> str:
    """A plain value as people write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return str(value)


def _stroke(dash: Any) -> str:
    """A line style as the value of ``stroke-dasharray``."""
    return "" if isinstance(dash, str) else " ".join(f"{2 * x:g}" for x in dash[1])
