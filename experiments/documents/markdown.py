"""Markdown from docstrings and declarations, and citations that must resolve."""

import inspect
import re
from collections.abc import Iterable, Sequence
from textwrap import dedent
from typing import Any

from experiments.bibliography import Source, sources
from simulator.errors import UserError, did_you_mean

_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
_CODE = re.compile(r"``(.+?)``")
_CITED = re.compile(r"\[@([\w-]+)\]|\]\(@([\w-]+)\)")
#: ``Lally et al. (2010)``, ``Ross and Deutsch 2026``, ``Garcia, Mavrodiev and Schweitzer (2013)``.
_MENTION = re.compile(
    r"\b((?:[Vv]an (?:den? )?)?[A-Z][\w-]+)"
    r"(?: et al\.|(?:, [A-Z][\w-]+)*,? and (?:van (?:den? )?)?[A-Z][\w-]+)?,? "
    r"(?:\((?:19|20)\d\d\)|(?:19|20)\d\d\b)"
)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; cells may hold Markdown, and bars in them are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", r"\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


def prose(docstring: str) -> str:
    """A docstring: sentences flow, indented equations become code, references to names lose their markup."""
    parts = []
    for paragraph in inspect.cleandoc(docstring).split("\n\n"):
        if re.search(r"^\s", paragraph, re.MULTILINE):
            parts.append(f"```text\n{dedent(paragraph)}\n```")
        else:
            parts.append(plain(paragraph))
    return "\n\n".join(parts)


def plain(text: str) -> str:
    """Running text of a docstring as Markdown on one line, its mentions of sources as links.

    Signs that Markdown would read are escaped.
    """
    text = _CODE.sub(r"`\1`", _ROLE.sub(r"`\1`", " ".join(text.split())))
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else _linked(escaped(piece)) for piece in pieces)


def escaped(text: str) -> str:
    """Text with the signs escaped that Markdown would read."""
    return re.sub(r"([*<])(?=\S)", r"\\\1", text)


def _linked(text: str) -> str:
    """Mentions of sources as links; those of nobody we know stay as they are, see :func:`strangers`."""
    return _MENTION.sub(lambda found: f"[{found[0]}](@{_key(found)})" if _key(found) else found[0], text)


def _key(mention: re.Match[str]) -> str:
    """The key of a source by its first author and year; empty where there is none."""
    who, year = mention[1], int(mention[0].rstrip(")")[-4:])
    return next((s.key for s in sources().values() if s.year == year and _first(s) == who), "")


def _first(source: Source) -> str:
    return source.authors.split(",")[0].removesuffix(" et al.").strip()


def strangers(text: str) -> list[str]:
    """Mentions of sources in a page that are no links, because the bibliography does not have them."""
    bare = re.sub(r"\[[^\]]*\]\([^)]*\)|```.*?```", "", text, flags=re.DOTALL)
    return [found[0] for found in _MENTION.finditer(bare)]


def value(x: Any) -> str:
    """A value as it would be typed."""
    if isinstance(x, bool):
        return str(x).lower()
    if isinstance(x, float):
        return f"{x:g}"
    if isinstance(x, list | tuple):
        return ", ".join(value(one) for one in x) or "–"
    return "–" if x is None or x == "" else str(x)


def name_of(source: Source) -> str:
    """A source as it is named in a sentence: ``Shen et al. (2015)``; its title where nobody signed it."""
    people = [one.strip() for one in source.authors.split(",") if one.strip()]
    if not people:
        return source.title
    who = " and ".join(people) if len(people) < 3 else f"{people[0]} et al."
    return f"{who} ({source.year})" if source.year else who


def cite(text: str, page: str = "") -> str:
    """Each ``[@key]``, and each link to ``@key``, as a link to the bibliography on ``page``.

    Raises:
        UserError: A key that is not in the bibliography.
    """

    def link(found: re.Match[str]) -> str:
        source = _source(found[1] or found[2])
        return f"{f'[{name_of(source)}' if found[1] else ''}]({page}#{source.key})"

    return _CITED.sub(link, text)


def cited(text: str) -> set[str]:
    """The keys that a text cites."""
    return {one or other for one, other in _CITED.findall(text)}


def _source(key: str) -> Source:
    known = sources()
    if key not in known:
        near = did_you_mean(key, known)
        raise UserError(f"A document cites {key!r}, which is not in configs/bibliography.yaml.{near}")
    return known[key]
