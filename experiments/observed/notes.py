"""What the reader of a portrait must be told."""

from collections.abc import Iterator

import numpy as np

from experiments.observed.log import Kind, Log
from experiments.observed.presence import Presence
from experiments.observed.rhythm import SILENCE, Life
from experiments.observed.window import Window

#: What the notes of a portrait mean, with the numbers each carries.
NOTES = {
    "silent_invisible": "members who never wrote do not show in a log; say how many members there are in all",
    "silent_added": "{0} of {1} members were added as lurkers who have not written",
    "silent_seen": "{0} more people joined without ever writing",
    "dead": "dead by the rule of {1} silent days: {0} at the log's end; 'now' is its last active window",
    "widened": "the window was widened from {0} to {1} days until {2} people had written in it",
    "skipped": "{0} of {1} rows could not be read",
    "connections": "join rows are connections ({0} for each person), not membership; each person counts once",
    "dates_only": "the log has dates without clock times: who follows whom is not known",
    "wall_clock": "times carry no zone and were taken as local; the offset asked for was not applied",
    "short": "only {0} days lie in the window: shares and rates are rough",
}

_SHORT = 14


def notes(
    log: Log, seen: Presence, view: Window, life: Life, added: int, gap: int, zone_asked: bool
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Codes of :data:`NOTES` that hold, each with its numbers."""
    if life.dead:
        yield "dead", (life.silent, SILENCE)
    if view.around > view.asked:
        yield "widened", (view.asked, view.around, len(view.founders))
    if view.b - view.a + 1 < _SHORT:
        yield "short", (view.b - view.a + 1,)
    if seen.connections:
        joins = log.member[log.kind == Kind.JOIN]
        yield "connections", (round(len(joins) / max(len(np.unique(joins)), 1), 1),)
    watchers = int(((seen.joins <= view.b) & (seen.wrote > seen.end) & seen.here).sum())
    if watchers and not added and not seen.connections:
        yield "silent_seen", (watchers,)
    if added:
        yield "silent_added", (added, added + len(view.founders))
    else:
        yield "silent_invisible", ()
    if log.skipped:
        yield "skipped", (log.skipped, log.rows)
    if gap == 0:
        yield "dates_only", ()
    if log.local and zone_asked:
        yield "wall_clock", ()
