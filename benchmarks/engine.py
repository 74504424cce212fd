"""`python -m benchmarks engine [quick]`: the engine against its goals, each in processes of its own.

A whole comparison of twenty arms; two workers against one; Dask against the local engine on as many workers;
what a task costs beside its work; and twenty kill -9s, after which the table must be the same, byte for byte.
Clock times: here it is waiting that counts. Nothing else should run meanwhile.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

#: Eighteen doses; with the baseline and the placebo twenty arms.
DOSES = (
    *(f"red_packet(purse={purse})" for purse in (5, 10, 20, 50, 100)),
    *(f"uncertain_reward(budget={purse})" for purse in (5, 10, 20, 50, 100)),
    *(f"check_in_streak(point={point})" for point in (0.05, 0.1, 0.2, 0.5)),
    *(f"offline_meetup(seats={seats})" for seats in (6, 12, 20, 30)),
)
GROUP = ("community=interest_group", "community.size=500", "days=365", "follow_up=0", "twins=0")
SEED = 20_241_122
QUNLAB = (sys.executable, "-c", "import sys; from experiments.cli import main; sys.exit(main())")


def compare(folder, *words):
    """Run ``qunlab compare`` in a process of its own; seconds, and the most memory its processes had, GB."""
    command = [*QUNLAB, "compare", *words, f"out={folder}", "lang=en"]
    began, most = time.monotonic(), 0
    with open(os.devnull, "w") as quiet:
        process = subprocess.Popen(command, stdout=quiet, start_new_session=True)
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.monotonic() - began, most / 2**30


def memory(session):
    """Bytes that the processes of a session have for themselves; what they share counts once."""
    total = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(place.name)) == session:
                lines = (place / "smaps_rollup").read_text("ascii").splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        except (OSError, StopIteration):
            continue
    return total


def large(replicates):
    """Twenty arms, a year, 500 members: seconds, member-days simulated, memory."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, peak = compare(folder, *DOSES, *GROUP, f"replicates={replicates}", "workers=2")
    return {"seconds": seconds, "member_days": 20 * replicates * 365 * 500, "peak": peak}


def engines(replicates):
    """The same comparison on one worker, on two, and on two of Dask's; seconds, and whether tables agree."""
    words = (*DOSES[:4], *GROUP, f"replicates={replicates}")
    chosen = {
        "one": ("workers=1",),
        "two": ("workers=2",),
        "dask": ("workers=2", "engine=dask"),
    }
    found, tables = {}, set()
    for name, more in chosen.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = compare(folder, *words, *more)[0]
            tables.add((Path(folder) / "comparison.csv").read_bytes())
    return found | {"same": len(tables) == 1}


def overhead(tasks=200):
    """Milliseconds that a task costs beside its work: sent, sealed and stored; one run of twenty members."""
    from experiments.engine.simulate import Arms, fill, runs
    from experiments.engine.task import Task, run
    from experiments.store.store import Store
    from simulator.community import Community
    from simulator.scenario import Scenario

    arms = Arms.of([Scenario(community=Community(size=20), days=30, follow_up=0)], 1)
    numbers = runs(tasks, 0)
    fill(Store(), arms, numbers[:2], 1, workers=1, block=1)
    began = time.process_time()
    for number in numbers:
        run(arms.scenarios, Task((number,), (0,)), 1)
    bare = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        fill(Store(folder), arms, numbers, 1, workers=1, block=1)
        whole = time.process_time() - began
    return (whole - bare) * 1000 / tasks


def kills(times, replicates):
    """Kill -9 a comparison or one of its workers, again and again, and let it go on until it is through.

    Returns:
        Kills of the parent and of workers; how many finished parts were lost; whether the table at the end
        is that of a comparison left in peace.
    """
    words = (*DOSES[::5], *GROUP, f"replicates={replicates}", "workers=2", "block=16")
    rng, count, lost = random.Random(SEED), {"parent": 0, "worker": 0}, 0
    with tempfile.TemporaryDirectory() as quiet, tempfile.TemporaryDirectory() as folder:
        compare(quiet, *words)
        command = [*QUNLAB, "compare", *words, f"out={folder}", "lang=en"]
        while True:
            process = subprocess.Popen(
                command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            before = set(Path(folder).glob("store/*/*.parquet"))
            while sum(count.values()) < times and process.poll() is None:
                time.sleep(rng.uniform(2.0, 12.0))
                whom = rng.choice(("parent", "worker"))
                if process.poll() is not None:
                    break
                if whom == "parent":
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                elif workers := children(process.pid):
                    os.kill(rng.choice(workers), signal.SIGKILL)
                else:
                    continue
                count[whom] += 1
            finished = process.wait() == 0
            lost += len(before - set(Path(folder).glob("store/*/*.parquet")))
            if finished:
                break
            clear_away(process.pid)
            command = [*QUNLAB, "resume", folder]
        same = (Path(folder) / "comparison.csv").read_bytes() == (Path(quiet) / "comparison.csv").read_bytes()
    return count | {"lost": lost, "same": same}


def children(process):
    """Worker processes of a process."""
    listed = subprocess.run(["pgrep", "-P", str(process), "-f", "loky"], capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


def clear_away(session):
    """Kill what is left of a session, workers that lost their parent."""
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


def main(words):
    """Measure and show."""
    odd = [word for word in words if word != "quick"]
    if odd:
        sys.exit(f"python -m benchmarks engine knows 'quick', not {odd[0]!r}.")
    quick = "quick" in words
    compare_warm()
    run = large(40 if quick else 1000)
    raced = engines(60 if quick else 300)
    spared = overhead(50 if quick else 200)
    killed = kills(4 if quick else 20, 64 if quick else 400)
    show(run, raced, spared, killed, Console())


def compare_warm():
    """Have all kernels compiled."""
    with tempfile.TemporaryDirectory() as folder:
        compare(folder, *DOSES[::5], *GROUP[:-2], "days=20", "twins=0", "replicates=2", "workers=1")


def show(run, raced, spared, killed, console):
    """A table of goals."""
    rate = run["seconds"] * 1e9 / run["member_days"]
    rows = (
        (
            f"twenty arms, {run['member_days'] / 1e9:.2f} billion member-days, s",
            run["seconds"],
            300,
            "at most",
        ),
        ("  clock ns per member-day, tables and report included", rate, 300e9 / 3.65e9, "at most"),
        ("  memory of all processes, GB", run["peak"], 2, "at most"),
        ("two workers / one, speed", raced["one"] / raced["two"], 1.7, "at least"),
        ("Dask / local on two workers, time", raced["dask"] / raced["two"], 1.15, "at most"),
        ("  the three tables differ", float(not raced["same"]), 0, "at most"),
        ("a task beside its work, ms", spared, 10, "at most"),
        (f"parts lost in {killed['parent']} + {killed['worker']} kills", killed["lost"], 0, "at most"),
        ("  the table differs", float(not killed["same"]), 0, "at most"),
    )
    table = Table("goal", "measured", "wanted", "", title="The engine")
    for what, measured, limit, side in rows:
        met = measured >= limit if side == "at least" else measured <= limit
        mark = "[green]met[/]" if met else "[red]short[/]"
        table.add_row(what, f"{measured:.3g}", f"{side} {limit:.3g}", mark)
    console.print(table)
