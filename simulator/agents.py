"""Owners, KOLs, novices and lurkers as Mesa agents: thin views of the columns, made when somebody looks."""

from collections.abc import Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError
from simulator.members import Role
from simulator.options import IDENTITY, fit

if TYPE_CHECKING:
    from simulator.model import CommunityModel


class _NoNumbers:
    """In place of ``Agent._ids`` of Mesa 3.3, a table that keeps every model alive for ever (mesa#3179)."""

    def __getitem__(self, model: Any) -> Any:
        return repeat(None)


class Member(mesa.Agent):
    """A person of one of the model's communities.

    Every column of the members is an attribute, read as a Python number and written through to the column:
    ``agent.belonging = 0.5``. So are the columns of mechanisms (``seen:0``) and of strategies' memories
    (``check_in_streak:run``), through ``getattr`` and in Mesa's reporters. Once ``role`` is written the agent
    is of another class from the next look at ``model.agents`` on, and the same object. Somebody who left can
    still be read, as they were when they left.

    Made by hand, ``Novice(model, belonging=0.3)`` lets a new person in, as of today: with traits drawn as for
    anybody who arrives, and without ties; see :meth:`tie`. Metrics of joining and leaving count what happens
    during a day, so neither people let in by hand nor those taken out.

    Args:
        model: The model.
        replicate: Which of its communities they join.
        **values: Values of columns that are not to be drawn.

    Attributes:
        replicate: Their community, from 0.
        slot: Their seat in it, the column of every ``(R, N)`` array; None once they have left.
        person: Their id in it, for ever the same; founders count from 0.
        unique_id: ``replicate * 2**64 + person``: the same however often and whenever one looks.

    Raises:
        UserError: No such replicate or column, a value that does not fit, or no seat left.
    """

    _ids = _NoNumbers()
    plays: ClassVar[Role | None] = None

    def __init__(self, model: "CommunityModel", replicate: int = 0, **values: Any) -> None:
        if self.plays is None:
            raise UserError(f"{type(self).__name__} is no role; make an Owner, KOL, Novice or Lurker.")
        row, slot = model.seat(self.plays, replicate, values)
        model.views.add(self, row, slot)

    def bind(self, model: "CommunityModel", replicate: int, slot: int) -> None:
        """Become the view of the person in that slot, and have Mesa know of it."""
        state, columns = self.__dict__, model.members
        state.update(_columns=columns, _at=(replicate, slot), replicate=replicate, slot=slot)
        state["person"] = columns.id.item(replicate, slot)
        super().__init__(model)
        self.unique_id = replicate * 2**64 + self.person  # after Mesa, which counts in the order of looking

    def __getattr__(self, name: str) -> Any:
        columns: Mapping[str, NDArray[Any]] = self.__dict__.get("_columns", {})
        if name not in columns:
            raise AttributeError(f"{type(self).__name__} has no attribute or column {name!r}")
        return columns[name].item(self._at)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dict__.get("_columns", ()):
            super().__setattr__(name, value)
        elif self.slot is None:
            raise UserError(f"{name} of {self} cannot be written: they left the community.")
        elif name in IDENTITY:
            raise UserError(f"{name} cannot be written; people join by Novice(model) and leave by remove().")
        else:
            self._columns[name][self._at] = fit(name, self._columns.schema[name], value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__dict__.get("_columns", ())})

    def __repr__(self) -> str:
        return f"{type(self).__name__}(replicate={self.replicate}, person={self.person})"

    @property
    def neighbors(self) -> list["Member"]:
        """Everybody they are tied to, by slot; nobody once they have left."""
        if self.slot is None:
            return []
        slots, _ = self.model.ties.neighbours(self.replicate, self.slot)
        return self.model.views.at(self.replicate, slots.tolist())  # type: ignore[no-any-return]  # the model is Mesa's

    @property
    def cell(self) -> Any:
        """Their seat in ``model.grid``, which shows the first community; None in the others."""
        return self.model.grid[self.slot] if self.slot is not None and self.replicate == 0 else None

    def tie(self, other: "Member", strength: float | None = None) -> None:
        """Tie them to ``other``, or strengthen the tie, ``w += strength (1 - w)``.

        Args:
            other: Somebody of the same community.
            strength: In (0, 1]; None for that of the community's opening ties.

        Raises:
            UserError: They are one person or of two communities, one has left, or the strength is wrong.
        """
        if self.slot is None or other.slot is None or self.replicate != other.replicate:
            raise UserError(f"{self} and {other} cannot be tied: they are not members of one community.")
        weight = self.model.spec.community.tie_strength if strength is None else strength
        self.model.ties.add(self.replicate, [self.slot], [other.slot], weight)
        self.model.changed()

    def remove(self) -> None:
        """Leave the community: ties end, the seat is free, the row of the life table stays. Twice is once."""
        if self.slot is not None:
            who = np.zeros(self.model.members.shape, np.bool_)
            who[self._at] = True
            self.model.dismiss(who)

    def release(self) -> None:
        """Keep a copy of their columns, of which the slot will be cleared, and have Mesa forget them."""
        copy = {name: column[self._at].reshape(1, 1).copy() for name, column in self._columns.items()}
        copy["present"][:] = False
        self.__dict__.update(_columns=copy, _at=(0, 0), slot=None)
        super().remove()


class Owner(Member):
    """Somebody who runs the group (群主)."""

    plays = Role.OWNER


class KOL(Member):
    """Somebody others listen to (大神)."""

    plays = Role.KOL


class Novice(Member):
    """Somebody who is learning (小白)."""

    plays = Role.NOVICE


class Lurker(Member):
    """Somebody who reads and is silent (潜水)."""

    plays = Role.LURKER


#: The class of each role, in the order of :class:`~simulator.members.Role`.
CLASSES: tuple[type[Member], ...] = (Owner, KOL, Novice, Lurker)
