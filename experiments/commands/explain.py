"""``qunlab explain``: the card of anything that has a name."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]
from rich.console import Console, Group
from rich.text import Text

from experiments import known
from experiments.cli import Call, lang_of
from experiments.commands.cards import SCHEDULE, Card, texts, unit, value
from experiments.commands.lists import title
from experiments.language import near
from experiments.messages import Catalogue
from simulator.errors import UserError

#: What YAML puts after a value that stands alone.
_END = "...\n"
Writer = Callable[[Card, str, Call], None]


def run(call: Call) -> int:
    """Print the cards asked for, or everything there is a card of."""
    say = Catalogue(lang_of(call.words))
    names = [word for word in call.words if not word.startswith("lang=")]
    console = Console()
    if not names:
        console.print(_everything(call, say))
        return 0
    cards = [_cards(name, call, say) for name in names]
    for at, card in enumerate(card for found in cards for card in found):
        if at:
            console.print()
        console.print(Group(*card.parts))
    return 0


def _names(call: Call) -> dict[str, tuple[Iterable[str], Writer]]:
    """Every kind of thing, the names in it, and what writes its card."""
    from simulator.metrics import BY_NAME

    return {
        "strategies": (known.plugins(known.STRATEGIES), _strategy),
        "doses": (known.presets("strategy", call.folder), _dose),
        "sops": (known.presets("sop", call.folder), _sop),
        "communities": (known.presets("community", call.folder), _community),
        "topologies": (known.presets("topology", call.folder), _topology),
        "mechanisms": (known.plugins(known.MECHANISMS), _mechanism),
        "ablations": (known.presets("mechanism", call.folder), _ablation),
        "experiments": (known.presets("experiment", call.folder), _experiment),
        "metrics": (BY_NAME, _metric),
        "engines": (known.presets("engine", call.folder), _engine),
    }


def _cards(name: str, call: Call, say: Catalogue) -> list[Card]:
    """The cards of a name, which may stand for several things (``overload`` is a mechanism and a metric)."""
    kinds = _names(call)
    asked = _called(name, say) or name
    if asked.startswith(known.SOP):
        asked, kinds = asked.removeprefix(known.SOP), {"sops": kinds["sops"]}
    found = []
    for names, write in kinds.values():
        if asked in names:
            card = Card(say)
            write(card, asked, call)
            found.append(card)
    if not found:
        everything = {one for names, _ in kinds.values() for one in names}
        raise UserError(say("cli.no_card", name=name, hint=near(say, name, everything)))
    return found


def _called(name: str, say: Catalogue) -> str | None:
    """The name of a strategy typed as its title."""
    del say
    try:
        return known.tactic(name)
    except UserError:
        return None


def _everything(call: Call, say: Catalogue) -> Group:
    """All names, kind by kind."""
    card = Card(say)
    for kind, (names, _) in _names(call).items():
        card.head(say(f"card.{kind}"))
        card.text(f"  {', '.join(names)}")
    return Group(*card.parts)


def _strategy(card: Card, name: str, call: Call) -> None:
    """A tactic."""
    from simulator.knobs import knobs
    from simulator.registry import STRATEGIES, distribution, strategies

    say, lang = card.say, card.say.lang
    kinds = strategies()
    if name not in kinds:
        raise UserError(say("cli.no_card", name=name, hint=""))
    kind = kinds[name]
    home = distribution(STRATEGIES, name)
    card.head(name, title(kind.title, lang), "" if home == "qunlab" else say("card.from", name=home))
    told = inspect.cleandoc(kind.__doc__ or "")
    if f"about.{name}" in say:
        card.text(say(f"about.{name}"))
        told = told.partition("\n\n")[2]  # its first paragraph says the same
    card.prose(told, style="dim")
    declared = knobs(kind)
    card.knobs("knobs", {key: (f.default, spec) for key, (f, spec) in declared.items()})
    plain = kind().plain()
    card.table(
        "schedule",
        ("knob", "default", "meaning"),
        ((word, value(plain[word]), texts(meaning, lang)) for word, meaning in SCHEDULE.items()),
    )
    _channels(card, kind)
    _cost(card, kind, call)
    card.evidence(kind.evidence)
    card.gap()
    card.text(say("card.tags"), style="dim")
    card.text(say("card.try", command=" ".join(["qunlab compare", name, *_doubled(name, declared)])))


def _doubled(name: str, declared: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """The same tactic at twice its first dose, as an arm in quotes."""
    for key, (f, spec) in declared.items():
        if spec.off is not None and f.default != spec.off:
            return [f'"{name}({key}={value(min(2 * f.default, spec.high))})"']
    return []


def _channels(card: Card, kind: Any) -> None:
    """What members get of a tactic, and who hears it."""
    from simulator.registry import mechanisms
    from simulator.stimuli import CHANNELS

    lang = card.say.lang
    hearers = {n: [m for m, thing in mechanisms().items() if n in thing.hears] for n in CHANNELS}
    rows = []
    for name in sorted(kind.uses | {"cost"}, key=list(CHANNELS).index):
        channel = CHANNELS[name]
        heard = ", ".join(hearers[name]) if channel.heard else card.say("card.ledger")
        rows.append((name, texts(channel.doc, lang) + unit(channel.unit, lang), heard))
    card.table("channels", ("channel", "meaning", "heard"), rows)


def _cost(card: Card, kind: Any, call: Call) -> None:
    """How often it acts, and what it takes each time."""
    from simulator.community import Community
    from simulator.knobs import knobs
    from simulator.scenario import Scenario

    del call
    say, lang = card.say, card.say.lang
    days = Scenario(community=Community()).days
    acts = sum(kind().when.today(day) for day in range(days))
    spent = [
        f"{texts(spec.doc, lang)} {value(f.default)} {texts(spec.unit, lang)}"
        for f, spec in knobs(kind).values()
        if spec.unit in ("yuan", "hours")
    ]
    off = [f"{n}={value(spec.off)}" for n, (_, spec) in knobs(kind).items() if spec.off is not None]
    card.gap()
    card.text(say("card.cost"), style="bold")
    card.text(say("card.cost_text", n=acts, days=days, list=", ".join(spent) or "-"))
    if off:
        card.text(say("card.off_means", list=", ".join(off)))


def _dose(card: Card, name: str, call: Call) -> None:
    """A ready-made dose of a tactic."""
    content = _content("strategy", name, call)
    use = str(content.pop("use", name))
    card.head(name, title(content.pop("title", {}), card.say.lang))
    card.text(known.about("strategy", name, card.say.lang, call.folder))
    card.text(card.say("card.use", name=use))
    _settings(card, content)
    card.text(card.say("card.try", command=f"qunlab compare {use} {name}"))


def _sop(card: Card, name: str, call: Call) -> None:
    """An SOP: its calendar."""
    from experiments.commands.sop import made, shown

    card.parts += shown(made(name, [], call.folder), card.say)
    card.parts.insert(1, Text(known.about("sop", name, card.say.lang, call.folder)))
    card.gap()
    card.text(card.say("card.try", command=f"qunlab sop {name}; qunlab compare {known.SOP}{name}"))


def _community(card: Card, name: str, call: Call) -> None:
    """A community: all its settings."""
    from dataclasses import fields

    from experiments.config import compose
    from experiments.schema import LOG
    from simulator.community import Community

    lang = card.say.lang
    values = compose([f"community={name}"], call.folder).values
    node = values["community"]
    meanings = {f.name: f.metadata.get("doc", "") for f in fields(Community)}
    card.head(name, title(node["title"], lang))
    card.text(known.about("community", name, lang, call.folder))
    card.text(card.say("card.horizon", **node["horizon"]))
    ties = dict(values["topology"])
    if name != "from_log":
        card.text(card.say("card.network", name=ties.pop("use"), knobs=_listed(ties)))
    rows = []
    for key, inner in node.items():
        if key in ("title", "horizon") or (key in LOG and name != "from_log"):
            continue
        parts = inner.items() if isinstance(inner, Mapping) else [("", inner)]
        shown = ", ".join(f"{word} {value(one)}".strip() for word, one in parts)
        rows.append((f"community.{key}", shown, texts(meanings.get(key, ""), lang)))
    card.table("settings", ("field", "value", "meaning"), rows)
    card.gap()
    card.text(card.say("card.try", command=f"qunlab compare community={name}"))


def _listed(knobs: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value(one)}" for name, one in knobs.items())


def _topology(card: Card, name: str, call: Call) -> None:
    """A network."""
    from simulator.knobs import knobs
    from simulator.topology import TOPOLOGIES

    lang = card.say.lang
    content = _content("topology", name, call)
    kind = TOPOLOGIES.get(str(content.get("use", name)))
    card.head(name)
    card.text(known.about("topology", name, lang, call.folder))
    if kind is None:
        return
    card.prose(kind.__doc__ or "", style="dim")
    declared = {k: (content.get(k, f.default), spec) for k, (f, spec) in knobs(kind).items()}
    if declared:
        card.knobs("parameters", declared)
    card.gap()
    card.text(card.say("card.try", command=f"qunlab compare topology={name}"))


def _mechanism(card: Card, name: str, call: Call) -> None:
    """A mechanism: its equation as it stands beside the code, and its parameters."""
    from simulator.knobs import knobs
    from simulator.registry import MECHANISMS, distribution, mechanisms, starts_on

    del call
    say = card.say
    kind = mechanisms().get(name)
    if kind is None:
        raise UserError(say("cli.no_card", name=name, hint=""))
    home = distribution(MECHANISMS, name)
    card.head(name, note="" if home == "qunlab" else say("card.from", name=home))
    module = sys.modules[kind.__module__]
    card.prose(module.__doc__ or kind.__doc__ or "")
    card.gap()
    card.text(say("card.phases", list=", ".join(kind().phases()) or "-"))
    card.text(say("card.hears", list=", ".join(sorted(kind.hears)) or "-"))
    state, other = ("on", "false") if starts_on(name) else ("off", "true")
    card.text(say(f"card.switched_{state}", command=f"mechanism.{name}.on={other}"))
    if kind.replaces:
        card.text(say("card.replaces", name=kind.replaces))
    declared = knobs(kind)
    if not declared:
        card.text(say("card.no_parameters"))
        return
    card.knobs("parameters", {key: (f.default, spec) for key, (f, spec) in declared.items()})
    first = next(iter(declared))
    card.gap()
    card.text(say("card.ranges", command=f"mechanism.{name}.{first}={value(declared[first][0].default)}"))
    cited = dict.fromkeys(spec.source for _, spec in declared.values() if spec.source)
    if cited:
        card.evidence(cited)
    card.gap()
    card.text(say("card.tags"), style="dim")


def _ablation(card: Card, name: str, call: Call) -> None:
    """A set of mechanisms."""
    card.head(name)
    card.text(known.about("mechanism", name, card.say.lang, call.folder))
    _settings(card, _content("mechanism", name, call))
    card.text(card.say("card.try", command=f"qunlab compare mechanism={name}"))


def _engine(card: Card, name: str, call: Call) -> None:
    """Who does the work."""
    card.head(name)
    card.text(known.about("engine", name, card.say.lang, call.folder))
    _settings(card, _content("engine", name, call))
    card.text(card.say("card.try", command=f"qunlab compare engine={name}"))


def _experiment(card: Card, name: str, call: Call) -> None:
    """An experiment."""
    content = _content("experiment", name, call)
    card.head(name, title(content.pop("title", {}), card.say.lang))
    card.text(known.about("experiment", name, card.say.lang, call.folder))
    _settings(card, content)
    card.text(card.say("card.try", command=f"qunlab compare experiment={name}"))


def _metric(card: Card, name: str, call: Call) -> None:
    """A metric."""
    from simulator.metrics import BY_NAME

    del call
    say, metric = card.say, BY_NAME[name]
    card.head(name, say.name("metric", name))
    better = say("measure." + {1: "more", -1: "less", 0: "neither"}[metric.direction])
    matters = say("card.matters_text", rel=f"{100 * metric.matters_rel:g}", abs=f"{metric.matters_abs:g}")
    lines = {
        "formula": say.text(metric.formula),
        "window": say.text(metric.window),
        "unit": say.text(metric.unit),
        "better": better,
        "matters": matters,
        "kind": say(f"kind.{metric.kind}"),
    }
    if metric.red_line is not None:
        lines["red_line"] = f"{metric.red_line:g}"
    for key, text in lines.items():
        card.text(f"  {say(f'card.{key}')}: {text}")


def _content(group: str, name: str, call: Call) -> dict[str, Any]:
    """What stands in the file of a preset."""
    file = known.preset_file(group, name, call.folder)
    try:
        content = yaml.safe_load(file.read_text("utf-8")) if file is not None else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise UserError(f"Preset {f'{group}/{name}'!r} cannot be read.") from None
    return dict(content) if isinstance(content, Mapping) else {}


def _settings(card: Card, content: Mapping[str, Any]) -> None:
    """Settings of a preset, as they stand in its file."""
    for key, inner in content.items():
        shown = yaml.safe_dump(
            inner, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10_000
        )
        card.text(f"  {key}: {shown.removesuffix('...' + chr(10)).strip().replace('true: ', 'on: ')}")
