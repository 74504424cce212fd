"""The fast engine with real history fed in: what it expects of each day, told afterwards what happened.

A day of :class:`Followed` is a day of the simulation, but that the table says who checked in:

    P(done) = A P(come) P(check in | came)      from the attendance logit and from ``uptake``
    done:   came and checked in
    missed: did not check in; came with chance A P(come) (1 - P(check in | came)) / (1 - P(done))
    empty:  nothing is known; the engine draws

Every other mechanism then moves on from that day as from a simulated one. A is the chance of not having muted
the group. Muting cannot be seen in a table and one miss cannot be told from it, so it is summed over instead
of drawn, with the hazards of ``departure`` and ``awakening``:

    done: A <- 1;   missed: A <- (A - P(done)) / (1 - P(done));   night: A <- (A + (1 - A) wake) (1 - h)
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from experiments.validation.cohorts.reading import DONE, EMPTY, MISSED, Cohort
from simulator.draws import Bools, Draws
from simulator.mechanism import Parameters
from simulator.mechanisms.uptake import Uptake
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.world import World

Floats = NDArray[np.float64]


class Followed(Simulation):
    """A simulation that follows a table of check-ins.

    Args:
        scenario: One community of the cohort's size with a tactic that asks for check-ins; the mechanism
            ``departure`` off, since muting is summed over.
        replicates: Global replicate numbers.
        cohort: What happened.
        seed: Seed.
        parameters: By mechanism and parameter, a value for each row.

    Attributes:
        chances: P(done) of each cell given the days before it, ``(days so far, R, N)``.
    """

    def __init__(
        self,
        scenario: Scenario,
        replicates: Iterable[int],
        cohort: Cohort,
        seed: int = 0,
        parameters: Parameters | None = None,
    ) -> None:
        super().__init__(scenario, replicates, seed, parameters)
        w = self.world
        self._cohort, self._awake = cohort, np.ones(w.shape)
        self.chances: list[NDArray[np.float32]] = []
        ours = next(m for m in w.mechanisms if isinstance(m, Uptake))
        self._uptake = _Told(cohort, ours)
        w.mechanisms[w.mechanisms.index(ours)] = self._uptake  # type: ignore[call-overload]

    def _run(self, phase: str) -> None:
        super()._run(phase)
        if phase == "attendance":
            self._tell()
        elif phase == "churn":
            self._mute()

    def _tell(self) -> None:
        """Note what was expected, and let come who is told to have come."""
        w, seen = self.world, self._cohort.told[self.world.day]
        come = self._awake * expit(w.pull.astype(np.float64))
        done = come * self._uptake.ours.chance(w, w.members.present)
        self.chances.append(done.astype(np.float32))
        came = np.where(seen == DONE, 1.0, np.where(seen == MISSED, (come - done) / (1.0 - done), come))
        came *= self._cohort.there(w.day)
        w.came[:] = w.draws.of("told", w.day).uniform("came") < came
        missed = (self._awake - done) / (1.0 - done)
        self._awake = np.where(seen == DONE, 1.0, np.where(seen == MISSED, missed, self._awake))

    def _mute(self) -> None:
        """The night: some who had muted look in again, some mute."""
        w = self.world
        self._awake += (1.0 - self._awake) * w.params["awakening"]["rate"][:, None]
        self._awake *= 1.0 - np.minimum(hazard(w), 1.0)


def hazard(world: World) -> Floats:
    """Chance that each member mutes tonight, ``(R, N)``: the equation of ``departure``."""
    p = {name: column[:, None].astype(np.float64) for name, column in world.params["departure"].items()}
    m = world.members
    risk = np.exp(
        -p["bond"] * (m.belonging - world.community.belonging) + p["strain"] * m.fatigue + p["grief"] * m.loss
    )
    return np.asarray(p["theta"] / (world.day - m.joined + p["start"]) * risk, np.float64)


class _Told:
    """Stands in for ``uptake``: the table says who checks in, the mechanism where the table says nothing."""

    name, replaces = "uptake", ""

    def __init__(self, cohort: Cohort, ours: Uptake) -> None:
        self.cohort, self.ours = cohort, ours

    def checks_in(self, world: World, draws: Draws, among: Bools) -> Bools:
        """Who of the visitors ``among`` checks in."""
        seen = self.cohort.told[world.day]
        unknown = (seen == EMPTY) & self.cohort.there(world.day)
        drawn = self.ours.checks_in(world, draws, among & unknown) if unknown.any() else False
        return np.asarray(among & ((seen == DONE) | drawn))

    def goes(self, world: World, draws: Draws, among: Bools, decision: str) -> Bools:
        """Who of ``among`` would go."""
        return self.ours.goes(world, draws, among, decision)
