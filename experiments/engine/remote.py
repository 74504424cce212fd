"""What engines with workers of their own have in common: keeping them busy, and outliving their deaths."""

from abc import abstractmethod
from collections.abc import Collection, Generator, Hashable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from experiments.engine.port import Died, Engine, Job, Progress, Results
from simulator.errors import UserError

#: Deaths in a row, with no result in between, after which nothing more is to be hoped for. An ensemble that
#: halves a block down to the run that kills needs some twenty.
HOPELESS = 40
Placed = tuple[int, Job]


class WorkerDiedError(Exception):
    """A worker died of a job, or of one beside it."""


class Remote(Engine):
    """Workers in processes of their own; one that dies costs nobody else's work.

    What was under way when it died, and may have died with it, is run again, one job at a time, so that only
    a job which kills its worker by itself is given up.
    """

    def __init__(self, workers: int, progress: Progress | None = None) -> None:
        super().__init__(workers, progress)
        self._deaths = 0

    def each(self, jobs: Iterable[Job], warm: Job | None = None) -> Results:
        """Place and result of each job, as they are done; see :meth:`Engine.each`."""
        todo, self._deaths = enumerate(jobs), 0
        if warm is not None:
            self._first(warm)
        while suspects := (yield from self._until_death(todo)):
            for suspect in suspects:
                if (yield from self._until_death(iter([suspect]))):
                    yield suspect[0], Died()

    def _first(self, job: Job) -> None:
        """Have one worker do a job while the others start.

        So kernels that must be compiled are compiled once, not by all at once: the shortest way to a first
        result, and no longer than any where there is nothing to compile.
        """
        with suppress(Exception):
            for _ in self._until_death(iter([(0, job)])):
                pass

    def _until_death(self, todo: Iterator[Placed]) -> Generator[tuple[int, Any], None, list[Placed]]:
        """Work off jobs until there are no more or a worker dies.

        Returns what was under way when it died; nothing where all is done.
        """
        flying: dict[Any, Placed] = {}
        dead: list[Placed] = []
        try:
            while True:
                while not dead and len(flying) < 2 * self.workers and (placed := next(todo, None)):
                    try:
                        flying[self._send(placed[1])] = placed
                    except WorkerDiedError:  # one died while it had nothing to do
                        dead.append(placed)
                if not flying:
                    break
                for sent in self._ready(flying):
                    placed = flying.pop(sent)
                    try:
                        result = self._result(sent)
                    except WorkerDiedError:
                        dead.append(placed)
                    else:
                        self._deaths = 0
                        yield placed[0], result
            if dead:
                self._deaths += 1
                if self._deaths == HOPELESS:
                    raise UserError(
                        f"workers died {HOPELESS} times (killed, out of memory or crashed); "
                        "ask for workers=1, or for less."
                    )
            return dead
        finally:
            if flying or dead:
                self._stop(flying)

    @abstractmethod
    def _send(self, job: Job) -> Hashable:
        """Give a job to a worker; what stands for it from now on. Raises :class:`WorkerDiedError`."""

    @abstractmethod
    def _ready(self, flying: Collection[Any]) -> Iterable[Any]:
        """Wait until some of these are done; which."""

    @abstractmethod
    def _result(self, sent: Any) -> Any:
        """The result of one that is done. Raises :class:`WorkerDiedError`, and what the job raised."""

    @abstractmethod
    def _stop(self, flying: Collection[Any]) -> None:
        """Stop these, after a death, an exception or Ctrl-C."""
