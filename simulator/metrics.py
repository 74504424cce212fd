"""What is measured: one table from which the docs, the report and the verdicts are taken.

A metric is a number per replicate. Most are means over the campaign days of a daily series with the same
name; the others (``lifespan``, ``retention_7``, ``gini``, ...) say in ``formula`` how they come from the run
as a whole.
"""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Metric:
    """One line of the metric table.

    Attributes:
        name: Column name in every result frame.
        formula: How the number is made, in words a strategist can follow.
        window: The days it covers.
        unit: Unit of the number.
        direction: +1 more is better, -1 less is better, 0 neither.
        matters_rel: Smallest effect of interest as a share of the baseline's mean.
        matters_abs: Smallest effect of interest in the metric's unit; the larger of the two counts.
        kind: ``primary`` decides the verdict; ``guardrail`` can veto it; ``secondary`` and ``cost`` inform.
        red_line: For a guardrail: the worsening, in its unit, that must not be passed.
        daily: True where a daily series of the same name is recorded.
    """

    name: str
    formula: str
    window: str
    unit: str
    direction: Literal[-1, 0, 1]
    matters_rel: float = 0.05
    matters_abs: float = 0.0
    kind: Literal["primary", "secondary", "guardrail", "cost"] = "secondary"
    red_line: float | None = None
    daily: bool = True

    def matters(self, baseline_mean: float) -> float:
        """Smallest effect of interest, in the metric's unit, against this baseline mean."""
        return max(self.matters_abs, self.matters_rel * abs(baseline_mean))


def _m(name: str, formula: str, window: str, unit: str, direction: Literal[-1, 0, 1], **more: Any) -> Metric:
    return Metric(name, formula, window, unit, direction, **more)


#: Days of silence after which a group counts as dead, and a member as dormant.
SILENT_DAYS = 14
#: Voices a day from which a day counts as vital.
VITAL_VOICES = 3
#: Days over which distinct visitors are counted for DAU/MAU.
MONTH = 30

CAMPAIGN, FOLLOW_UP, HORIZON = "campaign days", "follow-up days", "campaign and follow-up"
LAST, _LATELY = "last day, of those still there", "the last 14 days"
_TALK = "conversation messages (check-in posts and packet grabs are not talk)"

#: Where members stand at the end, see :mod:`simulator.standing`: tiers, customer groups, levels of loyalty.
TIERS = ("active", "watching", "silent")
CUSTOMERS = ("potential", "new", "active", "dormant")
LOYALTY = ("away", "looks_in", "talks", "regular", "brings_others")

# fmt: off
METRICS: tuple[Metric, ...] = (
    _m("voices", f"members who wrote {_TALK} that day",
       CAMPAIGN, "members/day", 1, matters_abs=0.25, kind="primary"),
    _m("lifespan", "days to the last message not by the owner before 14 silent days; min(T, horizon - 14)",
       HORIZON, "days", 1, matters_abs=1.0, kind="primary", daily=False),
    _m("voices_after", "voices, after the tactics have stopped",
       FOLLOW_UP, "members/day", 1, matters_abs=0.25, daily=False),
    _m("visitors", "members who opened the group that day", CAMPAIGN, "members/day", 1, matters_abs=0.5),
    _m("messages", _TALK, CAMPAIGN, "messages/day", 1, matters_abs=1.0),
    _m("voice_share", "voices / members", CAMPAIGN, "share", 1),
    _m("kol_novice_share", "share of messages written by KOLs and novices",
       CAMPAIGN, "share", 0, daily=False),
    _m("messages_owner", "messages by owners", CAMPAIGN, "messages/day", 0),
    _m("messages_kol", "messages by KOLs", CAMPAIGN, "messages/day", 1),
    _m("messages_novice", "messages by novices", CAMPAIGN, "messages/day", 1),
    _m("messages_lurker", "messages by lurkers", CAMPAIGN, "messages/day", 1),
    _m("voices_owner", "owners who spoke that day", CAMPAIGN, "members/day", 0),
    _m("voices_kol", "KOLs who spoke that day", CAMPAIGN, "members/day", 1),
    _m("voices_novice", "novices who spoke that day", CAMPAIGN, "members/day", 1),
    _m("voices_lurker", "lurkers who spoke that day", CAMPAIGN, "members/day", 1),
    _m("tokens", "check-in posts and packet grabs", CAMPAIGN, "acts/day", 0),
    _m("answered_share", "answered questions / questions", CAMPAIGN, "share", 1, daily=False),
    _m("dau_mau", "visitors of the day / distinct visitors of the last 30 days", CAMPAIGN, "share", 1),
    _m("retention_1", "joined at least 1 day before the end and came on day 1 or later",
       HORIZON, "share", 1, daily=False),
    _m("retention_7", "the same for day 7", HORIZON, "share", 1, daily=False),
    _m("retention_30", "the same for day 30", HORIZON, "share", 1, daily=False),
    _m("new_rate", "people joining / members at the start", CAMPAIGN, "share", 1, daily=False),
    _m("conversion_rate", "first-time speakers / members who had never spoken",
       CAMPAIGN, "share", 1, daily=False),
    _m("churn_rate", "members who left or muted / members at the start",
       CAMPAIGN, "share", -1, daily=False),
    _m("awakening_rate", "dormant members coming back that day / dormant members",
       CAMPAIGN, "share/day", 1, daily=False),
    _m("exits", "members leaving the group / members at the start",
       CAMPAIGN, "share", -1, kind="guardrail", red_line=0.05, daily=False),
    _m("dormant", "members who have not come for 14 days / members", CAMPAIGN, "share", -1),
    _m("new_ties", "pairs who got to know each other that day", CAMPAIGN, "ties/day", 1),
    _m("vital_days", f"days with at least {VITAL_VOICES} voices",
       HORIZON, "days", 1, matters_abs=1.0, daily=False),
    _m("member_lifespan", "mean days from joining to the last visit before 14 away; min(T, time seen - 14)",
       HORIZON, "days", 1, matters_abs=0.5, daily=False),
    _m("gini", "Gini coefficient of messages over all who were ever members",
       HORIZON, "0..1", -1, kind="guardrail", red_line=0.05, daily=False),
    _m("kol_loss", "KOLs of the first day who left, muted or stayed away for 14 days by the end",
       HORIZON, "share", -1, kind="guardrail", red_line=0.10, daily=False),
    _m("overload", "mean fatigue of the day's visitors",
       CAMPAIGN, "0..", -1, kind="guardrail", red_line=0.10),
    _m("energy", "owner's energy", CAMPAIGN, "0..1", 1, kind="guardrail", red_line=0.15),
    _m("tier_active", f"spoke in {_LATELY}", LAST, "share", 1, daily=False),
    _m("tier_watching", f"came, but did not speak, in {_LATELY}", LAST, "share", 0, daily=False),
    _m("tier_silent", f"neither came nor spoke in {_LATELY}", LAST, "share", -1, daily=False),
    _m("customers_potential", "come, and have never spoken", LAST, "share", 0, daily=False),
    _m("customers_new", f"joined in {_LATELY}", LAST, "share", 1, daily=False),
    _m("customers_active", "come, and have spoken", LAST, "share", 1, daily=False),
    _m("customers_dormant", "have not come for 14 days", LAST, "share", -1, daily=False),
    _m("loyalty_away", "level 1: have not come for 14 days", LAST, "share", -1, daily=False),
    _m("loyalty_looks_in", f"level 2: came in {_LATELY}", LAST, "share", 0, daily=False),
    _m("loyalty_talks", f"level 3: spoke in {_LATELY}", LAST, "share", 0, daily=False),
    _m("loyalty_regular", "level 4: speak on more than one day in seven", LAST, "share", 1, daily=False),
    _m("loyalty_brings_others", "level 5: the same, and have invited somebody or are KOL or owner",
       LAST, "share", 1, daily=False),
    _m("cost", "operator's money", CAMPAIGN, "yuan", -1, kind="cost"),
    _m("hours", "operator's time", CAMPAIGN, "hours", -1, kind="cost"),
    _m("income", "money members paid the operator", CAMPAIGN, "yuan", 1, kind="cost"),
    _m("gifts", "packets that members sent each other", HORIZON, "yuan", 0, kind="cost"),
)
# fmt: on
BY_NAME = {metric.name: metric for metric in METRICS}
