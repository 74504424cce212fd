"""The channels through which a tactic reaches people: what Offer and Award may hold, and in which units.

A tactic says what people are shown, before they decide whether to come (:class:`Offer`), and what they are
given once it is known who came (:class:`Award`), in things one can count: yuan, messages, minutes, people,
days. What people make of it is the business of the mechanisms. Everything is nought by default and never
negative.
"""

from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError

Array = NDArray[Any]
#: A stimulus: nothing, the same for everybody, or one number for each slot ``(R, N)``.
Dose = Array | float | None
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Channel:
    """One way of reaching people.

    Attributes:
        name: Field of :class:`Offer`, :class:`Award` or :class:`Entry`.
        side: ``offer`` (before members decide), ``award`` (once one knows who came), ``entry`` (on joining).
        unit: What one of it is.
        reaches: Who may receive it: ``audience`` (anyone present), ``came`` (visitors of the day), ``group``
            (the community as a whole, not a member), ``joining`` (whoever is about to join).
        doc: What it stands for.
        heard: False for what goes into the ledger only and needs no mechanism.
    """

    name: str
    side: Literal["offer", "award", "entry"]
    unit: str
    reaches: Literal["audience", "came", "group", "joining"]
    doc: str
    heard: bool = True


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("prompt", "offer", "notices", "audience", "clear personal notices"),
        Channel("announced", "offer", "messages", "audience", "useful messages announced"),
        Channel(
            "prospects", "offer", "yuan, chance", "audience", "what coming may pay, and with which chance"
        ),
        Channel("run", "offer", "days", "audience", "days of a streak that staying away would break"),
        Channel("topics", "offer", "topics", "audience", "topics put up to be talked about"),
        Channel("help", "offer", "mentions", "audience", "word that answering others is wanted and seen"),
        Channel("circles", "offer", "circle number", "audience", "which small circle somebody talks in"),
        Channel("reward", "award", "yuan", "came", "money, or points worth it, for having come"),
        Channel("packet", "award", "yuan", "came", "share of a public packet: money all can see"),
        Channel("praise", "award", "mentions", "came", "thanks in public"),
        Channel("badges", "award", "badges", "came", "a level, badge or rank, shown to all"),
        Channel("welcome", "award", "welcomes", "audience", "being welcomed and told how things are done"),
        Channel("care", "award", "minutes", "audience", "personal attention; reaches the silent as well"),
        Channel("content", "award", "messages", "group", "useful messages delivered to all"),
        Channel("coaching", "award", "minutes", "came", "being taught"),
        Channel("purpose", "award", "mentions", "came", "exposure to the shared goal"),
        Channel("noise", "award", "messages", "group", "adverts"),
        Channel("order", "award", "share", "group", "share of noise and clutter removed"),
        Channel(
            "tokens", "award", "messages", "came", "acts that are not talk: check-in posts, packet grabs"
        ),
        Channel("gatherings", "award", "table number", "audience", "who met whom in person or in a circle"),
        Channel("invitations", "award", "invitations", "came", "asked to bring somebody"),
        Channel("removals", "award", "people", "audience", "put out by a rule"),
        Channel("guests", "award", "people", "group", "people of another group who are shown this one"),
        Channel("fee", "entry", "yuan", "joining", "what joining costs"),
        Channel("screening", "entry", "minutes", "joining", "application, task or test before one may join"),
        Channel("ceremony", "entry", "minutes", "joining", "ritual of joining"),
        Channel("income", "award", "yuan", "group", "money members paid to the operator", heard=False),
        Channel("cost", "award", "yuan", "group", "operator's money spent", heard=False),
        Channel("hours", "award", "hours", "group", "operator's time spent, which tires the owner"),
    )
}
#: What is booked of each tactic, day by day: yuan spent, hours worked, yuan taken.
LEDGER = ("cost", "hours", "income")
#: The whole of a tactic's ledger: ``acted`` is 1 in the replicates and on the days in which it acted, else 0.
BOOKS = (*LEDGER, "acted")


def _bare(kind: type[_Kind]) -> type[_Kind]:
    """Keep what is left empty out of an instance, where the class says so: two are made a tactic a day."""
    full: Any = kind.__init__
    known = frozenset(kind.__annotations__)

    @wraps(full)
    def init(self: Any, *args: Any, **given: Any) -> None:
        if args or not known.issuperset(given):
            full(self, *args, **given)
        else:
            vars(self).update(given)

    setattr(kind, "__init__", init)  # noqa: B010  (the dataclass made it)
    return kind


@dataclass(frozen=True)
class Prospect:
    """Something coming may pay: ``amount`` yuan with chance ``chance``, each a number or ``(R, N)``."""

    amount: Array | float
    chance: Array | float = 1.0


@_bare
@dataclass(frozen=True)
class Offer:
    """What members are shown before they decide whether to come. See :data:`CHANNELS` for units.

    ``circles`` is a circle number for each slot, ``(R, N)`` int, -1 for who is in none: who talks with whom
    today.
    """

    prompt: Dose = None
    announced: Dose = None
    prospects: tuple[Prospect, ...] = ()
    run: Dose = None
    topics: Dose = None
    help: Dose = None
    circles: Array | None = None


@_bare
@dataclass(frozen=True)
class Award:
    """What members are given once it is known who came. See :data:`CHANNELS` for units.

    ``content``, ``noise``, ``order``, ``guests``, ``income``, ``cost`` and ``hours`` are numbers or ``(R,)``;
    ``gatherings`` is a table number for each slot, ``(R, N)`` int, -1 for who was not there; the rest are
    numbers or ``(R, N)``.
    """

    reward: Dose = None
    packet: Dose = None
    praise: Dose = None
    badges: Dose = None
    welcome: Dose = None
    care: Dose = None
    content: Dose = None
    coaching: Dose = None
    purpose: Dose = None
    noise: Dose = None
    order: Dose = None
    tokens: Dose = None
    gatherings: Array | None = None
    invitations: Dose = None
    removals: Dose = None
    guests: Dose = None
    income: Dose = None
    cost: Dose = None
    hours: Dose = None


@dataclass(frozen=True)
class Entry:
    """What joining asks of people, on every day on which a tactic acts. See :data:`CHANNELS` for units.

    It holds for the founders where the tactic acts on day 0, and for whoever would join later.
    """

    fee: float = 0.0
    screening: float = 0.0
    ceremony: float = 0.0


def used(stimuli: Offer | Award | Entry) -> frozenset[str]:
    """Names of the channels that hold something; an entry holds what is not nought."""
    if isinstance(stimuli, Entry):
        return frozenset(name for name, dose in vars(stimuli).items() if dose != 0)
    held = vars(stimuli).items()
    return frozenset(
        name for name, dose in held if dose is not None and not (isinstance(dose, tuple) and not dose)
    )


def per_member(dose: Dose, shape: tuple[int, int]) -> Array | None:
    """A dose as float32 ``(R, N)``; None where it is None or a plain nought."""
    if dose is None or (isinstance(dose, int | float) and dose == 0):
        return None
    array = np.asarray(dose, np.float32)
    return np.full(shape, array) if array.ndim == 0 else np.ascontiguousarray(_full(array, shape))


def broad(dose: Dose, replicates: int) -> Array | None:
    """A dose as float32, ``(R, 1)`` where it is the same for all, else ``(R, N)``; None for nothing."""
    if dose is None or (isinstance(dose, int | float) and dose == 0):
        return None
    if isinstance(dose, int | float):
        return np.full((replicates, 1), dose, np.float32)
    array = np.asarray(dose, np.float32)
    return np.ascontiguousarray(array if array.ndim == 2 else _full(array.reshape(-1, 1), (replicates, 1)))


def per_group(dose: Dose, replicates: int) -> NDArray[np.float64]:
    """A dose for the whole community as float64 ``(R,)``; nought where it is None."""
    if dose is None:
        return np.zeros(replicates)
    array = np.asarray(dose, np.float64)
    return np.full(replicates, array) if array.ndim == 0 else _full(array, (replicates,))


def _full(array: Array, shape: tuple[int, ...]) -> Array:
    """``array`` itself where it has that shape already, else stretched to it."""
    return array if array.shape == shape else np.broadcast_to(array, shape)


def check_heard(wanted: frozenset[str], heard: frozenset[str], who: str) -> None:
    """Refuse a tactic that speaks into a channel nobody listens to.

    Raises:
        UserError: Naming the channel and who uses it.
    """
    for name in sorted(wanted):
        if name not in CHANNELS:
            raise UserError(
                f"{who} uses channel {name!r}, which does not exist. Known: {', '.join(CHANNELS)}."
            )
        if CHANNELS[name].heard and name not in heard:
            raise UserError(f"{who} uses channel {name!r}, which no registered mechanism hears.")
