"""A plan in words, in both languages: what each node does, and which days."""

from collections.abc import Mapping
from typing import Any

from experiments.commands.cards import texts
from experiments.messages import LANGUAGES, Catalogue
from experiments.optimise.space import WEEKEND, WORKDAYS, Candidate, Option, Space, named
from simulator.knobs import knobs
from simulator.registry import strategies

_WEEKS = {("mon", "tue", "wed", "thu", "fri"): WORKDAYS, ("sat", "sun"): WEEKEND}


def rhythm(said: Mapping[str, Any], say: Catalogue) -> str:
    """Which days, as a node says it."""
    start = said.get("start", 0)
    if "days" in said:
        days = said["days"] if isinstance(said["days"], list) else [said["days"]]
        text = say("optimise.on_days", days=", ".join(map(str, days)), n=len(days))
    elif "weekdays" in said:
        kind = _WEEKS.get(tuple(said["weekdays"])) if isinstance(said["weekdays"], list) else None
        text = say(f"optimise.{kind}") if kind else str(said["weekdays"])
    else:
        n = said.get("every", 1)
        text = say("optimise.every", n=n) if n > 1 else say("optimise.daily")
    if start and "days" not in said:
        text += say("optimise.from_day", n=start)
    if "triggers" in said:
        text += say("optimise.if_seen", trigger=said["triggers"])
    return text


def doses(option: Option, use: str, said: Mapping[str, Any], lang: str) -> str:
    """What is decided of a tactic, for its operator: ``money in one drop: 20 yuan``."""
    kind = strategies().get(use)
    declared = knobs(kind) if kind is not None else {}
    chosen = {choice.name for choice in option.choices} | set(option.scaled) | set(option.fixed)
    parts = []
    for knob, value in said.items():
        if knob in chosen and knob in declared:
            spec = declared[knob][1]
            shown = value if isinstance(value, str) else f"{value:g}"
            unit = f" {texts(spec.unit, lang)}" if spec.unit else ""
            colon = "：" if lang == "zh" else ": "
            parts.append(f"{texts(spec.doc, lang)}{colon}{shown}{unit}")
    return ("；" if lang == "zh" else "; ").join(parts)


def titles(space: Space, candidate: Candidate, say: Catalogue) -> list[str]:
    """What the tactics of a plan are called."""
    return [one.title.get(say.lang) or say.name("strategy", one.name) for one in named(space, candidate)]


def plan_of(space: Space, candidate: Candidate, say: Catalogue) -> str:
    """A plan in a line: its tactics and their days."""
    days = [rhythm(said, say) for _, _, said in candidate.nodes]
    pairs = zip(titles(space, candidate, say), days, strict=True)
    return " + ".join(say("optimise.node", title=title, days=when) for title, when in pairs)


def content(
    space: Space,
    candidate: Candidate,
    uses: Mapping[str, str],
    community: str,
    days: int,
    title: Mapping[str, str],
) -> dict[str, Any]:
    """An SOP's file for a plan, with a title and a line for whoever does it, in both languages.

    Args:
        space: Its space.
        candidate: The plan.
        uses: Strategy of each option, by its name.
        community: Preset of the community.
        days: Campaign days.
        title: What it is called.
    """
    made = candidate.content(community, days)
    for option in named(space, candidate):
        node = made["nodes"][option.name]
        said = {k: v for k, v in node.items() if k != "use"}
        task = {lang: doses(option, uses[option.name], said, lang) for lang in LANGUAGES}
        if all(task.values()):
            node["task"] = task
    return {"title": dict(title), **made}
