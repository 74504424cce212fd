"""The model of a chat community: it reads no file, prints nothing and knows no strategy.

The names below are the public ones. Each is loaded when first asked for, so that a command that never looks
at agents does not wait for Mesa.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.agents import KOL as KOL
    from simulator.agents import Lurker as Lurker
    from simulator.agents import Member as Member
    from simulator.agents import Novice as Novice
    from simulator.agents import Owner as Owner
    from simulator.community import Community as Community
    from simulator.community import Founders as Founders
    from simulator.errors import UserError as UserError
    from simulator.mechanism import Mechanism as Mechanism
    from simulator.members import Role as Role
    from simulator.model import CommunityModel as CommunityModel
    from simulator.record import RunRecord as RunRecord
    from simulator.registry import make_strategy as make_strategy
    from simulator.scenario import Scenario as Scenario
    from simulator.simulation import Simulation as Simulation
    from simulator.strategy import Strategy as Strategy
    from simulator.ties import Ties as Ties

_HOME = {
    "Community": "community",
    "CommunityModel": "model",
    "Founders": "community",
    "KOL": "agents",
    "Lurker": "agents",
    "Mechanism": "mechanism",
    "Member": "agents",
    "Novice": "agents",
    "Owner": "agents",
    "Role": "members",
    "RunRecord": "record",
    "Scenario": "scenario",
    "Simulation": "simulation",
    "Strategy": "strategy",
    "Ties": "ties",
    "UserError": "errors",
    "make_strategy": "registry",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"simulator.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
