"""A chat log as NumPy columns, one row an event."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.observed.times import parse

#: Not known, in every integer column of a log.
UNKNOWN = -1


class Kind(IntEnum):
    """What a row of a log records."""

    MESSAGE = 0
    JOIN = 1
    LEAVE = 2


_KINDS = {
    **dict.fromkeys(("message", "msg", "text", "消息", "文本"), Kind.MESSAGE),
    **dict.fromkeys(("join", "joined", "加入", "进群", "入群"), Kind.JOIN),
    **dict.fromkeys(("leave", "left", "quit", "part", "退出", "退群"), Kind.LEAVE),
}


@dataclass(frozen=True, eq=False)
class Log:
    """Events of one group by time; at equal times by message number, else in the order of the file.

    Attributes:
        group: Name of the group; empty where the file names none.
        member: Who, ``(n,)``: an index into ``names``.
        names: Everyone who occurs, in order of first appearance; those only ever addressed come last.
        ts: When, unix seconds, ``(n,)``. See ``local``.
        kind: :class:`Kind` of each row, ``(n,)``.
        reply_to: Row answered, ``(n,)``, or :data:`UNKNOWN`.
        to_member: Person addressed, ``(n,)``, or :data:`UNKNOWN`.
        thread: Thread number, ``(n,)``, or :data:`UNKNOWN`.
        chars: Length of the message, ``(n,)``, or :data:`UNKNOWN`.
        end: Unix seconds of the last event of the whole file, which may hold other groups that live on.
        utc_offset: Hours east of UTC that the file's own times name; None where they name no zone.
        local: True where times are wall-clock times without a zone: ``ts`` then counts the wall clock's
            seconds.
        rows: Rows of the group in the file.
        skipped: Rows among them left out because the name, the time or the kind of event could not be read.
        duplicates: Rows left out because the same message of the same person was there already.
    """

    group: str
    member: NDArray[np.int32]
    names: tuple[str, ...] = field(repr=False)
    ts: NDArray[np.int64]
    kind: NDArray[np.int8]
    reply_to: NDArray[np.int32]
    to_member: NDArray[np.int32]
    thread: NDArray[np.int32]
    chars: NDArray[np.int32]
    end: int
    utc_offset: float | None = None
    local: bool = False
    rows: int = 0
    skipped: int = 0
    duplicates: int = 0

    @property
    def posters(self) -> int:
        """How many people wrote at least one message."""
        return len(np.unique(self.member[self.kind == Kind.MESSAGE]))


def assemble(table: Any, group: str, end: int | None = None, lines_lost: int = 0) -> Log:
    """Make a log of a table with the columns of :class:`~experiments.observed.tables.Sheet`.

    Args:
        table: pyarrow table; ``member`` and ``time`` needed, the rest as far as it is there.
        group: Name to give the group.
        end: Unix seconds of the end of observation; None: the last event of the table.
        lines_lost: Lines of the file that never became rows; they count as skipped.
    """
    n = table.num_rows
    times = parse(table["time"])
    member = _words(table, "member")
    kind = _kinds(table)
    ok = times.ok & pc.not_equal(member, "").to_numpy(zero_copy_only=False) & (kind != UNKNOWN)

    forward = np.flatnonzero(ok)
    steps = np.diff(times.ts[forward])
    if (steps < 0).sum() > (steps > 0).sum():  # newest first, as some exports are
        forward = forward[::-1]
    place = _integers(table, "id")
    number = place if (place != UNKNOWN).all() else _codes(_words(table, "id")).astype(np.int64)
    forward = forward[np.lexsort((place[forward], times.ts[forward]))]

    people, everyone = _people(member, _words(table, "to"))
    unique = _first_of_each(number, times.ts, people[:n], forward)
    rows = forward[unique]
    code = np.full(len(everyone), UNKNOWN, np.int32)
    seen, first = np.unique(people[:n][rows], return_index=True)
    seen = seen[np.argsort(first, kind="stable")]
    spoken_to = np.setdiff1d(people[n:][rows], np.append(seen, UNKNOWN))
    order = np.concatenate([seen, spoken_to])
    code[order] = np.arange(len(order), dtype=np.int32)

    def coded(who: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(who == UNKNOWN, UNKNOWN, code[who]).astype(np.int32)

    where = np.full(n + 1, UNKNOWN, np.int32)  # the last place stands for "no such row"
    where[rows] = np.arange(len(rows), dtype=np.int32)
    ts = times.ts[rows]
    return Log(
        group=group,
        member=coded(people[:n][rows]),
        names=tuple(everyone[i] for i in order),
        ts=ts,
        kind=kind[rows],
        reply_to=where[_answered(table)[rows]],
        to_member=coded(people[n:][rows]),
        thread=_codes(_words(table, "thread"))[rows],
        chars=_integers(table, "chars")[rows].astype(np.int32),
        end=int(ts[-1]) if len(ts) and end is None else (end or 0),
        utc_offset=times.utc_offset,
        local=times.local,
        rows=n + lines_lost,
        skipped=n - int(ok.sum()) + lines_lost,
        duplicates=len(forward) - len(rows),
    )


def _words(table: Any, part: str) -> Any:
    """A column as trimmed text, blank where it is missing."""
    if part not in table.column_names:
        return pa.repeat("", table.num_rows)
    column = table[part].combine_chunks().cast(pa.string())
    return pc.utf8_trim_whitespace(column.fill_null(""))


def _codes(words: Any) -> NDArray[np.int32]:
    """A number for each distinct word, :data:`UNKNOWN` for the blank one."""
    blank = pc.equal(words, "").to_numpy(zero_copy_only=False)
    codes = words.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return np.where(blank, UNKNOWN, codes).astype(np.int32)


def _integers(table: Any, part: str) -> NDArray[np.int64]:
    """A column of whole numbers; all :data:`UNKNOWN` where one of its words is no number."""
    if part in table.column_names and pa.types.is_integer(table[part].type):
        return table[part].fill_null(UNKNOWN).cast(pa.int64()).to_numpy()
    words = _words(table, part)
    if not pc.all(pc.match_substring_regex(words, r"^\d{1,18}$")).as_py() or table.num_rows == 0:
        return np.full(table.num_rows, UNKNOWN, np.int64)
    return words.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _kinds(table: Any) -> NDArray[np.int8]:
    """The kind of each row; a column that speaks of something else (text, image) makes all rows messages."""
    words = pc.utf8_lower(_words(table, "kind")).dictionary_encode()
    values = [_KINDS.get(word, UNKNOWN) for word in words.dictionary.to_pylist()]
    if all(value == UNKNOWN for value in values):
        return np.full(table.num_rows, Kind.MESSAGE, np.int8)
    return np.array(values, np.int8)[words.indices.to_numpy(zero_copy_only=False)]


def _people(member: Any, to: Any) -> tuple[NDArray[np.int32], list[str]]:
    """Codes of senders and then of those addressed, ``(2 n,)``, and the names they stand for."""
    both = pa.concat_arrays([member, to]).dictionary_encode()
    names: list[str] = both.dictionary.to_pylist()
    codes = both.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    if "" in names:
        codes = np.where(codes == names.index(""), UNKNOWN, codes).astype(np.int32)
    return codes, names


def _first_of_each(
    number: NDArray[np.int64], ts: NDArray[np.int64], person: NDArray[np.int32], rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of these rows are not the same numbered message of the same person and time once more."""
    order = np.lexsort((np.arange(len(rows)), person[rows], ts[rows], number[rows]))
    sorted_rows = rows[order]
    again = np.zeros(len(rows), bool)
    again[1:] = number[sorted_rows[1:]] != UNKNOWN
    for column in (number, ts, person):
        again[1:] &= column[sorted_rows[1:]] == column[sorted_rows[:-1]]
    unique = np.ones(len(rows), bool)
    unique[order[again]] = False
    return unique


def _answered(table: Any) -> NDArray[np.int64]:
    """Row whose message number each row names as answered; n, one past the last, where there is none."""
    n = table.num_rows
    reply = _words(table, "reply")
    if not pc.any(pc.not_equal(reply, "")).as_py():
        return np.full(n, n, np.int64)
    found = pc.index_in(reply, value_set=_words(table, "id")).fill_null(n).to_numpy(zero_copy_only=False)
    blank = pc.equal(reply, "").to_numpy(zero_copy_only=False)
    return np.where(blank, n, found).astype(np.int64)
