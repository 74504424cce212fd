"""Result frames: every table that is written, with its columns' types, units and meaning, declared once.

``docs/results.md`` is made from what is declared by those who write tables, and tests hold every file that is
written against it.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "whole", "number", "yes/no", "list", "table"]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: As it stands in the file.
        kind: ``text``, ``whole``, ``number``, ``yes/no``, ``list`` (of numbers), ``table`` (a list of rows).
        unit: Unit, in English; empty for none.
        en: What it says, in English; a short sentence without a full stop.
        zh: The same in Chinese.
        empty: Whether it may be missing in a row.
    """

    name: str
    kind: Kind
    unit: str
    en: str
    zh: str
    empty: bool = False


@dataclass(frozen=True)
class Frame:
    """One table.

    Attributes:
        file: Name of the file it is written to, or a pattern.
        command: Subcommand that writes it.
        row: What a row is, by language.
        columns: In the order of the file.
        more: What further columns there are where they depend on what is run, by language; empty for none.
    """

    file: str
    command: str
    row: Mapping[str, str]
    columns: tuple[Column, ...]
    more: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def csv(self, rows: Iterable[Mapping[str, Any]], more: Sequence[str] = ()) -> bytes:
        """Rows as a CSV file: numbers to ten digits, an empty cell where there is none.

        Args:
            rows: A value for every column by name.
            more: Names of further columns, behind the others.

        Raises:
            KeyError: A row lacks a column.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        names = (*self.names, *more)
        writer.writerow(names)
        writer.writerows([cell(row[name]) for name in names] for row in rows)
        return out.getvalue().encode("utf-8", "replace")


def cell(value: Any) -> str:
    """A value as a CSV file has it."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = format(value, ".10g") if isinstance(value, float) else str(value)
    return text.encode("utf-8", "replace").decode()


def read(frame: Frame, data: bytes) -> list[dict[str, str]]:
    """Rows of a CSV file of a frame, as text.

    Raises:
        ValueError: It does not have the frame's columns, or a cell is not of its column's kind.
    """
    reader = csv.DictReader(io.StringIO(data.decode()))
    found = tuple(reader.fieldnames or ())
    if found[: len(frame.names)] != frame.names or (len(found) > len(frame.names) and frame.more is None):
        raise ValueError(f"{frame.file}: columns are {found}, not {frame.names}")
    rows = list(reader)
    for row in rows:
        for column in frame.columns:
            if not _holds(column, row[column.name]):
                raise ValueError(f"{frame.file}: {column.name} is {row[column.name]!r}, not {column.kind}")
    return rows


def _holds(column: Column, text: str) -> bool:
    if text == "":
        return column.empty or column.kind == "text"
    try:
        if column.kind == "whole":
            int(text)
        elif column.kind == "number":
            float(text)
    except ValueError:
        return False
    return column.kind != "yes/no" or text in ("true", "false")
