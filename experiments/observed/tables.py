"""Files into tables: however columns are called and text is encoded, the same columns come out."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from simulator.errors import UserError, did_you_mean

#: The columns of a log, and what they are called in the wild; of several, the first in the list is taken.
HEADERS: dict[str, tuple[str, ...]] = {
    "member": (
        *("member_id", "member", "sender", "sender_name", "user_id", "user", "username", "author", "from"),
        *("name", "nickname", "nick", "发送人", "发送者", "发言人", "成员", "用户", "用户名"),
        *("群昵称", "昵称", "姓名", "名字"),
    ),
    "time": (
        *("ts", "timestamp", "time", "datetime", "date_time", "createtime", "created_at", "sent_at", "date"),
        *("时间", "发送时间", "发言时间", "日期时间", "时间戳", "日期"),
    ),
    "group": ("group_id", "group", "room", "channel", "群id", "群名", "群聊", "群"),
    "kind": ("type", "event", "类型"),
    "id": ("msg_id", "message_id", "id", "消息id"),
    "thread": ("thread_id", "thread", "topic", "话题"),
    "reply": ("reply_to", "回复"),
    "to": ("to_member", "to", "recipient", "接收人"),
    "chars": ("n_chars", "chars", "length", "字数"),
}
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A log file, or one group of it, as a table.

    Attributes:
        table: pyarrow table with columns named as in :data:`HEADERS`; ``member`` and ``time`` are always
            there.
        times: The time column of the whole file, where the table is but one group of it.
        lines_lost: Lines that could not be cut into fields.
        groups: Messages of each group in the file, largest first; empty where the file names no group, or
            where the group asked for was found.
    """

    table: Any
    times: Any = None
    lines_lost: int = 0
    groups: dict[str, int] = field(default_factory=dict)


def load(path: Path, group: str | None) -> Sheet:
    """Read a Parquet or CSV log; with ``group``, only the rows of that group.

    Raises:
        UserError: The file is missing, empty, of another kind, or lacks a column for the member or the time.
    """
    if _first_bytes(path)[:4] == b"PAR1":
        return _parquet(path, group)
    if path.suffix.lower() in (".parquet", ".pq"):
        raise bad(path, "it is not a Parquet file, whatever its name says")
    return _csv(path, group)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what a damaged file makes the libraries say into one line."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:160]
        raise bad(path, f"it cannot be read ({reason})") from None


def bad(path: Path, what: str) -> UserError:
    """The one line a user reads about a log that cannot be used."""
    return UserError(f"community.log={str(path)!r}: {what}.")


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise bad(path, "it is a folder; name a Parquet or CSV file in it")
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near)
        raise UserError(f"community.log={str(path)!r}: no such file.{hint}") from None
    except (OSError, ValueError) as error:
        raise bad(path, f"it cannot be opened ({getattr(error, 'strerror', None) or error})") from None
    if not start.strip():
        raise bad(path, "it is empty")
    return start


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    """Which column of the file plays which part."""
    plain = [name.strip().strip("\ufeff").lower().replace(" ", "_") for name in header]
    found = {part: next((plain.index(h) for h in names if h in plain), -1) for part, names in HEADERS.items()}
    for part in ("member", "time"):
        if found[part] < 0:
            shown = ", ".join(name.strip()[:30] for name in header[:12])
            words = ", ".join(HEADERS[part])
            raise bad(path, f"no column for the {part} among its columns [{shown}]; it may be called {words}")
    return {part: index for part, index in found.items() if index >= 0}


def _parquet(path: Path, group: str | None) -> Sheet:
    names = pq.read_schema(path).names
    columns = {part: names[index] for part, index in _columns(path, names).items()}
    chosen = None
    if group is not None and "group" in columns:
        chosen = pc.field(columns["group"]).cast(pa.string()) == group
    table = pq.read_table(path, columns=list(columns.values()), filters=chosen)
    table = table.select(list(columns.values())).rename_columns(list(columns))
    if chosen is None:
        return _grouped(path, table, group)
    if table.num_rows == 0:
        part = {k: columns[k] for k in ("group", "kind") if k in columns}
        whole = pq.read_table(path, columns=list(part.values())).select(list(part.values()))
        return Sheet(table, groups=_sizes(whole.rename_columns(list(part))))
    return Sheet(table, pq.read_table(path, columns=[columns["time"]])[0])


def _csv(path: Path, group: str | None) -> Sheet:
    text = _decode(path).lstrip("\r\n ")
    line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    if not text[len(line) :].strip():
        _columns(path, re.split(r"[,;\t]", line))
        raise bad(path, "it has a header and no rows")
    headers = {d: next(csv.reader(StringIO(line), delimiter=d), []) for d in DELIMITERS}
    known = {name for names in HEADERS.values() for name in names}

    def fits(delimiter: str) -> tuple[int, int]:
        header = headers[delimiter]
        return sum(name.strip().lower() in known for name in header), len(header)

    delimiter = max(DELIMITERS, key=fits)
    header = headers[delimiter]
    columns = _columns(path, header)
    lost: list[int] = []

    def skip(_: Any) -> str:
        lost.append(1)
        return "skip"

    data = text.encode()
    labels = [str(i) for i in range(len(header))]
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        arrow_csv.ReadOptions(
            column_names=labels,
            skip_rows=1,
            block_size=min(max(len(data), 1 << 16), 1 << 26),
            use_threads=False,
        ),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(labels, pa.string()),
            include_columns=[labels[i] for i in columns.values()],
        ),
    )
    sheet = _grouped(path, table.rename_columns(list(columns)), group)
    return Sheet(sheet.table, sheet.times, len(lost), sheet.groups)


def _decode(path: Path) -> str:
    data = path.read_bytes()
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if wide or b"\0" not in data[:4096]:
        for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
    raise bad(path, "it is neither a Parquet file nor CSV text in UTF-8 or GB18030")


def _grouped(path: Path, table: Any, group: str | None) -> Sheet:
    """Keep the group asked for; where none is, say which there are."""
    if "group" not in table.column_names:
        if group is not None:
            raise UserError(
                f"community.group={group!r}: {str(path)!r} has no column for groups; leave it out."
            )
        return Sheet(table)
    sizes = _sizes(table)
    if group is not None and group in sizes:
        return Sheet(table.filter(pc.equal(table["group"].cast(pa.string()), group)), table["time"])
    return Sheet(table, groups=sizes)


def _sizes(table: Any) -> dict[str, int]:
    """Messages of each group, largest first."""
    if "kind" in table.column_names:
        said = pc.is_in(table["kind"].cast(pa.string()), pa.array(["join", "leave"]))
        table = table.filter(pc.invert(said))
    counts = table["group"].cast(pa.string()).fill_null("").value_counts().to_pylist()
    sizes = {one["values"]: one["counts"] for one in counts if one["values"] != ""}
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))
