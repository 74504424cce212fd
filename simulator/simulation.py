"""A day in the life of a block of communities: a written, printable plan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.day import Day
from simulator.doses import accept, only_where
from simulator.draws import Bools, Seeds
from simulator.errors import UserError
from simulator.founding import found
from simulator.measure import life_rows, measure
from simulator.mechanism import PHASES, Parameters
from simulator.record import RunRecord
from simulator.registry import make_mechanisms
from simulator.rows import listed, listed_but
from simulator.scenario import Scenario
from simulator.schedule import Who
from simulator.stimuli import BOOKS, LEDGER, check_heard, per_group
from simulator.triggers import WATCHED, Watch
from simulator.world import Showing, World


class Simulation:
    """Steps a block of replicates of one scenario, day by day.

    Args:
        scenario: What to run.
        replicates: Global replicate numbers; what happens in one does not depend on the others. A number may
            repeat: the same people and luck, under other ``parameters``.
        seed: The experiment's seed, 0 to 2^32 - 1.
        parameters: By mechanism and parameter, a value for each row, in place of what would be drawn.

    Raises:
        UserError: A seed, a parameter or a setting that is not allowed.
    """

    def __init__(
        self,
        scenario: Scenario,
        replicates: Iterable[int],
        seed: int = 0,
        parameters: Parameters | None = None,
    ) -> None:
        numbers = np.array(list(replicates), np.uint32)
        if not len(numbers):
            raise UserError("replicates is 0; it must be at least 1.")
        given: object = seed
        if isinstance(given, bool) or not isinstance(given, int | np.integer) or not 0 <= given < 2**32:
            raise UserError(f"seed is {seed!r}; it must be a whole number from 0 to 4294967295.")
        self.seed = int(seed)
        on, off = make_mechanisms(scenario.mechanisms)
        self.world = World(
            scenario.community,
            scenario.strategies,
            on,
            off,
            seed=self.seed,
            replicates=numbers,
            uncertain=scenario.uncertainty == "full",
            parameters=parameters,
            warmup=scenario.warmup,
        )
        self._past: list[dict[str, NDArray[Any]]] = []
        self._begin(scenario)
        found(self.world)
        self._run("opening")
        self.world.reseed(self._seeds)

    def _begin(self, scenario: Scenario) -> None:
        """Make ready for an arm: its tactics have seen what there was to see, and nothing is recorded."""
        self.scenario, rows = scenario, self.world.shape[0]
        self._seeds = Seeds(self.seed, scenario.luck_from, scenario.luck_salt)
        for tactic in self.world.tactics:
            check_heard(tactic.strategy.uses, self.world.heard, tactic.strategy.name)
        for tactic, entry in self.world.entries:
            accept(tactic.strategy.name, tactic.strategy.uses, entry)
        self._watch = Watch(scenario.strategies, rows, scenario.days)
        for day, seen in enumerate(({}, *self._past[:-1]) if self._past else (), self.world.first):
            self._watch.today(day, seen)
        first = self.world.day == self.world.first
        self.world.acting = self._watch.today(self.world.first, {}) if first else {}
        on = self.world.mechanisms
        self._plan = [(phase, m, getattr(m, phase)) for phase in PHASES for m in on if phase in m.phases()]
        self._phases = {phase: [run for name, _, run in self._plan if name == phase] for phase in PHASES}
        self._days: list[dict[str, NDArray[Any]]] = []
        self._nothing, self._one = np.zeros(rows), np.ones(rows)
        self._ledger: list[dict[str, dict[str, NDArray[np.float64]]]] = []

    def fork(self, scenario: Scenario) -> "Simulation":
        """Another arm that starts from this one's community as it is now, at a fraction of founding it anew.

        Up to the campaign's start it is, bit for bit, what running that arm by itself would have come to.
        Neither simulation sees what the other does from then on.

        Args:
            scenario: The arm: this one's but for label, tactics and a sham's luck from today on.

        Raises:
            UserError: The campaign has begun; or the arm differs in something else, such as what founders are
                asked to pay: see :attr:`Scenario.ground`.
        """
        day = self.world.day
        if day > 0:
            raise UserError(f"fork comes on day {day}; an arm forks off before anything is done on day 0.")
        mine, theirs = (_shared(one, day) for one in (self.scenario, scenario))
        for field in mine:
            if mine[field] != theirs[field]:
                raise UserError(
                    f"Arm {scenario.label!r} cannot fork off {self.scenario.label!r}: they differ in {field} "
                    f"before day {day}."
                )
        fork = Simulation.__new__(Simulation)
        fork.seed, fork._past = self.seed, list(self._past)
        fork.world = self.world.fork(scenario.strategies)
        fork._begin(scenario)
        fork.world.reseed(fork._seeds)
        return fork

    def warm_up(self) -> "Simulation":
        """Step to the campaign's start, if it is yet to come; returns this simulation."""
        while self.world.day < 0:
            self.step()
        return self

    def plan(self) -> str:
        """The day as it is run: each phase with the mechanisms that act in it."""
        lines = []
        for phase in PHASES:
            names = [m.name for name, m, _ in self._plan if name == phase]
            if phase in ("offers", "awards"):
                names = [f"strategy {t.label}" for t in self.world.tactics] + names
            if names:
                lines.append(f"{phase:13} {', '.join(names)}")
        return "\n".join(
            [*lines, "leaving       those who go give up their slot", "metrics       the day is counted"]
        )

    def _run(self, phase: str) -> None:
        for run in self._phases[phase]:
            run(self.world)

    def step(self) -> None:
        """One day."""
        w = self.world
        w.seed = w.seeds.of(w.day)
        w.acting = self._watch.today(w.day, w.daily)
        if w.day == 0 and w.first < 0:
            w.before = {name: w.members[name].copy() for name in ("visits", "messages")}
        self._clear()
        self._run("arrivals")
        listed_but(w.members.present, w.members.muted, w.awake, w.waking)
        days = self._offers()
        for phase in ("offers", "pull", "attendance"):
            self._run(phase)
        listed(w.came, w.here, w.visitors)
        self._run("conversation")
        w.talking = True
        self._awards(days)
        for phase in PHASES[PHASES.index("awards") :]:
            self._run(phase)
        w.daily = measure(w)
        if w.day < 0:
            self._past.append({name: w.daily[name] for name in WATCHED})
        else:
            self._days.append(w.daily)
        self._leave()
        w.declined[:] = 0  # of founders before day 0 is counted on day 0
        w.crowd = w.visitors.astype(np.float64)
        w.day += 1

    def _clear(self) -> None:
        """Forget yesterday, but for ``came``, which arrivals and the pull of friends still look at."""
        w = self.world
        if w.gifts.any():
            w.sent[:] = False
        w.offers, w.awards, w.gives, w.novelty, w.totals, w.sums = [], [], {}, {}, {}, {}
        for counter in (w.joined, w.mutes, w.gifts, w.new_ties, w.questions, w.talk, w.voices):
            counter[...] = 0
        if w.stirred:
            w.eager[:], w.stirred = 0, False
        w.helpful[:], w.shelter, w.talking = 0, None, False
        w.gone[:], w.exiting[:], w.echo[:], w.pull[:], w.hazard[:] = False, False, 0, 0, 0
        w.newcomers = w.newcomers[0][:0], w.newcomers[1][:0]

    def _offers(self) -> list[Day]:
        """Ask today's tactics what they show, and whom; the day as each of them saw it."""
        w, days = self.world, []
        addressed: dict[Who, Bools] = {}
        for tactic in w.tactics:
            acts, strategy = w.acting.get(tactic.label), tactic.strategy
            if acts is None:
                continue
            draws = w.draws.of(f"strategy {tactic.label}", w.day)
            days.append(Day(w.day, w.watched, draws, w.daily, w))
            whom = addressed.get(strategy.who)
            if whom is None:
                whom = strategy.who.among(days[-1])
                if strategy.who.share == 1:  # which lot somebody draws is each tactic's own
                    addressed[strategy.who] = whom
            everywhere = not strategy.when.triggers or bool(acts.all())
            whom = (whom if everywhere else whom & acts[:, None]).view()
            whom.flags.writeable = False
            offer = strategy.offer(days[-1], whom, w.memory(tactic))
            if not everywhere:
                offer = only_where(offer, acts)
            says = accept(strategy.name, strategy.uses, offer)
            w.offers.append(Showing(tactic, whom, offer, acts, everywhere, says))
        return days

    def _awards(self, days: Sequence[Day]) -> None:
        """Let today's tactics give what they give, and book it; where one does not act, it does nothing."""
        w, rows = self.world, self.world.shape[0]
        came = w.came.view()
        came.flags.writeable = False
        booked: dict[str, dict[str, NDArray[np.float64]]] = {}
        for day, shown in zip(days, w.offers, strict=True):
            tactic, acts, strategy = shown.tactic, shown.acts, shown.tactic.strategy
            if shown.everywhere:
                award = strategy.award(day, shown.whom, came, w.memory(tactic))
            else:
                kept = {name: column[~acts] for name, column in w.memory(tactic).items()}
                award = only_where(strategy.award(day, shown.whom, came, w.memory(tactic)), acts)
                for name, column in kept.items():
                    w.memory(tactic)[name][~acts] = column
            given = accept(strategy.name, strategy.uses, award)
            w.awards.append((tactic, award))
            for channel, dose in given.items():
                w.gives.setdefault(channel, []).append((shown, dose))
            booked[tactic.label] = {
                kind: per_group(given[kind], rows) if kind in given else self._nothing for kind in LEDGER
            }
            booked[tactic.label]["acted"] = self._one if shown.everywhere else acts.astype(np.float64)
        if w.day >= 0:
            self._ledger.append(booked)

    def _leave(self) -> None:
        """Those who leave give up their slot; from day 0 on their rows of the life table are kept."""
        w = self.world
        exiting = w.exiting & w.members.present
        if exiting.any():
            if w.day >= 0:
                w.departed.append(life_rows(w, exiting, w.day))
            w.ties.drop_members(exiting)
            w.members.leave(exiting)
            w.came &= ~exiting

    def run(self, days: int | None = None) -> RunRecord:
        """Step on to the end of the horizon, or ``days`` more days, and return the record so far.

        Days of a warm-up are stepped through too.
        """
        left = self.scenario.horizon - self.world.day if days is None else days
        for _ in range(left):
            self.step()
        return self.record()

    def record(self) -> RunRecord:
        """Everything recorded up to now."""
        w, nothing = self.world, self._nothing
        names = list(self._days[0]) if self._days else []
        daily = {name: np.stack([day[name] for day in self._days], axis=1) for name in names}
        parts = [*w.departed, life_rows(w, w.members.present, -1)]
        table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        order = np.lexsort((table["id"], table["row"], table["replicate"]))
        ledger = {
            t.label: {
                kind: np.stack([day.get(t.label, {}).get(kind, nothing) for day in self._ledger], axis=1)
                for kind in BOOKS
            }
            for t in w.tactics
            if self._ledger
        }
        members = {name: column[order] for name, column in table.items()}
        groups = {"ends": w.ends.copy(), "effect": w.effect.astype(np.float64)}
        return RunRecord(self.scenario, self.seed, w.replicates, daily, members, ledger, groups)


def _shared(scenario: Scenario, day: int) -> dict[str, Any]:
    """What a community has come from on ``day``: all of a scenario that played a part so far, by name."""
    since = scenario.luck_from
    sham = None if since is None or since >= day else (since, scenario.luck_salt)
    told = replace(scenario.ground, luck_from=None, luck_salt=1).plain()
    asked = told.pop("strategies")
    return {**told, "warmup": scenario.warmup, "luck_from": sham, "what founders are asked": asked}
