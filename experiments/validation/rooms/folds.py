"""Which rooms are fitted on and which are scored: five folds alike in size, and forward in time."""

import numpy as np
from numpy.typing import NDArray

from experiments.validation.rooms.week import KNOWN, MONTH, Later, Week, lifetime

FOLDS = 5
#: Rooms a file must hold to be scored, and rooms on either side of a date to be scored forward in time.
FEWEST, FEWEST_SIDE = 40, 20
#: Share of rooms born before the date that parts past from future.
PAST = 2 / 3
_SEED = 5

Numbers = NDArray[np.int64]


def stratified(weeks: list[Week]) -> Numbers:
    """Fold of each room, ``(n,)``: of each five rooms next to each other in first-week size, one in each."""
    luck = np.random.default_rng(_SEED)
    sizes = [(w.posters, w.total) for w in weeks]
    order = np.lexsort(np.array([luck.random(len(weeks)), *zip(*sizes, strict=True)]))
    fold = np.empty(len(weeks), np.int64)
    for start in range(0, len(order), FOLDS):
        some = order[start : start + FOLDS]
        fold[some] = luck.permutation(FOLDS)[: len(some)]
    return fold


def forward(born: Numbers, watched: Numbers) -> tuple[Numbers, Numbers, int] | None:
    """Rooms born before a date and watched a week by then, rooms born on it or later, and the date.

    None where either side would hold fewer than :data:`FEWEST_SIDE` rooms.
    """
    date = int(np.quantile(born, PAST, method="higher"))
    past = np.flatnonzero((born + KNOWN <= date) & (watched >= KNOWN))
    future = np.flatnonzero(born >= date)
    return (past, future, date) if min(len(past), len(future)) >= FEWEST_SIDE else None


def until(later: Later, days: int) -> tuple[float, bool, float]:
    """As known by an earlier day: days lived, whether the end was seen, messages on days 7..36 or -1."""
    seen = later.daily[: min(days, later.watched)]
    lived, died = lifetime(seen > 0)
    known = len(seen) >= KNOWN + MONTH
    return float(lived), died, float(seen[KNOWN : KNOWN + MONTH].sum()) if known else -1.0
