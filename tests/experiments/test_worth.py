"""What each arm gives for what it costs: frontier.csv, the sentences and the picture."""

from dataclasses import replace

import pytest

from experiments import frames
from experiments.frontier import FRAME, frontier_csv, worths
from experiments.report import findings, frontier
from experiments.report.words import Words
from experiments.report.worth import line, sentences
from experiments.result import Arm, Tactic
from tests.experiments.fakes import ARMS, fake_result, full_result, quick

DEARER = Arm("meetup, twice the price", "2" * 16, (Tactic("dear", "red_packet", {}, {}, 5000.0, 40.0),))


def rows(result):
    return {row["scenario"]: row for row in frames.read(FRAME, frontier_csv(result))}


def test_a_row_for_every_tested_arm_and_none_for_placebo_and_baseline():
    found = rows(full_result())
    assert list(found) == [arm.label for arm in full_result().tested]
    streak, both = found["check_in_streak"], found["red_packet+offline_meetup"]
    assert (streak["on_frontier_cost"], streak["on_frontier_hours"]) == ("true", "false")
    assert (both["on_frontier_cost"], both["on_frontier_hours"], both["cost"]) == ("true", "true", "1940")
    price = findings.price(full_result(), "red_packet+offline_meetup")
    assert float(both["price"]) == pytest.approx(price.yuan)
    assert float(both["price_high"]) == pytest.approx(price.high)
    assert float(both["gain_low"]) < float(both["gain"]) < float(both["gain_high"])


def test_chance_and_what_must_not_be_run_are_on_no_frontier():
    """The dearest arm gains most, but crosses a red line; another gains nothing that can be told from 0."""
    found = rows(full_result())
    for label in ("天天发大红包", "uncertain_reward"):
        row = found[label]
        assert {row[name] for name in FRAME.names if name.startswith(("counts", "on_"))} == {"false"}
    assert found["uncertain_reward"]["price"] == ""
    assert found["uncertain_reward"]["dominated_by"] == "baseline"


def test_a_dominated_arm_is_named_with_what_beats_it():
    arms = (ARMS[0], DEARER, ARMS[2], ARMS[-1])  # the fakes give the second arm the least lift
    result = quick(arms=arms)
    dear, streak = worths(result)
    assert dear.place.dominated_by == ("check_in_streak",)
    assert (dear.place.on_yuan, streak.place.on_yuan, streak.place.on_both) == (False, True, True)
    text = " ".join(sentences(result, Words(result)))
    assert "Worth its money and its hours (no other arm gives more for less): Check-in streak." in text
    assert "meetup, twice the price is dominated by Check-in streak: dearer, more hours, weaker." in text
    assert line(result, Words(result)).startswith("Cost frontier: Worth its money and its hours")
    chinese = replace(result, lang="zh")
    assert "全面不如打卡：更贵、更费工时、效果更弱。" in " ".join(sentences(chinese, Words(chinese)))


def test_one_arm_has_a_row_but_nothing_to_be_compared_with():
    result = quick(arms=ARMS[:2])
    assert list(rows(result)) == ["red_packet"]
    assert sentences(result, Words(result)) == []
    assert line(result, Words(result)) == frontier.picture(result, Words(result)) == ""


def test_no_sure_gain_is_said_and_no_arm_is_praised():
    result = quick(replicates=1, twins=0)
    assert sentences(result, Words(result))[0].startswith("No arm is worth its money yet")
    assert {row["counts"] for row in rows(result).values()} == {"false"}


def test_an_arm_without_any_run_leaves_the_others_where_they_are():
    result = fake_result("en", replicates=20, twins=4, days=20, follow_up=20, arms=ARMS[:4])
    before = rows(result)
    for values in (*result.series.values(), *result.summary.values(), result.life):
        values[1] = float("nan")
    after = rows(result)
    assert (after["red_packet"]["n_pairs"], after["red_packet"]["gain"]) == ("0", "")
    for label in ("check_in_streak", "red_packet+offline_meetup"):
        assert after[label]["price"] == before[label]["price"]
        assert after[label]["on_frontier_cost"] == "true"


def test_the_picture_names_every_arm_and_greys_those_that_are_beaten():
    result = replace(full_result(), lang="zh")
    svg = frontier.picture(result, Words(result))
    assert svg == frontier.picture(result, Words(result))
    for text in ("打卡", "不确定有增加", "不要做", "什么都不做", "按工时"):
        assert text in svg
    assert 'id="f-' in svg
