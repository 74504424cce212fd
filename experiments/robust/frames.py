"""The tables of a robustness study: the choices, and the parameters."""

from collections.abc import Iterator
from typing import Any

from experiments.frames import Column, Frame
from experiments.robust.study import Robustness

_UNIT = "the goal's"
ARMS = Frame(
    file="robust.csv",
    command="robust",
    row={
        "en": "A choice: an arm, or doing nothing (baseline)",
        "zh": "一个选择：一个方案，或什么都不做（baseline）",
    },
    columns=(
        Column(
            "arm", "text", "", "label of the arm; baseline is doing nothing",
            "方案的标签；baseline 是什么都不做",
        ),
        Column("goal", "text", "", "metric that is compared", "比较用的指标"),
        Column(
            "effect", "number", _UNIT, "mean difference from doing nothing, larger is better",
            "与什么都不做的平均差，越大越好",
        ),
        Column(
            "effect_low", "number", _UNIT, "lower end of its 95% interval",
            "其 95% 区间下端", empty=True,
        ),
        Column("effect_high", "number", _UNIT, "upper end", "上端", empty=True),
        Column(
            "wins", "number", "share",
            "share of plausible worlds it wins, luck taken out; of the baseline, in which nothing wins",
            "去掉运气后，它胜出的可能世界占比；baseline 一行是没有方案胜出的占比",
        ),
        Column("wins_low", "number", "share", "lower end of its 95% interval", "其 95% 区间下端"),
        Column("wins_high", "number", "share", "upper end", "上端"),
        Column(
            "good_enough", "number", "share",
            "share of worlds in which no choice is better by more than the smallest effect of interest",
            "没有哪个选择比它好出“值得在意的最小差别”的世界占比",
        ),
        Column(
            "regret", "number", _UNIT, "expected regret: mean loss against the best choice of each world",
            "期望后悔值：与每个世界里最好的选择相比，平均少多少",
        ),
        Column(
            "regret_low", "number", _UNIT, "lower end of its 95% interval",
            "其 95% 区间下端", empty=True,
        ),
        Column("regret_high", "number", _UNIT, "upper end", "上端", empty=True),
        Column("regret_worst", "number", _UNIT, "largest regret over all worlds", "所有世界里最大的后悔值"),
        Column("matters", "number", _UNIT, "smallest effect of interest", "值得在意的最小差别"),
        Column(
            "worlds", "whole", "", "plausible worlds in which every arm has the metric",
            "每个方案都有该指标的世界数",
        ),
        Column("twins", "whole", "", "of these run twice to tell luck apart; 0: luck is left in",
               "其中为区分运气而跑了两次的；0 表示没有去掉运气"),
    ),
)  # fmt: skip
FLIPS = Frame(
    file="flips.csv",
    command="robust",
    row={
        "en": "A parameter that is uncertain; those that make most of the leading gap first",
        "zh": "一个不确定的参数；对前两名差距影响最大的在前",
    },
    columns=(
        Column("parameter", "text", "", "mechanism and parameter", "机制和参数"),
        Column(
            "first", "text", "", "label of the leading choice; the gap is it minus the second",
            "第一名的标签；差距 = 第一名减第二名",
        ),
        Column("second", "text", "", "label of the second", "第二名的标签"),
        Column("unit", "text", "", "unit of the parameter", "参数的单位"),
        Column("low", "number", "the parameter's", "lowest plausible value", "可能的最小值"),
        Column(
            "middle", "number", "the parameter's", "default, the median of what is plausible",
            "默认值，可能取值的中位数",
        ),
        Column("high", "number", "the parameter's", "highest plausible value", "可能的最大值"),
        Column(
            "mu", "number", _UNIT, "Morris: mean change of the gap over the whole range",
            "莫里斯：走完范围时差距的平均变化",
        ),
        Column("mu_star", "number", _UNIT, "Morris: mean size of that change", "莫里斯：变化大小的平均"),
        Column(
            "mu_star_half_width", "number", _UNIT, "half width of its 95% interval",
            "其 95% 区间的半宽",
        ),
        Column(
            "noise_floor", "number", _UNIT, "the mu_star that luck alone would show",
            "只靠运气也会显出的 mu_star",
        ),
        Column("beyond_luck", "yes/no", "", "whether mu_star stands out of luck", "mu_star 是否超出运气"),
        Column("first_order", "number", "share", "Sobol index: share of the variance it makes alone",
               "Sobol 指数：它单独造成的方差占比", empty=True),
        Column(
            "first_order_half_width", "number", "share", "half width of its 95% interval",
            "其 95% 区间的半宽", empty=True,
        ),
        Column("total", "number", "share", "Sobol index: also through other parameters",
               "Sobol 指数：连同通过其他参数的作用", empty=True),
        Column(
            "total_half_width", "number", "share", "half width of its 95% interval",
            "其 95% 区间的半宽", empty=True,
        ),
        Column(
            "flips", "text", "",
            "whether it alone flips the winner: yes, perhaps (an end is not clear), no; empty: not asked",
            "它能否单独让胜者换人：yes 能，perhaps 也许（有一端不明确），no 不能；空：没有考察", empty=True,
        ),
        Column(
            "flips_at", "number", "the parameter's", "value at which the mean gap is nought",
            "平均差距为零时的取值", empty=True,
        ),
        Column(
            "flips_at_low", "number", "the parameter's", "lower end of its 95% interval",
            "其 95% 区间下端", empty=True,
        ),
        Column("flips_at_high", "number", "the parameter's", "upper end", "上端", empty=True),
        *(
            Column(f"gap_at_{end}{part}", "number", _UNIT, f"mean gap at the {end} end of the range{en}",
                   f"在范围{zh_end}的平均差距{zh}", empty=True)
            for end, zh_end in (("low", "低端"), ("high", "高端"))
            for part, en, zh in (
                ("", "", ""), ("_lower", ", lower end of its 95% interval", "，95% 区间下端"),
                ("_upper", ", upper end", "，上端"),
            )
        ),
    ),
)  # fmt: skip


def arm_rows(found: Robustness) -> Iterator[dict[str, Any]]:
    """A row of :data:`ARMS` for every choice, the best first."""
    result = found.outcome
    for one in result.ranked:
        yield {
            "arm": one.label,
            "goal": found.goal.name,
            "effect": one.effect,
            "effect_low": one.effect_low,
            "effect_high": one.effect_high,
            "wins": one.wins,
            "wins_low": one.wins_low,
            "wins_high": one.wins_high,
            "good_enough": one.enough,
            "regret": one.regret,
            "regret_low": one.regret_low,
            "regret_high": one.regret_high,
            "regret_worst": one.worst,
            "matters": result.matters,
            "worlds": result.worlds,
            "twins": result.twins,
        }


def flip_rows(found: Robustness) -> Iterator[dict[str, Any]]:
    """A row of :data:`FLIPS` for every parameter, the leading ones first."""
    moved, nothing = found.moves, dict.fromkeys(FLIPS.names)
    rest = sorted(set(range(len(found.factors))) - set(found.chosen), key=lambda n: -moved.mu_star[n])
    place = {n: at for at, n in enumerate(found.chosen)}
    for n in (*found.ranked, *rest):
        factor = found.factors[n]
        row: dict[str, Any] = {
            **nothing,
            "parameter": factor.key,
            "first": found.pair[0],
            "second": found.pair[1],
            "unit": factor.unit,
            "low": factor.low,
            "middle": factor.middle,
            "high": factor.high,
            "mu": float(moved.mu[n]),
            "mu_star": float(moved.mu_star[n]),
            "mu_star_half_width": float(moved.wide[n]),
            "noise_floor": float(moved.floor[n]),
            "beyond_luck": bool(moved.real[n]),
        }
        if n in place:
            row |= _flip(found, place[n])
        yield row


def _flip(found: Robustness, at: int) -> dict[str, Any]:
    """The columns that only leading parameters have."""
    shares, flip = found.indices, found.flips[at]
    ends = {
        f"gap_at_{end}{part}": value
        for end, values in (("low", flip.low), ("high", flip.high))
        for part, value in zip(("", "_lower", "_upper"), values, strict=True)
    }
    return {
        "first_order": float(shares.first[at]),
        "first_order_half_width": float(shares.first_wide[at]),
        "total": float(shares.total[at]),
        "total_half_width": float(shares.total_wide[at]),
        "flips": flip.verdict,
        "flips_at": flip.at,
        "flips_at_low": flip.at_low,
        "flips_at_high": flip.at_high,
        **ends,
    }
