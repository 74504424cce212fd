"""The last phase of a day: counting what happened, and keeping the life table."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel
from simulator.members import ROLES
from simulator.metrics import MONTH, SILENT_DAYS

if TYPE_CHECKING:
    from simulator.world import World

#: Columns of the life table, one row for each person who was ever a member.
LIFE = (
    "id", "first_role", "role", "joined", "first_invited", "last_came", "last_spoke", "visits", "messages",
    "muted", "speaking", "invited",
)  # fmt: skip
_FIX = 2.0**20
#: Counts of a day, in the order of the kernels' output; then whatever else comes as whole numbers in columns.
_COUNTS = (
    "members", "silent_members", "dormant_members", "seen_lately", "first_voices", "awakened", "tired",
    "exits",
)  # fmt: skip
_WHOLE = (
    *_COUNTS,
    "questions",
    "answered",
    *(f"{kind}_{role}" for kind in ("messages", "voices") for role in ROLES),
)


@kernel
def _note(
    here, visitors, posts, joined, last_came, last_spoke, messages, fatigue, begun, day, silent_days, counts,
):  # fmt: skip
    """Bring the dates and counts of today's visitors up to date, and count what is new about them."""
    for r in range(visitors.shape[0]):
        first, woken, tired = 0, 0, 0
        for k in range(visitors[r]):
            i = here[r, k]
            woken += day - max(last_came[r, i], joined[r, i], begun) >= silent_days
            tired += np.int64(np.float64(fatigue[r, i]) * _FIX)
            last_came[r, i] = day
            if posts[r, i] > 0:
                first += messages[r, i] == 0
                messages[r, i] += posts[r, i]
                last_spoke[r, i] = day
        counts[r, 4], counts[r, 5], counts[r, 6] = first, woken, tired


@kernel
def _count(present, exiting, joined, last_came, messages, begun, day, silent_days, month, counts):
    """Count the members, whatever they did today; without a branch, so that it is vectorised."""
    today, long, recent, first = np.int32(day), np.int32(silent_days), np.int32(month), np.int32(begun)
    for r in range(present.shape[0]):
        members, silent, dormant, seen, exits = 0, 0, 0, 0, 0
        for i in range(present.shape[1]):
            since = max(last_came[r, i], joined[r, i], first)
            members += present[r, i]
            silent += present[r, i] & (messages[r, i] == 0)
            dormant += present[r, i] & (today - since >= long)
            seen += present[r, i] & (last_came[r, i] >= first) & (today - last_came[r, i] < recent)
            exits += present[r, i] & exiting[r, i]
        counts[r, 0], counts[r, 2], counts[r, 3], counts[r, 7] = members, dormant, seen, exits
        counts[r, 1] = silent + counts[r, 4]  # those whose first words fell today were silent until now


def measure(world: "World") -> dict[str, NDArray[Any]]:
    """Today's metrics, each ``(R,)``; also brings the members' dates and counts up to date."""
    m, rows = world.members, world.shape[0]
    counts = np.empty((rows, len(_COUNTS)), np.int64)
    _note(
        world.here, world.visitors, world.posts, m.joined, m.last_came, m.last_spoke, m.messages, m.fatigue,
        world.first, world.day, SILENT_DAYS, counts,
    )  # fmt: skip
    _count(
        m.present, world.exiting, m.joined, m.last_came, m.messages, world.first, world.day, SILENT_DAYS,
        MONTH, counts,
    )  # fmt: skip
    whole = np.concatenate((counts, world.questions, world.talk, world.voices), axis=1).T.astype(
        np.float64, order="C"
    )
    of = dict(zip(_WHOLE, whole, strict=True))
    talk, voices = world.talk.sum(axis=1), world.voices.sum(axis=1)
    here, visitors = np.maximum(of["members"], 1), np.maximum(world.visitors, 1)
    day: dict[str, Any] = {
        "members": of["members"],
        "visitors": world.visitors.astype(np.float64),
        "voices": voices.astype(np.float64),
        "messages": talk.astype(np.float64),
        "voice_share": voices / here,
        "tokens": world.summed("tokens"),
        "questions": of["questions"],
        "answered": of["answered"],
        "dau_mau": world.visitors / np.maximum(of["seen_lately"], 1),
        "joined": world.joined.astype(np.float64),
        "declined": world.declined.astype(np.float64),
        "exits": of["exits"],
        "mutes": world.mutes.astype(np.float64),
        "first_voices": of["first_voices"],
        "never_spoken": of["silent_members"],
        "dormant": of["dormant_members"] / here,
        "dormant_members": of["dormant_members"],
        "awakened": of["awakened"],
        "new_ties": world.new_ties.astype(np.float64),
        "overload": of["tired"] / _FIX / visitors,
        "energy": world.energy.astype(np.float64),
        "cost": world.given_to_all("cost"),
        "hours": world.given_to_all("hours"),
        "income": world.given_to_all("income"),
        "gifts": world.gifts.copy(),
    }
    for role in ROLES:
        day |= {name: of[name] for name in (f"messages_{role}", f"voices_{role}")}
    return day


def life_rows(world: "World", who: NDArray[np.bool_], left: int) -> dict[str, NDArray[Any]]:
    """Life-table rows of the members in ``who``, ordered by replicate and id.

    Days may lie before day 0, and never is the day before the first; visits and messages are those of the
    campaign and after.

    Args:
        world: The world.
        who: Members to list, ``(R, N)``.
        left: Day they left; -1 for still there.
    """
    m = world.members
    at = np.flatnonzero(who)
    rows = at // who.shape[1]
    order = np.lexsort((m.id.reshape(-1)[at], rows))
    at, rows = at[order], rows[order]
    table: dict[str, NDArray[Any]] = {"replicate": world.replicates[rows], "row": rows.astype(np.int32)}
    table.update({name: m[name].reshape(-1)[at] for name in LIFE})
    for name, before in world.before.items():
        table[name] = table[name] - before.reshape(-1)[at]
    table["left"] = np.full(len(rows), left, np.int32)
    return table
