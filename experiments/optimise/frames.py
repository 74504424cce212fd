"""The tables of a search: finalists as they were confirmed, and every trial."""

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.frames import Column, Frame
from experiments.messages import Catalogue
from experiments.optimise.confirm import Finalist, Outcome
from experiments.optimise.score import Score
from experiments.optimise.space import Space
from experiments.optimise.words import plan_of

_METRIC = "the metric's unit"

FINALISTS = Frame(
    file="optimise.csv",
    command="optimise",
    row={
        "en": "a finalist and a goal, confirmed on fresh replicates",
        "zh": "一个入围方案的一个目标，用新的模拟重新确认过",
    },
    columns=(
        Column(
            "plan",
            "text",
            "",
            "name of its SOP file: plan, plan_2 ... best first; single: best tactic alone",
            "SOP 文件名：plan、plan_2 等，好的在前；single：最好的单个玩法",
        ),
        Column("chosen", "yes/no", "", "whether it is the plan announced", "是否就是推荐的方案"),
        Column("trial", "whole", "", "its trial in the search", "它在搜索中的编号"),
        Column("tactics", "text", "", "its tactics and their days", "有哪些玩法，哪些日子做"),
        Column("metric", "text", "", "the goal", "目标指标"),
        Column(
            "n_pairs", "whole", "replicates", "matched replicates of the confirmation", "确认用了多少对模拟"
        ),
        Column("baseline_mean", "number", _METRIC, "mean without any tactic", "什么都不做时的平均值"),
        Column(
            "diff",
            "number",
            _METRIC,
            "confirmed difference from the baseline",
            "确认过的差异（比什么都不做）",
        ),
        Column("ci_low", "number", _METRIC, "lower end of its 95% interval", "95% 区间下限", empty=True),
        Column("ci_high", "number", _METRIC, "upper end", "95% 区间上限", empty=True),
        Column("diff_heat", "number", _METRIC, "difference in the heat, on other replicates", "复赛中的差异"),
        Column(
            "diff_search",
            "number",
            _METRIC,
            "difference in the search; the best of many looks better than it is",
            "搜索时的差异；许多方案里挑出来的最好的，看上去总比实际好",
        ),
        Column(
            "verdict", "text", "", "verdict on the plan, as in comparison.csv", "结论，与 comparison.csv 相同"
        ),
        Column("cost", "number", "yuan", "mean cost", "平均花费"),
        Column("cost_low", "number", "yuan", "lower end of its 95% interval", "95% 区间下限", empty=True),
        Column("cost_high", "number", "yuan", "upper end", "95% 区间上限", empty=True),
        Column("hours", "number", "hours", "mean work", "平均工时"),
        Column("hours_low", "number", "hours", "lower end of its 95% interval", "95% 区间下限", empty=True),
        Column("hours_high", "number", "hours", "upper end", "95% 区间上限", empty=True),
        Column(
            "feasible",
            "yes/no",
            "",
            "whether it keeps all limits and red lines on average",
            "平均来看是否守住所有限额和红线",
        ),
        Column("broken", "text", "", "what it does not keep", "没守住的"),
    ),
)
TRIALS = Frame(
    file="trials.csv",
    command="optimise",
    row={"en": "a trial of the search", "zh": "搜索中试过的一个方案"},
    columns=(
        Column("trial", "whole", "", "number, in the order of proposal", "编号，按提出的顺序"),
        Column("tactics", "text", "", "its tactics and their days", "有哪些玩法，哪些日子做"),
        Column("n_tactics", "whole", "tactics", "how many tactics it holds", "有几个玩法"),
        Column("nodes", "text", "", "the nodes of its SOP, with all they set", "SOP 节点和全部设置"),
        Column(
            "diff",
            "number",
            _METRIC,
            "mean difference from the baseline in the goal",
            "目标指标与什么都不做的平均差异",
            empty=True,
        ),
        Column(
            "diff_2",
            "number",
            _METRIC,
            "the same in the second goal, if there is one",
            "第二个目标的差异（如有）",
            empty=True,
        ),
        Column("cost", "number", "yuan", "mean cost", "平均花费", empty=True),
        Column("hours", "number", "hours", "mean work", "平均工时", empty=True),
        Column(
            "feasible", "yes/no", "", "whether it kept all limits and red lines", "是否守住所有限额和红线"
        ),
        Column(
            "violation",
            "number",
            "",
            "by how much it broke them, each as a share of its limit, added up",
            "超出多少：各项超出限额的比例之和",
            empty=True,
        ),
        Column("broken", "text", "", "what it did not keep", "没守住的"),
    ),
)


def finalists(outcome: Outcome, space: Space, say: Catalogue) -> bytes:
    """``optimise.csv``."""
    return FINALISTS.csv(_finalists(outcome, space, say))


def trials(outcome: Outcome, space: Space, say: Catalogue) -> bytes:
    """``trials.csv``."""
    return TRIALS.csv(
        {
            "trial": one.number,
            "tactics": plan_of(space, one.candidate, say),
            "n_tactics": len(one.candidate.nodes),
            "nodes": one.candidate.key,
            "diff": one.score.gains[0],
            "diff_2": one.score.gains[1] if len(one.score.gains) > 1 else None,
            "cost": one.score.cost,
            "hours": one.score.hours,
            "feasible": one.score.feasible,
            "violation": one.score.violation if one.score.known else None,
            "broken": broken(one.score),
        }
        for one in outcome.trials
    )


def listed(outcome: Outcome) -> tuple[Finalist, ...]:
    """Finalists, and the best tactic on its own where it is none of them."""
    alone = outcome.single
    return (*outcome.finalists, *((alone,) if alone and alone not in outcome.finalists else ()))


def broken(score: Score) -> str:
    """Names of what is not kept."""
    return " ".join(name for name, over in score.broken.items() if over > 0)


def verdict(one: Finalist) -> str:
    """Code of the verdict on a finalist."""
    return next(v.code for v in one.result.comparison.verdicts if v.scenario == one.label)


def _finalists(outcome: Outcome, space: Space, say: Catalogue) -> Iterator[Mapping[str, Any]]:
    for one in listed(outcome):
        effect = one.result.comparison.effect
        cost, hours = effect("cost", one.label), effect("hours", one.label)
        for n, goal in enumerate(outcome.aim.goals):
            row = effect(goal.name, one.label)
            yield {
                "plan": one.name,
                "chosen": one is outcome.plan,
                "trial": one.trial.number,
                "tactics": plan_of(space, one.trial.candidate, say),
                "metric": goal.name,
                "n_pairs": row.n_pairs,
                "baseline_mean": row.baseline_mean,
                "diff": row.diff,
                "ci_low": row.ci_low,
                "ci_high": row.ci_high,
                "diff_heat": one.heat.gains[n],
                "diff_search": one.trial.score.gains[n],
                "verdict": verdict(one),
                "cost": cost.mean,
                "cost_low": cost.ci_low,
                "cost_high": cost.ci_high,
                "hours": hours.mean,
                "hours_low": hours.ci_low,
                "hours_high": hours.ci_high,
                "feasible": one.score.feasible,
                "broken": broken(one.score),
            }
