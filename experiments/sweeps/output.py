"""The output folder of a sweep: tables, page, charts and manifest, each file written whole or not at all."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from experiments.files import as_json
from experiments.messages import Catalogue
from experiments.output import commit, versions
from experiments.sweeps import chart, frames
from experiments.sweeps.page import page
from experiments.sweeps.run import Swept
from experiments.sweeps.words import Words
from simulator.errors import UserError

#: What is written, the manifest last: where it lies, the rest is complete.
FILES = ("sweep.csv", "points.csv", "runs.parquet", "sweep.html", "responses.png", "manifest.json")
MAP = "map.png"


def write(found: Swept, folder: str | Path) -> tuple[Path, ...]:
    """Write all files of a sweep.

    Raises:
        UserError: The folder cannot be written to, or the disk is full.
    """
    words = Words(found.sweep)
    responses, best = chart.responses(found, words), chart.best_map(found, words)
    made: dict[str, bytes] = {
        "sweep.csv": frames.sweep_csv(found),
        "points.csv": frames.points_csv(found),
        "runs.parquet": runs_parquet(found),
        "sweep.html": page(found, words, responses, best).encode("utf-8", "replace"),
        "responses.png": responses.png,
    }
    if best is not None:
        made[MAP] = best.png
    made["manifest.json"] = as_json(manifest(found)).encode("utf-8", "replace")
    path = Path(folder).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (path / f".{name}.tmp").write_bytes(data)
        for name in made:
            (path / f".{name}.tmp").replace(path / name)
    except OSError as error:
        say, reason = Catalogue(words.say.lang), error.strerror or str(error)
        raise UserError(say("error.unwritable", folder=folder, reason=reason)) from None
    return tuple(path / name for name in made)


def runs_parquet(found: Swept) -> bytes:
    """runs.parquet: every run of every scenario, a row group for each scenario."""
    study, out = found.sweep.study, BytesIO()
    writer: pq.ParquetWriter | None = None
    for key, runs in found.runs.items():
        table = frames.runs_table(key, runs, study.replicates, study.seed)
        if writer is None:
            writer = pq.ParquetWriter(out, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return out.getvalue()


def manifest(found: Swept) -> Mapping[str, Any]:
    """manifest.json: what is needed to know what made these files; the only one that tells the time."""
    sweep, study = found.sweep, found.sweep.study
    return {
        "format": 1,
        "command": sweep.command,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": {"simulate": round(found.seconds, 3)},
        "design": sweep.kind,
        "factors": {factor.key: factor.word.partition("=")[2] for factor in sweep.factors},
        "points": len(sweep.points),
        "complete": len(found.points),
        "interrupted": found.interrupted,
        "arms": list(sweep.arms),
        "scenarios": len(sweep.scenarios),
        "replicates": study.replicates,
        "twins": study.twins,
        "seed": study.seed,
        "failures": len(found.failures),
        "config": dict(study.config),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions(),
        "commit": commit(),
    }
