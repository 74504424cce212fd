"""The table of a choice."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from experiments.best.choose import Choice
from experiments.frames import Column, Frame

FRAME = Frame(
    file="best.csv",
    command="best",
    row={
        "en": "An arm, best first; doing nothing is one of them",
        "zh": "一个方案，最好的在前；“什么都不做”也在内",
    },
    columns=(
        Column(
            "rank",
            "whole",
            "",
            "From 1: arms still in before those dropped, each by how far they are behind",
            "名次，从 1 起：还在的在前，淘汰的在后，各按差距排",
        ),
        Column("scenario", "text", "", "The arm", "方案"),
        Column("metric", "text", "", "Metric that was to be the best", "比的指标"),
        Column(
            "mean",
            "number",
            "the metric's",
            "Mean over the replicates it was judged on; arms are compared by behind",
            "判断所用重复的平均；方案之间请看 behind",
            True,
        ),
        Column(
            "behind",
            "number",
            "the metric's",
            "Mean difference to the first of the ranking over matched replicates",
            "与第一名的配对平均差",
            True,
        ),
        Column(
            "ci_low",
            "number",
            "the metric's",
            "Lower end of its 95% interval (confidence sequence: holds however often one looks)",
            "差的 95% 区间下端（置信序列：看多少次都成立）",
            True,
        ),
        Column("ci_high", "number", "the metric's", "Upper end", "差的 95% 区间上端", True),
        Column(
            "dropped",
            "whole",
            "replicates",
            "Replicate after which it was dropped; empty while it is in",
            "第几次重复后被淘汰；空：还在",
            True,
        ),
        Column("replicates", "whole", "replicates", "Replicates that were run of it", "实际跑了多少次重复"),
        Column(
            "equal",
            "whole",
            "replicates",
            "Replicates it would have had if all arms were run as long as the last",
            "若所有方案都跑一样久，要多少次",
        ),
        Column(
            "zone",
            "number",
            "the metric's",
            "Smallest lead worth finding (indifference zone)",
            "值得分辨的最小领先",
        ),
        Column("confidence", "number", "share", "Stated probability of a correct choice", "选对的概率"),
        Column("decided", "yes/no", "", "Whether one arm was left", "是否只剩一个方案"),
    ),
)


def rows(choice: Choice) -> Iterator[dict[str, Any]]:
    """The rows, best first."""
    for place in choice.places:
        yield {
            "rank": place.rank,
            "scenario": place.arm,
            "metric": choice.goal.metric.name,
            "mean": place.mean,
            "behind": place.behind,
            "ci_low": place.low if isfinite(place.low) else None,
            "ci_high": place.high if isfinite(place.high) else None,
            "dropped": place.dropped or None,
            "replicates": place.spent,
            "equal": choice.rounds[-1],
            "zone": choice.delta,
            "confidence": choice.goal.level,
            "decided": choice.decided,
        }
