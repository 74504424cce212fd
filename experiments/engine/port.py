"""The port behind which work is done: here, on processes of this machine, or on a cluster.

What an engine is given are jobs, functions of module level with their arguments; what it gives back does not
depend on which engine it is, nor on how many workers it has.
"""

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from simulator.errors import UserError

#: Told after each job: jobs done, jobs in all.
Progress = Callable[[int, int], None]
#: A function of module level and its arguments.
Job = tuple[Any, ...]
#: Place of a job and its result, or :class:`Died`.
Results = Generator[tuple[int, Any], None, None]
#: Numerical libraries get one thread each: the cores are shared out to processes.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
#: Why a worker is gone, as far as can be known.
KILLED = "the worker died: killed, out of memory or crashed"


@dataclass(frozen=True)
class Died:
    """Stands for the result of a job of which its worker died, and died again when it ran alone.

    Attributes:
        reason: Why, in a few words.
    """

    reason: str = KILLED


class Engine(ABC):
    """Does jobs; a context manager, which stops whatever it started.

    Args:
        workers: Jobs done at the same time.
        progress: Told of the work by :meth:`run`.
    """

    #: The word by which it is chosen.
    name: ClassVar[str]

    def __init__(self, workers: int, progress: Progress | None = None) -> None:
        self.workers, self.progress = workers, progress

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def each(self, jobs: Iterable[Job], warm: Job | None = None) -> Results:
        """Place and result of each job, as they are done; :class:`Died` where it kills its workers.

        Jobs are drawn one by one as there is room, so that whoever makes them may learn from the results; at
        most twice as many as there are workers are under way. Closing the generator, Ctrl-C and an exception
        stop what is under way.

        Args:
            jobs: The jobs.
            warm: What one worker does before the others begin, such as compiling; what becomes of it does
                not matter.

        Raises:
            UserError: The workers cannot work.
            Exception: What a job raised.
        """

    def every(self, jobs: Iterable[Job], warm: Job | None = None) -> Results:
        """The same where all must come to a result.

        Raises:
            UserError: Also where workers die of one of the jobs.
        """
        with closing(self.each(jobs, warm)) as coming:
            for at, result in coming:
                if isinstance(result, Died):
                    raise UserError(
                        "workers die of one piece of work (killed, out of memory or crashed); ask for less."
                    )
                yield at, result

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Results of the jobs, in their order, all of them; see :meth:`every`."""
        out: dict[int, Any] = {}
        for at, result in self.every(jobs):
            out[at] = result
            if self.progress:
                self.progress(len(out), len(jobs))
        return [out[at] for at in range(len(jobs))]

    def close(self) -> None:  # noqa: B027 - what started nothing has nothing to stop
        """Stop everything."""


def do(job: Job) -> Any:
    """The result of a job."""
    work, *arguments = job
    return work(*arguments)


def never_stopped() -> None:
    """Have this process, a worker, ignore Ctrl-C for good: it is the one who started it that stops it."""
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
