"""What the documents take from the code, each part as Markdown."""

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import yaml  # type: ignore[import-untyped]

from experiments import known
from experiments.bibliography import sources
from experiments.documents.markdown import plain, prose, table, value
from simulator.community import Community
from simulator.knobs import Knob, knobs
from simulator.mechanism import PHASES, Mechanism
from simulator.members import COLUMNS, Column
from simulator.metrics import METRICS
from simulator.registry import MECHANISMS, STRATEGIES, distribution, mechanisms, strategies
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS
from simulator.topology import TOPOLOGIES

_TYPES = {"b": "yes or no", "i": "whole number", "u": "whole number", "f": "number"}
#: The distribution whose plug-ins the documents describe; those of others describe themselves.
OURS = "qunlab"


def ours(group: str) -> dict[str, Any]:
    """Our own plug-ins of a group by name."""
    found: Mapping[str, Any] = mechanisms() if group == MECHANISMS else strategies()
    return {name: kind for name, kind in found.items() if distribution(group, name) == OURS}


def by_day() -> dict[str, type[Mechanism]]:
    """Mechanisms in the order in which a day first meets them (those that only answer questions last)."""
    kinds = ours(MECHANISMS)

    def first(name: str) -> tuple[int, str]:
        acts = kinds[name]().phases()
        day = [PHASES.index(phase) for phase in acts if phase not in ("opening", "offers", "pull")]
        pull = [PHASES.index(phase) for phase in acts if phase != "opening"]
        return min(pull or day or [len(PHASES)]), name

    return {name: kinds[name] for name in sorted(kinds, key=first)}


def plan() -> str:
    """A day as it is run with the mechanisms that are on by default and all four tactics."""
    others = {name: {"on": False} for name in mechanisms() if distribution(MECHANISMS, name) != OURS}
    tactics = tuple((name, kind()) for name, kind in ours(STRATEGIES).items())
    small = Scenario(community=Community(size=20), strategies=tactics, mechanisms=others)
    return f"```text\n{Simulation(small, [0]).plan()}\n```"


def steps() -> str:
    """What each mechanism does in each phase, in the order of the day."""
    rows = []
    for phase in PHASES:
        for name, kind in ours(MECHANISMS).items():
            if phase in kind().phases():
                told = inspect.getdoc(getattr(kind, phase)) or ""
                off = "" if kind.on_by_default else " (off by default)"
                rows.append(
                    (f"`{phase}`", f"[{name}](#{anchor(name)}){off}", plain(told.partition("\n\n")[0]))
                )
    return table(("Phase", "Mechanism", "What it does"), rows)


def anchor(name: str) -> str:
    """Where a mechanism or tactic is described."""
    return name.replace("_", "-")


def columns() -> str:
    """State of a member: the columns all communities have, then those that mechanisms add."""
    rows = [_column(name, column, "") for name, column in COLUMNS.items()]
    for name, kind in ours(MECHANISMS).items():
        rows += [_column(key, column, name) for key, column in kind.columns.items()]
        rows += [_column(f"{key}:tactic", column, name) for key, column in kind.cue_columns.items()]
    return table(("Variable", "Kind", "Meaning", "Kept by"), rows)


def _column(name: str, column: Column, owner: str) -> Sequence[str]:
    return f"`{name}`", _TYPES[np.dtype(column.dtype).kind], plain(column.doc), owner


def attributes(path: str, names: Iterable[str]) -> str:
    """Some attributes of a class (``module:Class``) as its docstring describes them."""
    module, _, kind = path.partition(":")
    told = inspect.getdoc(getattr(import_module(module), kind)) or ""
    found = dict(re.findall(r"^    ([\w, ]+): ((?:.|\n(?:     ))+)", told, re.MULTILINE))
    by_name = {one.strip(): text for many, text in found.items() for one in many.split(",")}
    return table(("Variable", "Meaning"), [(f"`{name}`", plain(_shapeless(by_name[name]))) for name in names])


def _shapeless(text: str) -> str:
    """The first sentence of a description, without the shapes of arrays."""
    return re.sub(r", ``\(R[^`]*``", "", " ".join(text.split())).split(". ")[0].rstrip(".") + "."


def settings() -> str:
    """The fields of a community with default and range."""
    rows = []
    for f in fields(Community):
        if "low" in f.metadata:
            span = f"{f.metadata['low']:g} – {f.metadata['high']:g}"
            rows.append((f"`{f.name}`", value(f.default), span, plain(f.metadata["doc"])))
    return table(("Setting", "Default", "Range", "Meaning"), rows)


def communities() -> str:
    """The communities that come with us."""
    rows = []
    for name in known.presets("community"):
        file = known.preset_file("community", name)
        made = yaml.safe_load(file.read_text("utf-8")) if file else {}
        size = made.get("size", Community().size) if name != "from_log" else "as in the log"
        rows.append((f"`{name}`", size, plain(known.about("community", name, "en"))))
    return table(("Community", "Members", "What it is"), rows)


def topologies() -> str:
    """Networks: how each is made, and its parameters."""
    parts = []
    for name, kind in TOPOLOGIES.items():
        parts.append(f"**`{name}`.** {prose(kind.__doc__ or '')}")
        if knobs(kind):
            parts.append(parameters(kind))
    return "\n\n".join(parts)


def channels() -> str:
    """The stimulus channels."""
    hears = {key: [n for n, kind in ours(MECHANISMS).items() if key in kind.hears] for key in CHANNELS}
    rows = [
        (f"`{c.name}`", c.side, c.unit, c.reaches, plain(c.doc), ", ".join(hears[c.name]) or "the ledger")
        for c in CHANNELS.values()
    ]
    return table(("Channel", "Side", "Unit", "Reaches", "What it stands for", "Heard by"), rows)


def metrics() -> str:
    """The metric table."""
    rows = [(f"`{m.name}`", plain(m.formula), m.window, m.unit, m.kind) for m in METRICS]
    return table(("Metric", "How it is made", "Over", "Unit", "Kind"), rows)


def mechanism(name: str) -> str:
    """One submodel: equations, steps, state, stimuli, parameters, constants."""
    kind = ours(MECHANISMS)[name]
    title, told = _titled(name, _about(kind))
    parts = [f'### <a id="{anchor(name)}"></a>{title} (`{name}`)', told]
    if not kind.on_by_default:
        place = f"; `{kind.replaces}` is off while it is on" if kind.replaces else ""
        parts.append(f"Off by default; on with `mechanism.{name}.on=true`{place}.")
    acts = [(phase, inspect.getdoc(getattr(kind, phase)) or "") for phase in kind().phases()]
    parts.append("\n".join(f"- `{phase}`: {plain(text)}" for phase, text in acts))
    if kind.hears:
        parts.append(f"Hears: {', '.join(f'`{key}`' for key in sorted(kind.hears))}.")
    if knobs(kind):
        parts.append(parameters(kind, notation().get(name, {})))
    parts.append(_constants(kind.__module__))
    return "\n\n".join(part for part in parts if part)


def _about(kind: type) -> str:
    """The docstring beside the kernel: the module's where the mechanism has it to itself."""
    module = sys.modules[kind.__module__]
    alone = [k for k in ours(MECHANISMS).values() if k.__module__ == kind.__module__] == [kind]
    return (module.__doc__ if alone else kind.__doc__) or ""


def _titled(name: str, docstring: str) -> tuple[str, str]:
    """Title and text of a docstring that begins ``Habit: coming often ...``."""
    told = prose(docstring)
    title, colon, rest = told.partition(": ")
    if not colon or len(title) > 40:
        return name.replace("_", " ").capitalize(), told
    title = title.replace(" (off by default)", "")
    return title[0].upper() + title[1:], rest[0].upper() + rest[1:]


def strategy(name: str) -> str:
    """One tactic: what it does, its knobs, when and whom it addresses by default."""
    kind: Any = ours(STRATEGIES)[name]
    made = kind()
    said = [f"every {made.when.every} days" if made.when.every > 1 else "every day"]
    said += [
        f"{f.name} {value(getattr(made.when, f.name))}"
        for f in fields(made.when)
        if f.name != "every" and getattr(made.when, f.name) != f.default
    ]
    said += [
        f"{f.name} {value(getattr(made.who, f.name))}"
        for f in fields(made.who)
        if getattr(made.who, f.name) != f.default
    ]
    parts = [
        f'### <a id="{anchor(name)}"></a>{kind.title["en"]} (`{name}`)',
        prose(kind.__doc__ or ""),
        f"Speaks through: {', '.join(f'`{key}`' for key in sorted(kind.uses))}. "
        f"By default it acts {', '.join(said)}{'' if len(said) > 1 else ' and addresses everybody'}.",
    ]
    if kind.remembers:
        kept = ", ".join(f"`{key}`" for key in kind.remembers)
        parts.append(f"It remembers of each member: {kept}.")
    parts.append(parameters(kind))
    return "\n\n".join(parts)


@cache
def notation() -> Mapping[str, Mapping[str, str]]:
    """By mechanism, what parameters are called in its equations where that is not their name."""
    file = Path(__file__).with_name("notation.yaml")
    return dict(yaml.safe_load(file.read_text("utf-8")))


def parameters(kind: Any, symbols: Mapping[str, str] | None = None) -> str:
    """Parameters with default, range, unit, evidence and meaning; with their symbols where they have any."""
    rows = [
        (
            f"`{n}`" + (f" = `{symbols[n]}`" if symbols and n in symbols else ""),
            value(f.default),
            span(spec),
            spec.unit,
            evidence(spec),
            plain(spec.doc),
        )
        for n, (f, spec) in knobs(kind).items()
    ]
    return table(("Parameter", "Default", "Range", "Unit", "Evidence", "Meaning"), rows)


def span(spec: Knob) -> str:
    """What a parameter may be."""
    return ", ".join(spec.choices) if spec.choices else f"{spec.low:g} – {spec.high:g}"


def evidence(spec: Knob) -> str:
    """Tag and source, the source as a citation where it is one of ours."""
    if not spec.source:
        return spec.tag
    return f"{spec.tag} [@{spec.source}]" if spec.source in sources() else f"{spec.tag} {spec.source}"


@cache
def _constants(module: str) -> str:
    """Numbers of a module that are no parameters and have a comment ``#:`` that says what they are."""
    made = sys.modules[module]
    lines = inspect.getsource(made).splitlines()
    told = []
    for node in ast.parse("\n".join(lines)).body:
        if not isinstance(node, ast.Assign):
            continue
        comment: list[str] = []
        at = node.lineno - 2
        while at >= 0 and lines[at].startswith("#:"):
            comment.insert(0, lines[at][2:].strip())
            at -= 1
        names = [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
        shown = [number(getattr(made, name)) for name in names]
        if comment and all(shown):
            told.append(f"- {plain(' '.join(comment))} {'; '.join(shown)}")
    return "Constants:\n\n" + "\n".join(told) if told else ""


def number(x: Any) -> str:
    """A constant; nothing for what is no number."""
    return f"{x:g}" if isinstance(x, int | float | np.number) and not isinstance(x, bool) else ""
