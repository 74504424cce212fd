"""Workers of a Dask cluster: one that runs already, or one started on this machine for the while.

Jobs and results travel as pickles made here and there, not by Dask, so that a mistake in either is a job's
own; whatever else goes wrong is the cluster's, and is said in a line.
"""

import logging
import pickle
import re
import socket
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, ClassVar, Self

import cloudpickle
import dask
from distributed import Client, KilledWorker
from loky import cpu_count

from experiments.engine.own import Own
from experiments.engine.port import Job, Progress, do
from experiments.engine.remote import Remote, WorkerDiedError
from simulator.errors import UserError

#: Seconds: for a scheduler to answer, and to have workers; between looks at the cluster; without any worker
#: until we give up; for workers of our own to start; for a result to come over.
_ANSWER, _LOOK, _NOBODY, _START, _FETCH = 5.0, 0.5, 60.0, 60.0, 300.0
#: What must be the same on all machines, if numbers are to be.
_SAME = ("numpy", "numba", "qunlab")
_ADDRESS = r"(?:(tcp|tls)://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}"


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
        self._done: SimpleQueue[Any] = SimpleQueue()
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
        self._stack.enter_context(_quiet())
        if self._address is None:
            self._own = self._stack.enter_context(Own(self.workers))
            self._place = address = self._own.address
        else:
            self._place = address = _checked(self._address)
        self._client = _joined(address)
        self._stack.callback(_left, self._client)
        if self._own is not None:
            self._await(
                _START, f"The workers of the cluster on this machine did not start within {_START:g} seconds."
            )
        else:
            self._await(
                _ANSWER,
                f"The scheduler at {address} has no workers; start some with "
                f"'dask worker {address} --nthreads 1'.",
            )
            self.workers = self._most or self._threads()
            odd = mismatch(self._client.get_versions(packages=list(_SAME)))
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
            flying.difference_update(self._ready(flying))

    def _send(self, job: Job, worker: str | None = None) -> Any:
        where = {} if worker is None else {"workers": [worker], "allow_other_workers": True}
        sent = self._client.submit(apart, cloudpickle.dumps(job), pure=False, **where)
        sent.add_done_callback(self._done.put)
        return sent

    def _ready(self, flying: Collection[Any]) -> Iterator[Any]:
        while True:
            if monotonic() > self._looked + _LOOK:
                self._look()
            with suppress(Empty):
                sent = self._done.get(timeout=_LOOK)
                if sent in flying:  # not of a flight that was stopped
                    yield sent
                    return

    def _result(self, sent: Any) -> Any:
        try:
            good, result = sent.result(timeout=_FETCH)
        except KilledWorker:
            raise WorkerDiedError from None
        except Exception as error:
            self._threads()  # gone, or something else
            text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise UserError(f"The cluster at {self._place} could not do a piece of work: {text}") from None
        finally:
            sent.release()
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
        return True, cloudpickle.dumps(do(pickle.loads(job)))
    except (Exception, SystemExit) as error:
        try:
            raised = cloudpickle.dumps(error)
            pickle.loads(raised)  # some can be written, and not read
        except Exception:
            raised = pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
        return False, raised


def mismatch(versions: Mapping[str, Any]) -> str | None:
    """What a worker has another version of than we; None where all is the same.

    Args:
        versions: As :meth:`distributed.Client.get_versions` has them.
    """
    here = _versions(versions["client"])
    for address, worker in versions["workers"].items():
        for name, there in _versions(worker).items():
            if there != here[name]:
                found = f"no {name}" if there is None else f"{name} {there}, and here is {here[name]}"
                return f"The worker at {address} has {found}; install the same versions on all machines."
    return None


def _versions(found: Mapping[str, Any]) -> dict[str, Any]:
    python = ".".join(str(found["host"]["python"]).split(".")[:2])
    return {"Python": python, **{name: found["packages"].get(name) for name in _SAME}}


def _checked(address: str) -> str:
    found = re.fullmatch(_ADDRESS, address)
    if found is None:
        raise UserError(
            f"engine.address is {address!r}; it must be the address of a scheduler, as in tcp://192.168.1.5:8786."
        )
    return address if found[1] else f"tcp://{address}"


def _joined(address: str) -> Client:
    """A client of the scheduler there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions; we have words of our own for them
        try:
            _hear(address)
            return Client(address, timeout=_ANSWER, set_as_default=False)
        except Exception:
            raise UserError(
                f"No Dask scheduler answers at {address}; start one with 'dask scheduler' and give the "
                "address that it prints."
            ) from None


def _hear(address: str) -> None:
    """See that one speaks there who may be a scheduler; Dask would wait for ever for what another says.

    A scheduler speaks first, and first says how much it is going to say, in eight bytes.
    """
    kind, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), _ANSWER) as line:
        if kind == "tcp" and not 0 < int.from_bytes(line.recv(8, socket.MSG_WAITALL), "little") < 2**20:
            raise ConnectionError


def _left(client: Any) -> None:
    with suppress(Exception):
        client.close(timeout=2)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask says nothing by itself: neither of large jobs, nor in its logs what we say in words of our own."""
    names = [
        name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")
    ]
    loggers = [logging.getLogger(name) for name in {*names, "distributed", "tornado"}]
    levels = [logger.level for logger in loggers]
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
