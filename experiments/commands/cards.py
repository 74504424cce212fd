"""The parts of a card: headings, texts, and tables of parameters, in the user's language."""

import inspect
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from rich.console import RenderableType
from rich.text import Text

from experiments import messages
from experiments.bibliography import sources
from experiments.commands.lists import plain_table
from experiments.messages import Catalogue
from simulator.knobs import Knob

#: What the words of When and Who mean.
SCHEDULE = {
    "every": "every so many days, counted from start",
    "days": "only these days, from 0",
    "weekdays": "only these weekdays",
    "start": "first day it may act",
    "stop": "day from which it no longer acts",
    "phases": "only in these phases of its planned life: opening, growth, maturity, decline",
    "life": "days the group is planned to live, for phases",
    "triggers": "only where yesterday's numbers say so, as in 'voices<3 for 2 days cooldown 7'",
    "roles": "only these roles",
    "tiers": "only these tiers of activity",
    "tenure_min": "only who joined at least so many days ago",
    "tenure_max": "only who joined at most so many days ago",
    "top": "only so many of them, who spoke most of late; 0 for no limit",
    "near_kol": "only who is tied to a KOL or an owner",
    "share": "only a lasting random share of the people",
}


class Card:
    """A card being written.

    Attributes:
        say: Messages in the user's language.
        parts: What has been written.
    """

    def __init__(self, say: Catalogue) -> None:
        self.say = say
        self.parts: list[RenderableType] = []

    def head(self, name: str, title: str = "", note: str = "") -> None:
        """The first line: the name, what it is called, and where it is from."""
        line = Text(name, style="bold")
        if title and title != name:
            line.append(f"  {title}", style="bold")
        if note:
            line.append(f"  {note}", style="dim")
        self.parts.append(line)

    def text(self, text: str, style: str = "") -> None:
        """A paragraph."""
        self.parts.append(Text(text, style=style))

    def prose(self, docstring: str, style: str = "") -> None:
        """A docstring: sentences flow to the width there is, equations and lists stay as they stand."""
        for paragraph in inspect.cleandoc(docstring).split("\n\n"):
            flows = not re.search(r"^\s", paragraph, re.MULTILINE)
            self.text(" ".join(paragraph.split()) if flows else paragraph, style)

    def gap(self) -> None:
        """An empty line."""
        self.parts.append(Text())

    def table(self, title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """A table under a heading of the catalogue."""
        made = plain_table(self.say(f"card.{title}"), *(self.say(f"card.{name}") for name in columns))
        for row in rows:
            made.add_row(*(Text(cell) for cell in row))
        self.gap()
        self.parts.append(made)

    def knobs(self, title: str, declared: Mapping[str, tuple[Any, Knob]]) -> None:
        """Knobs with default, range, evidence and meaning."""
        lang = self.say.lang
        rows = []
        for name, (default, spec) in declared.items():
            meaning = texts(spec.doc, lang) + unit(spec.unit, lang)
            rows.append((name, value(default), span(spec), evidence(spec), meaning))
        self.table(title, ("knob", "default", "range", "evidence_tag", "meaning"), rows)

    def evidence(self, keys: Iterable[str]) -> None:
        """References, what was seen in each and how."""
        known = sources()
        table = plain_table(self.say("card.evidence"), "")
        table.show_header, table.columns[0].no_wrap = False, False
        for key in keys:
            source = known.get(key)
            if source is None:  # a plug-in's own
                table.add_row(Text(key))
                continue
            table.add_row(Text(f"{source.reference} [{self.say('card.seen', tag=source.seen)}]"))
            table.add_row(Text(f"    {source.says}", style="dim"))
        self.gap()
        self.parts.append(table if table.row_count else Text(self.say("card.no_evidence")))


@cache
def _chinese() -> Mapping[str, str]:
    """Chinese of short texts: ``cards.zh.yaml``, and ``cards:`` of every other part's words."""
    here = Path(messages.__file__).parent
    found = dict(yaml.safe_load((here / "cards.zh.yaml").read_text("utf-8")))
    for path in sorted(here.glob("*.zh.yaml")):
        found.update(yaml.safe_load(path.read_text("utf-8")).get("cards", {}))
    return found


def texts(english: str, lang: str) -> str:
    """A short text of the code in a language, as far as it has been translated."""
    return _chinese().get(english, english) if lang == "zh" else english


def unit(name: str, lang: str) -> str:
    """A unit in brackets, empty for a pure number."""
    return f" ({texts(name, lang)})" if name else ""


def value(x: Any) -> str:
    """A value as it would be typed."""
    if isinstance(x, bool):
        return str(x).lower()
    if isinstance(x, float):
        return f"{x:g}"
    if isinstance(x, list | tuple):
        return f"[{','.join(value(one) for one in x)}]"
    return "-" if x is None else str(x)


def span(spec: Knob) -> str:
    """What a knob may be."""
    return ", ".join(spec.choices) if spec.choices else f"{spec.low:g} – {spec.high:g}"


def evidence(spec: Knob) -> str:
    """Tag and source of a default."""
    return f"{spec.tag} {spec.source}".strip()
