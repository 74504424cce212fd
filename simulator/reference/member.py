"""What members do who came, and what becomes of all, mechanism by mechanism: each method is one equation.

Sources of the equations and of their parameters: :mod:`simulator.mechanisms`, under the same names.
"""

from math import exp, log, sqrt
from typing import ClassVar

from simulator.draws import key
from simulator.members import Role
from simulator.reference.coming import Visitor
from simulator.reference.prospects import value

_AWAKE, _NEVER = key("awakening", "look in"), key("awakening", "never")
_GO, _ROLE = key("departure", "go"), key("learning", "role")
_TALK, _REPLY = key("conversation", "talk"), key("conversation", "reply")
_GRAIN = 65536


def grains(x: float) -> int:
    """Whole units of 2^-16: sums of them do not depend on the order of people."""
    return int(x * _GRAIN)


class Member(Visitor):
    """A member of the group, of one of the four roles below.

    Attributes:
        rises: Share of days with a message above which one rises to ``above``; None for never.
        able: Expertise above which one may.
        sinks: Share below which one sinks to ``below``; None for never.
    """

    __slots__ = ()
    rises: ClassVar[float | None] = None
    able: ClassVar[float] = -1.0
    sinks: ClassVar[float | None] = None
    above: ClassVar[type["Member"]]
    below: ClassVar[type["Member"]]

    # conversation: of visitors, in two rounds --------------------------------------------------------------

    def vigour(self) -> float:
        """What of one's usual talk is left today: all, but for an owner who is worn out."""
        return 1.0

    def starts_talk(self, scale: float, n: float) -> None:
        """conversation: messages started, questions among them, and the replies these excite.

        seeds ~ NegBin(messages_role x rate x (0.3 + 0.7 min(I/I0, 1.5)) x eager x scale, dispersion);  a
        cluster of replies is NegBin with mean ``S n/(1-n)`` and variance ``S n/(1-n)^3``.
        """
        c, luck, who = self.model.community, self.model.luck, self.person
        mean = c.messages[self.role] * self.rate * self.vigour()
        mean *= 0.3 + 0.7 * min(self.interest / max(c.interest, 0.01), 1.5)
        mean *= exp(self.eager)
        self.weight = grains(mean * (0.3 + self.expertise))
        self.ability = grains(mean * self.expertise**2)
        start, ask, excite, _ = luck.uniforms(who, _TALK)
        shape = self.model.p.conversation.dispersion
        self.seeds = luck.negative_binomial(start, mean * scale, shape, who, "talks")
        if self.seeds:
            self.asked = luck.decide(ask, 1 - (1 - c.questions[self.role]) ** self.seeds, who, "asks")
            if n > 0:
                mu, wide = self.seeds * n / (1 - n), 1 / (1 - n) ** 2 - 1
                self.replies = luck.negative_binomial(excite, mu, mu / wide, who, "excites")
        self.replied, self.posts = self.replies > 0, self.seeds

    def joins_talk(self, share: float, chance: float) -> None:
        """conversation: one's part in the replies of all, and whether one's question is answered."""
        luck, who = self.model.luck, self.person
        reply, hear, _, _ = luck.uniforms(who, _REPLY)
        if share > 0:
            self.posts += luck.poisson(reply, self.weight * share, who, "replies")
        self.answered = self.asked and luck.decide(hear, chance, who, "is answered")

    # learning ----------------------------------------------------------------------------------------------

    def learns(self) -> None:
        """learning: ``X <- X + (answer answered + coach minutes/60) (1 - X),  S <- S + (spoke - S) / 21``."""
        p = self.model.p.learning
        if "coaching" in self.given:
            self.expertise += min(p.coach * self.given["coaching"] / 60, 1) * (1 - self.expertise)
        if self.answered:
            self.expertise += p.answer * (1 - self.expertise)
        self.speaking += ((self.posts > 0) - self.speaking) / 21
        decide = self.model.luck.decide
        if self.sinks is not None and decide(self.speaking, self.sinks, self.person, "is silent"):
            self.may_become(self.below)
        elif (
            self.rises is not None
            and decide(self.rises, self.speaking, self.person, "is heard")
            and decide(self.able, self.expertise, self.person, "is able")
        ):
            self.may_become(self.above)

    def may_become(self, kind: type["Member"]) -> None:
        """learning: a change of role that is due, with a daily chance; half of what was usual goes along."""
        u = self.model.luck.uniform(self.person, _ROLE)
        if self.model.luck.decide(u, self.model.p.learning.pace, self.person, "changes role"):
            c, old, new = self.model.community, self.role, kind.role
            self.rate *= sqrt((c.messages[old] + 0.01) / (c.messages[new] + 0.01))
            self.effect += 0.5 * (self.model.usual[old] - self.model.usual[new])
            self.model.deregister_agent(self)
            self.__class__ = kind
            self.model.register_agent(self)
            self.unique_id = int(self.person)  # Mesa 3.5 numbers whoever registers anew

    def gets(self) -> None:
        """rewards: what was got, against what was expected.

        ``M <- rho M,  pay <- pay + (contingent - pay)/14``, and where cued and came
        ``M <- M + (1 - rho) v((got - ref)/m0),  E_k <- E_k + eta (got - E_k)``.
        """
        p = self.model.p.rewards
        got = self.echo + sum(self.rewards.values()) if self.came else 0.0
        self.mood *= p.rho
        self.pay += (got / (got + p.money) - self.pay) / 14
        for s in self.shown if self.came else ():
            if s.prospects is not None:
                got, expected = self.rewards.get(s.label, 0.0), self.expected.get(s.label, 0.0)
                self.mood += (1 - p.rho) * value((got - p.adaptation * expected) / p.money, p.loss)
                self.expected[s.label] = expected + p.eta * (got - expected)

    def is_received(self) -> None:
        """reception: what befell one while new: replies, and welcomes, ``G = 1 - exp(-welcomes)``."""
        if self.model.day - self.joined < self.model.p.reception.new:
            self.welcomed = self.welcomed or self.replied or self.answered
            self.greeted = 1 - (1 - self.greeted) * exp(-self.given.get("welcome", 0.0))

    # bonding ---------------------------------------------------------------------------------------------

    def is_held(self) -> None:
        """referral: ``Z x risk`` while whoever brought one is there and has not muted."""
        if self.host is not None and self.host.left is None and not self.host.muted:
            self.hazard += log(self.model.p.referral.risk)

    def has_paid(self) -> None:
        """entry: ``Z x risk^K``, then ``K <- K / 2^(1/fading)``."""
        p = self.model.p.entry
        self.hazard += log(p.risk) * self.sunk
        self.sunk *= 0.5 ** (1 / p.fading)

    # habit, belonging, interest, overload ------------------------------------------------------------------

    def wakes(self) -> None:
        """awakening: ``h = rate + care minutes/(minutes + 10)``, the latter for those whom care can reach."""
        if self.muted:
            p, luck, minutes = self.model.p.awakening, self.model.luck, self.given.get("care", 0.0)
            u = luck.uniform(self.person, _AWAKE)
            h = p.rate
            if minutes > 0 and luck.lasting(self.person, _NEVER)[0] >= p.never:
                h += p.care * minutes / (minutes + 10)
            self.muted = not luck.decide(u, h, self.person, "wakes")

    def grows_used(self) -> None:
        """habit: ``H <- H + c (1 - H)`` on a visit, ``H <- H - d H`` otherwise."""
        p = self.model.p.habit
        self.habit += p.growth * (1 - self.habit) if self.came else -p.decay * self.habit

    def used_to(self) -> None:
        """habit: founders known by what they do have the habit it has grown, and are inclined the less."""
        given, p = self.model.community.founders, self.model.p.habit
        if given is not None:
            visiting, tenure = given.visiting[int(self.person)], given.tenure[int(self.person)]
            up, down = p.growth * visiting, p.decay * (1 - visiting)
            self.habit = up / (up + down) * (1 - exp(-(up + down) * tenure))
            self.effect -= p.weight * (self.habit - self.model.community.habit)

    def feels(self) -> None:
        """belonging: ``dB = gain (1 - B) - unanswered B - decay B``.

        gain = reply replied + answer answered + tie t/(1+t) came + care minutes/(minutes+10)
        + purpose a mentions, with t the strength of ties to those who came.
        """
        p, b = self.model.p.belonging, self.belonging
        up, down = 0.0, p.decay
        if self.came:
            t = self.near()
            up += p.tie * t / (1 + t) + p.reply * self.replied + p.answer * self.answered
            down += p.unanswered * (self.asked and not self.answered)
        b = min(max(b + up * (1 - b) - down * b, 0.0), 1.0)
        if "care" in self.given:
            b += p.care * self.given["care"] / (self.given["care"] + 10) * (1 - b)
        if "purpose" in self.given:
            b += min(p.purpose * self.given["purpose"] * self.alignment, 1) * (1 - b)
        self.belonging = b

    def likes(self) -> None:
        """interest: ``dI = -k q I + r (I0 (1 - f + f min(V/V0, 1.5)) - I) + g praise (1 - I)``."""
        p, i = self.model.p.interest, self.interest
        change = self.model.pace * (self.model.worth - i) - p.crowding * self.pay * i
        if "praise" in self.given:
            change += p.praise * self.given["praise"] * (1 - i)
        self.interest = min(max(i + change, 0.0), 1.0)

    def tires(self, load: float) -> None:
        """overload: ``F <- F + s (came strain - F),  strain = min(max(load / capacity - 1, 0), 3)``."""
        p = self.model.p.overload
        strain = min(max(load / p.capacity - 1, 0.0), 3.0)
        self.fatigue += p.speed * (self.came * strain - self.fatigue)

    # churn --------------------------------------------------------------------------------------

    def may_go(self) -> None:
        """departure: leaving ``h = exit R``, muting ``h = theta/(t + t0) R``, t the days since joining.

        R = Z exp(-b (B - B0) + f F + g L). Who is put out by a rule leaves at once.
        """
        p, luck, who = self.model.p.departure, self.model.luck, self.person
        self.exiting = self.put_out()
        x = p.strain * self.fatigue + p.grief * self.loss + self.hazard
        risk = exp(min(x - p.bond * (self.belonging - self.model.community.belonging), 20))
        leave, mute, _, _ = luck.uniforms(who, _GO)
        if luck.decide(leave, p.exit * risk, who, "leaves"):
            self.exiting = True
        elif not self.muted:
            tenure = self.model.day - self.joined
            self.muted = self.gone = luck.decide(mute, p.theta / (tenure + p.start) * risk, who, "mutes")

    def put_out(self) -> bool:
        """Whether a rule puts this member out today."""
        return "removals" in self.given and self.given["removals"] > 0

    def may_give_up(self) -> None:
        """kcore: leave where friends are at most ``ratio``, or where a rule puts one out."""
        few = len(self.friends) <= int(self.model.p.kcore.ratio)
        self.exiting = self.exiting or few or self.put_out()


class Owner(Member):
    """Somebody who runs the group (群主): neither mutes nor leaves, tires of the work, stays owner."""

    __slots__ = ()
    role = Role.OWNER

    def vigour(self) -> float:
        """conversation: the owner's talk is multiplied by E."""
        return self.model.energy

    def may_go(self) -> None:
        """departure: owners go only where a rule puts them out."""
        self.exiting = self.exiting or self.put_out()

    def may_give_up(self) -> None:
        """kcore: owners go only where a rule puts them out."""
        self.exiting = self.exiting or self.put_out()


class KOL(Member):
    """Somebody others listen to (大神)."""

    __slots__ = ()
    role, sinks = Role.KOL, 0.08


class Novice(Member):
    """Somebody who is learning (小白)."""

    __slots__ = ()
    role, rises, able, sinks = Role.NOVICE, 0.4, 0.7, 0.02


class Lurker(Member):
    """Somebody who reads and is silent (潜水)."""

    __slots__ = ()
    role, rises = Role.LURKER, 0.15


KOL.below = Novice
Novice.above, Novice.below = KOL, Lurker
Lurker.above = Novice
#: The class of each role, in the order of :class:`~simulator.members.Role`.
CLASSES: tuple[type[Member], ...] = (Owner, KOL, Novice, Lurker)
