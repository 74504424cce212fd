"""Tactics in the reference: their own code is run, on arrays made of the agents for them to look at.

A member stands in the arrays' one row at a place that means nothing, as slots do in the fast engine.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.day import Day
from simulator.draws import Bools, Draws
from simulator.members import COLUMNS, Members
from simulator.reference.member import Member
from simulator.reference.prospects import Prospects
from simulator.reference.stimuli import Shown
from simulator.stimuli import CHANNELS, Award, Dose, Offer, used
from simulator.strategy import Memory, Strategy, blank_memory
from simulator.ties import Ties

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_ALL = [name for name, c in CHANNELS.items() if c.side == "award" and c.reaches == "group"]
_EACH = [name for name, c in CHANNELS.items() if c.side == "award" and c.reaches != "group"]


class _Columns(Members):
    """The members as a tactic may see them: each column is made of the agents when first asked for."""

    def __init__(self, people: list[Member]) -> None:
        self.shape, self.schema, self._arrays = (1, len(people)), COLUMNS, {}
        self._people = people

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name not in COLUMNS:
            raise AttributeError(f"Members have no column {name!r}")
        if name not in self._arrays:
            attribute = {"id": "person"}.get(name, name)
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
        self.uptake = self

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


class Stage:
    """Today's tactics at work.

    Args:
        model: The group.
        tactics: Labels and strategies that act today.
    """

    def __init__(self, model: "ReferenceModel", tactics: list[tuple[str, Strategy]]) -> None:
        self._model, self._people = model, list(model.people)
        self._columns, self._window = _Columns(self._people), _Window(self._people)
        self._yesterday = {name: np.array([value]) for name, value in model.daily.items()}
        self._acting = [(label, tactic, *self._sight(label, tactic)) for label, tactic in tactics]

    def _sight(self, label: str, tactic: Strategy) -> tuple[Day, Bools]:
        """The day as a tactic sees it, and whom it addresses."""
        model, columns = self._model, self._columns
        draws = Draws(
            model.seed, np.array([model.replicate], np.uint32), columns.id, f"strategy {label}", model.day
        )
        day = Day(model.day, columns, draws, self._yesterday, self._window)  # type: ignore[arg-type]
        return day, tactic.who.among(columns, model.day)

    def offers(self) -> None:
        """Ask each tactic what it shows, and show it to everybody it addresses."""
        for label, tactic, day, whom in self._acting:
            offer = tactic.offer(day, whom, self._recall(label, tactic))
            for member, shown in zip(self._people, self._shown(label, offer, whom), strict=True):
                member.shown.append(shown)

    def awards(self) -> None:
        """Ask each tactic what it gives, and give it to those it addresses and the channel may reach."""
        self._columns.forget()
        came = np.array([[member.came for member in self._people]], bool)
        for label, tactic, day, whom in self._acting:
            memory = self._recall(label, tactic)
            award = tactic.award(day, whom, came, memory)
            for name, column in memory.items():
                for member, kept in zip(self._people, column[0].tolist(), strict=True):
                    member.memory[f"{label}:{name}"] = kept
            self._give(label, award, whom)

    def _recall(self, label: str, tactic: Strategy) -> Memory:
        """What a tactic remembers of each member; nought of those it has not met."""
        return {
            name: np.array([[member.memory.get(f"{label}:{name}", 0) for member in self._people]], dtype)
            for name, dtype in blank_memory(type(tactic)).items()
        }

    def _shown(self, label: str, offer: Offer, whom: Bools) -> list[Shown]:
        """One tactic's offer, member by member."""
        said, nobody = bool(used(offer)), [None] * len(self._people)
        sides = [zip(self._spread(p.amount), self._spread(p.chance), strict=True) for p in offer.prospects]
        parts = list(zip(*sides, strict=True))
        made = {each: Prospects(each) for each in set(parts)}
        prospects = [made[each] for each in parts] or nobody
        runs = isinstance(offer.run, np.ndarray) or bool(offer.run)
        columns = zip(
            whom[0].tolist(),
            self._spread(offer.prompt),
            self._spread(offer.announced),
            prospects,
            self._spread(offer.run) if runs else nobody,
            strict=True,
        )
        return [
            Shown(label, said, prompt, announced, prospect, run)
            if addressed
            else Shown(label, run=0.0 if runs else None)
            for addressed, prompt, announced, prospect, run in columns
        ]

    def _give(self, label: str, award: Award, whom: Bools) -> None:
        """Hand out one tactic's award and book it."""
        group = {name: self._spread(getattr(award, name))[0] for name in _ALL}
        for name, dose in group.items():
            self._model.given[name] = self._model.given.get(name, 0.0) + dose
        self._model.ledger[-1][label] = {kind: group[kind] for kind in ("cost", "hours")}
        for name in _EACH:
            dose = getattr(award, name)
            if dose is None:
                continue
            for member, addressed, one in zip(
                self._people, whom[0].tolist(), self._spread(dose), strict=True
            ):
                if name == "gatherings":
                    member.tables.append(int(one) if addressed else -1)
                elif addressed and one and (member.came or CHANNELS[name].reaches == "audience"):
                    member.given[name] = member.given.get(name, 0.0) + one
                    if name in ("reward", "packet"):
                        member.rewards[label] = member.rewards.get(label, 0.0) + one

    def _spread(self, dose: Dose) -> list[float]:
        """A dose as one number for each member."""
        array = np.asarray(0.0 if dose is None else dose, np.float64)
        spread: list[float] = np.broadcast_to(array.reshape(1, -1), (1, len(self._people)))[0].tolist()
        return spread
