"""Who answers whom, and the ties this makes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.observed.log import UNKNOWN, Kind, Log

#: How an answer was told, best evidence first.
SOURCES = ("addressed", "reply", "thread", "follows")
#: Ties a member has at most, on average: the inner circles of Dunbar's layers hold 5 and 15.
DEGREE = 12
#: A tie grows as 1 - exp(-answers / 3): one answer .28, three .63, ten .96.
SATURATION = 3.0
_WEAKEST = 0.05
_WEEK = 7 * 86_400


@dataclass(frozen=True, eq=False)
class Answers:
    """Messages that answer somebody.

    Attributes:
        source: Who answers, ``(k,)``.
        target: Whom, ``(k,)``, never the same.
        row: Row of the log, ``(k,)``.
        how: Index into :data:`SOURCES`, ``(k,)``.
        gap: Seconds within which a message is taken to follow the one before; 0 where the log has no clock
            times.
        follows: Share of all messages that come within ``gap`` after one by somebody else.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    row: NDArray[np.int64]
    how: NDArray[np.int8]
    gap: int
    follows: float


def answers(log: Log) -> Answers:
    """Tell for each message whom it answers, by the best evidence it carries.

    The person addressed; else the writer of the message replied to; else the last other voice in its thread
    if the thread was alive within a week; else, for a message outside any thread, the one before it within
    the gap. The gap is the 80th percentile of the pauses under two hours, but at least 10 and at most 30
    minutes.
    """
    rows = np.flatnonzero(log.kind == Kind.MESSAGE)
    who, ts, thread = log.member[rows].astype(np.int64), log.ts[rows], log.thread[rows]
    dates_only = log.local and not (ts % 86_400).any()
    pause = np.diff(ts)
    talk = pause[pause < 7200]
    gap = 0 if dates_only else int(np.clip(np.quantile(talk, 0.8) if len(talk) else 1800, 600, 1800))

    def before(
        order: NDArray[np.int64], within: int, same: NDArray[np.int32] | None = None
    ) -> NDArray[np.int64]:
        """The writer just before each message in this order, if someone else and not too long ago."""
        late, early = order[1:], order[:-1]
        fits = (who[late] != who[early]) & (ts[late] - ts[early] <= within)
        if same is not None:
            fits &= (same[late] == same[early]) & (same[late] != UNKNOWN)
        out = np.full(len(rows), UNKNOWN, np.int64)
        out[late[fits]] = who[early[fits]]
        return out

    follows = before(np.arange(len(rows)), gap) if gap else np.full(len(rows), UNKNOWN, np.int64)
    replied = log.reply_to[rows]
    candidates = (
        log.to_member[rows].astype(np.int64),
        np.where(replied == UNKNOWN, UNKNOWN, log.member[replied]).astype(np.int64),
        before(np.argsort(thread, kind="stable"), _WEEK, thread),
        np.where(thread == UNKNOWN, follows, UNKNOWN),
    )
    target = np.full(len(rows), UNKNOWN, np.int64)
    how = np.full(len(rows), UNKNOWN, np.int8)
    for index, candidate in enumerate(candidates):
        fill = (target == UNKNOWN) & (candidate != UNKNOWN) & (candidate != who)
        target[fill], how[fill] = candidate[fill], index
    told = target != UNKNOWN
    return Answers(
        source=who[told],
        target=target[told],
        row=rows[told],
        how=how[told],
        gap=gap,
        follows=float((follows != UNKNOWN).mean()),
    )


def _pairs(
    a: NDArray[np.int64], b: NDArray[np.int64], weight: NDArray[np.float64], people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Distinct pairs and the saturating strength of the weight on each."""
    key, at = np.unique(a * people + b, return_inverse=True)
    strength = -np.expm1(-np.bincount(at, weight, len(key)) / SATURATION)
    return key // people, key % people, strength


def standing(found: Answers, weight: NDArray[np.float64], people: int) -> NDArray[np.float64]:
    """How much each person answers others and is answered by them, ``(people,)``.

    The geometric mean of two numbers of people: those one answers and those who answer one, each counted by
    the saturating strength of the link. A talker nobody answers scores 0, and so does who never answers.
    """
    a, b, strength = _pairs(found.source, found.target, weight, people)
    return np.sqrt(np.bincount(a, strength, people) * np.bincount(b, strength, people))


def ties(
    found: Answers, weight: NDArray[np.float64], ordinal: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Undirected ties among the chosen people, each pair once with a < b, strongest kept.

    Args:
        found: The answers.
        weight: What each counts, ``(k,)``: 1 when fresh, less with age.
        ordinal: Number of each person among the chosen, ``(P,)``, or :data:`UNKNOWN`.

    Returns:
        ``(a, b, strength)``; at most :data:`DEGREE` ties a person on average, everybody's best ones first.
    """
    x, y = ordinal[found.source], ordinal[found.target]
    keep = (x != UNKNOWN) & (y != UNKNOWN)
    people = int(ordinal.max(initial=-1)) + 1
    low, high = np.minimum(x, y)[keep], np.maximum(x, y)[keep]
    a, b, strength = _pairs(low, high, weight[keep], max(people, 1))
    strong = strength >= _WEAKEST
    a, b, strength = a[strong], b[strong], strength[strong]
    best = np.minimum(_rank(a, b, strength, 0), _rank(a, b, strength, 1))
    kept = np.sort(np.lexsort((-strength, best))[: DEGREE * people // 2])
    return a[kept].astype(np.int32), b[kept].astype(np.int32), strength[kept].astype(np.float32)


def _rank(
    a: NDArray[np.int64], b: NDArray[np.int64], strength: NDArray[np.float64], side: int
) -> NDArray[np.int64]:
    """Place of each tie among all ties of its person on one side, 0 the strongest."""
    m = len(a)
    person = np.concatenate([a, b])
    order = np.lexsort((-np.concatenate([strength, strength]), person))
    start = np.searchsorted(person[order], person[order])
    rank = np.empty(2 * m, np.int64)
    rank[order] = np.arange(2 * m) - start
    return rank[side * m : (side + 1) * m]
