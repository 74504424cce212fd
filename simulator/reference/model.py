"""The reference as a Mesa model: the opening, and the day's plan."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf, log
from operator import methodcaller
from types import SimpleNamespace

import mesa
import numpy as np

from simulator.community import Community
from simulator.draws import Seeds, key
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.mechanism import Parameters, design
from simulator.members import Role
from simulator.reference import group, joining, social, topics
from simulator.reference.counting import count
from simulator.reference.luck import Luck, Umpire
from simulator.reference.member import CLASSES, Member
from simulator.reference.stage import Stage
from simulator.registry import make_mechanisms
from simulator.scenario import Scenario
from simulator.strategy import Strategy
from simulator.topology import edges
from simulator.triggers import Watch

Act = Callable[["ReferenceModel"], None]


def log_odds(p: float) -> float:
    """The logit of a chance."""
    return log(p / (1 - p))


@dataclass(frozen=True)
class OrdinaryDay:
    """What an ordinary opening day is expected to bring; the present is measured against it.

    Attributes:
        visitors: Members who come, at least 1.
        messages: Messages started by them, at least 0.5.
        useful: The same by the expertise usual in each role, at least 0.5.
    """

    visitors: float
    messages: float
    useful: float


def ordinary_day(c: Community) -> OrdinaryDay:
    """Sums over founders of the chance of a visit, of the messages of one, and of what these are worth."""
    visitors = messages = useful = 0.0
    usual = Community().expertise
    for n, role in enumerate(c.roles().tolist()):
        awake = 1 if role == Role.OWNER else 1 - c.muted
        chance = c.visiting[role] if c.founders is None else float(c.founders.visiting[n])
        started = c.messages[role] if c.founders is None else float(c.founders.messages[n])
        visitors += awake * chance
        messages += awake * chance * started
        useful += awake * chance * started * usual[role]
    return OrdinaryDay(max(visitors, 1.0), max(messages, 0.5), max(useful, 0.5))


def each(act: Callable[[Member], None]) -> Act:
    """A phase that everybody goes through for himself."""

    def run(model: "ReferenceModel") -> None:
        for member in model.people:
            act(member)

    return run


def visiting(act: Callable[[Member], None]) -> Act:
    """A phase for those who came."""

    def run(model: "ReferenceModel") -> None:
        for member in model.visitors:
            act(member)

    return run


#: What speaks for and against coming: terms of each member's logit, in the phase "pull".
PULLS: dict[str, Callable[[Member], float]] = {
    "arrivals": Member.opens_the_group,
    "belonging": Member.belongs,
    "content": Member.attracted,
    "disposition": Member.inclined,
    "goal": social.comes_for_the_goal,
    "habit": Member.accustomed,
    "irritation": Member.annoyed,
    "overload": Member.tired,
    "owner_energy": Member.worn,
    "prompts": Member.reminded,
    "reception": Member.was_received,
    "rewards": Member.lured,
    "social_pull": Member.drawn_by_friends,
    "streaks": Member.keeps_streak,
    "topics": topics.draws_in,
}
#: The day, phase by phase; in each, the mechanisms that act in it. Mechanisms of one phase do not depend on
#: their order. A mechanism that is off is left out.
PLAN: dict[str, dict[str, Act]] = {
    "opening": {
        "arrivals": joining.sent_before,
        "disposition": group.community_effect,
        "habit": each(Member.used_to),
        "purpose": group.purpose,
    },
    "arrivals": {"arrivals": joining.newcomers},
    "offers": {"novelty": each(Member.sees)},
    "pull": {
        "circles": social.before_few,
        "discussion": each(social.discusses),
        "goal": each(social.talks_for_the_goal),
        "helping": social.help_is_wanted,
        "role_models": each(social.follows),
        "status": social.badges_spur,
        "streaks": each(Member.feels_the_sting),
    },
    "attendance": {"attendance": each(Member.attends)},
    "conversation": {"conversation": group.conversation},
    "awards": {"arrivals": joining.hand_out_invitations, "helping": social.others_answered},
    "gifts": {"gift_echo": group.gift_echo},
    "learning": {
        "learning": each(Member.learns),
        "reception": each(Member.is_received),
        "rewards": each(Member.gets),
        "role_models": each(social.looks_up),
    },
    "bonding": {"bonding": group.bonding, "entry": each(Member.has_paid), "referral": each(Member.is_held)},
    "habit": {
        "awakening": each(Member.wakes),
        "circles": social.among_few,
        "habit": each(Member.grows_used),
        "status": social.badges_slight,
    },
    "belonging": {"belonging": each(Member.feels), "goal": each(social.shares_the_goal)},
    "content": {"content": group.content, "topics": topics.reading},
    "interest": {"interest": group.interest},
    "overload": {"irritation": group.irritation, "overload": group.overload},
    "owner": {"owner_energy": group.owner_energy},
    "churn": {
        "departure": each(methodcaller("may_go")),
        "kcore": each(methodcaller("may_give_up")),
    },
    "contagion": {"contagion": group.contagion},
}
#: Every mechanism that the reference knows.
KNOWN = {"uptake", *PULLS, *(name for phase in PLAN.values() for name in phase)}


class ReferenceModel(mesa.Model):
    """One community in which every agent decides for itself; one step is one day.

    Args:
        spec: The scenario.
        replicate: The community's global number.
        seed: The experiment's seed.
        umpire: Asked where a decision is too close to call; see :mod:`simulator.reference.luck`.
        parameters: By mechanism and parameter, one value in place of what would be drawn.

    Attributes:
        p: Parameters by mechanism and name.
        first: The first day: 0, or before it where the group warms up.
        ordinary: What an ordinary day was expected to bring at the opening.
        people: The members.
        visitors: Those of them who came today.
        departed: Those who left on day 0 or later, in turn.
        talk, voices: Today's messages and speakers by role.
        given: What tactics gave the group as a whole today, by channel.
        usual: By role, logit of the chance of a visit.
        weekday: Log odds of a visit on this weekday.
        effect: The community's own effect u_r.
        ends: The day on which the group's purpose is served; infinite where it lasts.
        value: Value of recent content, 0..1.
        energy: Owner's energy, 0..1.
        crowd: Yesterday's visitors; on day 0 those of an ordinary day.
        worth, pace: What interest returns to today, and how fast.
        strain: What there was to read today, as strain on those who came.
        helpful: Log of what the chance of an answer is multiplied by today.
        guests: People of another group who were shown this one yesterday.
        pot: Yuan that members' packets hold, to be split tomorrow.
        daily: Today's metrics.
        acting: Labels and strategies of the tactics that act today, in order of label.
        ledger: By day and tactic, cost, hours and income, and that it acted.

    Raises:
        UserError: A mechanism is on that the reference does not know.
    """

    def __init__(
        self,
        spec: Scenario,
        replicate: int = 0,
        seed: int = 0,
        umpire: Umpire | None = None,
        parameters: Parameters | None = None,
    ) -> None:
        super().__init__(rng=seed)
        self.spec, self.community, self.replicate, self.seed = spec, spec.community, replicate, seed
        self.seeds, self.first = Seeds(seed, spec.luck_from, spec.luck_salt), -spec.warmup
        on, off = make_mechanisms(spec.mechanisms)
        self.on = {mechanism.name for mechanism in on}
        for name in sorted(self.on - KNOWN):
            raise UserError(f"The reference engine does not know mechanism {name!r}; switch it off.")
        numbers = np.array([replicate], np.uint32)
        self.p = SimpleNamespace()
        prescribed = design((*on, *off), parameters or {}, 1)
        for mechanism in (*on, *off):
            values = {name: getattr(mechanism, name) for name in knobs(mechanism)}
            drawn = mechanism.draw(seed, numbers, spec.uncertainty == "full")
            for name, column in (drawn | prescribed.get(mechanism.name, {})).items():
                values[name] = float(column[0])
            setattr(self.p, mechanism.name, SimpleNamespace(**values))
        self.pulls = [PULLS[name] for name in PULLS if name in self.on]
        self.usual = [log_odds(chance) for chance in self.community.visiting]
        self.luck = Luck(seed, replicate, umpire)
        self.ordinary = ordinary_day(self.community)
        self.day, self.effect, self.ends = self.first, 0.0, inf
        self.value, self.energy = 0.5, self.community.energy
        self.crowd, self.pot = self.ordinary.visitors, 0.0
        self.guests, self.helpful = 0.0, 0.0
        self.people: list[Member] = []
        self.visitors: list[Member] = []
        self.departed: list[Member] = []
        self.daily: dict[str, float] = {}
        self.ledger: list[dict[str, dict[str, float]]] = []
        self._watch = Watch(spec.strategies, 1, spec.days)
        self.declined = 0
        self._begin()
        self._found()
        self._run("opening")

    def step(self) -> None:
        """One day."""
        self.luck.seed = self.seeds.of(self.day)
        self._begin()
        self._run("arrivals")
        stage = Stage(self, self.acting)
        stage.offers()
        self._run("offers")
        self._run("pull")
        for member in self.people:
            member.weighs_up()
        self._run("attendance")
        for member in self.people:
            member.came = member.coming
        self.visitors = [member for member in self.people if member.came]
        self._run("conversation")
        stage.awards()
        for phase in ("awards", "gifts", "learning", "bonding", "habit", "belonging", "content", "interest"):
            self._run(phase)
        for phase in ("overload", "owner", "churn", "contagion"):
            self._run(phase)
        self.daily = count(self)
        self._leave()
        self.declined = 0
        self.crowd = len(self.visitors)
        self.day += 1

    def _run(self, phase: str) -> None:
        for name, act in PLAN[phase].items():
            if name in self.on:
                act(self)

    def _begin(self) -> None:
        """A new day: forget yesterday's."""
        self.luck.day = self.day
        self.weekday = log(max(self.community.weekdays[self.day % 7], 1e-3))
        self.joined, self.new_ties, self.gifts, self.helpful = 0, 0, 0.0, 0.0
        self.talk, self.voices = [0] * len(Role), [0] * len(Role)
        self.given: dict[str, float] = {}
        self.ledger.append({})
        self.acting = self._acting()
        for member in self.people:
            member.begin()

    def _acting(self) -> list[tuple[str, Strategy]]:
        """Tactics that act today, by label."""
        yesterday = {name: np.array([value]) for name, value in self.daily.items()}
        today = self._watch.today(self.day, yesterday)
        tactics = sorted(self.spec.strategies, key=lambda tactic: tactic[0])
        return [(label, tactic) for label, tactic in tactics if label in today]

    def _leave(self) -> None:
        """Those who leave give up their seat."""
        for member in [member for member in self.people if member.exiting]:
            member.left = self.day
            if self.day >= 0:
                self.departed.append(member)
            member.remove()

    def _found(self) -> None:
        """Seat the founders and lay their ties."""
        c, given = self.community, self.community.founders
        for n, role in enumerate(c.roles().tolist()):
            person = np.uint64(n)
            since = self.luck.coarse(person, key("founding", "joined")) * c.age
            member = CLASSES[role](self, person, self.first - floor(c.age if role == Role.OWNER else since))
            if given is not None:
                messages = c.messages[role]
                member.rate = given.messages[n] / messages if messages > 0 else 0.0
                member.effect = log_odds(given.visiting[n]) - self.usual[role]
                member.joined = self.first - int(given.tenure[n])
            quiet = self.luck.coarse(person, key("founding", "muted")) < c.muted
            member.muted = quiet and role != Role.OWNER
        if given is not None:
            ties = zip(given.a, given.b, given.strength, strict=True)
        else:
            a, b = edges(c.topology, c.size, self.seed, self.replicate, **c.ties)
            ties = zip(a, b, [c.tie_strength] * len(a), strict=True)
        for one, other, strength in ties:
            first, second = self.people[one], self.people[other]
            stronger = max(float(strength), first.friends.get(second, 0.0))
            first.friends[second] = second.friends[first] = stronger
        for member in [member for member in self.people if not joining.enters(self, member)]:
            member.remove()
