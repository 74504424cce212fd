"""Which settings to weigh: some spread over all that may be, more where the likelihood is."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.validation.cohorts.likelihood import ROWS, evidence
from experiments.validation.cohorts.people import PEOPLES, Settings, near, spread_out
from experiments.validation.cohorts.pool import Pool
from experiments.validation.cohorts.posterior import Posterior
from experiments.validation.cohorts.reading import Cohort

Floats = NDArray[np.float64]
#: Settings spread over the declared ranges; rounds of more near the best; settings of a round.
WIDE, ROUNDS, NEAR = 32, 2, 10
#: Settings of one piece of work.
_CHUNK = 8
#: Settings, and the log likelihood of each cohort under them, ``(settings, peoples, levels)``.
Weighed = tuple[list[Settings], list[Floats]]


def search(
    cohorts: Sequence[Cohort], blocks: Sequence[Iterable[int]], pool: Pool, seed: int
) -> list[Weighed]:
    """Settings worth weighing, for each block of cohorts found without looking at that block.

    So no setting is chosen by the cohorts it is then scored on.

    Args:
        cohorts: The cohorts.
        blocks: Indices of the cohorts of each block.
        pool: Who does the work.
        seed: Seed.
    """
    bank = spread_out(WIDE, seed)
    (first,) = _weigh(cohorts, [bank], pool, seed)
    found: list[Weighed] = [(bank, first) for _ in blocks]
    for turn in range(ROUNDS):
        more = []
        for number, (block, (bank, weighed)) in enumerate(zip(blocks, found, strict=True)):
            others = [one for k, one in enumerate(weighed) if k not in block]
            weight = Posterior.of(bank, others).of_settings
            more.append(near(bank, weight, NEAR, seed + turn * len(blocks) + number))
        new = _weigh(cohorts, more, pool, seed)
        found = [
            ([*bank, *added], [np.concatenate(pair) for pair in zip(weighed, fresh, strict=True)])
            for (bank, weighed), added, fresh in zip(found, more, new, strict=True)
        ]
    return found


def _weigh(
    cohorts: Sequence[Cohort], banks: Sequence[Sequence[Settings]], pool: Pool, seed: int
) -> list[list[Floats]]:
    """Log likelihood of each cohort under the settings of each bank."""
    parts = [[bank[start : start + _CHUNK] for start in range(0, len(bank), _CHUNK)] for bank in banks]
    jobs = [(evidence, one, part, PEOPLES, ROWS, seed) for bank in parts for one in cohorts for part in bank]
    found = iter(pool.run(jobs))
    return [[np.concatenate([next(found) for _ in bank]) for _ in cohorts] for bank in parts]
