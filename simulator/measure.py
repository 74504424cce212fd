"""The last phase of a day: counting what happened, and keeping the life table."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.day import exact_sum
from simulator.jit import kernel
from simulator.members import ROLES
from simulator.metrics import MONTH, SILENT_DAYS

if TYPE_CHECKING:
    from simulator.world import World

#: Columns of the life table, one row for each person who was ever a member.
LIFE = ("id", "first_role", "role", "joined", "last_came", "last_spoke", "visits", "messages", "muted")
_FIX = 2.0**20
#: Counts of a day, in the order of the kernel's output.
_COUNTS = ("members", "silent_members", "dormant_members", "seen_lately", "first_voices", "awakened", "tired")


@kernel
def _count(
    present, came, posts, joined, last_came, last_spoke, messages, fatigue, day, silent_days, month,
    counts,
):  # fmt: skip
    """Count the day and bring ``last_came``, ``last_spoke`` and ``messages`` up to date."""
    for r in range(present.shape[0]):
        for k in range(counts.shape[1]):
            counts[r, k] = 0
        for i in range(present.shape[1]):
            if not present[r, i]:
                continue
            counts[r, 0] += 1
            since = max(last_came[r, i], max(joined[r, i], 0))
            asleep = day - since >= silent_days
            if came[r, i]:
                if asleep:
                    counts[r, 5] += 1
                    asleep = False
                last_came[r, i] = day
                counts[r, 6] += np.int64(np.float64(fatigue[r, i]) * _FIX)
            if messages[r, i] == 0:
                counts[r, 1] += 1
            if posts[r, i] > 0:
                if messages[r, i] == 0:
                    counts[r, 4] += 1
                messages[r, i] += posts[r, i]
                last_spoke[r, i] = day
            if asleep:
                counts[r, 2] += 1
            if last_came[r, i] >= 0 and day - last_came[r, i] < month:
                counts[r, 3] += 1


def measure(world: "World") -> dict[str, NDArray[Any]]:
    """Today's metrics, each ``(R,)``; also brings the members' dates and counts up to date."""
    m, rows = world.members, world.shape[0]
    counts = np.zeros((rows, len(_COUNTS)), np.int64)
    talk, voices = world.talk, world.voices
    _count(
        m.present, world.came, world.posts, m.joined, m.last_came, m.last_spoke, m.messages, m.fatigue,
        world.day, SILENT_DAYS, MONTH, counts,
    )  # fmt: skip
    of = dict(zip(_COUNTS, counts.T, strict=True))
    here, visitors = np.maximum(of["members"], 1), world.visitors
    tokens = world.given("tokens")
    day: dict[str, NDArray[Any]] = {
        "members": of["members"],
        "visitors": visitors,
        "voices": voices.sum(axis=1),
        "messages": talk.sum(axis=1),
        "voice_share": voices.sum(axis=1) / here,
        "tokens": np.zeros(rows) if tokens is None else exact_sum(tokens),
        "questions": world.questions[:, 0],
        "answered": world.questions[:, 1],
        "dau_mau": visitors / np.maximum(of["seen_lately"], 1),
        "joined": world.joined,
        "exits": (world.exiting & m.present).sum(axis=1),
        "mutes": world.mutes,
        "first_voices": of["first_voices"],
        "never_spoken": of["silent_members"],
        "dormant": of["dormant_members"] / here,
        "dormant_members": of["dormant_members"],
        "awakened": of["awakened"],
        "new_ties": world.new_ties,
        "overload": of["tired"] / _FIX / np.maximum(visitors, 1),
        "energy": world.energy,
        "cost": world.given_to_all("cost"),
        "hours": world.given_to_all("hours"),
        "gifts": world.gifts,
    }
    for k, role in enumerate(ROLES):
        day[f"messages_{role}"], day[f"voices_{role}"] = talk[:, k], voices[:, k]
    return {name: np.array(values, np.float64) for name, values in day.items()}


def life_rows(world: "World", who: NDArray[np.bool_], left: int) -> dict[str, NDArray[Any]]:
    """Life-table rows of the members in ``who``, ordered by replicate and id.

    Args:
        world: The world.
        who: Members to list, ``(R, N)``.
        left: Day they left; -1 for still there.
    """
    m = world.members
    rows, slots = np.nonzero(who)
    order = np.lexsort((m.id[rows, slots], rows))
    rows, slots = rows[order], slots[order]
    table: dict[str, NDArray[Any]] = {"replicate": world.replicates[rows]}
    table.update({name: m[name][rows, slots] for name in LIFE})
    table["left"] = np.full(len(rows), left, np.int32)
    return table
