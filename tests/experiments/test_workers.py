"""Worker processes: results in order, a worker that dies costs time alone, and not for ever."""

import os
import signal
import time
from pathlib import Path

import pytest

from experiments.engine.pool import Pool
from experiments.mistakes import in_language
from simulator.errors import UserError


def slowly(n: int) -> tuple[int, int]:
    time.sleep(0.01 * (5 - n))
    return n, os.getpid()


def once_fatal(n: int, mark: str) -> int:
    """Kills its worker the first time."""
    if n == 2 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def fatal() -> None:
    os._exit(7)


def test_results_are_in_the_order_of_the_jobs_whoever_did_them() -> None:
    jobs = [(slowly, n) for n in range(5)]
    told: list[tuple[int, int]] = []
    with Pool(2, lambda *done: told.append(done)) as pool:
        found = pool.run(jobs)
    assert [n for n, _ in found] == list(range(5))
    assert os.getpid() not in {who for _, who in found}
    assert told == [(n, 5) for n in range(1, 6)]
    with Pool(1) as pool:
        assert pool.run(jobs) == [(n, os.getpid()) for n in range(5)]


def test_a_worker_that_is_killed_costs_no_result(tmp_path: Path) -> None:
    with Pool(2) as pool:
        assert pool.run([(once_fatal, n, str(tmp_path / "mark")) for n in range(5)]) == [0, 1, 4, 9, 16]
    assert (tmp_path / "mark").exists()


def test_workers_that_die_again_and_again_are_a_line() -> None:
    with Pool(2) as pool, pytest.raises(UserError, match="workers died 3 times") as mistake:
        pool.run([(fatal,)])
    assert "工作进程" in in_language(str(mistake.value), "zh")


def test_a_mistake_in_a_job_is_passed_on() -> None:
    with Pool(2) as pool, pytest.raises(ZeroDivisionError):
        pool.run([(divmod, 1, 1), (divmod, 1, 0)])
