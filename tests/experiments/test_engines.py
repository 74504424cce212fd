"""Which engine does the work, and a cluster of our own on this machine."""

import os
import signal
import subprocess
from collections.abc import Iterator
from threading import Timer

import pytest

from experiments.config import compose
from experiments.engine.choice import ENGINES, check, make
from experiments.engine.cluster import Cluster
from experiments.engine.port import Died
from experiments.known import presets
from experiments.mistakes import in_language
from experiments.study import EngineChoice, Study
from simulator.errors import UserError
from tests.experiments import jobs


def test_every_engine_is_a_preset_that_names_it():
    assert set(presets("engine")) == set(ENGINES)
    for name in ENGINES:
        assert compose([f"engine={name}"]).values["engine"] == {"use": name, "address": None}


def test_a_study_says_where_its_work_is_done_and_is_the_same_study():
    here = Study.of("red_packet", replicates=2)
    there = Study.of("red_packet", replicates=2, engine="dask", **{"engine.address": "tcp://10.0.0.1:8786"})
    assert here.engine == EngineChoice("local", None)
    assert there.engine == EngineChoice("dask", "tcp://10.0.0.1:8786")
    assert here.hash == there.hash


def said(**settings) -> str:
    with pytest.raises(UserError) as mistake:
        Study.of("red_packet", **settings)
    return str(mistake.value)


def test_what_is_no_engine_is_a_line():
    assert "Did you mean 'dask'?" in said(engine="dsk")
    assert "choose one of them" in said(engine="[dask,local]")
    assert "engine.use cannot be set" in said(**{"engine.use": "dask"})
    lost = said(**{"engine.address": "tcp://10.0.0.1:8786"})
    assert lost == "engine.address is 'tcp://10.0.0.1:8786', which is for a cluster; add engine=dask."
    assert "集群" in in_language(lost, "zh")
    with pytest.raises(UserError, match="Did you mean 'serial'"):
        check("serail", None)


def test_a_missing_library_is_a_line_that_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("experiments.engine.choice.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'qunlab\[cluster\]'") as mistake:
        make("dask")
    assert "还没有安装" in in_language(str(mistake.value), "zh")


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    with Cluster(2) as engine:
        yield engine


def test_our_own_cluster_does_jobs_in_processes_of_its_own(own) -> None:
    found = own.run([(jobs.whoami, n) for n in range(5)])
    assert [n for n, _ in found] == list(range(5))
    assert os.getpid() not in {who for _, who in found}
    assert own.run([(jobs.much, 3_000_000)]) == [bytes(3_000_000)]


def test_no_more_is_under_way_than_twice_the_workers(own) -> None:
    drawn = 0

    def endless() -> Iterator[tuple]:
        nonlocal drawn
        while True:
            drawn += 1
            yield jobs.square, drawn

    results = own.each(endless())
    for done in range(9):
        next(results)
        assert drawn - done <= 2 * own.workers
    results.close()


def test_ctrl_c_stops_what_is_under_way_and_the_cluster_goes_on(own, capfd) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        results = own.each([(jobs.square, 1), *[(jobs.nap, 0.5)] * 9])
        assert next(results) == (0, 1)
        Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            for _ in results:
                pass
    finally:
        signal.signal(signal.SIGINT, before)
    assert own.run([(jobs.square, 7)]) == [49]
    assert capfd.readouterr() == ("", "")


def test_a_job_that_always_kills_is_given_up_and_its_worker_replaced(own, capfd) -> None:
    found = dict(own.each([(jobs.fatal, n, (1,)) for n in range(4)], warm=(jobs.square, 2)))
    assert found == {0: 0, 1: Died(), 2: 4, 3: 9}
    assert own.run([(jobs.square, 7)]) == [49]
    assert capfd.readouterr() == ("", "")


def test_a_cluster_that_is_left_leaves_nothing_behind(capfd) -> None:
    with Cluster(1) as engine:
        (worker,) = engine._own._workers
        folder = engine._own._folder.name
        assert engine.run([(jobs.square, 7)]) == [49]
    assert isinstance(worker, subprocess.Popen)
    assert worker.returncode is not None
    assert not os.path.exists(folder)
    assert capfd.readouterr() == ("", "")
