"""Tables of a design over arms, beside those of the comparison."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.designs.findings import Span, Step, contrasts, steps
from experiments.designs.layout import Layout
from experiments.frames import Column, Frame
from experiments.result import Result


def _span(name: str, unit: str, en: str, zh: str, empty: bool = False) -> tuple[Column, ...]:
    """A mean and the ends of its 95% interval."""
    return (
        Column(name, "number", unit, en, zh, empty),
        Column(f"{name}_low", "number", unit, "lower end of its 95% interval", "95% 区间下端", True),
        Column(f"{name}_high", "number", unit, "upper end", "95% 区间上端", True),
    )


DOSES = Frame(
    file="doses.csv",
    command="compare",
    row={
        "en": "an arm of ladder=, shift= or match=, steps of one arm upwards",
        "zh": "ladder=、shift= 或 match= 里的一个方案，同一方案按步数从小到大",
    },
    columns=(
        Column("design", "text", "", "ladder, shift or match", "ladder、shift 或 match"),
        Column("arm", "text", "", "arm it was made of", "由哪个方案而来"),
        Column("step", "number", "", "multiple of the dose, or days later", "剂量的倍数，或推迟的天数"),
        Column("scenario", "text", "", "label of the arm in all other tables", "它在其他各表中的名字"),
        Column("spelling", "text", "", "the arm as it can be typed", "可以直接输入的写法"),
        *_span("cost", "yuan", "money spent over the campaign", "活动期内花的钱", True),
        *_span("hours", "hours", "operator's time over the campaign", "活动期内花的工时", True),
        *_span(
            "voices",
            "members/day",
            "effect on voices a day, against the baseline",
            "每天发言人数比基线多多少",
            True,
        ),
        *_span(
            "lifespan", "days", "effect on the lifespan, against the baseline", "群寿命比基线多多少", True
        ),
        *_span(
            "active_days",
            "member-days",
            "extra active member-days, campaign and after",
            "多出的活跃成员·天（活动期和之后）",
            True,
        ),
        *_span(
            "price",
            "yuan/member-day",
            "yuan for one of them (Fieller)",
            "每个活跃成员·天多少元（Fieller）",
            True,
        ),
        *_span(
            "more_days",
            "member-days",
            "active member-days it adds to the step before",
            "比上一步多出的活跃成员·天",
            True,
        ),
        *_span("more_cost", "yuan", "what it costs more than the step before", "比上一步多花的钱", True),
        *_span(
            "per_yuan",
            "member-days/yuan",
            "active member-days for each yuan more (Fieller)",
            "每多花一元多出的活跃成员·天（Fieller）",
            True,
        ),
        Column("budget", "number", "", "what was to be spent, yuan or hours", "要花的数目（元或小时）", True),
        Column("pilot", "number", "", "what it spent in the pilot", "试算时花了多少", True),
    ),
)
INTERACTIONS = Frame(
    file="interactions.csv",
    command="compare",
    row={
        "en": "a main effect or an interaction of tactics, on a metric",
        "zh": "一项指标上的一个主效应或交互作用",
    },
    columns=(
        Column("metric", "text", "", "metric, see the metric table", "指标，见指标表"),
        Column("tactics", "text", "", "tactics, joined by ×", "手段，用 × 相连"),
        Column(
            "order",
            "whole",
            "",
            "1 main effect, 2 interaction of two, and so on",
            "1 为主效应，2 为两两交互，以此类推",
        ),
        Column(
            "n_pairs",
            "whole",
            "replicates",
            "replicates with every combination it needs",
            "所需组合都有的重复次数",
        ),
        *_span(
            "effect",
            "the metric's",
            "mean effect, or what they do together beyond the sum of each",
            "平均效应，或合用比各自相加多出多少",
            True,
        ),
        Column(
            "ci90_low",
            "number",
            "the metric's",
            "lower end of its 90% interval, for no interaction",
            "90% 区间下端（判断没有交互）",
            True,
        ),
        Column("ci90_high", "number", "the metric's", "upper end", "90% 区间上端", True),
        Column(
            "sim_low",
            "number",
            "the metric's",
            "lower end of the interval for all at once (max-t)",
            "同时成立的 95% 区间下端（max-t）",
            True,
        ),
        Column("sim_high", "number", "the metric's", "upper end", "同时成立的区间上端", True),
        Column("method", "text", "", "paired t or bootstrap-t", "配对 t 或 bootstrap-t"),
    ),
)


def tables(layout: Layout, result: Result, spelling: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a design, by name.

    Args:
        layout: The design.
        result: What was found.
        spelling: By label, the arm as it can be typed.
    """
    if layout.kind in ("factorial", "pairs"):
        return {INTERACTIONS.file: INTERACTIONS.csv(_contrasts(layout, result))}
    return {DOSES.file: DOSES.csv(_doses(layout, steps(layout, result), spelling))}


def _doses(layout: Layout, found: Sequence[Step], spelling: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for step in found:
        spans = {
            "cost": step.cost,
            "hours": step.hours,
            "voices": step.voices,
            "lifespan": step.lifespan,
            "active_days": step.days,
            "price": step.price,
            "more_days": step.more_days,
            "more_cost": step.more_cost,
            "per_yuan": step.per_yuan,
        }
        yield {
            "design": layout.kind,
            "arm": step.cell.origin,
            "step": float(step.cell.step or 0.0),
            "scenario": step.cell.label,
            "spelling": spelling[step.cell.label],
            **{key: value for name, span in spans.items() for key, value in _cells(name, span).items()},
            "budget": None if layout.budget is None else layout.budget.amount,
            "pilot": step.cell.pilot,
        }


def _contrasts(layout: Layout, result: Result) -> Iterator[dict[str, Any]]:
    for metric, rows in contrasts(layout, result).items():
        for one in rows:
            yield {
                "metric": metric,
                "tactics": " × ".join(one.tactics),
                "order": len(one.tactics),
                "n_pairs": one.n_pairs,
                **_cells("effect", Span(one.effect, one.ci_low, one.ci_high)),
                "ci90_low": one.ci90_low,
                "ci90_high": one.ci90_high,
                "sim_low": one.sim_low,
                "sim_high": one.sim_high,
                "method": one.method,
            }


def _cells(name: str, span: Span) -> dict[str, float]:
    return {name: span.mean, f"{name}_low": span.low, f"{name}_high": span.high}
