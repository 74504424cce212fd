"""Where members stand, read off what they did: tiers, customer groups, levels of loyalty.

These are read-outs in practitioners' words; nothing in the model acts on them. Where one ends and the next
begins is our choice. "Lately" is within the last 14 days.

    tiers      active (积极): spoke lately;  watching (观望): came lately, did not speak;
               silent (潜水): neither
    customers  dormant (沉睡): has not come for 14 days;  new (新): joined lately;
               potential (潜在): comes, has never spoken;  active (活跃): comes and has spoken
    loyalty    1 away: has not come for 14 days;  2 looks in: came lately;  3 talks: spoke lately;
               4 regular: the same, on more than one day in seven of late;
               5 brings others (团长): the same, and has invited somebody or is a KOL or an owner
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.members import NEVER, Role
from simulator.metrics import CUSTOMERS, LOYALTY, SILENT_DAYS, TIERS

Array = NDArray[Any]
_COLUMNS = ("joined", "last_came", "last_spoke", "speaking", "invited", "role")
#: Running share of days with a message from which somebody is a regular voice.
_REGULAR = 1 / 7


def _lately(day_of: Array, day: int, never: int) -> NDArray[np.bool_]:
    lately: NDArray[np.bool_] = (day_of != never) & (day - day_of <= SILENT_DAYS)
    return lately


def tier(last_came: Array, last_spoke: Array, day: int, never: int = NEVER) -> NDArray[np.int8]:
    """Index into :data:`~simulator.metrics.TIERS` of each member on ``day``."""
    spoke, came = _lately(last_spoke, day, never), _lately(last_came, day, never)
    return np.where(spoke, 0, np.where(came, 1, 2)).astype(np.int8)


def customers(
    joined: Array, last_came: Array, spoken: Array, day: int, never: int = NEVER
) -> NDArray[np.int8]:
    """Index into :data:`~simulator.metrics.CUSTOMERS` of each member on ``day``.

    Args:
        joined: Day of joining.
        last_came: Last day visited.
        spoken: Who has ever written; a count will do.
        day: The day.
        never: What stands for a day that has not been: the one before the first.
    """
    away = day - np.maximum(np.maximum(last_came, joined), never + 1) >= SILENT_DAYS
    new = day - joined < SILENT_DAYS
    return np.select([away, new, spoken == 0], [3, 1, 0], 2).astype(np.int8)


def loyalty(
    last_came: Array, last_spoke: Array, speaking: Array, brings: Array, day: int, never: int = NEVER
) -> NDArray[np.int8]:
    """Index into :data:`~simulator.metrics.LOYALTY` of each member on ``day``.

    Args:
        last_came: Last day visited.
        last_spoke: Last day with a message.
        speaking: Running share of days with a message.
        brings: Who has invited somebody, or is a KOL or an owner.
        day: The day.
        never: What stands for a day that has not been: the one before the first.
    """
    came, spoke = _lately(last_came, day, never), _lately(last_spoke, day, never)
    regular = spoke & (speaking > _REGULAR)
    return np.select([regular & brings, regular, spoke, came], [4, 3, 2, 1], 0).astype(np.int8)


def standing(
    table: Mapping[str, Array], rows: int, day: int, never: int = NEVER
) -> dict[str, NDArray[np.float64]]:
    """Share of the members still there in each tier, customer group and level of loyalty, ``(rows,)`` each.

    Args:
        table: The life table; see :class:`~simulator.record.RunRecord`.
        rows: Number of communities.
        day: The last day.
        never: What stands for a day that has not been: the one before the first.

    Returns:
        By metric name; NaN where nobody is left.
    """
    here = np.flatnonzero(table["left"] < 0)
    t = {name: table[name][here] for name in (*_COLUMNS, "row")}
    brings = (t["invited"] > 0) | np.isin(t["role"], (Role.OWNER, Role.KOL))
    came, spoke, spoken = t["last_came"], t["last_spoke"], t["last_spoke"] != never
    found = (
        ("tier", TIERS, tier(came, spoke, day, never)),
        ("customers", CUSTOMERS, customers(t["joined"], came, spoken, day, never)),
        ("loyalty", LOYALTY, loyalty(came, spoke, t["speaking"], brings, day, never)),
    )
    members = np.bincount(t["row"], minlength=rows)
    out: dict[str, NDArray[np.float64]] = {}
    for kind, names, at in found:
        counts = np.bincount(t["row"] * len(names) + at, minlength=rows * len(names)).reshape(rows, -1)
        shares = np.divide(counts.T, members, out=np.full((len(names), rows), np.nan), where=members > 0)
        out |= {f"{kind}_{name}": share for name, share in zip(names, shares, strict=True)}
    return out
