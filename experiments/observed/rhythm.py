"""The group as a whole: how it grows, its week, its bursts, its silences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.observed.presence import Presence

#: Days without a message by anyone but the owner after which a group counts as dead.
SILENCE = 14
#: Member-days that a weekday's own figure must outweigh to be believed.
_DOUBT = 20.0


@dataclass(frozen=True)
class Life:
    """When a group was alive, by the lifespan rule.

    Attributes:
        lifespan: Days from the first message to the last by anyone but the owner before the first silence of
            :data:`SILENCE` days.
        censored: True where no such silence came before the log's end.
        silences: How many such silences the log holds, the one at its end included.
        longest: Days of the longest of all silences.
        silent: Days without a message by anyone but the owner at the log's end.
    """

    lifespan: int
    censored: bool
    silences: int
    longest: int
    silent: int

    @property
    def dead(self) -> bool:
        """Whether the log ends in a silence of :data:`SILENCE` days or more."""
        return self.silent >= SILENCE


def life(seen: Presence, owner: int) -> Life:
    """Apply the lifespan rule to a log; ``owner`` is the person whose messages do not count."""
    others = seen.day[seen.member != owner]
    days = np.unique(others if len(others) else seen.day)
    quiet = np.append(np.diff(days) - 1, seen.end - days[-1])
    died = np.flatnonzero(quiet >= SILENCE)
    return Life(
        lifespan=int(days[died[0]] if len(died) else days[-1]),
        censored=len(died) == 0,
        silences=len(died),
        longest=int(quiet.max()),
        silent=int(quiet[-1]),
    )


def usual_pause(seen: Presence, last: int) -> int:
    """Days within which 9 in 10 of those who write again have written again; 0 where nobody did."""
    keep = seen.day <= last
    member, day = seen.member[keep], seen.day[keep]
    again = np.diff(day)[np.diff(member) == 0]
    return int(np.ceil(np.quantile(again, 0.9))) if len(again) else 0


def weekdays(seen: Presence, last: int) -> tuple[float, ...]:
    """Writers on each weekday against the mean day, Monday first, mean 1; nearer 1 where they are few."""
    keep = seen.day <= last
    monday = seen.origin + 3  # 1970-01-01 was a Thursday
    voices = np.bincount((seen.day[keep] + monday) % 7, minlength=7)
    count = np.bincount((np.arange(last + 1) + monday) % 7, minlength=7)
    expected = voices.sum() * count / count.sum()
    profile = (voices + _DOUBT) / (expected + _DOUBT)
    return tuple((profile / profile.mean()).tolist())


def dispersion(messages: NDArray[np.int64]) -> tuple[float, float, float]:
    """Mean and variance of messages on a writing member-day, and how bursty they are.

    Returns:
        ``(mean, variance, k)``: k is the size of the negative binomial which the messages after the day's
        first follow, by moments, (mean - 1)² / (variance - mean + 1), within 0.05..50; small is bursty.
    """
    mean, variance = float(messages.mean()), float(messages.var())
    excess = variance - (mean - 1.0)
    k = (mean - 1.0) ** 2 / excess if excess > 0 else 50.0
    return mean, variance, float(np.clip(k, 0.05, 50.0))


def newcomers(first: NDArray[np.int64], a: int, b: int) -> float:
    """People a day among these first days that fall in a..b; 0 where the span is empty."""
    return float(((first >= a) & (first <= b)).sum() / (b - a + 1)) if b >= a else 0.0


def weekly_voices(seen: Presence) -> NDArray[np.float64]:
    """Mean number of writers a day in each week of the log, ``(weeks,)``; the last week may be short."""
    weeks = seen.end // 7 + 1
    length = np.full(weeks, 7.0)
    length[-1] = seen.end % 7 + 1
    return np.bincount(seen.day // 7, minlength=weeks) / length
