"""`python -m benchmarks optimise [quick] [out=FILE]`: the plan search beside random search, on equal terms.

Both get the same tactics, limits, trials, replicates and seeds, both play their best again in a heat, and the
winner of each is confirmed on the same fresh replicates, beside doing nothing. What counts is the confirmed
effect: numbers of the search itself flatter whoever draws more noise.
"""

from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from experiments.optimise.ask import asked_from
from experiments.optimise.confirm import confirm

#: A small group, so that several seeds are done in minutes; limits that bite.
WORDS = ("budget=500", "hours=8", "community.size=60", "days=30", "follow_up=15", "workers=1")
RIVALS: tuple[Literal["tpe", "random"], ...] = ("tpe", "random")


def race(seeds, trials, replicates, confirmed):
    """For each seed what both rivals came to: confirmed and searched effect, yuan, hours and seconds."""
    rows = []
    for seed in seeds:
        own = (f"seed={seed}", f"trials={trials}", f"replicates={replicates}", f"confirm={confirmed}")
        asked = asked_from([*WORDS, *own], {}, None)
        for name in RIVALS:
            began = perf_counter()
            found = replace(asked.search, sampler=name).run(asked.play(), trials)
            outcome = confirm(asked.search.aim, found, asked.play(1), asked.final)
            seconds, plan = perf_counter() - began, outcome.plan
            row = {"seed": seed, "rival": name, "seconds": seconds}
            row["feasible"] = float(np.mean([one.score.feasible for one in found]))
            if plan is not None:
                effect = plan.result.comparison.effect("voices", plan.label)
                row |= {"confirmed": effect.diff, "low": effect.ci_low, "high": effect.ci_high}
                row |= {"searched": plan.trial.score.gains[0]}
                row |= {"cost": plan.score.cost, "hours": plan.score.hours}
            rows.append(row)
    return rows


def summary(rows):
    """Means of both, their paired difference with a 95% interval, and the ratio of the means."""
    by = {
        name: np.array([row.get("confirmed", 0.0) for row in rows if row["rival"] == name]) for name in RIVALS
    }
    gap = by["tpe"] - by["random"]
    half = (
        stats.t.ppf(0.975, len(gap) - 1) * gap.std(ddof=1) / len(gap) ** 0.5 if len(gap) > 1 else float("nan")
    )
    means = {name: float(values.mean()) for name, values in by.items()}
    return means | {
        "gap": float(gap.mean()),
        "gap_half_width": float(half),
        "ratio": means["tpe"] / means["random"],
        "won": float(np.mean(gap > 0)),
    }


def show(rows, whole, console):
    """Every seed and the sum of it."""
    heads = ("seed", "rival", "confirmed voices a day (95%)", "searched", "yuan", "hours", "feasible", "s")
    table = Table(*heads, title=f"Plan search beside random search: {' '.join(WORDS)}")
    for row in rows:
        effect = (
            f"{row['confirmed']:+.2f} ({row['low']:.2f} to {row['high']:.2f})" if "low" in row else "no plan"
        )
        rest = [f"{row[name]:.2f}" if name in row else "" for name in ("searched", "cost", "hours")]
        table.add_row(
            str(row["seed"]), row["rival"], effect, *rest, f"{row['feasible']:.0%}", f"{row['seconds']:.0f}"
        )
    console.print(table)
    console.print(
        f"Confirmed on average: search {whole['tpe']:+.2f}, random {whole['random']:+.2f}; "
        f"difference {whole['gap']:+.2f} ± {whole['gap_half_width']:.2f} (95%), ratio {whole['ratio']:.2f}; "
        f"the search won {whole['won']:.0%} of {len(rows) // 2} seeds."
    )


def main(words, console=None):
    """Race, show, and give the numbers."""
    quick = "quick" in words
    rows = race(range(1, 4 if quick else 6), 96 if quick else 192, 16, 200)
    whole = summary(rows)
    show(rows, whole, console or Console())
    return {"rows": rows, "summary": whole}
