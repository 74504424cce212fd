"""The end of a day in the reference: what happened is counted."""

from typing import TYPE_CHECKING

from simulator.members import ROLES
from simulator.metrics import MONTH, SILENT_DAYS

if TYPE_CHECKING:
    from simulator.reference.member import Member
    from simulator.reference.model import ReferenceModel


def count(group: "ReferenceModel") -> dict[str, float]:
    """Today's metrics; see ``simulator.metrics``. Brings the members' dates and counts up to date."""
    day, people, visitors = group.day, group.people, group.visitors
    silent = sum(member.messages == 0 for member in people)
    voices = [member for member in visitors if member.posts > 0]
    first = sum(member.messages == 0 for member in voices)
    awakened = sum(away(member, day) >= SILENT_DAYS for member in visitors)
    for member in visitors:
        member.last_came = day
    for member in voices:
        member.messages += member.posts
        member.last_spoke = day
    dormant = seen = 0
    for member in people:
        dormant += day - member.last_came >= SILENT_DAYS and away(member, day) >= SILENT_DAYS
        seen += member.last_came >= group.first and day - member.last_came < MONTH
    counts = {
        "members": len(people),
        "visitors": len(visitors),
        "voices": len(voices),
        "messages": sum(group.talk),
        "voice_share": len(voices) / max(len(people), 1),
        "tokens": sum(member.given.get("tokens", 0.0) for member in people),
        "questions": sum(member.asked for member in visitors),
        "answered": sum(member.answered for member in visitors),
        "dau_mau": len(visitors) / max(seen, 1),
        "joined": group.joined,
        "declined": group.declined,
        "exits": sum(member.exiting for member in people),
        "mutes": sum(member.gone for member in people),
        "first_voices": first,
        "never_spoken": silent,
        "dormant": dormant / max(len(people), 1),
        "dormant_members": dormant,
        "awakened": awakened,
        "new_ties": group.new_ties,
        "overload": sum(member.fatigue for member in visitors) / max(len(visitors), 1),
        "energy": group.energy,
        "cost": group.given.get("cost", 0.0),
        "hours": group.given.get("hours", 0.0),
        "income": group.given.get("income", 0.0),
        "gifts": group.gifts,
    }
    counts |= {f"messages_{role}": group.talk[n] for n, role in enumerate(ROLES)}
    counts |= {f"voices_{role}": group.voices[n] for n, role in enumerate(ROLES)}
    return {name: float(value) for name, value in counts.items()}


def away(member: "Member", day: int) -> int:
    """Days since the last visit, or since joining, or since the first day of all."""
    return day - max(member.last_came, member.joined, member.model.first)
