"""Worker processes of this machine, with loky; when one dies, its pool fails all that was under way."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from loky import ProcessPoolExecutor, cpu_count, wait
from loky.process_executor import BrokenProcessPool

from experiments.engine.port import ONE_THREAD, Job, Progress, deaf, do, never_stopped
from experiments.engine.remote import Remote, WorkerDiedError

#: Where psutil is there, loky replaces a worker that holds 300 MB more than at first, and warns of it; but a
#: block of replicates may well be larger than the first one was. So the limit is one that is never reached.
_ENV = {**ONE_THREAD, "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"}


class Local(Remote):
    """Worker processes, started with the first job and kept until the end.

    Args:
        workers: Processes; None for one a core.
        progress: Told of the work by :meth:`run`.
    """

    name: ClassVar[str] = "local"

    def __init__(self, workers: int | None = None, progress: Progress | None = None) -> None:
        super().__init__(workers or cpu_count(), progress)
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        """Stop the workers, whatever they are at."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            pool.shutdown(wait=True, kill_workers=True)

    def _send(self, job: Job) -> Any:
        with deaf():  # or Ctrl-C would kill them as they start
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.workers, env=_ENV, initializer=never_stopped)
            try:
                return self._pool.submit(do, job)
            except BrokenProcessPool:
                raise WorkerDiedError from None

    def _ready(self, flying: Collection[Any]) -> Iterable[Any]:
        return wait(flying, return_when="FIRST_COMPLETED").done

    def _result(self, sent: Any) -> Any:
        try:
            return sent.result()
        except BrokenProcessPool:
            raise WorkerDiedError from None

    def _stop(self, flying: Collection[Any]) -> None:
        self.close()
