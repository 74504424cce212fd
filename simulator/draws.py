"""Random numbers that belong to a person and a decision: arms share luck wherever a tactic does not bite.

Every number is a function of (seed, global replicate, decision, day, person) and of nothing else: not of the
order of asking, of slots, of chunks, of workers or of what other tactics drew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from simulator.jit import kernel
from simulator.philox import U, cell, negative_binomial, poisson, row_words, unit, words
from simulator.rows import persons_of, smallest

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: The replicate itself deciding (arrivals of a day, a community's own effect): an id no member can have.
GROUP = np.uint64(2**64 - 1)


@cache
def key(owner: str, decision: str) -> int:
    """The 32-bit Philox key of a decision: a hash of who decides and what about."""
    return int.from_bytes(blake2b(f"{owner}/{decision}".encode(), digest_size=4).digest(), "little")


@kernel
def _uniform(ids, among, day, replicates, seed, decision, out):
    who, persons = np.empty(ids.shape[1], np.uint32), np.empty(ids.shape[1], np.uint64)
    lanes = np.empty((3, ids.shape[1]), np.uint32)
    for r in range(ids.shape[0]):
        out[r] = 0.0
        n = persons_of(ids[r], among[r], who, persons)
        row_words(persons[:n], day, replicates[r], seed, decision, lanes)
        for k in range(n):
            out[r, who[k]] = cell(lanes[0, k])


@kernel
def _yes(ids, among, chance, day, replicates, seed, decision, out):
    """Who of ``among`` says yes; ``chance`` is (R, 1) or (R, N). Only those asked draw a number."""
    step = 0 if chance.shape[1] == 1 else 1
    who, persons = np.empty(ids.shape[1], np.uint32), np.empty(ids.shape[1], np.uint64)
    lanes = np.empty((3, ids.shape[1]), np.uint32)
    for r in range(ids.shape[0]):
        out[r] = False
        n = persons_of(ids[r], among[r], who, persons)
        row_words(persons[:n], day, replicates[r], seed, decision, lanes)
        for k in range(n):
            out[r, who[k]] = unit(lanes[0, k]) < chance[r, who[k] * step]


@kernel
def _count(ids, mean, shape, day, replicates, seed, decision, out):
    lanes = np.empty((3, ids.shape[1]), np.uint32)
    for r in range(ids.shape[0]):
        row_words(ids[r], day, replicates[r], seed, decision, lanes)
        for i in range(ids.shape[1]):
            u = unit(lanes[0, i])
            if shape <= 0.0:
                out[r, i] = poisson(u, mean[r, i])
            else:
                out[r, i] = negative_binomial(u, mean[r, i], shape)


@kernel
def _pick(ids, among, weight, k, day, replicates, seed, decision, out):
    """Mark the k smallest of -ln(u)/weight in each row; of equals the smaller id, whatever its slot."""
    slots = ids.shape[1]
    step = 0 if weight.shape[1] == 1 else 1
    arrival, sorting = np.empty(slots), np.empty(slots)
    who, persons = np.empty(slots, np.uint32), np.empty(slots, np.uint64)
    lanes = np.empty((3, slots), np.uint32)
    for r in range(ids.shape[0]):
        out[r] = False
        asked = persons_of(ids[r], among[r], who, persons)
        row_words(persons[:asked], day, replicates[r], seed, decision, lanes)
        n = 0
        for j in range(asked):
            odds = weight[r, who[j] * step]
            if odds > 0.0:
                arrival[n] = -np.log(unit(lanes[0, j])) / odds
                sorting[n] = arrival[n]
                who[n] = who[j]
                n += 1
        want = min(k[r], n)
        if want <= 0:
            continue
        last = smallest(sorting[:n], want - 1)
        taken = 0
        for j in range(n):
            if arrival[j] < last:
                out[r, who[j]] = True
                taken += 1
        while taken < want:
            best = -1
            for j in range(n):
                i = np.int64(who[j])
                if arrival[j] == last and not out[r, i] and (best < 0 or ids[r, i] < ids[r, best]):
                    best = i
            out[r, best] = True
            taken += 1


@kernel
def _foremost(ids, among, order, k, day, replicates, seed, decision, out):
    """Mark the k of ``among`` with the smallest ``order`` in each row; lots are drawn on the edge only."""
    slots = ids.shape[1]
    sorting, lanes = np.empty(slots, np.int64), np.empty((3, slots), np.uint32)
    who, persons = np.empty(slots, np.uint32), np.empty(slots, np.uint64)
    for r in range(ids.shape[0]):
        out[r] = False
        n = 0
        for i in range(slots):
            if among[r, i]:
                sorting[n] = order[r, i]
                n += 1
        if n <= k:
            out[r] = among[r]
            continue
        edge, taken, tied = smallest(sorting[:n], k - 1), 0, 0
        for i in range(slots):
            if among[r, i] and order[r, i] < edge:
                out[r, i] = True
                taken += 1
            elif among[r, i] and order[r, i] == edge:
                who[tied], persons[tied] = i, ids[r, i]
                tied += 1
        row_words(persons[:tied], day, replicates[r], seed, decision, lanes)
        while taken < k:
            best = -1
            for j in range(tied):  # as in ``pick``: the largest u has the smallest -ln(u)
                if not out[r, who[j]] and (
                    best < 0
                    or lanes[0, j] > lanes[0, best]
                    or (lanes[0, j] == lanes[0, best] and persons[j] < persons[best])
                ):
                    best = j
            out[r, who[best]] = True
            taken += 1


@kernel
def _flat(ids, replicates, day, seed, decisions, out):
    for k in range(decisions.shape[0]):
        for j in range(ids.shape[0]):
            a, _, _, _ = words(ids[j], day, 0, replicates[j], seed, decisions[k])
            out[k, j] = cell(a)


def uniforms(
    ids: NDArray[np.uint64], replicates: NDArray[np.uint32], seed: int, decision: int, day: int = 0
) -> Floats:
    """One uniform in (0, 1) of 24 bits for each of a list of persons, ``(n,)``.

    Args:
        ids: Person ids, ``(n,)``.
        replicates: Global replicate of each, ``(n,)``.
        seed: The experiment's seed.
        decision: A :func:`key`.
        day: The day; 0 for what is settled once.
    """
    row: Floats = sheet(ids, replicates, seed, (decision,), day)[0]
    return row


def sheet(
    ids: NDArray[np.uint64], replicates: NDArray[np.uint32], seed: int, decisions: Sequence[int], day: int = 0
) -> Floats:
    """As :func:`uniforms` for several decisions at once, ``(decisions, n)``."""
    out = np.empty((len(decisions), len(ids)))
    _flat(ids, replicates, day, U(seed), np.array(decisions, np.uint64), out)
    return out


@dataclass(frozen=True)
class Seeds:
    """Which seed keys the draws of a day: the experiment's, and from some day on perhaps a sham's.

    Attributes:
        own: The experiment's seed, 0 to 2^32 - 1.
        since: First day whose luck is another; None for never.
        salt: Which other luck that is.
    """

    own: int
    since: int | None = None
    salt: int = 1

    def of(self, day: int) -> int:
        """The seed of the draws of ``day``."""
        other = self.since is not None and day >= self.since
        return self.own ^ key("sham", str(self.salt)) if other else self.own


class Draws:
    """The draws of one owner (a strategy's label, or a mechanism) on one day.

    Args:
        seed: The experiment's seed, 0 to 2^32 - 1, or the seeds of its days.
        replicates: Global number of each replicate, shape ``(R,)``.
        ids: Person id in each slot, shape ``(R, N)``, uint64.
        owner: Whose decisions these are; two owners never share a number.
        day: The day; 0 too for what is settled once.
    """

    def __init__(
        self,
        seed: int | Seeds,
        replicates: NDArray[np.uint32],
        ids: NDArray[np.uint64],
        owner: str = "",
        day: int = 0,
    ) -> None:
        self.seeds = seed if isinstance(seed, Seeds) else Seeds(seed)
        self.seed, self.replicates, self.ids = self.seeds.of(day), replicates, ids
        self.owner, self.day = owner, day
        self._asked: set[str] = set()

    def of(self, owner: str, day: int | None = None) -> "Draws":
        """The draws of another owner, or of another day."""
        return Draws(self.seeds, self.replicates, self.ids, owner, self.day if day is None else day)

    def key(self, decision: str) -> int:
        """The Philox key of one of this owner's decisions, for kernels that draw on their own."""
        return key(self.owner, decision)

    def _once(self, decision: str) -> int:
        if decision in self._asked:
            raise ValueError(f"{self.owner}: decision {decision!r} was drawn twice on day {self.day}")
        self._asked.add(decision)
        return key(self.owner, decision)

    def _column(self, value: ArrayLike, dtype: Any, width: int = 0) -> NDArray[Any]:
        """``value`` as ``(R, width)``, or as ``(R, 1)`` where that will do and no width is given.

        Read-only, lest kernels be compiled once more for arrays that are.
        """
        array = np.asarray(value, dtype)
        rows, slots = self.ids.shape
        if array.shape != (rows, slots):
            wide = width or (1 if array.ndim == 0 or array.shape[-1] == 1 else slots)
            array = np.full((rows, wide), array)
        column = np.ascontiguousarray(array).view()
        column.flags.writeable = False
        return column

    def _among(self, who: Bools | bool) -> Bools:
        return self._column(who, np.bool_, self.ids.shape[1])

    def uniform(self, decision: str, among: Bools | None = None) -> Floats:
        """Uniforms in (0, 1), shape ``(R, N)``, 24 bits each.

        Args:
            decision: Name of the decision; asking twice on one day is an error.
            among: Whose numbers are asked for; the others get 0. Everybody if left out.

        Raises:
            ValueError: The decision was drawn already today.
        """
        out = np.empty(self.ids.shape)
        asked = self._among(True if among is None else among)
        _uniform(self.ids, asked, self.day, self.replicates, U(self.seed), U(self._once(decision)), out)
        return out

    def bernoulli(self, chance: ArrayLike, decision: str, among: Bools) -> Bools:
        """Who says yes, with probability ``chance`` each (32 bits, so rare hazards are exact to 2e-10)."""
        out = np.empty(self.ids.shape, bool)
        odds = self._column(chance, np.float64)
        decided = U(self._once(decision))
        _yes(self.ids, self._among(among), odds, self.day, self.replicates, U(self.seed), decided, out)
        return out

    def poisson(self, mean: ArrayLike, decision: str, among: Bools | None = None) -> Counts:
        """Poisson counts by inversion, shape ``(R, N)``."""
        return self._counts(mean, 0.0, decision, among)

    def negative_binomial(
        self, mean: ArrayLike, shape: float, decision: str, among: Bools | None = None
    ) -> Counts:
        """Negative-binomial counts by inversion: variance mean + mean^2/shape."""
        return self._counts(mean, shape, decision, among)

    def _counts(self, mean: ArrayLike, shape: float, decision: str, among: Bools | None) -> Counts:
        out = np.zeros(self.ids.shape, np.int64)
        means = np.asarray(mean, np.float64) * (np.ones(out.shape, bool) if among is None else among)
        decided = U(self._once(decision))
        _count(self.ids, means, shape, self.day, self.replicates, U(self.seed), decided, out)
        return out

    def gamma(self, shape: ArrayLike, decision: str) -> Floats:
        """Gamma variates with mean 1 and the given shape, by inversion (``scipy.special.gammaincinv``)."""
        form = np.asarray(shape, np.float64)
        out: Floats = gammaincinv(form, self.uniform(decision)) / form
        return out

    def pick(self, among: Bools, k: ArrayLike, decision: str, weight: ArrayLike = 1.0) -> Bools:
        """Choose ``k`` of the members in ``among``, without replacement, odds by ``weight``.

        The k smallest of -ln(u)/weight: a member's number does not depend on who else is there, so that one
        candidate more moves at most one seat.

        Args:
            among: Candidates, ``(R, N)``.
            k: How many in each replicate; a number or ``(R,)``. Fewer candidates: all of them.
            decision: Name of the decision.
            weight: Odds, broadcast to ``(R, N)``; nought means never.
        """
        out = np.empty(self.ids.shape, bool)
        odds = self._column(weight, np.float64)
        seats = np.full(len(out), np.asarray(k, np.int64).reshape(-1))
        decided = U(self._once(decision))
        _pick(
            self.ids, self._among(among), odds, seats, self.day, self.replicates, U(self.seed), decided, out
        )
        return out

    def foremost(self, among: Bools, k: int, order: NDArray[Any], decision: str) -> Bools:
        """Choose the ``k`` members of ``among`` who come first in each replicate, by lot where that is a tie.

        Args:
            among: Candidates, ``(R, N)``; where there are fewer than ``k``, all of them.
            k: How many.
            order: Whole numbers, ``(R, N)``; the smallest come first.
            decision: Name of the decision.
        """
        out = np.zeros(self.ids.shape, bool)
        if k > 0:
            decided, ranks = U(self._once(decision)), self._column(order, np.int64, self.ids.shape[1])
            _foremost(
                self.ids, self._among(among), ranks, k, self.day, self.replicates, U(self.seed), decided, out
            )
        return out

    def group(self, decision: str, nth: int = 0) -> Floats:
        """One uniform for each replicate as a whole, shape ``(R,)``, 24 bits."""
        everyone = np.full(len(self.replicates), GROUP)
        row: Floats = sheet(
            everyone, self.replicates, self.seed, (self.key(decision),), self.day + (nth << 16)
        )[0]
        return row
