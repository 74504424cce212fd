"""Check-in tables into cohorts: who was done, missed, removed, and which cells say nothing."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, did_you_mean

#: What a file must have to be a table of check-ins; ``date_md`` may be there and is not used: without a year
#: it names no weekday.
COLUMNS = ("cohort", "member_id", "day", "status")
#: What a cell says. A removal is a day without a check-in, and the last that counts.
EMPTY, MISSED, DONE = -1, 0, 1
_WORDS = {"done": DONE, "missed": MISSED, "failed": MISSED, "": EMPTY}
_LAST_DAY = 3660
_MOST_CELLS = 20_000_000


@dataclass(frozen=True, eq=False)
class Cohort:
    """One group that checks in daily from a common day 0.

    Attributes:
        name: Its name.
        members: Names of the members, ``(N,)``.
        told: What each cell says, ``(days, N)``: :data:`DONE`, :data:`MISSED` or :data:`EMPTY`; after a
            removal everything is empty.
        removed: Day on which each was removed, ``(N,)``; -1 for never.
    """

    name: str
    members: tuple[str, ...]
    told: NDArray[np.int8]
    removed: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Days of the table."""
        return len(self.told)

    def there(self, day: int) -> NDArray[np.bool_]:
        """Who had not been removed before ``day``, ``(N,)``."""
        return np.asarray((self.removed < 0) | (day <= self.removed))


def recognises(header: Iterable[str]) -> bool:
    """Whether a file with these columns is a table of check-ins."""
    return set(COLUMNS) <= {name.strip().lstrip("\ufeff").lower() for name in header}


def read_cohorts(paths: Iterable[Path]) -> list[Cohort]:
    """Cohorts of these files in order of name; a name that occurs in two files is two cohorts.

    Raises:
        UserError: A file that cannot be read or is not such a table.
    """
    found: list[Cohort] = []
    for path in sorted(paths):
        found += _read(path)
    return sorted(found, key=lambda one: one.name)


def content_hash(cohorts: Iterable[Cohort]) -> str:
    """SHA-256 of what the cells say, 16 hex digits; neither names nor order are part of it."""
    parts = []
    for one in cohorts:
        columns = sorted(zip(one.told.T.tolist(), one.removed.tolist(), strict=True))
        parts.append(repr(columns))
    return sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]


def _read(path: Path) -> list[Cohort]:
    cells: dict[str, dict[str, dict[int, str]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = max(",;\t", key=lambda mark: recognises(first.split(mark)))
            file.seek(0)
            rows = csv.DictReader(file, delimiter=delimiter)
            header = [name.strip().lower() for name in rows.fieldnames or ()]
            for name in COLUMNS:
                if name not in header:
                    raise _bad(path, f"it has no column {name!r}; it needs {', '.join(COLUMNS)}")
            rows.fieldnames = header
            for row in rows:
                _put(path, rows.line_num, row, cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:120]
        raise _bad(path, f"it cannot be read ({reason})") from None
    if not cells:
        raise _bad(path, "it has a header and no rows")
    return [_cohort(path, name, members) for name, members in cells.items()]


def _put(path: Path, line: int, row: dict[str, str], cells: dict[str, dict[str, dict[int, str]]]) -> None:
    """Note one cell, or say what is wrong with its line."""
    cohort, member, day, status = ((row[name] or "").strip() for name in COLUMNS)
    if not cohort or not member:
        raise _bad(path, f"line {line} names no {'cohort' if not cohort else 'member_id'}")
    if not day.isascii() or not day.isdigit() or int(day) > _LAST_DAY:
        raise _bad(path, f"line {line}: day is {day[:30]!r}; it must be a whole number from 0 to {_LAST_DAY}")
    if status.lower() not in _WORDS:
        near = did_you_mean(status, [word for word in _WORDS if word])
        allowed = "done, missed, failed or empty"
        raise _bad(path, f"line {line}: status is {status[:30]!r}; it must be {allowed}.{near}".rstrip("."))
    days = cells.setdefault(cohort, {}).setdefault(member, {})
    if int(day) in days:
        raise _bad(path, f"line {line}: a second cell of member {member!r} on day {day}")
    days[int(day)] = status.lower()


def _cohort(path: Path, name: str, members: dict[str, dict[int, str]]) -> Cohort:
    first = min(day for days in members.values() for day in days)
    length = max(day for days in members.values() for day in days) - first + 1
    if length * len(members) > _MOST_CELLS:
        raise _bad(
            path, f"cohort {name!r} has {len(members)} members on {length} days, more than can be scored"
        )
    told = np.full((length, len(members)), EMPTY, np.int8)
    removed = np.full(len(members), -1, np.int64)
    for i, days in enumerate(members.values()):
        for day in sorted(days):
            told[day - first, i] = _WORDS[days[day]]
            if days[day] == "failed":
                removed[i] = day - first
                break
    return Cohort(name, tuple(members), told, removed)


def _bad(path: Path, what: str) -> UserError:
    return UserError(f"data: {str(path)!r}: {what}.")
