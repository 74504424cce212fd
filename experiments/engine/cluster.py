"""Workers of a Dask cluster: one that runs already, or one started on this machine for the while.

Jobs and results travel as pickles made here and there, not by Dask, so that a mistake in either is a job's
own; whatever else goes wrong is the cluster's, and is said in a line.
"""

import pickle
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, suppress
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, ClassVar, Self

import cloudpickle
from distributed import KilledWorker
from loky import cpu_count

from experiments.engine.joining import SAME, checked, joined, left, mismatch, quiet
from experiments.engine.own import Own
from experiments.engine.port import Job, Progress, do
from experiments.engine.remote import Remote, WorkerDiedError
from simulator.errors import UserError

#: Seconds: for a scheduler to have workers; between looks at it; without any worker until we give up; for
#: workers of our own to start; for a result to come over.
_WORKERS, _LOOK, _NOBODY, _START, _FETCH = 5.0, 0.5, 60.0, 60.0, 300.0


class Cluster(Remote):
    """A Dask cluster; joined on entering, left on leaving.

    Args:
        workers: Jobs done at the same time; None for as many as the cluster has threads, or one a core.
        address: Of the scheduler; None to start one, and workers, on this machine.
        progress: Told of the work by :meth:`run`.

    Raises:
        UserError: On entering: nobody there, or with other versions than here.
    """

    name: ClassVar[str] = "dask"

    def __init__(
        self, workers: int | None = None, address: str | None = None, progress: Progress | None = None
    ) -> None:
        super().__init__(workers or cpu_count(), progress)
        self._most, self._address = workers, address
        self._done: SimpleQueue[tuple[Any, Any]] = SimpleQueue()
        self._fetched: dict[Any, Any] = {}
        self._stack = ExitStack()
        self._client: Any = None
        self._own: Own | None = None
        self._looked = self._seen = monotonic()

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Leave the cluster; end it where it is our own."""
        self._client = self._own = None
        self._stack.close()

    def _open(self) -> None:
        self._stack.enter_context(quiet())
        if self._address is None:
            self._own = self._stack.enter_context(Own(self.workers))
            self._place = address = self._own.address
        else:
            self._place = address = checked(self._address)
        self._client = joined(address, near=self._own is not None)
        self._stack.callback(left, self._client)
        if self._own is not None:
            self._await(
                _START, f"The workers of the cluster on this machine did not start within {_START:g} seconds."
            )
        else:
            self._await(
                _WORKERS,
                f"The scheduler at {address} has no workers; start some with "
                f"'dask worker {address} --nthreads 1'.",
            )
            self.workers = self._most or self._threads()
            odd = mismatch(self._client.get_versions(packages=list(SAME)))
            if odd is not None:
                raise UserError(odd)
        self._seen = monotonic()

    def _await(self, seconds: float, otherwise: str) -> None:
        """Wait until there is a worker."""
        until = monotonic() + seconds
        while not self._threads():
            if monotonic() > until:
                raise UserError(otherwise)
            sleep(0.05)

    def _threads(self) -> int:
        """How many jobs the workers can do at the same time."""
        if self._client.status == "running":
            with suppress(Exception):
                return sum(self._client.nthreads().values())
        raise self._gone()

    def _gone(self) -> UserError:
        return UserError(f"The Dask scheduler at {self._place} is gone; start it again, and then this.")

    def _look(self) -> None:
        """See whether the cluster is alive."""
        self._looked = now = monotonic()
        if self._own is not None:
            self._own.tend()
        threads = self._threads()
        if threads:
            self._seen = now
            if self._own is None:
                self.workers = self._most or threads
        elif now - self._seen > _NOBODY:
            raise UserError(f"The scheduler at {self._place} has had no workers for {_NOBODY:g} seconds.")

    def _first(self, job: Job) -> None:
        """Have one worker of each machine do a job before the others begin."""
        hosts = {address.rpartition(":")[0]: address for address in self._client.nthreads()}
        flying = {self._send(job, address) for address in hosts.values()}
        while flying:
            for sent in list(self._ready(flying)):
                flying.remove(sent)
                del self._fetched[sent]

    def _send(self, job: Job, worker: str | None = None) -> Any:
        where = {} if worker is None else {"workers": [worker], "allow_other_workers": True}
        sent = self._client.submit(apart, cloudpickle.dumps(job), pure=False, **where)
        sent.add_done_callback(self._fetch)
        return sent

    def _fetch(self, sent: Any) -> None:
        """Have a result come over; in a thread of Dask's, so that meanwhile we can look after the cluster."""
        try:
            self._done.put((sent, sent.result(timeout=_FETCH)))
        except Exception as error:
            self._done.put((sent, error))

    def _ready(self, flying: Collection[Any]) -> Iterator[Any]:
        while True:
            if monotonic() > self._looked + _LOOK:
                self._look()
            with suppress(Empty):
                sent, result = self._done.get(timeout=_LOOK)
                if sent in flying:  # not of a flight that was stopped
                    self._fetched[sent] = result
                    yield sent
                    return

    def _result(self, sent: Any) -> Any:
        fetched = self._fetched.pop(sent)
        sent.release()
        if isinstance(fetched, KilledWorker):
            raise WorkerDiedError
        if isinstance(fetched, BaseException):
            self._threads()  # gone, or something else
            text = " ".join(f"{type(fetched).__name__}: {fetched}".split())[:200]
            raise UserError(f"The cluster at {self._place} could not do a piece of work: {text}")
        good, result = fetched
        thing = pickle.loads(result)
        if good:
            return thing
        raise thing

    def _stop(self, flying: Iterable[Any]) -> None:
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel(list(flying), force=True)


def apart(job: bytes) -> tuple[bool, bytes]:
    """On a worker: whether a job went well, and its result, or what it raised."""
    try:
        return True, cloudpickle.dumps(do(_read(job)))
    except (Exception, SystemExit) as error:
        try:
            raised = cloudpickle.dumps(error)
            pickle.loads(raised)  # some can be written, and not read
        except Exception:
            raised = pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
        return False, raised


def _read(job: bytes) -> Job:
    try:
        read: Job = pickle.loads(job)
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UserError(f"A worker cannot read its work: {text}. Install the same on all machines.") from None
    return read
