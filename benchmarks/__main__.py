"""`python -m benchmarks [quick] [out=FILE]`: speed and memory against the goals, side by side with peers.

`python -m benchmarks engine` is about the engine instead: twenty arms, workers, clusters, kills.

`python -m benchmarks optimise [quick] [out=FILE]`: the search for a plan beside random search.

Times are processor times of one core: waiting for other programs does not count. A busy machine has less
cache to give and is slower even so; how much slower than a quiet one, the push kernel tells.
"""

import json
import platform
import sys
from statistics import median
from time import process_time

from rich.console import Console
from rich.table import Table

from benchmarks import day, engine, mesa_plain, push_kernel, reference
from simulator.registry import STRATEGIES, distribution, strategies

#: What the push kernel took on the quiet core that the goals were set on, ns per member-day.
QUIET_PUSH = 13.0
#: Full blocks, of about as many slots as the engine's own.
SIZES = ((1_280, 100), (256, 500), (26, 5_000), (2, 50_000), (1, 200_000), (1, 1_000_000))
BLOCK = 256


def _nanoseconds(member_days, run, *size):
    began = process_time()
    run(*size)
    return (process_time() - began) * 1e9 / member_days


def side_by_side(replicates, members, days, mesa_days, times):
    """Median ns per member-day of each rival; they take turns, so that a slow spell hits them all."""
    push_kernel.run(2, members, 2)
    mesa_plain.run(members, 1)
    day.warm_up()
    reference.measure(40, 15, 1)
    count = replicates * members * days
    rivals = {
        "push": lambda: _nanoseconds(count, push_kernel.run, replicates, members, days),
        "mesa": lambda: _nanoseconds(members * mesa_days, mesa_plain.run, members, mesa_days),
        "four": lambda: day.measure(replicates, members, days)["ns"],
        "none": lambda: day.measure(replicates, members, days, ())["ns"],
        "reference": lambda: reference.measure(members, min(days, 30)),
    }
    rounds = [{name: run() for name, run in rivals.items()} for _ in range(times)]
    return {name: median(one[name] for one in rounds) for name in rivals}


def repertoire(members, days, times):
    """Median ns per member-day of one group without a tactic, and with every strategy we ship at once."""
    known = [name for name in strategies() if distribution(STRATEGIES, name) == "qunlab"]
    day.measure(1, 40, 15, known)
    rivals = {"bare": (), "all": known}
    rounds = [
        {name: day.measure(1, members, days, tactics)["ns"] for name, tactics in rivals.items()}
        for _ in range(times)
    ]
    return {"count": len(known)} | {name: median(one[name] for one in rounds) for name in rivals}


def scaling(sizes, days, times):
    """Cost and memory at each size, each run in a process of its own; of ``times`` rounds the median one."""
    rounds = [[day.apart(replicates, members, days) for replicates, members in sizes] for _ in range(times)]
    return [sorted(runs, key=lambda run: run["ns"])[times // 2] for runs in zip(*rounds, strict=True)]


def goals(ns, whole, block, sizes):
    """What was promised: (what, measured, limit, ``at most`` or ``at least``, whether it is so)."""
    quiet = ns["four"] * QUIET_PUSH / ns["push"]
    costs = [size["ns"] for size in sizes]
    largest = sizes[-1]
    lines = [
        ("our day, ns per member-day", ns["four"], 120, "at most"),
        ("  the same where the push kernel takes 13 ns", quiet, 120, "at most"),
        ("our day / push kernel", ns["four"] / ns["push"], 10, "at most"),
        ("plain Mesa / our day", ns["mesa"] / ns["four"], 15, "at least"),
        ("reference engine / our day", ns["reference"] / ns["four"], 100, "at least"),
        ("reference engine / plain Mesa's toy rule", ns["reference"] / ns["mesa"], 10, "at most"),
        (f"one group of 500: {whole['count']} strategies / none", whole["all"] / whole["bare"], 3, "at most"),
        ("memory of the block, GB", block["peak"], 1, "at most"),
        (f"memory of {largest['members']:,} members, GB", largest["peak"], 4, "at most"),
        ("cost per member-day, dearest size / cheapest", max(costs) / min(costs), 2, "at most"),
    ]
    return [(*line, line[1] >= line[2] if line[3] == "at least" else line[1] <= line[2]) for line in lines]


def show(ns, whole, sizes, promised, console):
    """Three tables: rivals, sizes, goals."""
    rivals = Table("rival", "ns per member-day", title="One core, the same machine, taking turns")
    rivals.add_row(f"toy rule, numba push kernel ({QUIET_PUSH:.0f} on a quiet core)", f"{ns['push']:.1f}")
    rivals.add_row("toy rule, plain Mesa", f"{ns['mesa']:.0f}")
    rivals.add_row("our day, four strategies, reference engine", f"{ns['reference']:.0f}")
    rivals.add_row("our day, four strategies", f"{ns['four']:.0f}")
    rivals.add_row("our day, none", f"{ns['none']:.0f}")
    rivals.add_row("our day, none, one group of 500 on its own", f"{whole['bare']:.0f}")
    rivals.add_row(f"the same, all {whole['count']} strategies", f"{whole['all']:.0f}")

    heads = ("replicates x members", "ns per member-day", "founding, s", "visiting", "messages a day", "GB")
    table = Table(*heads, title="Four strategies, overload off, each in a process of its own")
    for size in sizes:
        table.add_row(
            f"{size['replicates']} x {size['members']:,}",
            f"{size['ns']:.0f}",
            f"{size['founding']:.2f}",
            f"{size['visiting']:.0%}",
            f"{size['messages']:.0f}",
            f"{size['peak']:.2f}",
        )

    verdict = Table("goal", "measured", "wanted", "", title="Goals")
    for what, measured, limit, side, met in promised:
        mark = "[green]met[/]" if met else "[red]short[/]"
        verdict.add_row(what, f"{measured:.3g}", f"{side} {limit}", mark)
    for one in (rivals, table, verdict):
        console.print(one)


def main(words):
    """Measure, show, write JSON where ``out=`` says so."""
    if words[:1] == ["engine"]:
        engine.main(words[1:])
        return
    out = next((word.removeprefix("out=") for word in words if word.startswith("out=")), None)
    quick = "quick" in words
    odd = [word for word in words if word not in ("quick", "optimise") and not word.startswith("out=")]
    if odd:
        sys.exit(f"python -m benchmarks knows 'optimise', 'quick' and 'out=FILE', not {odd[0]!r}.")
    if "optimise" in words:
        from benchmarks import optimise  # needs Optuna, which the others do not

        _write(out, optimise.main(words))
        return
    ns = side_by_side(BLOCK, 500, 60 if quick else 365, 30, 3 if quick else 5)
    whole = repertoire(500, 60 if quick else 365, 3 if quick else 5)
    block = day.apart(BLOCK, 500, 60 if quick else 365)
    sizes = scaling(SIZES[:-1] if quick else SIZES, 30, 1 if quick else 3)
    promised = goals(ns, whole, block, sizes)
    show(ns, whole, sizes, promised, Console())
    names = ("goal", "measured", "limit", "side", "met")
    _write(
        out,
        {
            "machine": platform.processor() or platform.machine(),
            "python": platform.python_version(),
            "ns_per_member_day": ns,
            "one_group": whole,
            "block": block,
            "sizes": sizes,
            "goals": [dict(zip(names, line, strict=True)) for line in promised],
        },
    )


def _write(out, report):
    """Write a report as JSON where somebody asked for it."""
    if out is not None:
        with open(out, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1:])
