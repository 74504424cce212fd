"""What a sweep writes: effects at every point, the points themselves, and every run."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.frames import Column, Frame
from experiments.statistics.columns import EFFECT, values
from experiments.sweeps.run import Runs, Swept

_POINT = Column("point", "whole", "", "number of the design point, from 1", "设计点的编号，从 1 起")
_FACTORS = {
    "en": "one column for each factor, named after its setting: its value at the point",
    "zh": "每个因素一列，列名就是那项设置：它在这一点的取值",
}
SWEEP = Frame(
    file="sweep.csv",
    command="sweep",
    row={
        "en": "a metric of an arm at a point, against the baseline of that point",
        "zh": "一个点上一个方案的一项指标，与该点的基线相比",
    },
    columns=(_POINT, *EFFECT),
    more=_FACTORS,
)
POINTS = Frame(
    file="points.csv",
    command="sweep",
    row={"en": "a scenario at a point", "zh": "一个点上的一个方案"},
    columns=(
        _POINT,
        Column("scenario", "text", "", "arm, or baseline", "方案，或 baseline（什么都不做）"),
        Column(
            "hash",
            "text",
            "",
            "hash of the scenario; runs.parquet has its runs",
            "方案的哈希；runs.parquet 里有它的各次运行",
        ),
        Column("size", "whole", "members", "members on day 0", "第 0 天的成员数"),
        Column("days", "whole", "days", "campaign days", "活动天数"),
        Column("follow_up", "whole", "days", "days after them, without tactics", "之后不做活动的天数"),
        Column(
            "runs",
            "whole",
            "runs",
            "runs of it that were completed, twins included",
            "完成的运行次数，含孪生",
        ),
        Column("failed", "whole", "runs", "runs that ended in an error", "出错的运行次数"),
    ),
    more=_FACTORS,
)


def sweep_csv(found: Swept) -> bytes:
    """sweep.csv: every effect at every point that is complete."""
    rows = ({"point": row.point, **values(row.effect), **row.values} for row in found.rows)
    return SWEEP.csv(rows, found.sweep.keys)


def points_csv(found: Swept) -> bytes:
    """points.csv: every point of the design with its scenarios, those that were not reached too."""
    return POINTS.csv(_points(found), found.sweep.keys)


def _points(found: Swept) -> Iterator[Mapping[str, Any]]:
    for point in found.sweep.points:
        for scenario, key in zip(point.study.scenarios, point.hashes, strict=True):
            runs = found.runs.get(key)
            failed = 0 if runs is None else len(runs.failures)
            yield {
                "point": point.number,
                "scenario": scenario.label,
                "hash": key,
                "size": scenario.community.size,
                "days": scenario.days,
                "follow_up": scenario.follow_up,
                "runs": 0 if runs is None else int(runs.done.sum()) - failed,
                "failed": failed,
                **point.values,
            }


def runs_table(key: str, runs: Runs, replicates: int, seed: int) -> pa.Table:
    """The runs of one scenario, replicates first and then twins: runs.parquet has one after the other."""
    at = np.flatnonzero(runs.done)
    twin, number = at >= replicates, np.where(at >= replicates, at - replicates, at)
    errors = {(one.replicate, one.twin): f"{one.stage}: {one.error}" for one in runs.failures}
    said = [errors.get((int(n), bool(t))) for n, t in zip(number, twin, strict=True)]
    columns: dict[str, Any] = {
        "run_id": [f"{key}-{seed}-{n}{'t' if t else ''}" for n, t in zip(number, twin, strict=True)],
        "hash": pa.array([key] * len(at), pa.string()),
        "replicate": pa.array(number, pa.int64()),
        "twin": pa.array(twin, pa.bool_()),
        "seed": pa.array([seed] * len(at), pa.int64()),
        "status": ["failed" if error else "done" for error in said],
        "error": pa.array(said, pa.string()),
    }
    for name, numbers in runs.summary.items():
        if name != "lifespan":
            columns[name] = _numbers(numbers[at])
    life = np.where(runs.censored, runs.tau, runs.life)[at]
    columns["lifespan"] = _numbers(life)
    columns["lifespan_censored"] = pa.array(runs.censored[at], pa.bool_(), mask=np.isnan(life))
    return pa.table(columns)


def _numbers(numbers: Any) -> pa.Array:
    """Numbers as a column, missing where they are NaN."""
    return pa.array(numbers, mask=np.isnan(numbers))
