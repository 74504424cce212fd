"""Runs an ensemble: every replicate of every arm, on local worker processes.

A task is a block of replicates through all arms, so that matched runs stay together and an interrupted
ensemble keeps whole pairs. What comes out does not depend on the size of blocks or the number of workers.
"""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from math import ceil
from time import perf_counter
from typing import Any

from loky import ProcessPoolExecutor, cpu_count, wait
from loky.process_executor import BrokenProcessPool

from experiments.engine.ensemble import BIT, Ensemble, gather
from experiments.engine.pool import ONE_THREAD, deaf
from experiments.engine.task import Outcome, Task, run, warm_up, work
from experiments.study import MOST_REPLICATES, MOST_WORKERS, whole
from simulator.errors import UserError
from simulator.registry import mechanisms
from simulator.scenario import Scenario

#: Told after each block: runs done in all arms, runs in all, member-days simulated so far.
Progress = Callable[[int, int, int], None]
Outcomes = Generator[Outcome, None, None]

#: Slots of a block: enough that what a day costs by itself is spread thin, few enough for the caches (256 x
#: 500 takes two thirds of what 32 x 500 does a member-day).
BLOCK_SLOTS = 128_000
#: Fewest tasks, in all and for each worker, so that none idles at the end and progress is seen.
#: Not more: a day costs a millisecond or two of its own, whatever the number of replicates.
TASKS, TASKS_EACH = 4, 2
#: Slot-days below which workers take longer to start, some two seconds, than they save.
SMALL = 10_000_000


def simulate(
    scenarios: Sequence[Scenario],
    replicates: int = 100,
    *,
    twins: int = 0,
    seed: int = 0,
    workers: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Run every arm over the same replicates. Ctrl-C stops the workers and gives what is complete.

    Args:
        scenarios: The arms, baseline first, all with the same days.
        replicates: How many communities to simulate in each arm.
        twins: For how many of them to simulate a second one, of the same parameters but other luck.
        seed: Seed, 0 to 2^32 - 1.
        workers: Processes; None for one a core, or none but this where the work is small, as with 1.
        block: Replicates simulated side by side; None for what fits the cache. It sets nothing but speed.
        progress: Called after each block.

    Raises:
        UserError: A number out of range, arms that do not match, or a tactic that misuses its channels.
        KeyboardInterrupt: Ctrl-C before any block was complete.
    """
    arms = tuple(scenarios)
    _check_arms(arms)
    whole("replicates", replicates, 1, MOST_REPLICATES)
    whole("twins", twins, 0, replicates)
    numbers = [n for world in range(replicates) for n in (world, world | BIT)[: 1 + (world < twins)]]
    slots = max(scenario.community.slots for scenario in arms)
    if workers is None:
        workers = 1 if len(numbers) * len(arms) * slots * arms[0].horizon < SMALL else cpu_count()
    whole("workers", workers, 1, MOST_WORKERS)
    if block is None:
        block = _block(len(numbers), slots, workers)
    whole("block", block, 1, MOST_REPLICATES)
    every = tuple(range(len(arms)))
    tasks = [Task(tuple(numbers[at : at + block]), every) for at in range(0, len(numbers), block)]
    workers = min(workers, len(tasks))

    began = perf_counter()
    outcomes: list[Outcome] = []
    interrupted, parts, member_days = False, 0, 0
    coming = _here(arms, seed, tasks) if workers == 1 else _on_workers(arms, seed, tasks, workers)
    with closing(coming):
        try:
            for outcome in coming:
                outcomes.append(outcome)
                parts += outcome.runs
                member_days += sum(piece.member_days for piece in outcome.pieces)
                if progress is not None:
                    progress(parts // len(arms), len(numbers), member_days)
        except KeyboardInterrupt:
            interrupted = True
    seconds = perf_counter() - began
    ensemble = gather(arms, seed, replicates, outcomes, interrupted=interrupted, seconds=seconds)
    if interrupted and not len(ensemble.replicate):
        raise KeyboardInterrupt
    return ensemble


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


def _block(runs: int, slots: int, workers: int) -> int:
    """Replicates of a block, evened out over the workers."""
    fitting = max(1, BLOCK_SLOTS // slots)
    rounds = ceil(runs / (fitting * workers))
    return ceil(runs / max(rounds * workers, workers * TASKS_EACH, TASKS))


def _here(arms: Sequence[Scenario], seed: int, tasks: Sequence[Task]) -> Outcomes:
    """Outcomes of tasks done one after the other in this process."""
    for task in tasks:
        yield run(arms, task, seed)


def _on_workers(arms: Sequence[Scenario], seed: int, tasks: Sequence[Task], workers: int) -> Outcomes:
    """Outcomes as they come. A worker that dies (killed, out of memory, crashed) costs nobody else's work.

    What was under way when one died is run again alone; where a worker dies of it again it is halved, until a
    single run is found guilty.
    """
    todo, suspects, warm = deque(tasks), deque[Task](), False
    while todo:
        suspects.extend((yield from _until_death(arms, seed, todo, workers, warm)))
        warm = True
    while suspects:
        for guilty in (yield from _until_death(arms, seed, suspects, 1)):
            halves = guilty.split()
            if halves is None:
                yield Outcome.lost(guilty, "worker", "the worker died: killed, out of memory or crashed")
            else:
                suspects.extendleft(reversed(halves))


def _until_death(
    arms: Sequence[Scenario], seed: int, todo: deque[Task], workers: int, warm: bool = True
) -> Generator[Outcome, None, list[Task]]:
    """Work off ``todo`` until it is empty or a worker dies; returns what was under way when it died.

    Unless told that all is ``warm``, one worker warms up while the others start: the shortest way to a first
    outcome when kernels must be compiled, and no longer than any when they need not.
    """
    pool = ProcessPoolExecutor(workers, env=ONE_THREAD)
    known = tuple(mechanisms())
    flying: dict[Any, Task] = {}
    dead: list[Task] = []
    broken = False
    try:
        if not warm:
            with deaf():
                first = pool.submit(warm_up, arms)
            broken = isinstance(first.exception(), BrokenProcessPool)
        while flying or (todo and not broken):
            while todo and not broken and len(flying) < workers:
                try:
                    with deaf():
                        future = pool.submit(work, arms, todo[0], seed, known)
                except BrokenProcessPool:  # one died while it had nothing to do
                    broken = True
                else:
                    flying[future] = todo.popleft()
            for future in wait(flying, return_when="FIRST_COMPLETED").done:
                task = flying.pop(future)
                try:
                    outcome: Outcome = future.result()
                except BrokenProcessPool:
                    broken = True
                    dead.append(task)
                else:
                    yield outcome
    finally:
        pool.shutdown(wait=True, kill_workers=True)
    return dead
