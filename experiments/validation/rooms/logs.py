"""Files into rooms: who belongs to which, until when each was watched, and what cannot be scored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml  # type: ignore[import-untyped]

from experiments.observed.log import UNKNOWN, Kind, Log, assemble
from experiments.observed.tables import load, reading
from experiments.observed.times import parse
from experiments.validation.rooms.week import Room, room

#: Where platforms' shocks from outside are written down.
TABLE = Path(__file__).parents[3] / "configs" / "validation" / "rooms.yaml"
#: Share of messages with an addressee from which a log is one of letters, not of rooms.
_LETTERS = 0.95
_DAY = 86_400


@dataclass(frozen=True)
class Censoring:
    """One entry of the table: a platform and what happened to it. Dates are days from 1970-01-01."""

    key: str
    begins: int
    ends: int
    born: tuple[int, int]
    share: float
    everywhere: int
    local: int
    topics: frozenset[str]

    def applies(self, births: list[int], end: int) -> bool:
        """Whether a file is of this platform, from its rooms' births and the day of its last message."""
        if not births or min(births) >= self.begins or end < self.ends:
            return False
        return sum(self.born[0] <= b < self.born[1] for b in births) >= self.share * len(births)

    def until(self, name: str, born: int) -> int:
        """Day up to which a room counts as watched."""
        place = not self.topics & {word.lower() for word in words(name)}
        return self.local if place and born < self.local else self.everywhere


def words(name: str) -> list[str]:
    """The words of a room's name: ``NewYorkCity`` has three, ``d3`` one."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+\d*", name)


@lru_cache
def table() -> tuple[Censoring, ...]:
    """The entries of :data:`TABLE`."""
    tree = yaml.safe_load(TABLE.read_text("utf-8"))
    return tuple(
        Censoring(
            one["key"],
            _day(one["begins"]),
            _day(one["ends"]),
            (_day(one["born"][0]), _day(one["born"][1])),
            one["share"],
            _day(one["everywhere"]),
            _day(one["local"]),
            frozenset(one["topics"].split()),
        )
        for one in tree["censoring"]
    )


def _day(when: date) -> int:
    return (when - date(1970, 1, 1)).days


@dataclass(frozen=True)
class File:
    """What one file holds.

    Attributes:
        name: Its name.
        digest: SHA-256 of its bytes.
        rooms: Rooms watched for a week at least, by name.
        held: Rooms in it.
        letters: Whether it is one-to-one messages: then no rooms are read.
        censored: Key of the entry of the table that was applied; empty for none.
        first: Day of its first message, ISO.
        last: Day of its last, ISO.
    """

    name: str
    digest: str
    rooms: tuple[Room, ...]
    held: int
    letters: bool
    censored: str
    first: str
    last: str


def read(path: Path) -> File:
    """Read the rooms of a log file.

    Raises:
        UserError: The file cannot be read, or has no column for member or time.
    """
    with reading(path):
        sheet = load(path, None)
        times = parse(sheet.table["time"])
        logs = [log for log in _groups(sheet.table, path.stem) if (log.kind == Kind.MESSAGE).any()]
    end = int(times.ts.max(initial=0))
    births = [int(log.ts[log.kind == Kind.MESSAGE][0]) // _DAY for log in logs]
    letters = bool(logs) and sum(_addressed(log) for log in logs) >= _LETTERS * sum(
        int((log.kind == Kind.MESSAGE).sum()) for log in logs
    )
    entry = next((one for one in table() if one.applies(births, end // _DAY)), None)
    rooms = []
    for log, born in zip(logs, births, strict=True):
        until = end if entry is None else min(end, entry.until(log.group, born) * _DAY)
        found = None if letters else room(log, path.name, until)
        rooms += [found] if found else []
    first, last = (
        datetime.fromtimestamp(t, UTC).date().isoformat() for t in (min(births, default=0) * _DAY, end)
    )
    digest = sha256(path.read_bytes()).hexdigest()
    return File(path.name, digest, tuple(rooms), len(logs), letters, entry.key if entry else "", first, last)


def _groups(sheet: Any, name: str) -> Iterator[Log]:
    """The log of each group, however few wrote in it: that is known only afterwards."""
    if "group" not in sheet.column_names:
        yield assemble(sheet, name)
        return
    coded = sheet["group"].combine_chunks().cast(pa.string()).fill_null("").dictionary_encode()
    codes, names = coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()
    order = np.argsort(codes, kind="stable")
    sheet, codes = sheet.take(order), codes[order]
    for code in sorted(range(len(names)), key=lambda i: str(names[i])):
        first, last = np.searchsorted(codes, [code, code + 1])
        log = assemble(sheet.slice(first, last - first), str(names[code]))
        if len(log.ts):
            yield log


def _addressed(log: Log) -> int:
    """Messages to one person, outside any thread."""
    return int(((log.kind == Kind.MESSAGE) & (log.to_member != UNKNOWN) & (log.thread == UNKNOWN)).sum())
