"""A result made of seeded noise, for tests of everything that shows or writes one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments.result import Arm, Assumption, Failure, Group, Result, Tactic
from experiments.statistics.comparison import compare
from experiments.statistics.survival import Lifespans
from experiments.study import PLACEBO
from simulator.metrics import BY_NAME, METRICS, Metric

RED = Tactic(
    "red_packet", "red_packet", {"en": "Red packets", "zh": "红包"}, {"purse": 20.0, "every": 7}, 340.0, 6.0
)
STREAK = Tactic(
    "check_in_streak", "check_in_streak", {"en": "Check-in streak", "zh": "打卡"}, {"point": 0.1}, 0.0, 18.0
)
MEET = Tactic(
    "offline_meetup", "offline_meetup", {"en": "Offline meetup", "zh": "线下见面"}, {"seats": 20}, 1600.0, 9.0
)
BIG = Tactic(
    "big", "red_packet", {"en": "Red packets", "zh": "红包"}, {"purse": 200.0, "every": 1}, 12_000.0, 30.0
)
UNSURE = Tactic("uncertain_reward", "uncertain_reward", {}, {"purse": 20.0, "winners": 3}, 335.2, 6.0)

ARMS = (
    Arm("baseline", "a" * 16),
    Arm("red_packet", "b" * 16, (RED,)),
    Arm("check_in_streak", "c" * 16, (STREAK,)),
    Arm("red_packet+offline_meetup", "d" * 16, (RED, MEET)),
    Arm("天天发大红包", "e" * 16, (BIG,)),
    Arm("uncertain_reward", "1" * 16, (UNSURE,)),
    Arm(PLACEBO, "f" * 16, (RED, STREAK)),
)
#: Per arm: lift of voices in the campaign and after it (as a factor), days of life won, extra loss of KOLs,
#: and how much worlds differ in the lift.
EFFECTS = (
    *((1.0, 1.0, 0, 0.0, 0.0), (1.06, 0.97, 1, 0.0, 0.05), (1.13, 1.05, 9, 0.0, 0.05)),
    *((1.3, 1.2, 14, 0.01, 0.1), (1.5, 0.7, -4, 0.25, 0.1), (1.05, 1.0, 1, 0.0, 0.6)),
)


def fake_result(
    lang: str = "en",
    *,
    replicates: int = 120,
    twins: int = 24,
    days: int = 60,
    follow_up: int = 30,
    dying: float = 0.5,
    asked: int | None = None,
    failed: bool = False,
    arms: tuple[Arm, ...] = ARMS,
    metrics: Sequence[Metric] = METRICS,
    seed: int = 7,
    **more: object,
) -> Result:
    """A comparison with a placebo; ``dying`` is the share of groups that do not live to the end."""
    rng = np.random.default_rng(seed)
    horizon, runs, count = days + follow_up, replicates + twins, len(arms)
    tau = float(max(horizon - 14, 1))
    rows = [
        (1.0, 1.0, 0, 0.0, 0.0) if arm.label == PLACEBO else EFFECTS[i % len(EFFECTS)]
        for i, arm in enumerate(arms)
    ]
    lift, after, days_won, loss, spread = np.array(rows).T[:, :, None]

    replicate = np.concatenate([np.arange(replicates), np.arange(twins)])
    level = 12.0 * np.exp(0.4 * rng.standard_normal(replicates))[replicate]
    taste = rng.standard_normal((count, replicates))[:, replicate] * spread
    day = np.arange(horizon)
    shape = np.exp(-day / 150) * np.where(day % 7 >= 5, 0.85, 1.0)
    factor = np.where(
        day < days, (lift + taste)[:, :, None], 1 + (after[:, :, None] - 1) * np.exp(-(day - days) / 40)
    )
    noise = 0.6 * rng.standard_normal((count, runs, horizon))
    if arms[-1].label == PLACEBO:
        noise[-1] = noise[0]
    common = rng.standard_normal((runs, horizon))
    voices = np.maximum(level[:, None] * shape * factor + common + noise, 0).astype(np.float32)

    series: dict[str, np.ndarray] = {}
    summary: dict[str, np.ndarray] = {}
    for metric in metrics:
        if metric.name == "lifespan":
            continue
        if metric.name.startswith("voices_") and metric.name != "voices_after":
            full = voices * {"owner": 0.05, "kol": 0.3, "novice": 0.5, "lurker": 0.15}[metric.name[7:]]
        elif metric.name.startswith("messages"):
            full = voices * {"owner": 0.4, "kol": 1.5, "novice": 1.2, "lurker": 0.2}.get(metric.name[9:], 3.3)
        elif metric.name == "voices":
            full = voices
        elif metric.name == "energy":
            full = np.broadcast_to(np.float32(0.8), voices.shape)
        elif metric.name == "income":
            full = np.zeros_like(voices)
        elif metric.name in ("cost", "hours"):
            spent = [sum(getattr(t, metric.name) for t in arm.tactics) / days for arm in arms]
            if arms[-1].label == PLACEBO:
                spent[-1] = 0.0
            full = np.array(spent, np.float32)[:, None, None] * np.where(
                day < days, np.float32(1), np.float32(0)
            )
            full = np.broadcast_to(full, voices.shape)
        else:
            full = voices / np.float32(120.0)
        if metric.daily:
            series[metric.name] = np.ascontiguousarray(full[:, :replicates], np.float32)
        summary[metric.name] = full[:, :, :days].mean(axis=2, dtype=np.float64)
    own = 0.02 * rng.standard_normal((count, runs))
    if arms[-1].label == PLACEBO:
        own[-1] = own[0]
    special = {
        "voices": voices[:, :, :days].mean(axis=2, dtype=np.float64),
        "voices_after": voices[:, :, min(days, horizon - 1) :].mean(axis=2, dtype=np.float64),
        "vital_days": (voices >= 3).sum(axis=2).astype(np.float64),
        "kol_loss": 0.2 + loss + own,
        **dict.fromkeys(("exits", "gini", "overload"), 0.3 + own / 2),
        **{name: days * summary[name] for name in ("cost", "hours") if name in summary},
    }
    summary |= {name: values for name, values in special.items() if name in summary}

    start = rng.exponential(tau / -np.log(max(1 - dying, 1e-9)) if dying else 1e9, runs)
    jitter = np.rint(6 * rng.standard_normal((count, runs)))
    jitter[0] = 0
    if arms[-1].label == PLACEBO:
        jitter[-1] = 0
    life = np.maximum(np.rint(start + days_won + jitter), 0.0)
    censored = life > tau
    failures: tuple[Failure, ...] = ()
    if failed:
        failures = (
            Failure(3, arms[1].label, "day 12 bonding", "FloatingPointError: <b>overflow</b> in tie 7"),
        )
        for values in (*series.values(), *summary.values(), life):
            values[1, 3] = np.nan

    labels = tuple(arm.label for arm in arms)
    known = {name: values[:, :replicates] for name, values in summary.items()}
    copies = {name: values[:, replicates:] for name, values in summary.items()} if twins else None
    comparison = compare(
        labels, known, metrics, Lifespans(life[:, :replicates], censored[:, :replicates], tau), copies
    )
    given: dict[str, object] = {
        "name": "first look",
        "command": "qunlab compare red_packet check_in_streak red_packet+offline_meetup "
        '"天天发大红包:red_packet(purse=200,every=1)" community=interest_group days=60 replicates=120 seed=7',
        "group": Group(
            "interest_group", 120, {"owner": 1, "kol": 6, "novice": 48, "lurker": 65}, "small_world", 0.3
        ),
        "assumptions": (
            Assumption(
                "attendance", "w_belonging", 0.8, 0.3, 1.5, "D", "zhang2011", "logit", "pull of belonging"
            ),
            Assumption(
                "reward",
                "uncertainty_process",
                0.2,
                -0.3,
                0.8,
                "S2",
                "shen2015",
                "logit",
                "fun of not knowing",
            ),
            Assumption("churn", "theta", 0.02, 0.01, 0.05, "A", "", "1/day", "hazard of muting"),
        ),
        "bibliography": {
            "zhang2011": "Zhang, Zhu (2011). Group size and incentives to contribute. AER 101.",
            "shen2015": "Shen, Fishbach, Hsee (2015). The motivating-uncertainty effect. JCR 41.",
        },
        "config": {"community": "interest_group", "days": days, "out": "results"},
        "timing": {"simulate": 12.3},
    }
    given |= more
    return Result(
        lang=lang,
        arms=arms,
        days=days,
        follow_up=follow_up,
        seed=seed,
        uncertainty="full",
        replicate=replicate,
        twin=np.arange(runs) >= replicates,
        series=series,
        summary=summary,
        life=life,
        censored=censored,
        tau=tau,
        comparison=comparison,
        asked=replicates if asked is None else asked,
        failures=failures,
        **given,
    )  # type: ignore[arg-type]


#: What most tests need and no more.
FEW = ("voices", "lifespan", "voices_after", "vital_days", "kol_loss", "cost", "hours")
QUICK = {
    "metrics": [BY_NAME[name] for name in FEW],
    "replicates": 40,
    "twins": 12,
    "days": 30,
    "follow_up": 30,
}
_MADE: dict[str, Result] = {}


def full_result() -> Result:
    """A result with every metric, made once; tests change nothing in it."""
    if "full" not in _MADE:
        _MADE["full"] = fake_result("en", failed=True, asked=200)
    return _MADE["full"]


def quick(lang: str = "en", **more: object) -> Result:
    """A result of few metrics, made once for all tests that want the same."""
    key = repr(sorted(more.items()))
    if key not in _MADE:
        _MADE[key] = fake_result("en", **QUICK | more)  # type: ignore[arg-type]
    return replace(_MADE[key], lang=lang)
