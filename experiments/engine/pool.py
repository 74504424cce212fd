"""Worker processes for many pieces of work; one that dies costs nobody its results."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from loky import ProcessPoolExecutor, as_completed, cpu_count
from loky.process_executor import BrokenProcessPool

from simulator.errors import UserError

#: Told after each piece of work: pieces done, pieces in all.
Progress = Callable[[int, int], None]
#: A function and its arguments.
Job = tuple[Any, ...]
#: Numerical libraries get one thread each: the cores are shared out to processes.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
#: How often workers may die before it is no accident any more.
_DEATHS = 3


class Pool:
    """Worker processes; the work is done in this one where one is enough.

    Args:
        workers: Processes; None for one a core.
        progress: Told of the work by :meth:`run`.
    """

    def __init__(self, workers: int | None = None, progress: Progress | None = None) -> None:
        self.count, self.progress = workers or cpu_count(), progress
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, kill_workers=True)
            self._pool = None

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Results of the jobs, in their order."""
        out: dict[int, Any] = {}
        for at, result in self.each(jobs):
            out[at] = result
            if self.progress:
                self.progress(len(out), len(jobs))
        return [out[at] for at in range(len(jobs))]

    def each(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Any]]:
        """Place and result of each job, as they are done. What a worker that died was at is done again.

        Raises:
            UserError: Workers died too often.
        """
        if self.count < 2:
            yield from ((at, _do(job)) for at, job in enumerate(jobs))
            return
        left, deaths = dict(enumerate(jobs)), 0
        while left:
            try:
                pool = self._pool = self._pool or ProcessPoolExecutor(
                    self.count, env=ONE_THREAD, initializer=_deaf
                )
                with deaf():  # or Ctrl-C would kill them as they start
                    flying = {pool.submit(_do, job): at for at, job in left.items()}
                for future in as_completed(flying):
                    result = future.result()
                    del left[flying[future]]
                    yield flying[future], result
            except BrokenProcessPool:
                deaths += 1
                self.__exit__()
                if deaths == _DEATHS:
                    raise UserError(
                        f"workers died {deaths} times (killed, out of memory or crashed); "
                        "ask for workers=1, or for less."
                    ) from None


def _do(job: Job) -> Any:
    work, *arguments = job
    return work(*arguments)


def _deaf() -> None:
    """Workers ignore Ctrl-C: it is we who stop them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def deaf() -> Iterator[None]:
    """Ignore Ctrl-C for a moment; processes started meanwhile ignore it for good: it is we who stop them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
