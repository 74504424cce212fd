import re
from string import Formatter

import pytest

from experiments.messages import LANGUAGES, Catalogue, load
from experiments.report.words import SIGNS
from experiments.statistics.verdicts import Code
from simulator.errors import UserError
from simulator.metrics import METRICS

EN, ZH = load("en")[0], load("zh")[0]
STRATEGIES = ("red_packet", "uncertain_reward", "check_in_streak", "offline_meetup")
ROLES = ("owner", "kol", "novice", "lurker")
COMMUNITIES = [
    "interest_group",
    "study_camp",
    "customer_group",
    "fan_group",
    "cold_start",
    "silent_group",
    "aging_group",
]


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_both_languages_have_the_same_messages():
    assert set(EN) == set(ZH)


def test_a_message_has_the_same_placeholders_in_both():
    for key, message in EN.items():
        for form in message.split("|"):
            assert placeholders(form) == placeholders(ZH[key]), key
    assert not [key for key, message in ZH.items() if "|" in message]


def test_everything_that_must_be_named_is():
    kinds = {
        "metric": [metric.name for metric in METRICS],
        "unit": [metric.unit for metric in METRICS],
        "strategy": STRATEGIES,
        "role": ROLES,
        "members": ROLES,
        "community": (*COMMUNITIES, "from_log"),
        "verdict": Code.__args__,
        "advice": SIGNS,
        "why": [
            "gain",
            "loss",
            "equivalent",
            "undecided",
            "parameters",
            "few_pairs",
            "few_discordant",
            "nobody_died",
            "nearly_all_died",
            "guardrail_crossed",
            "guardrail_undecided",
            "informs",
            "no_data",
        ],
    }
    missing = {f"{kind}.{name}" for kind, names in kinds.items() for name in names} - set(EN)
    assert not missing


def test_texts_of_the_metric_table_are_translated_and_no_translation_outlives_its_text():
    used = {text for metric in METRICS for text in (metric.formula, metric.window, metric.unit)}
    assert set(load("zh")[1]) == used


def test_chinese_is_chinese():
    latin = re.compile(r"[A-Za-z]{3,}")
    allowed = {
        "KOL",
        "Qunlab",
        "replicates",
        "parquet",
        "runs",
        "Kaplan",
        "Meier",
        "uncertainty",
        "luck",
        "out",
    }
    allowed |= {"DAU", "MAU", "IND", "SOP"}
    allowed |= {"Brier", "CRPS", "Weibull", "AFT", "freeCodeCamp"}
    allowed |= {"Sobol"}
    typed = ("help.", "cli.", "card.", "seen.", "resume.", "status.")  # these speak of words that are typed
    for key, message in ZH.items():
        words = set(latin.findall(re.sub(r"\{\w+\}", "", message)))
        assert key.startswith(typed) or words <= allowed, key


def test_one_and_many():
    say = Catalogue("en")
    assert say("unit.days", sign="+", n="1") == "+1 day"
    assert say("unit.days", sign="+", n="9") == "+9 days"
    assert say("unit.days", sign="", n="1 to 2") == "1 to 2 days"
    assert Catalogue("zh")("unit.days", sign="+", n="1") == "+1 天"


def test_a_name_nobody_has_given_is_shown_as_it_is():
    assert Catalogue("zh").name("strategy", "lottery") == "lottery"
    assert Catalogue("zh").name("strategy", "red_packet") == "红包"
    assert Catalogue("en").text("campaign days") == "campaign days"
    assert Catalogue("zh").text("campaign days") == "活动期"


def test_an_unknown_language_is_one_line():
    with pytest.raises(
        UserError, match=r"lang is 'zn'; it must be one of en, zh\. Did you mean 'zh'"
    ) as error:
        Catalogue("zn")
    assert "\n" not in str(error.value)
    assert LANGUAGES == ("en", "zh")


def test_a_value_that_looks_like_a_placeholder_is_left_alone():
    assert Catalogue("en")("head.best", arm="{n} {0}") == "Best tried: {n} {0}"
