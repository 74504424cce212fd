"""The people: columns of shape (replicates, slots), who joins and who leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.jit import kernel

Array = NDArray[Any]


class Role(IntEnum):
    """What somebody is to the group (群主, 大神, 小白, 潜水)."""

    OWNER = 0
    KOL = 1
    NOVICE = 2
    LURKER = 3


#: Role names as users type them, in the order of :class:`Role`.
ROLES = tuple(role.name.lower() for role in Role)


@dataclass(frozen=True)
class Column:
    """One column of member state: its type, its value in an empty slot, and what it means."""

    dtype: Any
    blank: float
    doc: str


#: A day that has not been: never came, never spoke. With a warm-up day -1 has been, and the day before the
#: first stands for never: see ``never`` of :class:`Members`.
NEVER = -1
#: Columns that hold days.
DAYS = ("joined", "first_invited", "last_came", "last_spoke")
#: The columns every community has. A mechanism may declare more of its own.
COLUMNS: dict[str, Column] = {
    "present": Column(np.bool_, 0, "someone holds this slot"),
    "id": Column(
        np.uint64, 0, "the person, for ever; 2^62-blocks: founder ordinal, organic (days lived, k), referred"
    ),
    "role": Column(np.int8, Role.LURKER, "owner, KOL, novice or lurker; see Role"),
    "first_role": Column(np.int8, Role.LURKER, "role on joining"),
    "joined": Column(np.int32, NEVER, "day of joining; founders the first, or before it where that is known"),
    "inviter": Column(np.uint64, 0, "id of who brought them, plus one; 0 for nobody"),
    "rate": Column(np.float32, 0, "personal multiple of the role's messages a visit, mean 1"),
    "effect": Column(np.float32, 0, "personal shift of the attendance logit"),
    "discipline": Column(np.float32, 0, "fixed trait 0..1: does what was planned"),
    "alignment": Column(np.float32, 0, "fixed trait 0..1: shares the group's purpose"),
    "expertise": Column(np.float32, 0, "0..1, chance-scale ability to answer"),
    "interest": Column(np.float32, 0, "0..1, intrinsic interest in the subject"),
    "belonging": Column(np.float32, 0, "0..1, feeling of being one of us"),
    "habit": Column(np.float32, 0, "0..1, automaticity of opening the group"),
    "fatigue": Column(np.float32, 0, ">= 0, weariness from overload"),
    "mood": Column(np.float32, 0, "after-taste of rewards against what was expected"),
    "pay": Column(np.float32, 0, "0..1, how far coming has come to mean being paid"),
    "speaking": Column(np.float32, 0, "0..1, running share of days with a message"),
    "loss": Column(np.float32, 0, "running tie strength lost to people who went away"),
    "muted": Column(np.bool_, 0, "has stopped looking (group muted)"),
    "invitations": Column(np.int16, 0, "invitations still to be sent"),
    "invited": Column(np.int16, 0, "invitations sent so far"),
    "first_invited": Column(
        np.int32, NEVER, "day of the first invitation; never too where that was before the first"
    ),
    "visits": Column(np.int32, 0, "days visited so far"),
    "messages": Column(np.int32, 0, "conversation messages written so far"),
    "last_came": Column(np.int32, NEVER, "last day visited"),
    "last_spoke": Column(np.int32, NEVER, "last day with a conversation message"),
}


@kernel
def _seats(present, replicate, out):
    """The lowest free slot for each newcomer in turn; the list is in order of replicate."""
    last = -1
    i = 0
    for j in range(replicate.shape[0]):
        r = replicate[j]
        if r != last:
            last = r
            i = 0
        while i < present.shape[1] and present[r, i]:
            i += 1
        if i < present.shape[1]:
            out[j] = i
            i += 1


@kernel
def _blank(block, at, value):
    for column in block:
        for j in at:
            column[j] = value


class Members(Mapping[str, Array]):
    """Columns of member state; ``members.habit`` and ``members["habit"]`` are the same ``(R, N)`` array.

    Capacity is fixed; ``present`` says which slots are taken. Whoever leaves sets the slot back to blank in
    every column, those of mechanisms and strategies included, so that a slot that is given again starts
    clean. Columns of one type and blank lie side by side in one block, ``(columns, R, N)``, so that clearing
    a seat takes a few writes, however many tactics remember something about it.

    Args:
        replicates: Number of communities, R.
        slots: Capacity of each, N.
        columns: Columns beside :data:`COLUMNS`, by name.
        never: The day that stands for one that has not been: the day before the first.
    """

    def __init__(
        self,
        replicates: int,
        slots: int,
        columns: Mapping[str, Column] | None = None,
        never: int = NEVER,
    ) -> None:
        self.shape, self.never = (replicates, slots), never
        days = {name: replace(COLUMNS[name], blank=never) for name in DAYS}
        self.schema: dict[str, Column] = {**COLUMNS, **days, **(columns or {})}
        alike: dict[tuple[Any, float], list[str]] = {}
        for name, column in self.schema.items():
            alike.setdefault((np.dtype(column.dtype), column.blank), []).append(name)
        # As numbers of the column's own type: Numba takes far longer to tell what others are, such as roles.
        self._names, self._blanks = list(alike.values()), [dtype.type(blank) for dtype, blank in alike]
        self._blocks: list[Array] = [
            np.full((len(names), *self.shape), blank, dtype) for (dtype, blank), names in alike.items()
        ]
        self._unfold()

    def _unfold(self) -> None:
        """Find every column in its block."""
        found = {
            name: block[n]
            for names, block in zip(self._names, self._blocks, strict=True)
            for n, name in enumerate(names)
        }
        self._arrays: dict[str, Array] = {name: found[name] for name in self.schema}
        vars(self).update(self._arrays)

    def __getstate__(self) -> dict[str, Any]:
        """All but the columns, which in a copy must lie in the blocks of the copy."""
        return {name: value for name, value in vars(self).items() if name not in {*self.schema, "_arrays"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._unfold()

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __getattr__(self, name: str) -> Array:
        raise AttributeError(f"Members have no column {name!r}")

    def blank(self, replicate: Array, slot: Array) -> None:
        """Set every column of these slots to its blank value."""
        at = replicate * self.shape[1] + slot
        for block, blank in zip(self._blocks, self._blanks, strict=True):
            _blank(block.reshape(len(block), -1), at, blank)

    def join(self, replicate: Array, ids: Array, **values: Any) -> tuple[Array, Array]:
        """Seat new people in free slots, lowest slot first; who finds no seat is refused.

        Args:
            replicate: Replicate of each newcomer, ``(n,)``, in non-decreasing order.
            ids: Person id of each, ``(n,)``.
            **values: Column values, each ``(n,)`` or a scalar.

        Returns:
            ``(seated, slot)``: which newcomers got a seat, as indices into the arguments, and the slot of
            each.
        """
        seats = np.full(len(replicate), NEVER, np.int64)
        _seats(self.present, np.asarray(replicate, np.int64), seats)
        seated = np.flatnonzero(seats >= 0)
        slot, rows = seats[seated], replicate[seated]
        self.blank(rows, slot)  # a tactic may have written to a slot that nobody held
        at = rows * self.shape[1] + slot
        for name, value in {**values, "present": True, "id": ids}.items():
            given = np.asarray(value)
            self._arrays[name].reshape(-1)[at] = given[seated] if given.ndim else given
        return seated, slot

    def block(self, names: Sequence[str]) -> Array:
        """Columns of one type and blank that were declared one after another, ``(len(names), R, N)``."""
        home = next(n for n, held in enumerate(self._names) if names[0] in held)
        first = self._names[home].index(names[0])
        return self._blocks[home][first : first + len(names)]

    def leave(self, gone: NDArray[np.bool_]) -> None:
        """Empty these slots, ``(R, N)``; their columns go back to blank."""
        at = np.flatnonzero(gone & self.present)
        self.blank(at // self.shape[1], at % self.shape[1])

    def copy(self, columns: Mapping[str, Column]) -> "Members":
        """A separate copy with these columns beside :data:`COLUMNS`; those that are new are blank."""
        copy = Members(*self.shape, columns, self.never)
        for name, array in copy.items():
            if name in self and self[name].dtype == array.dtype:
                array[...] = self[name]
        return copy

    def watched(self) -> "Members":
        """The same columns, read-only: what a strategy may look at."""
        view = Members.__new__(Members)
        view.shape, view.schema, view.never = self.shape, self.schema, self.never
        view._names, view._blanks = self._names, self._blanks
        view._blocks = [block.view() for block in self._blocks]
        for block in view._blocks:
            block.flags.writeable = False
        view._unfold()
        return view
