"""Keeping Mesa's registers of agents in step with the columns, which are the truth.

The cost in Python goes with the people who came, went or changed role since the last look.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.agents import CLASSES, Member

if TYPE_CHECKING:
    from simulator.model import CommunityModel

_NOBODY = -1


class Views:
    """The views that there are, and what Mesa was last told of each slot.

    Args:
        model: The model they belong to; every role has its set in ``agents_by_type`` from the beginning.
    """

    def __init__(self, model: "CommunityModel") -> None:
        self._model = model
        self._held: dict[tuple[int, int], Member] = {}
        self._role = np.full(model.members.shape, _NOBODY, np.int8)
        self._person = np.zeros(model.members.shape, np.uint64)
        for kind in CLASSES:
            self._of(kind)

    def __len__(self) -> int:
        return len(self._held)

    def at(self, replicate: int, slots: Iterable[int]) -> list[Member]:
        """The agents of whoever holds these slots."""
        self.sync()
        return [self._held[replicate, slot] for slot in slots]

    def sync(self) -> None:
        """Make Mesa's registers agree with the columns: new people, people gone, changed roles."""
        m = self._model.members
        role = np.where(m.present, m.role, _NOBODY)
        stale = (role != self._role) | (m.present & (m.id != self._person))
        for replicate, slot in zip(*(axis.tolist() for axis in np.nonzero(stale)), strict=True):
            at = replicate, slot
            agent, new = self._held.get(at), role.item(at)
            if agent is not None and new != _NOBODY and agent.person == m.id.item(at):
                self._recast(agent, CLASSES[new])
            else:
                if agent is not None:  # somebody emptied the slot behind the model's back
                    self._held.pop(at).release()
                if new != _NOBODY:
                    kind = CLASSES[new]
                    self.add(kind.__new__(kind), *at)
        self._role, self._person[stale] = role, m.id[stale]

    def add(self, agent: Member, replicate: int, slot: int) -> None:
        """Take in the agent of whoever holds a slot."""
        at = replicate, slot
        agent.bind(self._model, *at)
        self._held[at] = agent
        self._role[at], self._person[at] = agent.role, agent.person

    def release(self, who: NDArray[np.bool_]) -> None:
        """Let go of the agents in these slots, ``(R, N)``, which are about to be cleared."""
        if self._held:
            for at in zip(*(axis.tolist() for axis in np.nonzero(who)), strict=True):
                if at in self._held:
                    self._held.pop(at).release()

    def _recast(self, agent: Member, kind: type[Member]) -> None:
        """The same person in another role: the same object of another class, where Mesa keeps it as well."""
        self._of(type(agent)).remove(agent)
        agent.__class__ = kind  # the only change: a view holds nothing that belongs to a role
        self._of(kind).add(agent)

    def _of(self, kind: type[Member]) -> Any:
        """Mesa's set of the agents of one class, which it makes on the first agent only."""
        model = self._model
        sets = model._agents_by_type
        if kind not in sets:
            sets[kind] = type(model._all_agents)([], random=model.random)
        return sets[kind]
