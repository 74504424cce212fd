"""What each arm gives for what it costs: rows of ``frontier.csv``, and what report and screen rest on.

The gain is in active member-days, campaign and follow-up together. An arm counts for the frontier where its
gain is told from 0 and the advice is not against it: chance alone, or what nobody should run, beats no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.frames import Column, Frame
from experiments.report import findings
from experiments.result import Arm, Result
from experiments.statistics.effects import paired
from experiments.statistics.frontier import Place, Price, frontier, price
from experiments.statistics.intervals import NAN, Floats

#: Decimals of yuan and hours that tell costs apart; the ledger is kept in single precision.
_EXACT = 3
_DAYS = "active member-days"
_PRICE_ZH = "不好说有增加时为空"


def _n(name: str, unit: str, en: str, zh: str) -> Column:
    return Column(name, "number", unit, en, zh, empty=True)


def _flag(name: str, en: str, zh: str) -> Column:
    return Column(name, "yes/no", "", en, zh)


FRAME = Frame(
    file="frontier.csv",
    command="compare",
    row={
        "en": "an arm against what it costs; baseline and placebo are left out",
        "zh": "一个方案的所得与所费；不含基线和安慰剂",
    },
    columns=(
        Column("scenario", "text", "", "arm", "方案"),
        Column("n_pairs", "whole", "replicates", "matched replicates it rests on", "所依据的配对重复次数"),
        _n("cost", "yuan", "mean money spent, arm minus baseline", "平均花费：方案减基线"),
        _n("hours", "hours", "mean time of the operator, arm minus baseline", "平均运营工时：方案减基线"),
        _n(
            *(
                "gain",
                _DAYS,
                "mean gain over the baseline, campaign and follow-up; the effect of the frontier",
            ),
            "比基线平均多出的活跃人天，含活动期和之后；前沿以它为准",
        ),
        _n("gain_low", _DAYS, "lower end of its 95% interval", "其 95% 区间下端"),
        _n("gain_high", _DAYS, "upper end", "区间上端"),
        _n(
            "voices",
            "members/day",
            "mean difference in voices, as in comparison.csv",
            "每天发言人数的平均差，同 comparison.csv",
        ),
        _n("voices_low", "members/day", "lower end of its 95% interval", "其 95% 区间下端"),
        _n("voices_high", "members/day", "upper end", "区间上端"),
        Column("verdict", "text", "", "advice on the arm", "对方案的结论"),
        _flag(
            *(
                "counts",
                "whether it counts for the frontier: its gain is told from 0, the advice is not against it",
            ),
            "是否参与前沿：增加可与 0 区分，且结论不是不要做",
        ),
        _flag(
            *("on_frontier_cost", "whether it counts and no other that counts gives as much for less money"),
            "参与，且没有别的参与方案花更少的钱得到同样多",
        ),
        _flag("on_frontier_hours", "the same for hours", "同上，按工时"),
        _flag(
            *(
                "on_frontier_both",
                "the same for both: no other is as good in gain, money and hours, better in one",
            ),
            "同上，两者合看：没有别的方案在所得、花费、工时上都不差且有一项更好",
        ),
        Column(
            *("dominated_by", "text", ""),
            "arms that count (or the baseline), as good in gain, money and hours and better in one; by ;",
            "在所得、花费、工时上都不差且至少一项更好的参与方案（或基线），用 ; 隔开",
        ),
        _n(
            *(
                "share_frontier_cost",
                "share",
                "share of replicates in which no arm that counts beats it on money",
            ),
            "按花费没有参与方案胜过它的重复所占比例",
        ),
        _n("share_frontier_hours", "share", "the same for hours", "同上，按工时"),
        _n(
            *(
                "price",
                "yuan per active member-day",
                "cost of one more; empty where the gain is not told from 0",
            ),
            f"每多一个活跃人天的花费；{_PRICE_ZH}",
        ),
        _n(
            "price_low",
            "yuan per active member-day",
            "lower end of its 95% interval (Fieller)",
            "其 95% 区间下端（Fieller）",
        ),
        _n("price_high", "yuan per active member-day", "upper end", "区间上端"),
        _n(
            *(
                "hours_price",
                "hours per active member-day",
                "time for one more; empty where the gain is not told from 0",
            ),
            f"每多一个活跃人天的工时；{_PRICE_ZH}",
        ),
        _n(
            "hours_price_low",
            "hours per active member-day",
            "lower end of its 95% interval (Fieller)",
            "其 95% 区间下端（Fieller）",
        ),
        _n("hours_price_high", "hours per active member-day", "upper end", "区间上端"),
    ),
)


@dataclass(frozen=True)
class Worth:
    """An arm against what it costs.

    Attributes:
        arm: The arm.
        place: Where it stands among those that count; it is on a frontier only where it counts itself.
        low: Lower end of the 95% interval of its gain, in active member-days.
        high: Upper end.
        told: Whether that interval lies above 0.
        harmful: Whether the advice is not to run it.
        yuan: Price of an active member-day in yuan.
        hours: The same in hours.
    """

    arm: Arm
    place: Place
    low: float
    high: float
    told: bool
    harmful: bool
    yuan: Price
    hours: Price

    @property
    def counts(self) -> bool:
        """Whether it can be on a frontier, and beat others."""
        return self.told and not self.harmful


def worths(result: Result) -> tuple[Worth, ...]:
    """Every tested arm against what it costs, in their order."""
    tables = {arm.label: _table(result, arm.label) for arm in result.tested}
    spans = {label: _span(table[0]) for label, table in tables.items()}
    harmful = {label: findings.verdict(result, label).code == "harmful" for label in tables}
    counted = [label for label in tables if spans[label][0] > 0.0 and not harmful[label]]
    among = _places(result, counted, tables)
    found = []
    for arm in result.tested:
        label, (low, high) = arm.label, spans[arm.label]
        place = among[label] if label in counted else _places(result, [*counted, label], tables)[label]
        known = tables[label][:, np.isfinite(tables[label]).all(axis=0)]
        yuan, hours = price(known[1], known[0]), price(known[2], known[0])
        found.append(Worth(arm, place, low, high, low > 0.0, harmful[label], yuan, hours))
    return tuple(found)


def frontier_csv(result: Result) -> bytes:
    """frontier.csv: a row per tested arm."""
    return FRAME.csv(_row(result, worth) for worth in worths(result))


def _table(result: Result, label: str) -> Floats:
    """(3, replicates) what an arm gains and what it costs more, in member-days, yuan and hours."""
    costs = [findings.gain(result, metric, label) for metric in ("cost", "hours")]
    return np.array([findings.active_days(result, label), *costs])


def _span(gained: Floats) -> tuple[float, float]:
    known = gained[np.isfinite(gained)]
    if known.size < 2:
        return NAN, NAN
    row, _ = paired(np.zeros_like(known), known)
    return row.ci_low, row.ci_high


def _places(result: Result, labels: Sequence[str], tables: dict[str, Floats]) -> dict[str, Place]:
    """Where arms stand among each other and doing nothing; costs are equal where they round to the same."""
    base = np.zeros((3, result.replicates))
    shown = np.array([base, *(tables[label] for label in labels)])
    yuan, hours = np.round(shown[:, 1], _EXACT), np.round(shown[:, 2], _EXACT)
    places = frontier([result.baseline.label, *labels], shown[:, 0], yuan, hours)
    return {place.arm: place for place in places}


def _row(result: Result, worth: Worth) -> dict[str, object]:
    place, label = worth.place, worth.arm.label
    voices = findings.effect(result, "voices", label)
    row: dict[str, object] = {
        "scenario": label,
        "n_pairs": place.n_pairs,
        "cost": place.yuan,
        "hours": place.hours,
        "gain": place.effect,
        "gain_low": worth.low,
        "gain_high": worth.high,
        "voices": voices.diff if voices else NAN,
        "voices_low": voices.ci_low if voices else NAN,
        "voices_high": voices.ci_high if voices else NAN,
        "verdict": findings.verdict(result, label).code,
        "counts": worth.counts,
        "on_frontier_cost": worth.counts and place.on_yuan,
        "on_frontier_hours": worth.counts and place.on_hours,
        "on_frontier_both": worth.counts and place.on_both,
        "dominated_by": "; ".join(place.dominated_by),
        "share_frontier_cost": place.share_yuan,
        "share_frontier_hours": place.share_hours,
    }
    for name, paid in (("price", worth.yuan), ("hours_price", worth.hours)):
        row |= {name: paid.mean, f"{name}_low": paid.low, f"{name}_high": paid.high}
    return row
