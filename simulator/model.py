"""The community as a Mesa model: one step is one day of one or many communities."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import mesa
import networkx as nx
import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, unknown
from simulator.knobs import number
from simulator.members import Members, Role
from simulator.metrics import METRICS
from simulator.network import seats
from simulator.options import Tactics, columns_from, scenario_from, seed_from
from simulator.record import RunRecord
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.ties import Ties
from simulator.traits import traits
from simulator.views import Views

#: Ids of people let in by hand: a block apart from founders, strangers and the referred.
BY_HAND = np.uint64(1 << 61)


class CommunityModel(mesa.Model):
    """A chat community, or ``replicates`` of them side by side, as a Mesa model.

    ``CommunityModel(rng=1)`` is the default community, ``CommunityModel(spec)`` any other. Each word after
    that changes one thing of ``spec``, so that ``mesa.batch_run`` and sliders can vary it; None leaves it.

    ``model.agents``, ``agents_by_type`` and ``agent_types`` hold the members of all the communities as
    :class:`~simulator.agents.Owner`, ``KOL``, ``Novice`` and ``Lurker``, made when first looked at. Looking,
    shuffling and collecting change nothing of what happens: luck belongs to people and their decisions, and
    ``model.random`` and ``model.rng`` are yours. Writing to an agent does.

    Args:
        spec: The scenario; the default community without tactics if left out.
        size: Members at the start.
        days: Campaign days, on which tactics act.
        follow_up: Days after them.
        tactics: In place of those of ``spec``: ``"red_packet"``, ``"red_packet+offline_meetup"``,
            ``"baseline"`` for none; a strategy; a mapping of names to knobs, as in
            ``{"red_packet": {"purse": 50}}``, or of labels to strategies; a sequence of names, strategies and
            ``(label, strategy)``.
        replicates: Communities side by side, numbered from 0.
        uncertainty: ``full`` or ``luck``, see :class:`Scenario`.
        rng: As Mesa takes it. A whole number below 2^32 is the experiment's seed, and replicate r the same as
            in every other run with that seed; from anything else a seed is derived, from None a new one.

    Attributes:
        spec: The scenario that is run.
        simulation: What runs it.
        running: False from the end of the horizon on. More steps are more days without tactics.
        datacollector: A row for each day; see :data:`REPORTERS`. May be replaced by another one.

    Raises:
        UserError: A value that is not allowed.
    """

    def __init__(
        self,
        spec: Scenario | None = None,
        *,
        size: int | None = None,
        days: int | None = None,
        follow_up: int | None = None,
        tactics: Tactics | None = None,
        replicates: int = 1,
        uncertainty: str | None = None,
        rng: Any = None,
    ) -> None:
        seed = seed_from(rng)
        self.spec = scenario_from(
            spec, size=size, days=days, follow_up=follow_up, tactics=tactics, uncertainty=uncertainty
        )
        rows = number(replicates, int, "replicates")
        if rows < 1:
            raise UserError(f"replicates is {rows}; it must be at least 1.")
        super().__init__(rng=seed)
        self.simulation = _Days(self, range(rows), seed)
        self.views = Views(self)
        self.datacollector = mesa.DataCollector(dict(REPORTERS))
        self._let_in = np.zeros(rows, np.uint64)
        self._grid: Any = None

    def step(self) -> None:
        """One day."""
        self.simulation.step()
        self.changed()
        self.running = self.simulation.world.day < self.spec.horizon
        self.datacollector.collect(self)

    def run(self, days: int | None = None) -> RunRecord:
        """Step on to the end of the horizon, or ``days`` more days, and return the record so far.

        Raises:
            UserError: ``days`` is no whole number from 0.
        """
        left = self.spec.horizon - self.simulation.world.day if days is None else number(days, int, "days")
        if days is not None and left < 0:
            raise UserError(f"days is {left}; it must be a whole number from 0.")
        for _ in range(left):
            self.step()
        return self.record()

    def record(self) -> RunRecord:
        """Everything recorded up to now."""
        return self.simulation.record()

    def plan(self) -> str:
        """The day as it is run: each phase with the mechanisms that act in it."""
        return self.simulation.plan()

    def today(self, metric: str) -> float:
        """A daily metric of the last day, mean over replicates; NaN before the first day.

        Raises:
            UserError: No such daily metric.
        """
        daily = self.simulation.world.daily
        if daily and metric not in daily:
            raise unknown("daily metric", metric, daily)
        return float(daily[metric].mean()) if daily else float("nan")

    @property
    def members(self) -> Members:
        """The columns of the members, ``(R, N)`` each."""
        return self.simulation.world.members

    @property
    def ties(self) -> Ties:
        """Who is tied to whom."""
        return self.simulation.world.ties

    @property
    def agents(self) -> Any:
        """All members of all communities."""
        self.views.sync()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """The members by class; each of the four roles is there, if only with nobody in it."""
        self.views.sync()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of members."""
        self.views.sync()
        return super().agent_types

    def remove_all_agents(self) -> None:
        """Let everybody leave."""
        self.dismiss(self.members.present)
        super().remove_all_agents()

    @property
    def G(self) -> nx.Graph:  # noqa: N802  (networkx's name for a graph, and Mesa's)
        """The first community today; see :meth:`graph`."""
        return self.graph(0)

    def graph(self, replicate: int = 0) -> nx.Graph:
        """One community today: people by id, with their columns; ties, with their strength."""
        m = self.members
        columns = {name: column for name, column in m.items() if name not in ("present", "id")}
        graph = self.ties.to_networkx(replicate, columns, m.present)
        return nx.relabel_nodes(graph, {slot: m.id.item(replicate, slot) for slot in graph})

    @property
    def grid(self) -> Any:
        """The first community as a Mesa network, for Mesa's viewers; see :mod:`simulator.network`."""
        if self._grid is None:
            self._grid = seats(self)
        return self._grid

    def changed(self) -> None:
        """Say that people or ties are not what they were: the picture of them is out of date."""
        self._grid = None

    def seat(self, role: Role, replicate: int, values: Mapping[str, Any]) -> tuple[int, int]:
        """Let a person in; ``Novice(model, ...)`` and its kin do it.

        Args:
            role: Their role.
            replicate: Their community.
            values: Columns that are not to be drawn.

        Returns:
            Replicate and slot.

        Raises:
            UserError: No such replicate or column, a value that does not fit, or no seat left.
        """
        w, row = self.simulation.world, number(replicate, int, "replicate")
        if not 0 <= row < w.shape[0]:
            raise UserError(f"replicate is {row}; it must be a whole number from 0 to {w.shape[0] - 1}.")
        given = columns_from(w.members.schema, values)
        self.views.sync()
        rows, ids = np.array([row]), BY_HAND | self._let_in[[row]]
        columns = {"joined": w.day, **traits(w, ids, rows, np.array([role], np.int8)), **given}
        _, slots = w.members.join(rows, ids, **columns)
        if not len(slots):
            raise UserError(f"Replicate {row} is full: {w.shape[1]} seats are taken; raise community.cap.")
        w.settle(rows, slots)
        self._let_in[row] += np.uint64(1)
        self.changed()
        return row, slots.item()

    def dismiss(self, who: NDArray[np.bool_]) -> None:
        """Let these members leave, ``(R, N)``, now: their ties end, their rows of the life table stay."""
        self.simulation.world.exiting[...] = who
        self.simulation._leave()
        self.changed()


#: What is collected each day: members and every daily metric of the table in ``simulator.metrics``, as means
#: over replicates. Partial functions, not lambdas, so that models can be pickled.
REPORTERS = {
    name: partial(CommunityModel.today, metric=name)
    for name in ("members", *(metric.name for metric in METRICS if metric.daily))
}


class _Days(Simulation):
    """The simulation of a model: it lets go of the views of those who leave, and it can be copied."""

    def __init__(self, model: CommunityModel, replicates: Iterable[int], seed: int) -> None:
        self._model = model
        super().__init__(model.spec, replicates, seed)

    def _leave(self) -> None:
        self._model.views.release(self.world.exiting)
        super()._leave()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """In a copy, what looks at the members must look at those of the copy."""
        vars(self).update(state)
        self.world.watched = self.world.members.watched()
        self.world.reseed(self.world.seeds)
