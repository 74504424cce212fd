"""What is searched: which tactics together, how much of each, and on which days. A candidate is an SOP.

Doses and days go by steps that people plan in (20 yuan, every three days), so that a plan can be read and
carried out. Searched is what an operator decides, and only where more of it costs more money or work or takes
from others: what an hour of work achieves, what a seat costs and how loudly things are announced stay as
declared, or the search would plan with free work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from experiments import known
from experiments.arms import Arm
from experiments.sop import Sop
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.schedule import When
from simulator.strategy import Strategy

#: No tactic in this place.
NONE = "none"
#: What is decided of each strategy that we ship, and its steps.
DOSES: Mapping[str, Mapping[str, tuple[float, ...]]] = {
    "advert_blast": {"adverts": (1, 2, 5, 10)},
    "check_in_streak": {"point": (0, 0.05, 0.1, 0.2, 0.5), "bonus": (0, 1, 2, 5)},
    "house_rules": {"order": (0.1, 0.25, 0.5, 0.75, 1)},
    "kol_cultivation": {"people": (1, 2, 3, 5, 10), "coaching": (0, 10, 20, 40), "reward": (0, 10, 20, 50)},
    "levels_badges": {"worth": (0, 0.02, 0.05, 0.1, 0.2)},
    "member_exchange": {"guests": (5, 10, 20, 50)},
    "mutual_help": {"helpers": (1, 3, 5, 10), "reward": (0, 1, 2, 5)},
    "offline_meetup": {"seats": (10, 20, 30, 50)},
    "onboarding": {"rules": (0, 5, 10)},
    "paid_entry": {"fee": (0, 10, 20, 49, 99), "screening": (0, 5, 15), "ceremony": (0, 10, 30)},
    "personal_care": {"people": (1, 3, 5, 10), "minutes": (5, 10, 20)},
    "praise": {"best": (1, 3, 5, 10), "prize": (0, 5, 10, 20)},
    "red_packet": {"purse": (5, 10, 20, 50, 100), "shares": (5, 10, 20, 50)},
    "referral": {"asked": (5, 10, 20), "reward": (0, 2, 5, 10)},
    "shared_goal": {"keepsake": (0, 1, 2, 5)},
    "small_circles": {"size": (8, 10, 15, 20, 30)},
    "topic_talk": {"topics": (1, 2, 3, 5)},
    "uncertain_reward": {"budget": (5, 10, 20, 50, 100), "winners": (1, 2, 3, 5, 10)},
    "value_session": {},
}
#: Tactics that stand from the first day or are nothing if not daily; all others may act in any rhythm.
STANDING = ("check_in_streak", "house_rules", "levels_badges", "onboarding", "paid_entry", "referral")
#: Of these, those that must be there when the group opens.
OPENING = ("onboarding", "paid_entry")
#: A plug-in's tactic is scaled as a whole: all knobs that have an off-value, its work among them.
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
#: From often to seldom: days from one time to the next, or weekdays.
WORKDAYS, WEEKEND, ONCE = "workdays", "weekend", "once"
_RHYTHMS: tuple[int | str, ...] = (1, WORKDAYS, 2, 3, WEEKEND, 5, 7, 10, 14, 21, 30, ONCE)
_WEEKDAYS = {WORKDAYS: ["mon", "tue", "wed", "thu", "fri"], WEEKEND: ["sat", "sun"]}
_STARTS = (0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 42, 60, 90)
#: Days a group must be planned for before weekdays are tried.
_WEEKS = 14
#: Conditions, as shares of the voices that the group has when nothing is done.
_CONDITIONS = (0.5, 0.75, 1.0)
_CALENDAR = ("every", "days", "weekdays", "start", "stop", "phases", "triggers", "life", "after")


class Chooser(Protocol):
    """What picks a step of each choice: a trial of Optuna's, or a fixed one."""

    def suggest_int(self, name: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""

    def suggest_categorical(self, name: str, choices: Sequence[str]) -> Any:
        """One of the words."""


@dataclass(frozen=True)
class Choice:
    """Something to decide: its steps, and which of them a tactic has by itself."""

    name: str
    steps: tuple[Any, ...]
    default: int = 0


@dataclass(frozen=True)
class Option:
    """A tactic that may be part of a plan.

    Attributes:
        name: Its node's name.
        use: Strategy or preset.
        title: What it is called, by language.
        fixed: What its word sets: knobs, and words of When and Who.
        choices: What is decided.
        scaled: Knobs and their values that a choice ``dose`` scales together; for plug-ins.
    """

    name: str
    use: str
    title: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    scaled: Mapping[str, tuple[float, float, type]] = field(default_factory=dict)

    def settings(self, steps: Mapping[str, int]) -> dict[str, Any]:
        """What the node says, from the step of each choice."""
        said: dict[str, Any] = dict(self.fixed)
        picked = {choice.name: choice.steps[steps[choice.name]] for choice in self.choices}
        factor = picked.pop("dose") if self.scaled else None
        if factor is not None:
            for knob, (value, most, kind) in self.scaled.items():
                dose = min(value * factor, most)
                said[knob] = dose if kind is float else round(dose)
        rhythm, start, level = picked.pop("rhythm", None), picked.pop("start", 0), picked.pop("condition", 0)
        said |= picked
        if rhythm is None:
            return said
        if rhythm == ONCE:
            said["days"] = [start]
        else:
            said |= {"weekdays": _WEEKDAYS[rhythm]} if rhythm in _WEEKDAYS else {"every": rhythm}
            said["start"] = start
        if level:
            said["triggers"] = f"voices<{level:g}"
        return said


@dataclass(frozen=True)
class Candidate:
    """A plan: nodes by name, in the order of the alphabet.

    Attributes:
        nodes: Name, strategy or preset, and what the node says.
    """

    nodes: tuple[tuple[str, str, Mapping[str, Any]], ...]

    @property
    def key(self) -> str:
        """The same for the same plan."""
        return repr([(name, use, sorted(said.items())) for name, use, said in self.nodes])

    def content(self, community: str, days: int) -> dict[str, Any]:
        """The content of an SOP's file."""
        nodes = {name: {"use": use, **said} for name, use, said in self.nodes}
        return {"community": community, "days": days, "nodes": nodes}

    def sop(self, name: str, community: str, days: int, folder: Path | None) -> Sop:
        """The SOP that it is."""
        return Sop.of(name, self.content(community, days), folder)


@dataclass(frozen=True)
class Space:
    """Plans of up to so many tactics.

    Attributes:
        options: The tactics.
        most: How many a plan may hold.
    """

    options: tuple[Option, ...]
    most: int = 3

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the options."""
        return tuple(option.name for option in self.options)

    def candidate(self, chooser: Chooser) -> Candidate:
        """The plan that somebody picks; a tactic picked twice is there once."""
        places = range(min(self.most, len(self.options)))
        words = [
            chooser.suggest_categorical(f"tactic_{n + 1}", (*((NONE,) if n else ()), *self.names))
            for n in places
        ]
        nodes = []
        for option in sorted(self.options, key=lambda one: one.name):
            if option.name in words:
                steps = {
                    choice.name: chooser.suggest_int(f"{option.name}.{choice.name}", 0, len(choice.steps) - 1)
                    for choice in option.choices
                    if len(choice.steps) > 1
                }
                steps |= {choice.name: 0 for choice in option.choices if len(choice.steps) == 1}
                nodes.append((option.name, option.use, option.settings(steps)))
        return Candidate(tuple(nodes))

    def starters(self) -> Iterator[dict[str, Any]]:
        """Parameters of each tactic alone, as it is by itself."""
        for option in self.options:
            words = {f"tactic_{n + 1}": NONE for n in range(1, min(self.most, len(self.options)))}
            steps = {f"{option.name}.{c.name}": c.default for c in option.choices if len(c.steps) > 1}
            yield {"tactic_1": option.name, **words, **steps}

    @property
    def plain(self) -> list[Any]:
        """All that decides what is searched, as plain values."""
        return [
            self.most,
            [
                [
                    o.name,
                    o.use,
                    sorted(o.fixed.items()),
                    [[c.name, list(c.steps)] for c in o.choices],
                    sorted(o.scaled),
                ]
                for o in self.options
            ],
        ]


def option(
    arm: Arm,
    strategy: Strategy,
    days: int,
    typed: Sequence[str] = (),
    voices: float | None = None,
    folder: Path | None = None,
) -> Option:
    """A tactic as it may be searched.

    Args:
        arm: Its word.
        strategy: What the word makes.
        days: Campaign days.
        typed: Knobs of it that the configuration sets by hand; they are not searched.
        voices: Voices a day of the group left alone, to try conditions on; None to try none.
        folder: The user's presets.

    Raises:
        UserError: The word is an SOP, or several tactics.
    """
    if len(arm.terms) > 1 or arm.terms[0].name.startswith(known.SOP):
        raise UserError(f"{arm.text!r} is more than one tactic; name the tactics one by one, each as a word.")
    term, name = arm.terms[0], arm.label
    use = known.tactic(term.name, folder)
    if arm.label == term.text:
        name = use
    fixed = dict(term.settings)
    held = {*fixed, *typed}
    choices: list[Choice] = []
    scaled: dict[str, tuple[float, float, type]] = {}
    declared = knobs(strategy)
    if strategy.name in DOSES:
        for knob, steps in DOSES[strategy.name].items():
            if knob not in held:
                spec = declared[knob][1]
                own = getattr(strategy, knob)
                inside = {type(own)(one) for one in steps if spec.low <= one <= spec.high} | {own}
                ordered = tuple(sorted(inside))
                choices.append(Choice(knob, ordered, ordered.index(own)))
    else:
        for knob, (f, spec) in declared.items():
            value = getattr(strategy, knob)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if spec.off is not None and number and value and knob not in held:
                scaled[knob] = (value, spec.high, type(f.default))
        if scaled:
            choices.append(Choice("dose", FACTORS, FACTORS.index(1.0)))
    when = strategy.when
    if held & {*_CALENDAR}:
        if not set(fixed) & {*_CALENDAR}:  # said in the configuration; a node must say it itself
            fixed |= _said(when)
    elif strategy.name in STANDING:
        starts = (0,) if strategy.name in OPENING else _starts(days, when)
        choices += [Choice("rhythm", (1,)), Choice("start", starts, starts.index(_own(starts, when.start)))]
    elif strategy.name in DOSES or when.every > 1:
        choices += _days(days, when)
        if voices:
            levels = (0, *sorted({max(round(voices * share), 1) for share in _CONDITIONS}))
            choices.append(Choice("condition", levels))
    else:
        fixed |= _said(when)
    return Option(name, use, dict(strategy.title), fixed, tuple(choices), scaled)


def _said(when: When) -> dict[str, Any]:
    """The calendar of a tactic as a node says it."""
    plain = {"every": when.every, "start": when.start, "stop": when.stop, "life": when.life}
    lists = {"days": list(when.days), "weekdays": list(when.weekdays), "phases": list(when.phases)}
    said = {**{k: v for k, v in plain.items() if v is not None}, **{k: v for k, v in lists.items() if v}}
    if when.triggers:
        said["triggers"] = " and ".join(map(str, when.triggers))
    return said


def _days(days: int, when: When) -> list[Choice]:
    """Rhythm and first day; the tactic's own are among them where they lie within the campaign."""
    starts = _starts(days, when)
    weekly = days >= _WEEKS and starts[-1] <= days - 7
    fitting = [
        one
        for one in _RHYTHMS
        if one in (1, ONCE) or (weekly if one in _WEEKDAYS else isinstance(one, int) and one < days)
    ]
    if when.every not in fitting and when.every < days:
        later = [isinstance(one, int) and one > when.every for one in fitting]
        fitting.insert(later.index(True) if any(later) else len(fitting) - 1, when.every)
    rhythms = tuple(fitting)
    own = when.every if when.every in rhythms else ONCE
    return [
        Choice("rhythm", rhythms, rhythms.index(own)),
        Choice("start", starts, starts.index(_own(starts, when.start))),
    ]


def _starts(days: int, when: When) -> tuple[int, ...]:
    """First days in the first half of the campaign, the tactic's own among them."""
    own = {when.start} if when.start < days else set()
    return tuple(sorted({day for day in _STARTS if day <= days // 2} | own))


def _own(starts: tuple[int, ...], start: int) -> int:
    return start if start in starts else starts[-1]


def named(space: Space, candidate: Candidate) -> tuple[Option, ...]:
    """The options of a plan's nodes, in their order."""
    by = {one.name: one for one in space.options}
    return tuple(by[name] for name, _, _ in candidate.nodes)
