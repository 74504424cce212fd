"""Runs an ensemble: every replicate of every arm that the store does not hold yet.

A task is a block of replicates through arms that share their founders, worlds and warm-up. What comes out
does not depend on the size of blocks, the number of workers, the engine, or what the store held before.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from math import ceil
from time import perf_counter
from typing import NamedTuple

from experiments.engine.choice import make
from experiments.engine.ensemble import Ensemble, gather
from experiments.engine.port import Died, Engine
from experiments.engine.task import BIT, Task, warm_up
from experiments.engine.work import lost, work
from experiments.store.keys import ground_of, key_of
from experiments.store.part import Part
from experiments.store.store import Store
from experiments.study import MOST_REPLICATES, MOST_WORKERS, EngineChoice, whole
from simulator.errors import UserError
from simulator.scenario import Scenario

#: Told after each task: runs done in all arms, runs in all, member-days simulated so far.
Progress = Callable[[int, int, int], None]

#: Slots of a block: enough that what a day costs by itself is spread thin, few enough for the caches (on two
#: workers 78,000 took 101, 156,000 took 85 and 313,000 took 99 ns of clock time a member-day).
BLOCK_SLOTS = 160_000
#: Slot-days of a task, about: half a minute of work at most, so that little is lost when all is killed, and
#: what a worker holds of it stays in the tens of megabytes.
TASK_SLOT_DAYS = 200_000_000
#: Fewest tasks, in all and for each worker, so that none idles at the end and progress is seen.
#: Not more: a day costs a millisecond or two of its own, whatever the number of replicates.
TASKS, TASKS_EACH = 4, 2
#: Scenarios of which the tactics are warmed up: beyond these none is new, as a rule.
MOST_WARM = 32
#: Slot-days below which workers take longer to start, some two seconds, than they save.
SMALL = 10_000_000


#: Arms by their ground and by the runs they lack.
_Missing = Mapping[tuple[str, tuple[int, ...]], list[int]]


class Arms(NamedTuple):
    """Scenarios and what their runs are kept under; ``grounds`` says which can be run together."""

    scenarios: tuple[Scenario, ...]
    keys: tuple[str, ...]
    grounds: tuple[str, ...]

    @classmethod
    def of(cls, scenarios: Sequence[Scenario], seed: int) -> "Arms":
        """Keys and grounds of scenarios."""
        keys = tuple(key_of(scenario, seed) for scenario in scenarios)
        return cls(tuple(scenarios), keys, tuple(ground_of(scenario, seed) for scenario in scenarios))


def simulate(
    scenarios: Sequence[Scenario],
    replicates: int = 100,
    *,
    twins: int = 0,
    seed: int = 0,
    workers: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
    engine: EngineChoice | None = None,
) -> Ensemble:
    """Run every arm over the same replicates. Ctrl-C stops the workers and gives what is complete.

    Args:
        scenarios: The arms, baseline first, all with the same days.
        replicates: How many communities to simulate in each arm.
        twins: For how many of them to simulate a second one, of the same parameters but other luck.
        seed: Seed, 0 to 2^32 - 1.
        workers: Processes; None for one a core, or none but this where the work is small, as with 1.
        block: Replicates simulated side by side; None for what fits the cache. It sets nothing but speed.
        progress: Called after each task.
        store: Where runs are looked for and kept; None keeps them in memory.
        engine: Where the work is done; None for this machine.

    Raises:
        UserError: A number out of range, arms that do not match, or a tactic that misuses its channels.
        KeyboardInterrupt: Ctrl-C before any block was complete.
    """
    _check_arms(scenarios)
    numbers = runs(replicates, twins)
    whole("seed", seed, 0, 2**32 - 1)
    arms, store = Arms.of(scenarios, seed), store or Store()
    began, interrupted = perf_counter(), False
    try:
        fill(store, arms, numbers, seed, workers=workers, block=block, progress=progress, engine=engine)
    except KeyboardInterrupt:
        interrupted = True
    seconds = perf_counter() - began
    ensemble = gather(
        arms.scenarios, seed, numbers, store, arms.keys, interrupted=interrupted, seconds=seconds
    )
    if interrupted and not len(ensemble.replicate):
        raise KeyboardInterrupt
    return ensemble


def runs(replicates: int, twins: int) -> list[int]:
    """Numbers of replicates, each followed by its twin where it has one."""
    whole("replicates", replicates, 1, MOST_REPLICATES)
    whole("twins", twins, 0, replicates)
    return [n for world in range(replicates) for n in (world, world | BIT)[: 1 + (world < twins)]]


def fill(
    store: Store,
    arms: Arms,
    numbers: Sequence[int],
    seed: int,
    *,
    workers: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
    engine: EngineChoice | None = None,
) -> None:
    """Simulate what the store lacks of these runs; the arms may differ in everything.

    Args:
        store: Where runs are looked for and kept, task by task.
        arms: What to run.
        numbers: Which replicates, by number; see ``simulator.mechanism.TWIN``.
        seed: Seed.
        workers: As in :func:`simulate`.
        block: As in :func:`simulate`.
        progress: As in :func:`simulate`.
        engine: As in :func:`simulate`.

    Raises:
        UserError: A number out of range, or a tactic that misuses its channels.
        KeyboardInterrupt: Ctrl-C; what is complete is in the store.
    """
    for name, value, most in (("workers", workers, MOST_WORKERS), ("block", block, MOST_REPLICATES)):
        if value is not None:
            whole(name, value, 1, most)
    store.look(arms.grounds)
    tally = _Tally(arms, numbers, store, progress)
    missing = _missing(arms, numbers, store)
    if not missing:
        tally.tell()
        return
    choice = engine or EngineChoice()
    if choice.name == "local" and workers is None and _slot_days(arms.scenarios, missing) < SMALL:
        workers = 1
    with make(choice.name, workers, choice.address) as running:
        tasks = [
            task
            for (_, left), those in missing.items()
            for task in _tasks(arms.scenarios, left, those, running.workers, block)
        ]
        while tasks:
            tasks = _carry_out(running, arms, tasks, seed, store, tally)


def _carry_out(
    engine: Engine, arms: Arms, tasks: Sequence[Task], seed: int, store: Store, tally: "_Tally"
) -> list[Task]:
    """Carry tasks out; returns halves of those that killed their workers, for a run alone is to be blamed."""
    jobs = [(work, *_sent(arms, task), seed) for task in tasks]
    halves: list[Task] = []
    with closing(engine.each(jobs, (warm_up, arms.scenarios[:MOST_WARM]))) as coming:
        for at, part in coming:
            task = tasks[at]
            if isinstance(part, Died):
                split = task.split()
                if split is not None:
                    halves += split
                    continue
                part = lost(task, part.reason, arms.keys)
            tally.add(store.put(arms.grounds[task.arms[0]], part))
    return halves


def _sent(arms: Arms, task: Task) -> tuple[list[Scenario], Task, list[str]]:
    """What a worker needs for a task: its own arms, numbered from nought."""
    own = Task(task.numbers, tuple(range(len(task.arms))))
    return [arms.scenarios[arm] for arm in task.arms], own, [arms.keys[arm] for arm in task.arms]


class _Tally:
    """Counts what is done, and tells."""

    def __init__(self, arms: Arms, numbers: Sequence[int], store: Store, progress: Progress | None) -> None:
        self._times, self._numbers, self._progress = Counter(arms.keys), set(numbers), progress
        self._arms, self._done, self._member_days = len(arms.keys), 0, 0
        for part in store.parts(self._times):
            self._count(part)

    def _count(self, part: Part) -> None:
        for key, rows in part.of_key.items():
            wanted = [row for row in rows if int(part.numbers[row]) in self._numbers]
            self._done += self._times[key] * len(wanted)
            self._member_days += self._times[key] * int(part.column("member_days")[wanted].sum())

    def add(self, part: Part) -> None:
        """Count a part, and tell."""
        self._count(part)
        self.tell()

    def tell(self) -> None:
        """Tell how far it is."""
        if self._progress is not None:
            self._progress(self._done // self._arms, len(self._numbers), self._member_days)


def _missing(arms: Arms, numbers: Sequence[int], store: Store) -> _Missing:
    """Arms by ground and by what of them is to be done; of arms that are one and the same, the first."""
    found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for key in dict.fromkeys(arms.keys):
        arm, done = arms.keys.index(key), store.done(key)
        left = tuple(number for number in numbers if number not in done)
        if left:
            found.setdefault((arms.grounds[arm], left), []).append(arm)
    return found


def _slot_days(scenarios: Sequence[Scenario], missing: _Missing) -> int:
    """How much there is to do."""
    return sum(
        len(left) * scenarios[arm].community.slots * _lived(scenarios[arm])
        for (_, left), those in missing.items()
        for arm in those
    )


def _tasks(
    scenarios: Sequence[Scenario], left: Sequence[int], arms: Sequence[int], workers: int, block: int | None
) -> Iterator[Task]:
    """Tasks for arms that share a ground and lack the same runs; arms of a block together, or nearly so."""
    first = scenarios[arms[0]]
    block = block or _block(len(left), first.community.slots, workers)
    fitting = max(1, TASK_SLOT_DAYS // (min(block, len(left)) * first.community.slots * _lived(first)))
    bunch = ceil(len(arms) / ceil(len(arms) / fitting))
    for at in range(0, len(left), block):
        for some in range(0, len(arms), bunch):
            yield Task(tuple(left[at : at + block]), tuple(arms[some : some + bunch]))


def _lived(scenario: Scenario) -> int:
    """Days simulated, those of the warm-up too."""
    return scenario.warmup + scenario.horizon


def _block(runs: int, slots: int, workers: int) -> int:
    """Replicates of a block, evened out over the workers."""
    fitting = max(1, BLOCK_SLOTS // slots)
    rounds = ceil(runs / (fitting * workers))
    return ceil(runs / max(rounds * workers, workers * TASKS_EACH, TASKS))


def _check_arms(arms: Sequence[Scenario]) -> None:
    labels = [scenario.label for scenario in arms]
    if not arms or len(set(labels)) < len(labels):
        raise UserError(f"scenarios are {labels}; there must be one at least, and no two with one label.")
    for scenario in arms[1:]:
        if (scenario.days, scenario.follow_up) != (arms[0].days, arms[0].follow_up):
            raise UserError(
                f"Scenario {scenario.label!r} runs {scenario.days} + {scenario.follow_up} days; "
                f"it must run {arms[0].days} + {arms[0].follow_up} like {labels[0]!r}."
            )
