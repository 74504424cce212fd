"""The tables of a comparison: effects, runs and days, and what their columns say."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.engine.ensemble import of_arm
from experiments.frames import Column, Frame
from experiments.result import Result
from experiments.statistics import columns as effects

COMPARISON = Frame(
    file="comparison.csv",
    command="compare",
    row={"en": "a metric of an arm, against the baseline", "zh": "一个方案的一项指标，与基线相比"},
    columns=effects.EFFECT,
)
_RUN = (
    Column(
        "run_id",
        "text",
        "",
        "scenario's hash, seed and replicate; t marks a twin",
        "方案哈希、种子、重复编号；t 表示孪生",
    ),
    Column("scenario", "text", "", "arm", "方案"),
    Column("replicate", "whole", "", "number of the replicate: the world", "重复的编号，即哪个世界"),
    Column(
        "twin",
        "yes/no",
        "",
        "whether it is the replicate's twin: same parameters, other luck",
        "是否孪生：参数相同、运气不同",
    ),
    Column("seed", "whole", "", "seed of the study", "研究的种子"),
    Column("status", "text", "", "done or failed", "done 完成，failed 失败"),
    Column("error", "text", "", "where it failed, and how", "在哪一步、因何失败", empty=True),
)
RUNS = Frame(
    file="runs.parquet",
    command="compare",
    row={
        "en": "a run: a scenario in one replicate, or in its twin; failed ones too",
        "zh": "一次运行：一个方案在一次重复（或其孪生）中；失败的也在内",
    },
    columns=_RUN,
    more={
        "en": "one column for each metric of the metric table; then lifespan (days, at most the last day on "
        "which a death can be seen) and lifespan_censored (whether the group was still alive then)",
        "zh": "指标表里的每个指标一列；然后是 lifespan（天，最多到还看得出死亡的最后一天）和 "
        "lifespan_censored（那时群是否还活着）",
    },
)
TIMESERIES = Frame(
    file="timeseries.parquet",
    command="compare",
    row={"en": "a day of a replicate of a scenario; no twins", "zh": "一个方案一次重复的一天；不含孪生"},
    columns=(
        Column("scenario", "text", "", "arm", "方案"),
        Column("replicate", "whole", "", "number of the replicate", "重复的编号"),
        Column("day", "whole", "days", "day, from 0", "第几天，从 0 起"),
    ),
    more={
        "en": "one column for each daily metric of the metric table",
        "zh": "指标表里的每个按日指标一列",
    },
)


def comparison_csv(result: Result) -> bytes:
    """comparison.csv: a row per metric and arm, numbers to ten digits, an empty cell where there is none."""
    return COMPARISON.csv(effects.values(row) for row in result.comparison.effects)


def runs_table(result: Result) -> pa.Table:
    """runs.parquet: a row per scenario and run, by arm, replicates first and then twins; failed ones too."""
    errors = {(f.scenario, f.replicate, f.twin): f"{f.stage}: {f.error}" for f in result.failures}
    keys = [
        (arm, int(replicate), bool(twin))
        for arm in result.arms
        for replicate, twin in zip(result.replicate, result.twin, strict=True)
    ]
    found = [errors.get((arm.label, replicate, twin)) for arm, replicate, twin in keys]
    columns: dict[str, Any] = {
        "run_id": [f"{arm.hash}-{result.seed}-{r}{'t' if twin else ''}" for arm, r, twin in keys],
        "scenario": pa.array([_utf8(arm.label) for arm, _, _ in keys], pa.string()),
        "replicate": pa.array([r for _, r, _ in keys], pa.int64()),
        "twin": pa.array([twin for _, _, twin in keys], pa.bool_()),
        "seed": pa.array([result.seed] * len(keys), pa.int64()),
        "status": ["failed" if error else "done" for error in found],
        "error": pa.array([error and _utf8(error) for error in found], pa.string()),
    }
    for name, values in result.summary.items():
        if name != "lifespan":
            columns[name] = _numbers(values)
    failed = np.isnan(result.life).ravel()
    columns["lifespan"] = _numbers(np.where(result.censored, result.tau, result.life))
    columns["lifespan_censored"] = pa.array(result.censored.ravel(), pa.bool_(), mask=failed)
    return pa.table(columns)


def timeseries_tables(result: Result) -> Iterator[pa.Table]:
    """timeseries.parquet, arm by arm: a row per replicate (no twins) and day, a column per daily metric."""
    numbers = result.replicate[~result.twin]
    days = np.arange(result.horizon, dtype=np.int32)
    for at, arm in enumerate(result.arms):
        rows = len(numbers) * result.horizon
        label = pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(rows, np.int32)), pa.array([_utf8(arm.label)])
        )
        columns: dict[str, Any] = {
            "scenario": label.cast(pa.string()),
            "replicate": pa.array(np.repeat(numbers, result.horizon), pa.int64()),
            "day": pa.array(np.tile(days, len(numbers)), pa.int32()),
        }
        columns |= {name: _numbers(values) for name, values in of_arm(result.series, at).items()}
        yield pa.table(columns)


def _numbers(values: NDArray[Any]) -> pa.Array:
    """An array of numbers as a column, missing where it is NaN."""
    flat = np.ascontiguousarray(values).ravel()
    return pa.array(flat, mask=np.isnan(flat))


def _utf8(text: str) -> str:
    """Text without what UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
