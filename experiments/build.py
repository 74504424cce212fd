"""From configuration to study: communities, tactics and mechanisms are made and checked."""

import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import known
from experiments.arms import Arm, read_arms
from experiments.engine.choice import check
from experiments.language import language
from experiments.study import BASELINE, MOST_WORKERS, PLACEBO, EngineChoice, Study, twins_for, whole
from experiments.typed import line, words
from simulator.errors import UserError, unknown

if TYPE_CHECKING:
    from experiments.config import Settings
    from experiments.designs.layout import Layout
    from experiments.rounds import Target
    from experiments.sop import Sop

Tactics = tuple[tuple[str, Any], ...]
#: Settings that make other arms of those named.
DESIGNS = ("design", "ladder", "shift", "match")


class StudyWarning(UserWarning):
    """Something in a study is hardly what was meant; it runs all the same."""


@dataclass(frozen=True)
class Plan:
    """What was asked for, in words that all exist.

    Attributes:
        arms: The arms.
        settings: The configuration.
        command: The line that asks for it again.
        sops: SOPs of the arms, by the text of their terms, as the arms have them.
        folder: The user's folder of presets.
        layout: What the arms are of a design; None for none, and before it is laid out.
        designed: Whether the arms are those that are run.
    """

    arms: tuple[Arm, ...]
    settings: "Settings"
    command: str
    sops: Mapping[str, "Sop"] = field(default_factory=dict)
    folder: Path | None = None
    layout: "Layout | None" = None
    designed: bool = False


def study_of(arms: Sequence[str], settings: Mapping[str, Any]) -> Study:
    """A study from arms and settings as Python has them; see :meth:`Study.of`."""
    given = dict(settings)
    folder = known.folder_of(given.pop("config_dir", None))
    return study_from(
        plan(arms, [word for key, value in given.items() for word in words(key, value)], folder)
    )


def plan(arms: Sequence[str], overrides: Sequence[str], folder: Path | None) -> Plan:
    """Arms and configuration from words; the configuration's own arms where none are given.

    Raises:
        UserError: Anything misspelt.
    """
    asked = check_names(arms, folder)
    sops = _sops(asked, folder)

    from experiments.config import compose  # Hydra takes its time, and mistakes in names need not wait for it

    made = compose(overrides, folder)
    if not asked:
        asked = check_names(made.values["arms"], folder)
        sops = _sops(asked, folder)
    values = {**made.values, "arms": [arm.text for arm in asked]}
    return Plan(
        asked,
        replace(made, values=values),
        line("compare", [*map(str, arms), *overrides], folder),
        sops,
        folder,
    )


def with_arms(plan: Plan, arms: Sequence[Arm], layout: "Layout | None" = None) -> Plan:
    """The plan with the arms that are run, which a design has made of those named."""
    values = {**plan.settings.values, "arms": [arm.text for arm in arms], **dict.fromkeys(DESIGNS)}
    settings, sops = replace(plan.settings, values=values), _sops(arms, plan.folder)
    return replace(plan, arms=tuple(arms), settings=settings, sops=sops, layout=layout, designed=True)


def tactics(plan: Plan, arm: Arm) -> Tactics:
    """The strategies of an arm under the plan's configuration, each with its label."""
    return _tactics(arm, plan.settings.values["strategy"], {**plan.sops, **_sops([arm], plan.folder)})


def check_typed(plan: Plan) -> None:
    """Refuse a knob typed for a strategy where it would change nothing."""
    _check_typed(plan.settings.typed, plan, plan.settings.values["strategy"])


def check_names(arms: Sequence[str], folder: Path | None) -> tuple[Arm, ...]:
    """Arms whose strategies are all known by name."""
    read = read_arms([str(arm) for arm in arms])
    for arm in read:
        for term in arm.terms:
            known.tactic(term.name, folder)
    return read


def _sops(arms: Sequence[Arm], folder: Path | None) -> dict[str, "Sop"]:
    """The SOPs of arms, read and changed as the arms say."""
    terms = [term for arm in arms for term in arm.terms if term.name.startswith(known.SOP)]
    if not terms:
        return {}
    from experiments.sop import read  # needs the simulator

    return {
        term.text: read(term.name.removeprefix(known.SOP), folder).changed(dict(term.settings))
        for term in terms
    }


def study_from(plan: Plan) -> Study:
    """The study that a plan stands for.

    Raises:
        UserError: A value that is not allowed, or a log that cannot be read.
    """
    from experiments.designs.layout_of import designed
    from simulator.registry import make_mechanisms
    from simulator.scenario import UNCERTAINTY, Scenario

    plan = designed([plan])[0]
    arms, values, choices = plan.arms, plan.settings.values, plan.settings.choices
    lang = language(values["lang"])
    if values["uncertainty"] not in UNCERTAINTY:
        raise unknown("uncertainty", values["uncertainty"], UNCERTAINTY)
    replicates = whole("replicates", values["replicates"], 1, 1_000_000)
    precision = _precision(values, replicates)
    tactics = {arm.label: _tactics(arm, values["strategy"], plan.sops) for arm in arms}
    if plan.layout is None:
        check_typed(plan)
    mechanisms = _mechanisms(values["mechanism"])
    make_mechanisms(mechanisms)
    community, portrait = _community(choices["community"], values, lang)
    frame: dict[str, Any] = {name: values[name] for name in ("days", "follow_up", "warmup", "uncertainty")}
    frame |= {"community": community, "mechanisms": mechanisms}
    scenarios = [Scenario(BASELINE, **frame)]
    scenarios += [Scenario(label, strategies=held, **frame) for label, held in tactics.items()]
    for label, held in tactics.items():
        _warn_idle(label, held, values["days"])
    scenarios.append(Scenario(PLACEBO, strategies=_distinct(tactics.values()), **frame).placebo(PLACEBO))
    study = Study(
        scenarios=tuple(scenarios),
        replicates=replicates,
        twins=_auto("twins", values["twins"], 0, replicates, twins_for(replicates, values["uncertainty"])),
        precision=precision,
        seed=values["seed"],
        workers=_auto("workers", values["workers"], 1, MOST_WORKERS, None),
        block=_auto("block", values["block"], 1, 1_000_000, None),
        engine=_engine(values["engine"]),
        lang=lang,
        name=values["title"].get(lang) or choices.get("experiment", choices["community"]),
        command=plan.command,
        group=choices["community"],
        group_title=values["community"]["title"],
        arm_titles=_titles(plan, values["strategy"]),
        portrait=portrait,
        layout=plan.layout,
        config=values,
    )
    return _placed(study, values["out"], values["store"])


def _precision(values: Mapping[str, Any], replicates: int) -> "Target | None":
    """The precision asked for; the replicates of the first round must be allowed."""
    most = whole("most", values["most"], 1, 1_000_000)
    if values["precision"] is None:
        return None
    if replicates > most:
        raise UserError(f"replicates is {replicates}, the first round of precision=; most is {most}.")
    from experiments.rounds import Target

    return Target.read(values["precision"], most)


def _tactics(arm: Arm, nodes: Mapping[str, Mapping[str, Any]], sops: Mapping[str, "Sop"]) -> Tactics:
    """The tactics of an arm, each with its label; a second dose of a strategy is red_packet_2, and so on."""
    make = maker(nodes)
    made: dict[str, Any] = {}
    for term in arm.terms:
        if term.text in sops:
            _add(made, sops[term.text].tactics(make))
            continue
        try:
            strategy = make(term.name, dict(term.settings))
        except UserError as error:
            raise UserError(f"Arm {arm.label!r}: {error}") from None
        made[_free(strategy.name, made)] = strategy
    return tuple(made.items())


def maker(nodes: Mapping[str, Mapping[str, Any]]) -> Callable[[str, Mapping[str, Any]], Any]:
    """What makes a strategy, or a preset of one, of its name and settings, as a configuration has them."""

    def make(name: str, settings: Mapping[str, Any]) -> Any:
        return _strategy(_name(name, nodes), nodes, settings)

    return make


def _strategy(name: str, nodes: Mapping[str, Mapping[str, Any]], settings: Mapping[str, Any]) -> Any:
    """A strategy, or a preset of one, with settings over what the configuration says of it."""
    from simulator.registry import make_strategy

    use = nodes[name].get("use", name)
    dose = {k: v for k, v in nodes[name].items() if k not in ("use", "title") and v is not None}
    return make_strategy(use, **{**nodes[use], **dose, **settings})


def _add(made: dict[str, Any], nodes: Mapping[str, Any]) -> None:
    """Add the nodes of an SOP, each under its name or, where that is taken, a like one, also in triggers."""
    labels: dict[str, str] = {}
    for name in nodes:
        labels[name] = _free(name, {*made, *labels.values()})
    for name, strategy in nodes.items():
        triggers = tuple(replace(t, of=labels.get(t.of, t.of)) for t in strategy.when.conditions)
        made[labels[name]] = replace(strategy, when=replace(strategy.when, triggers=triggers))


def _free(name: str, taken: Container[str]) -> str:
    """``name``, or the first of name_2, name_3 ... that is not taken."""
    count = 1
    while (label := name if count == 1 else f"{name}_{count}") in taken:
        count += 1
    return label


def _distinct(arms: Iterable[Tactics]) -> Tactics:
    """Every tactic of all arms that differs from the others at dose nought too, under one roof.

    Labels are other ones there, so what waits for a label waits for it no longer, and acts more often.
    """
    held: dict[str, Any] = {}
    for made in arms:
        for _, tactic in made:
            triggers = tuple(trigger for trigger in tactic.when.conditions if not trigger.of)
            strategy = replace(tactic, when=replace(tactic.when, triggers=triggers))
            if all(strategy.placebo() != other.placebo() for other in held.values()):
                held[_free(strategy.name, held)] = strategy
    return tuple(held.items())


def _mechanisms(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is not as the mechanisms have it: settings, and switches that nothing else would turn."""
    from simulator.registry import switches

    said = {name: {"on": node["on"]} for name, node in nodes.items()}
    on = switches(said)
    for name in nodes:
        rest = {other: switch for other, switch in said.items() if other != name}
        if switches(rest) == on:
            said = rest
    changed: dict[str, dict[str, Any]] = {}
    for name, node in nodes.items():
        given = {key: value for key, value in node.items() if value is not None and key != "on"}
        if given or name in said:
            changed[name] = {**given, **said.get(name, {})}
    return changed


def _community(name: str, values: Mapping[str, Any], lang: str) -> tuple[Any, dict[str, Any] | None]:
    """The community, and the facts of its portrait where it comes from a log."""
    from experiments.from_log import community_of, facts, read_portrait
    from experiments.schema import BY_ROLE, LOG
    from simulator.community import Community
    from simulator.topology import topology

    node = values["community"]
    fields = {key: value for key, value in node.items() if key not in ("title", "horizon", *LOG)}
    for key in (*BY_ROLE, "weekdays"):
        if fields[key] is not None:
            fields[key] = tuple(fields[key].values())
    ties = dict(values["topology"])
    fields["topology"] = ties.pop("use")
    fields["ties"] = ties
    topology(fields["topology"], **ties)
    fields["name"] = name
    if name == "from_log":
        seen = read_portrait(node)
        lasts = sum(values[name] for name in ("warmup", "days", "follow_up"))
        return community_of(seen, fields, lasts), facts(seen, lang)
    for key in LOG:
        if node[key] not in (None, "now"):
            raise UserError(f"community.{key} is for a community from a log; add community=from_log.")
    for key, value in fields.items():
        if value is None and key not in ("cap", "purpose_days", "event_share"):
            raise UserError(f"community.{key} must have a value; null is none.")
    return Community(**fields), None


def _engine(node: Mapping[str, Any]) -> EngineChoice:
    """Where the work is done."""
    check(node["use"], node["address"])
    return EngineChoice(node["use"], node["address"])


def _auto(name: str, value: Any, low: int, high: int, default: Any) -> Any:
    """A whole number, or what ``auto`` stands for."""
    if value == "auto":
        return default
    try:
        return whole(name, value, low, high)
    except UserError as error:
        raise UserError(str(error).removesuffix(".") + ", or auto.") from None


def _check_typed(typed: Sequence[str], plan: Plan, nodes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a knob typed for a strategy where it would change nothing."""
    terms = [(_name(name, nodes), given) for name, given in _used(plan)]
    for key in typed:
        top, _, rest = key.partition(".")
        name, _, knob = rest.partition(".")
        if top != "strategy" or not knob or knob == "title" or knob.startswith("title."):
            continue
        users = [(one, given) for one, given in terms if name in (one, nodes[one].get("use"))]
        if not users:
            raise UserError(f"{key} would change nothing: no arm uses {name}.")
        if all(knob in given or (one != name and nodes[one].get(knob) is not None) for one, given in users):
            raise UserError(f"{key} would change nothing: every arm with {name} sets {knob} itself.")


def _used(plan: Plan) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every strategy or preset of all arms, and what the arm itself sets; an SOP sets all of the calendar."""
    for arm in plan.arms:
        for term in arm.terms:
            if term.text in plan.sops:
                yield from plan.sops[term.text].used()
            else:
                yield term.name, dict(term.settings)


def _name(typed: str, nodes: Mapping[str, Any]) -> str:
    """The strategy or preset that was typed, by its name or its title."""
    name = typed if typed in nodes else known.tactic(typed)
    if name not in nodes:  # a plug-in that does not load
        raise unknown("strategy", typed, nodes)
    return name


def _warn_idle(label: str, tactics: Tactics, days: int) -> None:
    """Say so where a tactic never acts."""
    for name, strategy in tactics:
        if not any(strategy.when.today(day) for day in range(days)):
            text = (
                f"{name} of arm {label!r} never acts: none of its days lies within the {days} campaign days."
            )
            warnings.warn(text, StudyWarning, stacklevel=2)


def _titles(plan: Plan, nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Titles of arms that are a preset, or an SOP, and nothing else."""
    found = {}
    for arm in plan.arms:
        first = arm.terms[0]
        sop = plan.sops.get(first.text)
        title = sop.title if sop is not None else nodes.get(first.name, {}).get("title")
        if title and len(arm.terms) == 1 and arm.label == first.name:
            found[arm.label] = dict(title)
    return found


def _placed(study: Study, out: str, store: str) -> Study:
    """The study with its folders; by default one named after community and content, and one for all runs.

    Whoever names a folder for the results finds the runs in it too.
    """
    ours = "outputs/store" if out == "auto" else f"{out}/store"
    kept = {"auto": ours, "none": None, "null": None}.get(store, store)
    place = f"outputs/{study.group}-{study.hash[:8]}" if out == "auto" else out
    return replace(study, out=place, store=kept)
