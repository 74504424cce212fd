"""Which settings to weigh: some spread over all that may be, more where the likelihood is."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.engine.port import Engine
from experiments.validation.cohorts.likelihood import ROWS, evidence
from experiments.validation.cohorts.people import PEOPLES, Settings, near, spread_out
from experiments.validation.cohorts.posterior import Posterior
from experiments.validation.cohorts.reading import Cohort

Floats = NDArray[np.float64]
#: Settings spread over the declared ranges; rounds of more near the best; settings of a round; how many of
#: all of them are weighed in full.
WIDE, ROUNDS, NEAR, BEST = 64, 3, 8, 12
#: Members of a cohort that the search looks at; all of them count once settings are weighed.
SEARCHED = 60
#: Settings of one piece of work.
_CHUNK = 8
#: Settings, and the log likelihood of each cohort under them, ``(settings, peoples, levels)``.
Weighed = tuple[list[Settings], list[Floats]]


def search(
    cohorts: Sequence[Cohort], blocks: Sequence[Collection[int]], engine: Engine, seed: int, best: int = BEST
) -> list[Weighed]:
    """Settings worth weighing, for each block of cohorts found without looking at that block.

    So no setting is chosen by the cohorts it is then scored on.

    Args:
        cohorts: The cohorts.
        blocks: Indices of the cohorts of each block.
        engine: Who does the work.
        seed: Seed.
        best: How many settings of each block are weighed in full.
    """
    thin = [thinned(one, SEARCHED, seed) for one in cohorts]
    bank = spread_out(WIDE, seed)
    (first,) = _weigh(thin, [bank], engine, seed)
    found: list[Weighed] = [(bank, first) for _ in blocks]
    for turn in range(ROUNDS):
        more = [
            near(one[0], _weight(one, block), NEAR, seed + turn * len(blocks) + number)
            for number, (block, one) in enumerate(zip(blocks, found, strict=True))
        ]
        new = _weigh(thin, more, engine, seed)
        found = [
            ([*tried, *added], [np.concatenate(pair) for pair in zip(weighed, fresh, strict=True)])
            for (tried, weighed), added, fresh in zip(found, more, new, strict=True)
        ]
    chosen = [
        [one[0][k] for k in np.argsort(-_weight(one, block))[:best]]
        for block, one in zip(blocks, found, strict=True)
    ]
    return list(zip(chosen, _weigh(cohorts, chosen, engine, seed), strict=True))


def thinned(cohort: Cohort, most: int, seed: int) -> Cohort:
    """A cohort with at most so many of its members, drawn at random."""
    people = len(cohort.members)
    if people <= most:
        return cohort
    who = np.sort(np.random.default_rng(seed).choice(people, most, replace=False))
    members = tuple(cohort.members[i] for i in who)
    return replace(cohort, members=members, told=cohort.told[:, who], removed=cohort.removed[who])


def _weight(found: Weighed, block: Collection[int]) -> Floats:
    """Weight of each setting by the cohorts outside a block."""
    bank, weighed = found
    return Posterior.of(bank, [one for k, one in enumerate(weighed) if k not in block]).of_settings


def _weigh(
    cohorts: Sequence[Cohort], banks: Sequence[Sequence[Settings]], engine: Engine, seed: int
) -> list[list[Floats]]:
    """Log likelihood of each cohort under the settings of each bank."""
    parts = [[bank[start : start + _CHUNK] for start in range(0, len(bank), _CHUNK)] for bank in banks]
    jobs = [(evidence, one, part, PEOPLES, ROWS, seed) for bank in parts for one in cohorts for part in bank]
    found = iter(engine.run(jobs))
    return [[np.concatenate([next(found) for _ in bank]) for _ in cohorts] for bank in parts]
