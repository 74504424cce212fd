"""The table of a pilot: what trials of every size find."""

from collections.abc import Iterator
from typing import Any

from experiments.frames import Column, Frame
from experiments.pilot.plan import Pilot

POWERS = Frame(
    file="pilot.csv",
    command="pilot",
    row={
        "en": "A trial: so many groups of each kind, watched for so many days, tested one way",
        "zh": "一种试点：两边各多少个群，看多少天，用哪种检验",
    },
    columns=(
        Column("arm", "text", "", "label of the arm that is tried", "试的方案的标签"),
        Column("groups", "whole", "", "groups with the tactic, and as many without",
               "用办法的群数，不用的同样多"),
        Column("days", "whole", "days", "days watched, from the campaign's first", "从活动第一天起看多少天"),
        Column(
            "analysis", "text", "",
            "plain: Welch's t test of voices a day; before: the same adjusted for voices before the campaign",
            "plain：每天发言人数的 Welch t 检验；before：按活动前的发言人数校正",
        ),
        Column(
            "power", "number", "share",
            "chance of a significant result (two-sided, 5%) in the simulated direction, mean over worlds",
            "按模拟的方向得到显著结果（双侧 5%）的机会，对各世界平均",
        ),
        Column("power_low", "number", "share", "lower end of its 95% interval", "其 95% 区间下端"),
        Column("power_high", "number", "share", "upper end", "上端"),
        Column(
            "worlds_tenth", "number", "share",
            "the chance in the plausible world that stands at a tenth, from the poorest",
            "从机会最小的世界数起，排在十分之一处的机会",
        ),
        Column("worlds_nine_tenths", "number", "share", "the same at nine tenths", "排在十分之九处的机会"),
        Column("significant", "number", "share", "chance of a significant result either way",
               "任一方向显著的机会"),
        Column(
            "wrong_sign", "number", "share", "share of significant results with the wrong sign (type S)",
            "显著结果中方向错误的占比（S 类错误）", empty=True,
        ),
        Column(
            "exaggeration", "number", "ratio", "how many times too large significant results are (type M)",
            "显著结果平均夸大几倍（M 类错误）", empty=True,
        ),
        Column("cost", "number", "yuan", "money the trial takes", "试点的花费"),
        Column("hours", "number", "hours", "operator's time the trial takes", "试点的运营工时"),
    ),
)  # fmt: skip


def rows(found: Pilot) -> Iterator[dict[str, Any]]:
    """A row of :data:`POWERS` for every trial."""
    for one in found.powers:
        at = found.days.index(one.days)
        yield {
            "arm": found.arm,
            "groups": one.groups,
            "days": one.days,
            "analysis": one.analysis,
            "power": one.power,
            "power_low": one.low,
            "power_high": one.high,
            "worlds_tenth": one.tenth,
            "worlds_nine_tenths": one.nine_tenths,
            "significant": one.significant,
            "wrong_sign": one.wrong,
            "exaggeration": one.exaggeration,
            "cost": float(one.groups * found.cost[at]),
            "hours": float(one.groups * found.hours[at]),
        }
