"""The output folder: tables, report and charts of one comparison, each file written whole or not at all.

Rows of the tables and bytes of comparison.csv, the report and the charts depend on the result alone; clock
times are in manifest.json. Other files that lie in the folder are never touched.
"""

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from experiments.files import as_json
from experiments.frontier import frontier_csv
from experiments.messages import Catalogue
from experiments.result import Result
from experiments.tables import comparison_csv, runs_table, timeseries_tables
from simulator.errors import UserError

#: What is written, the manifest last: where it lies, the rest is complete.
FILES = (
    *("comparison.csv", "frontier.csv", "runs.parquet", "timeseries.parquet"),
    *("report.html", "activity.png", "survival.png", "manifest.json"),
)
_PACKAGES = (
    *("qunlab", "mesa", "networkx", "numpy", "numba", "scipy", "hydra-core", "pyarrow"),
    *("duckdb", "loky", "rich", "matplotlib", "jinja2"),
)
_GROUPS = ("qunlab.strategies", "qunlab.mechanisms")
_ROOM = 20 * 2**20  # bytes that must be free, whatever the size of the study


def prepare(folder: str | Path, lang: str = "en", room: int = 0) -> Path:
    """Make sure that results can be written to a folder, and make it, before the long work starts.

    Args:
        folder: Where the results are to go.
        lang: Language of the error.
        room: Bytes that will about be needed.

    Raises:
        UserError: It cannot be written to, a file is in the way, or the disk is full.
    """
    say = Catalogue(lang)
    if not str(folder).strip():
        raise UserError(say("error.empty"))
    try:
        path = Path(folder).expanduser()
        for place in (path, *path.parents):
            if place.exists() and not place.is_dir():
                raise UserError(say("error.not_folder", folder=folder, path=place))
        path.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (path / name).is_dir():
                raise UserError(say("error.taken", folder=folder, path=path / name))
        with tempfile.TemporaryFile(dir=path):
            free = shutil.disk_usage(path).free
    except (OSError, RuntimeError, ValueError) as error:  # a NUL in the path, a home that is not known
        if isinstance(error, UserError):
            raise
        raise UserError(say("error.unwritable", folder=folder, reason=_reason(error))) from None
    needed = max(room, _ROOM)
    if free < needed:
        raise UserError(say("error.full", folder=folder, free=free // 2**20, needed=needed // 2**20))
    return path


def write(result: Result, folder: str | Path) -> tuple[Path, ...]:
    """Write all files of a result; those of an earlier one are replaced once all new ones are complete.

    Raises:
        UserError: The folder cannot be written to, or the disk is full; an earlier result is still whole.
    """
    from experiments.report import (
        charts,
        frontier,
        page,
    )  # these load matplotlib, which prepare() has no need of
    from experiments.report.words import Words

    path = prepare(folder, result.lang)
    words = Words(result)
    activity, survival = charts.activity(result, words), charts.survival(result, words)
    worth = frontier.picture(result, words)
    makers = {
        "comparison.csv": lambda file: file.write(comparison_csv(result)),
        "frontier.csv": lambda file: file.write(frontier_csv(result)),
        "runs.parquet": lambda file: _parquet(file, [runs_table(result)]),
        "timeseries.parquet": lambda file: _parquet(file, timeseries_tables(result)),
        "report.html": lambda file: file.write(
            page.page(result, activity, survival, worth).encode("utf-8", "replace")
        ),
        "activity.png": lambda file: file.write(activity.png),
        "survival.png": lambda file: file.write(survival.png),
        "manifest.json": lambda file: file.write(_json(manifest(result))),
    }
    try:
        with ExitStack() as stack:
            new = {name: stack.enter_context(_temporary(path, name)) for name in FILES}
            for name, temporary in new.items():
                with temporary.open("wb") as file:
                    makers[name](file)
            for name, temporary in new.items():
                temporary.replace(path / name)
    except OSError as error:
        say = Catalogue(result.lang)
        raise UserError(say("error.unwritable", folder=folder, reason=_reason(error))) from None
    return tuple(path / name for name in FILES)


def manifest(result: Result) -> dict[str, Any]:
    """manifest.json: what is needed to know what made these files; the only one that tells the time."""
    return {
        "format": 1,
        "name": result.name,
        "command": result.command,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": dict(result.timing),
        "seed": result.seed,
        "uncertainty": result.uncertainty,
        "days": result.days,
        "follow_up": result.follow_up,
        "warmup": result.warmup,
        "replicates": result.replicates,
        "asked": result.asked,
        "interrupted": result.replicates < result.asked,
        "twins": int(result.twin.sum()),
        "failures": len(result.failures),
        "scenarios": [
            {
                "label": arm.label,
                "hash": arm.hash,
                "strategies": {t.label: dict(t.settings) for t in arm.tactics},
            }
            for arm in result.arms
        ],
        "community": {
            "name": result.group.name,
            "size": result.group.size,
            "roles": dict(result.group.roles),
            "topology": result.group.topology,
            "arrivals": result.group.arrivals,
            "portrait": None if result.group.portrait is None else dict(result.group.portrait),
        },
        "config": dict(result.config),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions(),
        "commit": commit(),
    }


def versions() -> dict[str, str]:
    """Versions of the packages that results may depend on, plug-ins too; those not installed are left out."""
    plugins = {
        entry.dist.name
        for group in _GROUPS
        for entry in metadata.entry_points(group=group)
        if entry.dist is not None
    }
    found: dict[str, str] = {}
    for name in (*_PACKAGES, *sorted(plugins - {*_PACKAGES})):
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def commit() -> str | None:
    """Git commit of this very checkout, with ``+`` where files differ from it; None where it is none."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    try:
        head, changes = (
            subprocess.run(
                ["git", "-C", str(root), *words], capture_output=True, check=True, timeout=10
            ).stdout.decode()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return head.strip() + ("+" if changes.strip() else "")


@contextmanager
def _temporary(folder: Path, name: str) -> Iterator[Path]:
    """A file of ours beside the one it is to replace; gone afterwards, whatever happens."""
    path = folder / f".{name}.{os.getpid()}.tmp"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _parquet(file: Any, tables: Any) -> None:
    """Write tables of one schema as row groups of one Parquet file."""
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables:
            if writer is None:
                writer = pq.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _json(tree: Mapping[str, Any]) -> bytes:
    return as_json(tree).encode("utf-8", "replace")


def _reason(error: Exception) -> str:
    """One line on why something could not be written."""
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
