"""Worker processes of this machine, with loky; one that dies costs nobody else's work.

When a process of it dies, loky's pool fails everything that was under way. That is run again here, one job at
a time, so that only a job which kills its worker by itself is given up.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import Any, ClassVar

from loky import ProcessPoolExecutor, cpu_count, wait
from loky.process_executor import BrokenProcessPool

from experiments.engine.port import (
    HOPELESS,
    ONE_THREAD,
    Died,
    Engine,
    Job,
    Progress,
    Results,
    deaf,
    do,
    never_stopped,
)
from simulator.errors import UserError

#: Where psutil is there, loky replaces a worker that holds 300 MB more than at first, and warns of it; but a
#: block of replicates may well be larger than the first one was. So the limit is one that is never reached.
_ENV = {**ONE_THREAD, "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"}
_Placed = tuple[int, Job]


class Local(Engine):
    """Worker processes, started with the first job and kept until the end.

    Args:
        workers: Processes; None for one a core.
        progress: Told of the work by :meth:`run`.
    """

    name: ClassVar[str] = "local"

    def __init__(self, workers: int | None = None, progress: Progress | None = None) -> None:
        super().__init__(workers or cpu_count(), progress)
        self._pool: ProcessPoolExecutor | None = None
        self._deaths = 0

    def each(self, jobs: Iterable[Job], warm: Job | None = None) -> Results:
        """Place and result of each job, as they are done; see :meth:`Engine.each`."""
        todo, self._deaths = enumerate(jobs), 0
        if warm is not None:
            self._first(warm)
        while suspects := (yield from self._until_death(todo, 2 * self.workers)):
            for suspect in suspects:
                if (yield from self._until_death(iter([suspect]), 1)):
                    yield suspect[0], Died()

    def close(self) -> None:
        """Stop the workers, whatever they are at."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            pool.shutdown(wait=True, kill_workers=True)

    def _first(self, job: Job) -> None:
        """Have one worker do a job while the others start.

        So kernels that must be compiled are compiled once, not by all at once: the shortest way to a first
        result, and no longer than any where there is nothing to compile.
        """
        broken = True
        try:
            broken = isinstance(self._submit(job).exception(), BrokenProcessPool)
        finally:
            if broken:
                self.close()

    def _until_death(
        self, todo: Iterator[_Placed], room: int
    ) -> Generator[tuple[int, Any], None, list[_Placed]]:
        """Work off jobs, so many at a time, until there are no more or a worker dies.

        Returns what was under way when it died; nothing where all is done.
        """
        flying: dict[Any, _Placed] = {}
        dead: list[_Placed] = []
        try:
            while True:
                while not dead and len(flying) < room and (placed := next(todo, None)):
                    try:
                        flying[self._submit(placed[1])] = placed
                    except BrokenProcessPool:  # one died while it had nothing to do
                        dead.append(placed)
                if not flying:
                    break
                for future in wait(flying, return_when="FIRST_COMPLETED").done:
                    placed = flying.pop(future)
                    try:
                        result = future.result()
                    except BrokenProcessPool:
                        dead.append(placed)
                    else:
                        self._deaths = 0
                        yield placed[0], result
            if dead:
                self._died()
            return dead
        finally:
            if flying or dead:
                self.close()

    def _submit(self, job: Job) -> Any:
        with deaf():  # or Ctrl-C would kill them as they start
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.workers, env=_ENV, initializer=never_stopped)
            return self._pool.submit(do, job)

    def _died(self) -> None:
        self._deaths += 1
        if self._deaths == HOPELESS:
            raise UserError(
                f"workers died {HOPELESS} times (killed, out of memory or crashed); "
                "ask for workers=1, or for less."
            )
