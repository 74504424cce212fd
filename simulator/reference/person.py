"""A person: what they are born with, what they carry from day to day, and whom they know."""

from math import exp, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np
from scipy.special import gammaincinv

from simulator.agents import _NoNumbers
from simulator.draws import key
from simulator.members import Role
from simulator.philox import poisson
from simulator.reference.stimuli import Shown

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

#: Spread of personal expertise, interest and belonging; concentration of discipline and alignment.
_SPREAD, _FIRM = 0.12, 5.0
_normal = NormalDist().inv_cdf

#: State of a person, and what it means. That of today is forgotten overnight, but for ``came``.
STATE = {
    "person": "id, for ever",
    "first_role": "role on joining",
    "joined": "day of joining",
    "left": "day of leaving, if they left",
    "host": "who brought them, if anybody",
    "friends": "who is known, and the strength of each tie, in (0, 1]",
    "effect": "a_i, shift of the attendance logit",
    "rate": "multiple of the role's messages a visit",
    "discipline": "does what was planned, 0..1",
    "alignment": "shares the group's purpose, 0..1",
    "expertise": "X, ability to answer, 0..1",
    "interest": "I, 0..1",
    "belonging": "B, 0..1",
    "habit": "H, 0..1",
    "fatigue": "F",
    "mood": "M",
    "pay": "q, how far coming has come to mean being paid, 0..1",
    "speaking": "S, running share of days with a message",
    "loss": "L, tie strength lately lost",
    "met": "has met others in person lately, 0..1",
    "welcomed": "was replied to while new",
    "greeted": "G, 0..1, has been welcomed while new",
    "sunk": "K, 0..1, what joining cost, as far as it is still felt",
    "irritation": "A, annoyance by adverts",
    "muted": "has stopped looking",
    "invitations": "still to be sent",
    "invited": "invitations sent",
    "first_invited": "day of the first",
    "visits": "days visited",
    "messages": "written",
    "last_came": "day",
    "last_spoke": "day",
    "seen": "x, fading exposures, by tactic",
    "expected": "E, yuan, by tactic",
    "held": "s, run last seen at stake, by tactic",
    "wound": "W, sting of a broken run, by tactic",
    "memory": "what tactics keep of this person, by column",
    "tastes": "with topics: what one cares for",
    "finds": "with topics: information benefit lately",
    "toil": "with topics: reading cost lately",
    "company": "with topics: bond benefit lately",
    "came": "today; until attendance, yesterday",
    "stirred": "today: was there to decide whether to come",
    "coming": "today: has decided to come",
    "pull": "today: logit of coming",
    "seeds": "today: messages started",
    "replies": "today: replies that these excited",
    "posts": "today: messages",
    "weight": "today: part in the replies of all, in grains",
    "ability": "today: to answer, in grains",
    "asked": "today",
    "answered": "today",
    "replied": "today: was replied to",
    "goal": "G, holds the shared goal, 0..1",
    "fame": "P, was given a badge lately, 0..1",
    "example": "M, saw friends praised lately, 0..1",
    "eager": "today: log of what talk is multiplied by",
    "shelter": "today: share of messages one need not see",
    "hazard": "ln Z, by which the risk of going differs today",
    "gone": "today: has muted the group",
    "exiting": "today: leaves",
    "echo": "today: yuan from members' packets",
    "shown": "today: what tactics show",
    "fresh": "today: N, how new each tactic still is",
    "given": "today: what tactics give, by channel",
    "rewards": "today: yuan by tactic",
    "tables": "today: where one sat at each gathering; below nought for nowhere",
}


class Person(mesa.Agent):
    """Somebody in the group: state alone; what they do is in :class:`~simulator.reference.member.Member`.

    Args:
        model: The group.
        person: Their id, for ever.
        joined: The day they joined.
    """

    __slots__ = tuple(STATE)
    _ids = _NoNumbers()
    role: ClassVar[Role]
    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", person: np.uint64, joined: int) -> None:
        super().__init__(model)
        self.person, self.unique_id = person, int(person)
        self.joined, self.first_role = joined, self.role
        self.left: int | None = None
        self.host: Person | None = None
        self.fatigue = self.mood = self.pay = self.loss = self.met = 0.0
        self.welcomed = False
        self.greeted = self.sunk = self.irritation = 0.0
        self.muted, self.invited, self.visits, self.messages = False, 0, 0, 0
        self.first_invited = self.last_came = self.last_spoke = model.first - 1
        self.friends: dict[Person, float] = {}
        self.memory: dict[str, Any] = {}
        self.seen: dict[str, float] = {}
        self.expected: dict[str, float] = {}
        self.held: dict[str, float] = {}
        self.wound: dict[str, float] = {}
        self.tastes: frozenset[int] = frozenset()
        self.finds = self.toil = self.company = 0.0
        self.goal = self.fame = self.example = 0.0
        self.came = self.coming = self.stirred = False
        self.silent()
        self.pull = 0.0
        self.begin()
        self.born()
        model.people.append(self)

    def begin(self) -> None:
        """Forget today; ``came`` stays, for arrivals and friends still look at who came yesterday."""
        if self.came:
            self.silent()
        self.gone = self.exiting = False
        self.echo = self.hazard = self.eager = self.shelter = 0.0
        self.shown: list[Shown] = []
        self.fresh: dict[str, float] = {}
        self.given: dict[str, float] = {}
        self.rewards: dict[str, float] = {}
        self.tables: list[int] = []

    def silent(self) -> None:
        """Nothing said yet."""
        self.posts = self.seeds = self.replies = 0
        self.asked = self.answered = self.replied = False

    def born(self) -> None:
        """Draw traits and opening state.

        a_i ~ N(0, person_spread), nought for owners;  rate ~ Gamma(rate_shape), mean 1;  discipline and
        alignment logistic-normal;  expertise, interest and belonging N(mean, .12) within 0..1.
        """
        c, p, role = self.model.community, self.model.p.disposition, self.role
        self.effect = 0.0 if role == Role.OWNER else p.person_spread * _normal(self.trait("effect"))
        self.rate = float(gammaincinv(p.rate_shape, self.trait("rate")) / p.rate_shape)
        self.discipline = self._firm(0.4, "discipline")
        self.alignment = self._firm(c.alignment, "alignment")
        self.expertise = self._share(c.expertise[role], "expertise")
        self.interest = self._share(c.interest, "interest")
        self.belonging = self._share(c.belonging, "belonging")
        self.habit = c.habit
        self.speaking = c.visiting[role] * (1 - exp(-c.messages[role])) / 2
        self.invitations = min(poisson(self.trait("invitations"), c.invitations), 30_000)

    def trait(self, decision: str) -> float:
        """This person's number for something settled once."""
        return self.model.luck.coarse(self.person, key("traits", decision))

    def _share(self, mean: float, decision: str) -> float:
        return min(max(mean + _SPREAD * _normal(self.trait(decision)), 0.0), 1.0)

    def _firm(self, middle: float, decision: str) -> float:
        return 1 / (1 + (1 - middle) / middle * exp(-_normal(self.trait(decision)) * 2 / sqrt(_FIRM)))

    def meet(self, friend: "Person", gain: float) -> bool:
        """``w <- w + gain (1 - w)``, from nought between strangers; whether they were strangers."""
        if gain <= 0:
            return False
        old = self.friends.get(friend, 0.0)
        self.friends[friend] = friend.friends[self] = old + gain * (1 - old)
        return old == 0.0

    def part(self, friend: "Person") -> None:
        """End a tie."""
        del self.friends[friend], friend.friends[self]

    @property
    def inviter(self) -> int:
        """Id of who brought them, plus one; 0 for nobody."""
        return 0 if self.host is None else int(self.host.person) + 1

    def near(self) -> float:
        """Strength of ties to those who came."""
        return sum(strength for friend, strength in self.friends.items() if friend.came)

    def remove(self) -> None:
        """Leave the group: every tie ends."""
        for friend in list(self.friends):
            self.part(friend)
        self.model.people.remove(self)
        super().remove()
