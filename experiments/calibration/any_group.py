"""Fits the community ``any_group`` to patterns P1, P4, P6 and P8, and to nothing else.

    python -m experiments.calibration.any_group [evaluations=120] [worlds=300] [seed=7]

Only settings of the community are moved, within the bounds below; parameters of mechanisms, which all
communities share, are drawn from their ranges as ever. First a Sobol sequence is searched, then the best
point is improved by the simplex of Nelder and Mead. Luck is fixed by the seed, so that the loss is a
function. What is printed goes into ``configs/community/any_group.yaml``. Figures of held-out patterns that
the same runs would give are thrown away unseen.
"""

import sys
from datetime import UTC, datetime
from math import exp, inf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import qmc

from experiments.validation import gifts, lifetimes, participation, retention
from experiments.validation.targets import Part, patterns
from experiments.validation.trial import Conditions, Trial, community, gather

#: The patterns fitted, and the trials that show them.
FITTED = ("P1", "P4", "P6", "P8")
TRIALS: tuple[Trial, ...] = (lifetimes.TRIAL, participation.SHARES, retention.COHORT, gifts.ECHO)
#: What is moved, and between which values. ``coming`` shifts the logit of every chance of a visit and
#: ``talk`` the log of all messages; lengths are moved on the log.
BOUNDS: dict[str, tuple[float, float]] = {
    "coming": (-1.0, 1.0),
    "talk": (-1.5, 1.0),
    "novices": (0.05, 0.5),
    "lurker_messages": (log(0.002), log(0.1)),
    "event_share": (0.2, 0.9),
    "purpose_days": (log(2.0), log(30.0)),
    "arrivals": (0.0, 0.4),
}
#: Opening chances of a visit and messages a visit by role, before they are shifted.
VISITING, MESSAGES = (0.50, 0.40, 0.25, 0.12), (0.8, 1.0, 0.3)
#: How far inside a one-sided bound an estimate should lie, as a share of the bound.
_MARGIN = 0.1


def settings(point: NDArray[np.float64]) -> dict[str, Any]:
    """Fields of the community at a point of the search, rounded as a preset has them."""
    at = dict(zip(BOUNDS, point, strict=True))
    scale = exp(at["talk"])
    return {
        "visiting": tuple(round(float(expit(logit(p) + at["coming"])), 3) for p in VISITING),
        "messages": (*(round(m * scale, 3) for m in MESSAGES), round(exp(at["lurker_messages"]), 4)),
        "novices": round(at["novices"], 3),
        "event_share": round(at["event_share"], 2),
        "purpose_days": round(exp(at["purpose_days"])),
        "arrivals": round(at["arrivals"], 2),
    }


def achieved(fields: dict[str, Any], worlds: int, seed: int) -> dict[str, float]:
    """Every fitted figure of a community."""
    asked = Conditions(tuple(range(worlds)), seed, community=fields)
    found: dict[str, float] = {}
    for trial in TRIALS:
        found |= trial.read(gather(trial, asked))
    return {name: value for name, value in found.items() if name.partition(".")[0] in FITTED}


def loss(found: dict[str, float]) -> float:
    """Sum over figures of squared distances from where they should be, in half-widths of their targets."""
    parts = {part.name: part for key in FITTED for part in patterns()[key].parts.values()}
    return float(sum(miss(parts[name], value) ** 2 for name, value in found.items()))


def miss(part: Part, value: float) -> float:
    """Distance from the middle of a target with two ends, or from well inside one with a single end."""
    if value != value:
        return 10.0
    if part.low > -inf and part.high < inf:
        return (value - (part.low + part.high) / 2) / ((part.high - part.low) / 2)
    bound, side = (part.low, 1) if part.low > -inf else (part.high, -1)
    return max(0.0, _MARGIN - side * (value - bound) / abs(bound)) / _MARGIN


def fit(evaluations: int, worlds: int, seed: int) -> tuple[dict[str, Any], dict[str, float], float]:
    """The best community found, what it achieves and its loss."""
    low, high = np.array(list(BOUNDS.values())).T
    seen: list[tuple[float, tuple[float, ...]]] = []

    def score(point: NDArray[np.float64]) -> float:
        inside = np.clip(point, low, high)
        beyond = float(np.square((point - inside) / (high - low)).sum())
        value = loss(achieved(settings(inside), worlds, seed)) + 100 * beyond
        seen.append((value, tuple(inside)))
        print(f"{len(seen):4d}  {value:8.3f}  best {min(seen)[0]:8.3f}", file=sys.stderr)
        return value

    first = 2 ** int(np.log2(max(evaluations // 2, 2)))
    for point in qmc.Sobol(len(BOUNDS), rng=np.random.default_rng(seed)).random(first):
        score(low + point * (high - low))
    start = np.array(min(seen)[1])
    corners = [start, *(start + 0.15 * (high - low) * row for row in np.eye(len(BOUNDS)))]
    minimize(
        score,
        start,
        method="Nelder-Mead",
        options={"maxfev": evaluations - first, "initial_simplex": np.array(corners), "xatol": 1e-3},
    )
    best = settings(np.array(min(seen)[1]))
    return best, achieved(best, worlds, seed), min(seen)[0]


def main(words: list[str]) -> None:
    """Fit, and print what belongs into the preset."""
    asked = {"evaluations": 120, "worlds": 300, "seed": 7}
    asked |= {key: int(value) for key, _, value in (word.partition("=") for word in words)}
    community("any_group")  # the rest of the preset stays as it is
    best, found, value = fit(**asked)
    print(f"# fitted {datetime.now(UTC):%Y-%m-%d} by python -m experiments.calibration.any_group", end="")
    print("".join(f" {key}={n}" for key, n in asked.items()) + f"; loss {value:.2f}")
    for name, one in found.items():
        print(f"#   {name} {one:.3f}")
    for name, one in best.items():
        print(f"{name}: {list(one) if isinstance(one, tuple) else one}")


if __name__ == "__main__":
    main(sys.argv[1:])
