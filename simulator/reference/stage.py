"""Tactics in the reference: their own code is run, on arrays made of the agents for them to look at.

A member stands in the arrays' one row at a place that means nothing, as slots do in the fast engine.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.day import Day
from simulator.doses import accept
from simulator.draws import Bools, Draws
from simulator.members import COLUMNS, Members
from simulator.reference.member import Member
from simulator.reference.prospects import Prospects
from simulator.reference.stimuli import Shown
from simulator.stimuli import CHANNELS, LEDGER, Award, Dose, Offer, per_group
from simulator.strategy import Memory, Strategy, blank_memory
from simulator.ties import Ties

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_ALL = [name for name, c in CHANNELS.items() if c.side == "award" and c.reaches == "group"]
_EACH = [name for name, c in CHANNELS.items() if c.side == "award" and c.reaches != "group"]


class _Columns(Members):
    """The members as a tactic may see them: each column is made of the agents when first asked for."""

    def __init__(self, people: list[Member], never: int) -> None:
        self.shape, self.schema, self._arrays = (1, len(people)), COLUMNS, {}
        self._people, self.never = people, never

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name not in COLUMNS:
            raise AttributeError(f"Members have no column {name!r}")
        if name not in self._arrays:
            attribute = "unique_id" if name == "id" else name
            column = [True if name == "present" else getattr(member, attribute) for member in self._people]
            self._arrays[name] = np.array([column], COLUMNS[name].dtype)
            self._arrays[name].flags.writeable = False
        return self._arrays[name]

    __getitem__ = __getattr__

    def __iter__(self) -> Any:
        return iter(COLUMNS)

    def forget(self) -> None:
        """People have changed: make the columns anew."""
        self._arrays.clear()


class _Window:
    """What a day asks of the world: ties, and who of the addressed takes part."""

    def __init__(self, people: list[Member]) -> None:
        self._people = people
        self.uptake, self.talking = self, False

    def today(self, name: str) -> NDArray[Any]:
        """``posts``, ``asked`` or ``answered`` of today; nought before talk."""
        kind = np.int32 if name == "posts" else np.bool_
        return np.array([[getattr(one, name) if self.talking else 0 for one in self._people]], kind)

    @property
    def ties(self) -> Ties:
        """Everybody's friends, as the ties of one community."""
        place = {member: n for n, member in enumerate(self._people)}
        ends = [
            (place[m], place[f], w) for m in self._people for f, w in m.friends.items() if place[m] < place[f]
        ]
        a, b, strength = zip(*ends, strict=True) if ends else ((), (), ())
        whole = np.array(a, np.int32), np.array(b, np.int32)
        return Ties.from_edges(1, len(self._people), 0, *whole, np.array(strength, np.float32))

    def checks_in(self, _: Any, draws: Draws, among: Bools) -> Bools:
        """Who of the visitors in ``among`` checks in."""
        return self._ask(among, lambda member: member.checks_in(draws.key("checks in")))

    def goes(self, _: Any, draws: Draws, among: Bools, decision: str) -> Bools:
        """Who of ``among`` would go."""
        return self._ask(among, lambda member: member.goes(draws.key(decision)))

    def _ask(self, among: Bools, answer: Any) -> Bools:
        asked = zip(self._people, among[0].tolist(), strict=True)
        return np.array([[wanted and answer(member) for member, wanted in asked]], bool)


class _Act(NamedTuple):
    """One tactic at work: the day as it sees it, whom it addresses, what it remembers of each member."""

    label: str
    tactic: Strategy
    day: Day
    whom: Bools
    memory: Memory


class Stage:
    """Today's tactics at work.

    Args:
        model: The group.
        tactics: Labels and strategies that act today.
    """

    def __init__(self, model: "ReferenceModel", tactics: list[tuple[str, Strategy]]) -> None:
        self._model, self._people = model, list(model.people)
        self._columns, self._window = _Columns(self._people, model.first - 1), _Window(self._people)
        self._yesterday = {name: np.array([value]) for name, value in model.daily.items()}
        self._acts = [self._set(label, tactic) for label, tactic in tactics]

    def _set(self, label: str, tactic: Strategy) -> _Act:
        """What a tactic needs for the day."""
        model, columns = self._model, self._columns
        numbers = np.array([model.replicate], np.uint32)
        draws = Draws(model.seeds, numbers, columns.id, f"strategy {label}", model.day)
        day = Day(model.day, columns, draws, self._yesterday, self._window)  # type: ignore[arg-type]
        memory = {}
        for name, dtype in blank_memory(type(tactic)).items():
            column = f"{label}:{name}"
            memory[name] = np.array([[member.memory.get(column, 0) for member in self._people]], dtype)
        return _Act(label, tactic, day, tactic.who.among(day), memory)

    def offers(self) -> None:
        """Ask each tactic what it shows, and show it to everybody it addresses."""
        for act in self._acts:
            offer = act.tactic.offer(act.day, act.whom, act.memory)
            accept(act.tactic.name, act.tactic.uses, offer)
            for member, shown in zip(self._people, self._shown(act, offer), strict=True):
                member.shown.append(shown)

    def awards(self) -> None:
        """Ask each tactic what it gives, and give it to those it addresses and the channel may reach."""
        self._columns.forget()
        self._window.talking = True
        came = np.array([[member.came for member in self._people]], bool)
        for act in self._acts:
            award = act.tactic.award(act.day, act.whom, came, act.memory)
            accept(act.tactic.name, act.tactic.uses, award)
            for name, values in act.memory.items():
                column = f"{act.label}:{name}"
                for member, kept in zip(self._people, values[0].tolist(), strict=True):
                    member.memory[column] = kept
            self._book(act, award)
            for channel in _EACH:
                dose = getattr(award, channel)
                if dose is not None:
                    self._give(act, channel, self._spread(dose))

    def _shown(self, act: _Act, offer: Offer) -> list[Shown]:
        """One tactic's offer, member by member; those who are shown the same share it."""
        sides = [zip(self._spread(p.amount), self._spread(p.chance), strict=True) for p in offer.prospects]
        nobody = [None] * len(self._people)
        runs = isinstance(offer.run, np.ndarray) or bool(offer.run)
        shows = zip(
            self._spread(offer.prompt),
            self._spread(offer.announced),
            list(zip(*sides, strict=True)) or nobody,
            self._spread(offer.run) if runs else nobody,
            self._spread(offer.topics),
            self._spread(offer.help),
            self._spread(offer.circles) if offer.circles is not None else [-1] * len(self._people),
            strict=True,
        )
        nothing = Shown(act.label, False, 0.0, 0.0, None, 0.0 if runs else None)
        made: dict[Any, Shown] = {}
        shown = []
        for addressed, show in zip(act.whom[0].tolist(), shows, strict=True):
            one = made.get(show) if addressed else nothing
            if one is None:
                prompt, announced, parts, *rest = show
                prospects = None if parts is None else Prospects(parts)
                run, topics, help_, circle = rest
                amounts = any(amount for amount, _ in parts or ())
                speaks = any((prompt, announced, amounts, run, topics, help_, circle >= 0))
                one = made[show] = Shown(act.label, speaks, prompt, announced, prospects, *rest)
            shown.append(one)
        return shown

    def _book(self, act: _Act, award: Award) -> None:
        """Note what one tactic gives the group as a whole."""
        group = {name: float(per_group(getattr(award, name), 1)[0]) for name in _ALL}
        for name, dose in group.items():
            self._model.given[name] = self._model.given.get(name, 0.0) + dose
        self._model.ledger[-1][act.label] = {kind: group[kind] for kind in LEDGER} | {"acted": 1.0}

    def _give(self, act: _Act, channel: str, doses: list[float]) -> None:
        """Hand out what one tactic gives in one channel."""
        everybody = CHANNELS[channel].reaches == "audience"
        for member, addressed, dose in zip(self._people, act.whom[0].tolist(), doses, strict=True):
            if channel == "gatherings":
                member.tables.append(int(dose) if addressed else -1)
            elif dose and addressed and (everybody or member.came):
                member.given[channel] = member.given.get(channel, 0.0) + dose
                if channel in ("reward", "packet"):
                    member.rewards[act.label] = member.rewards.get(act.label, 0.0) + dose

    def _spread(self, dose: Dose) -> list[float]:
        """A dose as one number for each member."""
        if dose is None or isinstance(dose, int | float):
            return [float(dose or 0.0)] * len(self._people)
        spread: list[float] = np.broadcast_to(dose.reshape(1, -1), (1, len(self._people)))[0].tolist()
        return spread
