"""The first community as a Mesa network, for Mesa's viewers: seats are cells, ties are connections."""

from inspect import signature
from typing import TYPE_CHECKING, Any

from mesa.discrete_space import Cell, Network

if TYPE_CHECKING:
    from simulator.model import CommunityModel

#: Mesa 3.5 draws a spring layout of every network unless told not to; 3.3 knows no such word.
_NO_LAYOUT = {"layout": None} if "layout" in signature(Network.__init__).parameters else {}


class Seat(Cell):  # type: ignore[misc]  # Mesa ships no types
    """A cell that remembers no neighbourhoods.

    Mesa keeps them, and with them cells, agents and models, in a cache that lives as long as the process.
    """

    @property
    def neighborhood(self) -> Any:
        """The seats tied to this one."""
        return self.get_neighborhood()

    def get_neighborhood(self, radius: int = 1, include_center: bool = False) -> Any:
        """The seats within ``radius`` ties of this one."""
        return Cell.get_neighborhood.__wrapped__(self, radius, include_center)

    def _neighborhood(self, radius: int = 1, include_center: bool = False) -> Any:
        return Cell._neighborhood.__wrapped__(self, radius, include_center)

    def _clear_cache(self) -> None:
        """There is none."""


def seats(model: "CommunityModel") -> Any:
    """The seats of the first community, taken and free, as a Mesa network of today.

    It is a picture: what is done to it changes no tie. Its nodes are all slots there are, because Mesa's
    viewers place nodes once and then look them up by number.

    Args:
        model: The model.

    Returns:
        A ``mesa.discrete_space.Network`` whose cells hold the agents.
    """
    network = Network(
        model.ties.to_networkx(0), capacity=1, random=model.random, cell_klass=Seat, **_NO_LAYOUT
    )
    for agent in model.agents:
        if agent.replicate == 0:
            network[agent.slot].add_agent(agent)
    return network
