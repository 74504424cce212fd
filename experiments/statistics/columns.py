"""Columns of ``comparison.csv``: what each says, for every table that holds effects."""

from experiments.frames import Column
from experiments.statistics.comparison import COLUMNS, Effect

_UNIT = "the metric's"


def _n(name: str, en: str, zh: str, unit: str = _UNIT) -> Column:
    """A number that may be missing: it is not defined, or there are too few replicates."""
    return Column(name, "number", unit, en, zh, empty=True)


#: A column for each of ``COLUMNS``, in that order.
EFFECT: tuple[Column, ...] = (
    Column("metric", "text", "", "metric, see the metric table", "指标，见指标表"),
    Column("scenario", "text", "", "arm", "方案"),
    Column("baseline", "text", "", "arm it is compared with", "与之比较的方案"),
    Column(
        "n_pairs",
        "whole",
        "replicates",
        "replicates in which both arms have the metric",
        "两边都有这个指标的重复次数",
    ),
    _n("baseline_mean", "mean of the baseline over them", "基线在这些重复中的平均"),
    _n("mean", "mean of the arm over them", "方案在这些重复中的平均"),
    _n("diff", "mean difference, arm minus baseline", "平均差：方案减基线"),
    _n("diff_pct", "the same in percent of the baseline's mean", "平均差占基线平均的百分比", "percent"),
    _n(
        "ci_low",
        "lower end of the 95% interval of diff, luck and parameters",
        "差的 95% 区间下端（运气和参数都算）",
    ),
    _n("ci_high", "upper end", "区间上端"),
    _n(
        "ci_low_luck",
        "lower end of the 95% interval of diff from luck alone",
        "差的 95% 区间下端（只算运气）",
    ),
    _n("ci_high_luck", "upper end", "区间上端"),
    _n(
        "p_better",
        "share of matched replicates in which the arm is better",
        "配对的重复中方案更好的比例",
        "share",
    ),
    Column("verdict", "text", "", "what this metric says of the arm", "从这个指标看方案如何"),
    Column(
        "needed_replicates",
        "whole",
        "replicates",
        "how many more would about decide it",
        "大约还要多少次重复才能定",
        empty=True,
    ),
    Column("why", "text", "", "codes of the reasons, joined by spaces", "理由的代码，用空格隔开"),
    _n("matters", "smallest effect of interest", "值得在意的最小差别"),
    _n(
        "pct_low",
        "lower end of the 95% interval of diff_pct (Fieller)",
        "百分比的 95% 区间下端（Fieller）",
        "percent",
    ),
    _n("pct_high", "upper end", "区间上端", "percent"),
    _n(
        "ci90_low",
        "lower end of the 90% interval of diff, for equivalence",
        "差的 90% 区间下端（用于判断等效）",
    ),
    _n("ci90_high", "upper end", "区间上端"),
    _n(
        "sim_low",
        "lower end of the 95% interval that holds for all arms at once (max-t)",
        "对所有方案同时成立的 95% 区间下端（max-t）",
    ),
    _n("sim_high", "upper end", "区间上端"),
    _n(
        "p_other_group",
        "share of pairs of different replicates in which the arm is better",
        "不同重复两两相比时方案更好的比例",
        "share",
    ),
    _n("correlation", "of arm and baseline over replicates", "方案与基线在各重复之间的相关", "-1..1"),
    _n(
        "variance_ratio", "variance without matching over that with it", "不配对的方差除以配对的方差", "ratio"
    ),
    _n("luck_sd", "standard deviation of a difference due to luck alone", "只由运气带来的差的标准差"),
    _n("world_sd", "standard deviation over worlds of the expected difference", "期望差在各世界之间的标准差"),
    Column("n_twins", "whole", "twins", "twins that the two rest on", "上面两项所依据的孪生次数"),
    _n(
        "worlds_better",
        "share of plausible worlds with a gain over matters",
        "改善超过在意限度的世界的比例",
        "share",
    ),
    _n("worlds_worse", "share with a loss over matters", "变差超过在意限度的世界的比例", "share"),
    Column("method", "text", "", "paired t or bootstrap-t", "配对 t 或 bootstrap-t"),
)


def values(effect: Effect) -> dict[str, object]:
    """The cells of an effect by column."""
    return {name: getattr(effect, name) for name in COLUMNS}
