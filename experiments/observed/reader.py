"""From a file to a log, or to one line that says why not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.observed.log import Log, assemble
from experiments.observed.tables import Sheet, bad, load, reading
from experiments.observed.times import ALLOWED, parse
from simulator.errors import UserError, did_you_mean

#: People who must have written, for a log to be a group's.
FEWEST = 10


def read_log(path: str | Path, group: str | None = None) -> Log:
    """Read the log of one group.

    Args:
        path: Parquet or CSV file (comma, semicolon or tab; UTF-8, UTF-16 or GB18030) with at least a column
            for the member and one for the time; further columns are used as far as they are known, the rest
            is left alone.
        group: Which group; needed where the file holds several.

    Raises:
        UserError: The file cannot be read, the group is not in it, fewer than :data:`FEWEST` people wrote, or
            more than half of the rows are broken.
    """
    path = Path(path).expanduser()
    with reading(path):
        sheet = load(path, None if group is None else str(group))
        if group is not None and sheet.groups:
            near = did_you_mean(str(group), sheet.groups)
            raise UserError(f"community.group={str(group)!r}: no such group.{near} {_largest(sheet)}")
        if len(sheet.groups) > 1:
            raise UserError(f"community.group is missing. {_largest(sheet)} Name one of them.")
        name = str(group) if group is not None else next(iter(sheet.groups), "")
        end = None if sheet.times is None else int(parse(sheet.times).ts.max(initial=0))
        log = assemble(sheet.table, name, end, sheet.lines_lost)
        _check(path, sheet, log)
    return log


def read_logs(path: str | Path) -> Iterator[Log]:
    """Read, in order of name, every group of a file in which at least :data:`FEWEST` people wrote."""
    path = Path(path).expanduser()
    with reading(path):
        sheet = load(path, None)
        if len(sheet.groups) < 2:
            yield read_log(path)
            return
        end = int(parse(sheet.table["time"]).ts.max(initial=0))
        words = sheet.table["group"].combine_chunks().cast(pa.string()).dictionary_encode()
        codes = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        order = np.argsort(codes, kind="stable")
        table, codes = sheet.table.take(order), codes[order]
        names = words.dictionary.to_pylist()
        for name in sorted(sheet.groups):
            first, last = np.searchsorted(codes, [names.index(name), names.index(name) + 1])
            log = assemble(table.slice(first, last - first), name, end)
            if log.posters >= FEWEST and 2 * log.skipped <= log.rows:
                yield log


def _check(path: Path, sheet: Sheet, log: Log) -> None:
    """Refuse a log that is broken, empty or too small to be a group's."""
    if log.rows == 0:
        raise bad(path, "it holds no rows")
    if 2 * log.skipped > log.rows:
        times = parse(sheet.table["time"])
        wrong = sheet.table.filter(pc.invert(times.ok))["time"] if not times.ok.all() else []
        shown = f" (its first bad time is {str(wrong[0])[:40]!r})" if len(wrong) else ""
        broken = f"{log.skipped} of {log.rows} rows have no name, time or type that can be read{shown}"
        raise bad(path, f"{broken}; a time is {ALLOWED}")
    if log.posters < FEWEST:
        what = f"community.group={log.group!r}" if log.group else f"community.log={str(path)!r}"
        people = "person" if log.posters == 1 else "people"
        raise UserError(f"{what}: {log.posters} {people} wrote in it; at least {FEWEST} are needed.")


def _largest(sheet: Sheet) -> str:
    """One sentence on the groups of a file."""
    shown = ", ".join(f"{name!r} ({count} messages)" for name, count in list(sheet.groups.items())[:5])
    many = f"{len(sheet.groups)} groups" if len(sheet.groups) > 1 else "one group"
    return f"The file holds {many}, the largest: {shown}."
