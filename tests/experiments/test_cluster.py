"""A Dask cluster that runs already, with workers started apart: the same results, and deaths survived."""

import importlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from distributed import Client

from experiments.engine.choice import make
from experiments.engine.joining import mismatch
from experiments.engine.simulate import simulate
from experiments.mistakes import in_language
from experiments.study import EngineChoice
from simulator.community import Community
from simulator.errors import UserError
from simulator.registry import make_strategy
from simulator.scenario import Scenario
from tests.experiments import jobs

ROOT = Path(__file__).parents[2]


class Site:
    """A scheduler and its workers, each a program of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[subprocess.Popen[bytes]]()
        file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1", "--no-dashboard"]
        path = os.pathsep.join([str(ROOT), *sys.path])
        return subprocess.Popen(
            [*words, *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def add(self) -> None:
        options = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--death-timeout", "20"]
        options += ["--local-directory", str(self.folder)]
        self.workers.append(self._start("dask_worker", self.address, *options))

    def staff(self, workers: int) -> None:
        """Have so many workers there."""
        while len(self.workers) < workers:
            self.add()
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers)

    def kill(self) -> None:
        """kill -9 of the worker that has been there longest."""
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def end(self) -> None:
        for one in (*self.workers, self.scheduler):
            one.kill()
            one.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        yield site
    finally:
        site.end()


def refused(address: str) -> str:
    with pytest.raises(UserError) as mistake, make("dask", address=address):
        pass
    assert "\n" not in str(mistake.value)
    assert in_language(str(mistake.value), "zh") != str(mistake.value)
    return str(mistake.value)


def test_a_scheduler_without_workers_is_a_line(site, monkeypatch, capfd) -> None:
    monkeypatch.setattr("experiments.engine.cluster._WORKERS", 0.3)
    assert f"'dask worker {site.address} --nthreads 1'" in refused(site.address)
    assert capfd.readouterr() == ("", "")


def test_results_are_the_same_as_here_bit_for_bit(site) -> None:
    site.staff(2)
    community = Community(size=14, cap=18, arrivals=0.2)
    tactics = (("red_packet", make_strategy("red_packet")),)
    given: dict[str, Any] = {"community": community, "days": 8, "follow_up": 8}
    arms = (Scenario("baseline", **given), Scenario("red_packet", strategies=tactics, **given))
    one = simulate(arms, 6, twins=2, seed=5, block=3, engine=EngineChoice("serial"))
    two = simulate(arms, 6, twins=2, seed=5, block=3, engine=EngineChoice("dask", site.address))
    for name, values in one.summary.items():
        assert values.tobytes() == two.summary[name].tobytes(), name
    for name, days in one.series.items():
        assert days.tobytes() == two.series[name].tobytes(), name


def test_killed_workers_cost_no_result_while_others_are_there_or_come(
    site, capfd, tmp_path, monkeypatch
) -> None:
    site.staff(2)
    with make("dask", address=site.address.removeprefix("tcp://")) as engine:
        assert engine.workers == 2
        found = {}
        for at, seconds in engine.each((jobs.nap, 0.01 + n / 1000) for n in range(30)):
            found[at] = seconds
            if len(found) == 5:
                site.kill()
            if len(found) == 15:
                site.kill()
                site.add()
        assert found == {n: 0.01 + n / 1000 for n in range(30)}
        assert engine.workers == 1
        with pytest.raises(ZeroDivisionError):
            engine.run([(divmod, 1, 0)])
        with pytest.raises(RuntimeError, match="Stubborn: no"):
            engine.run([(jobs.stubborn,)])
        (tmp_path / "only_here.py").write_text("def three():\n    return 3\n")
        monkeypatch.syspath_prepend(tmp_path)
        three = importlib.import_module("only_here").three
        with pytest.raises(UserError, match="cannot read its work: ModuleNotFoundError") as mistake:
            engine.run([(three,)])
        assert "only_here" in in_language(str(mistake.value), "zh")
        assert "请" in in_language(str(mistake.value), "zh")
        assert engine.run([(jobs.square, 7)]) == [49]
    assert capfd.readouterr() == ("", "")


def test_a_scheduler_that_goes_is_a_line(site, capfd) -> None:
    site.staff(1)
    with make("dask", address=site.address) as engine:
        Timer(0.5, site.scheduler.kill).start()
        with pytest.raises(UserError, match=f"{site.address} is gone") as mistake:
            engine.run([(jobs.nap, 5.0)] * 3)
    assert "调度器" in in_language(str(mistake.value), "zh")
    assert capfd.readouterr() == ("", "")


def test_who_is_no_scheduler_is_a_line(monkeypatch, capfd) -> None:
    monkeypatch.setattr("experiments.engine.joining.ANSWER", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        assert "No Dask scheduler answers" in refused(f"127.0.0.1:{port}")
    assert "No Dask scheduler answers" in refused(f"tcp://127.0.0.1:{port}")
    for address in ("somewhere", "http://127.0.0.1:1", "127.0.0.1"):
        assert repr(address) in refused(address)
    assert capfd.readouterr() == ("", "")


def told(python: str = "3.11.7.final.0", **packages: str | None) -> dict[str, Any]:
    return {
        "host": {"python": python},
        "packages": {"numpy": "2.4", "numba": "0.68", "qunlab": "1", **packages},
    }


@pytest.mark.parametrize(
    ("worker", "said"),
    [
        (told(), None),
        (told("3.11.9.final.0"), None),
        (told("3.12.1.final.0"), "has Python 3.12, and here is 3.11;"),
        (told(numpy="2.3"), "has numpy 2.3, and here is 2.4;"),
        (told(numba="0.69"), "has numba 0.69, and here is 0.68;"),
        (told(qunlab=None), "has no qunlab;"),
    ],
)
def test_workers_of_other_versions_are_a_line(worker, said) -> None:
    found = mismatch({"client": told(), "workers": {"tcp://a:1": told(), "tcp://b:2": worker}})
    if said is None:
        assert found is None
    else:
        assert found is not None
        assert f"tcp://b:2 {said}" in found
        assert "请在所有机器上" in in_language(found, "zh")
