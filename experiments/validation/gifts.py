"""P8 to P10: gifts that echo, and what is left of a tactic after it and while it is repeated."""

from dataclasses import replace

import numpy as np

from experiments.validation.trial import Carrier, Conditions, Data, Estimates, Trial, community
from simulator.scenario import Scenario
from simulator.schedule import When
from simulator.strategy import Strategy
from strategies.red_packet import RedPacket

_ECHO_DAYS = 28
#: A lone campaign of two weeks, and the week that starts 7 days after it.
_CAMPAIGN, _AFTER = 14, slice(21, 28)
#: Daily for ten weeks: weeks 1 to 4 and weeks 8 to 10.
_DAILY, _EARLY, _LATE = 70, slice(0, 28), slice(49, 70)


def watch_echo(asked: Conditions) -> Data:
    """Sums of products over a group's days, about its means.

    Of yuan received, yuan sent on, and packets that is, ``(R, 3, 3)``. And Mantel and Haenszel's sums: within
    each day, senders among the luckiest by yuan of the others, and the other way round, ``(R, 2)``.
    """
    simulation = asked.start(_with(community("any_group", days=_ECHO_DAYS, follow_up=0), RedPacket()))
    w = simulation.world
    packet = w.params["gift_echo"]["packet"].astype(np.float64)
    days, within = [], np.zeros((len(packet), 2))
    for _ in range(_ECHO_DAYS):
        simulation.step()
        given = w.given("packet")
        got = w.echo.astype(np.float64) + (0 if given is None else given)
        most = got.max(axis=1)
        top = (got == most[:, None]) & (most > 0)[:, None]
        top &= (top.sum(axis=1) == 1)[:, None]
        whole, lucky = got.sum(axis=1), np.where(top, got, 0.0).sum(axis=1)
        sent, by_lucky = (w.sent & (got > 0)).sum(axis=1), (w.sent & top).sum(axis=1)
        told = np.where(lucky > 0, 1.0 / np.maximum(whole, 1e-9), 0.0)
        within += np.stack([by_lucky * (whole - lucky) * told, (sent - by_lucky) * lucky * told], axis=1)
        days.append(np.stack([whole, w.gifts, w.gifts / packet], axis=1))
    rows = np.stack(days, axis=1)
    rows -= rows.mean(axis=1, keepdims=True)
    return {"products": np.einsum("rdi,rdj->rij", rows, rows), "packet": packet, "within": within}


def read_echo(data: Data) -> Estimates:
    """Slope of yuan sent on received; its part from more people sending; the luckiest's over the others'."""
    s = data["products"]
    together, lucky = s.sum(axis=0), data["within"].sum(axis=0)
    # What goes with more packets of the group's own size, of all that goes with receiving more.
    more = (s[:, 0, 2] * data["packet"]).sum()
    return {
        "P8.slope": _over(together[0, 1], together[0, 0]),
        "P8.extensive": _over(more, together[0, 1]),
        "P8.luckiest": _over(lucky[0], lucky[1]),
    }


def watch_pulse(asked: Conditions) -> Data:
    """Messages in the week that starts 7 days after a lone campaign, with and without it."""
    plain = community("interest_group", days=_CAMPAIGN, follow_up=_AFTER.stop - _CAMPAIGN)
    return {
        name: asked.start(arm).run().daily["messages"][:, _AFTER].sum(axis=1)
        for name, arm in (("control", plain), ("campaign", _with(plain, RedPacket())))
    }


def read_pulse(data: Data) -> Estimates:
    """Ratio of the two."""
    return {"P9.ratio": _over(data["campaign"].sum(), data["control"].sum())}


def watch_novelty(asked: Conditions) -> Data:
    """Visitors that daily packets bring, early and late, over the same groups without them."""
    plain = community("interest_group", days=_DAILY, follow_up=0)
    daily = _with(plain, RedPacket(when=When(every=1)))
    gain = asked.start(daily).run().daily["visitors"] - asked.start(plain).run().daily["visitors"]
    return {"early": gain[:, _EARLY].mean(axis=1), "late": gain[:, _LATE].mean(axis=1)}


def read_novelty(data: Data) -> Estimates:
    """What is left of the early effect."""
    return {"P10.ratio": _over(data["late"].sum(), data["early"].sum())}


def _with(scenario: Scenario, tactic: Strategy) -> Scenario:
    return replace(scenario, strategies=((tactic.name, tactic),))


def _over(a: float, b: float) -> float:
    return float(a / b) if b > 0 else float("nan")


ECHO = Trial(
    ("P8",),
    watch_echo,
    read_echo,
    {"P8": Carrier("gift_echo", "rho"), "P8.luckiest": Carrier("gift_echo", "luckiest", 1.0)},
    draws=(40, 25),
)
PULSE = Trial(("P9",), watch_pulse, read_pulse, {"P9": Carrier("interest", "crowding")}, draws=(40, 40))
NOVELTY = Trial(("P10",), watch_novelty, read_novelty, {"P10": Carrier("novelty")}, draws=(40, 20))
