"""Every check of mechanisms has broken mechanisms that it alone catches."""

import random
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from simulator.conformance import check_mechanism, checks_for
from simulator.knobs import param
from simulator.mechanism import Mechanism
from simulator.members import Column


@dataclass(frozen=True, kw_only=True)
class Cheer(Mechanism):
    """The more came yesterday, the merrier. Nothing is wrong with it."""

    name: ClassVar[str] = "cheer"

    weight: float = param(0.8, 0.0, 1.5, unit="logit", doc="cheer on coming", tag="S", source="known2000")

    def pull(self, world):
        world.pull += (world.params[self.name]["weight"] * self.cheer(world))[:, None].astype(np.float32)

    def cheer(self, world):
        return world.came.sum(axis=1) / np.maximum(world.members.present.sum(axis=1), 1)


MUTANTS: list[tuple[type[Mechanism], str]] = []


def caught_by(check):
    def enter(kind):
        MUTANTS.append((kind, check))
        return kind

    return enter


@caught_by("declaration")
class MisspeltPhase(Cheer):
    def conversations(self, world):
        world.talk[:] = 0


@caught_by("declaration")
class HearsNothingThereIs(Cheer):
    hears = frozenset({"telepathy"})


@caught_by("declaration")
@dataclass(frozen=True, kw_only=True)
class NoEvidence(Cheer):
    """A number without a tag."""

    extra: float = param(1.0, 0.0, 2.0, doc="something", tag="")


@caught_by("runs")
class ReplacesNothing(Cheer):
    replaces = "habits"


@caught_by("ranges_enforced")
class TakesAnything(Cheer):
    @classmethod
    def make(cls, **given):
        return cls(**given, fixed=frozenset(given))


@caught_by("ranges_enforced")
class DrawsWidely(Cheer):
    def draw(self, seed, replicates, uncertain):
        return {name: 3 * column for name, column in super().draw(seed, replicates, uncertain).items()}


@caught_by("citations")
@dataclass(frozen=True, kw_only=True)
class CitesNobody(Cheer):
    """A source that is nowhere."""

    extra: float = param(1.0, 0.0, 2.0, doc="something", tag="S", source="nobody1999")


@caught_by("runs")
class Crashes(Cheer):
    def cheer(self, world):
        return world.members.cheerfulness.sum(axis=1)


@caught_by("odd_communities")
class DividesByOwners(Cheer):
    def habit(self, world):
        with np.errstate(all="ignore"):
            owners = (world.members.present & (world.members.role == 0)).sum(axis=1)
            world.members.habit[:] += (0 * (1 / owners))[:, None]


_ROWS: list[tuple[int, ...]] = []


@caught_by("runs_do_not_meet")
class TakesOneRunForAnother(Cheer):
    """Keeps outside of the world what was run, and is merrier where a run comes back after another."""

    def opening(self, world):
        _ROWS.append(tuple(world.replicates))
        if _ROWS[-3:-2] == _ROWS[-1:] != _ROWS[-2:-1]:
            world.members.interest[:] = 0


@caught_by("no_outside_randomness")
class OwnRandom(Cheer):
    def cheer(self, world):
        return super().cheer(world) * random.Random(world.day).random()


@caught_by("batch_is_singles")
class MeanOfAllRows(Cheer):
    def cheer(self, world):
        return np.full(world.shape[0], world.came.sum() / world.members.present.sum())


@caught_by("batch_is_singles")
class WritesNextRow(Cheer):
    def habit(self, world):
        world.members.habit[1:] += np.float32(0.01) * world.came[:-1].any(axis=1)[:, None]


@caught_by("members_interchangeable")
class SeesTheFirstSlot(Cheer):
    def cheer(self, world):
        return world.came[:, 0]


@caught_by("padding_irrelevant")
class MeanOverSlots(Cheer):
    def cheer(self, world):
        return world.came.sum(axis=1) / world.shape[1]


@caught_by("order_irrelevant")
class Doubles(Cheer):
    def pull(self, world):
        world.pull *= np.float32(1.2)


@caught_by("on_changes_something")
class Idle(Cheer):
    def pull(self, world):
        pass


@caught_by("off_is_nothing")
class TakesAColumn(Cheer):
    columns = {"last_came": Column(np.int32, 0, "last day visited, from 0")}


@caught_by("hears_as_declared")
class Eavesdrops(Cheer):
    def belonging(self, world):
        praise = world.given("praise")
        if praise is not None:
            world.members.effect[:] -= 0.2 * praise


def test_every_check_has_a_mutant():
    assert {check for _, check in MUTANTS} == {check.name for check in checks_for(Cheer())}


def test_a_sound_mechanism_passes_every_check():
    for plain in (
        Cheer(),
        Cheer.make(weight=0.3),
        Cheer.make(weight={"low": 0.1, "middle": 0.2, "high": 0.9}),
    ):
        verdicts = check_mechanism(plain, bibliography={"known2000"})
        assert {verdict.status for verdict in verdicts} == {"passed"}


@pytest.mark.parametrize(("kind", "check"), MUTANTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_mutant_is_caught_by_its_check_alone(kind, check):
    verdicts = check_mechanism(kind(), bibliography={"known2000"}, on_fail=None)
    failed = {verdict.check: verdict.reason for verdict in verdicts if verdict.status == "failed"}
    assert set(failed) == {check}, failed
    assert failed[check]
