"""The work is done here, one piece after the other, in this process."""

from collections.abc import Iterable
from typing import ClassVar

from experiments.engine.port import Engine, Job, Progress, Results, do


class Serial(Engine):
    """One job after the other, in this process; a job that kills its process kills this one."""

    name: ClassVar[str] = "serial"

    def __init__(self, progress: Progress | None = None) -> None:
        super().__init__(1, progress)

    def each(self, jobs: Iterable[Job], warm: Job | None = None) -> Results:
        """Place and result of each job; there is nobody to warm up for."""
        for at, job in enumerate(jobs):
            yield at, do(job)
