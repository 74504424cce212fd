"""Purpose, topics of talk, help, circles and standing: how members move one another, a function an equation.

Sources of the equations and of their parameters: :mod:`simulator.mechanisms`, under ``goal``, ``discussion``,
``helping``, ``circles``, ``status`` and ``role_models``.
"""

from itertools import pairwise
from math import exp, log, log1p
from typing import TYPE_CHECKING

from simulator.draws import key
from simulator.members import Role
from simulator.reference.member import Member, grains

if TYPE_CHECKING:
    from simulator.reference.model import ReferenceModel

_ROW = key("circles", "row")
Circle = tuple[str, int]


# goal -------------------------------------------------------------------------------------------------------


def comes_for_the_goal(member: Member) -> float:
    """goal: ``w G``."""
    return float(member.model.p.goal.weight * member.goal)


def talks_for_the_goal(member: Member) -> None:
    """goal: talk times ``exp(g G)``."""
    member.eager += member.model.p.goal.talk * member.goal


def shares_the_goal(member: Member) -> None:
    """goal: ``G <- (1 - fade) G``, then ``G <- G + grow alignment (1 - exp(-mentions)) (1 - G)``.

    Who shares it takes the money less for the reason: ``pay <- pay (1 - shield G / 14)``.
    """
    p = member.model.p.goal
    member.goal *= 1 - p.fade
    told = 1 - exp(-member.given.get("purpose", 0.0))
    member.goal += p.grow * member.alignment * told * (1 - member.goal)
    member.pay *= 1 - p.shield * member.goal / 14


# discussion -------------------------------------------------------------------------------------------------


def discusses(member: Member) -> None:
    """discussion: talk times ``1 + w (1 - exp(-topics)) min(I / I0, 1.5) N``, for each tactic."""
    care = min(member.interest / max(member.model.community.interest, 0.01), 1.5)
    for s in member.shown:
        fresh = member.fresh.get(s.label, 1.0)
        member.eager += log1p(member.model.p.discussion.weight * (1 - exp(-s.topics)) * care * fresh)


# helping ----------------------------------------------------------------------------------------------------


def asked_to_help(group: "ReferenceModel") -> float:
    """helping: the share of ability that is asked, ``s``; nobody asks the owner."""
    part = whole = 0
    for member in group.people:
        if not member.muted:
            able = group.community.messages[member.role] * member.rate * member.expertise**2
            if member.role == Role.OWNER:
                able *= group.energy
            else:
                heard = sum(s.help * member.fresh.get(s.label, 1.0) for s in member.shown)
                part += grains(able * (1 - exp(-heard)))
            whole += grains(able)
    return part / max(whole, 1)


def help_is_wanted(group: "ReferenceModel") -> None:
    """helping: the chance of an answer, ``kappa x (1 + w s)``."""
    group.helpful += log1p(group.p.helping.weight * asked_to_help(group))


def others_answered(group: "ReferenceModel") -> None:
    """helping: ``E <- E + relief s (answered / questions) (1 - E)``."""
    questions = sum(member.asked for member in group.visitors)
    answered = sum(member.answered for member in group.visitors) / max(questions, 1)
    group.energy += group.p.helping.relief * asked_to_help(group) * answered * (1 - group.energy)


# circles ----------------------------------------------------------------------------------------------------


def circles(group: "ReferenceModel") -> dict[Circle, list[Member]]:
    """Who is in which circle; of several tactics the last by label counts."""
    found: dict[Circle, list[Member]] = {}
    for member in group.people:
        own = [(s.label, s.circle) for s in member.shown if s.circle >= 0]
        if own:
            found.setdefault(max(own), []).append(member)
    return found


def before_few(group: "ReferenceModel") -> None:
    """circles: talk times ``((1 + circle) / (1 + crowd))^(e - few)``, of those who came yesterday."""
    power = group.p.conversation.audience - group.p.circles.few
    crowd = sum(member.came for member in group.people)
    for mates in circles(group).values():
        share = (1 + sum(member.came for member in mates)) / (1 + crowd)
        for member in mates:
            member.eager += power * log(share)


def among_few(group: "ReferenceModel") -> None:
    """circles: ``close (1 - circle's share of talk)`` is not seen; neighbours in a row by luck bond.

    ``w <- w + bond (1 - w)`` for speakers of a circle who stand side by side.
    """
    p, luck = group.p.circles, group.luck
    for mates in circles(group).values():
        said = sum(member.posts for member in mates)
        for member in mates:
            member.shelter = p.close * (1 - said / max(sum(group.talk), 1))
        speakers = [member for member in mates if member.posts > 0]
        row = sorted(speakers, key=lambda member: luck.uniforms(member.person, _ROW))
        for one, other in pairwise(row):
            group.new_ties += one.meet(other, p.bond)


# status -----------------------------------------------------------------------------------------------------


def standing(group: "ReferenceModel") -> float:
    """status: the mean share of days with a message, of all members, each in whole units of 2^-20."""
    units = sum(round(member.speaking * 2**20) for member in group.people)
    return max(units / 2**20 / max(len(group.people), 1), 1e-6)


def above(member: Member, mean: float) -> float:
    """status: ``z = (S - mean S) / (S + mean S)``."""
    return (member.speaking - mean) / (member.speaking + mean)


def badges_spur(group: "ReferenceModel") -> None:
    """status: talk times ``exp(w P max(z, 0))``."""
    mean = standing(group)
    for member in group.people:
        member.eager += group.p.status.talk * member.fame * max(above(member, mean), 0)


def badges_slight(group: "ReferenceModel") -> None:
    """status: ``P <- P exp(-1/fade) + (1 - exp(-badges)) (1 - P)``, the latter of what is left; ``Z``.

    ``Z x exp(v P max(-z, 0))``.
    """
    p, mean = group.p.status, standing(group)
    for member in group.people:
        member.fame *= exp(-1 / p.fade)
        member.fame += (1 - exp(-member.given.get("badges", 0.0))) * (1 - member.fame)
        member.hazard += p.slight * member.fame * max(-above(member, mean), 0)


# role_models ------------------------------------------------------------------------------------------------


def follows(member: Member) -> None:
    """role_models: talk times ``exp(w M)``."""
    member.eager += member.model.p.role_models.weight * member.example


def looks_up(member: Member) -> None:
    """role_models: ``M <- M exp(-1 / fade)``; visitors ``M <- M + (1 - exp(-e)) (1 - M)``.

    e is the sum over friends of tie strength times mentions.
    """
    member.example *= exp(-1 / member.model.p.role_models.fade)
    if member.came:
        seen = sum(w * friend.given.get("praise", 0.0) for friend, w in member.friends.items())
        member.example += (1 - exp(-seen)) * (1 - member.example)
