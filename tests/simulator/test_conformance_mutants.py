"""Every check has broken strategies that it alone catches."""

import random
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from simulator.conformance import check_strategy, checks_for
from simulator.knobs import knob
from simulator.stimuli import Award, Entry, Offer, Prospect
from simulator.strategy import Strategy


@dataclass(frozen=True, kw_only=True)
class Sound(Strategy):
    """A small gift for a few visitors, rather for those who have had none. Nothing is wrong with it."""

    name: ClassVar[str] = "sound"
    title: ClassVar[dict[str, str]] = {"en": "Gifts", "zh": "礼物"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "reward", "praise", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("known2000",)
    remembers: ClassVar[dict[str, type]] = {"had": np.int32}

    people: int = knob(5, low=1, high=100, unit="people", doc="how many get one")
    worth: float = knob(2.0, low=0, high=100, off=0.0, unit="yuan", doc="worth of each")
    notice: float = knob(1.0, low=0, high=5, off=0.0, unit="notices", doc="how clearly it is announced")
    hours: float = knob(0.5, low=0, high=24, off=0.0, unit="hours", doc="work")

    def offer(self, day, whom, memory):
        return Offer(prompt=self.told(day, whom, memory)) if self.notice else Offer()

    def told(self, day, whom, memory):
        return self.notice

    def award(self, day, whom, came, memory):
        if not self.worth:
            return Award(hours=self.hours or None)
        lucky = self.choose(day, came & whom, memory)
        self.note(memory, lucky)
        return Award(**self.given(day, whom, came, lucky))

    def choose(self, day, among, memory):
        return day.pick(among, self.people, "lucky", weight=1 / (1 + memory["had"]))

    def note(self, memory, lucky):
        memory["had"] += lucky

    def given(self, day, whom, came, lucky):
        cost = self.worth * day.count(lucky)
        worth = self.worth * lucky
        return {"reward": worth, "praise": 1.0 * lucky, "cost": cost, "hours": self.hours or None}


MUTANTS: list[tuple[type[Strategy], str]] = []


def caught_by(check):
    def enter(kind):
        MUTANTS.append((kind, check))
        return kind

    return enter


# What is declared -------------------------------------------------------------------------------------------


@caught_by("declaration")
class NoChinese(Sound):
    title = {"en": "Gifts"}


@caught_by("declaration")
class CamelName(Sound):
    name = "smallGift"


@caught_by("declaration")
@dataclass(frozen=True, kw_only=True)
class NotAKnob(Sound):
    """A field that nobody can see on the card."""

    secret: float = 1.0


@caught_by("declaration")
@dataclass(frozen=True, kw_only=True)
class SaysNothing(Sound):
    """A knob without a meaning."""

    extra: float = knob(1.0, low=0, high=2, doc="")


@caught_by("declaration")
@dataclass(frozen=True, kw_only=True)
class TaggedWithoutSource(Sound):
    """A knob that was found somewhere, but where?"""

    extra: float = knob(1.0, low=0, high=2, doc="something", tag="S")


@caught_by("ranges_enforced")
class TakesAnything(Sound):
    def __post_init__(self):
        pass


@caught_by("round_trip")
class ForgetsAKnob(Sound):
    def plain(self):
        return {name: value for name, value in super().plain().items() if name != "people"}


@caught_by("citations")
class CitesNobody(Sound):
    evidence = ("nobody1999",)


@caught_by("heard")
class SpeaksIntoTheVoid(Sound):
    uses = Sound.uses | {"telepathy"}


# Whether it runs, and what it hands over --------------------------------------------------------------------


@caught_by("runs")
class FirstDay(Sound):
    def told(self, day, whom, memory):
        return self.notice * (day.yesterday["visitors"] > 0)  # there is no yesterday on the first day


@caught_by("runs")
class WritesMembers(Sound):
    def told(self, day, whom, memory):
        day.members.habit[:] += 0.1
        return self.notice


@caught_by("runs")
class WritesTies(Sound):
    def told(self, day, whom, memory):
        day.ties.fade(0.5)
        return self.notice


@caught_by("doses")
class Negative(Sound):
    def told(self, day, whom, memory):
        return -self.notice


@caught_by("doses")
class NotFinite(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"hours": np.nan}


@caught_by("doses")
class ListsForArrays(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"praise": (1.0 * lucky).tolist()}


@caught_by("doses")
class SurerThanSure(Sound):
    uses = Sound.uses | {"prospects"}

    def offer(self, day, whom, memory):
        return Offer(prompt=self.notice, prospects=(Prospect(1.0, 1.5),)) if self.notice else Offer()


@caught_by("channels_declared")
class Undeclared(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"badges": 1.0 * lucky}


@caught_by("nothing_to_the_absent")
class PraisesTheAbsent(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"praise": 1.0 * (whom & ~came)}


@caught_by("nothing_to_the_absent")
class IgnoresWhom(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"praise": 1.0 * came}


@caught_by("books_balance")
class ForgetsCost(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"cost": None}


@caught_by("odd_communities")
class DividesByOwners(Sound):
    def told(self, day, whom, memory):
        with np.errstate(divide="ignore"):
            return (self.notice / day.count(day.members.role == 0))[:, None] * whom


# Luck, company, seats ---------------------------------------------------------------------------------------

_SEEN: dict[int, list[float]] = {}


@caught_by("runs_do_not_meet")
class TakesOneRunForAnother(Sound):
    """Keeps outside of memory what a replicate was like, and takes the run before last for this one."""

    def told(self, day, whom, memory):
        told = self.notice * whom
        if day.index == 1:
            for r, number in enumerate(day.draws.replicates.tolist()):
                seen = _SEEN.setdefault(number, [])
                seen.append(day.yesterday["visitors"][r])
                told[r] *= 1 + (seen[-3:-2] == seen[-1:] != seen[-2:-1])
        return told


@caught_by("no_outside_randomness")
class OwnGenerator(Sound):
    def told(self, day, whom, memory):
        return self.notice * np.random.default_rng(day.index).random()


@caught_by("no_outside_randomness")
class OwnRandom(Sound):
    def told(self, day, whom, memory):
        return self.notice * random.Random(day.index).random()


@caught_by("batch_is_singles")
class ComparesGroups(Sound):
    def given(self, day, whom, came, lucky):
        busiest = (day.count(came) == day.count(came).max())[:, None]
        return super().given(day, whom, came, lucky) | {"praise": 1.0 * (lucky & busiest)}


@caught_by("batch_is_singles")
class SilentWhereNobodyIsMeant(Sound):
    """Says that there is nothing to win only where somebody in another group may win something."""

    uses = Sound.uses | {"prospects"}

    def offer(self, day, whom, memory):
        due = memory["had"] > 1
        prospects = (Prospect(1.0 * due),) if self.worth and due.any() else ()
        return Offer(prompt=self.notice or None, prospects=prospects)


@caught_by("members_interchangeable")
class EveryThirdSlot(Sound):
    def told(self, day, whom, memory):
        return self.notice * (whom & (np.arange(whom.shape[1]) % 3 == 0))


@caught_by("padding_irrelevant")
class CountsSlots(Sound):
    def told(self, day, whom, memory):
        return self.notice * min(1.0, 20 / whom.shape[1])


@caught_by("no_foresight")
class LooksUpAttendance(Sound):
    def told(self, day, whom, memory):
        return self.notice * (whom & (day.draws.of("attendance").uniform("comes") < 0.5))


# Memory -----------------------------------------------------------------------------------------------------


@caught_by("offer_only_reads")
class OfferWrites(Sound):
    def told(self, day, whom, memory):
        memory["had"] += whom
        return self.notice


@caught_by("memory_declared")
class HiddenColumn(Sound):
    def note(self, memory, lucky):
        super().note(memory, lucky)
        memory["last"] = lucky


@caught_by("memory_declared")
class BindsAnother(Sound):
    def note(self, memory, lucky):
        memory["had"] = memory["had"] + lucky


@caught_by("memory_is_all")
class CountsOnItself(Sound):
    def told(self, day, whom, memory):
        days = 0 if day.index == 0 else getattr(self, "days", 0) + 1
        object.__setattr__(self, "days", days)
        return self.notice / (1 + days)


# Speed, cost, nought, company of mechanisms -----------------------------------------------------------------


@caught_by("vectorised")
class LoopsOverMembers(Sound):
    def note(self, memory, lucky):
        for r in range(lucky.shape[0]):
            for i in range(lucky.shape[1]):
                if lucky[r, i]:
                    memory["had"][r, i] += 1


@caught_by("dose_raises_cost")
class NoticesSaveWork(Sound):
    def given(self, day, whom, came, lucky):
        return super().given(day, whom, came, lucky) | {"hours": self.hours * (2 - self.notice / 5)}


@caught_by("dose_raises_cost")
class CostsNothing(Sound):
    def award(self, day, whom, came, memory):
        return Award(praise=1.0 * (came & whom)) if self.worth else Award()


@caught_by("placebo_is_inert")
class NotOffAtNought(Sound):
    def offer(self, day, whom, memory):
        return Offer(prompt=1.0)


@caught_by("placebo_is_inert")
class CeremonyAtNought(Sound):
    uses = Sound.uses | {"ceremony"}

    def entry(self):
        return Entry(ceremony=30.0)


@caught_by("order_irrelevant")
class OnlyIfFirst(Sound):
    def told(self, day, whom, memory):
        others = getattr(day._world, "offers", [])
        return self.notice * (not others)


_BUSY: list[int] = [-1]


@caught_by("order_irrelevant")
class OneADay(Sound):
    """Two doses of it share a day's work by way of the module."""

    def award(self, day, whom, came, memory):
        taken, _BUSY[0] = _BUSY[0] == day.index, day.index
        return Award() if taken else super().award(day, whom, came, memory)


@caught_by("only_the_ledger")
class WorksOnTheOwner(Sound):
    def told(self, day, whom, memory):
        getattr(day._world, "energy", np.ones(1))[:] *= 0.9
        return self.notice


def test_every_check_has_a_mutant():
    assert {check for _, check in MUTANTS} == {check.name for check in checks_for(Sound())}


def test_a_sound_strategy_passes_every_check():
    verdicts = check_strategy(Sound(), bibliography={"known2000"})
    assert {verdict.status for verdict in verdicts} == {"passed"}


@pytest.mark.parametrize(("kind", "check"), MUTANTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_mutant_is_caught_by_its_check_alone(kind, check):
    verdicts = check_strategy(kind(), bibliography={"known2000"}, on_fail=None)
    failed = {verdict.check: verdict.reason for verdict in verdicts if verdict.status == "failed"}
    assert set(failed) == {check}, failed
    assert failed[check]
