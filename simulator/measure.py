"""The last phase of a day: counting what happened, and keeping the life table."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel
from simulator.members import ROLES
from simulator.metrics import MONTH, SILENT_DAYS
from simulator.rows import reach

if TYPE_CHECKING:
    from simulator.world import World

#: Columns of the life table, one row for each person who was ever a member.
LIFE = (
    "id", "first_role", "role", "joined", "first_invited", "last_came", "last_spoke", "visits", "messages",
    "muted", "speaking", "invited",
)  # fmt: skip
_FIX = 2.0**20
#: What is counted of a day, in the order of the kernel's output.
_COUNTED = (
    "members", "visitors", "voices", "messages", "voice_share", "questions", "answered", "dau_mau", "joined",
    "declined", "exits", "mutes", "first_voices", "never_spoken", "dormant", "dormant_members", "awakened",
    "new_ties", "overload", "energy",
    *(f"{kind}_{role}" for role in ROLES for kind in ("messages", "voices")),
)  # fmt: skip


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
        counts[r, 0], counts[r, 1], counts[r, 2] = first, woken, tired


@kernel
def _count(
    present, exiting, joined, last_came, messages, begun, day, silent_days, month, visitors, noted,
    questions, talk, voices, came, declined, mutes, new_ties, energy, out,
):  # fmt: skip
    """Count the members, whatever they did today, without a branch, so that it is vectorised; fill in a row.

    ``noted`` is what :func:`_note` counted, ``out`` is ``(counted, R)``.
    """
    today, long, recent, first = np.int32(day), np.int32(silent_days), np.int32(month), np.int32(begun)
    for r in range(present.shape[0]):
        here, spoken, heard, wrote = present[r], messages[r], last_came[r], joined[r]
        members, silent, dormant, seen, exits = 0, 0, 0, 0, 0
        for i in range(reach(here)):
            since = max(heard[i], wrote[i], first)
            members += here[i]
            silent += here[i] & (spoken[i] == 0)
            dormant += here[i] & (np.int32(today - since) >= long)
            seen += here[i] & (heard[i] >= first) & (np.int32(today - heard[i]) < recent)
            exits += here[i] & exiting[r, i]
        said, spoke = talk[r].sum(), voices[r].sum()
        row, n = out[:, r], len(_COUNTED) - 2 * talk.shape[1]
        row[0], row[1], row[2], row[3] = members, visitors[r], spoke, said
        row[4], row[7] = spoke / max(members, 1), visitors[r] / max(seen, 1)
        row[5], row[6] = questions[r, 0], questions[r, 1]
        row[8], row[9], row[10], row[11] = came[r], declined[r], exits, mutes[r]
        row[12], row[16] = noted[r, 0], noted[r, 1]
        row[13] = silent + noted[r, 0]  # those whose first words fell today were silent until now
        row[14], row[15] = dormant / max(members, 1), dormant
        row[17], row[18], row[19] = new_ties[r], noted[r, 2] / _FIX / max(visitors[r], 1), energy[r]
        for role in range(talk.shape[1]):
            row[n], row[n + 1] = talk[r, role], voices[r, role]
            n += 2


def measure(world: "World") -> dict[str, NDArray[Any]]:
    """Today's metrics, each ``(R,)``; also brings the members' dates and counts up to date."""
    m, rows, today = world.members, world.shape[0], (world.first, world.day, SILENT_DAYS)
    noted, counted = np.empty((rows, 3), np.int64), np.empty((len(_COUNTED), rows))
    _note(
        world.here, world.visitors, world.posts, m.joined, m.last_came, m.last_spoke, m.messages, m.fatigue,
        *today, noted,
    )  # fmt: skip
    _count(
        m.present, world.exiting, m.joined, m.last_came, m.messages, *today, MONTH, world.visitors, noted,
        world.questions, world.talk, world.voices, world.joined, world.declined, world.mutes, world.new_ties,
        world.energy, counted,
    )  # fmt: skip
    return dict(zip(_COUNTED, counted, strict=True)) | {
        "tokens": world.summed("tokens"),
        "cost": world.given_to_all("cost"),
        "hours": world.given_to_all("hours"),
        "income": world.given_to_all("income"),
        "gifts": world.gifts.copy(),
    }


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
