"""SOPs (群SOP): named calendars of tactics with task nodes and trigger conditions, read from ``sop/*.yaml``.

    title: {en: "Study camp, 21 days", zh: 21 天训练营}
    community: study_camp           # the community it is meant for
    days: 21                        # its planned life; phases are parts of it
    nodes:
      opening:                      # the node's name is the tactic's label within the arm
        use: onboarding             # a strategy, or a preset of one
        days: 0                     # when: days, every, start, stop, weekdays, phases, triggers, after
        task: {en: Welcome everybody, zh: 欢迎大家}
      rescue:
        use: red_packet
        triggers: voices<3 for 2 days cooldown 7
        times: 1                    # how often the planner reckons with it; see `shuffled`
        purse: 30                   # knobs, and whom: roles, tiers, top ...
      thanks: {use: praise, after: opening + 3 days}

A node acts on the days it says and on no others, whatever its tactic does by itself; on days of the calendar
``after`` and ``triggers`` must hold as well. Nothing here runs anything.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from experiments import known
from experiments.guard import content_of
from experiments.messages import LANGUAGES
from simulator.errors import UserError, unknown
from simulator.knobs import knobs, number
from simulator.schedule import SCHEDULE_WORDS, When, words
from simulator.triggers import Trigger, read_triggers

#: What a file may say, and a node beside knobs and the words of When and Who.
FILE_KEYS = ("title", "community", "days", "nodes")
NODE_KEYS = ("use", "after", "times", "task")
_WHEN = tuple(f.name for f in fields(When) if f.name != "life")
_CALENDAR = ("life", *(word for word in _WHEN if word != "triggers"))
#: Knob of an SOP in an arm: a seed, to do the same at random days instead.
SHUFFLE = "shuffle"
_MOST_DAYS = 10_000
_NAME = re.compile(r"[^\W\d]\w*")
_AFTER = re.compile(r"(?P<node>[^\W\d]\w*)\s*(?:\+\s*(?P<days>\d+)\s*(?:days?|天)?)?")


@dataclass(frozen=True)
class Node:
    """One task node.

    Attributes:
        name: Its name, the label of its tactic in the arm.
        use: A strategy or a preset of one, by name.
        settings: Knobs and words of When and Who as typed, ``triggers`` apart.
        triggers: What must have been seen; see :mod:`simulator.triggers`.
        after: Node and days: it acts so many days after each time that node acted. None: it waits for none.
        times: How often the planner reckons with it where that depends on triggers.
        task: What the operator does, in a line, by language.
    """

    name: str
    use: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    after: tuple[str, int] | None = None
    times: int = 1
    task: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> tuple[Trigger, ...]:
        """All that is decided in each replicate: ``triggers``, and ``after`` as two of them."""
        if self.after is None:
            return self.triggers
        node, days = self.after
        return (*self.triggers, *(Trigger("since", op, days, of=node) for op in (">=", "<=")))


@dataclass(frozen=True)
class Sop:
    """A calendar of tactics.

    Attributes:
        name: Its file's.
        community: Preset of the community it is meant for.
        days: Its planned life in days, from day 0.
        nodes: Its nodes by name; their order means nothing.
        title: What it is called, by language.
    """

    name: str
    community: str
    days: int
    nodes: Mapping[str, Node]
    title: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise UserError(f"SOP {self.name!r} has no nodes; name at least one under nodes:.")
        for node in self.nodes.values():
            with said_of(self.name, node.name):
                self._check(node)
        waits = {node.name: {t.of for t in node.conditions if t.of} for node in self.nodes.values()}
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            ring = " -> ".join(error.args[1][::-1])
            text = f"SOP {self.name!r}: none of {ring} can ever act; each waits for the next."
            raise UserError(text) from None

    def _check(self, node: Node) -> None:
        """Refuse a node that waits for none of ours, or that can act on no day of the calendar."""
        for trigger in node.conditions:
            if trigger.of and trigger.of not in self.nodes:
                raise unknown("node", trigger.of, self.nodes)
        when = calendar(node, self.days)
        late = [day for day in (*when.days, when.start) if day >= self.days]
        if late:
            raise UserError(f"it names day {max(late)}, but days go from 0 to {self.days - 1}.")
        if not any(map(when.today, range(self.days))):
            raise UserError(f"no day from 0 to {self.days - 1} is one of its days.")

    @classmethod
    def of(cls, name: str, content: Mapping[Any, Any], folder: Path | None = None) -> "Sop":
        """An SOP from what stands in its file.

        Args:
            name: What it is called.
            content: The file's content.
            folder: The user's presets, which it may use.

        Raises:
            UserError: Anything in it that cannot be used.
        """
        with said_of(name):
            _keys(content, FILE_KEYS)
            for key in ("community", "days"):
                if content.get(key) is None:
                    raise UserError(f"{key} is missing.")
            days = content["days"]
            if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _MOST_DAYS:
                raise UserError(f"days is {days!r}; it must be a whole number from 1 to {_MOST_DAYS}.")
            community = known.preset("community", str(content["community"]), folder)
            title = _texts("title", content.get("title"))
            nodes = content.get("nodes") or {}
            if not isinstance(nodes, Mapping):
                raise UserError("nodes must hold 'name: {use: ...}' lines.")
        for key in nodes:
            if not isinstance(key, str) or not _NAME.fullmatch(key) or key == SHUFFLE:
                rule = f"use letters, digits and '_', but not {SHUFFLE!r}"
                raise UserError(f"SOP {name!r}: {key!r} cannot name a node; {rule}.")
        made = {}
        for key, inner in nodes.items():
            with said_of(name, key):
                made[key] = _node(key, inner, folder)
        return cls(name, community, days, made, title)

    def tactics(self, made: Callable[[str, Mapping[str, Any]], Any]) -> dict[str, Any]:
        """The strategies of the nodes, by node, each with its calendar.

        Args:
            made: Makes a strategy of a name (strategy or preset) with settings.

        Raises:
            UserError: A key that no node of that strategy has, or a value that is not allowed.
        """
        out = {}
        for name, node in self.nodes.items():
            with said_of(self.name, name):
                valid = {*knobs(made(node.use, {})), *SCHEDULE_WORDS, *NODE_KEYS}
                for key in node.settings.keys() - valid:
                    raise unknown("key", key, valid)
                plain = {key: value for key, value in node.settings.items() if key not in _CALENDAR}
                strategy = made(node.use, plain)
                when = replace(calendar(node, self.days), triggers=node.conditions)
                out[name] = replace(strategy, when=when)
        return out

    def used(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The strategy or preset of each node with what the node sets, the whole calendar among it."""
        for node in self.nodes.values():
            yield node.use, {**dict.fromkeys((*_CALENDAR, "triggers")), **node.settings}

    def changed(self, settings: Mapping[str, str]) -> "Sop":
        """The same with what an arm sets: ``node.knob=value``, ``node=off``, ``shuffle=SEED``.

        Raises:
            UserError: A node or value that is not there, or a calendar that no longer holds.
        """
        nodes, seed = dict(self.nodes), None
        for key, value in settings.items():
            name, _, knob = key.partition(".")
            if key == SHUFFLE:
                if not value.isdecimal():
                    raise UserError(f"SOP {self.name!r}: {SHUFFLE} is {value!r}; it must be a whole number.")
                seed = int(value)
            elif name not in self.nodes:
                raise UserError(f"SOP {self.name!r}: {unknown('node', name, (*self.nodes, SHUFFLE))}")
            elif not knob:
                if value.lower() != "off":
                    allowed = f"leave it out with {name}=off, or set {name}.knob=value"
                    raise UserError(f"SOP {self.name!r}: {name} is {value!r}; {allowed}.")
                nodes.pop(name, None)
            elif name in nodes:
                with said_of(self.name, name):
                    nodes[name] = _set(nodes[name], knob, value)
        made = replace(self, nodes=nodes)
        return made if seed is None else shuffled(made, seed)


def read(name: str, folder: Path | None = None) -> Sop:
    """The SOP of a name: the user's before ours.

    Raises:
        UserError: There is none, or something in its file cannot be used.
    """
    file = known.preset_file("sop", known.preset("sop", name, folder), folder)
    assert file is not None
    return Sop.of(name, content_of(file, f"SOP {name!r}"), folder)


@contextmanager
def said_of(sop: str, node: str = "") -> Iterator[None]:
    """Put the SOP and the node before what is said of a mistake."""
    try:
        yield
    except UserError as error:
        raise UserError(f"SOP {sop!r}{f', node {node!r}' if node else ''}: {error}") from None


def calendar(node: Node, days: int) -> When:
    """The days a node names, triggers aside, as a schedule that ends with the SOP.

    Raises:
        UserError: A word that cannot be used, or a node that says nothing of when.
    """
    said = {word: node.settings[word] for word in _CALENDAR if node.settings.get(word) is not None}
    if not said.keys() & {*_WHEN} and not node.conditions:
        raise UserError(f"it does not say when; give one of {', '.join((*_WHEN, 'after'))}.")
    when = When(**{"life": days} | {word: _word(word, value) for word, value in said.items()})
    return replace(when, stop=days if when.stop is None else min(when.stop, days))


def _word(word: str, value: Any) -> Any:
    """A word of a calendar from what was typed; YAML reads ``1.5`` and ``2026-01-01`` as no text."""
    value = value if isinstance(value, str | int | list) else str(value)
    if word in ("weekdays", "phases"):
        return tuple(part.lower() for part in words(value))
    if word == "days":
        return tuple(number(day, int, word) for day in ([value] if isinstance(value, int) else words(value)))
    return number(value, int, word)


def shuffled(sop: Sop, seed: int) -> Sop:
    """The same tactics on as many days, each drawn at random from the SOP's life: claim C19's rival.

    A node with triggers acts ``times`` times; one with ``after`` as often as the node it waits for, as far as
    the calendar tells. Both lose their conditions. The days depend on the seed and the node's name alone.
    """
    nodes = {}
    for name, node in sop.nodes.items():
        days = random.Random(f"{seed}\0{name}").sample(range(sop.days), min(_acts(sop, node), sop.days))
        kept = {key: value for key, value in node.settings.items() if key not in _CALENDAR}
        nodes[name] = replace(node, settings={**kept, "days": sorted(days)}, triggers=(), after=None)
    return replace(sop, nodes=nodes)


def _acts(sop: Sop, node: Node) -> int:
    """On how many days a node acts, as far as can be told beforehand."""
    if node.triggers:
        return node.times
    own = [day for day in range(sop.days) if calendar(node, sop.days).today(day)]
    if node.after is None:
        return len(own)
    anchor, wait = sop.nodes[node.after[0]], node.after[1]
    if anchor.conditions:
        return min(_acts(sop, anchor), len(own))
    acts = [day for day in range(sop.days) if calendar(anchor, sop.days).today(day)]
    return max(1, sum(day - wait in acts for day in own))


def _node(name: str, content: Any, folder: Path | None) -> Node:
    """A node from its lines."""
    if not isinstance(content, Mapping):
        raise UserError("it must hold 'key: value' lines, 'use: ...' among them.")
    given = {str(key): value for key, value in content.items()}
    if "use" not in given:
        raise UserError("'use' is missing; it names a strategy.")
    use = str(given["use"])
    if use.startswith(known.SOP):
        raise UserError(f"use is {use!r}; an SOP holds strategies, not SOPs.")
    made = Node(name, known.tactic(use, folder), task=_texts("task", given.get("task")))
    for key, value in given.items():
        if key not in ("use", "task"):
            made = _set(made, key, value)
    return made


def _set(node: Node, key: str, value: Any) -> Node:
    """A node with one thing set."""
    if key in ("use", "task"):
        raise UserError(f"{key} cannot be set in an arm; write an SOP of your own.")
    if key == "triggers":
        return replace(node, triggers=read_triggers(value))
    if key == "after":
        found = _AFTER.fullmatch(str(value).strip())
        days = int(found["days"] or 1) if found else 0
        if found is None or days < 1:
            raise UserError(f"after is {str(value)!r}; it reads 'NODE + n days', n from 1.")
        return replace(node, after=(found["node"], days))
    if key == "times":
        if not str(value).isdecimal() or not 1 <= int(value) <= _MOST_DAYS:
            raise UserError(f"times is {value!r}; it must be a whole number from 1 to {_MOST_DAYS}.")
        return replace(node, times=int(value))
    return replace(node, settings={**node.settings, key: value})


def _keys(content: Mapping[Any, Any], valid: tuple[str, ...]) -> None:
    for key in content:
        if key not in valid:
            raise unknown("key", str(key), valid)


def _texts(key: str, given: Any) -> dict[str, str]:
    """A text by language; one without a language is for all."""
    if given is None:
        return {}
    if isinstance(given, str):
        return dict.fromkeys(LANGUAGES, given)
    if not isinstance(given, Mapping) or not set(given) <= set(LANGUAGES):
        raise UserError(
            f"{key} is {given!r}; it must be a text, or {{en: ..., zh: ...}}; quote what has commas."
        )
    return {lang: str(text) for lang, text in given.items()}
