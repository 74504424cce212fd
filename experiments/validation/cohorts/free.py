"""The model running freely: tables of check-ins that nobody made, to lay beside the real one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.validation.cohorts.curves import ruled
from experiments.validation.cohorts.likelihood import columns, scenario
from experiments.validation.cohorts.people import LEVELS, WEEKEND, People, Settings, weekend
from experiments.validation.cohorts.reading import Cohort
from simulator.simulation import Simulation

Floats = NDArray[np.float64]


def simulated(
    cohort: Cohort,
    bank: Sequence[Settings],
    peoples: Sequence[People],
    prior: Floats,
    worlds: int,
    seed: int = 0,
) -> list[Cohort]:
    """Tables of a group of the cohort's size and length, drawn before anything is known of it.

    Args:
        cohort: Its size, length and days without check-ins are taken, and whether members were ever removed.
        bank: Settings.
        peoples: Kinds of people.
        prior: Weight by settings, people and level, ``(settings, peoples, levels)``.
        worlds: How many tables.
        seed: Seed.
    """
    rng = np.random.default_rng([seed, len(cohort.members), cohort.days])
    drawn = np.unravel_index(rng.choice(prior.size, worlds, p=prior.ravel() / prior.sum()), prior.shape)
    size = len(cohort.members)
    setting = scenario(size, cohort.days, also=("awakening", "departure"))
    chosen = [bank[k] for k in drawn[0]]
    run = Simulation(setting, range(worlds), seed, columns(chosen, 1))
    odds = np.array([one[WEEKEND] for one in chosen])
    run.world.members.effect[:] = np.stack([_effects(peoples[h], size, rng) for h in drawn[1]])
    done = np.zeros((worlds, cohort.days, size), bool)
    for day in range(cohort.days):
        run.world.effect[:] = LEVELS[drawn[2]] + weekend(odds, day)
        run.step()
        done[:, day] = run.world.awards[0][1].tokens
    return [ruled(f"{cohort.name} {k}", table, cohort) for k, table in enumerate(done)]


def _effects(people: People, size: int, rng: np.random.Generator) -> Floats:
    """Personal effects of members, ``(size,)``."""
    role = rng.random(size)
    shift = np.where(role < people.keen, people.above, np.where(role > 1 - people.idle, -people.below, 0.0))
    return np.asarray(shift + people.spread * rng.standard_normal(size))
