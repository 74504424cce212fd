"""How well settings of the model explain a cohort, day by day: particles of the fast engine, weighed.

A row of the engine is a particle: the same cohort, one value of the personal effect on attendance (it enters
the logit by addition), one discipline. Rows lie on an even grid of effects b, so that one run serves every
level, spread and kind of people: row j weighs what their density says of b_j. Members share nothing but
settings and the group's level once it is known who checked in, so that for settings k, people h, level c

    Z_i(t) = sum_j density(b_j; h, c) prod_{t' < t} P_j(what i did on t')
    P(i does so on t) = Z_i(t + 1) / Z_i(t)
    likelihood of the cohort's days before t: prod_i Z_i(t)
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.validation.cohorts.followed import Followed
from experiments.validation.cohorts.people import LEVELS, WEEKEND, People, Settings, weekend
from experiments.validation.cohorts.reading import DONE, EMPTY, Cohort
from simulator.community import Community
from simulator.registry import make_strategy, mechanisms
from simulator.scenario import Scenario

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
#: Mechanisms that have something to say about a table of check-ins. Departure and awakening are summed over
#: in :mod:`followed`; the others feed on talk, ties, money or gifts, of which a table knows nothing.
AT_WORK = ("attendance", "disposition", "habit", "novelty", "prompts", "streaks", "uptake")
#: Particles, and the effects between which they lie: further out nobody ever comes, or misses.
ROWS = 64
_ENDS = (-9.0, 10.0)
#: Even spread of disciplines over the rows (additive recurrence of the golden ratio).
_GOLDEN = (5**0.5 - 1) / 2
#: Cells of the engine that are run at once.
_BLOCK = 128_000


def scenario(people: int, days: int, also: Sequence[str] = ()) -> Scenario:
    """A cohort as a community: nobody knows anybody, all keep a run of check-ins that pays nothing."""
    community = Community(
        name="check_in_cohort",
        size=people,
        cap=people,
        owners=0,
        kols=0.0,
        novices=1.0,
        visiting=(0.5,) * 4,  # a logit of nought: the level is part of the particles' effects
        messages=(0.0,) * 4,
        weekdays=(1.0,) * 7,
        arrivals=0.0,
        invitations=0.0,
        topology="empty",
    )
    tactic = make_strategy("check_in_streak", point=0.0, bonus=0.0, cards=0, hours=0.0)
    return Scenario(
        label="cohort",
        community=community,
        strategies=(("check_in", tactic),),
        days=days,
        follow_up=0,
        mechanisms={name: {"on": name in (*AT_WORK, *also)} for name in mechanisms()},
        uncertainty="luck",
    )


def effects(rows: int) -> Floats:
    """Personal effects of the rows, even, ``(rows,)``."""
    return np.linspace(*_ENDS, rows)


def expected(cohort: Cohort, bank: Sequence[Settings], rows: int = ROWS, seed: int = 0) -> Singles:
    """P(done) of each cell given the days before it, ``(days, settings, rows, N)``."""
    size = len(cohort.members)
    run = Followed(
        scenario(size, cohort.days),
        np.tile(np.arange(rows), len(bank)),
        cohort,
        seed,
        columns(bank, rows),
    )
    m = run.world.members
    order = (np.arange(1, rows + 1) * _GOLDEN) % 1.0
    m.discipline[:] = np.tile(np.quantile(m.discipline, order), len(bank))[:, None]
    m.effect[:] = np.tile(effects(rows), len(bank))[:, None]
    odds = np.repeat([one[WEEKEND] for one in bank], rows)
    for day in range(cohort.days):
        run.world.effect[:] = weekend(odds, day)  # the level is part of the particles' effects
        run.step()
    return np.stack(run.chances).reshape(cohort.days, len(bank), rows, size)


def columns(bank: Sequence[Settings], rows: int) -> dict[str, dict[str, Floats]]:
    """Settings as parameters row by row, each repeated ``rows`` times."""
    out: dict[str, dict[str, Floats]] = {}
    for mechanism, name in bank[0].keys() - {WEEKEND}:
        out.setdefault(mechanism, {})[name] = np.repeat([one[mechanism, name] for one in bank], rows)
    return out


def histories(cohort: Cohort, bank: Sequence[Settings], rows: int = ROWS, seed: int = 0) -> Iterator[Singles]:
    """Log chance each particle gave to what each member did before t; ``(days + 1, rows, N)`` a setting."""
    size = len(cohort.members)
    at_once = max(1, _BLOCK // (rows * size))
    seen, did = (cohort.told != EMPTY)[:, None, :], (cohort.told == DONE)[:, None, :]
    for start in range(0, len(bank), at_once):
        chances = expected(cohort, bank[start : start + at_once], rows, seed)
        for k in range(chances.shape[1]):
            own = chances[:, k]
            step = np.log(np.where(seen, np.where(did, own, 1 - own), np.float32(1)))
            yield np.concatenate([np.zeros((1, rows, size), np.float32), np.cumsum(step, axis=0)])


def evidence(
    cohort: Cohort, bank: Sequence[Settings], peoples: Sequence[People], rows: int = ROWS, seed: int = 0
) -> Floats:
    """Log likelihood of a whole cohort, ``(settings, peoples, levels)``."""
    density = np.concatenate([one.density(effects(rows), LEVELS) for one in peoples])
    out = [
        _log_mix(density, log[-1], np.float32).sum(axis=-1, dtype=np.float64)
        for log in histories(cohort, bank, rows, seed)
    ]
    return np.array(out).reshape(len(bank), len(peoples), len(LEVELS))


def predicted(
    cohort: Cohort,
    bank: Sequence[Settings],
    peoples: Sequence[People],
    prior: Floats,
    rows: int = ROWS,
    seed: int = 0,
) -> Floats:
    """P(done) of each cell given the days before it and what is known from elsewhere, ``(days, N)``.

    Args:
        cohort: The cohort.
        bank: Settings.
        peoples: Kinds of people.
        prior: What is known of settings, people and level beforehand, ``(settings, peoples, levels)``.
        rows: Particles.
        seed: Seed.
    """
    top, total, mixed = np.full(cohort.days, -np.inf), np.zeros(cohort.days), np.zeros(cohort.told.shape)
    for k, log in enumerate(histories(cohort, bank, rows, seed)):
        for h, people in enumerate(peoples):
            if not prior[k, h].any():
                continue
            z = _log_mix(people.density(effects(rows), LEVELS), log)
            with np.errstate(divide="ignore"):
                weight = z[:-1].sum(axis=-1) + np.log(prior[k, h])  # (days, levels)
            chance = np.exp(z[1:] - z[:-1])  # of what happened, (days, levels, N)
            higher = np.maximum(top, weight.max(axis=1))
            old, new = np.exp(top - higher), np.exp(weight - higher[:, None])
            total = total * old + new.sum(axis=1)
            mixed = mixed * old[:, None] + np.einsum("dl,dln->dn", new, chance)
            top = higher
    happened = mixed / total[:, None]
    return np.clip(np.where(cohort.told == DONE, happened, 1.0 - happened), 1e-9, 1 - 1e-9)


def _log_mix(density: Floats, log: Singles, kind: type = np.float64) -> NDArray[Any]:
    """``log(density @ exp(log))`` over rows; ``density`` is ``(m, rows)``, ``log`` ``(..., rows, N)``."""
    top = log.max(axis=-2, keepdims=True)
    mixed: NDArray[Any] = density.astype(kind) @ np.exp((log - top).astype(kind))
    return np.asarray(np.log(np.maximum(mixed, np.finfo(kind).tiny)) + top)
