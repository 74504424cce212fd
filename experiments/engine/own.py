"""A Dask cluster of our own: a scheduler in this process and workers beside it, on the loopback alone."""

import logging
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Self

from distributed import LocalCluster

from experiments.engine.port import ONE_THREAD

_HOST = "127.0.0.1"


class Own:
    """A scheduler and its workers; one that dies is followed by another.

    Dask's own ``LocalCluster`` starts its workers as children that hear Ctrl-C, write what they think of it,
    and want the program's main module to be written for it. These are programs of their own.

    Args:
        workers: How many.
    """

    def __init__(self, workers: int) -> None:
        self._folder = TemporaryDirectory(prefix="qunlab-")
        self._scheduler = LocalCluster(
            n_workers=0,
            processes=True,
            threads_per_worker=1,
            host=_HOST,
            dashboard_address=f"{_HOST}:0",
            silence_logs=logging.CRITICAL,
            # What dies is run again by us, alone. Without a dashboard there is still a server for one.
            scheduler_kwargs={"allowed_failures": 0, "dashboard": False},
        )
        self.address: str = self._scheduler.scheduler_address
        self._workers = [self._start() for _ in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.wait()
        self._scheduler.close()
        self._folder.cleanup()

    def tend(self) -> None:
        """Start others for workers that died."""
        for at, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[at] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        options = "--nthreads 1 --no-nanny --memory-limit 0 --death-timeout 60 --no-dashboard"
        options += f" --host {_HOST} --dashboard-address {_HOST}:0"
        program = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, *options.split()]
        return subprocess.Popen(
            [*program, "--local-directory", self._folder.name],
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that Ctrl-C is for us alone
        )
