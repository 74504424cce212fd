"""A scripted community: who is there, who is tied to whom, who comes and talks is settled in advance.

So a strategy's own lines are all that can differ between two runs, and a bench can be cut to some of its
rows, seated in another order or widened by empty slots, and nothing happens differently to anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.conformance.said import dense
from simulator.conformance.scene import Behind, Moment, OwnDraws, Run, misused, still
from simulator.day import Day
from simulator.draws import Bools
from simulator.members import COLUMNS, NEVER, Members
from simulator.metrics import METRICS
from simulator.strategy import Memory, Strategy, blank_memory
from simulator.ties import Ties

Array = NDArray[Any]
SEED = 11
#: What a strategy may look up of yesterday: the daily metrics, and counts beside them.
_COUNTS = (
    "answered", "awakened", "declined", "dormant_members", "exits", "first_voices", "joined", "members",
    "mutes", "never_spoken", "questions",
)  # fmt: skip
_DAILY = (*(m.name for m in METRICS if m.daily), *_COUNTS)
_ROLES = {
    "ordinary": (0.05, 0.1, 0.35, 0.5),
    "no owner": (0.0, 0.1, 0.4, 0.5),
    "no KOL": (0.1, 0.0, 0.4, 0.5),
    "lurkers only": (0.0, 0.0, 0.0, 1.0),
}


@dataclass(frozen=True, eq=False)
class Bench:
    """A scripted community.

    Attributes:
        shape: Replicates and people.
        days: The days on which the strategy acts.
        world: Seed of the script.
        roles: Who is what: a word of ``ordinary``, ``no owner``, ``no KOL``, ``lurkers only``.
        odd: What is odd about it: ``nobody there``, ``all muted``, ``nobody comes``, ``everybody new``,
            ``nobody addressed``; empty for nothing.
        rows: Which rows there are; all if left out.
        seats: Whether people sit in other slots than they were listed in.
        spare: Empty slots beside those.
    """

    shape: tuple[int, int] = (4, 50)
    days: tuple[int, ...] = tuple(range(9))
    world: int = 1
    roles: str = "ordinary"
    odd: str = ""
    rows: tuple[int, ...] | None = None
    seats: bool = False
    spare: int = 0

    @cached_property
    def people(self) -> Array:
        """Who sits where: the person (column of the script) in each slot, ``(R, N)``; -1 for a spare slot."""
        rows, people = self.shape
        order = np.tile(np.arange(people), (rows, 1))
        if self.seats:
            order = np.argsort(np.random.default_rng(self.world + 99).random((rows, people)), axis=1)
        order = np.concatenate((order, np.full((rows, self.spare), -1)), axis=1)
        return order if self.rows is None else order[list(self.rows)]

    @property
    def size(self) -> tuple[int, int]:
        """(replicates, slots) as the strategy sees them."""
        return self.people.shape

    def _seat(self, column: Array, blank: Any = 0) -> Array:
        """A column of the script, ``(R, people)``, by slot."""
        column = column if self.rows is None else column[list(self.rows)]
        taken = np.take_along_axis(column, np.maximum(self.people, 0), axis=1)
        return np.where(self.people < 0, np.asarray(blank, column.dtype), taken)

    def listed(self, by_slot: Array, blank: Any = 0) -> Array:
        """An array by slot as an array by person, ``(R, people)``: the inverse of how they are seated."""
        out = np.full((self.size[0], self.shape[1]), blank, by_slot.dtype)
        rows, slots = np.nonzero(self.people >= 0)
        out[rows, self.people[rows, slots]] = by_slot[rows, slots]
        return out

    @cached_property
    def _script(self) -> dict[str, Any]:
        """What is settled about each person, ``(R, people)``, and about each day."""
        rng = np.random.default_rng(self.world)
        shape, n = self.shape, len(self.days)
        u = {name: rng.random(shape) for name in COLUMNS if COLUMNS[name].dtype is np.float32}
        role = rng.choice(4, size=shape, p=_ROLES[self.roles]).astype(np.int8)
        when = np.array([*self.days, 10**6])
        joined = np.where(
            rng.random(shape) < 0.75, -rng.integers(0, 90, shape), when[rng.integers(0, n, shape)]
        )
        joined = np.where(rng.random(shape) < 0.3, np.minimum(joined, 0), joined)
        if self.roles == "ordinary":  # one owner and one KOL at least, always
            role[:, :2], joined[:, :2] = (0, 1)[: shape[1]], -30
        if self.odd == "everybody new":
            joined = np.full(shape, self.days[0])
        leaves = np.where(rng.random(shape) < 0.15, when[rng.integers(1, n + 1, shape)], 10**6)
        leaves[:, :2] = 10**6
        if self.odd == "nobody there":
            joined = np.full(shape, 10**6)
        muted = rng.random(shape) < (1.0 if self.odd == "all muted" else 0.1)
        visiting = np.where(self.odd == "nobody comes", 0.0, rng.choice((0.1, 0.5, 0.95), shape))
        came = rng.random((n, *shape)) < visiting
        posts = rng.poisson(rng.choice((0.0, 0.5, 3.0), shape), (n, *shape)).astype(np.int32)
        asked = rng.random((n, *shape)) < 0.3
        guests = rng.integers(0, shape[1], shape)
        return {
            "u": u, "role": role, "joined": joined, "leaves": leaves, "muted": muted, "came": came,
            "posts": posts, "asked": asked, "answered": rng.random((n, *shape)) < 0.5,
            "host": np.where((joined >= 0) & (rng.random(shape) < 0.5), guests + 1, 0),
            "addressed": rng.random(shape) < (0.0 if self.odd == "nobody addressed" else 0.8),
            "takes_part": rng.random((n, *shape)) < 0.7,
            "past": np.minimum(-1 - rng.integers(0, 40, shape), 0),
            "metrics": {name: rng.integers(0, 30, (n, shape[0])).astype(np.float64) for name in _DAILY},
            "tied": rng.random((shape[0], shape[1], shape[1])) < min(1.0, 5 / shape[1]),
            "strength": rng.random((shape[0], shape[1], shape[1])),
        }  # fmt: skip

    @cached_property
    def ties(self) -> Ties:
        """Ties between people, wherever they sit."""
        tied = np.triu(self._script["tied"], 1)
        chosen = range(self.shape[0]) if self.rows is None else self.rows
        rows, slots = np.nonzero(self.people >= 0)
        slot_of = np.zeros((self.size[0], self.shape[1]), np.int64)
        slot_of[rows, self.people[rows, slots]] = slots
        ends = [np.nonzero(tied[r]) for r in chosen]
        where = np.repeat(np.arange(len(ends)), [len(a) for a, _ in ends])
        a, b = (np.concatenate([end[k] for end in ends]) for k in range(2))
        strength = np.concatenate(
            [
                np.round(0.1 + 0.8 * self._script["strength"][r][end], 3)
                for r, end in zip(chosen, ends, strict=True)
            ]
        )
        return Ties.from_edges(*self.size, where, slot_of[where, a], slot_of[where, b], strength)

    @cached_property
    def moments(self) -> list[Moment]:
        """The days, as they are found."""
        s, out = self._script, []
        last_came = np.where(s["joined"] < 0, np.maximum(s["past"], s["joined"]), NEVER)
        last_came = np.where(last_came < 0, NEVER, last_came)
        last_spoke, visits, messages = last_came.copy(), np.zeros(self.shape, int), np.zeros(self.shape, int)
        before_there = np.zeros(self.shape, bool)
        for n, day in enumerate(self.days):
            there = (s["joined"] <= day) & (day < s["leaves"])
            came = s["came"][n] & there & ~s["muted"]
            talk = {name: s[name][n] * came for name in ("posts", "asked")}
            talk["answered"] = s["answered"][n] & talk["asked"]
            before = self._members(there, last_came, last_spoke, visits, messages)
            last_came = np.where(came, day, last_came)
            last_spoke = np.where(talk["posts"] > 0, day, last_spoke)
            visits, messages = visits + came, messages + talk["posts"]
            numbers = {} if day == 0 else {k: self._group(v[n]) for k, v in s["metrics"].items()}
            out.append(
                Moment(
                    day,
                    before,
                    self._members(there, last_came, last_spoke, visits, messages),
                    still(self._seat(s["addressed"] & there)),
                    still(self._seat(came)),
                    {name: still(self._seat(column)) for name, column in talk.items()},
                    numbers,
                    self._seat(there != before_there),
                    self._seat(s["takes_part"][n]),
                )
            )
            before_there = there
        return out

    def _group(self, numbers: Array) -> Array:
        return still(numbers if self.rows is None else numbers[list(self.rows)])

    def _members(
        self, there: Bools, last_came: Array, last_spoke: Array, visits: Array, messages: Array
    ) -> Members:
        """The columns as they stand, blank where nobody is."""
        s = self._script
        ids = np.tile(np.arange(self.shape[1], dtype=np.uint64), (self.shape[0], 1)) * np.uint64(
            7
        ) + np.uint64(3)
        columns: dict[str, Array] = {
            **s["u"], "present": there, "id": ids, "role": s["role"], "first_role": s["role"],
            "joined": s["joined"], "muted": s["muted"], "last_came": last_came, "last_spoke": last_spoke,
            "visits": visits, "messages": messages,
            "inviter": np.where(s["host"] > 0, (s["host"] - 1) * 7 + 4, 0),
            "invitations": np.full(self.shape, 2),
        }  # fmt: skip
        members = Members(*self.size)
        for name, column in columns.items():
            blank = COLUMNS[name].blank
            kept = np.where(there, column, blank).astype(COLUMNS[name].dtype)
            members[name][:] = self._seat(kept, blank)
        return members.watched()

    def run(
        self,
        strategy: Strategy,
        *,
        first: int = 0,
        last: int | None = None,
        memory: Memory | None = None,
        label: str = "bench",
    ) -> Run:
        """Run a strategy from one of the bench's days to another.

        Args:
            strategy: What is run; its calendar and audience are the bench's.
            first: Number of the first day, among the bench's.
            last: Number of the day to stop before.
            memory: What it remembers of the days before.
            label: Label that keys its luck.
        """
        kinds = blank_memory(type(strategy))
        kept = {name: np.zeros(self.size, kind) for name, kind in kinds.items()}
        for name, column in (memory or {}).items():
            kept[name][:] = column
        run = Run(memory=kept)
        numbers = np.arange(self.shape[0], dtype=np.uint32)[
            slice(None) if self.rows is None else list(self.rows)
        ]
        for moment in self.moments[first:last]:
            for column in kept.values():
                column[moment.fresh] = 0
            behind = Behind(self.ties, moment)
            draws = OwnDraws(SEED, numbers, moment.before.id, f"strategy {label}", moment.day)
            draws.peeks = run.peeks
            day = Day(moment.day, moment.before, draws, moment.yesterday, behind)  # type: ignore[arg-type]
            was = {name: column.copy() for name, column in kept.items()}
            given = dict(kept)
            offer = strategy.offer(day, moment.whom, given)
            run.written += [n for n, column in kept.items() if not np.array_equal(column, was[n])]
            behind.talking = True
            award = strategy.award(replace(day, members=moment.after), moment.whom, moment.came, given)
            run.misused += misused(given, kept)
            run.said.append(dense(self, moment, offer, award))
        return run


def days_of(strategy: Strategy, most: int = 9, within: int = 400) -> tuple[int, ...]:
    """The first days of a strategy's own calendar, triggers left aside."""
    days: Sequence[int] = [day for day in range(within) if strategy.when.today(day)]
    return tuple(days[:most])
