"""A stage for one strategy: members who are simply there, a day, and the strategy's own lines."""

from types import SimpleNamespace

import numpy as np

from simulator.day import Day
from simulator.draws import Draws
from simulator.members import Members, Role
from simulator.strategy import blank_memory


class Stage:
    """R groups of N lurkers on one day, with nobody else about.

    Args:
        shape: (replicates, slots).
        day: The day.
        yesterday: Yesterday's metrics.
        roles: Roles by slot, if they matter.
        takes_part: Who checks in or goes where asked, ``(R, N)``; else everybody.
        talk: Today's ``posts``, ``asked`` and ``answered``, ``(R, N)`` each; nought where not given.
    """

    def __init__(self, shape, *, day=0, yesterday=None, roles=None, takes_part=None, **talk):
        self.shape = shape
        members = Members(*shape)
        ids = np.tile(np.arange(shape[1], dtype=np.uint64), shape[0])
        members.join(np.repeat(np.arange(shape[0]), shape[1]), ids)
        members.role[:] = Role.LURKER if roles is None else roles
        self.members, self.yesterday = members, yesterday or {}
        self.takes_part = np.ones(shape, bool) if takes_part is None else np.asarray(takes_part, bool)
        self.memory = {}
        kinds = {"posts": np.int32, "asked": bool, "answered": bool}
        self.talk = {name: np.zeros(shape, kind) for name, kind in kinds.items()}
        self.at(day, **talk)

    def at(self, day, **talk):
        """Another day, with the same members and memory; ``talk`` is kept until it is given anew."""
        for name, now in talk.items():
            self.talk[name][:] = now
        draws = Draws(1, np.arange(self.shape[0], dtype=np.uint32), self.members.id, "strategy", day)
        willing = SimpleNamespace(
            checks_in=lambda world, draws, among: among & self.takes_part,
            goes=lambda world, draws, among, decision: among & self.takes_part,
        )
        world = SimpleNamespace(uptake=willing, today=self.talk.__getitem__)
        self.day = Day(day, self.members.watched(), draws, self.yesterday, world)
        return self

    def _columns(self, strategy):
        if not self.memory:
            kinds = blank_memory(type(strategy))
            self.memory = {name: np.zeros(self.shape, kind) for name, kind in kinds.items()}
        return self.memory

    def _whom(self, whom):
        return self.members.present if whom is None else np.asarray(whom, bool)

    def offer(self, strategy, whom=None):
        return strategy.offer(self.day, self._whom(whom), self._columns(strategy))

    def award(self, strategy, came, whom=None):
        return strategy.award(self.day, self._whom(whom), np.asarray(came, bool), self._columns(strategy))
