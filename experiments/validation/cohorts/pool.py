"""Worker processes for pieces of work that take a second or so each."""

from collections.abc import Callable, Sequence
from typing import Any

from loky import ProcessPoolExecutor, cpu_count

#: Told after each piece of work: pieces done, pieces in all of this stage.
Progress = Callable[[int, int], None]
#: A function and its arguments.
Job = tuple[Any, ...]
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


class Pool:
    """Worker processes; the work is done in this one where one is enough.

    Args:
        workers: Processes; None for one a core.
        progress: Told of the work.
    """

    def __init__(self, workers: int | None = None, progress: Progress | None = None) -> None:
        self.count, self.progress = workers or cpu_count(), progress
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Pool":
        if self.count > 1:
            self._pool = ProcessPoolExecutor(self.count, env=_ONE_THREAD)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, kill_workers=True)

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Results of the jobs in their order."""
        out = []
        for result in self._pool.map(_do, jobs) if self._pool else map(_do, jobs):
            out.append(result)
            if self.progress:
                self.progress(len(out), len(jobs))
        return out


def _do(job: Job) -> Any:
    work, *arguments = job
    return work(*arguments)
