"""A part of the store: what came of one task, as one Parquet file.

A row is a run. ``summary`` and ``daily`` are structs with a field for each metric, the daily ones lists with
a number a day; one row group for each arm, and one for the runs that failed, whose metrics are missing.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.engine.task import DAILY, Failed, Outcome, Piece
from experiments.frames import Column, Frame
from simulator.metrics import METRICS

#: Raised with each change of what a part looks like; older parts are simulated anew.
FORMAT = b"qunlab part 1"
PART = Frame(
    file="store/*/*.parquet",
    command="compare",
    row={
        "en": "a run that was simulated, twins and failed ones too; a file is what came of one task",
        "zh": "一次模拟，孪生和失败的也在内；一个文件是一项任务的结果",
    },
    columns=(
        Column("key", "text", "", "hash of all that decides the run", "决定这次运行的一切的哈希"),
        Column("number", "whole", "", "replicate; a twin's has 2^31 over it", "重复编号；孪生再加 2^31"),
        Column("stage", "text", "", "where it failed, if it did", "失败的环节", True),
        Column("error", "text", "", "how it failed", "如何失败", True),
        Column("life", "number", "days", "lifespan of the group", "群的寿命", True),
        Column("censored", "yes/no", "", "whether it was alive at the end", "结束时是否还活着", True),
        Column(
            "member_days",
            "whole",
            "member-days",
            "members present, summed over days",
            "各天在群人数之和",
            True,
        ),
        Column("ledger", "table", "yuan, hours", "tactic, cost and hours", "玩法、花费、工时", True),
        Column("summary", "table", "the metric's", "a field for each metric", "每个指标一个字段", True),
        Column(
            "daily",
            "list",
            "the metric's",
            "for each daily metric a list by day",
            "每个按日指标一个列表",
            True,
        ),
    ),
)
_LEDGER = pa.list_(pa.struct([("tactic", pa.string()), ("cost", pa.float64()), ("hours", pa.float64())]))
_INDEX = ("key", "number", "stage", "member_days")
_SMALL = ("error", "life", "censored", "ledger", "summary")


def seal(outcome: Outcome, keys: Sequence[str]) -> bytes:
    """An outcome as a part.

    Args:
        outcome: What came of a task.
        keys: For each arm, by the outcome's index, what its runs are kept under.
    """
    names = dict.fromkeys(metric.name for metric in METRICS)
    names.update((name, None) for piece in outcome.pieces for name in piece.summary)
    schema = _schema(list(names))
    tables = [_of_piece(piece, keys[piece.arm], schema) for piece in outcome.pieces]
    if outcome.failures:
        tables.append(_of_failures(outcome.failures, keys, schema))
    out = io.BytesIO()
    # Statistics would be those of single numbers, and dictionaries larger than what they stand for.
    small = {"use_dictionary": ["key"], "write_statistics": False}
    with pq.ParquetWriter(out, schema, compression="zstd", compression_level=1, **small) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, len(table)))
    return out.getvalue()


def _schema(names: Sequence[str]) -> pa.Schema:
    return pa.schema(
        [
            ("key", pa.string()),
            ("number", pa.int64()),
            ("stage", pa.string()),
            ("error", pa.string()),
            ("life", pa.float64()),
            ("censored", pa.bool_()),
            ("member_days", pa.int64()),
            ("ledger", _LEDGER),
            ("summary", pa.struct([(name, pa.float64()) for name in names])),
            ("daily", pa.struct([(name, pa.list_(pa.float32())) for name in DAILY])),
        ],
        {"format": FORMAT},
    )


def _of_piece(piece: Piece, key: str, schema: pa.Schema) -> pa.Table:
    n = len(piece.numbers)
    summary, daily = schema.field("summary").type, schema.field("daily").type
    offsets = np.arange(n + 1, dtype=np.int32)
    labels = list(piece.ledger)
    books = pa.StructArray.from_arrays(
        [
            pa.array(labels * n, pa.string()),
            *(
                pa.array(
                    np.stack([piece.ledger[label][:, at] for label in labels], axis=1).ravel()
                    if labels
                    else np.empty(0)
                )
                for at in range(2)
            ),
        ],
        fields=list(_LEDGER.value_type),
    )
    columns = {
        "key": pa.array([key] * n),
        "number": pa.array(piece.numbers, pa.int64()),
        "stage": pa.nulls(n, pa.string()),
        "error": pa.nulls(n, pa.string()),
        "life": pa.array(piece.life),
        "censored": pa.array(piece.censored),
        "member_days": pa.array(piece.member_days),
        "ledger": pa.ListArray.from_arrays(pa.array(offsets * len(labels)), books),
        "summary": pa.StructArray.from_arrays(
            [pa.array(piece.summary.get(f.name, np.full(n, np.nan))) for f in summary], fields=list(summary)
        ),
        "daily": pa.StructArray.from_arrays(
            [
                pa.ListArray.from_arrays(
                    pa.array(offsets * piece.series[f.name].shape[1]),
                    pa.array(np.ascontiguousarray(piece.series[f.name]).ravel()),
                )
                for f in daily
            ],
            fields=list(daily),
        ),
    }
    return pa.table(columns, schema=schema)


def _of_failures(failures: Sequence[Failed], keys: Sequence[str], schema: pa.Schema) -> pa.Table:
    n = len(failures)
    columns: dict[str, Any] = {
        "key": [keys[f.arm] for f in failures],
        "number": [f.number for f in failures],
        "stage": [f.stage for f in failures],
        "error": [f.error.encode("utf-8", "replace").decode() for f in failures],
    }
    return pa.table(
        {f.name: pa.array(columns.get(f.name, [None] * n), f.type) for f in schema}, schema=schema
    )


@dataclass(frozen=True, eq=False)
class Part:
    """One part. Which runs it holds is in memory; the rest is read when it is asked for.

    Attributes:
        source: Its file, or its bytes.
        index: Key, number, stage and member-days, a row a run.
    """

    source: Path | bytes
    index: pa.Table

    @classmethod
    def of(cls, data: bytes, path: Path | None = None) -> Self:
        """A part of these bytes, which lie at ``path`` too where one is given, and are then not kept.

        Raises:
            ValueError: It is no part, or one of another format.
        """
        file = pq.ParquetFile(io.BytesIO(data))
        if (file.schema_arrow.metadata or {}).get(b"format") != FORMAT:
            raise ValueError("of another format")
        return cls(path or data, file.read(columns=list(_INDEX)).combine_chunks())

    def _open(self) -> pq.ParquetFile:
        return pq.ParquetFile(io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source)

    @cached_property
    def rows(self) -> pa.Table:
        """All other columns but ``daily``, a row a run."""
        return self._open().read(columns=list(_SMALL)).combine_chunks()

    @cached_property
    def of_key(self) -> dict[str, NDArray[np.intp]]:
        """Rows by what they are kept under."""
        keys, code = np.unique(self.index["key"].to_numpy(), return_inverse=True)
        return {key: np.flatnonzero(code == at) for at, key in enumerate(keys.tolist())}

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Number of each run."""
        found: NDArray[np.int64] = self.index["number"].to_numpy()
        return found

    @cached_property
    def stages(self) -> NDArray[np.object_]:
        """Where each run failed; None where it did not."""
        found: NDArray[np.object_] = self.index["stage"].to_numpy()
        return found

    @cached_property
    def failed(self) -> NDArray[np.bool_]:
        """Which runs failed."""
        found: NDArray[np.bool_] = self.index["stage"].is_valid().to_numpy()
        return found

    def column(self, name: str) -> NDArray[Any]:
        """``life``, ``censored`` or ``member_days`` of all runs; NaN, False and 0 where one failed."""
        blank = {"life": np.nan, "censored": False, "member_days": 0}[name]
        table = self.index if name in _INDEX else self.rows
        found: NDArray[Any] = table[name].combine_chunks().fill_null(blank).to_numpy(zero_copy_only=False)
        return found

    def summary(self) -> dict[str, NDArray[np.float64]]:
        """Metrics of all runs by name, NaN where a run failed."""
        whole = self.rows["summary"].combine_chunks()
        fields = zip(whole.type, whole.flatten(), strict=True)  # flatten() knows which rows are missing
        return {f.name: column.fill_null(np.nan).to_numpy(zero_copy_only=False) for f, column in fields}

    def ledger(self) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.float64]]:
        """What tactics cost: row, tactic, and yuan and hours (n, 2)."""
        books = self.rows["ledger"].combine_chunks()
        rows = np.repeat(np.arange(len(books)), books.value_lengths().fill_null(0).to_numpy())
        tactic, cost, hours = books.flatten().flatten()
        return rows, tactic.to_numpy(zero_copy_only=False), np.stack([cost.to_numpy(), hours.to_numpy()], 1)

    def daily(
        self, names: Sequence[str], key: str
    ) -> tuple[NDArray[np.intp], dict[str, NDArray[np.float32]]]:
        """Daily metrics of the runs under a key that did not fail: their rows, and (rows, days) by name."""
        file = self._open()
        wanted = [f"daily.{name}" for name in names]
        rows: list[NDArray[np.intp]] = []
        found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
        start = 0
        for group in range(file.num_row_groups):
            n = file.metadata.row_group(group).num_rows
            here = np.arange(start, start + n)
            start += n
            if self.failed[start - n] or here[0] not in self.of_key.get(key, ()):
                continue
            daily = file.read_row_group(group, columns=wanted)["daily"].combine_chunks()
            rows.append(here)
            for name in names:
                found[name].append(daily.field(name).flatten().to_numpy().reshape(n, -1))
        return (
            np.concatenate(rows) if rows else np.empty(0, np.intp),
            {name: np.concatenate(arrays) for name, arrays in found.items() if arrays},
        )
