"""Predictions that the model is held against: none knows anything of how people come to check in.

Each is fitted to the other cohorts by maximum likelihood; of the one it predicts it sees earlier days only:

    constant    the share of done cells
    running     logistic: log odds of the running rate (done + 1/2) / (days + 1), yesterday, day
    streak      the same and min(run, 7) / 7
    wide        the same and: no check-in yet (one day, two days and more), rate over the last 7 days, the day
                before yesterday, misses in the camp's week so far, the place in that week

``running`` is the baseline of the data's notes, ``wide`` the strongest of a few that came to mind. On the 14
development cohorts ``running`` gives -0.547 over all cells; fitted and scored without first days and days of
removal, with the rate itself for its log odds, it gives the -0.531 of the notes, to which a streak as a step
for each length adds 0.007 and min(run, 7) / 7 nothing. Leaving days of removal out flatters whoever knows the
rule: a third miss in the camp's week is then never seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from experiments.validation.cohorts.reading import DONE, EMPTY, Cohort

Floats = NDArray[np.float64]
#: Columns of the design that each rival uses.
RIVALS = {"constant": 1, "running": 5, "streak": 6, "wide": 20}
_WEEK = 7
#: Keeps the fit finite where a column is nearly always the same.
_RIDGE = 1e-3


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a cohort that are predicted, day by day, and what came before each.

    Attributes:
        day: Day of each, ``(n,)``.
        member: Member of each, ``(n,)``.
        done: Whether it was done, ``(n,)``.
        before: Cells of the same member before it, ``(n,)``.
        run: Days done in a row up to the cell before, ``(n,)``.
        removal: Whether the member was removed on that day, ``(n,)``.
        design: What the rivals look at, ``(n, 20)``.
    """

    day: NDArray[np.int64]
    member: NDArray[np.int64]
    done: NDArray[np.bool_]
    before: NDArray[np.int64]
    run: NDArray[np.int64]
    removal: NDArray[np.bool_]
    design: Floats


def cells(cohort: Cohort) -> Cells:
    """Every cell that says something, with what was known the day before."""
    people = len(cohort.members)
    done, seen, run, lost = (np.zeros(people, np.int64) for _ in range(4))
    yesterday, earlier = np.full(people, 0.5), np.full(people, 0.5)
    week = np.full((_WEEK, people), EMPTY, np.int8)  # the last 7 cells of each, oldest first
    rows: list[tuple[NDArray[np.int64], ...]] = []
    design: list[Floats] = []
    for day, told in enumerate(cohort.told):
        if day % _WEEK == 0:
            lost[:] = 0
        who = np.flatnonzero(told != EMPTY)
        rate = (done + 0.5) / (seen + 1.0)
        recent, known = (week == DONE).sum(axis=0), (week != EMPTY).sum(axis=0)
        never = (done == 0) & (seen > 0)
        place = np.zeros((_WEEK - 1, people))
        if day % _WEEK:
            place[day % _WEEK - 1] = 1.0
        columns = [
            np.ones(people), _odds(rate), yesterday, (seen == 0) * 1.0, np.full(people, day / _WEEK),
            np.minimum(run, _WEEK) / _WEEK,
            (never & (seen == 1)) * 1.0, (never & (seen > 1)) * 1.0,
            _odds((recent + 0.5) / (known + 1.0)), earlier, _odds(rate) * np.log1p(seen),
            np.log1p(day) * np.ones(people), (lost == 1) * 1.0, (lost > 1) * 1.0, *place,
        ]  # fmt: skip
        design.append(np.stack(columns, axis=1)[who])
        out = cohort.removed[who] == day
        rows.append((np.full(len(who), day), who, told[who] == DONE, seen[who], run[who], out))
        now = told[who] == DONE
        run[who] = np.where(now, run[who] + 1, 0)
        done[who] += now
        seen[who] += 1
        lost[who] += ~now
        earlier[who] = np.where(seen[who] > 1, yesterday[who], 0.5)
        yesterday[who] = now
        week[:-1, who] = week[1:, who]
        week[-1, who] = told[who]
    day_, member, done_, before, run_, removal = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return Cells(day_, member, done_.astype(bool), before, run_, removal.astype(bool), np.concatenate(design))


def fit(design: Floats, done: NDArray[np.bool_]) -> Floats:
    """Coefficients of a logistic regression by Newton's method, ``(columns,)``."""
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = expit(design @ weights)
        slope = design.T @ (done - p) - _RIDGE * weights
        bend = (design * (p * (1 - p))[:, None]).T @ design + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def predict(rival: str, train: list[Cells], test: Cells) -> Floats:
    """Chance of done of each cell of ``test``, ``(n,)``, by a rival fitted to ``train``."""
    columns = RIVALS[rival]
    design = np.concatenate([one.design[:, :columns] for one in train])
    weights = fit(design, np.concatenate([one.done for one in train]))
    return np.asarray(expit(test.design[:, :columns] @ weights), np.float64)


def log_score(chance: Floats, done: NDArray[np.bool_]) -> Floats:
    """Natural log of the chance given to what happened, ``(n,)``."""
    return np.asarray(np.log(np.where(done, chance, 1.0 - chance)), np.float64)


def _odds(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1.0 - share)), np.float64)
