"""Broken plug-ins of the kinds that authors write, each of which one of the invariances must catch."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.simulation import Simulation
from simulator.stimuli import Award, Offer
from simulator.strategy import Strategy, knob
from tests.worlds import (
    LEDGER,
    SMALL,
    differences,
    mechanisms,
    off,
    plug_in,
    reseat,
    rows,
    scenario,
    simulate,
)

BUSY = replace(SMALL, arrivals=1.0, cap=90)
TOLD = {"community": BUSY, "days": 10, "follow_up": 4}


# The four examinations --------------------------------------------------------------------------------------


def alone_in_a_batch(strategies=(), **told):
    batch = simulate(strategies, replicates=range(4), **{**TOLD, **told})
    single = simulate(strategies, replicates=[2], **{**TOLD, **told})
    return differences(single, rows(batch, [2]))


def wider(strategies=(), **told):
    roomy = replace(BUSY, cap=140)
    return differences(
        simulate(strategies, **{**TOLD, **told}), simulate(strategies, **{**TOLD, **told, "community": roomy})
    )


def other_seats(strategies=(), **told):
    plain, moved = (Simulation(scenario(strategies, **{**TOLD, **told}), range(3), 5) for _ in range(2))
    reseat(moved, np.random.default_rng(0))
    return differences(plain.run(), moved.run())


def placebo(strategies=(), **told):
    doses = [(label, strategy.placebo()) for label, strategy in strategies]
    return differences(simulate(doses, **{**TOLD, **told}), simulate(**{**TOLD, **told}))


def deaf(strategies=(), **told):
    uses = frozenset().union(*(strategy.uses for _, strategy in strategies))
    gone = off(*(name for name, kind in mechanisms().items() if kind.hears & uses))
    return differences(
        simulate(strategies, **{**TOLD, **told}, mechanisms=gone),
        simulate(**{**TOLD, **told}, mechanisms=gone),
        but=LEDGER,
    )


EXAMS = {exam.__name__: exam for exam in (alone_in_a_batch, wider, other_seats, placebo, deaf)}


# Strategies -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sound(Strategy):
    """Thanks one visitor in three. Nothing is wrong with it."""

    name: ClassVar[str] = "sound"
    title: ClassVar[dict[str, str]] = {"en": "Thanks", "zh": "感谢"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "praise", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[dict[str, type]] = {"thanked": np.int32}

    mentions: float = knob(3.0, low=0, high=9, off=0.0, doc="mentions")

    def offer(self, day, whom, memory):
        return Offer(prompt=1.0) if self.mentions else Offer()

    def award(self, day, whom, came, memory):
        if not self.mentions:
            return Award()
        lucky = self.choose(day, came, memory)
        memory["thanked"] += lucky
        return Award(praise=self.mentions * lucky, hours=0.1, cost=day.count(lucky))

    def choose(self, day, came, memory):
        return day.draws.bernoulli(1 / 3, "thanks", came)


class SumsOverAllRows(Sound):
    def choose(self, day, came, memory):
        return came & (came.sum() % 2 == 0)  # of all communities together


class ComparesWithOtherRows(Sound):
    def choose(self, day, came, memory):
        busiest = day.count(came) >= day.count(came).max()
        return came & busiest[:, None]


class DependsOnPadding(Sound):
    def choose(self, day, came, memory):
        return came & (day.draws.uniform("thanks") < 20 / came.shape[1])


class DependsOnSlots(Sound):
    def choose(self, day, came, memory):
        return came & (np.arange(came.shape[1]) % 3 == 0)


class FirstComeBySlot(Sound):
    def choose(self, day, came, memory):
        return came & (came.cumsum(axis=1) <= 3)


class OwnGenerator(Sound):
    def choose(self, day, came, memory):
        return came & (np.random.default_rng(day.index).random(came.shape) < 1 / 3)


class NotOffAtNought(Sound):
    def offer(self, day, whom, memory):
        return Offer(prompt=1.0)


class WorksAtNought(Sound):
    def award(self, day, whom, came, memory):
        return Award(hours=5.0)


class WritesTies(Sound):
    def choose(self, day, came, memory):
        day._world.ties.fade(0.5)  # behind the day: a tactic writes no state, and day.ties has no way to
        return super().choose(day, came, memory)


class HidesState(Sound):
    """Remembers outside of its columns: replicate r depends on how many rows were run before."""

    seen: ClassVar[list[int]] = []

    def choose(self, day, came, memory):
        self.seen.append(len(came))
        return came & (sum(self.seen) % 2 == 0)


MUTANTS = [
    (SumsOverAllRows, "alone_in_a_batch"),
    (ComparesWithOtherRows, "alone_in_a_batch"),
    (OwnGenerator, "alone_in_a_batch"),
    (HidesState, "alone_in_a_batch"),
    (DependsOnPadding, "wider"),
    (DependsOnSlots, "other_seats"),
    (FirstComeBySlot, "other_seats"),
    (OwnGenerator, "other_seats"),
    (NotOffAtNought, "placebo"),
    (WorksAtNought, "placebo"),
    (WritesTies, "deaf"),
]


def at_work(kind):
    return [("mutant", kind())]


@pytest.mark.parametrize("exam", EXAMS)
def test_a_sound_strategy_passes_every_examination(exam):
    assert EXAMS[exam](at_work(Sound)) == []
    assert simulate(at_work(Sound), **TOLD).daily["hours"].any()


@pytest.mark.parametrize(("kind", "exam"), MUTANTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_broken_strategy_fails(kind, exam):
    assert EXAMS[exam](at_work(kind)) != []


# Mechanisms -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Mood(Mechanism):
    """The more come, the merrier. Nothing is wrong with it."""

    name: ClassVar[str] = "cheer"

    weight: float = param(0.5, 0.0, 1.0, doc="cheer", tag="A")

    def pull(self, world):
        world.pull += self.cheer(world)[:, None].astype(np.float32)

    def cheer(self, world):
        return world.params[self.name]["weight"] * world.came.sum(axis=1) / world.members.present.sum(axis=1)


class MeanOfAllRows(Mood):
    def cheer(self, world):
        return 3 * world.params[self.name]["weight"] * world.came.mean()


class MeanOverSlots(Mood):
    def cheer(self, world):
        return world.params[self.name]["weight"] * world.came.mean(axis=1)


class CountsEmptySlots(Mood):
    def cheer(self, world):
        return 0.01 * (world.members.belonging == 0).sum(axis=1)


class SeesTheFirstSlot(Mood):
    def cheer(self, world):
        return 0.5 * world.came[:, 0]


class SharesItsLuck(Mood):
    """Draws for the batch instead of for each replicate."""

    def cheer(self, world):
        return np.random.default_rng(world.day).normal(size=world.shape[0]) / 3


BROKEN = [
    (MeanOfAllRows, "alone_in_a_batch"),
    (SharesItsLuck, "alone_in_a_batch"),
    (MeanOverSlots, "wider"),
    (CountsEmptySlots, "wider"),
    (SeesTheFirstSlot, "other_seats"),
]


@pytest.mark.parametrize("exam", ["alone_in_a_batch", "wider", "other_seats"])
def test_a_sound_mechanism_passes(monkeypatch, exam):
    plain = simulate(**TOLD)
    plug_in(monkeypatch, Mood)
    assert EXAMS[exam]() == []
    assert differences(plain, simulate(**TOLD)) != []


@pytest.mark.parametrize(("kind", "exam"), BROKEN, ids=lambda x: getattr(x, "__name__", x))
def test_a_broken_mechanism_fails(monkeypatch, kind, exam):
    plug_in(monkeypatch, kind)
    assert EXAMS[exam]() != []
