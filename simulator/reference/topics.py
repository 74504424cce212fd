"""topics, an optional mechanism: who cares for what, who writes on what, and what a reader finds.

Its sources and parameters: :mod:`simulator.mechanisms.topics`.
"""

from math import exp, expm1
from typing import TYPE_CHECKING, NamedTuple

from simulator.draws import key
from simulator.reference.member import Member

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_TASTE, _WRITE = key("topics", "taste"), key("topics", "write")
#: Talk off the topics, among the numbers of topics.
_OFF = 0


class Benefits(NamedTuple):
    """What a day's reading brings: information, reading cost and bond."""

    finds: float
    toil: float
    company: float


def draws_in(member: Member) -> float:
    """topics: ``w_i f - w_c c + w_b b``, of what the last visits brought."""
    p = member.model.p.topics
    return float(p.information * member.finds - p.reading * member.toil + p.bond * member.company)


def tastes(member: Member) -> frozenset[int]:
    """topics: one topic for certain, each by a chance so that the mean is right, and perhaps small talk."""
    p, luck = member.model.p.topics, member.model.luck
    sure, small, _, _ = luck.lasting(member.person, _TASTE)
    cares = {1 + int(sure * p.topics)} | ({_OFF} if small < p.smalltalk else set())
    chance = min(max((p.tastes - 1) / max(p.topics - 1, 1), 0), 1)
    for t in range(p.topics):
        if luck.lasting(member.person, _TASTE, 1 + t // 4)[t % 4] < chance:
            cares.add(1 + t)
    return frozenset(cares)


def writes(member: Member) -> list[int]:
    """topics: of one's messages of today each is off the topics with a chance, else on one that one likes."""
    p, luck = member.model.p.topics, member.model.luck
    own = sorted(member.tastes - {_OFF})
    on = []
    for k in range(member.posts):
        stray, which, _, _ = luck.uniforms(member.person, _WRITE, k)
        on.append(_OFF if stray < p.offtopic else own[int(which * len(own))])
    return on


def view(member: Member, others: float, point: float, off: float) -> tuple[float, float, float]:
    """topics: messages viewed, those of them that are wanted, and those off the topics.

    Args:
        member: The reader.
        others: Messages by others.
        point: Those on topics that the reader cares for.
        off: Those off the topics.
    """
    p, likes = member.model.p.topics, _OFF in member.tastes
    if p.moderation == "community":
        return others - off, point, 0.0
    wanted = point + off if likes else point
    if p.moderation == "personalised" and wanted < p.precision * others:
        viewed = wanted / p.precision
        return viewed, wanted, off if likes else off * (viewed - wanted) / (others - wanted)
    return others, wanted, off


def worth(group: "ReferenceModel", viewed: float, wanted: float, point: float, off: float) -> Benefits:
    """topics: (K/V) (1 - exp(-V/knee)),  min(V / (M/V) / capacity, 3),  1 - exp(-F/familiar)."""
    p, finds, toil = group.p.topics, 0.0, 0.0
    if viewed > 0:
        finds = point / viewed * -expm1(-viewed / p.knee)
        toil = min(viewed * viewed / max(wanted, 1) / p.capacity, 3)
    return Benefits(finds, toil, -expm1(-off / p.familiar))


def ordinary(group: "ReferenceModel") -> Benefits:
    """topics: what an ordinary day without moderation brings the average member."""
    p, messages = group.p.topics, group.ordinary.messages / (1 - group.p.conversation.branching)
    off = p.offtopic * messages
    point = (messages - off) * min(p.tastes / p.topics, 1)
    without, liking = (worth(group, messages, wanted, point, off) for wanted in (point, point + off))
    toil = p.smalltalk * liking.toil + (1 - p.smalltalk) * without.toil
    return without._replace(toil=toil)


def reading(group: "ReferenceModel") -> None:
    """topics: visitors follow what they find, against an ordinary day; who stays away forgets.

    ``f <- f + speed (found - usual - f)`` on a visit, ``f <- (1 - fade) f`` else; ``rate x exp(e db)``.
    """
    p, usual = group.p.topics, ordinary(group)
    written = {}
    for member in group.visitors:
        member.tastes = member.tastes or tastes(member)
        written[member] = writes(member)
    everything = [topic for topics in written.values() for topic in topics]
    for member in group.people:
        before = Benefits(member.finds, member.toil, member.company)
        after = Benefits(*((1 - p.fade) * x for x in before))
        if member.came:
            point = sum(t in member.tastes for t in everything if t != _OFF)
            point -= sum(t != _OFF for t in written[member])
            off = everything.count(_OFF) - written[member].count(_OFF)
            viewed, wanted, aside = view(member, len(everything) - member.posts, point, off)
            found = worth(group, viewed, wanted, point, aside)
            change = zip(before, found, usual, strict=True)
            after = Benefits(*(x + p.speed * (new - common - x) for x, new, common in change))
        member.rate *= exp(p.contribution * (after.company - before.company))
        member.finds, member.toil, member.company = after
