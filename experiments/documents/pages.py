"""The pages: templates filled with parts of the code, citations linked, references listed."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.bibliography import sources
from experiments.documents import parts, results
from experiments.documents.markdown import cite, cited, escaped, plain, table, value
from simulator.knobs import Knob, knobs
from simulator.registry import MECHANISMS, STRATEGIES
from simulator.scenario import MODEL_VERSION

#: What evidence tags mean, from the firmest to the weakest; those of one line are shown together.
TAGS = {
    "S": "number or statement read in the source itself",
    "S2": "the same, read in a page about the source",
    "M+": "well known, not looked up",
    "M?": "recalled, to be checked",
    "IND": "a figure of the industry, its method undisclosed",
    "D": "worked out from such numbers",
    "A": "our assumption: no size was found, so it is varied over its range",
}
EVIDENCE, RESULTS = "evidence.md", "results.md"


def environment() -> Environment:
    """How templates of this folder are filled."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def pages() -> dict[str, str]:
    """Every page by file name; the same code always gives the same bytes."""
    odd = _odd()
    odd = cite(odd.replace("{references}", references(cited(odd))), EVIDENCE)
    told = (
        environment()
        .get_template(f"{EVIDENCE}.j2")
        .render(version=MODEL_VERSION, counts=counts(), tagged=tagged, bibliography=bibliography())
    )
    said = (
        environment().get_template(f"{RESULTS}.j2").render(frames=results.tables(), metrics=results.metrics())
    )
    return {"ODD.md": _tidy(odd), EVIDENCE: _tidy(cite(told)), RESULTS: _tidy(said)}


def _odd() -> str:
    """The ODD page before citations become links."""
    words: dict[str, Any] = {
        name: getattr(parts, name)
        for name in (
            "plan", "steps", "columns", "attributes", "settings", "communities", "topologies", "channels",
            "metrics", "mechanism", "strategy", "by_day",
        )
    }  # fmt: skip
    words |= {"strategies": sorted(parts.ours(STRATEGIES)), "version": MODEL_VERSION}
    return environment().get_template("ODD.md.j2").render(words)


def keys_cited() -> set[str]:
    """Keys of all sources that the documents cite: by their own words, or in docstrings and parameters."""
    words = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("*.j2"))
    return cited(words) | cited(_odd())


def references(keys: Iterable[str]) -> str:
    """A list of references, in order of key."""
    return "\n".join(f"- {_reference(key)}" for key in sorted(keys))


def _reference(key: str) -> str:
    """A reference in one line, its address as a link."""
    source = sources()[key]
    said, _, _ = source.reference.rpartition(source.url.rstrip("."))
    return f"{escaped(said.rstrip())} <{source.url}>".strip()


def bibliography() -> str:
    """Every source, what was seen in it, and how."""
    return "\n".join(
        f'- <a id="{key}"></a>**{key}** ({source.seen}). {_reference(key)}\\\n  {escaped(source.says)}'
        for key, source in sorted(sources().items())
    )


def _all() -> list[tuple[str, Any, Knob]]:
    """Name, default and declaration of every parameter of a mechanism."""
    kinds = parts.ours(MECHANISMS)
    return [
        (f"{name}.{key}", f.default, spec)
        for name, kind in kinds.items()
        for key, (f, spec) in knobs(kind).items()
    ]


def counts() -> str:
    """How many parameters of mechanisms carry each tag."""
    held = Counter(spec.tag for _, _, spec in _all())
    sourced = Counter(spec.tag for _, _, spec in _all() if spec.source)
    rows = [(tag, told, held[tag], sourced[tag]) for tag, told in TAGS.items() if held[tag]]
    rows.append(("all", "", held.total(), sourced.total()))
    return table(("Tag", "How the number was come by", "Parameters", "of these with a source"), rows)


def tagged(*tags: str, sourced: bool | None = None) -> str:
    """Parameters of mechanisms with one of these tags, and with or without a source."""
    rows = [
        (f"`{name}`", value(default), parts.span(spec), spec.unit, parts.evidence(spec), plain(spec.doc))
        for name, default, spec in _all()
        if spec.tag in tags and sourced in (None, bool(spec.source))
    ]
    return table(("Parameter", "Default", "Range", "Unit", "Evidence", "Meaning"), rows) if rows else "None."


def _tidy(text: str) -> str:
    """No blanks at ends of lines, never two empty lines, one end."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip() + "\n"
