"""The table of a self-test."""

from collections.abc import Iterator
from typing import Any

from experiments.frames import Column, Frame
from experiments.selftest.trial import Trial

FRAME = Frame(
    file="selftest.csv",
    command="selftest",
    row={"en": "A metric and a kind of interval", "zh": "一个指标、一种区间"},
    columns=(
        Column("metric", "text", "", "Metric compared", "比较的指标"),
        Column(
            "look",
            "text",
            "",
            "When it was looked at: once, at the end, or always, after every replicate from the 15th on",
            "什么时候看：once 只在最后看一次，always 从第 15 次重复起每次都看",
        ),
        Column(
            "interval",
            "text",
            "",
            "by rule (as compare chooses), paired t, bootstrap-t, material (by rule, and past the smallest "
            "effect of interest), sequence (confidence sequence), naive (paired t, looked at always)",
            "by rule 按 compare 的规则选，paired t 配对 t，bootstrap-t，material 按规则且超过最小差别，"
            "sequence 置信序列，naive 每次都看的配对 t",
        ),
        Column(
            "comparisons", "whole", "", "Comparisons of doing nothing with doing nothing", "空对空的比较次数"
        ),
        Column("replicates", "whole", "", "Matched replicates of each comparison", "每次比较的配对重复数"),
        Column("wrong", "whole", "", "Comparisons in which an effect was found", "误报有效果的次数"),
        Column("rate", "number", "share", "Their share", "误报的比例"),
        Column(
            "ci_low",
            "number",
            "share",
            "Lower end of its 95% interval (Clopper-Pearson)",
            "比例的 95% 区间下端",
        ),
        Column("ci_high", "number", "share", "Upper end", "比例的 95% 区间上端"),
        Column(
            "promised",
            "number",
            "share",
            "What it should be; at most that for material and sequence; none for naive",
            "应有的比例；material 和 sequence 是上限；naive 没有保证",
            empty=True,
        ),
        Column(
            "state",
            "text",
            "",
            "holds, off, or shown where nothing is promised",
            "holds 相符，off 不符，shown 只作对照",
        ),
    ),
)


def rows(trial: Trial) -> Iterator[dict[str, Any]]:
    """The rows, in order."""
    for rate in trial.rates:
        yield {
            "metric": rate.metric,
            "look": rate.row.look,
            "interval": rate.row.method,
            "comparisons": rate.comparisons,
            "replicates": trial.replicates,
            "wrong": rate.wrong,
            "rate": rate.rate,
            "ci_low": rate.low,
            "ci_high": rate.high,
            "promised": None if rate.state == "shown" else rate.promised,
            "state": rate.state,
        }
