"""What a run leaves behind: daily metrics per replicate, the life table, the ledger and a manifest."""

import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.members import Role
from simulator.metrics import SILENT_DAYS, VITAL_VOICES
from simulator.scenario import MODEL_VERSION, Scenario
from simulator.standing import standing

Series = NDArray[np.float64]
#: Metrics that are the mean of their daily series over the campaign, beside those by role.
_MEANS = (
    "voices",
    "visitors",
    "messages",
    "voice_share",
    "dau_mau",
    "dormant",
    "new_ties",
    "overload",
    "energy",
)


@dataclass(frozen=True)
class RunRecord:
    """The outcome of one scenario in a block of replicates, from day 0 on: a warm-up leaves no series.

    Attributes:
        scenario: What was run.
        seed: The experiment's seed.
        replicates: Global replicate numbers, ``(R,)``.
        daily: Daily metrics by name, each ``(R, days)``, float64; units in ``simulator.metrics``.
        members: Life table: columns of one length, a line for each person who was a member on day 0 or later;
            ``row`` is the row of the arrays they lived in, ``replicate`` its number. Days may lie before day
            0, and the day before the world's first stands for never; visits and messages are those from day 0
            on.
        ledger: Cost (yuan), hours and income (yuan) by tactic label, each ``(R, days)``.
        groups: What each community is, ``(R,)``: ``ends``, the day on which its purpose is served (infinite
            for a lasting one, before 0 where that was in the warm-up), and ``effect``, its own effect u_r.
    """

    scenario: Scenario
    seed: int
    replicates: NDArray[np.uint32]
    daily: dict[str, Series]
    members: dict[str, NDArray[Any]]
    ledger: dict[str, dict[str, Series]]
    groups: dict[str, Series] = field(default_factory=dict)

    @property
    def _first(self) -> int:
        """The world's first day."""
        return -self.scenario.warmup

    @property
    def days(self) -> int:
        """Days simulated."""
        return int(self.daily["voices"].shape[1])

    def manifest(self) -> dict[str, Any]:
        """What is needed to make this record again."""
        packages = ("qunlab", "mesa", "numpy", "numba", "networkx", "scipy")
        return {
            "scenario": self.scenario.plain(),
            "hash": self.scenario.hash,
            "label": self.scenario.label,
            "seed": self.seed,
            "replicates": self.replicates.tolist(),
            "model_version": MODEL_VERSION,
            "python": platform.python_version(),
            "packages": {name: version(name) for name in packages},
        }

    def lifespan(self) -> tuple[Series, NDArray[np.bool_], int]:
        """Community lifespan in days, whether it is censored, each ``(R,)``, and the day of censoring.

        Counted from day 0: a group that fell silent for good while it warmed up lived 0 days and is not
        censored. Silent days before day 0 do not count towards the 14.
        """
        talk = self.daily["messages"] - self.daily["messages_owner"]
        return lifespan(talk > 0)

    def summary(self) -> dict[str, Series]:
        """Every metric of the table as one number per replicate, ``(R,)``; NaN where it is not defined."""
        days, d = self.scenario.days, self.daily
        start = np.maximum(d["members"][:, 0] - d["joined"][:, 0], 1)

        def campaign(name: str) -> Series:
            return _mean(d[name][:, :days])

        def total(name: str) -> Series:
            return np.asarray(d[name][:, :days].sum(axis=1))

        out = {name: campaign(name) for name in _MEANS}
        out |= {name: campaign(name) for name in d if name.startswith(("messages_", "voices_"))}
        out["tokens"] = campaign("tokens")
        out |= {kind: total(kind) for kind in ("cost", "hours", "income")}
        out["gifts"] = d["gifts"].sum(axis=1)
        out["lifespan"] = self.lifespan()[0]
        out["voices_after"] = _mean(d["voices"][:, days:])
        out["kol_novice_share"] = _ratio(total("messages_kol") + total("messages_novice"), total("messages"))
        out["answered_share"] = _ratio(total("answered"), total("questions"))
        out["new_rate"] = total("joined") / start
        out["conversion_rate"] = _ratio(total("first_voices"), d["never_spoken"][:, 0] + total("joined"))
        out["churn_rate"] = (total("exits") + total("mutes")) / start
        out["exits"] = total("exits") / start
        out["awakening_rate"] = _ratio(total("awakened"), total("dormant_members") + total("awakened"))
        out["vital_days"] = (d["voices"] >= VITAL_VOICES).sum(axis=1).astype(np.float64)
        stand = standing(self.members, len(self.replicates), self.days - 1, self._first - 1)
        return out | self._by_person() | stand

    def _by_person(self) -> dict[str, Series]:
        """Metrics of the life table."""
        t, end = self.members, self.days
        per = [np.flatnonzero(t["row"] == row) for row in range(len(self.replicates))]
        joined = np.maximum(t["joined"], 0)
        stay = t["last_came"] - joined
        seen_last = np.maximum(np.maximum(t["last_came"], t["joined"]), self._first)
        quiet = (end - 1 - seen_last >= SILENT_DAYS) | t["muted"] | (t["left"] >= 0)
        kol = (t["first_role"] == Role.KOL) & (t["joined"] <= 0)
        seen = end - joined - SILENT_DAYS
        lived = np.clip(np.maximum(stay, -1) + 1, 0, np.maximum(seen, 0))
        out: dict[str, Series] = {}
        for k in (1, 7, 30):
            old = end - joined > k
            back = old & (t["last_came"] >= 0) & (stay >= k)
            out[f"retention_{k}"] = np.array([_share(back[i], old[i]) for i in per])
        out["member_lifespan"] = np.array([_average(lived[i][seen[i] > 0]) for i in per])
        out["gini"] = np.array([gini(t["messages"][i]) for i in per])
        out["kol_loss"] = np.array([_share((kol & quiet)[i], kol[i]) for i in per])
        return out


def lifespan(talk: NDArray[np.bool_]) -> tuple[Series, NDArray[np.bool_], int]:
    """Day of the last talk before 14 silent days, counted in days lived.

    Args:
        talk: Whether anyone but the owner talked, ``(R, days)``.

    Returns:
        Days lived ``(R,)``, censored ``(R,)`` and the day of censoring: the horizon less 14. A group in which
        nobody ever talks lived 0 days; one that has not been silent for 14 days by the end is censored.
    """
    rows, days = talk.shape
    limit = max(days - SILENT_DAYS, 0)
    lived, censored = np.full(rows, float(limit)), np.ones(rows, bool)
    last = np.zeros(rows, np.int64)
    for day in range(days):
        last = np.where(talk[:, day], day + 1, last)
        dies = censored & (day + 1 - last >= SILENT_DAYS)
        lived[dies], censored[dies] = last[dies], False
    return lived, censored, limit


def gini(messages: NDArray[Any]) -> float:
    """Gini coefficient of counts; NaN where there are none."""
    x = np.sort(np.asarray(messages, np.float64))
    if not len(x) or x.sum() == 0:
        return float("nan")
    rank = np.arange(1, len(x) + 1)
    return float(2 * (rank @ x) / (len(x) * x.sum()) - (len(x) + 1) / len(x))


def _ratio(a: Series, b: Series) -> Series:
    return np.asarray(np.divide(a, b, out=np.full(len(a), np.nan), where=b > 0))


def _mean(x: Series) -> Series:
    return np.asarray(x.mean(axis=1)) if x.shape[1] else np.full(len(x), np.nan)


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    n = int(whole.sum())
    return int(part.sum()) / n if n else float("nan")


def _average(x: NDArray[Any]) -> float:
    return float(x.sum()) / len(x) if len(x) else float("nan")
