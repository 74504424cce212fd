"""``sweep.html``: one file that opens anywhere; what it shows is gathered here, how, is in the template."""

from pathlib import Path
from typing import Any

from experiments.report.amounts import tidy
from experiments.report.charts import Chart
from experiments.sweeps import findings
from experiments.sweeps.findings import METRICS
from experiments.sweeps.frames import SWEEP
from experiments.sweeps.plan import Point
from experiments.sweeps.run import Swept
from experiments.sweeps.words import Words
from experiments.templates import template
from simulator.metrics import BY_NAME

_TEMPLATE = Path(__file__).with_name("template.html")
#: Points in the table of the page.
_SHOWN = 200


def page(found: Swept, words: Words, responses: Chart, best: Chart | None) -> str:
    """The whole page as HTML text."""
    say, shown = words.say, found.points[:_SHOWN]
    more = len(found.points) - len(shown)
    return template(_TEMPLATE).render(
        say=say,
        language={"zh": "zh-CN"}.get(say.lang, say.lang),
        title=title(words),
        headline=words.headline(found),
        facts=words.facts(found),
        stopped=stopped(found, words),
        map=best.svg if best is not None else "",
        responses=responses.svg,
        factors=[words.factor(key) for key in found.sweep.keys],
        arms=[words.arm(arm) for arm in found.sweep.arms],
        metric=say.name("metric", METRICS[0]),
        rows=[_row(found, words, point) for point in shown],
        more=say("sweep.more", n=more, file=SWEEP.file) if more else "",
        command=tidy(found.sweep.command),
    )


def title(words: Words) -> str:
    """What was swept, where."""
    study = words.sweep.study
    if "community" in words.sweep.keys:
        return words.say("sweep.title_many")
    name = study.group_title.get(words.say.lang) or words.say.name("community", study.group)
    return words.say("sweep.title", community=tidy(name))


def stopped(found: Swept, words: Words) -> str:
    """That somebody stopped it; empty where nobody did."""
    if not found.interrupted:
        return ""
    return words.say("sweep.stopped", done=len(found.points), total=len(found.sweep.points))


def _row(found: Swept, words: Words, point: Point) -> dict[str, Any]:
    first = findings.best(found, point)
    unit = BY_NAME[METRICS[0]].unit
    effects = []
    for arm in found.sweep.arms:
        one = found.effect(point.number, arm, METRICS[0])
        span = words.interval(one.ci_low, one.ci_high, unit, bare=True)
        effects.append((words.amount(one.diff, "plain", True, (one.ci_low, one.ci_high)), span))
    return {
        "number": point.number,
        "at": [words.value(key, tidy(value)) for key, value in point.values.items()],
        "best": words.best(first),
        "gains": first is not None and first.gains,
        "effects": effects,
    }
