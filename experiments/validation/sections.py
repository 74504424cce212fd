"""What a validation says, free of form: sections of text, tables and pictures, for screen, page and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

#: How a tone looks on the screen; on the page it is a class.
TONES = {"good": "green", "bad": "bold red", "soft": "dim", "strong": "bold", "": ""}


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: What it says.
        tone: ``good``, ``bad``, ``soft``, ``strong`` or nothing.
        small: A second, smaller line.
    """

    text: str
    tone: str = ""
    small: str = ""

    def rich(self) -> Text:
        """As rich shows it."""
        shown = Text(self.text, style=TONES[self.tone])
        return shown.append(f"\n{self.small}", style="dim") if self.small else shown


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: Heads.
        rows: A cell for each column, or a single one that heads the rows below it. A plain word stands for a
            cell without a tone.
        title: Above it; may be empty.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    title: str = ""

    def cells(self) -> list[list[Cell]]:
        """The rows with every word made a cell."""
        return [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in self.rows]

    def rich(self) -> Group:
        """As rich shows it: the rows under each heading are a table of their own, all of one width."""
        parts: list[RenderableType] = [Text(self.title, style="bold")] if self.title else []
        body = self._body(heads=True)
        for row in self.cells():
            if len(row) == 1 < len(self.columns):
                parts += [body, row[0].rich()]
                body = self._body()
            else:
                body.add_row(*(cell.rich() for cell in row))
        return Group(*parts, body)

    def _body(self, heads: bool = False) -> RichTable:
        table = RichTable(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=heads, expand=True)
        for at, column in enumerate(self.columns):
            table.add_column(column, overflow="fold", vertical="top", ratio=1 if at else 2)
        return table


@dataclass(frozen=True)
class Picture:
    """A figure of the page; nothing of it is shown on a screen.

    Attributes:
        svg: One or more ``<svg>`` elements; several stand side by side where there is room.
        caption: What to see in it.
    """

    svg: str
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a validation: the patterns, or the score on a set of real groups.

    Attributes:
        key: Its name in validation.json.
        title: Its title.
        lead: What came out, in a sentence or two; the first thing one reads.
        tables: Tables, on the screen and the page.
        pictures: Figures, on the page only.
        notes: Paragraphs under them, on the screen and the page.
        data: Everything behind it as plain numbers and words, for validation.json.
    """

    key: str
    title: str
    lead: str = ""
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    notes: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def show(sections: Sequence[Section], console: Console) -> None:
    """Print sections: title, tables, notes, and the lead last, where the eye ends up."""
    for section in sections:
        console.print(f"\n[bold]{section.title}[/bold]\n")
        for table in section.tables:
            console.print(table.rich())
            console.print()
        for note in section.notes:
            console.print(Text(note, style="dim"))
        console.print(Text(f"\n{section.lead}", style="bold"))
