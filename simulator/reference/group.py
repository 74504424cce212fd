"""What happens between members and in the group as a whole, mechanism by mechanism: a function an equation.

Sources of the equations and of their parameters: :mod:`simulator.mechanisms`, under the same names.
"""

from bisect import bisect_right
from itertools import accumulate, combinations
from math import exp, inf, log, log1p
from operator import attrgetter
from statistics import NormalDist
from typing import TYPE_CHECKING

from simulator.draws import GROUP, key
from simulator.members import Role
from simulator.reference.coming import V0
from simulator.reference.member import Member, Owner, grains

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_PARTNER, _SPLIT, _SEND = key("bonding", "partner"), key("gift_echo", "split"), key("gift_echo", "send")

BY_ID = attrgetter("unique_id")


def community_effect(group: "ReferenceModel") -> None:
    """disposition: ``u_r ~ N(0, group_spread)``."""
    u = group.luck.coarse(GROUP, key("disposition", "effect"))
    group.effect = group.p.disposition.group_spread * NormalDist().inv_cdf(u)


def purpose(group: "ReferenceModel") -> None:
    """purpose: event ~ Bernoulli(event_share);  ends = purpose_days x exp(spread z),  z ~ N(0, 1).

    Without a share every group ends on that day sharp; without days none does.
    """
    c = group.community
    if c.purpose_days is not None:
        z = NormalDist().inv_cdf(group.luck.coarse(GROUP, key("purpose", "end")))
        event = c.event_share is None or group.luck.coarse(GROUP, key("purpose", "event")) < c.event_share
        after = c.purpose_days * (1 if c.event_share is None else exp(group.p.purpose.spread * z))
        group.ends = group.first + after if event else inf


# conversation -----------------------------------------------------------------------------------------------


def conversation(group: "ReferenceModel") -> None:
    """conversation: seeds, the replies they excite, questions and answers.

    scale = exp(u_r / 2) x audience x room;  audience = (visitors yesterday / expected at the opening)^e;
    room = 1 / (1 + expected messages / ceiling);  branching is n (1 - exp(-others / 3));  a question is
    answered with chance 1 - exp(-kappa x ability / questions).
    """
    p, here, ordinary = group.p.conversation, group.visitors, group.ordinary
    crowd = max(group.crowd / ordinary.visitors, 0.02)
    room = 1 / (1 + ordinary.messages * crowd / (1 - p.branching) / p.ceiling)
    n = p.branching * (1 - exp(-max(len(here) - 1, 0) / 3))
    for member in here:
        member.starts_talk(exp(group.effect / 2) * crowd**p.audience * room, n)
    replies, questions = sum(m.replies for m in here), sum(m.asked for m in here)
    weights, ability = sum(m.weight for m in here), sum(m.ability for m in here) / 65536
    kappa = p.answering * exp(group.helpful)
    chance = 1 - exp(-kappa * ability / questions) if questions and len(here) > 1 else 0.0
    for member in here if replies or questions else ():
        member.joins_talk(replies / max(weights, 1), chance)
    for role in Role:
        said = [member.posts for member in here if member.role == role and member.posts > 0]
        group.talk[role], group.voices[role] = sum(said), len(said)


# gifts ------------------------------------------------------------------------------------------------------


def gift_echo(group: "ReferenceModel") -> None:
    """gift_echo: yesterday's packets are split by luck; who got something may send one.

    P(send) = min(1, rho x received / packet x m / mean m), m = luckiest for the luckiest, else 1; the mean is
    over yuan received.
    """
    p, here, luck = group.p.gift_echo, group.visitors, group.luck
    if group.pot > 0 and here:
        parts = [int(-log(luck.uniform(member.person, _SPLIT)) * 2**20) for member in here]
        for member, part in zip(here, parts, strict=True):
            member.echo = part * group.pot / sum(parts)
        group.pot = 0.0
    received = {member: member.echo + member.given.get("packet", 0.0) for member in here}
    first, second = [*sorted(received.values(), reverse=True), 0.0, 0.0][:2]
    whole = sum(received.values())
    alone = first > 0 and luck.decide(second, first, GROUP, "luckiest")
    mean = (whole + (p.luckiest - 1) * first) / whole if alone else 1.0
    for member, got in received.items():
        if got > 0:
            u = luck.uniform(member.person, _SEND)
            more = p.luckiest if alone and got == first else 1
            chance = p.rho * got / p.packet * more / mean
            if luck.decide(u, chance, member.person, "sends"):
                group.gifts += p.packet
    group.pot += group.gifts


# bonding ----------------------------------------------------------------------------------------------------


def bonding(group: "ReferenceModel") -> None:
    """bonding: talking and meeting make and strengthen ties, time fades them; ``Z x stay^M``."""
    p = group.p.bonding
    speakers = sorted((m for m in group.visitors if m.posts > 0), key=BY_ID)
    for one in speakers:
        for other, strength in one.friends.items():
            if other.posts > 0 and one.unique_id < other.unique_id:
                one.friends[other] = other.friends[one] = strength + p.talk * (1 - strength)
    reply_ties(group, speakers)
    for n in range(len(group.people[0].tables) if group.people else 0):
        gathering(group, n)
    stay, weekly = log(p.stay), group.day % 7 == 6
    for one in group.people:
        if one.met:
            one.hazard += stay * one.met
        if weekly:
            fading(group, one)


def reply_ties(group: "ReferenceModel", speakers: list[Member]) -> None:
    """bonding: who was replied to meets the replier, drawn by weight of messages."""
    if len(speakers) < 2:
        return
    heap = list(accumulate(member.posts for member in speakers))
    for member in speakers:
        if member.replied:
            u = group.luck.uniform(member.person, _PARTNER)
            partner = speakers[bisect_right(heap, int(u * heap[-1]))]
            if partner is not member:
                group.new_ties += member.meet(partner, group.p.bonding.first)


def gathering(group: "ReferenceModel", n: int) -> None:
    """bonding: who sat at one table bond; ties of those who were there to others thin; ``M <- 1``."""
    p = group.p.bonding
    there = [member for member in group.people if member.tables[n] >= 0]
    for one, other in combinations(there, 2):
        if one.tables[n] == other.tables[n]:
            group.new_ties += one.meet(other, p.meet)
    for one in there:
        one.met = 1.0
        for other, strength in one.friends.items():
            both = other.tables[n] >= 0
            if other.tables[n] != one.tables[n] and (one.unique_id < other.unique_id or not both):
                one.friends[other] = other.friends[one] = strength * p.others


def fading(group: "ReferenceModel", one: Member) -> None:
    """bonding: every week ``w <- w exp(-7 / fade)``, and gone below 0.01; M fades likewise."""
    kept = exp(-7 / group.p.bonding.fade)
    one.met *= kept
    for other, strength in list(one.friends.items()):
        if one.unique_id < other.unique_id:
            left = strength * kept
            one.friends[other] = other.friends[one] = left
            if group.luck.decide(left, 0.01, one.unique_id, ("loses", other.unique_id)):
                one.part(other)


# content, overload, owner, contagion ------------------------------------------------------------------------


def content(group: "ReferenceModel") -> None:
    """content: ``V <- V + (1 - exp(-ln2 useful (1 - branching) / reference) - V) / memory``.

    useful = messages by their writers' expertise, two more for an answered question, and content delivered.
    """
    speakers = [member for member in group.visitors if member.posts > 0]
    useful = sum(grains(m.posts * m.expertise) / 65536 + 2 * m.answered for m in speakers)
    useful += group.given.get("content", 0.0)
    today = 1 - exp(-log(2) * useful * (1 - group.p.conversation.branching) / group.ordinary.useful)
    group.value += (today - group.value) / group.p.content.memory


def interest(group: "ReferenceModel") -> None:
    """interest: everybody's moves towards what the content is worth, ``I0 (1 - f + f min(V/V0, 1.5))``.

    Once the purpose is served I0 is nought and r larger by 1/14.
    """
    p, over = group.p.interest, group.day >= group.ends
    own = 0.0 if over else group.community.interest
    group.worth = own * (1 - p.feed * (1 - min(group.value / V0, 1.5)))
    group.pace = p.recovery + (1 / 14 if over else 0.0)
    for member in group.people:
        member.likes()


def overload(group: "ReferenceModel") -> None:
    """overload: what there was to read today strains those who came.

    load = ((talk + tokens) (1 - shelter) + advert x noise) (1 - order).
    """
    p, given = group.p.overload, group.given
    chat = sum(group.talk) + sum(member.given.get("tokens", 0.0) for member in group.visitors)
    adverts, left = p.advert * given.get("noise", 0.0), 1 - min(given.get("order", 0.0), 1)
    for member in group.people:
        member.tires((chat * (1 - member.shelter) + adverts) * left)


def irritation(group: "ReferenceModel") -> None:
    """irritation: ``A <- A + s (came ln(1 + seen) - A),  Z x exp(r A)``, seen = adverts x (1 - order)."""
    p, given = group.p.irritation, group.given
    seen = given.get("noise", 0.0) * (1 - min(given.get("order", 0.0), 1))
    for member in group.people:
        member.irritation += p.speed * (member.came * log1p(seen) - member.irritation)
        member.hazard += p.risk * member.irritation


def owner_energy(group: "ReferenceModel") -> None:
    """owner_energy: ``E <- E + r (1 - E) - a hours + b help (1 - E)``; several owners share the work.

    hours = own messages x minutes/60 + hours the tactics took;  help = share of messages written by KOLs.
    """
    p, e, talk = group.p.owner_energy, group.energy, group.talk
    hours = talk[Role.OWNER] * p.minutes / 60 + group.given.get("hours", 0.0)
    hands = sum(isinstance(member, Owner) for member in group.people)
    relief = talk[Role.KOL] / max(sum(talk), 1)
    e += p.rest * (1 - e) - p.toll * hours / max(hands, 1) + p.help * relief * (1 - e)
    group.energy = min(max(e, 0.0), 1.0)


def contagion(group: "ReferenceModel") -> None:
    """contagion: ``L <- keep L + sum of w`` over ties to those who went away today."""
    for member in group.people:
        member.loss *= group.p.contagion.keep
    for member in group.people:
        if member.gone or member.exiting:
            for friend, strength in member.friends.items():
                friend.loss += strength
