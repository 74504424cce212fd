"""The state of a block of communities during a run: what phases read and write."""

from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.community import Community
from simulator.day import exact_sum
from simulator.doses import hand_out
from simulator.draws import Bools, Draws, Seeds
from simulator.founding import reference
from simulator.mechanism import Mechanism, Parameters, Params, design
from simulator.members import Column, Members
from simulator.stimuli import CHANNELS, Award, Entry, Offer, broad, used
from simulator.strategy import Memory, Strategy, blank_memory
from simulator.ties import Ties

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Tactic:
    """A strategy at work in this world: its label, its number among them and its memory's column names."""

    index: int
    label: str
    strategy: Strategy

    def column(self, name: str) -> str:
        """Name of one of its memory's columns among the members' columns."""
        return f"{self.label}:{name}"


@dataclass(frozen=True)
class Showing:
    """A tactic at work today: whom it addresses, what it shows them and, later, what it gives.

    Doses meant for members reach ``whom`` only, whatever the strategy returned. ``acts``, ``(R,)``, says in
    which replicates its triggers let it act; in the others nobody is addressed and every dose is nought.
    ``everywhere`` says that it acts in all, ``says`` holds the doses of the offer that are any, by channel.
    """

    tactic: Tactic
    whom: Bools
    offer: Offer
    acts: Bools
    everywhere: bool
    says: Mapping[str, Any]


class World:
    """A block of R communities with N slots each, on one day.

    Attributes:
        first: The world's first day: 0, or before it where the community warms up.
        day: The day now.
        seeds, seed: Seeds of its days, and that of today's draws.
        members: Member columns, ``(R, N)``.
        ties: The tie network.
        params: Parameters by mechanism name and parameter, each ``(R,)``.
        effect: The community's own effect u_r on attendance, posting and arrivals, ``(R,)``.
        arrivals: Strangers a day at the opening, u_r apart, ``(R,)``; a fit may set them row by row.
        ends: Day on which the community's purpose is served, ``(R,)``; infinite where it lasts.
        value: Value of recent content, 0..1, ``(R,)``.
        energy: Owner's energy, 0..1, ``(R,)``.
        pull: Attendance logit of today, ``(R, N)``.
        hazard: Log of what today's risk of muting or leaving is multiplied by, ``(R, N)``.
        eager: Log of what somebody's talk is multiplied by today, ``(R, N)``; all nought unless ``stirred``.
        helpful: Log of what the chance of an answer is multiplied by today, ``(R,)``.
        helpers: Share of the ability to answer that is asked to help today, ``(R,)``; None for nobody.
        shelter: Share of today's messages that somebody need not see, ``(R, N)``; None for nobody.
        circles: Number of the circle somebody talks in today, ``(R, N)``, -1 for none; None for no circles.
        entries: What joining asks, by tactic; see :meth:`joining`.
        spoken: Channels that the tactics declare.
        declined: People who were asked a price and did not join, ``(R,)``; on day 0 founders too.
        newcomers: Row and slot of each of today's newcomers, ``(n,)`` each.
        came, posts, asked, answered, replied: Today's outcomes, ``(R, N)``.
        acting: By label, the replicates in which a tactic acts today, ``(R,)``; left out: in none.
        offers, awards: Today's stimuli, one per tactic that acts today.
        gives: By award channel, the tactics that give anything in it today, and what.
        visitors: Number of today's visitors, ``(R,)``; ``crowd`` the same of yesterday (of an ordinary day on
            day 0). Their slots are ``here[r, :visitors[r]]``.
        awake: Slots of those who have not muted the group, ``awake[r, :waking[r]]``, today before offers.
        talk, voices: Today's messages and speakers by role, ``(R, 4)``.
        questions: Today's questions and answered questions, ``(R, 2)``.
        sent: Who sent a packet today, ``(R, N)``.
        echo: Yuan received today from packets of other members, ``(R, N)``; ``pot`` what is to be split
            tomorrow.
        gone: Who muted or left today; ``exiting`` who leaves.
        totals: What was given in each channel today, once somebody asked; ``sums`` the same over the members.
        guests: People of another group who were shown this one yesterday, ``(R,)``.
        nought: What those got to whom nothing was given, ``(R, N)``; for reading.
        daily: Today's metrics, each ``(R,)``.
        departed: Life-table rows of people who left, on day 0 or later.
        before: Visits and messages of members before day 0, by name, ``(R, N)``; without a warm-up empty.
    """

    def __init__(
        self,
        community: Community,
        tactics: Sequence[tuple[str, Strategy]],
        on: Sequence[Mechanism],
        off: Sequence[Mechanism],
        *,
        seed: int,
        replicates: NDArray[np.uint32],
        uncertain: bool,
        parameters: Parameters | None = None,
        warmup: int = 0,
    ) -> None:
        self.community, self.seed, self.replicates = community, seed, replicates
        self.seeds, self.first = Seeds(seed), -warmup
        self.mechanisms, self._known = list(on), [*on, *off]
        self._equip(tactics)
        known = self._known
        self.heard = frozenset().union(*(m.hears for m in known))
        rows, slots = len(replicates), community.slots
        prescribed = design(known, parameters or {}, rows)
        self.params: dict[str, Params] = {
            m.name: m.draw(seed, replicates, uncertain) | prescribed.get(m.name, {}) for m in known
        }
        self.shape = (rows, slots)
        self.members = Members(rows, slots, self._extra_columns(), self.first - 1)
        self.watched = self.members.watched()
        self.ties = Ties.empty(rows, slots)
        self.draws = Draws(seed, replicates, self.members.id)
        self.day = self.first
        self.effect: Floats = np.zeros(rows, np.float32)
        self.arrivals = np.full(rows, community.arrivals, np.float64)
        self.ends = np.full(rows, np.inf)
        self.value: Floats = np.full(rows, 0.5, np.float32)
        self.energy: Floats = np.full(rows, community.energy, np.float32)
        self.visitors = np.zeros(rows, np.int64)
        self.crowd: NDArray[np.float64] = np.zeros(rows)
        self.here, self.awake = (np.zeros(self.shape, np.uint32) for _ in range(2))
        self.waking = np.zeros(rows, np.int64)
        self.pull: Floats = np.zeros(self.shape, np.float32)
        self.hazard: Floats = np.zeros(self.shape, np.float32)
        self.eager: Floats = np.zeros(self.shape, np.float32)
        self.stirred = False
        self.helpful = np.zeros(rows)
        self.helpers: NDArray[np.float64] | None = None
        self.shelter: Floats | None = None
        self.circles: NDArray[np.int64] | None = None
        self.guests = np.zeros(rows)
        self.talking = False
        nobody = np.zeros(0, np.int64)
        self.newcomers: tuple[NDArray[np.int64], NDArray[np.int64]] = nobody, nobody
        self.novelty: dict[int, Floats] = {}
        self.came = np.zeros(self.shape, bool)
        self.posts = np.zeros(self.shape, np.int32)
        self.asked = np.zeros(self.shape, bool)
        self.answered = np.zeros(self.shape, bool)
        self.replied = np.zeros(self.shape, bool)
        self.echo: Floats = np.zeros(self.shape, np.float32)
        self.sent = np.zeros(self.shape, bool)
        self.gone = np.zeros(self.shape, bool)
        self.exiting = np.zeros(self.shape, bool)
        self.questions = np.zeros((rows, 2), np.int64)
        self.mutes = np.zeros(rows, np.int64)
        self.joined = np.zeros(rows, np.int64)
        self.declined = np.zeros(rows, np.int64)
        self.new_ties = np.zeros(rows, np.int64)
        self.pot = np.zeros(rows)
        self.gifts = np.zeros(rows)
        self.acting: dict[str, Bools] = {}
        self.offers: list[Showing] = []
        self.awards: list[tuple[Tactic, Award]] = []
        self.gives: dict[str, list[tuple[Showing, Any]]] = {}
        self.totals: dict[str, Floats | None] = {}
        self.sums: dict[str, NDArray[np.float64]] = {}
        self.daily: dict[str, NDArray[Any]] = {}
        self.departed: list[dict[str, NDArray[Any]]] = []
        self.before: dict[str, NDArray[np.int32]] = {}
        expected = reference(community)
        self.reference_visitors, self.reference_messages = expected.visitors, expected.messages
        self.reference_useful = expected.useful
        self.crowd += expected.visitors
        self.talk, self.voices = np.zeros((rows, 4), np.int64), np.zeros((rows, 4), np.int64)
        self._plain, self.nought = np.ones(self.shape, np.float32), np.zeros(self.shape, np.float32)

    def _equip(self, tactics: Sequence[tuple[str, Strategy]]) -> None:
        """Set which tactics are at work."""
        self.tactics = [
            Tactic(k, label, s) for k, (label, s) in enumerate(sorted(tactics, key=lambda t: t[0]))
        ]
        self._remembered = [
            [(name, t.column(name)) for name in type(t.strategy).remembers] for t in self.tactics
        ]
        self.spoken = frozenset().union(*(t.strategy.uses for t in self.tactics))
        self.entries: list[tuple[Tactic, Entry]] = [(t, t.strategy.entry()) for t in self.tactics]
        self._doors = [(t.label, e) for t, e in self.entries if used(e)]

    def fork(self, tactics: Sequence[tuple[str, Strategy]]) -> "World":
        """This world once more, with other tactics, before any has acted; neither sees what the other does.

        Only what nothing writes is shared: the community, its numbers, and arrays that are for reading.
        """
        own = ("members", "watched", "draws", "tactics", "entries", "_remembered", "_doors")
        state = {name: value for name, value in vars(self).items() if name not in own}
        shared = (self.community, self.replicates, self._plain, self.nought)
        fork = copy(self)
        vars(fork).update(deepcopy(state, {id(one): one for one in shared}))
        fork._equip(tactics)
        fork.members = self.members.copy(fork._extra_columns())
        fork.watched = fork.members.watched()
        fork.reseed(self.seeds)
        return fork

    def reseed(self, seeds: Seeds) -> None:
        """Draw from now on by these seeds."""
        self.seeds, self.seed = seeds, seeds.of(self.day)
        self.draws = Draws(seeds, self.replicates, self.members.id)

    def _extra_columns(self) -> dict[str, Column]:
        """Columns of mechanisms, one set per cue where they ask for it, and of the strategies' memories."""
        extra: dict[str, Column] = {}
        for mechanism in self._known:
            extra.update(mechanism.columns)
            for name, column in mechanism.cue_columns.items():
                extra.update({f"{name}:{t.index}": column for t in self.tactics})
        for tactic in self.tactics:
            for name, dtype in blank_memory(type(tactic.strategy)).items():
                extra[tactic.column(name)] = Column(dtype, 0, f"memory of {tactic.label}")
        return extra

    def memory(self, tactic: Tactic) -> Memory:
        """The memory columns of one tactic."""
        members = self.members
        return {name: members[column] for name, column in self._remembered[tactic.index]}

    def cue(self, name: str, tactic: Tactic) -> NDArray[Any]:
        """A mechanism's column for one tactic's cue."""
        return self.members[f"{name}:{tactic.index}"]

    def cues(self, name: str) -> NDArray[Any]:
        """A mechanism's column for every tactic's cue, ``(tactics, R, N)``."""
        return self.members.block([f"{name}:{tactic.index}" for tactic in self.tactics])

    def fresh(self, tactic: Tactic) -> Floats:
        """Novelty of a tactic to each member today, ``(R, N)``; 1 where that mechanism is off."""
        return self.novelty.get(tactic.index, self._plain)

    def today(self, name: str) -> NDArray[Any]:
        """``posts``, ``asked`` or ``answered`` of today, ``(R, N)``, read-only; nought before talk."""
        array: NDArray[Any] = getattr(self, name) if self.talking else np.zeros_like(getattr(self, name))
        view = array.view()
        view.flags.writeable = False
        return view

    def settle(self, replicate: NDArray[np.int64], slot: NDArray[np.int64]) -> None:
        """Clear what a new holder of a slot must not inherit from today's working arrays."""
        today = (self.came, self.posts, self.replied, self.echo, self.gone, self.exiting)
        for array in (*today, *self.before.values()):
            array[replicate, slot] = 0

    def joining(self) -> tuple[NDArray[np.float64], ...] | None:
        """What joining asks today: fee, screening and ceremony, each ``(R,)``; None where it asks nothing.

        A tactic's terms hold where it acts, on the days on which it acts. On day 0 founders are asked, unless
        the community has warmed up: nobody who is in already is.
        """
        terms = [(self.acting[label], e) for label, e in self._doors if label in self.acting]
        if not terms:
            return None
        names = ("fee", "screening", "ceremony")
        return tuple(sum(getattr(e, name) * acts for acts, e in terms) for name in names)

    def admits(self, rows: NDArray[np.int64], ids: NDArray[np.uint64], columns: dict[str, Any]) -> Bools:
        """Who of a list of people joins on today's terms, and what these do to ``columns``; see ``entry``."""
        door = self._playing("entry")
        if door is None:
            return np.ones(len(ids), bool)
        admitted: Bools = door.admits(self, rows, ids, columns)
        self.declined += np.bincount(rows[~admitted], minlength=self.shape[0])
        return admitted

    def trait(self, name: str) -> Floats:
        """A parameter of the disposition mechanism, ``(R,)``, which describes how people differ."""
        return self.params["disposition"][name]

    def whom(self, tactic: Tactic) -> Bools:
        """Whom a tactic that acts today addresses, ``(R, N)``."""
        return next(shown.whom for shown in self.offers if shown.tactic is tactic)

    def shown(self, channel: str) -> list[tuple[Showing, Any]]:
        """The tactics that show anything in an offer channel today, and what."""
        return [(shown, shown.says[channel]) for shown in self.offers if channel in shown.says]

    def given(self, channel: str) -> Floats | None:
        """Today's total of an award channel over all tactics, ``(R, N)``; None where nobody gave any.

        Only those whom the tactic addresses and the channel may reach get anything.
        """
        if channel in self.totals:
            return self.totals[channel]
        total: Floats | None = None
        for shown, given in self.gives.get(channel, ()):
            dose = broad(given, self.shape[0])
            if dose is not None:
                total = np.zeros(self.shape, np.float32) if total is None else total
                there = self.came if CHANNELS[channel].reaches == "came" else self.members.present
                hand_out(dose, shown.whom, there, total)
        self.totals[channel] = total
        return total

    def summed(self, channel: str) -> NDArray[np.float64]:
        """Today's total of an award channel over tactics and members, ``(R,)``."""
        if channel not in self.sums:
            given = self.given(channel)
            self.sums[channel] = np.zeros(self.shape[0]) if given is None else exact_sum(given)
        return self.sums[channel]

    def given_to_all(self, channel: str) -> NDArray[np.float64]:
        """Today's total of a community-wide award channel, ``(R,)``."""
        if channel not in self.sums:
            self.sums[channel] = np.zeros(self.shape[0])
            for _, dose in self.gives.get(channel, ()):
                self.sums[channel] += dose
        return self.sums[channel]

    @property
    def uptake(self) -> "Uptake | Nobody":
        """The mechanism that says who of the addressed takes part; nobody does where it is off."""
        mine: Uptake = self._playing("uptake") or NOBODY
        return mine

    def _playing(self, part: str) -> Any:
        """The mechanism of that name, or what replaces it; None where it is off."""
        return next((m for m in self.mechanisms if part in (m.name, m.replaces)), None)


class Uptake(Protocol):
    """What a day asks of the mechanism named ``uptake``."""

    def checks_in(self, world: World, draws: Draws, among: Bools) -> Bools:
        """Who of the visitors ``among`` checks in."""

    def goes(self, world: World, draws: Draws, among: Bools, decision: str) -> Bools:
        """Who of ``among`` would go."""


class Nobody:
    """Stands in where uptake is off: nobody takes part in anything."""

    def checks_in(self, world: World, draws: Draws, among: Bools) -> Bools:
        """Nobody."""
        del world, draws
        return np.zeros_like(among)

    def goes(self, world: World, draws: Draws, among: Bools, decision: str) -> Bools:
        """Nobody."""
        del world, draws, decision
        return np.zeros_like(among)


NOBODY = Nobody()
