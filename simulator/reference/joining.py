"""Who joins and how they are met: strangers, guests and friends brought along, at a door that may cost.

Sources of the equations and of their parameters: :mod:`simulator.mechanisms`, under ``arrivals`` and
``entry``.
"""

from math import exp, expm1
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from simulator.draws import GROUP, key
from simulator.members import Role
from simulator.philox import pair
from simulator.reference.member import KOL, Lurker, Member, Novice
from simulator.stimuli import Entry

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_STRANGERS, _GUESTS, _INVITE = (key("arrivals", what) for what in ("strangers", "guests", "invite"))
_ACCEPT, _BEFORE = key("arrivals", "accept"), key("arrivals", "sent before")
_ROLE, _MEETS = key("arrivals", "role"), [key("arrivals", f"meets {k}") for k in range(2)]
_ENTER = key("entry", "accept")

#: First id of people of another group.
_GUEST = 3 << 62
BY_ID = attrgetter("unique_id")


def newcomers(group: "ReferenceModel") -> None:
    """arrivals: strangers find the group, friends are brought along; a full group refuses."""
    if group.day == group.first:
        return
    seated: list[Member] = []
    for person, host in strangers(group) + guests(group) + invited(group):
        member = _role(group, person)(group, person, group.day)
        if int(person) >= _GUEST:
            member.interest = min(max(member.interest + group.p.arrivals.curious, 0.0), 1.0)
        if not enters(group, member) or len(group.people) > group.community.slots:
            member.remove()
            continue
        seated.append(member)
        if host is not None:
            member.host = host
            member.meet(host, 0.3)
    group.joined = len(seated)
    here = sorted((member for member in group.people if member.came), key=BY_ID)
    for decision in _MEETS if here else ():
        for member in seated:
            u = group.luck.coarse(member.person, decision, group.day)
            member.meet(here[int(u * len(here))], group.community.tie_strength / 2)


def strangers(group: "ReferenceModel") -> list[tuple[np.uint64, Member | None]]:
    """arrivals: ``strangers ~ Poisson(arrivals x exp(u_r / 2) x older^-fading)``.

    older = (1 + (A + day)/youth) / (1 + A/youth), with A the group's age at the opening.
    """
    p, c = group.p.arrivals, group.community
    older = (1 + (c.age + group.day - group.first) / p.youth) / (1 + c.age / p.youth)
    mean = c.arrivals * exp(group.effect / 2) * older**-p.fading
    u = group.luck.coarse(GROUP, _STRANGERS, group.day)
    count = group.luck.poisson(u, mean, GROUP, "strangers")
    return [(np.uint64(1 << 62 | group.day - group.first << 32 | k), None) for k in range(count)]


def guests(group: "ReferenceModel") -> list[tuple[np.uint64, Member | None]]:
    """arrivals: ``guests ~ Poisson(visit x people of another group who were shown this one yesterday)``."""
    u = group.luck.coarse(GROUP, _GUESTS, group.day)
    count = group.luck.poisson(u, group.guests * group.p.arrivals.visit, GROUP, "guests")
    return [(np.uint64(_GUEST | group.day - group.first << 32 | k), None) for k in range(count)]


def invited(group: "ReferenceModel") -> list[tuple[np.uint64, Member | None]]:
    """arrivals: who has invitations sends one a day with chance ``1 - exp(-1/delay)``, accepted or not."""
    brought: list[tuple[np.uint64, Member | None]] = []
    luck, chance = group.luck, -expm1(-1 / group.p.arrivals.delay)
    for host in group.people:
        if host.invitations > 0 and not host.muted:
            u = luck.uniform(host.person, _INVITE)
            if luck.decide(u, chance, host.person, "invites"):
                host.first_invited = group.day if host.invited == 0 else host.first_invited
                host.invitations -= 1
                host.invited += 1
                u = luck.uniform(host.person, _ACCEPT)
                if luck.decide(u, group.community.acceptance, host.person, "is heeded"):
                    nth = np.uint64(1 << 61 | host.invited)
                    brought.append((np.uint64(pair(host.person, nth) >> 2 | 1 << 63), host))
    return sorted(brought, key=lambda one: int(one[0]))


def sent_before(group: "ReferenceModel") -> None:
    """arrivals: founders of t days have sent min(all, Poisson(t / delay)) invitations."""
    for member in group.people:
        if member.joined < group.first:
            u, been = group.luck.coarse(member.person, _BEFORE), group.first - member.joined
            sent = group.luck.poisson(u, been / group.p.arrivals.delay, member.person, "sent")
            sent = min(sent, member.invitations)
            member.invitations -= sent
            member.invited += sent


def _role(group: "ReferenceModel", person: np.uint64) -> type[Member]:
    """arrivals: newcomers are what founders were, but seldom KOLs: a third of the share."""
    u, kol = group.luck.coarse(person, _ROLE), group.community.kols / 3
    if u <= kol:
        return KOL
    return Novice if u <= kol + group.community.novices else Lurker


def hand_out_invitations(group: "ReferenceModel") -> None:
    """arrivals: invitations that tactics asked for are sent, and guests join, from tomorrow."""
    group.guests = group.given.get("guests", 0.0)
    for member in group.people:
        if "invitations" in member.given:
            member.invitations = min(member.invitations + int(member.given["invitations"]), 30_000)


# entry ------------------------------------------------------------------------------------------------------


def terms(group: "ReferenceModel") -> Entry:
    """What joining asks today: the sum over tactics that act."""
    asked = [tactic.entry() for _, tactic in group.acting]
    return Entry(
        fee=sum(one.fee for one in asked),
        screening=sum(one.screening for one in asked),
        ceremony=sum(one.ceremony for one in asked),
    )


def enters(group: "ReferenceModel", member: Member) -> bool:
    """entry: ``P = 1 / (1 + odds)``, with ``odds = ((1-a)/a (fee/1000)^s + minutes/patience) exp(-keen z)``.

    z = ((interest - I0) + (alignment - A0)) / 2;  K = 1 - exp(-(fee/stake + minutes/patience));
    dB = ritual (1 - exp(-ceremony/30)) (1 - B).
    """
    if "entry" not in group.on or member.role == Role.OWNER or member.joined < 0:
        return True
    p, c, asks = group.p.entry, group.community, terms(group)
    suits = (member.interest - c.interest + member.alignment - c.alignment) / 2
    odds = (1 - p.accepted) / p.accepted * (asks.fee / 1000) ** p.steep + asks.screening / p.patience
    member.belonging += p.ritual * -expm1(-asks.ceremony / 30) * (1 - member.belonging)
    member.belonging = min(max(member.belonging, 0.0), 1.0)
    member.sunk = -expm1(-(asks.fee / p.stake + asks.screening / p.patience))
    u = group.luck.coarse(member.person, _ENTER)
    admitted = group.luck.decide(u, 1 / (1 + odds * exp(-p.keen * suits)), member.person, "enters")
    group.declined += not admitted
    return admitted
