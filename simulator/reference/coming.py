"""Whether a member comes today, mechanism by mechanism: each method is one equation of the model.

Sources of the equations and of their parameters: :mod:`simulator.mechanisms`, under the same names.
"""

from math import exp

from simulator.draws import key
from simulator.members import Role
from simulator.reference.person import Person

_COME = key("attendance", "come")
#: Value of the content of an ordinary day.
V0 = 0.5


class Visitor(Person):
    """Somebody who decides every day whether to come."""

    __slots__ = ()

    # pull: what speaks for and against coming today, as terms of a logit -----------------------------------

    def inclined(self) -> float:
        """disposition: ``logit(visiting_role) + a_i + u_r + ln odds(weekday)``."""
        return self.model.usual[self.role] + self.effect + self.model.effect + self.model.weekday

    def attracted(self) -> float:
        """content: ``w (I V - I0 V0) + w I (1 - exp(-announced / knee)) N``."""
        p = self.model.p.content
        pull = p.weight * (self.interest * self.model.value - self.model.community.interest * V0)
        for s in self.shown:
            if s.announced:
                pull += (
                    p.weight * self.interest * (1 - exp(-s.announced / p.knee)) * self.fresh.get(s.label, 1.0)
                )
        return float(pull)

    def belongs(self) -> float:
        """belonging: ``w (B - B0)``."""
        return float(self.model.p.belonging.weight * (self.belonging - self.model.community.belonging))

    def accustomed(self) -> float:
        """habit: ``w (H - H0)``."""
        return float(self.model.p.habit.weight * (self.habit - self.model.community.habit))

    def tired(self) -> float:
        """overload: ``-w F``."""
        return float(-self.model.p.overload.weight * self.fatigue)

    def annoyed(self) -> float:
        """irritation: ``-w A``."""
        return float(-self.model.p.irritation.weight * self.irritation)

    def worn(self) -> float:
        """owner_energy: ``2 (E - 1)`` for owners."""
        return 2 * (self.model.energy - 1) if self.role == Role.OWNER else 0.0

    def drawn_by_friends(self) -> float:
        """social_pull: ``w t / (1 + t)``, t the strength of ties to yesterday's visitors, if enough."""
        p, t = self.model.p.social_pull, self.near()
        enough = sum(friend.came for friend in self.friends) >= round(p.threshold)
        return float(p.weight * t / (1 + t)) if enough else 0.0

    def reminded(self) -> float:
        """prompts: ``w (1 - exp(-prompt)) N``."""
        w, pull = self.model.p.prompts.weight, 0.0
        for s in self.shown:
            if s.prompt:
                pull += w * (1 - exp(-s.prompt)) * self.fresh.get(s.label, 1.0)
        return pull

    def lured(self) -> float:
        """rewards: ``w N_k [U_k + phi s_k] + w_mood M``, amounts against ``ref = adaptation x E_k``."""
        p = self.model.p.rewards
        pull = p.mood * self.mood
        for s in self.shown:
            if s.prospects is not None and s.prospects.pays:
                ref = p.adaptation * self.expected.get(s.label, 0.0)
                worth = s.prospects.utility(ref, p.money, p.loss)
                pull += self.fresh.get(s.label, 1.0) * (p.weight * worth + p.phi * s.prospects.spread)
        return float(pull)

    def keeps_streak(self) -> float:
        """streaks: ``gamma min(run, 7)/7 N - b W``."""
        p, pull = self.model.p.streaks, 0.0
        for s in self.shown:
            if s.run is not None:
                fresh = self.fresh.get(s.label, 1.0)
                pull += p.gain * min(s.run, 7) / 7 * fresh - p.pain * self.wound[s.label]
        return pull

    def opens_the_group(self) -> float:
        """arrivals: ``opens`` on the day of joining."""
        return self.model.p.arrivals.opens if self.joined == self.model.day > self.model.first else 0.0

    def was_received(self) -> float:
        """reception: ``(reply replied + welcome G) max(1 - t / new, 0)``, t days since joining."""
        p = self.model.p.reception
        met = p.reply * self.welcomed + p.welcome * self.greeted
        return float(met * max(1 - (self.model.day - self.joined) / p.new, 0))

    # offers, attendance ------------------------------------------------------------------------------------

    def sees(self) -> None:
        """novelty: ``x <- d x + exposed,  N = f + (1 - f) exp(-x / x0)``, of each tactic."""
        p = self.model.p.novelty
        keep = 1 - p.recovery
        self.fresh.clear()
        for label in self.seen:
            self.seen[label] *= keep
        for s in self.shown:
            if s.speaks and not self.muted:
                x = self.seen.get(s.label, 0.0)
                self.fresh[s.label] = p.floor + (1 - p.floor) * exp(-x / p.scale)
                self.seen[s.label] = x + 1

    def feels_the_sting(self) -> None:
        """streaks: the sting of a run that fell from s to r, fading; two days are no streak yet.

        ``W <- max(W / 2^(1/half-life), (1 - r/s) min(s - 2, 5)/5)``.
        """
        for s in self.shown:
            if s.run is not None:
                held, wound = self.held.get(s.label, 0.0), self.wound.get(s.label, 0.0)
                if wound > 0:
                    wound *= 0.5 ** (1 / self.model.p.streaks.half_life)
                if s.run < held and held > 2:
                    wound = max(wound, (1 - s.run / held) * min(held - 2, 5) / 5)
                self.held[s.label], self.wound[s.label] = s.run, wound

    def weighs_up(self) -> None:
        """The logit of coming, for those who have not muted: the sum of what speaks for and against it."""
        self.coming, self.stirred = False, not self.muted
        if self.stirred:
            x = 0.0
            for term in self.model.pulls:
                x += term(self)
            self.pull = x

    def attends(self) -> None:
        """attendance: came ~ Bernoulli(1 / (1 + exp(-logit))), unless muted."""
        if self.stirred:
            u = self.model.luck.uniform(self.person, _COME)
            self.coming = self.model.luck.decide(u, 1 / (1 + exp(-self.pull)), self.person, "comes")
            self.visits += self.coming

    # uptake: asked by tactics ------------------------------------------------------------------------------

    def checks_in(self, decision: int) -> bool:
        """uptake: a visitor checks in with chance ``logistic(check + 3 (discipline - 0.4))``."""
        if "uptake" not in self.model.on:
            return False
        x = self.model.p.uptake.check + 3 * (self.discipline - 0.4)
        u = self.model.luck.uniform(self.person, decision)
        return self.model.luck.decide(u, 1 / (1 + exp(-x)), self.person, ("checks in", decision))

    def goes(self, decision: int) -> bool:
        """uptake: somebody asked would go with chance ``go (0.5 + B)``."""
        if "uptake" not in self.model.on:
            return False
        u = self.model.luck.uniform(self.person, decision)
        p = self.model.p.uptake.go * (0.5 + self.belonging)
        return self.model.luck.decide(u, p, self.person, ("goes", decision))
