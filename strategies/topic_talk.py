"""Topic talk (群聊话题): the owner puts up topics that members care about, for talk to start from."""

from dataclasses import dataclass
from typing import ClassVar

from simulator.draws import Bools
from simulator.schedule import When
from simulator.strategy import Award, Day, Memory, Offer, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class TopicTalk(Strategy):
    """Every other day the owner puts up a few topics that members care about, and tells them so.

    That a topic makes talk, and talk ties, is practitioners' belief. Known is what stands against it: reading
    has little more to give after about 40 messages a day (Ren and Kraut 2014), and 40% of the messages that
    start a thread get no reply (Burke et al. 2007). How many topics a day bears is an assumption.
    """

    name: ClassVar[str] = "topic_talk"
    title: ClassVar[dict[str, str]] = {"en": "Topic talk", "zh": "群聊话题"}
    uses: ClassVar[frozenset[str]] = frozenset({"prompt", "topics", "hours"})
    evidence: ClassVar[tuple[str, ...]] = ("ren2014", "burke2007")

    when: When = When(every=2)
    topics: int = knob(2, low=0, high=50, off=0, unit="topics", doc="topics put up at a time")
    notice: float = knob(0.3, low=0, high=5, off=0.0, unit="notices", doc="how clearly members are told")
    hours: float = knob(
        0.25, low=0, high=24, off=0.0, unit="hours", doc="work for one topic: finding it and hosting the talk"
    )

    def offer(self, day: Day, whom: Bools, memory: Memory) -> Offer:
        """Put up today's topics."""
        del day, whom, memory
        if not self.topics:
            return Offer()
        return Offer(topics=float(self.topics), prompt=self.notice or None)

    def award(self, day: Day, whom: Bools, came: Bools, memory: Memory) -> Award:
        """Book the work."""
        del day, whom, came, memory
        return Award(hours=self.topics * self.hours or None)
