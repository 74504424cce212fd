"""Who wrote on which day, and what that says about how often each comes and how much each writes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from experiments.observed.log import Kind, Log

_DAY = 86_400


@dataclass(frozen=True, eq=False)
class Presence:
    """A log as member-days: one row for each day on which somebody wrote, sorted by person, then day.

    Days count from that of the first message, day 0. P is the number of people in the log.

    Attributes:
        member: Person of each member-day, ``(m,)``.
        day: Day of each member-day, ``(m,)``.
        messages: Messages of each member-day, ``(m,)``, at least 1.
        first: Day each person was first seen, writing or joining, ``(P,)``; before day 0 for who joined
            before it.
        wrote: Day of each person's first message, ``(P,)``; beyond ``end`` for who never wrote.
        here: False for who left and was not seen again, ``(P,)``.
        joins: Day of each person's first join row; beyond ``end`` for who has none.
        connections: True where join rows are connections, many a person, and not membership.
        row_day: Day of each row of the log, ``(n,)``.
        origin: Days from 1970-01-01 to day 0, by the clock the days are cut with.
        end: Last day observed.
    """

    member: NDArray[np.int64]
    day: NDArray[np.int64]
    messages: NDArray[np.int64]
    first: NDArray[np.int64]
    wrote: NDArray[np.int64]
    here: NDArray[np.bool_]
    joins: NDArray[np.int64]
    connections: bool
    row_day: NDArray[np.int64]
    origin: int
    end: int

    def within(self, a: int, b: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Days written on and messages written by each person in days a..b, both ``(P,)``."""
        keep = (self.day >= a) & (self.day <= b)
        people = len(self.first)
        days = np.bincount(self.member[keep], minlength=people)
        messages = np.bincount(self.member[keep], self.messages[keep], people).astype(np.int64)
        return days, messages

    def latest(self, last: int) -> NDArray[np.int64]:
        """Last day up to ``last`` on which each person wrote, ``(P,)``; -1 for who had not yet."""
        keep = self.day <= last
        out = np.full(len(self.first), -1, np.int64)
        np.maximum.at(out, self.member[keep], self.day[keep])
        return out


def presence(log: Log, utc_offset: float) -> Presence:
    """Cut a log into days at midnight, ``utc_offset`` hours east of UTC."""
    people = len(log.names)
    row_day = (log.ts + round(utc_offset * 3600)) // _DAY
    said = log.kind == Kind.MESSAGE
    origin = int(row_day[said][0])
    row_day = row_day - origin
    end = max(int((log.end + round(utc_offset * 3600)) // _DAY) - origin, int(row_day[-1]))

    width = int(row_day[said][-1]) + 1
    key, messages = np.unique(log.member[said] * np.int64(width) + row_day[said], return_counts=True)
    never = end + 1

    def earliest(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        out = np.full(people, never, np.int64)
        np.minimum.at(out, log.member[rows], row_day[rows])
        return out

    joined = log.kind == Kind.JOIN
    last = np.zeros(people, np.int64)
    np.maximum.at(last, log.member, np.arange(len(log.ts)))
    gates = int((log.kind != Kind.MESSAGE).sum())
    through = len(np.unique(log.member[log.kind != Kind.MESSAGE]))
    connections = gates > 3 * through  # a member joins once and leaves once; a connection comes and goes
    return Presence(
        member=key // width,
        day=key % width,
        messages=messages,
        first=earliest(np.ones(len(log.ts), bool)),
        wrote=earliest(said),
        here=(log.kind[last] != Kind.LEAVE) | connections,
        joins=earliest(joined),
        connections=connections,
        row_day=row_day,
        origin=origin,
        end=end,
    )


@dataclass(frozen=True, eq=False)
class Habits:
    """How often and how much each of n chosen people writes, measured over a window.

    Attributes:
        written: Messages in the window, ``(n,)``.
        chances: Days of the window after the one on which the person turned up, ``(n,)``.
        visiting: Chance of writing on an ordinary day, ``(n,)``.
        messages: Messages on a writing day, ``(n,)``.
        unseen: Chance of writing of somebody who never wrote in the window, at most the least of the others.
    """

    written: NDArray[np.int64]
    chances: NDArray[np.int64]
    visiting: NDArray[np.float64]
    messages: NDArray[np.float64]
    unseen: float


def habits(seen: Presence, who: NDArray[np.int64], a: int, b: int) -> Habits:
    """Measure the habits of these people over days a..b.

    The day on which somebody turns up by writing says how people come to the group, not how often they come
    back: it counts neither as a chance nor as a day written on.
    """
    days, written = (column[who] for column in seen.within(a, b))
    chances = b - np.maximum(seen.first[who], a - 1)
    turned_up = (seen.wrote[who] == seen.first[who]) & (seen.first[who] >= a)
    chance, mean, weight = visiting(days - turned_up, chances)
    ordinal = np.full(len(seen.first), -1, np.int64)
    ordinal[who] = np.arange(len(who))
    keep = (seen.day >= a) & (seen.day <= b) & (ordinal[seen.member] >= 0)
    return Habits(
        written=written,
        chances=chances,
        visiting=chance,
        messages=rates(ordinal[seen.member[keep]], seen.messages[keep], len(who)),
        unseen=min(float(chance.min()), mean * weight / (b + 1 + weight)),
    )


def visiting(days: NDArray[np.int64], chances: NDArray[np.int64]) -> tuple[NDArray[np.float64], float, float]:
    """Chance of writing on an ordinary day, each person's own shrunk towards the group's mean.

    Empirical Bayes: ``days ~ Binomial(chances, p)``, ``p ~ Beta(m c, (1-m) c)``; m is the pooled mean, c the
    value of a grid with the greatest marginal likelihood; the estimate is the posterior mean ``(days + m c) /
    (chances + c)``.

    Returns:
        ``(p, m, c)``, p of shape ``(n,)``, all strictly between 0 and 1.
    """
    mean = float((days.sum() + 0.5) / (chances.sum() + 1.0))
    grid = np.geomspace(0.1, 300.0, 36)[:, None]
    a, b = mean * grid, (1.0 - mean) * grid
    likelihood = (betaln(days + a, chances - days + b) - betaln(a, b)).sum(axis=1)
    weight = float(grid[likelihood.argmax(), 0])
    return (days + mean * weight) / (chances + weight), mean, weight


def rates(member: NDArray[np.int64], messages: NDArray[np.int64], people: int) -> NDArray[np.float64]:
    """Messages a writing day of each person, ``(people,)``, shrunk towards the group's mean by credibility.

    Bühlmann (1967) on the logarithm, since counts of a day are nearly log-normal: weight ``x / (x + k)`` on a
    person with x writing days, k = variance within persons over variance between them, 0.5..20. Scaled so
    that the people together write what they wrote; never under 1, since a writing day holds a message.

    Args:
        member: Person of each member-day; who has none gets the mean.
        messages: Messages of each member-day.
        people: How many people there are.
    """
    x = np.bincount(member, minlength=people)
    active = x > 0
    value = np.log(messages)
    mean = value.mean()
    own = np.divide(np.bincount(member, value, people), x, out=np.full(people, mean), where=active)
    others = max(int(active.sum()) - 1, 1)
    within = ((value - own[member]) ** 2).sum() / max(len(member) - int(active.sum()), 1)
    usual = (x.sum() - (x**2).sum() / x.sum()) / others  # writing days of a person, less for inequality
    between = ((x * (own - mean) ** 2).sum() / others - within) / max(usual, 1.0)
    k = np.clip(within / between, 0.5, 20.0) if between > 0 else 20.0
    typical = np.exp(mean + x / (x + k) * (own - mean))
    return np.maximum(typical * messages.sum() / (x * typical).sum(), 1.0)
