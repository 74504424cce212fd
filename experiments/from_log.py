"""A community from a real chat log: the portrait of the group, as the founders of a simulation.

A log shows who wrote, not who read. Messages a visit are found such that a person writes on as many days,
and as much on each, as the log says; who says little when they write is taken to look in more often.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from experiments.messages import Catalogue
from experiments.observed import Portrait, portrait, read_log
from experiments.observed.portrait import MOST
from experiments.schema import TOLD
from simulator.community import Community, Founders
from simulator.errors import UserError
from simulator.mechanisms.conversation import Conversation
from simulator.members import ROLES, Role

Floats = NDArray[np.float64]
#: Messages a visit, replies included, under which a visit says too little to be told from reading.
_FEWEST, _MOST = 0.2, 500.0
#: Chance of a visit by a lurker who has never written; the silent cannot be seen, so this is an assumption.
_SILENT_VISITS = 0.05
#: Share of those writing for the first time who were silent members before, where there are any (assumption).
_AMONG_SILENT = 0.5
_RARE, _SURE = 0.001, 0.98


def read_portrait(node: Mapping[str, Any]) -> Portrait:
    """The portrait of the group that ``community.log`` and its companions name.

    Raises:
        UserError: The log is missing, broken or too small, or a setting that only the log can tell was given.
    """
    if node["log"] is None:
        raise UserError("community.log is missing; name the file: community=from_log community.log=FILE.")
    for name in TOLD:
        if node[name] is not None:
            raise UserError(
                f"community.{name} comes from the log; it cannot be set (but community.members can)."
            )
    log = read_log(node["log"], node["group"])
    return portrait(log, node["members"], node["start"], node["utc_offset"])


def community_of(seen: Portrait, fields: Mapping[str, Any], horizon: int) -> Community:
    """The community a portrait stands for.

    Args:
        seen: The portrait.
        fields: Fields of the community that the log does not tell.
        horizon: Days it is to be simulated: an open group has room for all who come in that time.
    """
    visiting, messages = visits(seen)
    roles = np.arange(len(ROLES))
    counts = np.bincount(seen.role, minlength=len(ROLES))
    default = Community()
    levels = {
        "visiting": np.clip(
            _levels(seen.role, logit(visiting), logit(default.visiting), expit), _RARE, _SURE
        ),
        "messages": _levels(seen.role, messages, np.array(default.messages), np.asarray),
    }
    founders = Founders(
        role=seen.role,
        messages=messages,
        visiting=visiting,
        tenure=seen.tenure.astype(np.int32),
        a=seen.a.astype(np.int32),
        b=seen.b.astype(np.int32),
        strength=seen.strength,
    )
    told = {
        "size": seen.size,
        "owners": int(counts[Role.OWNER]),
        "kols": float(counts[Role.KOL] / seen.size),
        "novices": float(counts[Role.NOVICE] / seen.size),
        "weekdays": tuple(float(np.clip(x, 0.0, 5.0)) for x in seen.weekdays),
        "age": int(min(seen.age, 5000)),
        "founders": founders,
    }
    told |= {name: tuple(float(values[r]) for r in roles) for name, values in levels.items()}
    if fields.get("arrivals") is None:
        told["arrivals"] = newcomers(seen)
    settled = {**fields, **told}
    if settled.get("cap") is None:
        room = max(8, seen.size // 4, ceil(2 * settled["arrivals"] * horizon))
        settled["cap"] = max(seen.size, min(seen.size + room, MOST))
    return replace(default, **settled)


def visits(seen: Portrait) -> tuple[Floats, Floats]:
    """Chance of a visit and messages started on one, ``(n,)`` each, that give what the log shows.

    With y messages a visit, replies included, somebody in the model writes on a visit with chance
    P(y) = 1 - (1 + s/k)^-k exp(-r): s = (1 - n) y of them started, negative binomial of shape k, and r = n y
    in reply. The y that has y / P(y) messages on a writing day is looked for; visits are writing days / P(y).
    """
    talk = Conversation()
    y = np.geomspace(_FEWEST, 2 * _MOST, 400)
    started = (1 - talk.branching) * y
    speaks = 1 - (1 + started / talk.dispersion) ** -talk.dispersion * np.exp(-talk.branching * y)
    found = np.interp(seen.messages, y / speaks, y)
    chance = np.interp(found, y, speaks)
    visiting = seen.visiting / chance
    if seen.silent:
        last = slice(seen.size - seen.silent, None)
        writing = np.minimum(seen.visiting[last], _AMONG_SILENT * seen.arrivals / seen.silent)
        visiting[last] = np.maximum(_SILENT_VISITS, writing)
        found[last] = writing / visiting[last]  # so few that messages and writing days are one
    over = np.maximum(visiting / _SURE, 1.0)
    visiting = np.clip(visiting, _RARE, _SURE)
    messages = np.minimum((1 - talk.branching) * found * over, _MOST)
    return visiting, messages


def _levels(role: NDArray[np.int8], values: Floats, default: Any, back: Any) -> Floats:
    """Mean of each role, the usual one where nobody has it."""
    means = [values[role == r].mean() if (role == r).any() else default[r] for r in range(len(ROLES))]
    return np.asarray(back(np.array(means)), np.float64)


def facts(seen: Portrait, lang: str) -> dict[str, Any]:
    """The portrait by word (a key of the catalogue under ``portrait``) and number, as it is told."""
    counts = np.bincount(seen.role, minlength=len(ROLES))
    say = Catalogue(lang)
    notes = [
        say(f"seen.{code}", **{name: f"{number:g}" for name, number in zip("abc", numbers, strict=False)})
        for code, numbers in seen.notes
    ]
    told = {
        "group": seen.group,
        "start": say(f"start.{seen.start}"),
        "members": seen.size,
        "silent": seen.silent,
        "owners": int(counts[Role.OWNER]),
        "kols": int(counts[Role.KOL]),
        "novices": int(counts[Role.NOVICE]),
        "lurkers": int(counts[Role.LURKER]),
        "posters": seen.posters,
        "messages": seen.rows,
        "days": seen.span,
        "voices": round(seen.voices, 1),
        "messages_a_day": round(seen.messages_a_day, 1),
        "arrivals": round(newcomers(seen), 2),
        "ties": len(seen.a),
        "notes": "; ".join(notes) if lang == "en" else "；".join(notes),
    }
    return {word: value for word, value in told.items() if value != ""}


def newcomers(seen: Portrait) -> float:
    """People a day who join; where the log does not tell, who write for the first time and are new."""
    if seen.joins is not None:
        return float(seen.joins)
    return float(seen.arrivals * (1 - _AMONG_SILENT if seen.silent else 1))
