"""A person: what they are born with, what they carry from day to day, and whom they know."""

from math import exp, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np
from scipy.special import gammaincinv

from simulator.agents import _NoNumbers
from simulator.draws import key
from simulator.members import NEVER, Role
from simulator.philox import poisson
from simulator.reference.stimuli import Shown

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

#: Spread of personal expertise, interest and belonging; concentration of discipline and alignment.
_SPREAD, _FIRM = 0.12, 5.0
_normal = NormalDist().inv_cdf


class Person(mesa.Agent):
    """Somebody in the group: state alone; what they do is in :class:`~simulator.reference.member.Member`.

    Args:
        model: The group.
        person: Their id, for ever.
        joined: The day they joined.
    """

    _ids = _NoNumbers()
    role: ClassVar[Role]
    model: "ReferenceModel"

    def __init__(self, model: "ReferenceModel", person: np.uint64, joined: int) -> None:
        super().__init__(model)
        self.person, self.unique_id = person, int(person)
        self.joined, self.left, self.inviter, self.first_role = joined, NEVER, 0, self.role
        self.fatigue = self.mood = self.pay = self.loss = 0.0
        self.muted, self.invited, self.visits, self.messages = False, 0, 0, 0
        self.last_came = self.last_spoke = NEVER
        self.friends: dict[Person, float] = {}  # strength of each tie, in (0, 1]
        self.memory: dict[str, dict[str, Any]] = {}  # what tactics keep of this person
        # By tactic: fading exposures, yuan expected, run last seen at stake, sting of a broken run.
        self.seen: dict[str, float] = {}
        self.expected: dict[str, float] = {}
        self.held: dict[str, float] = {}
        self.wound: dict[str, float] = {}
        # With topics: what one cares for, and what the last visits brought.
        self.tastes: frozenset[int] = frozenset()
        self.finds = self.toil = self.company = 0.0
        self.came = self.coming = self.stirred = False
        self.begin()
        self.born()
        model.people.append(self)

    def begin(self) -> None:
        """Forget today; ``came`` stays, for arrivals and friends still look at who came yesterday."""
        self.posts = self.seeds = self.replies = 0
        self.asked = self.answered = self.replied = False
        self.gone = self.exiting = False
        self.echo = 0.0
        self.shown: list[Shown] = []
        self.given: dict[str, float] = {}  # by channel
        self.rewards: dict[str, float] = {}  # yuan by tactic
        self.tables: list[int] = []  # at each of today's gatherings; below nought for not there

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

    def near(self) -> float:
        """Strength of ties to those who came."""
        return sum(strength for friend, strength in self.friends.items() if friend.came)

    def remove(self) -> None:
        """Leave the group: every tie ends."""
        for friend in list(self.friends):
            self.part(friend)
        self.model.people.remove(self)
        super().remove()
