"""Worker processes of this machine: results in order; one that dies costs nobody else's work."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from experiments.engine import port
from experiments.engine.choice import make
from experiments.engine.port import Died, Engine
from experiments.mistakes import in_language
from simulator.errors import UserError
from tests.experiments import jobs


@pytest.fixture(scope="module")
def two() -> Iterator[Engine]:
    with make("local", 2) as engine:
        yield engine


def test_results_are_in_the_order_of_the_jobs_whoever_did_them(two) -> None:
    told: list[tuple[int, int]] = []
    two.progress = lambda *done: told.append(done)
    found = two.run([(jobs.whoami, n) for n in range(5)])
    two.progress = None
    assert [n for n, _ in found] == list(range(5))
    assert os.getpid() not in {who for _, who in found}
    assert told == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize(("name", "workers"), [("serial", None), ("serial", 2), ("local", 1)])
def test_where_one_is_enough_it_is_this_process(name, workers) -> None:
    with make(name, workers) as engine:
        assert engine.run([(jobs.whoami, n) for n in range(5)]) == [(n, os.getpid()) for n in range(5)]


def test_a_worker_that_is_killed_costs_no_result(two, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert two.run([(jobs.once_fatal, n, str(mark)) for n in range(5)]) == [0, 1, 4, 9, 16]
    assert mark.exists()


def test_a_job_that_always_kills_is_given_up_for_itself_alone(two) -> None:
    found = dict(two.each((jobs.fatal, n, (0, 5)) for n in range(6)))
    assert found == {0: Died(), 1: 1, 2: 4, 3: 9, 4: 16, 5: Died()}


def test_results_that_must_all_be_there_are_a_line_where_one_is_not(two) -> None:
    with pytest.raises(UserError, match="workers die of one piece of work") as mistake:
        two.run([(jobs.fatal, 3)])
    assert "工作进程" in in_language(str(mistake.value), "zh")


def test_workers_that_die_of_everything_are_a_line(two, monkeypatch) -> None:
    monkeypatch.setattr("experiments.engine.remote.HOPELESS", 3)
    with pytest.raises(UserError, match="workers died 3 times") as mistake:
        list(two.each((jobs.fatal, 3) for _ in range(9)))
    assert "工作进程" in in_language(str(mistake.value), "zh")


def test_what_a_job_raises_is_raised_and_the_engine_goes_on(two) -> None:
    with pytest.raises(ZeroDivisionError):
        two.run([(divmod, 1, 1), (divmod, 1, 0), (jobs.nap, 60)])
    assert two.run([(jobs.square, 7)]) == [49]


def test_jobs_are_drawn_as_there_is_room(two) -> None:
    drawn: list[int] = []

    def endless() -> Iterator[port.Job]:
        while True:
            drawn.append(len(drawn))
            yield jobs.square, len(drawn)

    for done, _ in enumerate(results := two.each(endless()), start=1):
        assert len(drawn) - done < 2 * two.workers
        if done == 9:
            break
    results.close()


def test_one_warms_up_before_the_others_begin(two, tmp_path: Path) -> None:
    mark = tmp_path / "warm"
    found = dict(two.each([(mark.exists,)] * 4, warm=(jobs.leave, str(mark))))
    assert found == dict.fromkeys(range(4), True)


@pytest.mark.parametrize("warm", [(divmod, 1, 0), (jobs.fatal, 3)])
def test_what_becomes_of_the_warming_up_does_not_matter(two, warm) -> None:
    assert dict(two.each([(jobs.square, 2)], warm)) == {0: 4}


def test_workers_do_not_hear_ctrl_c(two) -> None:
    assert two.run([(jobs.ctrl_c, n) for n in range(3)]) == [0, 1, 2]


def test_ctrl_c_stops_what_is_under_way(two) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        results = two.each([(jobs.square, 1), *[(jobs.nap, 60)] * 3])
        assert next(results) == (0, 1)
        Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            next(results)
    finally:
        signal.signal(signal.SIGINT, before)
    assert two.run([(jobs.square, 7)]) == [49]


def test_no_jobs_are_no_results_and_start_nothing() -> None:
    with make("local", 2) as engine:
        assert engine.run([]) == []
        assert engine._pool is None
